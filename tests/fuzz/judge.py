"""Whether what was made of an accepted mutant is right: read again by other readers, added up again, compared.

Nothing here uses the program's readers, grammar or proofs. A mutant that is accepted must say, in its own legible
cells, everything that was made of it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from fuzz.grids import Grid, grid_of, kind_of

from ledger.events.base import Event
from ledger.papers import BankLine, BankPaper, Intake

_TOTALS = {
    "贷方发生总额": 1,
    "汇总收入金额": 1,
    "借方发生总额": -1,
    "汇总支出金额": -1,
}
_DERIVED = frozenset({"event_id", "summary", "sources", "kind", "exposure", "payment", "confirms", "contributor"})
"""Fields that are worked out from others or looked up in the pool; what they rest on is compared."""


class Wrong(AssertionError):  # noqa: N818 - what the reading is, not an error of the program
    """Something was made of a mutant that the mutant does not say."""


def plain(value: object) -> str:
    """A cell or a text without what carries no meaning: width, blanks."""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return "".join(unicodedata.normalize("NFKC", str(value)).split())


def fen(value: object) -> int | None:
    """The size of an amount that a cell says, in fen; None when it says none."""
    text = re.sub(r"[,¥收支+()\-−﹣元]", "", plain(value))
    try:
        amount = Decimal(text) * 100 if re.fullmatch(r"[0-9.]+", text) else None
    except InvalidOperation:
        return None
    return int(amount) if amount is not None and amount == amount.to_integral_value() else None


def days(value: object) -> Iterator[date]:
    """Every day that a cell could mean; the last of a month where it names a month."""
    if isinstance(value, datetime):
        yield value.date()
        return
    text = plain(value)
    for match in re.finditer(r"((?:19|20)\d{2})\D?(\d{1,2})\D?(\d{1,2})", text):
        try:
            yield date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
    if match := re.fullmatch(r"((?:19|20)\d{2})\D?(\d{1,2})月?", text):
        year, month = int(match[1]), int(match[2])
        if 1 <= month <= 12:
            yield date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def judge(content: bytes, made: Intake, original: Intake) -> None:
    """Raise Wrong unless everything made of a mutant stands in it."""
    grid = _oracle(content)
    _all_rows_kept(grid, made, content)
    if made.paper is not None:
        _sums(made.paper)
        for line in made.paper.lines:
            _line(grid, line, made.paper)
        _totals(grid, made.paper)
        _as_before(made, original)
    known = [_facts(event) for event in original.events]
    for event in made.events:
        facts = _facts(event)
        if facts in known:
            continue
        nearest = max(known, key=lambda other: len(set(other.items()) & set(facts.items())), default={})
        for name, value in facts.items():
            if nearest.get(name) != value and not _is_said(grid, name, value):
                raise Wrong(f"{type(event).__name__}.{name} = {value!r} stands nowhere in the mutant")


def _as_before(made: Intake, original: Intake) -> None:
    """A row that says what a row of the original said, under the same titles, is read as that one was."""
    before = dict(_by_cells(original))
    for cells, line in _by_cells(made):
        if cells in before and before[cells] != line:
            raise Wrong(f"a row that was not changed is read as {line}, and was {before[cells]}")


def _by_cells(made: Intake) -> Iterator[tuple[object, dict[str, object]]]:
    cells = {(row.line.sheet, row.line.row): row.cells for row in made.reading.rows}
    for paper in made.papers:
        for line in paper.lines:
            said = line.model_dump(exclude={"line", "nth"})
            yield (paper.layout, cells[line.line.sheet, line.line.row]), said


def _oracle(content: bytes) -> Grid:
    try:
        grid = grid_of(content)
    except Exception as error:  # whatever another reader says of it, the program must not accept it
        raise Wrong(f"accepted, but another reader can't read it: {error!r}") from error
    for rows in grid.sheets.values():
        rows[:] = [[_unwrapped(item) for item in row] for row in rows]
    return grid


def _rows(grid: Grid, sheet: str) -> list[list[object]]:
    return grid.sheets.get(sheet) or grid.sheets.get("details") or next(iter(grid.sheets.values()))


def _all_rows_kept(grid: Grid, made: Intake, content: bytes) -> None:
    """Every row that holds anything is in the reading with all its texts, once."""
    if kind_of(content) == "xml":
        kept = Counter(tuple(plain(text) for _, text in row.cells if plain(text)) for row in made.reading.rows)
        said = Counter(tuple(plain(item) for item in row if plain(item)) for row in grid.sheets["details"])
        if kept != said:
            raise Wrong(f"details kept {kept - said}, said {said - kept}")
        return
    kept_rows = {(row.line.sheet, row.line.row): row for row in made.reading.rows}
    if len(kept_rows) != len(made.reading.rows):
        raise Wrong("a row is kept twice")
    for name in {sheet for sheet, _ in kept_rows}:
        for number, cells in enumerate(_rows(grid, name), start=1):
            said = _texts(cells)
            row = kept_rows.get((name, number))
            texts = _texts(text for _, text in row.cells) if row else []
            if [_same(text) for text in texts] != [_same(text) for text in said]:
                raise Wrong(f"row {number} of {name!r} is kept as {texts}, but says {said}")


def _texts(cells: Iterable[object]) -> list[str]:
    return [text for item in cells if (text := plain(item))]


def _unwrapped(item: object) -> object:
    match = re.fullmatch(r'="(.*)"', item, re.DOTALL) if isinstance(item, str) else None
    return match[1] if match else item


def _same(text: str) -> str:
    """Numbers of a workbook may be written with or without their point."""
    try:
        return str(Decimal(text).normalize()) if re.fullmatch(r"-?[0-9.]+(?:[eE][-+]?[0-9]+)?", text) else text.upper()
    except InvalidOperation:
        return text


def _sums(paper: BankPaper) -> None:
    balance = paper.opening_fen
    for line in paper.lines:
        balance += line.amount_fen
        if line.balance_fen is not None and line.balance_fen != balance and not _batched(paper, line):
            raise Wrong(f"the chain breaks at row {line.line.row}")
    if balance != paper.closing_fen:
        raise Wrong("opening and lines do not make the closing balance")
    if any(before.on > after.on for before, after in pairwise(paper.lines)) and paper.kind == "list":
        given = [line.line.row for line in paper.lines]
        if given not in (sorted(given), sorted(given, reverse=True)):
            raise Wrong("days go back in an order that is not the file's")


def _batched(paper: BankPaper, line: BankLine) -> bool:
    return sum(1 for other in paper.lines if other.balance_fen == line.balance_fen) > 1


def _line(grid: Grid, line: BankLine, paper: BankPaper) -> None:
    rows = _rows(grid, line.line.sheet)
    cells = rows[line.line.row - 1]
    amounts = {fen(cell) for cell in cells}
    facts: Iterable[tuple[str, bool]] = (
        ("amount", abs(line.amount_fen) in amounts),
        ("balance", line.balance_fen is None or abs(line.balance_fen) in amounts),
        ("day", line.on in {day for cell in cells for day in days(cell)}),
        ("serial", _is_cell(line.serial, cells)),
        ("counterparty", _is_cell(line.counterparty, cells)),
        ("counterparty's account", _is_cell(line.counterparty_account, cells)),
        ("counterparty's bank", _stands(line.counterparty_bank, cells)),
    )
    for name, holds in facts:
        if not holds:
            raise Wrong(f"{name} of {line} does not stand in row {line.line.row}: {cells}")
    if not paper.from_on <= line.on < paper.until_on:
        raise Wrong("a line outside the paper's days")


def _is_cell(text: str, cells: Iterable[object]) -> bool:
    """Whether a cell says a text and nothing else: a part of a number is another number."""
    return not text or plain(text) in {plain(cell) for cell in cells}


def _stands(text: str, cells: Iterable[object]) -> bool:
    return not text or any(plain(text) in plain(cell) for cell in cells)


def _totals(grid: Grid, paper: BankPaper) -> None:
    """Each control total that the file prints beside its label is the sum of the lines made of it.

    A row that was read as a line states none, whatever its summary says: the line is judged for itself.
    """
    lines = {(line.line.sheet, line.line.row) for line in paper.lines}
    for sheet, rows in grid.sheets.items():
        header = max(range(len(rows)), key=lambda at: sum(1 for item in rows[at] if plain(item)), default=0)
        for at, row in enumerate(rows):
            filled = [item for item in row if plain(item)]
            if (sheet, at + 1) in lines:
                continue
            if at < header and any(plain(item).startswith("汇总") for item in filled):
                continue  # a footer's word that strayed above the table states nothing
            for item, value in pairwise(filled):
                sign = _TOTALS.get(plain(item).partition("[")[0])
                if sign is not None and len(filled) < 5 and fen(value) is not None:
                    due = sum(line.amount_fen * sign for line in paper.lines if line.amount_fen * sign > 0)
                    if fen(value) != due:
                        raise Wrong(f"the file says {item} {value}, the lines make {due}")


def _facts(event: Event) -> dict[str, object]:
    return {
        name: value for name, value in _leaves("", event.model_dump(mode="json")) if name.split(".")[0] not in _DERIVED
    }


def _leaves(name: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(f"{name}.{key}".lstrip("."), item)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _leaves(f"{name}.{index}", item)
    else:
        yield name, value


_WORDS = {
    "normal": "正常",
    "special_mention": "关注",
    "substandard": "次级",
    "doubtful": "可疑",
    "loss": "损失",
    "direct": "直接",
    "insured": "保险",
    "True": "是",
    "False": "否",
    "None": "",
    "": "",
}


def _rates(value: object) -> Iterator[Decimal]:
    """A rate as a cell may say it: a share, or so many of a hundred."""
    if match := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(%?)", plain(value)):
        rate = Decimal(match[1])
        yield from (rate / 100,) if match[2] else (rate, rate / 100)


def _day(text: str) -> date | None:
    """A day as our facts write it; a policy's number that only looks like one is none."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _is_said(grid: Grid, name: str, value: object) -> bool:
    """Whether a value stands anywhere in the mutant."""
    cells = [item for rows in grid.sheets.values() for row in rows for item in row]
    if name.endswith("_fen") and value is not None:
        return abs(int(str(value))) in {fen(item) for item in cells}
    text = str(value)
    if name.startswith("facts.") and text.isdigit() and int(text) in {fen(item) for item in cells}:
        return True  # facts of a claim are amounts in fen, days and answers
    if name.endswith("rate") and value is not None:
        return Decimal(text) in {rate for item in cells for rate in _rates(item)}
    if wanted := _day(text):
        near = {wanted, wanted - timedelta(days=1), wanted + timedelta(days=1)}
        return any(near & set(days(item)) for item in cells)
    if _same(plain(text)) in {_same(plain(item)) for item in cells}:
        return True
    return _stands(_WORDS.get(text, text), cells) or _stands(text.upper(), [str(item).upper() for item in cells])
