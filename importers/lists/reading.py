"""One reader for every layout: a table of a bank's list becomes an extract. What a column means is the layout's word.

What can't be read becomes a fault with its place, its neighbours and what was expected; the file is then refused whole.
Nothing is repaired and nothing is proved here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple

from importers import grammar
from importers.files import Row, beside, label
from importers.layout import Layout, Means
from importers.records import (
    BAD_DAY,
    BAD_DIRECTION,
    BAD_MONEY,
    BAD_SERIAL,
    BAD_STATUS,
    NO_MONEY,
    BankExtract,
    Cells,
    Failed,
    Side,
    Sighting,
)
from ledger.faults import Fault, FaultKind
from ledger.papers import BankLine, ReadRow

OUTSIDE = FaultKind(
    "导入-版式-06",
    "有明细行在表格之外",
    "表头在全部明细之上，合计在全部明细之下",
    "请从网银重新导出，不要移动、插入或排序任何行。",
)
KINDS = (OUTSIDE,)

_OTHERS = {
    1: (Means.PAYER, Means.PAYER_ACCOUNT, Means.PAYER_BANK),
    -1: (Means.PAYEE, Means.PAYEE_ACCOUNT, Means.PAYEE_BANK),
}
_OTHER = (Means.OTHER, Means.OTHER_ACCOUNT, Means.OTHER_BANK)
_NUMBERED = re.compile(r"[0-9]{4}|[0-9]\.[0-9]+[Ee]", re.ASCII)
"""A cell that holds some account number, whole or not; where none is given the next cell is another field's name."""
_PERIOD_MARKS = ("至", "~", "—", "--", " - ")
"""What stands between the two days of a period; each was seen in some bank's file."""


def read_table(sighting: Sighting) -> BankExtract:
    """A table of any layout as an extract; what can't be read is in ``sighting.faults``."""
    reader = _Reader(sighting)
    body, footer = _split(sighting)
    for row in body:
        reader.read(row)
    reader.refuse_lines_among(sighting.table.above, "表头之上")
    reader.refuse_lines_among(footer, "合计之下")
    from_on, until_on = _period(sighting)
    for name in sighting.layout.about.currency:
        sighting.currency(name)
    sums = _Sums(sighting, footer)
    return BankExtract(
        layout=sighting.layout.slug,
        title=sighting.layout.title,
        account_number=reader.own,
        lines=tuple(reader.lines),
        originals=reader.originals,
        asides=(*_asides(sighting, footer), *reader.asides),
        from_on=from_on,
        until_on=until_on,
        count=sums.count("count"),
        inflow=Side(sums.count("came_count"), sums.fen("came")),
        outflow=Side(sums.count("went_count"), sums.fen("went")),
        failed=tuple(reader.failed),
        unsteady=frozenset(reader.titles.get(Means.ORDINAL, ())),
        two_sided=Means.INCOME in reader.titles,
        first_row=sighting.table.header.number if sighting.is_one_of_several else None,
        sheet=sighting.table.sheet,
    )


def first_words(row: Row) -> str:
    """The first filled cell of a row, in compared form."""
    return next((label(cell) for cell in row.cells if cell.strip()), "")


def _split(sighting: Sighting) -> tuple[Sequence[Row], Sequence[Row]]:
    # Every row from the first that begins with a word of the footer belongs to the footer.
    rows, words = sighting.table.rows, sighting.layout.footer
    if words:
        for index, row in enumerate(rows):
            if first_words(row).startswith(words):
                return rows[:index], rows[index:]
    return rows, ()


def _asides(sighting: Sighting, footer: Sequence[Row]) -> Iterator[ReadRow]:
    yield from (sighting.aside(row, "抬头：账号、期间、合计等") for row in sighting.table.above)
    yield sighting.aside(sighting.table.header, "表头")
    yield from (sighting.aside(row, "合计行，已与明细核对") for row in footer)


class _Party(NamedTuple):
    """The titles of the other party's name, account and bank, and that of our own account on the other side."""

    name: tuple[str, ...]
    account: tuple[str, ...]
    bank: tuple[str, ...]
    ours: str


