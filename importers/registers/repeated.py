"""A row of which the books know the event: it must say what it said when it was posted, or both values are shown.

The books keep every row of every file (``readings/``), so what is compared is what the earlier file said, cell by cell
as it was read, and not what the books have made of it since.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from importers.files import Row
from importers.registers import wrongs
from importers.registers.columns import Table, template_of
from importers.registers.entries import Entry, Value, Wrong, same_words, value_of, value_words
from importers.registers.harvest import Harvest
from importers.registers.header import header_of
from importers.registers.register import HEADER
from importers.registers.synonyms import Words
from importers.registers.titles import stated_unit
from ledger.faults import Fault
from ledger.ids import EventId, event_id, ip_right
from ledger.openitems import LoanState, SaidBefore
from ledger.provenance import SourceLine

OWN_EVENTS = frozenset(
    {"loan", "pledge", "tape", "policy", "claim", "refusal", "endorse", "lapse", "apply", "recovery", "extend"}
)
"""Namespaces of events that a row brings by itself. Others (a release, a right) may stem from another row's words."""
RIGHTS = "rights"
AS_OF_OPENING = frozenset({"outstanding_fen"})
"""What an opening tells as of its own day and a filing as of another."""


APPRAISAL = frozenset({"appraised", "value_fen", "appraised_on", "appraiser"})
"""What a new loan under a posted registration may bring anew."""
SUPPLEMENTED = "核对是否拿错文件。已入账的申请后来补交的材料，用 riskpool supplement 补正，原有的不用重写。"
"""What to do where a posted application is said again with more papers."""
Known = tuple[Words, list[str], Mapping[str, tuple[int, str]]]
"""A header of an earlier file: whose words, the titles as printed, our columns by key with the unit stated."""
MAY_CHANGE = frozenset({"title", "owner", "expires_on"})
"""What may change about a right in its life: shown, not refused, where another filing says it otherwise."""


class _Words:
    """What the columns of one table of ours were called in files that came in before; each header is read once."""

    def __init__(self, harvest: Harvest, table: Table) -> None:
        self._table = table
        self._said = {"": Words(table), **{item.slug: Words(table, item) for item in harvest.bindings}}
        self._read: dict[tuple[str, str], Known] = {}

    def header(self, before: SaidBefore) -> Known:
        """The words, titles and columns of the file and sheet that a row stood in."""
        key = before.reading.file.sha256, before.row.line.sheet
        if key not in self._read:
            self._read[key] = self._header(before)
        return self._read[key]

    def _header(self, before: SaidBefore) -> Known:
        said = self._said.get(before.reading.layout.partition("+")[2], self._said[""])
        rows = [row for row in before.reading.rows if row.line.sheet == before.row.line.sheet]
        at = next((place for place, row in enumerate(rows) if row.reason == HEADER), None)
        if at is None:
            return said, [], {}
        titles = [text for _, text in rows[at].cells]
        unit = stated_unit(Row(row.line.row, tuple(text for _, text in row.cells)) for row in rows[:at])
        money = {column.key for column in self._table.columns if column.form == "money"}
        found = header_of(titles, said).columns
        columns = {key: (index, own or (unit if key in money else "")) for key, (index, own) in found.items()}
        return said, titles, columns


def repeated(harvest: Harvest) -> Iterator[Fault]:
    """A fault for each cell that says otherwise than the posted row did."""
    words = {table.key: _Words(harvest, table) for table in harvest.register.template.tables}
    at_line: dict[SourceLine, list[tuple[Table, Entry]]] = {}
    for table in harvest.register.template.tables:
        for entry in harvest.register.tables[table.key]:
            at_line.setdefault(entry.line, []).append((table, entry))
    for line, entries in at_line.items():
        # A row that two tables share was one row before as well: found for one of them, it is compared for both.
        before = next((found for pair in entries for found in _before(harvest, *pair, words[pair[0].key])), None)
        for table, entry in entries:
            if before is not None:
                values = _values(before, table, words[table.key])
                yield from _differences(harvest, table, entry, before, values)
            if table.key == RIGHTS:
                _warn_of_changes(harvest, table, entry, words[RIGHTS])
        assert all(entry.line == line for _, entry in entries), "gathered by the row"


def alike_before(harvest: Harvest, entry: Entry, event: EventId, but: str) -> SaidBefore | None:
    """The posted row of ``event`` where it says the same as ``entry`` in all compared columns except ``but``."""
    table = harvest.register.template.tables[0]
    for before in harvest.view.said_before(event):
        values = _values(before, table, _Words(harvest, table))
        compared = [column.key for column in table.columns if column.compared and column.key != but]
        if values and all(_alike(key, entry.values.get(key), values.get(key)) for key in compared):
            return before
    return None


