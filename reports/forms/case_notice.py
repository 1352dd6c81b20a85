"""案件事项单: one paper for each thing that happened in a case, from its application to its end."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ledger.book import Book
from ledger.casefiles import CaseFile, case_files
from ledger.events import (
    ApplicationSupplemented,
    ClawbackDecided,
    CompensationApplied,
    CompensationDecided,
    CompensationDeferred,
    CompensationDenied,
    CompensationPaid,
    CompensationRedecided,
    ContributorShare,
    Event,
    EventWithdrawn,
    LoanIncluded,
    LossWrittenOff,
    QueueFunded,
    QueueLapsed,
    RecoveryNotified,
)
from ledger.faults import Fault, Refusal
from ledger.money import capital_text
from ledger.provenance import SHORT, digest
from reports.footing import Issue, assumed_note, footnotes, people_of, staff_name, unit_name
from reports.forms.compensation_review import NO_CASE
from reports.forms.decisions import NO_RECORD, decision_of, record_of
from reports.render.cells import Cell, Day, Money, Words
from reports.render.paper import Column, KeyValues, Paper, Row, Section, Signatures, Step, Steps, Table, column_total
from reports.titles import KIND_TITLES
from riskpool.facts import title_of, word_text
from riskpool.rounds import RoundOutcome, outcome_of
from riskpool.views import explain_round, missing_papers, rest_text

CAUSES = {"misuse": "贷款资金挪用", "overpaid": "多付", "offered": "银行自愿退回"}


def case_notices(book: Book, case_no: str, issue: Issue) -> tuple[tuple[str, Paper], ...]:
    """A paper for each event of a case so far, by day and then as posted: (name of the file, paper).

    Raises:
        Refusal: no such case, or the record of a decision or a round is missing or was changed.
    """
    case = case_files(book, issue.until_on).get(case_no)
    if case is None:
        raise Refusal([Fault(NO_CASE, case_no)])
    events = sorted(_events(book, case, issue), key=lambda event: (event.on, book.place(event.event_id)))
    foot = _foot(book, case, issue)
    return tuple(
        (_file_name(case_no, number, event), _notice(book, case, event, issue.as_of, foot))
        for number, event in enumerate(events, 1)
    )


def slug_of(kind: str) -> str:
    """A kind of event in a file's name: ``CompensationPaid`` is ``compensation-paid``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind).lower()


def _file_name(case: str, number: int, event: Event) -> str:
    return f"{case}-notice-{number:02d}-{event.on.isoformat()}-{slug_of(type(event).__name__)}"


def _foot(book: Book, case: CaseFile, issue: Issue) -> tuple[str, ...]:
    """The notices' foot: their text's assumptions are counted, the paper that lists them all is named."""
    decision = decision_of(book, case)
    made = replace(issue, assumed=decision.assumed, rules=(decision.rule,)) if decision else issue
    where = "本案《风险补偿审核表》" if case.applied else "《风险池运行月报》"
    return footnotes(book, replace(made, assumed=()), *assumed_note(made, where))


def _events(book: Book, case: CaseFile, issue: Issue) -> Iterator[Event]:
    yield from [event for event in (case.applied, case.decided, case.denied, case.taken) if event]
    for listed in (
        case.supplements, case.deferred, case.redecided, case.funded, case.lapsed, case.payments, case.bounced,
        case.notified, case.received, case.named, case.claims, case.refused, case.clawbacks, case.written_off,
    ):  # fmt: skip
        yield from listed
    for taken_back in book.events(EventWithdrawn, issue.until_on):
        if f"case-{case.case}" in taken_back.trail and taken_back.on < issue.until_on:
            yield taken_back


def _notice(book: Book, case: CaseFile, event: Event, as_of: date, foot: tuple[str, ...]) -> Paper:
    kind = type(event).__name__
    sections: list[Section] = [_head(book, case, event), *_shares(book, event)]
    if isinstance(event, QueueFunded | QueueLapsed) and event.round:
        sections += _round(_record(book, event.round, case.case))
    sections.append(_signatures(book, event))
    subtitle = (unit_name(book), f"案件 {case.case}")
    return Paper(f"{KIND_TITLES[kind]}事项单", as_of, tuple(sections), subtitle, "金额单位：元", foot)


def _head(book: Book, case: CaseFile, event: Event) -> KeyValues:
    loan = next((item for item in book.events(LoanIncluded) if item.loan == case.loan), None)
    borrower = loan.borrower if loan else case.taken.borrower if case.taken else ""
    numbers = "、".join(voucher.no for voucher in book.voucher_of(event.event_id))
    return KeyValues(
        (
            ("案件号", Words(case.case)),
            ("银行", Words(book.pool.bank_of(case.bank).name)),
            ("借款企业", Words(borrower)),
            ("借据号", Words(case.loan)),
            ("日期", Day(event.on)),
            ("凭证字号", Words(numbers or "备注，不编号")),
            ("摘要", Words(event.summary)),
            *_facts(event),
            *_missing(book, event),
        ),
        "事项",
    )


