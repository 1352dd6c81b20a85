"""Past filings under another rule text: what was found then, once more; then what the other text would have found.

Nothing is drafted and nothing is posted. A loan that the other text bars is not in its pool: it takes no room under the
other text's multiple and does not count in its suspensions. What the books can't say is said, and no verdict is given.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from desk.acts.inclusion import judge_filing
from desk.acts.office import Office
from desk.acts.rules import NOT_ADOPTED, adopted
from ledger.book import Book
from ledger.events import LoanIncluded, OpeningTaken
from ledger.faults import Fault, Refusal
from ledger.money import yuan_text
from reports.forms.filing_review import findings_of
from riskpool.filings import FilingRecord, file_again
from riskpool.rulefile import RuleText
from riskpool.ruletext import refuse_unset, texts_on
from riskpool.suspension import barring_clauses

VERDICTS = {"admitted": "可入库", "refused": "不予入库", None: "不能判断"}
KEPT = {True: "一致", False: "不一致", None: "无记录"}
TITLES = ("借据", "银行", "备案", "合同金额", "重算", "原办法", "新办法", "原因")
NO_HISTORY = "备案在建账以前，账簿没有当日的在池本金和逐期指标"
NO_TEXT = "备案日没有施行中的办法"
Key = tuple[str, str]


class Refiled(NamedTuple):
    """One past filing. ``reproduced`` is None where the loan came in without a record.

    ``then`` and ``other`` are verdicts, None where none can be given; the reasons stand beside them.
    """

    loan: LoanIncluded
    reproduced: bool | None
    then: str | None
    then_why: str
    other: str | None
    other_why: str

    @property
    def differs(self) -> bool:
        """Whether the two texts part ways on it, both having a verdict."""
        return None not in (self.then, self.other) and self.then != self.other


def refiled(office: Office, other: RuleText) -> tuple[Refiled, ...]:
    """Every loan that was ever filed, in the order in which they came in, under the text of its time and under another.

    Raises:
        Refusal: the other text is unset; a record is missing or changed, or its own text is not in the books.
    """
    refuse_unset(other)
    book, texts = office.book, adopted(office)
    loans = sorted(book.events(LoanIncluded), key=lambda loan: _came_in(book, loan))
    barred: set[Key] = set()
    found = []
    for at, loan in enumerate(loans):
        later = frozenset((one.bank, one.loan) for one in loans[at + 1 :])
        record = findings_of(book, loan.bank, loan.loan)
        if record is not None:
            reproduced: bool | None = _again(texts, record)
            then: str | None = record.verdict
            then_why = _barring(record)
        else:
            reproduced = None
            then, then_why = _then(book, texts, loan, later)
        # Tried whatever its period, as cases are.
        verdict, why = _tried(book, other, loan, later | barred, ever=True)
        if verdict == "refused":
            barred.add((loan.bank, loan.loan))
        found.append(Refiled(loan, reproduced, then, then_why, verdict, why))
    return tuple(found)


def _came_in(book: Book, loan: LoanIncluded) -> tuple[date, int, int]:
    """By filing day, then as posted, then by the row of its file."""
    rows = [source.row for source in book.sources_of(loan.event_id)]
    return loan.filed_on, book.voucher_of(loan.event_id)[0].batch, min(rows, default=0)


def _again(texts: Sequence[RuleText], record: FilingRecord) -> bool:
    text = next((text for text in texts if text.sha256 == record.rule_sha256), None)
    if text is None:
        raise Refusal([Fault(NOT_ADOPTED, f"{record.loan} 入库所依的 {record.rule}")])
    return file_again(text, record).to_bytes() == record.to_bytes()


def _then(book: Book, texts: Sequence[RuleText], loan: LoanIncluded, later: frozenset[Key]) -> tuple[str | None, str]:
    """What the text of the filing day says of a loan without a record, as the books now show that day."""
    in_force = texts_on(texts, loan.filed_on)
    if len(in_force) != 1:
        return None, NO_TEXT if not in_force else "备案日有两个办法同时施行"
    return _tried(book, in_force[0], loan, later)


def _tried(
    book: Book, text: RuleText, loan: LoanIncluded, without: frozenset[Key], *, ever: bool = False
) -> tuple[str | None, str]:
    begun_on = min((event.on for event in book.events(OpeningTaken)), default=date.min)
    known = text if loan.filed_on >= begun_on else _without_history(text)
    try:
        record = judge_filing(book, known, loan, without=without, ever=ever)
    except Refusal as refusal:
        return None, "；".join(f"{fault.code} {fault.found}" for fault in refusal.faults)
    if record.refusals:
        return "refused", _barring(record)
    return ("admitted", "") if known is text else (None, NO_HISTORY)


def _without_history(text: RuleText) -> RuleText:
    """The text's conditions on the filing alone; the same text where it has no others."""
    asking = {clause.no for clause in (*barring_clauses(text), *text.clauses_of("leverage_limit"))}
    if not asking:
        return text
    return replace(text, clauses=tuple(clause for clause in text.clauses if clause.no not in asking))


def _barring(record: FilingRecord) -> str:
    return "；".join(f"{item.clause}：{item.sentence}" for item in record.refusals)


def lines(book: Book, found: Sequence[Refiled]) -> tuple[tuple[str, ...], ...]:
    """All past filings as lines for people, under :data:`TITLES`."""
    return tuple(
        (
            one.loan.loan,
            book.pool.bank_of(one.loan.bank).name,
            one.loan.filed_on.isoformat(),
            yuan_text(one.loan.principal_fen),
            KEPT[one.reproduced],
            VERDICTS[one.then],
            VERDICTS[one.other],
            _why(one),
        )
        for one in found
    )


def _why(one: Refiled) -> str:
    said = (("原办法", one.then_why), ("新办法", one.other_why))
    return "；".join(f"{which}：{why}" for which, why in said if why)


def totals(found: Sequence[Refiled]) -> Iterator[tuple[str, str]]:
    """What came of all filings together: how many, and their contracts' amounts."""
    yield "贷款", str(len(found))
    yield "有入库核验记录", str(sum(one.reproduced is not None for one in found))
    yield "按原办法重算与记录逐字节相同", str(sum(one.reproduced is True for one in found))
    for title, then, other in (
        ("原办法可入库、新办法不予入库", "admitted", "refused"),
        ("原办法不予入库、新办法可入库", "refused", "admitted"),
    ):
        group = [one.loan.principal_fen for one in found if (one.then, one.other) == (then, other)]
        yield title, f"{len(group)} 笔，合同金额 {yuan_text(sum(group))} 元"
    unsaid = [one.loan.principal_fen for one in found if None in (one.then, one.other)]
    yield "有一方不能判断", f"{len(unsaid)} 笔，合同金额 {yuan_text(sum(unsaid))} 元"
