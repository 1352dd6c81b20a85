"""Whose words mean which column: ours, the general synonyms, and a binding made for one bank's workbook.

All of it is data. A :class:`Binding` is a TOML file that ``riskpool template learn`` writes; it says for each column of
a bank's own workbook which of ours it is, or none, and which word of theirs is which of ours.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from importers.registers.columns import KINDS as TEMPLATE_KINDS
from importers.registers.columns import Column, Table, Template, template_of
from importers.registers.titles import plain, title
from ledger.events.base import Frozen
from ledger.faults import Fault, FaultKind, Place, Refusal, toml_words
from ledger.provenance import digest

BAD_BINDING = FaultKind(
    "导入-登记-36",
    "栏目对应文件读不懂",
    "riskpool template learn 写出的 TOML 文件",
    "改正所指的一项，或用 riskpool template learn 重新写出。",
)
KINDS = (BAD_BINDING,)

BINDABLE = tuple(kind for kind in TEMPLATE_KINDS if kind not in {"statement", "opening"})
"""Kinds whose rows come from others' workbooks; the other two are the office's own to fill in."""
IN_TITLE = "〔标题〕"
"""In a binding's columns: the field (the month) is read from the title above the table."""
UNREAD = ""
"""What a binding says of a column that is none of ours."""

Word = Annotated[str, Field(max_length=200)]


class Binding(Frozen):
    """One bank's or insurer's own workbook bound to a template.

    ``columns`` maps their title to ours (``UNREAD`` for none), ``values`` a word of theirs to ours by our column,
    ``constants`` gives columns that the workbook lacks, ``sheets`` names a table's sheet, ``unread_sheets`` are
    passed over, ``totals`` are the tables that have a 合计 row.
    """

    kind: str
    party: Word = ""
    columns: dict[Word, Word] = Field(default_factory=dict)
    values: dict[Word, dict[Word, Word]] = Field(default_factory=dict)
    constants: dict[Word, Word] = Field(default_factory=dict)
    sheets: dict[Word, Word] = Field(default_factory=dict)
    unread_sheets: tuple[Word, ...] = ()
    totals: tuple[Word, ...] = ()

    @property
    def template(self) -> Template:
        """The template bound to."""
        return template_of(self.kind)

    @property
    def slug(self) -> str:
        """The name under which readings tell of it: kind, party and the digest of what it says."""
        return f"{self.kind}-{self.party or 'own'}-{digest(self.text().encode())[:12]}"

    def key_of(self, their_title: str) -> str | None:
        """Our key for a title of theirs in compared form; ``UNREAD`` for one to pass over, None for a new one."""
        ours = self._columns().get(their_title)
        return None if ours is None else self._keys().get(ours, UNREAD)

    def constant(self, column: Column) -> str:
        """What the binding says for a column that the workbook lacks."""
        return self.constants.get(column.title, "")

    def _columns(self) -> Mapping[str, str]:
        return {title(theirs).whole: ours for theirs, ours in self.columns.items()}

    def _keys(self) -> Mapping[str, str]:
        return {column.title: column.key for column in columns_of(self.template)}

    def text(self) -> str:
        """The binding as the TOML file that the office keeps."""
        lines = [
            "# 一家银行或保险人自己的表与本系统栏目的对应。左边是对方的栏名，右边是本系统的栏名；空的不读。",
            f"kind = {_quoted(self.kind)}",
            f"party = {_quoted(self.party)}",
            f"unread_sheets = {_list(self.unread_sheets)}",
            f"totals = {_list(self.totals)}",
        ]
        tables = {"sheets": self.sheets, "columns": self.columns, "constants": self.constants}
        tables |= {f"values.{_quoted(ours)}": words for ours, words in self.values.items()}
        for name, pairs in tables.items():
            lines += ["", f"[{name}]", *(f"{_quoted(left)} = {_quoted(right)}" for left, right in pairs.items())]
        return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(items: tuple[str, ...]) -> str:
    return f"[{', '.join(_quoted(item) for item in items)}]"


