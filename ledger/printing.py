"""Entries to book text: what beancount's printer writes, for the forms that our books have by a shorter way.

Byte for byte the same (tests/ledger/test_ledger_reader.py); any other form goes to beancount's printer itself. verify
prints every batch anew to find an edit that changes no content, and a posting its ten thousand entries.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from beancount.core import data
from beancount.parser import printer

_UNPRINTED = frozenset({"filename", "lineno"})


def write_text(header: data.Custom, entries: Iterable[data.Directive], people: Sequence[tuple[str, str]]) -> str:
    """A batch's text in the strict subset of docs/format-1.md."""
    parts = [entry_text(header)]
    parts += [f'pushmeta {name}: "{value}"' for name, value in people]
    parts.append("")
    parts += map(entry_text, entries)
    parts += [f"popmeta {name}:" for name, _ in reversed(people)]
    return "\n".join(parts) + "\n"


def entry_text(entry: data.Directive) -> str:
    """One entry as beancount's printer writes it."""
    form = _FORMS.get(type(entry))
    first = form(entry) if form else None
    facts = _meta(entry.meta, "  ") if first is not None else None
    if first is None or facts is None:
        return printer.format_entry(entry)
    legs = _legs(entry.postings) if type(entry) is data.Transaction else ""
    return printer.format_entry(entry) if legs is None else f"{first}\n{facts}{legs}"


def _meta(meta: data.Meta, lead: str) -> str | None:
    """The lines of metadata; None where a value is of no kind that our books have."""
    lines = []
    for key, value in meta.items():
        kind = type(value)
        if kind is str:
            if key in _UNPRINTED or key[:2] == "__":
                continue
            lines.append(f"{lead}{key}: {_quoted(value)}\n")
        elif key in _UNPRINTED or key[:2] == "__":
            continue
        elif kind is Decimal or kind is date:
            lines.append(f"{lead}{key}: {value!s}\n")
        elif kind is bool:
            lines.append(f"{lead}{key}: {'TRUE' if value else 'FALSE'}\n")
        else:
            return None
    return "".join(lines)


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _legs(postings: Sequence[data.Posting]) -> str | None:
    """The lines of the legs: accounts to one width, numbers to one right edge."""
    rows = []
    for account, units, cost, price, flag, meta in postings:
        number = _number(units.number)
        facts = _meta(meta, "    ") if meta else ""
        if number is None or facts is None or cost is not None or price is not None or flag:
            return None
        rows.append((account, number, units.currency, facts))
    widths = max(len(row[0]) for row in rows), max(len(row[1]) for row in rows)
    return "".join(
        f"  {account:{widths[0]}}  {number:>{widths[1]}} {currency}\n{facts}"
        for account, number, currency, facts in rows
    )


def _number(number: object) -> str | None:
    """A number in plain digits; None where it would need an exponent."""
    text = str(number)
    return text if type(number) is Decimal and "E" not in text and number.is_finite() else None


def _names(entry: data.Transaction | data.Note) -> str:
    words = [f" #{tag}" for tag in sorted(entry.tags or ())] + [f" ^{link}" for link in sorted(entry.links or ())]
    return "".join(words)


def _transaction(entry: data.Transaction) -> str | None:
    # An empty narration leaves two blanks in beancount's line, and a payee is not ours.
    plain = entry.flag == "*" and not entry.payee and entry.narration and entry.postings
    return f"{entry.date} * {_quoted(entry.narration or '')}{_names(entry)}" if plain else None


def _note(entry: data.Note) -> str:
    return f'{entry.date} note {entry.account} "{entry.comment}"{_names(entry)}'


def _balance(entry: data.Balance) -> str | None:
    number, tolerance = _number(entry.amount.number), _number(entry.tolerance)
    if number is None or tolerance is None or entry.diff_amount:
        return None
    return f"{entry.date} balance {entry.account:47} {number} ~ {tolerance} {entry.amount.currency}"


def _open(entry: data.Open) -> str | None:
    if entry.booking is not None:
        return None
    return f"{entry.date} open {entry.account:47} {','.join(entry.currencies or ())}".rstrip()


def _commodity(entry: data.Commodity) -> str:
    return f"{entry.date} commodity {entry.currency}"


def _price(entry: data.Price) -> str | None:
    number = _number(entry.amount.number)
    return number and f"{entry.date} price {entry.currency:<22} {f'{number} {entry.amount.currency}':>22}"


def _event(entry: data.Event) -> str:
    return f'{entry.date} event "{entry.type}" "{entry.description}"'


_FORMS: dict[type, Callable[[Any], str | None]] = {
    data.Transaction: _transaction,
    data.Note: _note,
    data.Balance: _balance,
    data.Open: _open,
    data.Commodity: _commodity,
    data.Price: _price,
    data.Event: _event,
}
