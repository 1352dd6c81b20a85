"""Book text to entries by beancount's own parser, with a leaner builder behind it.

The grammar and the lexer are beancount's. Only the callbacks that make objects are ours, for the forms that our
books have: every leg written, no cost, no price. What they make is what beancount's builder and booking make, to the
last key (tests/ledger/test_ledger_reader.py); of a text that holds anything else they make nothing, and beancount's
own way is taken. So no second parser exists that could read a book differently.
"""

import gc
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount.core import data, interpolate
from beancount.core.amount import Amount
from beancount.core.display_context import DisplayContext
from beancount.parser import booking, grammar, parser
from beancount.parser import options as beancount_options

ZERO = Decimal(0)
_Parser: Any = parser._parser.Parser  # type: ignore[attr-defined] # noqa: SLF001 - the C parser, which takes any builder
_ACCOUNTS = grammar.valid_account_regexp(beancount_options.OPTIONS_DEFAULTS)
_TOLERANCES = interpolate.AUTOMATIC_TOLERANCES
_DEFAULTS = beancount_options.OPTIONS_DEFAULTS
# Past the constructors: their checks ask what the parser has settled (_tuple(Posting, …) makes a Posting).
_tuple: Any = tuple.__new__


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text's entries in the order written, booked, and the options that it sets."""

    entries: list[data.Directive]
    options: dict[str, Any]


@dataclass(slots=True)
class Names:
    """What texts of one load share: account names seen and found good, tolerances by the legs' digits."""

    accounts: dict[str, str] = field(default_factory=dict)
    tolerances: dict[tuple[tuple[str, int], ...], object] = field(default_factory=dict)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the cyclic collector: a load makes a million objects that all stay, and none in a cycle."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class _Builder(grammar.Builder):
    """beancount's builder with the callbacks that run by the hundred thousand made short.

    ``odd`` once anything came that only beancount's own way treats rightly. The others are inherited.
    """

    def __init__(self, names: Names) -> None:
        # Not the parent's own: it copies every option deeply, which for a small batch is half the work.
        self.errors: list[Any] = []
        self.tags: list[str] = []
        self.meta: defaultdict[str, list[Any]] = defaultdict(list)
        self.entries: list[data.Directive] = []
        self.options = {
            key: value.copy() if isinstance(value, (list, dict)) else value for key, value in _DEFAULTS.items()
        }
        self.accounts = names.accounts
        self.account_regexp = _ACCOUNTS
        self.dcontext = DisplayContext()
        self.odd = False
        self.amounts: list[Amount] = []

    def account(self, filename: str, lineno: int, account: str) -> str:
        known = self.accounts.get(account)
        if known is None:
            known = super().account(filename, lineno, account)  # type: ignore[no-untyped-call] # as inherited
            assert isinstance(known, str), "an account's name"
            if self.errors:
                # Not kept as known: every use of it is an error.
                self.odd = True
                del self.accounts[account]
        return known

    def amount(self, _filename: str, _lineno: int, number: Decimal, currency: str) -> Amount:
        made: Amount = _tuple(Amount, (number, currency))
        self.amounts.append(made)
        return made

    def handle_list(self, _filename: str, _lineno: int, object_list: list[Any] | None, new_object: Any) -> list[Any]:  # noqa: ANN401 - the grammar's lists hold all sorts
        if object_list is None:
            return [] if new_object is None else [new_object]
        if new_object is not None:
            object_list.append(new_object)
        return object_list

    def key_value(self, _filename: str, _lineno: int, key: str, value: object) -> tuple[str, object]:
        return key, value

    def option(self, filename: str, lineno: int, key: str, value: Any) -> None:  # noqa: ANN401 - as inherited
        self.odd = self.odd or key.startswith("name_") or key == "display_precision"
        super().option(filename, lineno, key, value)  # type: ignore[no-untyped-call] # as inherited

    def posting(
        self,
        filename: str,
        lineno: int,
        account: str,
        units: Amount,
        cost: object,
        price: object,
        istotal: object,
        flag: object,
    ) -> data.Posting:
        if cost is not None or price is not None or istotal or flag or type(units) is not Amount:
            self.odd = True
        made: data.Posting = _tuple(
            data.Posting, (account, units, None, None, None, {"filename": filename, "lineno": lineno})
        )
        return made

    def transaction(
        self,
        filename: str,
        lineno: int,
        date: date,
        flag: int,
        txn_strings: list[str] | None,
        tags_links: grammar.TagsLinks,
        posting_or_kv_list: list[Any] | None,
    ) -> data.Transaction:
        meta: dict[str, Any] = {"filename": filename, "lineno": lineno}
        for key, values in self.meta.items():
            meta[key] = values[-1]
        postings: list[data.Posting] = []
        pairs, last = len(meta), meta
        for item in posting_or_kv_list or ():
            kind = type(item)
            if kind is tuple:
                last[item[0]] = item[1]
                pairs += 1
            elif kind is data.Posting:
                # A key that stands twice, or one that is pushed too, leaves fewer keys than pairs.
                self.odd = self.odd or len(last) != pairs
                postings.append(item)
                last, pairs = item.meta, 2
            else:
                self.odd = True
        strings = txn_strings or [""]
        self.odd = self.odd or len(last) != pairs or len(strings) > 2
        tags, links = tags_links
        made: data.Transaction = _tuple(
            data.Transaction,
            (
                meta,
                date,
                chr(flag),
                strings[0] if len(strings) == 2 else None,
                strings[-1],
                frozenset(tags | set(self.tags)) or data.EMPTY_SET,
                frozenset(links) or data.EMPTY_SET,
                postings,
            ),
        )
        return made


