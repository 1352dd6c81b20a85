"""The canonical form of entries and the hashes over it: what "unchanged" means (docs/format-1.md).

A directive is one JSON array; a batch's own hash is SHA-256 over its lines. Comments, blank lines and
column widths are not in it, so a comment edit and a content edit can be told apart.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath

from beancount.core import data
from beancount.core.amount import Amount

GENESIS = "0" * 64
"""The previous chain hash of batch 000000."""
BATCH = "batch"
MARK = "mark"
"""Metadata key of an entry's own short hash; not part of the canonical form."""
_OUTSIDE = frozenset({"filename", "lineno", MARK})


def canonical(entry: data.Directive) -> str:
    """One directive as a line of JSON: kind, day, its own fields in fixed order, sorted metadata."""
    body = [type(entry).__name__, entry.date.isoformat(), *_own(entry), _meta(entry.meta)]
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _own(entry: data.Directive) -> list[object]:
    match entry:
        case data.Transaction():
            legs = [[leg.account, *_amount(leg.units), _meta(leg.meta or {}), *_extra(leg)] for leg in entry.postings]
            return [entry.flag, entry.payee or "", entry.narration or "", _set(entry.tags), _set(entry.links), legs]
        case data.Open():
            return [entry.account, list(entry.currencies or ()), *([str(entry.booking)] if entry.booking else [])]
        case data.Note():
            return [entry.account, entry.comment, _set(entry.tags), _set(entry.links)]
        case data.Balance():
            return [entry.account, *_amount(entry.amount), str(entry.tolerance)]
        case data.Event():
            return [entry.type, entry.description]
        case data.Commodity():
            return [entry.currency]
        case data.Price():
            return [entry.currency, *_amount(entry.amount)]
        case data.Document():
            return [entry.account, PurePosixPath(entry.filename).name, _set(entry.tags), _set(entry.links)]
        case data.Custom():
            # A batch header's sequence and previous hash stand outside its own hash.
            values = entry.values or ()
            kept = values[:1] if entry.type == BATCH else values
            return [entry.type, [_value(item.value) for item in kept]]
        case _:
            return [repr(entry)]


def _extra(leg: data.Posting) -> list[str]:
    """Cost, price and flag of a leg: our subset has none, so one that appears changes the form."""
    return [str(item) for item in (leg.cost, leg.price, leg.flag) if item is not None]


def _amount(amount: Amount | None) -> list[str]:
    assert isinstance(amount, Amount), "every amount is written"
    return [str(amount.number), amount.currency]


def _set(names: Iterable[str] | None) -> list[str]:
    return sorted(names or ())


def _value(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return {"d": str(value)}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return str(value)


def _meta(meta: data.Meta) -> list[list[object]]:
    return [
        [key, _value(value)] for key, value in sorted(meta.items()) if key not in _OUTSIDE and not key.startswith("__")
    ]


def mark_of(entry: data.Directive) -> str:
    """An entry's own hash, 12 hex digits: tells which entry of a changed batch was changed."""
    return hashlib.sha256(canonical(entry).encode()).hexdigest()[:12]


def own_hash(entries: Iterable[data.Directive]) -> str:
    """SHA-256 over a batch's canonical lines in the order written, header included."""
    state = hashlib.sha256()
    for entry in entries:
        state.update(canonical(entry).encode())
        state.update(b"\n")
    return state.hexdigest()


def chain_hash(previous: str, sequence: int, own: str) -> str:
    """The chain's value after a batch: it commits to every batch before it.

    A chain over own hashes alone would not: changing an old batch would leave later ones intact.
    """
    return hashlib.sha256(f"cixi-riskpool/1\n{previous}\n{sequence:06d}\n{own}\n".encode()).hexdigest()
