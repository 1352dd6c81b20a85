"""Identities: parse, check, print. Every id that becomes part of a book is ASCII and bounded.

``EventId`` is the idempotency key of the whole product: it is computed from what identifies the thing
in the world (a bank's row, a loan, a decision), never from the file it arrived in or the time it did.
"""

import hashlib
import json
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field
from stdnum.cn import uscc as stdnum_uscc

_KEY = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_EVENT_ID = re.compile(r"[a-z]+-[0-9a-f]{20}")
_COMPONENT = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,38}[A-Z0-9])?")


def _component(text: str) -> str:
    if not _COMPONENT.fullmatch(text):
        raise ValueError("编号只能含大写英文字母、数字和连字符，1 至 40 位，首尾不能是连字符")
    return text


EventId = Annotated[str, Field(pattern=r"^[a-z]+-[0-9a-f]{20}$")]
"""``<namespace>-<20 hex>``: 80 bits of a SHA-256 over the natural key. Also a beancount link."""

LoanNo = Annotated[str, AfterValidator(_component)]
"""A loan note's number (借据号) in the slug form that an account component takes."""

PolicyNo = Annotated[str, AfterValidator(_component)]
"""An insurance policy's number (保单号) as an account component."""

CaseNo = Annotated[str, AfterValidator(_component)]
"""A compensation case's number, given by the pool."""

RegNo = Annotated[str, AfterValidator(_component)]
"""A pledge registration's number (质押登记号) as an account component."""

StaffId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,19}$")]
"""A staff member's id in pool.toml."""

AccountSlug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,19}$")]
"""A bank account's id in pool.toml, e.g. ``boc-01``. The account's number itself stays out of logs."""


def event_id(namespace: str, *key: str | int) -> EventId:
    """The id of the thing named by ``key`` within ``namespace`` (a few lower-case letters)."""
    text = _KEY.encode([namespace, *key])
    value = f"{namespace}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"
    assert _EVENT_ID.fullmatch(value), f"bad namespace {namespace!r}"
    return value


def component(text: str) -> str | None:
    """An id from outside as an account component; None when it holds a character that can't be mapped.

    NFKC, upper case, surrounding blanks dropped. Nothing else is changed, so that two ids never meet.
    """
    slug = unicodedata.normalize("NFKC", text).strip().upper()
    return slug if _COMPONENT.fullmatch(slug) else None


def uscc_holds(code: str) -> bool:
    """Whether a 统一社会信用代码 has a right check digit (GB 32100). A wrong one warns, never rejects."""
    return bool(stdnum_uscc.is_valid(unicodedata.normalize("NFKC", code)))


_PATENT = re.compile(r"(?:ZL)?(\d{4}|\d{2})([123589])(\d{7}|\d{5})\.?([0-9X])", re.ASCII)
_TRADEMARK = re.compile(r"(?:TM)?(\d{5,9})-(\d{1,2})", re.ASCII)
_COPYRIGHT = re.compile(r"(?:CR)?(20\d{2}SR\d{6,8})", re.ASCII)
_GEOGRAPHICAL = re.compile(r"(?:GI)(\d{3,9})", re.ASCII)

IP_TYPES = {"patent": "专利", "trademark": "商标", "copyright": "著作权", "geographical_indication": "地理标志"}


def ip_right(text: str) -> tuple[str, str] | None:
    """Parse an IP right's number into (commodity, type); None when it is none of the known forms.

    Patents ``ZL202110123456.7`` (the dot and ZL may be missing), trademarks ``TM<no>-<class>``, copyrights
    ``CR2021SR0123456``, geographical indications ``GI123``. A patent's check digit is verified.
    """
    slug = unicodedata.normalize("NFKC", text).strip().upper().replace(" ", "")
    if match := _PATENT.fullmatch(slug):
        body, check = match[1] + match[2] + match[3], match[4]
        return (f"ZL{body}.{check}", "patent") if patent_check_digit(body) == check else None
    if match := _TRADEMARK.fullmatch(slug):
        return f"TM{match[1]}-{int(match[2]):02d}", "trademark"
    if match := _COPYRIGHT.fullmatch(slug):
        return f"CR{match[1]}", "copyright"
    if match := _GEOGRAPHICAL.fullmatch(slug):
        return f"GI{match[1]}", "geographical_indication"
    return None


def patent_check_digit(body: str) -> str:
    """The check digit of a Chinese patent number: weights 2..9 repeated, modulo 11, 10 printed X.

    Source: facts/reliability.md §1 (54 of 54 real numbers agree).
    """
    total = sum(int(digit) * (index % 8 + 2) for index, digit in enumerate(body))
    return "0123456789X"[total % 11]
