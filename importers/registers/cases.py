"""Applications for compensation (补偿申请) and recovery reports (追偿报告)."""

from datetime import date

from importers.registers import wrongs
from importers.registers.entries import Entry, Value, yuan_words
from importers.registers.harvest import Harvest
from importers.registers.register import doubled
from ledger.events import CompensationApplied, RecoveryReported
from ledger.ids import event_id
from ledger.openitems import LoanState

NO_FACTS = frozenset({"case", "loan", "borrower"})
"""Columns of an application that name the case; every other filled one is a fact."""
CLAIMABLE = ("principal_fen", "interest_fen", "penalty_interest_fen", "recovery_cost_fen")


def applications(harvest: Harvest) -> None:
    """Read applications into ``harvest``."""
    rows = harvest.register.tables["applications"]
    bank = harvest.bank(harvest.register.heading)
    harvest.faults += doubled(rows, "case")
    for entry in rows:
        loan = harvest.loan(entry, bank) if bank else None
        if loan:
            _apply(harvest, entry, loan)


def _apply(harvest: Harvest, entry: Entry, loan: LoanState) -> None:
    applied = _applied(entry, loan)
    if not harvest.knows(applied.event_id):
        _compare(harvest, entry, loan)
    harvest.add(applied, entry)


def _compare(harvest: Harvest, entry: Entry, loan: LoanState) -> None:
    """What contradicts the books stops; what only differs is for the officer to look at."""
    if any(case.case == entry.text("case") for case in harvest.view.cases):
        found = f"{entry.text('case')} 已是另一件申请"
        harvest.faults.append(entry.fault(wrongs.TWICE, found, "case", expected="新的案件编号"))
    if entry.day("accepted_on") < entry.day("applied_on"):
        found = f"申请日 {entry.day('applied_on')}，受理日 {entry.day('accepted_on')}"
        harvest.faults.append(entry.fault(wrongs.DAY_ORDER, found, "accepted_on"))
    if loan.released:
        found = f"{loan.loan} 已出池"
        harvest.faults.append(entry.fault(wrongs.NO_LOAN, found, "loan"))
    if entry.day("due_on") != loan.due_on:
        expected = f"备案的到期日 {loan.due_on}（未备案的展期不改变到期日）"
        harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, str(entry.day("due_on")), "due_on", expected=expected))
    harvest.differs(entry, "principal_fen", loan.outstanding_fen)
    most = sum(entry.number(key) for key in CLAIMABLE)
    if entry.number("claimed_fen") > most:
        harvest.warn(entry, f"申请金额超过本金、利息、罚息与费用之和 {yuan_words(most)}")


def _applied(entry: Entry, loan: LoanState) -> CompensationApplied:
    attachments = [name for name in entry.text("attachments").split("、") if name.strip()]
    return CompensationApplied(
        event_id=event_id("apply", loan.bank, entry.text("case")),
        on=entry.day("applied_on"),
        summary=f"{loan.borrower} {loan.loan} 申请补偿 {yuan_words(entry.number('claimed_fen'))}",
        sources=(entry.line,),
        case=entry.text("case"),
        loan=loan.loan,
        bank=loan.bank,
        claimed_fen=entry.number("claimed_fen"),
        principal_fen=entry.number("principal_fen"),
        interest_fen=entry.number("interest_fen"),
        accepted_on=entry.day("accepted_on"),
        facts=tuple(_fact(key, value) for key, value in entry.values.items() if key not in NO_FACTS),
        attachments=len(attachments),
    )


def _fact(key: str, value: Value) -> tuple[str, str]:
    """A fact as text (the form is CompensationApplied's): ``*_fen`` digits of fen, ``*_on`` an ISO day, else a word."""
    return key, value.isoformat() if isinstance(value, date) else str(value)


def recoveries(harvest: Harvest) -> None:
    """Read recovery reports into ``harvest``: they are shared out by the rule text, not here."""
    rows = harvest.register.tables["recoveries"]
    bank = harvest.bank(harvest.register.heading)
    harvest.faults += doubled(rows, "case", "number")
    counts = {case.case: case.notified_count for case in harvest.view.cases}
    for entry in sorted(rows, key=lambda row: (row.text("case"), row.number("number"))):
        loan = harvest.loan(entry, bank) if bank else None
        case = harvest.case(entry, loan) if loan else None
        if loan and case:
            _report(harvest, entry, loan, counts)


def _report(harvest: Harvest, entry: Entry, loan: LoanState, counts: dict[str, int]) -> None:
    case, number = entry.text("case"), entry.number("number")
    reported = RecoveryReported.model_validate(
        {
            "event_id": event_id("recovery", loan.bank, case, number),
            "on": entry.day("notified_on"),
            "summary": f"{case} 第 {number} 期追偿 {yuan_words(entry.number('gross_fen'))}",
            "sources": (entry.line,),
            "case": case,
            "loan": loan.loan,
            "bank": loan.bank,
            "number": number,
            "gross_fen": entry.number("gross_fen"),
            "cost_fen": entry.number("cost_fen"),
            "principal_fen": entry.number("principal_fen"),
            "source": entry.text("source"),
        }
    )
    if not harvest.knows(reported.event_id):
        if number != counts[case] + 1:
            expected = f"第 {counts[case] + 1} 期"
            harvest.faults.append(entry.fault(wrongs.NOT_NEXT, f"{case} 第 {number} 期", "number", expected=expected))
        if entry.number("principal_fen") > loan.outstanding_fen:
            expected = f"不超过未偿本金 {yuan_words(loan.outstanding_fen)}"
            found = yuan_words(entry.number("principal_fen"))
            harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, found, "principal_fen", expected=expected))
        counts[case] = number
    harvest.add(reported, entry)