def filed_on(harvest: Harvest, loan: LoanState) -> date | None:
    """The day that the filing of a loan states; None where it came in with the opening, or no kept file tells."""
    table = template_of("loans").tables[0]
    words = _Words(harvest, table)
    said = harvest.view.said_before(event_id("loan", loan.bank, loan.loan))
    days = (_values(before, table, words).get("filed_on") for before in said if before.reading.kind == "loans")
    return max((day for day in days if isinstance(day, date)), default=None)


def rights_said(harvest: Harvest, pledge: EventId) -> frozenset[str]:
    """The rights that a posted registration was posted with; none where the books don't know it."""
    table = next(item for item in harvest.register.template.tables if item.key == RIGHTS)
    words = _Words(harvest, table)
    said = (_values(before, table, words).get("right") for before in harvest.view.said_before(pledge))
    parsed = (ip_right(text) for text in said if isinstance(text, str))
    return frozenset(right[0] for right in parsed if right)


def _before(harvest: Harvest, table: Table, entry: Entry, words: _Words) -> Iterator[SaidBefore]:
    """The posted rows that this one repeats: the only row of its event; of a registration the one of the same right."""
    for event in harvest.by_row.get(entry.line, ()):
        namespace = event.partition("-")[0]
        if namespace not in OWN_EVENTS or (namespace == "pledge") != (table.key == RIGHTS) or not harvest.knows(event):
            continue
        for before in harvest.view.said_before(event):
            if namespace != "pledge" or _is_same_row(table, entry, _values(before, table, words)):
                yield before


def _values(before: SaidBefore, table: Table, words: _Words) -> dict[str, Value | None]:
    """What the earlier row said under those of our columns that its file had; empty where its header is not known."""
    said, titles, columns = words.header(before)
    cells = dict(before.row.cells)
    values: dict[str, Value | None] = {}
    for column in table.columns:
        if column.key in columns:
            index, unit = columns[column.key]
            text = said.choice(column, cells.get(titles[index], "").strip())
            value = value_of(column._replace(required=False), text, unit)
            values[column.key] = None if isinstance(value, Wrong) else value
    return values


def _is_same_row(table: Table, entry: Entry, values: Mapping[str, Value | None]) -> bool:
    named = [key for key in table.identity if key in values]
    return bool(named) and all(_alike(key, entry.values.get(key), values[key]) for key in named)


def _alike(key: str, one: Value | None, other: Value | None) -> bool:
    if key == "right" and isinstance(one, str) and isinstance(other, str):
        return ip_right(one) == ip_right(other)
    return same_words(one, other) if isinstance(one, str) and isinstance(other, str) else one == other


def _differences(
    harvest: Harvest, table: Table, entry: Entry, before: SaidBefore, values: Mapping[str, Value | None]
) -> Iterator[Fault]:
    passed = set() if before.reading.kind == harvest.register.template.kind else set(AS_OF_OPENING)
    if table.key == RIGHTS and _has_new_loan(harvest, entry.text("pledge")):
        passed |= APPRAISAL | MAY_CHANGE
    for column in table.columns:
        # A form from before a late column was added says nothing there, and it is this file that adds something.
        is_said = column.key in values or (column.is_late and values)
        if column.key in passed or not is_said or not column.compared:
            continue
        ours, theirs = entry.values.get(column.key), values.get(column.key)
        if column.key not in entry.titles or entry.titles[column.key][1] is None:
            continue  # this file has no such column
        if not _alike(column.key, ours, theirs):
            expected = f"已入账或在草稿中 {value_words(column, theirs)}（{_where(before)}）"
            remedy = SUPPLEMENTED if column.is_late else ""
            found = value_words(column, ours)
            yield entry.fault(wrongs.SAID_OTHERWISE, found, column.key, expected=expected, remedy=remedy)


def _where(before: SaidBefore) -> str:
    return f"{before.reading.file.name} 第 {before.row.line.row} 行"


def _has_new_loan(harvest: Harvest, pledge: str) -> bool:
    users = [entry for entry in harvest.register.tables["loans"] if entry.text("pledge") == pledge]
    events = [event for entry in users for event in harvest.by_row.get(entry.line, ())]
    return any(event.startswith("loan-") and not harvest.knows(event) for event in events)


def _warn_of_changes(harvest: Harvest, table: Table, entry: Entry, words: _Words) -> None:
    """A right that the books list already, said otherwise by a filing that is not the same one again."""
    parsed = ip_right(entry.text("right"))
    if parsed is None or not harvest.knows(event := event_id("right", parsed[0])):
        return
    for before in harvest.view.said_before(event):
        values = _values(before, table, words)
        for column in table.columns:
            if column.key in MAY_CHANGE and column.key in values:
                ours, theirs = entry.values.get(column.key), values[column.key]
                if not _alike(column.key, ours, theirs):
                    said = f"「{column.title}」{value_words(column, ours)}，账上 {value_words(column, theirs)}"
                    harvest.warn(entry, f"{said}（{_where(before)}）")
