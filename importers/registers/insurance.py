"""An insurer's list (保险清单): policies issued and endorsed, claims paid and refused, policies ended."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from importers.registers import wrongs
from importers.registers.columns import POLICY_ACTS
from importers.registers.entries import Entry, yuan_words
from importers.registers.harvest import Harvest
from importers.registers.register import doubled
from ledger.events import (
    InsuranceClaimPaid,
    InsuranceClaimRefused,
    InsuranceEndorsed,
    InsuranceIssued,
    InsuranceLapsed,
)
from ledger.faults import Fault
from ledger.ids import EventId, event_id
from ledger.openitems import CaseState, PolicyState
from ledger.pool import Insurer

NEEDS = {
    "issued": ("sum_fen", "premium_fen", "from_on", "until_on"),
    "endorsed": ("sum_fen", "sum_before_fen", "until_on", "endorsement", "acted_on"),
    "paid": ("amount_fen", "case", "acted_on"),
    "refused": ("refused_fen", "case", "acted_on", "reason"),
    "lapsed": ("acted_on",),
}
"""What each sort of row must hold beside the columns that all need."""

OWN = {
    "endorsement": {"endorsed"},
    "sum_before_fen": {"endorsed"},
    "amount_fen": {"paid"},
    "refused_fen": {"refused"},
    "reason": {"refused"},
    "case": {"paid", "refused"},
}
"""Columns that only these sorts of row fill: filled elsewhere, the row's sort or the cell is wrong."""


def insurance(harvest: Harvest) -> None:
    """Read an insurer's list into ``harvest``, each policy's rows in the order of their days."""
    insurer = harvest.insurer(harvest.register.heading)
    rows = harvest.register.tables["insurance"]
    harvest.faults += doubled([entry for entry in rows if entry.text("act") == "issued"], "policy")
    harvest.faults += doubled([entry for entry in rows if entry.text("act") == "lapsed"], "policy")
    harvest.faults += doubled(
        [entry for entry in rows if entry.text("act") in {"paid", "refused"}], "policy", "act", "case", "acted_on"
    )
    harvest.faults += doubled([entry for entry in rows if entry.text("act") == "endorsed"], "policy", "endorsement")
    lacking = {entry.line: list(_lacking(entry)) for entry in rows}
    for entry in rows:
        harvest.faults += lacking[entry.line]
    if insurer is None:
        return
    told = _Told(harvest, insurer)
    for entry in sorted((row for row in rows if not lacking[row.line]), key=_day):
        _ACTS[entry.text("act")](told, entry)


def _day(entry: Entry) -> tuple[date, bool]:
    """The day on which a row takes effect; of one day the issue comes first."""
    is_issue = entry.text("act") == "issued"
    return entry.day("from_on" if is_issue else "acted_on"), not is_issue


class _Told:
    """What the list tells so far: a policy's cover after each of its rows, and what an insurer still owes a case."""

    def __init__(self, harvest: Harvest, insurer: Insurer) -> None:
        self.harvest, self.insurer = harvest, insurer
        self.policies = {(item.insurer, item.policy): item for item in harvest.view.policies}
        self.due = {case.case: case.insurer_due_fen for case in harvest.view.cases}

    def in_force(self, entry: Entry) -> PolicyState | None:
        """The policy that the row names, as it stands after the rows before; None with a fault."""
        policy = self.policies.get((self.insurer.no, entry.text("policy")))
        if policy is None:
            other = next((item for item in self.policies.values() if item.policy == entry.text("policy")), None)
            found = f"{entry.text('policy')} 不是{self.insurer.name}的保单" if other else entry.text("policy")
            kind = wrongs.NOT_AS_FILED if other else wrongs.NO_POLICY
            self.harvest.faults.append(entry.fault(kind, found, "policy"))
            return None
        if policy.loan != entry.text("loan"):
            expected = f"承保时的借据号 {policy.loan}"
            fault = entry.fault(wrongs.NOT_AS_FILED, entry.text("loan"), "loan", expected=expected)
            self.harvest.faults.append(fault)
            return None
        return policy

    def covers(self, policy: PolicyState, cover_fen: int, **changed: object) -> None:
        """The policy covers this much from here on."""
        update = {"cover_fen": cover_fen, **changed}
        self.policies[policy.insurer, policy.policy] = policy.model_copy(update=update)

    def is_known(self, entry: Entry, event: EventId) -> bool:
        """Whether the books know the row's event; then the row is counted as known."""
        if self.harvest.knows(event):
            self.harvest.by_row.setdefault(entry.line, []).append(event)
            return True
        return False


