"""Loans, rights, pledges, tapes and suspensions: their entries."""

from collections.abc import Iterable
from decimal import Decimal

from beancount.core import data
from beancount.core.amount import Amount

from ledger import accounts as acc
from ledger.accounts import Chart
from ledger.events import (
    IpAppraised,
    IpLapsed,
    IpRightListed,
    LoanIncluded,
    LoanReleased,
    LoanRepaid,
    PledgeRegistered,
    PledgeReleased,
    SuspensionLifted,
    SuspensionTripped,
    TapeConfirmed,
    TermExtended,
)
from ledger.money import yuan
from ledger.postings.making import Making, next_day, of, pair


@of(LoanIncluded)
def _loan_included(event: LoanIncluded, made: Making, chart: Chart) -> None:
    account = chart.loan(event.bank, event.loan)
    made.open(account, acc.LOAN)
    made.register(*pair(account, acc.LOANS_CONTRA, event.outstanding_fen, acc.LOAN))


@of(LoanRepaid)
def _loan_repaid(event: LoanRepaid, made: Making, chart: Chart) -> None:
    account = chart.loan(event.bank, event.loan)
    made.register(*pair(acc.LOANS_CONTRA, account, event.amount_fen, acc.LOAN))


@of(LoanReleased)
def _loan_released(event: LoanReleased, made: Making, chart: Chart) -> None:
    account = chart.loan(event.bank, event.loan)
    if event.outstanding_fen:
        made.register(*pair(acc.LOANS_CONTRA, account, event.outstanding_fen, acc.LOAN))
    else:
        made.note(account)


@of(TapeConfirmed)
def _tape_confirmed(event: TapeConfirmed, made: Making, chart: Chart) -> None:
    account = chart.loan(event.bank, event.loan)
    made.holds(account, event.outstanding_fen, acc.LOAN, next_day(event.month))


@of(TermExtended)
def _term_extended(event: TermExtended, made: Making, chart: Chart) -> None:
    made.note(chart.loan(event.bank, event.loan))


@of(IpRightListed)
def _ip_right_listed(event: IpRightListed, made: Making, _: Chart) -> None:
    if event.right not in made.opened:
        made.made.append(data.Commodity(made.meta(), event.on, event.right))


@of(PledgeRegistered)
def _pledge_registered(event: PledgeRegistered, made: Making, chart: Chart) -> None:
    made.open(chart.pledge(event.pledge), "")
    made.register(*_units(event.rights, chart.pledge(event.pledge), acc.PLEDGES_CONTRA))


@of(PledgeReleased)
def _pledge_released(event: PledgeReleased, made: Making, chart: Chart) -> None:
    made.register(*_units(event.rights, acc.PLEDGES_CONTRA, chart.pledge(event.pledge)))


@of(IpAppraised)
def _ip_appraised(event: IpAppraised, made: Making, chart: Chart) -> None:
    commodity = event.right or f"PKG.{event.pledge}"
    amount = Amount(yuan(event.value_fen), acc.APPRAISAL)
    made.made.append(data.Price(made.meta(), event.on, commodity, amount))
    made.note(chart.pledge(event.pledge))


@of(IpLapsed)
def _ip_lapsed(event: IpLapsed, made: Making, chart: Chart) -> None:
    made.made.append(data.Price(made.meta(), event.on, event.right, Amount(yuan(0), acc.APPRAISAL)))
    made.note(chart.pledge(event.pledge))


@of(SuspensionTripped, SuspensionLifted)
def _suspension(event: SuspensionTripped | SuspensionLifted, made: Making, chart: Chart) -> None:
    made.note(chart.loans_of(event.bank))
    state = event.state if isinstance(event, SuspensionTripped) else "normal"
    made.made.append(data.Event(made.meta(), event.on, f"suspension-{event.bank}", state))


def _units(rights: Iterable[str], debit: str, credit: str) -> list[data.Posting]:
    one = Decimal(1)
    legs = []
    for right in rights:
        legs += [
            data.Posting(debit, Amount(one, right), None, None, None, None),
            data.Posting(credit, Amount(-one, right), None, None, None, None),
        ]
    return legs
