"""Founding and posting: numbers, idempotency, the chain, refusals that change nothing, the frozen format."""

import re
from datetime import date
from pathlib import Path

import pytest
from beancount.core import data
from ledger_samples import (
    AT,
    BEGINS_ON,
    BOC,
    CASE,
    CITY,
    POOL,
    SAMPLES,
    SHA,
    SIGNED,
    Office,
    applied,
    contribution,
    decided,
    founded,
    interest,
    key,
    leg,
    loan_included,
    notified,
    row,
    seal,
    story,
    told,
)

import ledger.book as book_module
from ledger.book import Book
from ledger.canon import GENESIS, canonical, chain_hash, own_hash
from ledger.casefiles import case_files
from ledger.events import (
    CaseTaken,
    ContributionReceived,
    EventWithdrawn,
    LoanIncluded,
    ManualVoucher,
    OpeningTaken,
    TapeConfirmed,
)
from ledger.faults import ExitCode, Refusal
from ledger.founding import first_batch, found, founding
from ledger.journal import head_text, parse_text, preview_legs, write_text
from ledger.oplog import OperationLog
from ledger.papers import Attachment
from ledger.seal import rule_folder
from ledger.verify import verify
from ledger.views import loan_states, open_items
from ledger.withdrawal import Request, withdrawal_of

GOLDEN = Path(__file__).parent / "golden" / "books"


def refused(office: Office, code: str, *events: object, **more: object) -> Refusal:
    """The refusal of an act, after which every file is what it was."""
    before = office.files()
    with pytest.raises(Refusal) as caught:
        office.post(*events, **more)  # type: ignore[arg-type] # events by construction
    assert code in {fault.code for fault in caught.value.faults}
    assert office.files() == before
    return caught.value


def test_founded_books_open_and_are_unchanged(office: Office) -> None:
    book = office.book
    assert [head.sequence for head in book.batches] == [0]
    assert book.batches[0].previous == GENESIS
    assert [voucher.no for voucher in book.vouchers] == ["记-2022-12-0001"]
    assert book.balance_fen(BOC) == 90_000_000
    assert verify(office.root) == ()


def test_founding_refuses_a_folder_in_use(tmp_path: Path) -> None:
    (tmp_path / "something.txt").write_text("别人的文件")
    with pytest.raises(Refusal) as caught, founding(tmp_path):
        pytest.fail("never reached")
    assert caught.value.exit_code is ExitCode.REFUSED
    assert [path.name for path in tmp_path.iterdir()] == ["something.txt"]