def parse(content: bytes, name: str, names: Names, multiplier: Decimal | None = None) -> Parsed | None:
    """Parse and book a text. None where only beancount's own way tells what it is: errors, missing amounts, costs.

    ``multiplier`` is the tolerance multiplier of the main file, None where the text is that file itself.
    """
    builder = _Builder(names)
    with collector_paused():
        _Parser(builder).parse(io.BytesIO(content), filename=name, lineno=1)
    if builder.odd or builder.errors or builder.tags or builder.meta:
        return None
    options = builder.options
    if multiplier is None:
        multiplier = options["tolerance_multiplier"]
    if not _measured(builder.amounts, builder.dcontext):
        return None
    _book(builder.entries, {**options, "tolerance_multiplier": multiplier}, names.tolerances)
    builder.dcontext.set_commas(options["render_commas"])
    options["dcontext"] = builder.dcontext
    return Parsed(builder.entries, options)


def _measured(amounts: Iterable[Amount], context: DisplayContext) -> bool:
    """Tell the display context of every amount, once for all of a kind; False when one is not written out."""
    seen: Counter[tuple[str, int, int, int]] = Counter()
    for number, currency in amounts:
        if type(number) is not Decimal or type(currency) is not str:
            return False
        sign, digits, exponent = number.as_tuple()
        assert isinstance(exponent, int), "the lexer makes finite numbers"
        seen[currency, sign, len(digits) + exponent, exponent] += 1
    for (currency, sign, integers, exponent), count in seen.items():
        found: Any = context.ccontexts[currency]
        found.has_sign = found.has_sign or bool(sign)
        found.integer_max = max(found.integer_max, integers)
        found.fractional_dist.hist[-exponent] += count
    return True


def _book(entries: Sequence[data.Directive], options: dict[str, Any], known: dict[Any, Any]) -> None:
    """What booking does where every leg is written: legs by currency as they first appear, the tolerances noted."""
    for entry in entries:
        if type(entry) is data.Transaction:
            postings: list[Any] = entry.postings
            digits = tuple([(leg[1][1], leg[1][0].as_tuple().exponent) for leg in postings])
            tolerances = known.get(digits)
            if tolerances is None:
                tolerances = known[digits] = interpolate.infer_tolerances(postings, options)
            if len(postings) > 2:
                first: dict[str, int] = {}
                for leg in postings:
                    first.setdefault(leg[1][1], len(first))
                if len(first) > 1:
                    postings.sort(key=lambda leg: first[leg.units.currency])
            entry.meta[_TOLERANCES] = tolerances


def parse_text(text: str, path: Path) -> tuple[list[data.Directive], list[Any], dict[str, Any]]:
    """Parse a batch's text as the loader would, entries in the order written."""
    parsed = parse(text.encode(), str(path), Names(), ZERO)
    if parsed is not None:
        return parsed.entries, [], parsed.options
    entries, errors, options = parser.parse_string(text, report_filename=str(path))
    entries, more = booking.book(entries, {**options, "tolerance_multiplier": ZERO})
    return sorted(entries, key=lambda entry: int(entry.meta["lineno"])), [*errors, *more], options
