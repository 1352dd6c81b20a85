"""A bank's month-end tape (月末贷款状况): what was repaid, what is left, how late, how graded."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from importers.registers import wrongs
from importers.registers.entries import Entry, yuan_words
from importers.registers.harvest import Harvest
from importers.registers.register import doubled
from importers.registers.repeated import filed_on
from ledger.events import LoanReleased, LoanRepaid, PledgeReleased, TapeConfirmed, TapeReducedByCompensation
from ledger.faults import Fault
from ledger.ids import EventId, event_id
from ledger.openitems import LoanState


def month_end(month: str) -> date:
    """The last day of a month ``yyyy-mm``."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def tapes(harvest: Harvest) -> None:
    """Read a month-end tape into ``harvest``. Every loan of the bank in the pool must be on it."""
    heading, rows = harvest.register.heading, harvest.register.tables["tapes"]
    bank, month = harvest.bank(heading), heading.text("month")
    harvest.faults += doubled(rows, "loan")
    if bank is None:
        return
    pairs = [(entry, loan) for entry in rows if (loan := harvest.loan(entry, bank))]
    fresh = [(entry, loan) for entry, loan in pairs if not harvest.knows(_tape_id(loan, month))]
    gaps = [gap for entry, loan in fresh if (gap := _gap(entry, loan, month))]
    if gaps:
        harvest.faults.append(gaps[0])  # one missing month shows in every row: said once, before all else
        return
    filed = _filed_after(harvest, bank.code, month_end(month))
    # A tape that was posted before is not asked for loans that were filed since.
    if fresh or len(pairs) < len(rows):
        _all_listed(harvest, bank.code, month, {loan.loan for _, loan in pairs} | filed.keys())
    for entry, loan in pairs:
        if loan.loan in filed:
            harvest.faults.append(_too_early(entry, filed[loan.loan], month))
        else:
            _confirm(harvest, entry, loan, month)


def _filed_after(harvest: Harvest, bank: str, on: date) -> dict[str, date]:
    """Loans of a bank that were filed after a month end, with the day: its tape can't confirm them yet."""
    asked = (loan for loan in harvest.view.loans if loan.bank == bank and loan.last_tape_on is None)
    days = {loan.loan: filed_on(harvest, loan) for loan in asked}
    return {loan: day for loan, day in days.items() if day is not None and day > on}


def _too_early(entry: Entry, day: date, month: str) -> Fault:
    found, expected = f"{day} 备案，晚于 {month} 月末", "月末以前备案的贷款"
    remedy = "核对月份；这笔从备案当月的表报起，请银行从本表去掉。"
    return entry.fault(wrongs.NOT_AS_FILED, found, "loan", expected=expected, remedy=remedy)


def _tape_id(loan: LoanState, month: str) -> EventId:
    return event_id("tape", loan.bank, loan.loan, month)


def _all_listed(harvest: Harvest, bank: str, month: str, listed: set[str]) -> None:
    for loan in harvest.view.loans:
        is_later = (_last_month(loan) or "") >= month
        if loan.bank == bank and not loan.released and not is_later and loan.loan not in listed:
            found = f"{loan.loan}（{loan.borrower}，账上 {yuan_words(loan.outstanding_fen)}）不在表中"
            harvest.faults.append(harvest.register.heading.fault(wrongs.LEFT_OUT, found))


def _confirm(harvest: Harvest, entry: Entry, loan: LoanState, month: str) -> None:
    on = month_end(month)
    confirmed = TapeConfirmed.model_validate(
        {
            "event_id": _tape_id(loan, month),
            "on": on,
            "summary": f"{loan.borrower} {loan.loan} {month} 月末 {yuan_words(entry.number('outstanding_fen'))}",
            "sources": (entry.line,),
            "loan": loan.loan,
            "bank": loan.bank,
            "month": month,
            "outstanding_fen": entry.number("outstanding_fen"),
            "overdue_days": entry.number("overdue_days"),
            "grade": entry.text("grade"),
        }
    )
    if harvest.knows(confirmed.event_id):
        harvest.add(confirmed, entry)
        return
    if loan.released:
        _after_release(harvest, entry, loan)
        return
    faults = list(_arithmetic(entry, loan))
    harvest.faults += faults
    if not faults:
        _repay(harvest, entry, loan, month)
        harvest.add(confirmed, entry)
        _settle(harvest, entry, loan, on)
        _unpledge(harvest, entry, loan, on)


def _after_release(harvest: Harvest, entry: Entry, loan: LoanState) -> None:
    if entry.number("outstanding_fen"):
        found = f"{loan.loan} 已出池，表上余额 {yuan_words(entry.number('outstanding_fen'))}"
        harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, found, "outstanding_fen", expected="余额 0"))
    elif entry.maybe_day("pledge_released_on"):
        # A deregistration often follows the settlement by weeks: the released loan's row brings it.
        _unpledge(harvest, entry, loan, month_end(harvest.register.heading.text("month")))
    else:
        harvest.ignore(entry, "已出池")
    if entry.line not in harvest.by_row:
        harvest.ignore(entry, "已出池")


