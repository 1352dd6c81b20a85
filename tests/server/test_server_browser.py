"""The pages in a real headless browser at 1280x800: nothing on the console, nothing cut off, nothing run."""

import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from server.office import FILE, SHEET, Desk, contribution, need_tool, small_books, start

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")

pytestmark = pytest.mark.needs("chromium")

ARGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
OURS = (
    *("pool/", "pool/loans/", "pool/loan/ABC2023-0002/", "pool/cases/", "pool/case/CASE-2023-001/"),
    *("pool/vouchers/?month=2023-03", "pool/voucher/记-2023-03-0002/", f"pool/source/{FILE.short}/{SHEET}/3/"),
    *("pool/voucher/登-2023-06-0004/", "pool/papers/", "pool/files/"),
)
FAVAS = (
    *("journal/?filter=%23voucher", "journal/?filter=%23register", "income_statement/", "trial_balance/"),
    *("balance_sheet/?filter=%23voucher", "account/Assets:1002银行存款:01中国银行:01专户/", "query/", "statistics/"),
    *("events/", "commodities/"),
)
WIDTHS = "[document.documentElement, document.querySelector('article')].map((e) => e.scrollWidth - e.clientWidth)"


class Tab:
    """A browser tab that remembers everything it complained about."""

    def __init__(self, page: "playwright.Page", desk: Desk) -> None:
        self.page, self.desk = page, desk
        self.complaints: list[str] = []
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def show(self, path: str) -> None:
        self.page.goto(self.desk.url(path))
        self.page.locator("aside a.selected, aside a").first.wait_for()
        self.page.locator("article > :not(script)").first.wait_for(state="attached")


@pytest.fixture
def browser_tab(desk: Desk) -> Iterator[Tab]:
    yield from opened(desk)


def opened(desk: Desk) -> Iterator[Tab]:
    path = need_tool("chromium")
    with playwright.sync_playwright() as driver, tempfile.TemporaryDirectory() as profile:
        context = driver.chromium.launch_persistent_context(
            profile, executable_path=path, args=list(ARGS), viewport={"width": 1280, "height": 800}
        )
        try:
            yield Tab(context.new_page(), desk)
        finally:
            context.close()


def test_every_page_is_quiet_and_fits(browser_tab: Tab) -> None:
    """Needs chromium. A CSP violation is a console error, so silence says that none happened."""
    for path in (*OURS, *FAVAS):
        browser_tab.show(path)
        assert browser_tab.page.evaluate(WIDTHS) == [0, 0], path
        assert "改" not in browser_tab.page.title(), path
        assert browser_tab.page.locator("article img:not(.cm-widgetBuffer)").count() == 0, path
        assert browser_tab.page.evaluate("getComputedStyle(document.body).outlineStyle") == "none", path
    assert browser_tab.complaints == []


def test_hostile_text_is_shown_and_a_click_leads_to_its_row(browser_tab: Tab) -> None:
    browser_tab.show("journal/?filter=%23voucher")
    row = browser_tab.page.locator(".journal li", has_text="<script>document.title='改'</script>")
    row.first.wait_for()
    row.first.locator(".datecell a").click()
    browser_tab.page.locator(".desk-voucher").wait_for()
    browser_tab.page.get_by_text("工作表「明细」第 3 行").first.click()
    cell = browser_tab.page.locator(".desk-cells td", has_text="<script>document.title='改'</script>")
    cell.wait_for()
    assert browser_tab.page.title().startswith("来源行")
    assert browser_tab.complaints == []


def test_home_leads_to_loan_case_and_account(browser_tab: Tab) -> None:
    browser_tab.show("")
    page = browser_tab.page
    page.get_by_text("分银行").wait_for()
    page.locator("aside").get_by_text("贷款", exact=True).click()
    page.locator("td a", has_text="ABC2023-0002").click()
    page.locator(".desk-facts a", has_text="CASE-2023-001").click()
    page.get_by_text("损失分担").wait_for()
    page.go_back()
    page.get_by_text("质押权利").first.wait_for()
    page.get_by_text("Fava 科目页").click()
    page.locator(".journal").first.wait_for()
    assert browser_tab.complaints == []


def test_statements_open_on_money_and_in_chinese(browser_tab: Tab) -> None:
    browser_tab.show("pool/")
    page = browser_tab.page
    page.locator("aside").get_by_text("收支表").click()
    page.get_by_text("-355,379.52").wait_for()
    page.locator("a.account", has_text="收入").first.wait_for()
    assert "filter=%23voucher" in page.url
    words = page.locator("article, aside, header").all_inner_texts()
    for english in ("Income", "Expenses", "Net Profit", "Journal", "Editor", "Mar 2023"):
        assert not [text for text in words if english in text], english


def test_output_is_refused_on_the_query_page(browser_tab: Tab) -> None:
    browser_tab.show("query/?query_string=.output /tmp/x")
    browser_tab.page.get_by_text("只能使用 SELECT、BALANCES、JOURNAL 查询语句").wait_for()
    assert [said for said in browser_tab.complaints if "400" not in said] == []


def test_an_open_page_shows_a_post_within_two_seconds(tmp_path: Path) -> None:
    need_tool("chromium")
    office = small_books(tmp_path / "books")
    for desk in start(office):
        for tab in opened(desk):
            tab.show("pool/vouchers/")
            tab.page.wait_for_timeout(1_500)
            office.post("出资", contribution(900, 100, date(2023, 9, 1), summary="新到出资（虚构）"))
            begun = time.monotonic()
            tab.page.get_by_text("新到出资（虚构）").wait_for(timeout=2_000)
            assert time.monotonic() - begun < 2
            assert tab.complaints == []
