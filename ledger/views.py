"""Loans, cases and open items as of now, folded from the books' events.

One module, because importers, riskpool and reports must see the same state of a loan.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from ledger import accounts as acc
from ledger.book import Book, Source
from ledger.casefiles import CaseFile, case_files
from ledger.drafts import Draft
from ledger.events import (
    AnyEvent,
    BankRowConfirmed,
    CaseTaken,
    CompensationDecided,
    CompensationPaid,
    ContributionReturned,
    DepositMatured,
    DepositPlaced,
    EventWithdrawn,
    InsuranceIssued,
    InsuranceLapsed,
    IpRightListed,
    LoanIncluded,
    LoanReleased,
    OpeningTaken,
    PaymentBounced,
    PledgeRegistered,
    PledgeReleased,
    ReceiptFiled,
    ReceiptIdentified,
    ReceiptReturned,
    ReceiptUnidentified,
    RecoveryReceived,
    TapeConfirmed,
    TermExtended,
    TransferSent,
)
from ledger.ids import EventId
from ledger.listed import Listed, listed
from ledger.listed import papers as papers  # noqa: PLC0414 - asked of this module by those who look at books
from ledger.money import fen_of_yuan
from ledger.openitems import (
    CaseState,
    FiledReceipt,
    FiledStatement,
    ListEnd,
    LoanState,
    OpenItems,
    OpenPayment,
    OpenReceivable,
    PolicyState,
    SaidBefore,
)
from ledger.postings import next_day
from ledger.provenance import SHORT
from ledger.withdrawable import BANK_ROWS


def loan_states(book: Book, until_on: date = date.max) -> tuple[LoanState, ...]:
    """Every loan ever included before ``until_on``, as the books knew it then; released ones are marked."""
    # By bank and number: two banks may use the same one.
    tapes: dict[tuple[str, str], TapeConfirmed] = {}
    for confirmed in sorted(book.events(TapeConfirmed, until_on), key=lambda item: item.month):
        # The assertion stands on the 1st of the next month: its month ended before ``until_on``.
        if next_day(confirmed.month) <= until_on:
            tapes[confirmed.bank, confirmed.loan] = confirmed
    extended = {
        (item.bank, item.loan): item.new_due_on for item in book.events(TermExtended, until_on) if item.on < until_on
    }
    released = {(item.bank, item.loan) for item in book.events(LoanReleased, until_on) if item.on < until_on}
    decided = {(item.bank, item.loan) for item in book.events(CompensationDecided, until_on) if item.on < until_on}
    decided |= {(item.bank, item.loan) for item in book.events(CaseTaken)}
    balances = book.balances(until_on, acc.LOAN)
    states = []
    for loan in book.events(LoanIncluded, until_on):
        if loan.on >= until_on:
            continue
        key = (loan.bank, loan.loan)
        tape = tapes.get(key)
        states.append(
            LoanState(
                loan=loan.loan,
                bank=loan.bank,
                borrower=loan.borrower,
                uscc=loan.uscc,
                outstanding_fen=_owed_fen(book, balances, loan.bank, loan.loan),
                due_on=extended.get(key, loan.due_on),
                exposure=loan.exposure,
                pledge=loan.pledge,
                contract_no=loan.contract_no,
                filing_no=loan.filing_no,
                policy=loan.policy,
                grade=tape.grade if tape else None,
                overdue_days=tape.overdue_days if tape else 0,
                decided=key in decided,
                released=key in released,
                last_tape_on=next_day(tape.month) - timedelta(days=1) if tape else None,
            )
        )
    return tuple(sorted(states, key=lambda state: (state.bank, state.loan)))


def _at_month_ends(book: Book, loans: Sequence[LoanState]) -> tuple[LoanState, ...]:
    """The loans with what each owed at the end of the month of which its next tape tells."""
    asked = {loan.last_tape_on for loan in loans if loan.last_tape_on and not loan.released}
    owed = {last: book.balances(next_day(f"{last + timedelta(days=1):%Y-%m}"), acc.LOAN) for last in asked}
    return tuple(
        loan.model_copy(update={"tape_fen": _owed_fen(book, owed[loan.last_tape_on], loan.bank, loan.loan)})
        if loan.last_tape_on in owed
        else loan
        for loan in loans
    )


def _owed_fen(book: Book, balances: Mapping[str, Decimal], bank: str, loan: str) -> int:
    """What is owed on a loan, decided or not."""
    names = (book.chart.loan(bank, loan), book.chart.decided(bank, loan))
    return fen_of_yuan(sum((balances.get(name, Decimal(0)) for name in names), Decimal(0)))


def broken_off(book: Book, drafts: Iterable[Draft], kept: Iterable[str]) -> frozenset[str]:
    """Of files kept in the books (digests), those whose import was killed before its draft.

    Nothing of them is proposed, so nothing may be read of them: no batch and no draft names the file, and it holds
    what would have made a draft, or was not read to its end.
    """
    named = {item.sha256 for item in book.documents()}
    named |= {digest for draft in drafts for digest in draft.content.files}
    return frozenset(sha256 for sha256 in kept if sha256 not in named and _proposes(book, sha256[:SHORT]))


def _left(book: Book, drafts: Sequence[Draft], rejected: set[str]) -> frozenset[str]:
    """The papers that a killed import left in the books: they count no more than those that were sent back."""
    found = [paper.file.sha256 for kind in ("list", "statement") for paper in papers(book, kind)]
    return broken_off(book, drafts, [sha256 for sha256 in found if sha256 not in rejected])


def _proposes(book: Book, short: str) -> bool:
    reading, paper = book.reading(short), book.paper(short)
    if reading is None or (paper is not None and paper.kind == "statement"):
        return True
    return any(row.outcome not in {"known", "ignored"} for row in reading.rows)


def open_items(book: Book, live: Iterable[Draft]) -> OpenItems:
    """The view for importers: the books plus everything in live drafts."""
    every = tuple(live)
    pending = [event for item in every if item.is_waiting for event in item.content.events]
    kept = {digest for item in every if item.is_live for digest in item.content.files}
    rejected = {digest for item in every if not item.is_live for digest in item.content.files} - kept
    # What a bank's row moved stays moved when what it was taken for is taken back: its row is not to be read anew.
    moved = {back.withdraws for back in book.events(EventWithdrawn) if back.was in BANK_ROWS}
    known = book.known | moved | {event.event_id for event in pending}
    balances = book.balances(commodity=acc.COVER)
    lists = listed(book, every, rejected | _left(book, every, rejected))
    return OpenItems(
        pool=book.pool,
        known_events=frozenset(known),
        payments=tuple(_payments(book, pending)),
        receivables=tuple(_receivables(book, pending)),
        loans=_at_month_ends(book, loan_states(book)),
        policies=tuple(_policies(book, {name: fen_of_yuan(value) for name, value in balances.items()})),
        cases=tuple(case_state(book, item) for item in case_files(book).values()),
        rights_known=frozenset(item.right for item in book.events(IpRightListed)),
        rights_pledged=tuple(_pledged(book, pending)),
        list_ends=tuple(_list_ends(book, lists)),
        statements=tuple(filed_statements(lists)),
        receipts=tuple(_receipts(book, pending)),
        papers=lists,
        unidentified=tuple(_unidentified(book)),
        said_before=Earlier(book, pending),
    )


class Earlier:
    """Looks up the rows that an event was read from; a file's reading is opened once, when it is first asked."""

    def __init__(self, book: Book, pending: Iterable[AnyEvent]) -> None:
        """Keep the books, and the rows of what live drafts hold."""
        self._book = book
        self._drafted = {
            event.event_id: tuple(Source(line.sha256[:SHORT], line.sheet, line.row) for line in event.sources)
            for event in pending
        }
        self._opened: dict[str, dict[tuple[str, int], SaidBefore]] = {}

    def __call__(self, event: EventId) -> tuple[SaidBefore, ...]:
        """The rows, none where the event was read from no file."""
        stands = self._book.anew(event)
        sources = self._drafted.get(stands) or self._book.sources_of(stands)
        found = (self._rows_of(source.digest16).get((source.sheet, source.row)) for source in sources)
        return tuple(item for item in found if item)

    def _rows_of(self, digest16: str) -> dict[tuple[str, int], SaidBefore]:
        if digest16 not in self._opened:
            reading = self._book.reading(digest16)
            rows = reading.rows if reading else ()
            self._opened[digest16] = {
                (row.line.sheet, row.line.row): SaidBefore(reading, row) for row in rows if reading
            }
        return self._opened[digest16]

    def __eq__(self, other: object) -> bool:
        """Two views of the same state of the books are one."""
        return isinstance(other, Earlier) and self._state() == other._state()

    def __hash__(self) -> int:
        """As it is compared."""
        return hash((self._book.root, self._book.head))

    def _state(self) -> tuple[object, ...]:
        return self._book.root, self._book.head, self._drafted


