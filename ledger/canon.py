"""The canonical form of entries and the hashes over it: what "unchanged" means (docs/format-1.md).

A directive is one JSON array; a batch's own hash is SHA-256 over its lines. Comments, blank lines and
column widths are not in it, so a comment edit and a content edit can be told apart.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from pathlib import PurePosixPath

from beancount.core import data
from beancount.core.amount import Amount

GENESIS = "0" * 64
"""The previous chain hash of batch 000000."""
BATCH = "batch"
MARK = "mark"
"""Metadata key of an entry's own short hash; not part of the canonical form."""
_OUTSIDE = frozenset({"filename", "lineno", MARK})
_string = lru_cache(maxsize=4096)(encode_basestring)
"""A JSON string, for words that come again: accounts, commodities, links."""
_iso = lru_cache(maxsize=4096)(date.isoformat)


def canonical(entry: data.Directive, people: Mapping[str, str] | None = None) -> str:
    """One directive as a line of JSON: kind, day, its own fields in fixed order, sorted metadata.

    ``people`` are those who sign a transaction not yet written; one that was read holds them.
    Written out by hand, because verify asks for a hundred thousand; that it is JSON is tested.
    """
    meta = {**people, **entry.meta} if people and isinstance(entry, data.Transaction) else entry.meta
    return f'["{type(entry).__name__}","{_iso(entry.date)}",{_own(entry)},{_meta(meta)}]'


def _own(entry: data.Directive) -> str:
    match entry:
        case data.Transaction():
            legs = ",".join(map(_leg, entry.postings))
            words = f"{_string(entry.flag)},{_string(entry.payee or '')},{encode_basestring(entry.narration or '')}"
            return f"{words},{_set(entry.tags)},{_set(entry.links)},[{legs}]"
        case data.Open():
            named = f"{_string(entry.account)},[{','.join(map(_string, entry.currencies or ()))}]"
            return f"{named},{_string(str(entry.booking))}" if entry.booking else named
        case data.Note():
            words = f"{_string(entry.account)},{encode_basestring(entry.comment)}"
            return f"{words},{_set(entry.tags)},{_set(entry.links)}"
        case data.Balance():
            return f"{_string(entry.account)},{_amount(entry.amount)},{_string(str(entry.tolerance))}"
        case data.Event():
            return f"{_string(entry.type)},{encode_basestring(entry.description)}"
        case data.Commodity():
            return _string(entry.currency)
        case data.Price():
            return f"{_string(entry.currency)},{_amount(entry.amount)}"
        case data.Document():
            name = encode_basestring(PurePosixPath(entry.filename).name)
            return f"{_string(entry.account)},{name},{_set(entry.tags)},{_set(entry.links)}"
        case data.Custom():
            # A batch header's sequence and previous hash stand outside its own hash.
            values = entry.values or ()
            kept = values[:1] if entry.type == BATCH else values
            return f"{_string(entry.type)},[{','.join(_value(item.value) for item in kept)}]"
        case _:
            return encode_basestring(repr(entry))


def _leg(leg: data.Posting) -> str:
    """A leg; cost, price and flag, which our subset has not, change the form where they appear."""
    meta = _meta(leg.meta) if leg.meta and not leg.meta.keys() <= _OUTSIDE else "[]"
    form = f"{_string(leg.account)},{_amount(leg.units)},{meta}"
    extra = [encode_basestring(str(item)) for item in (leg.cost, leg.price, leg.flag) if item is not None]
    return f"[{','.join([form, *extra])}]"


def _amount(amount: Amount | None) -> str:
    assert isinstance(amount, Amount), "every amount is written"
    return f'"{amount.number!s}",{_string(amount.currency)}'


def _set(names: Collection[str] | None) -> str:
    if not names:
        return "[]"
    return f"[{','.join(map(_string, sorted(names) if len(names) > 1 else names))}]"


def _value(value: object) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f'{{"d":"{value!s}"}}'
    if isinstance(value, date):
        return f'{{"on":"{_iso(value)}"}}'
    return encode_basestring(str(value))


def _meta(meta: data.Meta) -> str:
    keys, form = _order(tuple(meta))
    values = [meta[key] for key in keys]
    return form % tuple([encode_basestring(value) if type(value) is str else _value(value) for value in values])


@lru_cache(maxsize=4096)
def _order(keys: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The keys that are in the form, sorted, and the form with room for their values: alike for most of a kind."""
    kept = sorted(key for key in keys if key not in _OUTSIDE and not key.startswith("__"))
    pairs = (f"[{encode_basestring(key)},".replace("%", "%%") + "%s]" for key in kept)
    return tuple(kept), f"[{','.join(pairs)}]"


def mark_of(entry: data.Directive) -> str:
    """An entry's own hash, 12 hex digits: tells which entry of a changed batch was changed."""
    return mark_of_form(canonical(entry))


def mark_of_form(form: str) -> str:
    """The same of a canonical form already made."""
    return hashlib.sha256(form.encode()).hexdigest()[:12]


def own_hash(entries: Iterable[data.Directive]) -> str:
    """SHA-256 over a batch's canonical lines in the order written, header included."""
    return own_of_forms(map(canonical, entries))


def own_of_forms(forms: Iterable[str]) -> str:
    """The same over canonical forms already made."""
    return hashlib.sha256("\n".join([*forms, ""]).encode()).hexdigest()


def chain_hash(previous: str, sequence: int, own: str) -> str:
    """The chain's value after a batch: it commits to every batch before it.

    A chain over own hashes alone would not: changing an old batch would leave later ones intact.
    """
    return hashlib.sha256(f"cixi-riskpool/1\n{previous}\n{sequence:06d}\n{own}\n".encode()).hexdigest()