def test_a_founding_that_fails_leaves_nothing_and_may_be_done_again(tmp_path: Path) -> None:
    root = tmp_path / "books"
    double = contribution("a", 1)
    for events in ([SAMPLES["OpeningTaken"], double, double], [SAMPLES["OpeningTaken"]]):
        try:
            with founding(root) as place:
                store = found(place, POOL, SIGNED, BEGINS_ON)
                with store.lock():
                    first_batch(store, POOL, events, SIGNED, (), BEGINS_ON)
        except Refusal:
            assert list(tmp_path.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["books"]
    assert verify(root) == ()


def test_books_founded_without_an_opening_open(tmp_path: Path) -> None:
    store = found(tmp_path / "books", POOL, SIGNED, BEGINS_ON)
    with store.lock():
        posted = first_batch(store, POOL, [], SIGNED, (), BEGINS_ON)
    assert posted.sequence == 0
    assert Book.load(store.root).vouchers == ()
    assert verify(store.root) == ()


def test_two_accounts_of_one_bank_and_number_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    double = POOL.replace('no = "02"\nsort = "deposit"', 'no = "01"\nsort = "dedicated"')
    assert double != POOL
    with pytest.raises(Refusal):
        found(tmp_path / "books", double, SIGNED, BEGINS_ON)
    assert not (tmp_path / "books").exists()


def test_numbers_run_per_sort_and_month(office: Office) -> None:
    first = office.post(contribution("a", 1), contribution("b", 2), loan_included())
    assert first.vouchers == ("记-2023-03-0001", "记-2023-03-0002", "登-2023-03-0001")
    second = office.post(interest("c", 3), interest("d", 4, date(2023, 4, 1)))
    assert second.vouchers == ("记-2023-03-0003", "记-2023-04-0001")
    third = office.post(contribution("e", 5, date(2023, 3, 1)))
    assert third.vouchers == ("记-2023-03-0004",), "number order is posting order, not day order"
    voucher = office.book.voucher("登-2023-03-0001")
    assert (voucher.is_money, voucher.month, voucher.batch) == (False, "2023-03", 1)
    assert "r2023-03-0001" in voucher.links
    assert "v2023-03-0004" in office.book.voucher("记-2023-03-0004").links


def test_a_voucher_carries_what_a_voucher_must(office: Office) -> None:
    office.post(SAMPLES["ContributionReceived"], signed=SIGNED.model_copy(update={"chief": "li"}), draft="D000007")
    voucher = office.book.voucher("记-2023-03-0001")
    assert (voucher.on, voucher.summary, voucher.kind) == (date(2023, 3, 1), "市财政出资", "ContributionReceived")
    assert (voucher.preparer, voucher.reviewer, voucher.bookkeeper, voucher.chief) == ("zhang", "li", "zhang", "li")
    assert [(source.digest16, source.sheet, source.row) for source in voucher.sources] == [(SHA[:16], "明细", 2)]
    assert [(item.account, item.fen) for item in voucher.legs] == [(BOC, 100_000_000), (CITY, -100_000_000)]
    assert voucher.attachments == 1
    head = office.book.batches[1]
    assert (head.act, head.draft, head.posted_at) == ("import", "D000007", AT.isoformat())


def test_posting_again_is_nothing_new(office: Office) -> None:
    office.post(contribution("a", 1))
    before = office.files()
    again = office.post(contribution("a", 1))
    assert (again.vouchers, again.known, again.sequence) == ((), 1, 1)
    assert office.files() == before
    mixed = office.post(contribution("a", 1), contribution("b", 2))
    assert (mixed.vouchers, mixed.known, mixed.sequence) == (("记-2023-03-0002",), 1, 2)


def test_the_same_event_twice_in_one_act_is_refused(office: Office) -> None:
    assert "重复入账" in str(refused(office, "记账-检查-01", contribution("a", 1), contribution("a", 1)))


def test_the_chain_is_what_the_format_says(office: Office) -> None:
    told(office)
    chain = GENESIS
    for sequence, path in enumerate(office.batches()):
        entries, errors, _ = parse_text(path.read_text(encoding="utf-8"), path)
        assert errors == []
        _, number, previous, own = (item.value for item in entries[0].values)
        assert (int(number), previous, own) == (sequence, chain, own_hash(entries))
        assert path.name == f"{sequence:06d}-{own[:12]}.beancount"
        chain = chain_hash(chain, sequence, own)
    assert office.book.head == chain
    assert (office.root / "head.beancount").read_text(encoding="utf-8") == head_text(len(story()), chain)
    assert verify(office.root) == ()


def test_the_state_after_a_post_is_the_state_of_a_fresh_load(office: Office) -> None:
    office.store.write_new(f"{rule_folder('demo-2023@2023-01-01', SHA)}/rule_text.toml", b"list")
    book = office.book
    for events in story():
        book = office.post(*events, signed=SIGNED.model_copy(update={"chief": "li"}), book=book).book
        fresh = office.book
        assert sorted(map(canonical, book.entries)) == sorted(map(canonical, fresh.entries))
        for view in ("vouchers", "batches", "head", "posted", "opened", "pool", "last_on"):
            assert getattr(book, view) == getattr(fresh, view), view
        assert book.balances() == fresh.balances()
        assert case_files(book) == case_files(fresh)
        assert loan_states(book) == loan_states(fresh)
        assert open_items(book, ()) == open_items(fresh, ())
        assert book.documents() == fresh.documents()
        assert book.titles() == fresh.titles()


def test_every_event_of_the_story_is_rebuilt_from_the_books(office: Office) -> None:
    book = told(office).book
    for events in story():
        for event in events:
            back = [found for found in book.events(type(event)) if found.event_id == event.event_id]
            assert back == [event.model_copy(update={"sources": ()})]
            rows = [(source.digest16, source.sheet, source.row) for source in book.sources_of(event.event_id)]
            assert rows == [(line.sha256[:16], line.sheet, line.row) for line in event.sources]


def test_hand_written_legs_are_rebuilt_from_the_books(office: Office) -> None:
    manual, wrong = SAMPLES["ManualVoucher"], interest("interest", 1_234)
    assert isinstance(manual, ManualVoucher)
    office.post(wrong)
    no = office.book.voucher_of(wrong.event_id)[0].no
    again = (leg(BOC, 1_234), leg(CITY, -1_234))
    both = withdrawal_of(office.book, Request(wrong.event_id, "mistake", "不是利息", date(2023, 5, 9), again))
    office.post(manual, both)
    book = office.book
    assert book.events(ManualVoucher) == (manual,)
    assert book.events(EventWithdrawn) == (both,)
    assert (both.red[0].no, both.blue) == (no, again)
    (opening,) = book.events(OpeningTaken)
    assert opening.lines == SAMPLES["OpeningTaken"].lines
    red, blue = book.voucher_of(both.event_id)
    assert (red.is_red, red.cancels, red.summary) == (True, no, f"注销2023年3月21日{no}号凭证")
    assert (blue.is_red, blue.summary) == (False, f"订正2023年3月21日{no}号凭证")
    assert blue.attachments == red.attachments == 0
    assert book.voucher_of(manual.event_id)[0].attachments == 2


def test_a_running_case_is_taken_over(tmp_path: Path) -> None:
    taken = SAMPLES["CaseTaken"]
    loan = loan_included(
        event_id=key("old"), loan="BOC2022-0009", on=BEGINS_ON, outstanding_fen=90_000_000, opening=True
    )
    store = found(tmp_path / "books", POOL, SIGNED, BEGINS_ON)
    with store.lock():
        first_batch(store, POOL, [SAMPLES["OpeningTaken"], loan, taken], SIGNED, (), BEGINS_ON)
    book = Book.load(store.root)
    assert book.events(CaseTaken) == (taken.model_copy(update={"sources": ()}),)
    assert book.balance_fen(book.chart.recourse("boc", "BC2022-001"), commodity="RECOURSE.CNY") == 40_000_000
    assert book.balance_fen(book.chart.loan("boc", "BOC2022-0009"), commodity="LOAN.CNY") == 90_000_000


def test_a_closed_month_takes_nothing(office: Office) -> None:
    office.post(contribution("a", 1, date(2023, 1, 5)))
    seal(office, "2023-01")
    assert verify(office.root) == ()
    refused(office, "记账-期间-01", contribution("b", 2, date(2023, 1, 31)))
    refused(office, "记账-期间-01", contribution("c", 3, date(2023, 2, 1)), contribution("b", 2, date(2022, 12, 31)))
    assert office.post(contribution("b", 2, date(2023, 2, 1))).vouchers == ("记-2023-02-0001",)


def test_an_unsound_act_is_refused_with_nothing_written(office: Office) -> None:
    found_problem = refused(office, "记账-检查-01", SAMPLES["FeeCharged"].model_copy(update={"amount_fen": 10**9}))
    assert "日终为负" in str(found_problem)
    assert "unknown account" in str(refused(office, "记账-检查-01", SAMPLES["LoanRepaid"]))
    refused(office, "记账-检查-01", SAMPLES["AccountReconciled"])
    office.record()
    refused(office, "记账-主管-01", applied(), decided())
    refused(office, "记账-检查-01", SAMPLES["EventWithdrawn"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"preparer": "nobody"}, "人员-身份-01"),
        ({"preparer": ""}, "人员-身份-01"),
        ({"preparer": "li"}, "人员-权限-01"),
        ({"reviewer": "zhang"}, "人员-权限-01"),
        ({"preparer": "wang", "reviewer": "wang"}, "人员-权限-02"),
        ({"bookkeeper": "wang"}, "人员-权限-01"),
        ({"chief": "zhang"}, "人员-权限-01"),
    ],
)
def test_who_may_sign(office: Office, change: dict[str, str], code: str) -> None:
    refusal = refused(office, code, contribution("a", 1), signed=SIGNED.model_copy(update=change))
    assert refusal.exit_code is ExitCode.REFUSED


