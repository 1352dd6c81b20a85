"""Applications for compensation (补偿申请) and recovery reports (追偿报告)."""

from collections.abc import Iterator
from datetime import date, timedelta

from importers.registers import wrongs
from importers.registers.entries import Entry, Value, grade_words, yuan_words
from importers.registers.harvest import Harvest
from importers.registers.register import doubled
from importers.registers.repeated import alike_before
from ledger.events import CompensationApplied, RecoveryReported
from ledger.faults import Fault
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
    for case in harvest.view.cases:
        if (case.bank, case.loan, case.state) == (loan.bank, loan.loan, "applied") and case.case != entry.text("case"):
            found, expected = entry.text("case"), f"{loan.loan} 尚未裁决的申请 {case.case}"
            harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, found, "case", expected=expected))
    if loan.released:
        found = f"{loan.loan} 已出池"
        harvest.faults.append(entry.fault(wrongs.NO_LOAN, found, "loan"))
    if entry.day("due_on") != loan.due_on:
        expected = f"备案的到期日 {loan.due_on}（未备案的展期不改变到期日）"
        harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, str(entry.day("due_on")), "due_on", expected=expected))
    harvest.faults += _day_faults(entry, loan)
    _compare_tape(harvest, entry, loan)
    most = sum(entry.number(key) for key in CLAIMABLE)
    if entry.number("claimed_fen") > most:
        harvest.warn(entry, f"申请金额超过本金、利息、罚息与费用之和 {yuan_words(most)}")


def _day_faults(entry: Entry, loan: LoanState) -> Iterator[Fault]:
    applied_on, accepted_on = entry.day("applied_on"), entry.day("accepted_on")
    assessed_on, since_on = entry.day("assessed_on"), entry.day("overdue_since_on")
    if accepted_on < applied_on:
        yield entry.fault(wrongs.DAY_ORDER, f"申请日 {applied_on}，受理日 {accepted_on}", "accepted_on")
    if assessed_on > accepted_on:
        yield entry.fault(wrongs.DAY_ORDER, str(assessed_on), "assessed_on", expected=f"不晚于受理日 {accepted_on}")
    ended_on = _ended_on(entry, loan)
    if since_on != ended_on + timedelta(days=1):
        words = "备案的到期日" if ended_on == loan.due_on else "提前到期宣布日"
        expected = f"{words} {ended_on} 的次日 {ended_on + timedelta(days=1)}"
        yield entry.fault(wrongs.NOT_AS_FILED, str(since_on), "overdue_since_on", expected=expected)


def _ended_on(entry: Entry, loan: LoanState) -> date:
    """The day the term ended: the filed due day, or the earlier one on which the bank declared it ended."""
    return min(loan.due_on, entry.maybe_day("accelerated_on") or loan.due_on)


def _compare_tape(harvest: Harvest, entry: Entry, loan: LoanState) -> None:
    """No more principal than the books carry is lost; what the last tape says otherwise of the default is shown."""
    principal_fen = entry.number("principal_fen")
    if principal_fen > loan.outstanding_fen:
        expected = f"不超过账上未偿本金 {yuan_words(loan.outstanding_fen)}"
        fault = entry.fault(wrongs.NOT_AS_FILED, yuan_words(principal_fen), "principal_fen", expected=expected)
        harvest.faults.append(fault)
    else:
        harvest.differs(entry, "principal_fen", loan.outstanding_fen)
    taped_on, grade = loan.last_tape_on, entry.text("grade")
    if taped_on is None:
        return
    if grade != loan.grade:
        said = f"{taped_on:%Y-%m} 月末状况为「{grade_words(loan.grade or '')}」"
        harvest.warn(entry, f"「五级分类」{grade_words(grade)}，{said}")
    days = max((taped_on - _ended_on(entry, loan)).days, 0)
    if days != loan.overdue_days:
        said = f"{taped_on:%Y-%m} 月末状况为 {loan.overdue_days} 天"
        harvest.warn(entry, f"按「逾期起算日」到 {taped_on} 逾期 {days} 天，{said}")


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
    net = reported.gross_fen - reported.cost_fen
    if entry.values.get("net_fen", net) != net:
        found, expected = yuan_words(entry.number("net_fen")), f"追回毛额减费用 {yuan_words(net)}"
        harvest.faults.append(entry.fault(wrongs.NET, found, "net_fen", expected=expected))
    if not harvest.knows(reported.event_id):
        if number != counts[case] + 1:
            expected = f"第 {counts[case] + 1} 期"
            harvest.faults.append(entry.fault(wrongs.NOT_NEXT, f"{case} 第 {number} 期", "number", expected=expected))
        harvest.faults += _renumbered(harvest, entry, loan)
        if entry.number("principal_fen") > loan.outstanding_fen:
            expected = f"不超过未偿本金 {yuan_words(loan.outstanding_fen)}"
            found = yuan_words(entry.number("principal_fen"))
            harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, found, "principal_fen", expected=expected))
        counts[case] = number
    harvest.add(reported, entry)


def _renumbered(harvest: Harvest, entry: Entry, loan: LoanState) -> Iterator[Fault]:
    """An instalment like the posted one before it in all but its number, where that one is not in the file as well."""
    case, last = entry.text("case"), entry.number("number") - 1
    rows = harvest.register.tables["recoveries"]
    if any((row.text("case"), row.number("number")) == (case, last) for row in rows):
        return
    if alike_before(harvest, entry, event_id("recovery", loan.bank, case, last), "number"):
        found, expected = f"{case} 第 {last + 1} 期", f"与已入账的第 {last} 期各项都相同，只有期次不同"
        remedy = f"期次填错的，更正；确是另一期的，把第 {last} 期也列在表中。"
        yield entry.fault(wrongs.NOT_AS_FILED, found, "number", expected=expected, remedy=remedy)
