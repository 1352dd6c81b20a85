"""Entries to book text: what beancount's printer writes, for the forms that our books have by a shorter way.

Byte for byte the same (tests/ledger/test_ledger_reader.py); any other form goes to beancount's printer itself. verify
prints every batch anew to find an edit that changes no content, and a posting its ten thousand entries.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from beancount.core import data
from beancount.parser import printer

_UNPRINTED = frozenset({"filename", "lineno"})
_iso = lru_cache(maxsize=4096)(date.isoformat)


def write_text(
    header: data.Custom, entries: Iterable[data.Directive], people: Sequence[tuple[str, str]], *, pushed: bool = False
) -> str:
    """A batch's text in the strict subset of docs/format-1.md.

    ``pushed`` where the people stand in the transactions' metadata already, as they do in a text that was read.
    """
    without = frozenset(name for name, _ in people) if pushed else frozenset()
    parts = [entry_text(header)]
    parts += [f'pushmeta {name}: "{value}"' for name, value in people]
    parts.append("")
    parts += [entry_text(entry, without if type(entry) is data.Transaction else frozenset()) for entry in entries]
    parts += [f"popmeta {name}:" for name, _ in reversed(people)]
    return "\n".join(parts) + "\n"


def entry_text(entry: data.Directive, without: frozenset[str] = frozenset()) -> str:
    """One entry as beancount's printer writes it; ``without`` are keys that are pushed and stand elsewhere."""
    form = _FORMS.get(type(entry))
    first = form(entry) if form else None
    facts = None if first is None else _meta(entry.meta, "  ", without)
    legs = _legs(entry.postings) if type(entry) is data.Transaction else ""
    if facts is None or legs is None:
        kept = {key: value for key, value in entry.meta.items() if key not in without}
        return printer.format_entry(entry._replace(meta=kept))
    return f"{first}\n{facts}{legs}"


def _meta(meta: data.Meta, lead: str, without: frozenset[str] = frozenset()) -> str | None:
    """The lines of metadata; None where a value is of no kind that our books have."""
    keys, form = _order(tuple(meta), lead, without)
    said = []
    for key in keys:
        value = meta[key]
        kind = type(value)
        if kind is str:
            # A string stands as in JSON, unless something in it is escaped: then as beancount escapes.
            quoted = encode_basestring(value)
            said.append(_quoted(value) if "\\" in quoted else quoted)
        elif kind is Decimal or kind is date:
            said.append(str(value))
        elif kind is bool:
            said.append("TRUE" if value else "FALSE")
        else:
            return None
    return form % tuple(said)


@lru_cache(maxsize=4096)
def _order(keys: tuple[str, ...], lead: str, without: frozenset[str]) -> tuple[tuple[str, ...], str]:
    """The keys that are printed, and their lines with room for the values: the same for most entries of a kind."""
    kept = [key for key in keys if key not in _UNPRINTED and key not in without and not key.startswith("__")]
    return tuple(kept), "".join([f"{lead}{key}: ".replace("%", "%%") + "%s\n" for key in kept])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _legs(postings: Sequence[data.Posting]) -> str | None:
    """The lines of the legs: accounts to one width, numbers to one right edge."""
    rows = []
    wide = long = 0
    for account, units, cost, price, flag, meta in postings:
        assert units is not None, "every leg is written"
        number = _number(units.number)
        facts = "" if not meta or meta.keys() <= _UNPRINTED else _meta(meta, "    ")
        if number is None or facts is None or cost is not None or price is not None or flag:
            return None
        wide, long = max(wide, len(account)), max(long, len(number))
        rows.append((account, number, units.currency, facts))
    return "".join(
        [
            f"  {account.ljust(wide)}  {number.rjust(long)} {currency}\n{facts}"
            for account, number, currency, facts in rows
        ]
    )


def _number(number: object) -> str | None:
    """A number in plain digits; None where it would need an exponent."""
    text = str(number)
    return text if type(number) is Decimal and "E" not in text and number.is_finite() else None


def _names(entry: data.Transaction | data.Note) -> str:
    tags = "".join([f" #{tag}" for tag in sorted(entry.tags)]) if entry.tags else ""
    links = "".join([f" ^{link}" for link in sorted(entry.links)]) if entry.links else ""
    return tags + links


def _transaction(entry: data.Transaction) -> str | None:
    # An empty narration leaves two blanks in beancount's line, and a payee is not ours.
    plain = entry.flag == "*" and not entry.payee and entry.narration and entry.postings
    return f"{_iso(entry.date)} * {_quoted(entry.narration or '')}{_names(entry)}" if plain else None


def _note(entry: data.Note) -> str:
    return f'{_iso(entry.date)} note {entry.account} "{entry.comment}"{_names(entry)}'


def _balance(entry: data.Balance) -> str | None:
    number, tolerance = _number(entry.amount.number), _number(entry.tolerance)
    if number is None or tolerance is None or entry.diff_amount:
        return None
    return f"{_iso(entry.date)} balance {entry.account:47} {number} ~ {tolerance} {entry.amount.currency}"


def _open(entry: data.Open) -> str | None:
    if entry.booking is not None:
        return None
    return f"{_iso(entry.date)} open {entry.account:47} {','.join(entry.currencies or ())}".rstrip()


def _commodity(entry: data.Commodity) -> str:
    return f"{_iso(entry.date)} commodity {entry.currency}"


def _price(entry: data.Price) -> str | None:
    number = _number(entry.amount.number)
    return number and f"{_iso(entry.date)} price {entry.currency:<22} {f'{number} {entry.amount.currency}':>22}"


def _event(entry: data.Event) -> str:
    return f'{_iso(entry.date)} event "{entry.type}" "{entry.description}"'


_FORMS: dict[type, Callable[[Any], str | None]] = {
    data.Transaction: _transaction,
    data.Note: _note,
    data.Balance: _balance,
    data.Open: _open,
    data.Commodity: _commodity,
    data.Price: _price,
    data.Event: _event,
}
