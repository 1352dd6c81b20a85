"""Term extensions filed with the pool (展期备案)."""

from importers.registers import wrongs
from importers.registers.entries import Entry
from importers.registers.harvest import Harvest
from importers.registers.register import doubled
from ledger.events import TermExtended
from ledger.ids import event_id
from ledger.openitems import LoanState


def extensions(harvest: Harvest) -> None:
    """Read term extensions into ``harvest``."""
    rows = harvest.register.tables["extensions"]
    bank = harvest.bank(harvest.register.heading)
    harvest.faults += doubled(rows, "loan")
    for entry in rows:
        loan = harvest.loan(entry, bank) if bank else None
        if loan:
            _extend(harvest, entry, loan)


def _extend(harvest: Harvest, entry: Entry, loan: LoanState) -> None:
    due_on = entry.day("new_due_on")
    extended = TermExtended(
        event_id=event_id("extend", loan.bank, loan.loan, due_on.isoformat()),
        on=entry.day("filed_on"),
        summary=f"{loan.borrower} {loan.loan} 展期至 {due_on}",
        sources=(entry.line,),
        loan=loan.loan,
        bank=loan.bank,
        new_due_on=due_on,
        filing_no=entry.text("filing_no"),
    )
    if not harvest.knows(extended.event_id):
        if entry.day("due_on") != loan.due_on:
            found, expected = str(entry.day("due_on")), f"账上的到期日 {loan.due_on}"
            harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, found, "due_on", expected=expected))
        if due_on <= loan.due_on:
            found, expected = str(due_on), f"晚于原到期日 {loan.due_on}"
            harvest.faults.append(entry.fault(wrongs.DAY_ORDER, found, "new_due_on", expected=expected))
        if loan.released:
            harvest.faults.append(entry.fault(wrongs.NO_LOAN, f"{loan.loan} 已出池", "loan"))
    harvest.add(extended, entry)