def _payments(book: Book, pending: list[AnyEvent]) -> Iterable[OpenPayment]:
    confirmed = {item.confirms for item in book.events(BankRowConfirmed)}
    confirmed |= {item.confirms for item in pending if isinstance(item, BankRowConfirmed)}
    returned = {item.payment for item in book.events(PaymentBounced)}
    returned |= {item.payment for item in pending if isinstance(item, PaymentBounced)}
    matured = Counter(item.deposit for item in book.events(DepositMatured))
    matured.update(item.deposit for item in pending if isinstance(item, DepositMatured))
    for paid in book.events(CompensationPaid):
        yield _payment(paid, "compensation", None, confirmed, returned)
    for sent in book.events(TransferSent):
        yield _payment(sent, "transfer", sent.to_account, confirmed, returned)
    for back in book.events(ContributionReturned):
        yield _payment(back, "contribution", None, confirmed, returned)
    for placed in book.events(DepositPlaced):
        # A deposit account's placements come back oldest first.
        if matured[placed.deposit] > 0:
            matured[placed.deposit] -= 1
            returned.add(placed.event_id)
        yield _payment(placed, "deposit", placed.deposit, confirmed, returned)


def _payment(
    event: CompensationPaid | TransferSent | DepositPlaced | ContributionReturned,
    sort: Literal["compensation", "transfer", "deposit", "contribution"],
    to_account: str | None,
    confirmed: set[str],
    returned: set[str],
) -> OpenPayment:
    return OpenPayment(
        event=event.event_id,
        sort=sort,
        account=event.account,
        amount_fen=event.amount_fen,
        on=event.on,
        instruction_no=event.instruction_no,
        case=event.case if isinstance(event, CompensationPaid) else None,
        bank=event.bank if isinstance(event, CompensationPaid) else None,
        to_account=to_account,
        contributor=event.contributor if isinstance(event, ContributionReturned) else None,
        confirmed=event.event_id in confirmed,
        returned=event.event_id in returned,
    )