def test_the_log_holds_ids_only_and_the_intent_of_each_act(office: Office) -> None:
    office.post(SAMPLES["ContributionReceived"], draft="D000001")
    records = OperationLog(office.store).records()
    assert [(record.number, record.act, record.who) for record in records] == [
        (1, "init", ("zhang", "li")),
        (2, "import", ("zhang", "li")),
    ]
    assert [record.batch for record in records] == [head.own for head in office.book.batches]
    assert records[1].what[0] == "D000001"
    text = "".join(path.read_text(encoding="utf-8") for path in (office.root / "log").glob("*"))
    assert not re.search("张某某|0000000001|示例市", text)


def test_a_document_is_posted_once_and_found_again(office: Office) -> None:
    paper = office.attach(b"minutes")
    office.post(contribution("a", 1), documents=[paper])
    office.post(contribution("b", 2), documents=[paper])
    assert office.book.documents() == (paper,)
    assert verify(office.root) == ()


@pytest.mark.parametrize("content", [None, b"other"])
def test_a_document_that_is_not_what_it_says_is_refused(office: Office, content: bytes | None) -> None:
    name = "documents/0123456789abcdef-attachment.pdf"
    if content is not None:
        office.store.write_new(name, content)
    paper = Attachment(path=name, account=BOC, name="x", sha256=SHA, sort="attachment")
    with pytest.raises(Refusal):
        office.post(contribution("a", 1), documents=[paper])
    assert len(office.book.batches) == 1
    assert verify(office.root) == ()


