"""A paper statement typed in (纸质对账单录入): the bank's word for a month, checked in itself."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from importers.filed import is_filed
from importers.grammar import account_number
from importers.registers import wrongs
from importers.registers.entries import Entry, yuan_words
from importers.registers.harvest import Harvest
from importers.registers.tapes import month_end
from ledger.faults import Fault
from ledger.papers import BankLine, BankPaper
from ledger.pool import BankAccount, Pool

LAYOUT = "keyed"


def statement(harvest: Harvest) -> None:
    """Read a keyed statement into ``harvest.paper``, none where the books hold the same; it makes no event."""
    heading, rows = harvest.register.heading, harvest.register.tables["statement"]
    account = account_named(harvest.view.pool, heading.text("number"))
    if account is None:
        names = "、".join(item.slug for item in harvest.view.pool.account)
        harvest.faults.append(
            heading.fault(wrongs.NO_PARTY, heading.text("number"), "number", expected=f"账户 {names} 之一的账号")
        )
    harvest.faults += _chain(heading, rows)
    if account is None or harvest.faults:
        return
    paper = _paper(harvest, account)
    harvest.is_filed = is_filed(paper, harvest.view)
    harvest.paper = None if harvest.is_filed else paper


def _paper(harvest: Harvest, account: BankAccount) -> BankPaper:
    heading, end = harvest.register.heading, month_end(harvest.register.heading.text("month"))
    return BankPaper(
        file=harvest.register.file,
        kind="statement",
        bank=account.bank,
        layout=LAYOUT,
        account=account.slug,
        from_on=end.replace(day=1),
        until_on=end + timedelta(days=1),
        opening_fen=heading.number("opening_fen"),
        closing_fen=heading.number("closing_fen"),
        lines=tuple(_lines(harvest.register.tables["statement"])),
        keyed=True,
    )


def account_named(pool: Pool, text: str) -> BankAccount | None:
    """The account with this number (blanks and hyphens aside) or slug."""
    digits = account_number(text)
    for account in pool.account:
        if text == account.slug or (digits and digits == account_number(account.number)):
            return account
    return None


def _amount(entry: Entry) -> int:
    return entry.number("inflow_fen") - entry.number("outflow_fen")


def _chain(heading: Entry, rows: tuple[Entry, ...]) -> Iterator[Fault]:
    balance, month = heading.number("opening_fen"), heading.text("month")
    for entry in rows:
        if f"{entry.day('on'):%Y-%m}" != month:
            yield entry.fault(wrongs.DAY_ORDER, str(entry.day("on")), "on", expected=f"{month} 之内的日期")
        if bool(entry.number("inflow_fen")) == bool(entry.number("outflow_fen")):
            yield entry.fault(wrongs.BALANCE_SIDE, "支出、收入都空或都填", "outflow_fen")
        balance += _amount(entry)
        if entry.number("balance_fen") != balance:
            found = f"余额 {yuan_words(entry.number('balance_fen'))}"
            yield entry.fault(wrongs.CHAIN, found, "balance_fen", expected=yuan_words(balance))
            balance = entry.number("balance_fen")
    if balance != heading.number("closing_fen"):
        found = f"期末余额 {yuan_words(heading.number('closing_fen'))}"
        yield heading.fault(wrongs.CHAIN, found, "closing_fen", expected=f"末行余额 {yuan_words(balance)}")


def _lines(rows: tuple[Entry, ...]) -> Iterator[BankLine]:
    seen: Counter[tuple[object, ...]] = Counter()
    for entry in rows:
        alike = (entry.day("on"), _amount(entry), entry.number("balance_fen"), entry.text("counterparty"))
        seen[alike] += 1
        yield BankLine(
            line=entry.line,
            on=entry.day("on"),
            amount_fen=_amount(entry),
            balance_fen=entry.number("balance_fen"),
            serial=entry.text("serial"),
            nth=seen[alike],
            counterparty=entry.text("counterparty"),
            bank_summary=entry.text("bank_summary"),
        )
