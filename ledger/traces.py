"""What was changed: found by putting one thing back at a time until an entry's mark fits again.

The mark is twelve digits of a hash over the whole entry, so a fit is a proof of what stood there. What is put back is
taken from elsewhere in the books: the facts beside the legs, the other leg, other entries of the batch, the chart.
Where nothing fits, more than one thing was changed, or to a value that stands nowhere else.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, islice, zip_longest
from typing import Any, NamedTuple

from beancount.core import data
from beancount.core.amount import Amount

from ledger.canon import MARK, canonical, mark_of_form
from ledger.postings import RED, REGISTER, VOUCHER

DAYS = 400
"""How far a changed day is looked for, either way."""
TRIES = 20_000
"""Where the search of one entry ends: a second of work."""
_FIXED_KEYS = frozenset({"filename", "lineno", MARK})


class Repair(NamedTuple):
    """One thing put back: its name, what stands there now, what stood there, and the entry with it."""

    what: str
    now: object
    before: object
    entry: data.Directive


@dataclass
class Shelf:
    """What stands elsewhere and may have stood here: gathered from a batch and the chart."""

    accounts: set[str] = field(default_factory=set)
    numbers: set[Decimal] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    values: dict[str, set[Any]] = field(default_factory=dict)

    def take(self, entries: Iterable[data.Directive]) -> None:
        """Add what stands in entries."""
        for entry in entries:
            for key, value in entry.meta.items():
                if key not in _FIXED_KEYS and not key.startswith("__"):
                    self.values.setdefault(key, set()).add(value)
                    if isinstance(value, Decimal):
                        self.numbers |= {value, -value}
            if isinstance(entry, data.Transaction):
                self.texts.add(entry.narration or "")
                for leg in entry.postings:
                    number: Any = leg.units.number if leg.units is not None else None
                    self.accounts.add(leg.account)
                    self.numbers |= {number, -number} if isinstance(number, Decimal) else set()
            if account := getattr(entry, "account", ""):
                self.accounts.add(account)
            self.links |= set(getattr(entry, "links", None) or ())
        self.texts |= {str(text) for text in self.values.get("summary", ())}


def named(entry: data.Directive) -> str:
    """An entry by its number, or by what it is and its line."""
    kind = _KINDS.get(type(entry), type(entry).__name__)
    return str(entry.meta.get("voucher") or f"{kind}（第 {entry.meta['lineno']} 行）")


_KINDS: dict[type, str] = {
    data.Transaction: "分录",
    data.Open: "开户 open",
    data.Commodity: "权利 commodity",
    data.Price: "评估 price",
    data.Balance: "余额断言 balance",
    data.Note: "备注 note",
    data.Event: "状态 event",
    data.Document: "附件 document",
    data.Custom: "批头 custom",
}


def marked(entry: data.Directive) -> bool:
    """Whether an entry is what its mark says; one that can't be put into its form is not."""
    try:
        return bool(mark_of_form(canonical(entry)) == entry.meta.get(MARK))
    except (AssertionError, AttributeError, TypeError):
        return False


def change_of(entry: data.Directive, shelf: Shelf) -> str:
    """What was changed in an entry that does not fit its mark, in words; empty where nothing put back makes it fit."""
    for repair in islice(_repairs(entry, shelf), TRIES):
        if marked(repair.entry):
            return f"{repair.what}现为 {_shown(repair.now)}，原为 {_shown(repair.before)}"
    return ""


def _shown(value: object) -> str:
    return "（无）" if value is None or value == "" else str(value)


def _repairs(entry: data.Directive, shelf: Shelf) -> Iterator[Repair]:
    parts = [_days(entry), _facts(entry, shelf)]
    if isinstance(entry, data.Transaction):
        parts += [_amounts(entry, shelf), _accounts(entry, shelf), _words(entry, shelf), _legs(entry)]
    else:
        parts.append(_fields(entry, shelf))
    # In turn, so that a batch of ten thousand amounts leaves the others their chance.
    for row in zip_longest(*parts):
        yield from (repair for repair in row if repair is not None)


def _days(entry: data.Directive) -> Iterator[Repair]:
    for days in chain.from_iterable((-number, number) for number in range(1, DAYS)):
        day = entry.date + timedelta(days=days)
        yield Repair("日期", entry.date, day, entry._replace(date=day))


def _facts(entry: data.Directive, shelf: Shelf) -> Iterator[Repair]:
    """Each fact taken out, or as it stands elsewhere."""
    for key, now in entry.meta.items():
        if key in _FIXED_KEYS or key.startswith("__"):
            continue
        rest = {other: value for other, value in entry.meta.items() if other != key}
        yield Repair(f"要素 {key} ", now, None, entry._replace(meta=rest))
        for before in _others(now, shelf.values.get(key, set()), shelf):
            yield Repair(f"要素 {key} ", now, before, entry._replace(meta={**rest, key: before}))
    for key, values in shelf.values.items():
        if key not in entry.meta:
            for before in values:
                yield Repair(f"要素 {key} ", None, before, entry._replace(meta={**entry.meta, key: before}))


def _others(now: object, same: set[Any], shelf: Shelf) -> Iterator[object]:
    yield from (value for value in same if value != now)
    if isinstance(now, Decimal):
        yield from shelf.numbers
    elif isinstance(now, date):
        yield from (now + timedelta(days=days) for days in range(-DAYS, DAYS) if days)
    elif isinstance(now, str):
        yield from _near(now)


def _near(text: str) -> Iterator[str]:
    """A text one digit away: numbers of vouchers, cases, rows."""
    for place, char in enumerate(text):
        if char.isdecimal() and char.isascii():
            yield from (f"{text[:place]}{other}{text[place + 1 :]}" for other in "0123456789" if other != char)