def test_documents_and_events_out_of_day_order_post(office: Office) -> None:
    paper = office.attach(b"list")
    late = loan_included(on=date(2023, 3, 9))
    office.post(late, contribution("early", 1, date(2023, 3, 1)), documents=[paper])
    assert office.book.documents() == (paper,)


@pytest.mark.parametrize("field", ["borrower", "uscc", "contract_no", "filing_no"])
def test_an_empty_text_is_refused_or_rebuilt(office: Office, field: str) -> None:
    event = loan_included(**{field: ""})
    try:
        office.post(event)
    except Refusal:
        return
    assert office.book.events(LoanIncluded) == (event.model_copy(update={"sources": ()}),)


def test_a_recovery_eaten_by_its_costs_leaves_the_books_readable(office: Office) -> None:
    told(office)
    office.post(notified("again", number=2, pool_fen=0, contributors=(), principal_fen=0, on=date(2023, 10, 9)))
    assert [item.number for item in case_files(office.book)[CASE].notified] == [1, 2]


def test_a_sheets_name_with_a_newline_leaves_the_books_readable(office: Office) -> None:
    # The name comes from inside a workbook that somebody else made.
    event = ContributionReceived.model_validate(
        {**contribution("a", 1).model_dump(), "sources": [{**row(3).model_dump(), "sheet": "明\n细"}]}
    )
    office.post(event)
    assert len(office.book.vouchers) == 2


def test_a_payment_from_another_banks_account_bounces_back(office: Office) -> None:
    for events in story()[:5]:
        office.post(*events, signed=SIGNED.model_copy(update={"chief": "li"}))
    office.post(contribution("more", 300_000_000, account="abchina-01"))
    pay = SAMPLES["CompensationPaid"].model_copy(update={"account": "abchina-01"})
    office.post(pay)
    office.post(SAMPLES["PaymentBounced"].model_copy(update={"account": "abchina-01"}))
    book = office.book
    assert book.balance_fen(book.chart.payable("boc")) == -240_000_001
    assert book.balance_fen(book.chart.recourse("boc", CASE), commodity="RECOURSE.CNY") == 0


@pytest.mark.parametrize("event", [contribution("x", 5, contributor="77"), contribution("x", 5, account="zzz-01")])
def test_an_unknown_party_or_account_is_our_own_mistake(office: Office, event: ContributionReceived) -> None:
    """Importers and acts ask pool.toml first, so that one here is no user's data: asserted, nothing written."""
    before = office.files()
    with pytest.raises(AssertionError):
        office.post(event)
    assert office.files() == before


def test_nothing_is_posted_onto_a_cut_tail(office: Office) -> None:
    office.post(contribution("a", 1))
    office.post(contribution("b", 2))
    office.batches()[-1].unlink()
    with pytest.raises(Refusal):
        office.post(contribution("c", 3))
    assert verify(office.root) != ()


def test_a_preview_writes_nothing_and_shows_what_would_stand(office: Office) -> None:
    before = office.files()
    (paid, money), (_, memo) = preview_legs(office.book, [contribution("a", 1), loan_included()])
    assert paid == contribution("a", 1)
    assert [(leg.account, leg.fen) for leg in money] == [(BOC, 1), (CITY, -1)]
    assert memo[0].account == "Assets:9001在池贷款本金:01中国银行:BOC2023-0001"
    assert office.files() == before


