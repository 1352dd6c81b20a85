"""A decided case that is decided again: what the books hold of it, and what must not be in the way."""

from collections.abc import Sequence

from ledger import accounts as acc
from ledger.book import Book
from ledger.casefiles import CaseFile, Granting
from ledger.events import ClawbackDecided, CompensationDeferred, CompensationRedecided, LossWrittenOff
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from riskpool.granting import Standing
from riskpool.rounds import has_rounds
from riskpool.rulefile import RuleText

SETTLED_OTHERWISE = FaultKind(
    "裁决-再次-01",
    "本案另有处理，不能整案重算",
    "没有人工决定的补偿退回、没有核销的案件；核减的，没有不再支付的部分",
    "先用 riskpool reverse 撤回该补偿退回、核销或不再支付，再裁决；确已收到退回款、撤不回的，报主管。",
    ExitCode.REFUSED,
)
DRAWN_LATER = FaultKind(
    "裁决-出资-05",
    "办法既让核定的补偿排队，又让出资方依次支用",
    "排队的按比例承担，或依次支用的不排队",
    "钱到位时各出资方还有多少，要到那时才知道，本版不支持两者并用：报主管，另定承担办法。",
    ExitCode.REFUSED,
)
KINDS = (SETTLED_OTHERWISE, DRAWN_LATER)


def refuse_drawn_later(text: RuleText) -> None:
    """Who is drawn on in turn is known when the money goes out; a grant that waits would fix it too early."""
    in_turn = [
        clause for clause in text.clauses_of("contributor_draw") if isinstance(clause.parameters["parts"], tuple)
    ]
    if in_turn and has_rounds(text):
        raise Refusal([Fault(DRAWN_LATER, f"{text.ref} {in_turn[0].article}")])


def refuse_settled_otherwise(file: CaseFile) -> None:
    """A hand's claw-back or a write-off answers a case for good: a computed settlement would undo it unseen."""
    others: list[ClawbackDecided | LossWrittenOff] = [*file.clawbacks, *file.written_off]
    faults = [Fault(SETTLED_OTHERWISE, f"{item.on} {item.summary}") for item in others]
    if faults:
        raise Refusal(faults)


def refuse_less_of_lapsed(file: CaseFile, made: CompensationRedecided | CompensationDeferred) -> None:
    """Whether less that is due falls on what lapsed before, or on what the bank has, no text says."""
    if isinstance(made, CompensationRedecided) and made.approved_fen < made.before_fen and file.lapsed:
        raise Refusal([Fault(SETTLED_OTHERWISE, f"{item.on} {item.summary}") for item in file.lapsed])


def frozen_text(texts: Sequence[RuleText], file: CaseFile, rule_sha256: str) -> RuleText:
    """The very version that decided the case: a later one never touches it (rules.md §6)."""
    assert file.decided is not None, "only a decided case has its text frozen"
    found = [text for text in texts if (text.ref, text.sha256) == (file.decided.rule, rule_sha256)]
    assert found, f"{file.case}: an adoption on which a decision rests is not withdrawn"
    return found[0]


def standing_of(book: Book, file: CaseFile) -> Standing:
    """A decided case as the books hold it now."""
    assert file.decided is not None, "a decided case"
    granted: list[Granting] = [file.decided, *file.redecided]
    parties = {item.party for ruling in granted for item in ruling.others}
    settled = sum(item.amount_fen for item in file.claims) + sum(item.amount_fen for item in file.refused)
    return Standing(
        approved_fen=file.approved_fen,
        queued_fen=file.queued_fen,
        unpaid_fen=file.due_fen,
        recourse_fen=file.recourse_fen,
        claimed_fen=sum(item.claimed_fen for item in file.pending),
        borne=file.borne_fen(),
        counted=file.counted_fen(),
        open_others={
            party: book.balance_fen(book.chart.other(file.case, party), commodity=acc.OTHER)
            for party in sorted(parties)
        },
        settled_others={"insurer": settled} if settled else {},
        number=2 + len(file.redecided),
        supplements=max(item.number for item in file.supplements),
    )
