"""What may stand in each slot of book text: 13 of beancount's slots inject directives if not checked.

Payee, narration and metadata strings are escaped by beancount's printer; every other slot is not
(facts/reliability.md 3.1), so each is matched against its own grammar before a line is written, and the
text is parsed again and compared afterwards (``ledger.journal``).
"""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from beancount.core import account as account_names
from beancount.core import data

_ASCII_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_/.-]{0,79}")
_META_KEY = re.compile(r"[a-z][a-zA-Z0-9_-]{1,39}")
_COMMODITY = re.compile(r"[A-Z][A-Z0-9'._-]{0,38}[A-Z0-9]")
_ROOTS = ("Assets:", "Liabilities:", "Equity:", "Income:", "Expenses:")
"""What ``is_valid`` does not ask: it takes any first component, the parser only these."""
_WORDS = frozenset({"TRUE", "FALSE", "NULL"})
"""What beancount's lexer takes for a word of its own where a commodity should stand."""
_FILE = re.compile(r"(?:\.\./)*[A-Za-z0-9][A-Za-z0-9_./-]{0,120}")
_BARE = re.compile(r'[^"\\\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]*')
"""Text in slots that the printer does not escape: no quote, backslash, control, line separator, surrogate."""
_ESCAPED = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]*")
_PLACE = frozenset({"filename", "lineno"})
MAX_TEXT = 2000


def bare(text: str) -> str:
    """A text made fit for a slot the printer does not escape: full-width forms for quote and backslash."""
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]", " ", text.replace('"', "＂").replace("\\", "＼"))


def breach(entry: data.Directive) -> str:
    """What in a directive may not be written, or an empty text. Never raises."""
    problems = [*_meta(entry.meta), *_own(entry)]
    return "；".join(problems)


def _own(entry: data.Directive) -> list[str]:
    match entry:
        case data.Transaction():
            found = _text(entry.payee or "", _ESCAPED) + _text(entry.narration or "", _ESCAPED)
            found += _names(entry.tags or (), "tag") + _names(entry.links or (), "link")
            for leg in entry.postings:
                found += _account(leg.account) + _meta(leg.meta or {})
                found += _commodity(leg.units.currency if leg.units else "")
            return found
        case data.Open():
            return _account(entry.account) + [p for item in entry.currencies or () for p in _commodity(item)]
        case data.Note():
            found = _account(entry.account) + _text(entry.comment, _BARE)
            return found + _names(entry.tags or (), "tag") + _names(entry.links or (), "link")
        case data.Balance():
            return _account(entry.account) + _commodity(entry.amount.currency)
        case data.Event():
            return _names((entry.type,), "event") + _text(entry.description, _BARE)
        case data.Commodity():
            return _commodity(entry.currency)
        case data.Price():
            return _commodity(entry.currency) + _commodity(entry.amount.currency)
        case data.Document():
            found = [] if _FILE.fullmatch(entry.filename) else [f"document 文件名 {entry.filename!r}"]
            return found + _account(entry.account) + _names(entry.links or (), "link")
        case data.Custom():
            words = [item.value for item in entry.values or () if isinstance(item.value, str)]
            return _names((entry.type,), "custom") + [p for word in words for p in _text(word, _BARE)]
        case _:
            return [f"不许写入的指令 {type(entry).__name__}"]


def _account(name: str) -> list[str]:
    return [] if _is_account(name) else [f"科目 {name!r}"]


@lru_cache(maxsize=4096)
def _is_account(name: str) -> bool:
    return name.startswith(_ROOTS) and bool(account_names.is_valid(name))


def _commodity(name: str) -> list[str]:
    return [] if _is_commodity(name) else [f"币种 {name!r}"]


@lru_cache(maxsize=4096)
def _is_commodity(name: str) -> bool:
    return bool(_COMMODITY.fullmatch(name)) and name not in _WORDS


def _names(names: object, slot: str) -> list[str]:
    assert isinstance(names, (frozenset, set, tuple)), f"{slot} names in a {type(names).__name__}"
    return [f"{slot} {name!r}" for name in names if not _ASCII_NAME.fullmatch(name)]


def _text(text: str, grammar: re.Pattern[str]) -> list[str]:
    if grammar is _ESCAPED and len(text) <= MAX_TEXT and text.isprintable():
        return []  # what is printable holds no control and no surrogate
    if len(text) > MAX_TEXT:
        return [f"文字超过 {MAX_TEXT} 字"]
    return [] if grammar.fullmatch(text) else [f"文字含不可写入的字符 {text!r}"]


@lru_cache(maxsize=4096)
def _keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """What is wrong with keys, the same for most entries of a kind."""
    return tuple(f"元数据键 {key!r}" for key in keys if key not in _PLACE and not _META_KEY.fullmatch(key))


def _meta(meta: data.Meta) -> list[str]:
    if not meta:
        return []
    found = list(_keys(tuple(meta)))
    for key, value in meta.items():
        if key in _PLACE:
            continue
        if isinstance(value, str):
            if len(value) > MAX_TEXT or not value.isprintable():
                found += _text(value, _ESCAPED)
        elif not isinstance(value, (date, Decimal, bool)):
            found.append(f"元数据 {key} 的值是 {type(value).__name__}")
    return found
