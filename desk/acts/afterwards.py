"""What may follow a paid compensation: the bank must give it back, or what is left is written off."""

from datetime import date
from typing import Literal

from desk.acts.office import Actor, Office, Proposal, attached
from ledger.casefiles import CaseFile, case_files
from ledger.drafts import Draft
from ledger.events import ClawbackDecided, ContributorShare, LossWrittenOff
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import event_id
from ledger.money import allocate, yuan_text
from ledger.signing import require

NOTHING_OUT = FaultKind(
    "案件-后续-01",
    "这个案件没有可退回或可核销的金额",
    "已拨付的案件，金额不超过待追偿余额",
    "用 riskpool status 和案件页查看待追偿余额。",
    ExitCode.REFUSED,
)
KINDS = (NOTHING_OUT,)

CAUSES = {"misuse": "资金挪用", "overpaid": "多付", "offered": "银行自愿退回"}


def claw_back(
    office: Office,
    case: str,
    amount_fen: int,
    cause: Literal["misuse", "overpaid", "offered"],
    reason: str,
    on: date,
    *,
    chief: str,
    who: Actor,
) -> Draft:
    """Draft that a bank owes back a paid compensation; contributors get back as they paid."""
    with office.locked():
        require(office.book.pool, chief, "chief")
        found = _paid(office, case, amount_fen)
        event = ClawbackDecided(
            event_id=event_id("clawback", case, len(found.clawbacks) + 1),
            on=on,
            summary=f"{case} 应退回补偿款 {yuan_text(amount_fen)} 元：{CAUSES[cause]}",
            case=case,
            bank=found.bank,
            amount_fen=amount_fen,
            contributors=_by_payment(found, amount_fen),
            cause=cause,
            reason=reason,
            chief=chief,
        )
        return office.propose(Proposal("clawback", event.summary, [event], chief=chief), who)


def write_off(
    office: Office, case: str, reason: str, on: date, *, papers: tuple[tuple[str, bytes], ...], chief: str, who: Actor
) -> Draft:
    """Draft the write-off of all that a case may still get back; the right lives on outside the account."""
    with office.locked():
        require(office.book.pool, chief, "chief")
        found = _paid(office, case, 0)
        amount = found.recourse_fen
        event = LossWrittenOff(
            event_id=event_id("writeoff", case, len(found.written_off) + 1),
            on=on,
            summary=f"{case} 核销待追偿 {yuan_text(amount)} 元",
            case=case,
            bank=found.bank,
            amount_fen=amount,
            reason=reason,
            chief=chief,
        )
        documents = attached(papers, office.book.chart.recourse(found.bank, case), f"case-{case}")
        proposal = Proposal("write-off", event.summary, [event], documents=documents, chief=chief)
        return office.propose(proposal, who, keep=lambda: office.put_away(documents, papers))


def _paid(office: Office, case: str, amount_fen: int) -> CaseFile:
    found = case_files(office.book).get(case)
    if found is None or found.recourse_fen <= 0 or not 0 <= amount_fen <= found.recourse_fen:
        left = yuan_text(found.recourse_fen) if found else "0.00"
        raise Refusal([Fault(NOTHING_OUT, f"{case} 待追偿余额 {left} 元")])
    return found


def _by_payment(found: CaseFile, amount_fen: int) -> tuple[ContributorShare, ...]:
    """Split in the proportions of the payment, over all that was clawed back so far, so that parts equal the whole."""
    taken = found.taken.parts if found.taken else ()
    parts = found.borne_fen() or {share.contributor: share.amount_fen for share in taken}
    parts = dict(sorted(parts.items()))
    before = sum(item.amount_fen for item in found.clawbacks)
    last = len(parts) - 1
    earlier = allocate(before, tuple(parts.values()), residual=last)
    now = allocate(before + amount_fen, tuple(parts.values()), residual=last)
    shares = zip(parts, (b - a for a, b in zip(earlier, now, strict=True)), strict=True)
    return tuple(ContributorShare(contributor=no, amount_fen=fen) for no, fen in shares if fen)
