"""Policies and claims: their entries."""

from ledger import accounts as acc
from ledger.accounts import Chart
from ledger.events import InsuranceClaimPaid, InsuranceClaimRefused, InsuranceEndorsed, InsuranceIssued, InsuranceLapsed
from ledger.postings.making import Making, of, pair


@of(InsuranceIssued)
def _insurance_issued(event: InsuranceIssued, made: Making, chart: Chart) -> None:
    account = chart.cover(event.insurer, event.policy)
    made.open(account, acc.COVER)
    made.register(*pair(account, acc.COVERS_CONTRA, event.sum_fen, acc.COVER))


@of(InsuranceLapsed)
def _insurance_lapsed(event: InsuranceLapsed, made: Making, chart: Chart) -> None:
    account = chart.cover(event.insurer, event.policy)
    made.register(*pair(acc.COVERS_CONTRA, account, event.sum_fen, acc.COVER))


@of(InsuranceEndorsed)
def _insurance_endorsed(event: InsuranceEndorsed, made: Making, chart: Chart) -> None:
    account, change = chart.cover(event.insurer, event.policy), event.sum_after_fen - event.sum_before_fen
    made.register(*pair(account, acc.COVERS_CONTRA, change, acc.COVER))
    if not change:
        made.note(account)


@of(InsuranceClaimRefused)
def _insurance_claim_refused(event: InsuranceClaimRefused, made: Making, chart: Chart) -> None:
    share = chart.other(event.case, "insurer")
    made.register(*pair(acc.OTHERS_CONTRA, share, event.amount_fen, acc.OTHER))
    if not event.amount_fen:
        made.note(chart.cover(event.insurer, event.policy))


@of(InsuranceClaimPaid)
def _insurance_claim_paid(event: InsuranceClaimPaid, made: Making, chart: Chart) -> None:
    share = chart.other(event.case, "insurer")
    cover = chart.cover(event.insurer, event.policy)
    made.register(
        *pair(acc.OTHERS_CONTRA, share, event.amount_fen, acc.OTHER),
        *pair(acc.COVERS_CONTRA, cover, event.cover_fen, acc.COVER),
    )
