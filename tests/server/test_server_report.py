"""The month's report on a page: every figure leads to its vouchers, every voucher to its rows."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from fava.core import FavaLedger
from werkzeug.test import Client

from desk.server import make_app
from desk.server.addresses import account_url
from ledger.book import Book

BASE = "http://127.0.0.1:5000"


@pytest.fixture(scope="module")
def client(demo_year: Path) -> Client:
    return Client(make_app(demo_year / "books"))


def page(client: Client, path: str) -> str:
    answer = client.get(path, base_url=BASE)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_the_months_figures_are_links(client: Client) -> None:
    text = page(client, "/riskpool/pool/monthly/?month=2023-10")
    links = re.findall(r"/riskpool/pool/figure/2023-10/[^\"]+", text)
    assert len(links) > 100
    assert "393,827.17" in text


@pytest.mark.parametrize("month", ["2023-03", "2023-10", "2024-02"])
def test_from_a_figure_to_a_voucher_to_a_source_row(client: Client, month: str) -> None:
    text = page(client, f"/riskpool/pool/monthly/?month={month}")
    for link in re.findall(r"/riskpool/pool/figure/[^\"]+", text)[::17]:
        vouchers = re.findall(r"/riskpool/pool/voucher/[^\"]+", page(client, link))
        assert vouchers, link
    found = page(client, f"/riskpool/pool/figure/{month}/cash.boc-01.balance/")
    numbers = [unquote(link) for link in re.findall(r"/riskpool/pool/voucher/[^\"]+", found)]
    rows = [row for number in numbers for row in re.findall(r"/riskpool/pool/source/[^\"]+", page(client, number))]
    assert rows
    assert "原文" in page(client, rows[0])


def test_the_papers_that_a_voucher_counts_are_there_to_open(client: Client, demo_year: Path) -> None:
    """A decision's record, which stands on no row of a file, and the list behind a bank's voucher."""
    book = Book.load(demo_year / "books")
    for kind, name in (("CompensationDecided", "裁决 BC2023-001"), ("InterestReceived", "boc-01-list-")):
        voucher = next(item for item in book.vouchers if item.kind == kind)
        text = page(client, f"/riskpool/pool/voucher/{voucher.no}/")
        shown = text.partition("<h3>附件</h3>")[2].partition("<h3>")[0]
        links = re.findall(r"/riskpool/pool/original/[0-9a-f]{16}", shown)
        assert name in shown
        assert len(links) == voucher.attachments == 1
        with client.get(links[0], base_url=BASE) as answer:
            assert answer.status_code == 200
            assert answer.data


def test_a_figure_that_is_not_there(client: Client) -> None:
    assert client.get("/riskpool/pool/figure/2023-10/no.such.figure/", base_url=BASE).status_code == 404
    assert client.get("/riskpool/pool/figure/1999-01/cash.boc-01.balance/", base_url=BASE).status_code == 404


def test_an_account_s_address_is_one_that_fava_reads(demo_year: Path) -> None:
    """Colons stay plain: Fava's page encodes the name once more, and an encoded one finds no account."""
    name = Book.load(demo_year / "books").chart.cash("boc-01")
    assert account_url(name).count(":") == name.count(":")
    assert "%3A" not in account_url(name)


def test_stock_fava_reads_the_books_without_an_error(demo_year: Path) -> None:
    """Plain text outlives the product: Fava alone, without our guard and pages, opens the same books."""
    ledger = FavaLedger(str(demo_year / "books" / "main.beancount"))
    assert ledger.errors == []
    assert len(ledger.all_entries) > 1000