def columns_of(template: Template) -> Iterator[Column]:
    """All columns and heading fields of a template."""
    for table in template.tables:
        yield from (*table.heading, *table.columns)


def read_binding(content: bytes, file: str) -> Binding:
    """A binding from the office's file; every fault is gathered into one refusal."""
    try:
        binding = Binding.model_validate(tomllib.loads(content.decode("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal([Fault(BAD_BINDING, toml_words(error), Place(file))]) from None
    except ValidationError as error:
        found = [f"{'.'.join(str(part) for part in item['loc'])}：{item['msg']}" for item in error.errors()]
        raise Refusal(Fault(BAD_BINDING, words, Place(file)) for words in found) from None
    if faults := [Fault(BAD_BINDING, words, Place(file)) for words in _wrong(binding)]:
        raise Refusal(faults)
    return binding


def _wrong(binding: Binding) -> Iterator[str]:
    if binding.kind not in BINDABLE:
        yield f"kind = {binding.kind!r}，应为 {'、'.join(BINDABLE)} 之一"
        return
    ours = {column.title: column for column in columns_of(binding.template)}
    tables = {table.key for table in binding.template.tables}
    said = [name for name in binding.columns.values() if name != UNREAD]
    for name in (*said, *binding.values, *binding.constants):
        if name not in ours:
            yield f"本系统没有栏目「{name}」"
    for name in sorted({name for name in said if said.count(name) > 1}):
        yield f"两栏都对应「{name}」"
    for name in sorted(set(said) & set(binding.constants)):
        yield f"「{name}」既有栏目又有固定值"
    for name in (*binding.sheets, *binding.totals):
        if name not in tables:
            yield f"没有表 {name}，应为 {'、'.join(sorted(tables))} 之一"
    for name, words in binding.values.items():
        choices = {word for word, _ in ours[name].choices} if name in ours else set(words.values())
        for theirs, word in words.items():
            if word not in choices:
                yield f"「{name}」的 {theirs} = {word!r}，应为 {'、'.join(sorted(choices)) or '（这一栏没有可选的词）'}"


@cache
def _general() -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]]:
    """(table -> title in compared form -> key, key -> word of theirs -> word of ours), from synonyms.toml."""
    said = tomllib.loads(Path(__file__).with_name("synonyms.toml").read_text(encoding="utf-8"))
    titles: dict[str, dict[str, str]] = {}
    for kind in TEMPLATE_KINDS:
        for table in template_of(kind).tables:
            own = {**said["columns"], **said["tables"].get(table.key, {})}
            keys = {column.key for column in (*table.heading, *table.columns)}
            titles[table.key] = {plain(word): key for key, words in own.items() if key in keys for word in words}
    return titles, said["values"]


class Words:
    """What the columns and words of one table are called: ours, general, and bound."""

    def __init__(self, table: Table, binding: Binding | None = None) -> None:
        """Gather the titles of ``table``."""
        self.table, self.binding = table, binding
        self._keys = {column.key for column in (*table.heading, *table.columns)}
        self._known = {
            **_general()[0][table.key],
            **{title(column.title).stem: column.key for column in (*table.heading, *table.columns)},
        }
        self._words: dict[str, Mapping[str, str]] = {}

    def key_of(self, their_title: str) -> tuple[str | None, str]:
        """(our key, unit stated) for a header cell; the key is None for a strange title, "" for one to pass over."""
        theirs = title(their_title)
        if self.binding and (bound := self.binding.key_of(theirs.whole)) is not None:
            return bound if bound in self._keys else UNREAD, theirs.unit
        return self._known.get(theirs.whole) or self._known.get(theirs.stem), theirs.unit

    def choice(self, column: Column, word: str) -> str:
        """A word of theirs as ours, or as it is."""
        if not column.choices:
            return word
        if column.key not in self._words:
            bound = self.binding.values.get(column.title, {}) if self.binding else {}
            said = {**_general()[1].get(column.key, {}), **bound}
            self._words[column.key] = {plain(theirs): ours for theirs, ours in said.items()}
        return self._words[column.key].get(plain(word), word)