def _lacking(entry: Entry) -> Iterator[Fault]:
    for key in NEEDS[entry.text("act")]:
        if key not in entry.values:
            yield entry.fault(wrongs.BLANK, "空", key, expected=f"这一类别的行须填「{entry.titles[key][0]}」")
    for key, acts in OWN.items():
        if key in entry.values and entry.text("act") not in acts:
            wanted = "或".join(word for word, act in POLICY_ACTS if act in acts)
            found = next(word for word, act in POLICY_ACTS if act == entry.text("act"))
            expected = f"填了「{entry.titles[key][0]}」的行，类别是{wanted}"
            yield entry.fault(wrongs.BAD_CHOICE, found, "act", expected=expected)
    if entry.text("act") == "issued" and entry.number("premium_fen") < 0:
        found = yuan_words(entry.number("premium_fen"))
        yield entry.fault(wrongs.BAD_AMOUNT, found, "premium_fen", expected="不为负的金额")


def _issue(told: _Told, entry: Entry) -> None:
    harvest, issued = told.harvest, policy_issued(entry, told.insurer)
    if told.is_known(entry, issued.event_id):
        return
    loan = harvest.loan(entry)
    harvest.faults += term_faults(entry)
    harvest.faults += _renumbered(told, entry, issued)
    if loan and loan.policy and loan.policy != issued.policy:
        harvest.warn(entry, f"{loan.loan} 备案的保单号是 {loan.policy}")
    harvest.add(issued, entry)
    told.policies[issued.insurer, issued.policy] = PolicyState(
        policy=issued.policy,
        insurer=issued.insurer,
        loan=issued.loan,
        cover_fen=issued.sum_fen,
        until_on=issued.until_on,
    )


def _renumbered(told: _Told, entry: Entry, issued: InsuranceIssued) -> Iterator[Fault]:
    """A new policy like one in force (same loan, same last day) whose issue this list does not tell as well."""
    rows = told.harvest.register.tables["insurance"]
    listed = {row.text("policy") for row in rows if row.text("act") == "issued"}
    for policy in told.harvest.view.policies:
        alike = (policy.insurer, policy.loan, policy.until_on) == (issued.insurer, issued.loan, issued.until_on)
        if alike and policy.policy not in listed:
            expected = f"该借据已入账、止期相同的保单 {policy.policy}"
            remedy = "保单号填错的，更正；确有两张保单的，把已入账那张的承保行也列在清单中。"
            yield entry.fault(wrongs.NOT_AS_FILED, issued.policy, "policy", expected=expected, remedy=remedy)


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