def _amounts(entry: data.Transaction, shelf: Shelf) -> Iterator[Repair]:
    """One leg's number, then all legs of one size together, as they stand elsewhere or a digit away."""
    legs = [(index, _number(leg)) for index, leg in enumerate(entry.postings)]
    for index, now in legs:
        for before in chain(_own(entry), _digits(now), sorted(shelf.numbers)):
            yield Repair(f"分录第 {index + 1} 行金额", now, before, _with(entry, {index: before}))
    for size in {abs(now) for _, now in legs}:
        same = {index: now for index, now in legs if abs(now) == size}
        for before in chain(_own(entry), _digits(size), sorted(shelf.numbers)):
            put = {index: abs(before).copy_sign(now) for index, now in same.items()}
            yield Repair("各行金额", size, before, _with(entry, put))
    for one, (first, a) in enumerate(legs):
        for second, b in legs[one + 1 :]:
            yield Repair("两行金额", f"{a}、{b}", f"{b}、{a}", _with(entry, {first: b, second: a}))


def _own(entry: data.Transaction) -> Iterator[Decimal]:
    """The numbers that the entry itself says again: its other legs, its facts."""
    held = {_number(leg) for leg in entry.postings}
    held |= {value for value in entry.meta.values() if isinstance(value, Decimal)}
    yield from sorted(held | {-number for number in held})


def _digits(number: Decimal) -> Iterator[Decimal]:
    yield from (Decimal(text) for text in _near(str(number)))


def _number(leg: data.Posting) -> Decimal:
    number: Any = leg.units.number if leg.units is not None else None
    return number if isinstance(number, Decimal) else Decimal(0)


def _with(entry: data.Transaction, numbers: dict[int, Decimal]) -> data.Transaction:
    legs = list(entry.postings)
    for index, number in numbers.items():
        units: Any = legs[index].units
        legs[index] = legs[index]._replace(units=Amount(number, units.currency))
    return entry._replace(postings=legs)


def _accounts(entry: data.Transaction, shelf: Shelf) -> Iterator[Repair]:
    for index, leg in enumerate(entry.postings):
        for account in sorted(shelf.accounts):
            legs = [*entry.postings[:index], leg._replace(account=account), *entry.postings[index + 1 :]]
            yield Repair(f"分录第 {index + 1} 行科目", leg.account, account, entry._replace(postings=legs))


def _words(entry: data.Transaction, shelf: Shelf) -> Iterator[Repair]:
    """Payee, flag, summary, tags, links."""
    yield Repair("收付款人", entry.payee, None, entry._replace(payee=None))
    yield Repair("标志", entry.flag, "*", entry._replace(flag="*"))
    for text in sorted(shelf.texts):
        yield Repair("摘要", entry.narration, text, entry._replace(narration=text))
        # A payee put before a summary, or a summary taken for one.
        yield Repair("摘要", entry.narration, text, entry._replace(narration=text, payee=None))
    yield from _sets("标签", entry.tags, {VOUCHER, REGISTER, RED}, lambda names: entry._replace(tags=names))
    yield from _sets("链接", entry.links, shelf.links, lambda names: entry._replace(links=names))


def _sets(
    what: str, now: Iterable[str] | None, known: set[str], put: Callable[[frozenset[str]], data.Directive]
) -> Iterator[Repair]:
    held = frozenset(now or ())
    for name in sorted(held):
        yield Repair(what, f"多出 {name}", None, put(held - {name}))
        for other in sorted(known - held):
            yield Repair(what, name, other, put(held - {name} | {other}))
    for name in sorted(known - held):
        yield Repair(what, None, name, put(held | {name}))


def _legs(entry: data.Transaction) -> Iterator[Repair]:
    """What our legs never have: a cost, a price, a flag, a fact added; a leg too many."""
    legs = entry.postings
    for index, leg in enumerate(legs):
        bare = leg._replace(cost=None, price=None, flag=None)
        where = f"分录第 {index + 1} 行"
        yield Repair(f"{where}附加的写法", "有", None, _put(entry, index, [bare]))
        meta = {key: value for key, value in (leg.meta or {}).items() if key in _FIXED_KEYS}
        yield Repair(f"{where}的要素", "有", None, _put(entry, index, [leg._replace(meta=meta)]))
        yield Repair(where, f"{leg.account} {_number(leg)}", None, _put(entry, index, []))
        for other in range(index + 1, len(legs)):
            swapped = list(legs)
            swapped[index], swapped[other] = legs[other], leg
            yield Repair("分录行的次序", f"{index + 1}、{other + 1}", "相反", entry._replace(postings=swapped))


def _put(entry: data.Transaction, index: int, legs: Sequence[data.Posting]) -> data.Transaction:
    return entry._replace(postings=[*entry.postings[:index], *legs, *entry.postings[index + 1 :]])


def _fields(entry: Any, shelf: Shelf) -> Iterator[Repair]:  # noqa: ANN401 - any directive but a transaction
    """An account, an amount, a link of the others."""
    if hasattr(entry, "account"):
        for account in sorted(shelf.accounts):
            yield Repair("科目", entry.account, account, entry._replace(account=account))
    if hasattr(entry, "amount"):
        now = entry.amount
        for number in chain(sorted(shelf.numbers), _digits(now.number)):
            yield Repair("金额", now.number, number, entry._replace(amount=Amount(number, now.currency)))
    if hasattr(entry, "comment"):
        for text in sorted(shelf.texts):
            yield Repair("文字", entry.comment, text, entry._replace(comment=text))
    if hasattr(entry, "links"):
        yield from _sets("链接", entry.links, shelf.links, lambda names: entry._replace(links=names))