def _receivables(book: Book, pending: list[AnyEvent]) -> Iterable[OpenReceivable]:
    coming: Counter[str] = Counter()
    for event in pending:
        if isinstance(event, RecoveryReceived):
            coming[event.case] += event.amount_fen
    for item in case_files(book).values():
        open_fen = item.owed_fen - item.received_fen - coming[item.case]
        if open_fen > 0:
            told = (*item.notified, *item.clawbacks, *(again for again in item.redecided if again.clawback_fen))
            first = min((note.on for note in told), default=item.begun_on)
            yield OpenReceivable(case=item.case, bank=item.bank, amount_fen=open_fen, notified_on=first)


def _policies(book: Book, covers: dict[str, int]) -> Iterable[PolicyState]:
    lapsed = {item.policy for item in book.events(InsuranceLapsed)}
    for item in book.events(InsuranceIssued):
        if item.policy not in lapsed:
            cover = covers.get(book.chart.cover(item.insurer, item.policy), 0)
            yield PolicyState(
                policy=item.policy, insurer=item.insurer, loan=item.loan, cover_fen=cover, until_on=item.until_on
            )


def case_state(book: Book, item: CaseFile) -> CaseState:
    """One case in a line: its state and its figures in fen."""
    loan = next((found for found in book.events(LoanIncluded) if found.loan == item.loan), None)
    standing = item.redecided[-1] if item.redecided else item.decided
    due = sum(party.amount_fen for party in standing.others if party.party == "insurer") if standing else 0
    answered = sum(claim.amount_fen for claim in item.claims) + sum(said.amount_fen for said in item.refused)
    paid = item.paid_fen
    state: Literal["applied", "approved", "denied", "paid"] = "applied"
    if item.denied:
        state = "denied"
    elif paid > 0:
        state = "paid"
    elif item.decided:
        state = "approved"
    return CaseState(
        case=item.case,
        loan=item.loan,
        bank=item.bank,
        borrower=loan.borrower if loan else "",
        state=state,
        approved_fen=item.approved_fen,
        paid_fen=paid,
        recourse_fen=item.recourse_fen,
        insurer_due_fen=max(due - answered, 0),  # a later decision may ask less of the insurer than it has paid
        notified_count=len(item.notified),
    )