def _endorse(told: _Told, entry: Entry) -> None:
    """A change of a policy (批改): the sum before must be the books', the sum after holds from here on."""
    harvest, insurer = told.harvest, told.insurer
    endorsed_id = event_id("endorse", insurer.no, entry.text("policy"), entry.text("endorsement"))
    policy = None if told.is_known(entry, endorsed_id) else told.in_force(entry)
    if policy is None:
        return
    before, after = entry.number("sum_before_fen"), entry.number("sum_fen")
    if before != policy.cover_fen:
        found, expected = yuan_words(before), f"账上在保的保额 {yuan_words(policy.cover_fen)}"
        harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, found, "sum_before_fen", expected=expected))
        return
    if entry.number("premium_fen"):
        harvest.warn(entry, f"批改增减的保费 {yuan_words(entry.number('premium_fen'))} 只留存，账上不记保费")
    endorsed = InsuranceEndorsed(
        event_id=endorsed_id,
        on=entry.day("acted_on"),
        summary=f"{insurer.name} {policy.policy} 批改 {entry.text('endorsement')}：保额 {yuan_words(after)}",
        sources=(entry.line,),
        policy=policy.policy,
        insurer=insurer.no,
        loan=policy.loan,
        endorsement_no=entry.text("endorsement"),
        sum_before_fen=before,
        sum_after_fen=after,
        until_on=entry.day("until_on"),
    )
    harvest.add(endorsed, entry)
    told.covers(policy, after, until_on=endorsed.until_on)


class _Claimed(NamedTuple):
    """A row of a claim, paid or refused: its event's id, the policy in force, the case."""

    event: EventId
    policy: PolicyState
    case: CaseState


def _claimed(told: _Told, entry: Entry, sort: str) -> _Claimed | None:
    """The claim that a row tells; None where the row is known, or names a policy or case that is not there."""
    key = (sort, told.insurer.no, entry.text("policy"), entry.text("case"), entry.day("acted_on").isoformat())
    if told.is_known(entry, event_id(*key)):
        return None
    policy, case = told.in_force(entry), told.harvest.case(entry)
    return _Claimed(event_id(*key), policy, case) if policy and case else None


def _pay(told: _Told, entry: Entry) -> None:
    harvest, insurer = told.harvest, told.insurer
    claimed = _claimed(told, entry, "claim")
    if claimed is None:
        return
    event, policy, case = claimed
    amount, faults = entry.number("amount_fen"), []
    for most, what in ((policy.cover_fen, "保额余额"), (told.due[case.case], "本案账上保险人应担的余额")):
        if amount > most:
            expected = f"不超过{what} {yuan_words(most)}"
            faults.append(entry.fault(wrongs.NOT_AS_FILED, yuan_words(amount), "amount_fen", expected=expected))
    harvest.faults += faults
    if faults:
        return
    paid = InsuranceClaimPaid(
        event_id=event,
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
    told.covers(policy, policy.cover_fen - amount)
    told.due[case.case] -= amount


def _refuse(told: _Told, entry: Entry) -> None:
    """A claim that the insurer refused (拒赔), with its reason."""
    harvest, insurer = told.harvest, told.insurer
    claimed = _claimed(told, entry, "refusal")
    if claimed is None:
        return
    event, policy, case = claimed
    amount = entry.number("refused_fen")
    if amount > told.due[case.case]:
        expected = f"不超过本案账上保险人应担的余额 {yuan_words(told.due[case.case])}"
        harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, yuan_words(amount), "refused_fen", expected=expected))
        return
    refused = InsuranceClaimRefused(
        event_id=event,
        on=entry.day("acted_on"),
        summary=f"{insurer.name} {policy.policy} 拒赔 {case.case} {yuan_words(amount)}",
        sources=(entry.line,),
        case=case.case,
        policy=policy.policy,
        insurer=insurer.no,
        amount_fen=amount,
        reason=entry.text("reason"),
    )
    harvest.add(refused, entry)
    told.due[case.case] -= amount


def _lapse(told: _Told, entry: Entry) -> None:
    harvest, insurer = told.harvest, told.insurer
    lapse_id = event_id("lapse", insurer.no, entry.text("policy"))
    policy = None if told.is_known(entry, lapse_id) else told.in_force(entry)
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
    told.covers(policy, 0)


_ACTS: dict[str, Callable[[_Told, Entry], None]] = {
    "issued": _issue,
    "endorsed": _endorse,
    "paid": _pay,
    "refused": _refuse,
    "lapsed": _lapse,
}
