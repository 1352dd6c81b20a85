"""The month's report on a page: every figure leads to its vouchers, every voucher to its rows."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from werkzeug.test import Client

from desk.server import make_app

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


def test_a_figure_that_is_not_there(client: Client) -> None:
    assert client.get("/riskpool/pool/figure/2023-10/no.such.figure/", base_url=BASE).status_code == 404
    assert client.get("/riskpool/pool/figure/1999-01/cash.boc-01.balance/", base_url=BASE).status_code == 404