def _last_month(loan: LoanState) -> str | None:
    """The last month confirmed, ``yyyy-mm``. A confirmation is dated a month's last day or asserted on the next 1st."""
    last = loan.last_tape_on
    return None if last is None else f"{last - timedelta(days=1) if last.day == 1 else last:%Y-%m}"


def _gap(entry: Entry, loan: LoanState, month: str) -> Fault | None:
    last = _last_month(loan)
    if last is None or loan.released:
        return None
    following = f"{month_end(last) + timedelta(days=1):%Y-%m}"
    if month == following:
        return None
    found = f"{loan.loan} 上次已入账 {last}，本表 {month}"
    return entry.fault(wrongs.MONTH_GAP, found, "loan", expected=f"{following} 的月末状况")


def _own(entry: Entry) -> int:
    """What the borrower itself paid: the month's repayment less both reductions."""
    return entry.number("repaid_fen") - entry.number("by_compensation_fen") - entry.number("by_recovery_fen")


def _arithmetic(entry: Entry, loan: LoanState) -> Iterator[Fault]:
    own, recovered = _own(entry), entry.number("by_recovery_fen")
    if own < 0:
        found = f"两项冲减之和超过本月还本 {yuan_words(entry.number('repaid_fen'))}"
        yield entry.fault(wrongs.TAPE_SPLIT, found, "repaid_fen")
        return
    if loan.decided and own:
        found = f"已裁决的贷款另有还本 {yuan_words(own)}"
        yield entry.fault(wrongs.TAPE_SPLIT, found, "repaid_fen")
    if not loan.decided and (recovered or entry.number("by_compensation_fen")):
        yield entry.fault(wrongs.TAPE_SPLIT, f"{loan.loan} 没有裁决，却有冲减", "by_compensation_fen")
    # A notified recovery has already lowered our figure: the tape's recovery part posts nothing again. One that was
    # notified after the month's end, before the tape came, is not on it: the books of that day are asked.
    owed = loan.outstanding_fen if loan.tape_fen is None else loan.tape_fen
    left = owed - own - entry.number("by_compensation_fen")
    balance = entry.number("outstanding_fen")
    if left == balance:
        return
    if recovered and left - recovered == balance:
        found = f"追偿冲减 {yuan_words(recovered)} 尚未入账"
        remedy = "先导入该案件的追偿报告并记账，再导入本表。"
        yield entry.fault(wrongs.TAPE_SUM, found, "by_recovery_fen", remedy=remedy)
        return
    found = f"月末余额 {yuan_words(balance)}"
    expected = f"账上 {yuan_words(owed)} 减本月还本 = {yuan_words(left)}"
    yield entry.fault(wrongs.TAPE_SUM, found, "outstanding_fen", expected=expected)


def _repay(harvest: Harvest, entry: Entry, loan: LoanState, month: str) -> None:
    own, compensated = _own(entry), entry.number("by_compensation_fen")
    if own:
        repaid = LoanRepaid(
            event_id=event_id("repay", loan.bank, loan.loan, month),
            on=month_end(month),
            summary=f"{loan.borrower} {loan.loan} {month} 还本 {yuan_words(own)}",
            sources=(entry.line,),
            loan=loan.loan,
            bank=loan.bank,
            amount_fen=own,
        )
        harvest.add(repaid, entry)
    if compensated:
        reduced = TapeReducedByCompensation(
            event_id=event_id("reduce", loan.bank, loan.loan, month),
            on=month_end(month),
            summary=f"{loan.borrower} {loan.loan} {month} 补偿冲减本金 {yuan_words(compensated)}",
            sources=(entry.line,),
            loan=loan.loan,
            bank=loan.bank,
            amount_fen=compensated,
        )
        harvest.add(reduced, entry)


def _settle(harvest: Harvest, entry: Entry, loan: LoanState, on: date) -> None:
    if entry.number("outstanding_fen"):
        return
    released = LoanReleased(
        event_id=event_id("release", loan.bank, loan.loan),
        on=on,
        summary=f"{loan.borrower} {loan.loan} 结清出池",
        sources=(entry.line,),
        loan=loan.loan,
        bank=loan.bank,
        reason="settled",
    )
    harvest.add(released, entry)


def _unpledge(harvest: Harvest, entry: Entry, loan: LoanState, on: date) -> None:
    day = entry.maybe_day("pledge_released_on")
    if day is None:
        return
    if day > on:
        expected = f"不晚于 {on}"
        harvest.faults.append(entry.fault(wrongs.DAY_ORDER, str(day), "pledge_released_on", expected=expected))
        return
    released_id = event_id("unpledge", loan.bank, loan.pledge)
    pledged = harvest.view.rights_pledged
    rights = tuple(right for right, reg, bank in pledged if (reg, bank) == (loan.pledge, loan.bank))
    if not rights:
        if not harvest.knows(released_id):
            harvest.warn(entry, f"质押登记 {loan.pledge} 在账上已没有权利，注销日期未登记")
        return
    released = PledgeReleased(
        event_id=released_id,
        # A deregistration that the bank tells of later than its month can't be booked in a closed month.
        on=day if (day.year, day.month) == (on.year, on.month) else on,
        summary=f"{loan.pledge} 质押注销，注销日 {day}",
        sources=(entry.line,),
        pledge=loan.pledge,
        bank=loan.bank,
        rights=rights,
    )
    harvest.add(released, entry)
