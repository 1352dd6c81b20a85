"""What stands under every paper: whose books, as of when, which state of the chain, who made it, what is assumed.

A paper names every rule text that it rests on and never picks one among several: which of two governs is for
``riskpool.ruletext.text_on`` to say, or to refuse.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ledger.book import Book
from ledger.events import RuleAdopted
from ledger.ids import EventId

HEAD_DIGITS = 16
"""Hex digits of the chain head that papers print; the whole stands in the close receipt."""

CIXI = "cixi"
"""The slug of the one text that is Cixi's own; every other is printed as not Cixi's."""


@dataclass(frozen=True, slots=True)
class Issue:
    """The making of a paper: through which day, by whom (a staff id), and what it assumes.

    ``assumed`` are the sentences of every rule text it rests on that say what of them is assumed
    (``riskpool.views.assumed_of``), demonstration or not. ``rules`` are these texts' refs; None stands for all that
    were adopted and effective by ``as_of``, because the books' events say neither when a text lapses nor which
    takes over.
    """

    as_of: date
    prepared_by: str = ""
    assumed: tuple[str, ...] = ()
    rules: tuple[str, ...] | None = None

    @property
    def until_on(self) -> date:
        """The first day that the paper does not see."""
        return self.as_of + timedelta(days=1)


def staff_name(book: Book, staff_id: str) -> str:
    """A person's name on paper; the id itself where pool.toml knows nobody by it."""
    person = book.pool.staff_of(staff_id)
    return person.name if person else staff_id


def people_of(book: Book, event: EventId) -> tuple[str, str]:
    """Who made and who checked a posted event, by staff id, whether it made vouchers or only notes."""
    file = book.entries_of(event)[0].meta["filename"]
    # Notes bear nobody's name: the people of the whole act stand at the head of its batch.
    meta = next(entry.meta for entry in book.entries if "posted-at" in entry.meta and entry.meta["filename"] == file)
    return str(meta["preparer"]), str(meta["reviewer"])


def rules_of(book: Book, issue: Issue) -> tuple[RuleAdopted, ...]:
    """The adoptions of the rule texts that a paper rests on, in the order of adoption."""
    adopted = book.events(RuleAdopted)
    if issue.rules is not None:
        return tuple(event for event in adopted if event.rule in issue.rules)
    return tuple(event for event in adopted if event.effective_on <= issue.as_of and event.on <= issue.as_of)


def _rule_note(rule: RuleAdopted) -> str:
    slug = rule.rule.partition("@")[0]
    sort = "演示文本" if rule.demo else ""
    whose = "" if slug == CIXI and not rule.demo else "，不是慈溪的规定"
    return f"所用办法为{sort}《{rule.title}》（{rule.rule}）{whose}。"


def footnotes(book: Book, issue: Issue, *more: str) -> tuple[str, ...]:
    """The paper's foot; ``more`` are notes of its own, which stand first."""
    who = staff_name(book, issue.prepared_by) or "（未写明）"
    notes = [
        *more,
        f"账套：{book.pool.title}　　截至：{issue.as_of.isoformat()}　　链头：{book.head[:HEAD_DIGITS]}",
        f"制表人：{who}（未经登录核验的自述；表上其他各人的签名亦同）",
    ]
    if book.pool.invented:
        notes.append("演示数据，均为虚构。")
    notes += [_rule_note(rule) for rule in rules_of(book, issue)] or ["账内尚无已采用并施行的管理办法。"]
    if issue.assumed:
        # One paragraph: a text may assume some forty parameters, and all of them must stand on the paper.
        listed = "；".join(f"{number}. {text}" for number, text in enumerate(issue.assumed, 1))
        notes.append(f"下列各项为假定或程序约定，须由主管部门确认：{listed}。")
    return tuple(notes)


def short_footnotes(book: Book, issue: Issue, *more: str) -> tuple[str, ...]:
    """The foot of a paper whose figures rest on no rule: it counts what is assumed, the monthly report lists it."""
    return footnotes(book, replace(issue, assumed=()), *more, *assumed_note(issue, "《风险池运行月报》"))


def assumed_note(issue: Issue, where: str) -> list[str]:
    """Instead of the list, on a small paper: how many assumptions there are, and on which paper all of them stand."""
    if not issue.assumed:
        return []
    return [f"办法中有 {len(issue.assumed)} 项为假定或程序约定，须由主管部门确认，逐项列于{where}表尾。"]


def unit_name(book: Book) -> str:
    """The unit in a paper's subtitle, marked when it is invented."""
    invented = book.pool.invented and "虚构" not in book.pool.unit
    return f"{book.pool.unit}（虚构）" if invented else book.pool.unit