@dataclass
class _Reader:
    """Reads the rows of one table, once the columns have been found."""

    sighting: Sighting
    titles: Mapping[Means, tuple[str, ...]] = field(init=False)
    first: Mapping[Means, str] = field(init=False)
    index: Mapping[str, int] = field(init=False)
    own: str = field(init=False)
    titled: tuple[str, ...] = field(init=False)
    named: bool = field(init=False)
    """Whether every column has a title."""
    others: Mapping[int, "_Party"] = field(init=False)
    """Where the other party stands, by the sign of the amount."""
    lines: list[BankLine] = field(default_factory=list)
    originals: dict[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    asides: list[ReadRow] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.titles = self.sighting.titles()
        self.first = {means: names[0] for means, names in self.titles.items()}
        labels = self.sighting.table.labels
        self.index = {name: labels.index(name) for names in self.titles.values() for name in names}
        self.titled = self.sighting.table.header.cells
        self.named = all(self.titled)
        self.own = _own_account(self.sighting, self.titles)
        self.others = {sign: self._party(sign) for sign in (1, -1)}

    def _party(self, sign: int) -> "_Party":
        by_sides = Means.PAYER in self.titles
        name, account, bank = _OTHERS[sign] if by_sides else _OTHER
        ours = self.name(_OTHERS[-sign][1]) if by_sides else ""
        return _Party(self.titles.get(name, ()), self.titles.get(account, ()), self.titles.get(bank, ()), ours)

    @property
    def layout(self) -> Layout:
        return self.sighting.layout

    def name(self, means: Means) -> str:
        """The title of a meaning; "" where this header has none."""
        return self.first.get(means, "")

    def read(self, row: Row) -> None:
        cells = Cells(self.sighting.source, self.sighting.table, row, self.sighting.faults, self.index)
        status = self.name(Means.STATUS)
        if status and label(cells.raw(status)) != self.layout.done:
            if not cells.raw(status):  # totals, a remark, a row cut short: nothing says that a transaction failed
                cells.fault(BAD_STATUS, status)
            self._failed(cells, status)
            return
        self.lines.append(self._line(cells))
        self.originals[row.number] = self._original(row)

    def refuse_lines_among(self, rows: Sequence[Row], where: str) -> None:
        """A row outside the table that has a day and a balance in their columns was lost from it: nothing is left out.

        So a header that stands below some of its lines, or a footer above some, refuses the file.
        """
        for row in rows:
            cells = Cells(self.sighting.source, self.sighting.table, row, [], self.index)
            day = cells.raw(self.name(Means.MOMENT) or self.name(Means.DAY))
            money = cells.raw(self.name(Means.BALANCE))
            if grammar.moment(day) and grammar.money(money) is not None:
                place = self.sighting.place(row, self.name(Means.BALANCE))
                found = f"{where}有一行明细：{day}，余额 {money}"
                self.sighting.faults.append(Fault(OUTSIDE, found, place))

    def _original(self, row: Row) -> tuple[tuple[str, str], ...]:
        """The row under the header's titles, every one of them: a workbook leaves out empty cells at a row's end."""
        short = len(self.titled) - len(row.cells)
        if self.named and short >= 0:
            return tuple(zip(self.titled, (*row.cells, *("",) * short) if short else row.cells, strict=True))
        return self.sighting.table.original(row._replace(cells=(*row.cells, *("",) * short)))

    def _failed(self, cells: Cells, status: str) -> None:
        said = cells.raw(status)
        self.originals[cells.row.number] = self._original(cells.row)
        fen = grammar.money(cells.raw(self.name(Means.BALANCE)))
        serial = grammar.folded(cells.raw(self.name(Means.SERIAL)))
        self.failed.append(Failed(cells.row.number, serial, said, fen))
        original = self._original(cells.row)
        reason = f"交易状态为「{said[:40]}」，余额未动，不入账"
        self.asides.append(ReadRow(line=cells.line, cells=original, outcome="ignored", reason=reason))

    def _line(self, cells: Cells) -> BankLine:
        on, at = self._when(cells)
        amount = self._amount(cells)
        party = self.others[-1 if amount < 0 else 1]
        if party.ours:
            self._is_ours(cells, party.ours)
        titles = self.titles
        for title in self.titles.get(Means.CURRENCY, ()):
            cells.currency(title)
        serial = self.name(Means.SERIAL)
        return BankLine(
            line=cells.line,
            on=on,
            at=at,
            amount_fen=amount,
            balance_fen=cells.money(self.name(Means.BALANCE)),
            serial=cells.serial(serial) if serial else "",
            counterparty=cells.words(*party.name),
            counterparty_account=cells.account(party.account[0]) if party.account else "",
            counterparty_bank=cells.words(*party.bank),
            bank_summary=cells.words(*titles.get(Means.SUMMARY, ())),
            purpose=cells.words(*titles.get(Means.PURPOSE, ())),
            remark=cells.words(*titles.get(Means.REMARK, ())),
        )

    def _when(self, cells: Cells) -> tuple[date, time | None]:
        day, moment = self.name(Means.DAY), self.name(Means.MOMENT)
        if moment:
            on, at = cells.moment(moment)
            if day and cells.day(day) != on:
                cells.fault(BAD_DAY, day, f"{day} {cells.raw(day)}，{moment} {cells.raw(moment)}")
            return on, at
        on = cells.day(day)
        if stamp := self.name(Means.STAMP):
            return on, _stamp(cells.raw(stamp))
        return on, cells.clock(clock) if (clock := self.name(Means.TIME)) else None

    def _amount(self, cells: Cells) -> int:
        amount = self.name(Means.AMOUNT)
        if not amount:
            return cells.two_sides(self.name(Means.INCOME), self.name(Means.EXPENSE))
        fen = cells.money(amount)
        if not fen and grammar.money(cells.raw(amount)) is not None:
            cells.fault(NO_MONEY, amount)
        if self.layout.worded and not grammar.folded(cells.raw(amount)).startswith(("收", "支")):
            cells.fault(BAD_DIRECTION, amount)
        direction = self.name(Means.DIRECTION)
        if direction:
            sign = self._direction(cells.raw(direction))
            if not sign:
                cells.fault(BAD_DIRECTION, direction)
            elif fen * sign < 0:
                cells.fault(BAD_DIRECTION, amount, f"{cells.raw(direction)} {cells.raw(amount)}")
        return fen

    def _direction(self, said: str) -> int:
        directions = self.layout.directions
        return directions.get(said) or directions.get(label(said), 0)

    def _is_ours(self, cells: Cells, title: str) -> None:
        """Our own side must name our own account, where it names any; where the paper names none, it says which."""
        raw = cells.raw(title)
        if raw == self.own or not (printed := grammar.account_number(raw)):
            return
        self.own = self.own or printed
        if printed != self.own:
            cells.fault(BAD_DIRECTION, title, f"本方账号应为尾号 {self.own[-4:]}，此处为尾号 {printed[-4:]}")


def _stamp(text: str) -> time | None:
    moment = grammar.moment(text)
    return grammar.clock(text) or (moment[1] if moment else None)


def _own_account(sighting: Sighting, titles: Mapping[Means, tuple[str, ...]]) -> str:
    """The account that the paper names above its table or in its own column; "" where it names none."""
    for name in sighting.layout.about.account:
        text, row = beside(sighting.table.above, name)
        if number := grammar.account_number(text):
            return _one_account(sighting, titles, number)
        if row and _NUMBERED.search(said := grammar.folded(text)) and ":" not in said:
            # Masked, or turned into 4.05E+11: it names an account, and nobody can say which. That is not naming none.
            fault = Fault(BAD_SERIAL, text[:40], sighting.place(row, name), expected="完整的本方账号，文本单元格")
            sighting.faults.append(fault)
    for name in titles.get(Means.OWN, ()):
        return _printed_account(sighting, name)
    return ""


def _one_account(sighting: Sighting, titles: Mapping[Means, tuple[str, ...]], number: str) -> str:
    """The account above the table, which a column of its own must not contradict."""
    for name in titles.get(Means.OWN, ()):
        if (printed := _printed_account(sighting, name)) and printed != number:
            found = f"表上方为尾号 {number[-4:]}，各行为尾号 {printed[-4:]}"
            place = sighting.place(sighting.table.header, name)
            sighting.faults.append(Fault(BAD_SERIAL, found, place, expected="全部行同一个本方账号"))
    return number


def _printed_account(sighting: Sighting, name: str) -> str:
    table, nobody = sighting.table, sighting.layout.nobody
    body, _ = _split(sighting)
    printed = {table.cell(row, name): row for row in body}
    numbers = {text: row for text, row in printed.items() if text and label(text) not in nobody}
    bad = [row for text, row in numbers.items() if not grammar.account_number(text)]
    if bad or len(numbers) > 1:
        row = (bad or list(numbers.values()))[-1]
        found = "、".join(sorted(numbers))
        place = sighting.place(row, name)
        sighting.faults.append(Fault(BAD_SERIAL, found[:200], place, expected="全部行同一个本方账号"))
        return ""
    return grammar.account_number(next(iter(numbers), ""))


def _period(sighting: Sighting) -> tuple[date | None, date | None]:
    for name in sighting.layout.about.period:
        text, row = beside(sighting.table.above, name)
        if row is None:
            continue
        days = [grammar.day(part) for part in _two_days(text)]
        if len(days) == 2 and days[0] and days[1]:
            return days[0], days[1] + timedelta(days=1)
        sighting.faults.append(Fault(BAD_DAY, text or "空白", sighting.place(row, name)))
    return None, None


def _two_days(text: str) -> list[str]:
    for mark in _PERIOD_MARKS:
        if mark in text:
            return text.split(mark)
    half = len(text) // 2
    return [text[:half], text[half + 1 :]]


@dataclass(frozen=True, slots=True)
class _Sums:
    """The paper's own totals, read where its layout says they stand; None for what it does not say."""

    sighting: Sighting
    footer: Sequence[Row]

    def count(self, which: str) -> int | None:
        """A number of rows."""
        text, row, name = self._said(which)
        if row is None:
            return None
        plain = grammar.folded(text).removesuffix("笔").removesuffix(".00").replace(",", "")
        if not (plain.isascii() and plain.isdigit()):
            self._unreadable(text, row, name, "笔数")
            return None
        return int(plain)

    def fen(self, which: str) -> int | None:
        """A sum of money, unsigned."""
        text, row, name = self._said(which)
        if row is None:
            return None
        fen = grammar.money(text.removesuffix("元"))
        if fen is None:
            self._unreadable(text, row, name, "金额")
            return None
        return abs(fen)

    def _said(self, which: str) -> tuple[str, Row | None, str]:
        sums = self.sighting.layout.sums
        name = getattr(sums, which) if sums else ""
        if not sums or not name:
            return "", None, ""
        if sums.at == "columns":
            row = self.footer[-1] if self.footer else None
            return (self.sighting.table.cell(row, name) if row else ""), row, name
        rows = self.sighting.table.above if sums.at == "above" else self.footer
        text, row = beside(rows, name)
        if row and (again := beside(rows[rows.index(row) + 1 :], name))[1]:
            self._unreadable(f"{text}，又一处 {again[0]}", again[1], name, f"只有一处{name}，")
        if row is None and self.footer and name == sums.needed:
            fault = Fault(BAD_MONEY, f"合计行没有{name}", self.sighting.place(self.footer[0], name))
            self.sighting.faults.append(fault)
        return text, row, name

    def _unreadable(self, text: str, row: Row, name: str, what: str) -> None:
        fault = Fault(BAD_MONEY, text or "空白", self.sighting.place(row, name), expected=f"合计的{what}")
        self.sighting.faults.append(fault)
