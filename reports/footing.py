"""What stands under every paper: whose books, as of when, which state of the chain, who made it, what is assumed."""

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.book import Book
from ledger.events import RuleAdopted

HEAD_DIGITS = 16
"""Hex digits of the chain head that papers print; the whole stands in the close receipt."""


@dataclass(frozen=True, slots=True)
class Issue:
    """The making of a paper: through which day, by whom (a staff id), and the rule text's assumed parameters.

    ``assumed`` are the sentences of the rule text in force that say what of it is assumed.
    """

    as_of: date
    prepared_by: str = ""
    assumed: tuple[str, ...] = ()

    @property
    def until_on(self) -> date:
        """The first day that the paper does not see."""
        return self.as_of + timedelta(days=1)


def staff_name(book: Book, staff_id: str) -> str:
    """A person's name on paper; the id itself where pool.toml knows nobody by it."""
    person = book.pool.staff_of(staff_id)
    return person.name if person else staff_id


def rule_in_force(book: Book, on: date) -> RuleAdopted | None:
    """The rule text that was adopted last among those effective on a day."""
    adopted = [event for event in book.events(RuleAdopted) if event.effective_on <= on and event.on <= on]
    return max(adopted, key=lambda event: (event.effective_on, event.on), default=None)


def footnotes(book: Book, issue: Issue, *more: str) -> tuple[str, ...]:
    """The paper's foot; ``more`` are notes of its own, which stand first."""
    who = staff_name(book, issue.prepared_by) or "（未写明）"
    notes = [
        *more,
        f"账套：{book.pool.title}　　截至：{issue.as_of.isoformat()}　　链头：{book.head[:HEAD_DIGITS]}",
        f"制表人：{who}（未经登录核验的自述）",
    ]
    if book.pool.invented:
        notes.append("演示数据，均为虚构。")
    rule = rule_in_force(book, issue.as_of)
    if rule and rule.demo:
        notes.append(f"所用办法为演示文本「{rule.title}」（{rule.rule}），不是慈溪的规定。")
    if issue.assumed:
        # One paragraph: a demo text assumes some forty parameters, and all of them must stand on the paper.
        listed = "；".join(f"{number}. {text}" for number, text in enumerate(issue.assumed, 1))
        notes.append(f"办法中下列参数为假定，须由主管部门确认：{listed}。")
    return tuple(notes)


def unit_name(book: Book) -> str:
    """The unit in a paper's subtitle, marked when it is invented."""
    invented = book.pool.invented and "虚构" not in book.pool.unit
    return f"{book.pool.unit}（虚构）" if invented else book.pool.unit