def _pledged(book: Book, pending: list[AnyEvent]) -> Iterable[tuple[str, str, str]]:
    released = {item.pledge for item in book.events(PledgeReleased)}
    coming = [item for item in pending if isinstance(item, PledgeRegistered)]
    for item in (*book.events(PledgeRegistered), *coming):
        if item.pledge not in released:
            for right in item.rights:
                yield right, item.pledge, item.bank


def _list_ends(book: Book, lists: Listed) -> Iterable[ListEnd]:
    taken = {account: end for opening in book.events(OpeningTaken) for account, end in _taken(book, opening)}
    ends = {end.account: end for end in lists.ends()}
    for slug, end in ends.items():
        yield end.model_copy(update={"begins_fen": taken[slug].closing_fen}) if slug in taken else end
    yield from (end for slug, end in taken.items() if slug not in ends)


def _taken(book: Book, opening: OpeningTaken) -> Iterable[tuple[str, ListEnd]]:
    begins_on = opening.on + timedelta(days=1)
    for account in book.pool.account:
        fen = book.balance_fen(book.chart.cash(account.slug), begins_on)
        yield account.slug, ListEnd(account=account.slug, until_on=begins_on, closing_fen=fen, begins_fen=fen)


def filed_statements(lists: Listed) -> Iterable[FiledStatement]:
    """The statements as importers are told of them."""
    for paper in lists.statements:
        yield FiledStatement(
            account=paper.account,
            from_on=paper.from_on,
            until_on=paper.until_on,
            closing_fen=paper.closing_fen,
            sha256=paper.file.sha256,
            layout=paper.layout,
            movements=tuple((line.on, line.amount_fen) for line in paper.lines),
        )


def _receipts(book: Book, pending: list[AnyEvent]) -> Iterable[FiledReceipt]:
    for item in (*book.events(ReceiptFiled), *(event for event in pending if isinstance(event, ReceiptFiled))):
        yield FiledReceipt(
            account=item.account,
            number=item.receipt_no,
            on=item.transacted_on,
            amount_fen=item.amount_fen,
            counterparty=item.counterparty,
            sha256=item.receipt,
        )


def _unidentified(book: Book) -> Iterable[tuple[str, str, int]]:
    named = {item.receipt for item in book.events(ReceiptIdentified)}
    named |= {item.receipt for item in book.events(ReceiptReturned)}
    for item in book.events(ReceiptUnidentified):
        if item.event_id not in named:
            yield item.event_id, item.account, item.amount_fen
    for back in book.events(EventWithdrawn):
        if back.cash and back.inquiry_fen and back.event_id not in named:
            yield back.event_id, back.cash, back.inquiry_fen