def _facts(event: Event) -> Iterator[tuple[str, Cell]]:
    """What a kind has to say for itself."""
    match event:
        case CompensationApplied():
            yield from _amount("申请补偿金额", event.claimed_fen)
            yield "申请材料", Words(f"{event.attachments} 件")
        case ApplicationSupplemented():
            yield from _amount("另行申请金额", event.claimed_fen) if event.claimed_fen else ()
            yield "未收回本金", Money(event.principal_fen)
            yield "未收回利息", Money(event.interest_fen)
            yield "说明", Words(event.reason)
            yield from ((title_of(name.removesuffix("_fen")), _fact(name, text)) for name, text in event.facts)
            yield "材料", Words(f"{event.attachments} 件")
        case CompensationDeferred() | CompensationDenied() | QueueLapsed():
            yield "依据条款", Words("、".join(event.clauses))
            yield from _amount("不再支付", event.amount_fen) if isinstance(event, QueueLapsed) else ()
        case CompensationDecided():
            yield from _amount("核定金额", event.approved_fen)
            yield "其中排队", Money(event.queued_fen)
        case CompensationRedecided():
            yield from _amount("结算差额", event.approved_fen - event.before_fen)
            yield "整案应补", Money(event.approved_fen)
            yield "银行应退回", Money(event.clawback_fen)
        case CompensationPaid():
            yield from _amount("拨付金额", event.amount_fen)
            yield "付款指令", Words(event.instruction_no)
        case RecoveryNotified():
            yield "追回毛额", Money(event.gross_fen)
            yield "追偿费用", Money(event.cost_fen)
            yield from _amount("应归本池", event.pool_fen)
        case ClawbackDecided():
            yield from _amount("应退回金额", event.amount_fen)
            yield "原因", Words(CAUSES[event.cause])
            yield "依据", Words(event.reason)
        case LossWrittenOff():
            yield from _amount("核销金额", event.amount_fen)
            yield "依据", Words(event.reason)
        case EventWithdrawn():
            yield "撤回的事项", Words(KIND_TITLES[event.was])
            yield "原因", Words(event.reason)
        case _:
            if isinstance(amount := getattr(event, "amount_fen", None), int):
                yield from _amount("金额", amount)


def _missing(book: Book, event: Event) -> Iterator[tuple[str, Cell]]:
    """The papers that a ruling found missing, under the clause that asks for them: what the bank is to bring."""
    if isinstance(event, CompensationDeferred | CompensationDenied):
        for article, names in missing_papers(record_of(book, event)).items():
            yield "缺少的材料", Words(f"{article}：{'、'.join(names)}")


def _fact(name: str, text: str) -> Cell:
    """A fact as an application carries it: an amount in fen, else a word."""
    return (
        Money(int(text)) if name.endswith("_fen") else Words(word_text({"true": True, "false": False}.get(text, text)))
    )


def _amount(title: str, fen: int) -> Iterator[tuple[str, Cell]]:
    yield title, Money(fen, bold=True)
    yield "大写", Words(f"人民币{capital_text(fen)}")


def _shares(book: Book, event: Event) -> list[Section]:
    given: tuple[ContributorShare, ...] = getattr(event, "contributors", ())
    back: tuple[ContributorShare, ...] = getattr(event, "returned", ())
    return [*_parts(book, given, "各出资方"), *_parts(book, back, "退回各出资方")]


def _parts(book: Book, parts: tuple[ContributorShare, ...], title: str) -> list[Section]:
    if not parts:
        return []
    names = {party.no: party.name for party in book.pool.contributor}
    rows = [
        Row((Words(names.get(share.contributor, share.contributor)), Money(share.amount_fen, f"part{at}")))
        for at, share in enumerate(parts)
    ]
    rows.append(Row((Words("合计", bold=True), column_total(rows, "part")), "total"))
    return [Table(tuple(map(Column, ("出资方", "金额"))), tuple(rows), title)]


def _record(book: Book, sha256: str, case: str) -> RoundOutcome:
    for path in sorted((book.root / "documents").glob(f"{sha256[:SHORT]}*")):
        content = path.read_bytes()
        if digest(content) == sha256:
            return outcome_of(content)
    raise Refusal([Fault(NO_RECORD, f"案件 {case} 的拨付轮次，摘要 {sha256[:SHORT]}")])


def _round(done: RoundOutcome) -> list[Section]:
    """The round in which it was given: every case of it, and how it was shared out."""
    rows = [
        Row(
            (
                Words(one.case),
                Money(one.now_fen, f"now{at}"),
                Words(rest_text(one)),
            )
        )
        for at, one in enumerate(done.paid)
    ]
    rows.append(Row((Words("合计", bold=True), column_total(rows, "now"), None), "total"))
    steps = tuple(
        Step(number, line.clause or "合计", line.sentence, Money(line.amount_fen or 0))
        for number, line in enumerate(explain_round(done), 1)
    )
    columns = tuple(map(Column, ("案件", "本次拨付", "其余")))
    return [Table(columns, tuple(rows), "本轮各案"), Steps("怎样得来", steps)]


def _signatures(book: Book, event: Event) -> Signatures:
    vouchers = book.voucher_of(event.event_id)
    chief = str(getattr(event, "chief", "") or (vouchers[0].chief if vouchers else ""))
    preparer, reviewer = people_of(book, event.event_id)
    names = (("经办", preparer), ("复核", reviewer), ("主管", chief))
    return Signatures((*((role, staff_name(book, who)) for role, who in names), ("日期", "")))
