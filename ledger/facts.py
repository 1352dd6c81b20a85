"""Between an event's plain fields and a directive's metadata, both ways.

A directive carries every plain field of its event, so that Fava shows it, bean-query finds it, and the
books alone rebuild the fact. Amounts stand as yuan under a key that ends ``-yuan``; days as dates; flags
as TRUE or FALSE; tuples of words joined by 、. Nested parts (legs, shares) are the postings themselves.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeVar, get_args, get_origin

from pydantic.fields import FieldInfo

from ledger.events import ApplicationSupplemented, CompensationApplied, ContributorShare, Event, PartyAmount
from ledger.money import fen_of_yuan, yuan

SEPARATOR = "、"
_KEYS = {"chief": "decided-by"}
"""Fields whose own name is taken: ``chief`` is pushed on every transaction of a batch that a chief signed."""
_BASE = frozenset({"event_id", "on", "summary", "sources", "kind"})

MetaValue = str | date | Decimal | bool
Meta = dict[str, MetaValue]


def meta_of(event: Event) -> Meta:
    """The metadata of an event's first directive: identity, sources, then its fields in class order."""
    meta: Meta = {"event": event.event_id, "kind": type(event).__name__}
    for number, line in enumerate(event.sources, 1):
        meta["source" if number == 1 else f"source-{number}"] = line.text()
    said = vars(event)
    for name, key, _, _ in _ways(type(event)):
        value = said[name]
        if type(value) is str:
            if value:
                meta[key] = value
        elif value is not None and (entry := _entry(name, value)) is not None:
            meta[key] = entry
    if isinstance(event, CompensationApplied | ApplicationSupplemented):
        meta |= {f"fact-{name.replace('_', '-')}": value for name, value in event.facts}
    return meta


@cache
def fields_of(kind: type[Event]) -> Mapping[str, FieldInfo]:
    """A kind's fields in class order; the model's own attribute builds its answer anew each time."""
    return dict(kind.model_fields)


@cache
def _key(name: str) -> str:
    return _KEYS.get(name, name.replace("_", "-"))


def _entry(name: str, value: object) -> MetaValue | None:
    match value:
        case "" | ():
            return None
        case bool() | date() | str():
            return value
        case int() if name.endswith("_fen"):
            return yuan(value)
        case int():
            return Decimal(value)
        case tuple() if all(isinstance(item, str) for item in value):
            return SEPARATOR.join(value)
        case tuple() if all(isinstance(item, ContributorShare) for item in value):
            return SEPARATOR.join(f"{item.contributor}:{yuan(item.amount_fen)}" for item in value)
        case tuple() if all(isinstance(item, PartyAmount) for item in value):
            return SEPARATOR.join(f"{item.party}:{yuan(item.amount_fen)}" for item in value)
        case _:
            return None


E = TypeVar("E", bound=Event)


def event_of(
    kind: type[E], meta: Mapping[str, object], on: date, summary: str, legs: Mapping[str, object] | None = None
) -> E:
    """An event rebuilt from what :func:`meta_of` wrote. Sources are not part of it.

    ``legs`` are the fields that stand as postings and not as metadata (``lines``, ``red``, ``blue``).
    """
    fields: dict[str, object] = {"event_id": meta["event"], "on": on, "summary": summary, **(legs or {})}
    for name, key, element, missing in _ways(kind):
        if name == "facts":
            fields[name] = _application_facts(meta)
        elif key.endswith("-yuan"):
            amount = meta.get(key)
            if isinstance(amount, Decimal):
                fields[name] = fen_of_yuan(amount)
        elif key in meta:
            fields[name] = _value(meta[key], element)
        elif missing is not None and name not in fields:
            fields[name] = missing
    return kind.model_validate(fields)


@cache
def _ways(kind: type[Event]) -> tuple[tuple[str, str, object, object], ...]:
    """How each field of a kind comes back: its name, its key, what a tuple of it holds, what it is without metadata.

    What is empty leaves no metadata: where a field must be there it comes back as empty, not as missing.
    """
    ways = []
    for name, info in fields_of(kind).items():
        if name not in _BASE:
            is_tuple = get_origin(info.annotation) is tuple
            key = _key(name).removesuffix("-fen") + "-yuan" if name.endswith("_fen") else _key(name)
            element = get_args(info.annotation)[0] if is_tuple else None
            ways.append((name, key, element, (() if is_tuple else "") if info.is_required() else None))
    return tuple(ways)


def _value(value: object, element: object) -> object:
    if isinstance(value, Decimal):
        return int(value)
    if not isinstance(value, str) or element is None:
        return value
    parts = value.split(SEPARATOR)
    if element is ContributorShare:
        pairs = [part.split(":") for part in parts]
        return [{"contributor": who, "amount_fen": fen_of_yuan(Decimal(much))} for who, much in pairs]
    if element is PartyAmount:
        pairs = [part.split(":") for part in parts]
        return [{"party": who, "amount_fen": fen_of_yuan(Decimal(much))} for who, much in pairs]
    return parts


def _application_facts(meta: Mapping[str, object]) -> list[tuple[str, str]]:
    lead = "fact-"
    return [
        (key.removeprefix(lead).replace("-", "_"), value)
        for key, value in meta.items()
        if key.startswith(lead) and isinstance(value, str)
    ]