def test_a_hand_voucher_to_an_account_that_is_none_is_refused(office: Office) -> None:
    lines = (leg('Assets:9001 x"\n', 1), leg(CITY, -1))
    refused(office, "记账-文字-01", SAMPLES["ManualVoucher"].model_copy(update={"lines": lines}))
    lines = (leg("Assets:1002银行存款:99无此银行:01专户", 1), leg(CITY, -1))
    refused(office, "记账-检查-01", SAMPLES["ManualVoucher"].model_copy(update={"lines": lines}))


def test_format_one_is_frozen_byte_for_byte(tmp_path: Path) -> None:
    files = told(founded(tmp_path / "books")).files()
    golden = {path.relative_to(GOLDEN).as_posix(): path.read_bytes() for path in GOLDEN.rglob("*") if path.is_file()}
    assert set(golden) == {name for name in files if name.startswith(("main", "chart", "head", "batches", "log"))}
    for name, content in golden.items():
        assert files[name].decode() == content.decode(), name


def test_a_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = told(founded(tmp_path / "one")), told(founded(tmp_path / "two"))
    assert one.files() == two.files()


def test_a_batch_prints_back_to_its_own_bytes(office: Office) -> None:
    # The strict subset: one text per content, so that any other text for the same content is an edit.
    told(office)
    office.post(contribution("a", 1), documents=[office.attach(b"minutes")])
    for path in office.batches():
        text = path.read_text(encoding="utf-8")
        header = parse_text(text, path)[0][0]
        names = [name for name in ("preparer", "reviewer", "bookkeeper", "chief") if name in header.meta]
        pushed = "".join(f'pushmeta {name}: "{header.meta[name]}"\n' for name in names)
        popped = "\n".join(f"popmeta {name}:" for name in reversed(names)) + "\n"
        assert text.count(pushed) == 1
        assert text.endswith(popped)
        bare = text.replace(pushed, "").removesuffix(popped)
        (header, *entries), errors, _ = parse_text(bare, path)
        assert errors == []
        inside = [
            entry._replace(filename=f"../../documents/{Path(entry.filename).name}")
            if isinstance(entry, data.Document)
            else entry
            for entry in entries
        ]
        assert write_text(header, inside, [(name, header.meta[name]) for name in names]) == text


def test_a_confirmed_tape_keeps_its_own_day(office: Office) -> None:
    (back,) = told(office).book.events(TapeConfirmed)
    assert back.on == SAMPLES["TapeConfirmed"].on == date(2023, 3, 31)


def test_an_act_rebuilds_each_event_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    # Counted, not timed: a busy machine can't fail it. Two times the events may not cost four times the work.
    calls = 0
    real = book_module.event_of

    def counted(*args: object, **more: object) -> object:
        nonlocal calls
        calls += 1
        return real(*args, **more)  # type: ignore[arg-type] # the real call

    monkeypatch.setattr(book_module, "event_of", counted)
    office.post(*(contribution(f"few-{number}", 1) for number in range(20)))
    few, calls = calls, 0
    office.post(*(contribution(f"many-{number}", 1) for number in range(40)))
    assert calls <= 3 * few


@pytest.mark.parametrize("chief", ["", "nobody"])
def test_a_decision_is_signed_by_the_chief_it_names(office: Office, chief: str) -> None:
    for events in story()[:4]:
        office.post(*events, signed=SIGNED.model_copy(update={"chief": "li"}))
    with pytest.raises(Refusal):
        office.post(decided(chief=chief or "li"), signed=SIGNED)


def test_a_clock_set_back_a_year_breaks_nothing(office: Office) -> None:
    office.post(contribution("a", 1))
    office.post(contribution("b", 2), signed=SIGNED.model_copy(update={"at": AT.replace(year=2022)}))
    posted = office.post(contribution("c", 3))
    assert [head.sequence for head in office.book.batches] == [0, 1, 2, 3]
    assert posted.book.vouchers == office.book.vouchers
    assert verify(office.root) == ()


def test_a_stale_book_is_refused_and_nothing_is_lost(office: Office) -> None:
    stale = office.book
    office.post(contribution("a", 1))
    with pytest.raises(Refusal):
        office.post(contribution("b", 2), book=stale)
    assert verify(office.root) == ()
    assert office.post(contribution("b", 2)).vouchers == ("记-2023-03-0002",)
