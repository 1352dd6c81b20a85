"""Hostile texts on real pages: shown to the letter, and run nowhere; in an address they are looked up or refused."""

import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import quote

import pytest
from hostile_texts import OUTSIDE, hostile
from ledger_samples import POOL, SAMPLES, Office, contribution, founded, key, loan_included
from pydantic import ValidationError
from server.office import Desk, start
from server.test_server_browser import Tab, opened

from ledger.accounts import Chart
from ledger.events import AnyEvent
from ledger.faults import Refusal
from ledger.journal import refuse_unwritable
from ledger.pool import parse_pool
from ledger.postings import postings
from ledger.verify import verify

CHART = Chart(parse_pool(POOL))

pytestmark = pytest.mark.needs("chromium")


def _contribution(number: int, text: str) -> list[AnyEvent]:
    return [contribution(f"page-{number}", number + 1, date(2023, 3, 2), summary=text)]


def _loan(number: int, **told: str) -> list[AnyEvent]:
    """A loan with its right and pledge."""
    no, right, pledge = f"BOC2023-9{number:04d}", f"TM9{number:07d}-09", f"Y9{number:04d}"
    listed, pledged = SAMPLES["IpRightListed"], SAMPLES["PledgeRegistered"]
    return [
        listed.model_copy(update={"event_id": key(right), "right": right, "ip_type": "trademark"}),
        pledged.model_copy(update={"event_id": key(pledge), "pledge": pledge, "rights": (right,), "loans": (no,)}),
        loan_included(
            event_id=key(no),
            loan=no,
            filing_no=f"BA-{no}",
            exposure=key(f"exposure {no}"),
            rights=(right,),
            pledge=pledge,
            **told,
        ),
    ]


EVENTS: dict[str, Callable[[int, str], list[AnyEvent]]] = {
    "narration": _contribution,
    "borrower": lambda number, text: _loan(number, borrower=text),
    "contract": lambda number, text: _loan(1_000 + number, contract_no=text),
}
RAN = """document.title === '改'
    || document.querySelector('svg[onload], img[onerror]') !== null
    || [...document.scripts].some(one => !one.type.includes('json') && one.textContent.includes("document.title="))"""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, list[tuple[str, str]]]:
    """Books that took what they would of the texts, and where each is to be seen: (address, text)."""
    office = founded(tmp_path_factory.mktemp("pages") / "books")
    book = office.book
    shown: list[tuple[str, str]] = []
    for slot, make in EVENTS.items():
        taken: list[tuple[list[AnyEvent], str]] = []
        for number, text in enumerate(("示例（虚构）", *hostile(f"page {slot}", OUTSIDE, "示例（虚构）"))):
            try:
                events = make(number, text)
                refuse_unwritable(book, events, ())
            except (ValidationError, Refusal):
                continue
            taken.append((events, text))
        before = len(office.book.entries)
        events = [event for made, _ in taken for event in made]
        posted = office.post(*events)
        # Beside the batch's header nothing came in that these events don't mean.
        meant = sum(len(postings(event, CHART, ())) for event in events)
        assert len(office.book.entries) == before + meant + 1
        where = (
            [f"pool/voucher/{no}/" for no in posted.vouchers]
            if slot == "narration"
            else [f"pool/loan/{made[-1].model_dump()['loan']}/" for made, _ in taken]
        )
        assert len(where) == len(taken) > 1
        shown += zip(where, (text for _, text in taken), strict=True)
    assert verify(office.root) == ()
    return office, shown


@pytest.fixture(scope="module")
def desk(books: tuple[Office, list[tuple[str, str]]]) -> Iterator[Desk]:
    yield from start(books[0])  # type: ignore[arg-type] # both offices are a folder with books


@pytest.fixture(scope="module")
def browser_tab(desk: Desk) -> Iterator[Tab]:
    yield from opened(desk)


def _bare(text: str) -> str:
    """Without blanks: a page may fold them."""
    return re.sub(r"\s+", "", text)


def test_each_text_is_shown_to_the_letter_and_does_nothing(
    books: tuple[Office, list[tuple[str, str]]], browser_tab: Tab
) -> None:
    office, shown = books
    before = office.files()
    for address, text in shown:
        browser_tab.show(address)
        said = browser_tab.page.evaluate("document.querySelector('article').textContent")
        assert _bare(text) in _bare(said), address
        assert not browser_tab.page.evaluate(RAN), (address, text)
    for fava in ("journal/?filter=%23voucher", "journal/?filter=%23register"):
        browser_tab.show(fava)
        assert not browser_tab.page.evaluate(RAN), fava
    assert browser_tab.complaints == []
    assert office.files() == before


ADDRESSES: dict[str, str] = {
    "voucher": "pool/voucher/{}/",
    "loan": "pool/loan/{}/",
    "case": "pool/case/{}/",
    "month": "pool/vouchers/?month={}",
    "bank": "pool/loans/?bank={}",
    "state": "pool/cases/?state={}",
    "figure": "pool/figure/2023-03/{}/",
    "sheet of a source": "pool/source/0123456789abcdef/{}/1/",
    "file": "pool/original/{}",
    "paper": "pool/paper/{}",
    "account": "account/{}/",
    "filter": "journal/?filter={}",
    "time": "journal/?time={}",
    "account asked": "journal/?account={}",
    "query": "query/?query_string={}",
    "query answered": "api/query?query_string={}",
    "style": "../desk-static/{}",
}
LONGEST = 4_000
"""Characters of an address that a server still takes; what is longer it cuts off by itself."""


@pytest.mark.parametrize("place", ADDRESSES)
def test_a_text_in_an_address_is_looked_up_or_refused(
    place: str, books: tuple[Office, list[tuple[str, str]]], desk: Desk
) -> None:
    office, _ = books
    before = office.files()
    answers: dict[int, int] = {}
    for text in hostile(f"address {place}", OUTSIDE, "2023-03"):
        url = desk.url(ADDRESSES[place].format(quote(text.encode("utf-8", "surrogatepass")[:LONGEST], safe="")))
        try:
            with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
                status, kind, body = answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as error:
            status, kind, body = error.code, error.headers["Content-Type"], error.read()
        answers[status] = answers.get(status, 0) + 1
        assert status < 500, (text[:200], status)
        if kind.startswith("text/html"):
            page = body.decode()
            for forbidden in ("<script>document.title", '<img src=x onerror="', "<svg/onload", "<style>*{display"):
                assert forbidden not in page, (place, text[:200])
    assert sum(answers.values()) == OUTSIDE
    assert office.files() == before


@pytest.mark.parametrize("place", ["voucher", "month", "filter", "time", "query", "account"])
def test_a_text_in_an_address_runs_nothing_in_a_browser(place: str, desk: Desk, browser_tab: Tab) -> None:
    for text in hostile(f"address {place}", OUTSIDE, "2023-03"):
        browser_tab.page.goto(
            desk.url(ADDRESSES[place].format(quote(text.encode("utf-8", "surrogatepass")[:LONGEST], safe="")))
        )
        assert not browser_tab.page.evaluate(RAN), text[:200]
