"""An insurer's list (保险清单): policies issued, claims paid to the bank, policies ended."""

from collections.abc import Callable, Iterator

from importers.registers import wrongs
from importers.registers.entries import Entry, yuan_words
from importers.registers.harvest import Harvest
from importers.registers.register import doubled
from ledger.events import InsuranceClaimPaid, InsuranceIssued, InsuranceLapsed
from ledger.faults import Fault
from ledger.ids import event_id
from ledger.openitems import PolicyState
from ledger.pool import Insurer

NEEDS = {
    "issued": ("sum_fen", "premium_fen", "from_on", "until_on"),
    "paid": ("amount_fen", "case", "acted_on"),
    "lapsed": ("acted_on",),
}
"""What each sort of row must hold beside the columns that all need."""


def insurance(harvest: Harvest) -> None:
    """Read an insurer's list into ``harvest``."""
    insurer = harvest.insurer(harvest.register.heading)
    rows = harvest.register.tables["insurance"]
    harvest.faults += doubled([entry for entry in rows if entry.text("act") == "issued"], "policy")
    for entry in rows:
        faults = list(_lacking(entry))
        harvest.faults += faults
        if insurer and not faults:
            _ACTS[entry.text("act")](harvest, entry, insurer)


def _lacking(entry: Entry) -> Iterator[Fault]:
    for key in NEEDS[entry.text("act")]:
        if key not in entry.values:
            yield entry.fault(wrongs.BLANK, "空", key, expected=f"这一类别的行须填「{entry.titles[key][0]}」")


def issue(harvest: Harvest, entry: Entry, insurer: Insurer) -> None:
    """One policy issued for a loan that the books know."""
    issued = policy_issued(entry, insurer)
    if harvest.knows(issued.event_id):
        harvest.add(issued, entry)
        return
    loan = harvest.loan(entry)
    harvest.faults += term_faults(entry)
    if loan and loan.policy and loan.policy != issued.policy:
        harvest.warn(entry, f"{loan.loan} 备案的保单号是 {loan.policy}")
    harvest.add(issued, entry)


def term_faults(entry: Entry) -> Iterator[Fault]:
    """A policy's term must not end before it begins."""
    if entry.day("until_on") < entry.day("from_on"):
        yield entry.fault(wrongs.DAY_ORDER, f"{entry.day('from_on')} 至 {entry.day('until_on')}", "until_on")


def policy_issued(entry: Entry, insurer: Insurer) -> InsuranceIssued:
    """The event of one policy; its identity is the insurer's number and the policy's."""
    return InsuranceIssued(
        event_id=event_id("policy", insurer.no, entry.text("policy")),
        on=entry.day("from_on"),
        summary=f"{insurer.name} {entry.text('policy')} 承保 {entry.text('loan')}",
        sources=(entry.line,),
        policy=entry.text("policy"),
        insurer=insurer.no,
        loan=entry.text("loan"),
        insured=entry.text("insured"),
        sum_fen=entry.number("sum_fen"),
        premium_fen=entry.number("premium_fen"),
        from_on=entry.day("from_on"),
        until_on=entry.day("until_on"),
    )


def _in_force(harvest: Harvest, entry: Entry, insurer: Insurer) -> PolicyState | None:
    policy = harvest.policy(entry)
    if policy and policy.insurer != insurer.no:
        found = f"{policy.policy} 不是{insurer.name}的保单"
        harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, found, "policy"))
        return None
    if policy and policy.loan != entry.text("loan"):
        expected = f"承保时的借据号 {policy.loan}"
        harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, entry.text("loan"), "loan", expected=expected))
        return None
    return policy


def _pay(harvest: Harvest, entry: Entry, insurer: Insurer) -> None:
    key = ("claim", insurer.no, entry.text("policy"), entry.text("case"), entry.day("acted_on").isoformat())
    if harvest.knows(event_id(*key)):
        harvest.by_row.setdefault(entry.line, []).append(event_id(*key))
        return
    policy, case = _in_force(harvest, entry, insurer), harvest.case(entry)
    if policy is None or case is None:
        return
    amount = entry.number("amount_fen")
    for most, what in ((policy.cover_fen, "保额余额"), (case.insurer_due_fen, "本案账上保险人应担的余额")):
        if amount > most:
            expected = f"不超过{what} {yuan_words(most)}"
            harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, yuan_words(amount), "amount_fen", expected=expected))
    if harvest.faults:
        return
    paid = InsuranceClaimPaid(
        event_id=event_id(*key),
        on=entry.day("acted_on"),
        summary=f"{insurer.name} {policy.policy} 理赔 {case.case} {yuan_words(amount)}",
        sources=(entry.line,),
        case=case.case,
        policy=policy.policy,
        insurer=insurer.no,
        amount_fen=amount,
        # Cover is used up by what is paid; what is left of it ends with a row of its own (退保 or 到期).
        cover_fen=amount,
    )
    harvest.add(paid, entry)


def _lapse(harvest: Harvest, entry: Entry, insurer: Insurer) -> None:
    lapse_id = event_id("lapse", insurer.no, entry.text("policy"))
    if harvest.knows(lapse_id):
        harvest.by_row.setdefault(entry.line, []).append(lapse_id)
        return
    policy = _in_force(harvest, entry, insurer)
    if policy is None:
        return
    if not policy.cover_fen:
        harvest.ignore(entry, "保额已全部赔付")
        return
    lapsed = InsuranceLapsed(
        event_id=lapse_id,
        on=entry.day("acted_on"),
        summary=f"{insurer.name} {policy.policy} 终止",
        sources=(entry.line,),
        policy=policy.policy,
        insurer=insurer.no,
        sum_fen=policy.cover_fen,
    )
    harvest.add(lapsed, entry)


_ACTS: dict[str, Callable[[Harvest, Entry, Insurer], None]] = {"issued": issue, "paid": _pay, "lapsed": _lapse}
