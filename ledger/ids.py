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
    text = json.dumps([namespace, *key], ensure_ascii=False, separators=(",", ":"))
    value = f"{namespace}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"
    assert _EVENT_ID.fullmatch(value), f"bad namespace {namespace!r}"
    return value


def component(text: str) -> str | None:
    """An id from outside as an account component; None when it holds a character that can't be mapped.

    NFKC, upper case, surrounding blanks dropped. Nothing else is changed, so that two ids never meet.
    """
    slug = unicodedata.normalize("NFKC", text).strip().upper()
    return slug if _COMPONENT.fullmatch(slug) else None


_USCC_AUTHORITIES_LETTERED = re.compile(r"[ANY][0-9]{7}[0-9A-Z]{10}")
"""Codes of registering authorities that the standard's later lists name by a letter; stdnum knows digits only."""


def uscc(code: str) -> str:
    """A 统一社会信用代码 in the form in which it is kept and compared: NFKC, upper case, no blanks or hyphens."""
    return "".join(unicodedata.normalize("NFKC", code).replace("-", "").split()).upper()


def uscc_holds(code: str) -> bool:
    """Whether a 统一社会信用代码 has a right check digit (GB 32100). A wrong one warns, never rejects."""
    plain = uscc(code)
    if _USCC_AUTHORITIES_LETTERED.fullmatch(plain):
        try:
            return stdnum_uscc.calc_check_digit(plain) == plain[-1]
        except ValueError:  # a letter that the alphabet of GB 32100 leaves out
            return False
    return bool(stdnum_uscc.is_valid(plain))


_PATENT = re.compile(r"(?:ZL)?((?:\d{4}[123589]\d{7})|(?:\d{2}[123589]\d{5}))\.?([0-9X])", re.ASCII)
_TRADEMARK = re.compile(r"(?:TM)?(G?\d{4,9}[A-Z]?)-(\d{1,2})|第?(G?\d{4,9}[A-Z]?)号-?第(\d{1,2})类", re.ASCII)
_COPYRIGHT = re.compile(r"(?:CR)?((?:19|20)\d{2}SR\d{4,8})", re.ASCII)
_WORK = re.compile(r"(.)作登字-((?:\d{2}-)?(?:19|20)\d{2}-[A-L]-\d{1,8})", re.ASCII)
_WORK_READ_BACK = re.compile(r"CR([A-Z]{2}-(?:\d{2}-)?(?:19|20)\d{2}-[A-L]-\d{1,8})", re.ASCII)
_GEOGRAPHICAL = re.compile(r"(?:GI)?(AGI\d{3,9})|GI(\d{3,9})", re.ASCII)
NICE_CLASSES = 45
"""Classes of goods and services of the Nice agreement: a trademark's class is 1 to 45."""
_LETTERS = (
    "国CN京BJ津TJ冀HE晋SX蒙NM辽LN吉JL黑HL沪SH苏JS浙ZJ皖AH闽FJ赣JX鲁SD"
    "豫HA鄂HB湘HN粤GD桂GX琼HI渝CQ川SC黔GZ滇YN藏XZ陕SN甘GS青QH宁NX新XJ"
)
_PROVINCES = {_LETTERS[at]: _LETTERS[at + 1 : at + 3] for at in range(0, len(_LETTERS), 3)}
"""Who registered a work, as its number begins, and the letters that a commodity can hold (GB/T 2260)."""

IP_TYPES = {"patent": "专利", "trademark": "商标", "copyright": "著作权", "geographical_indication": "地理标志"}


def _plain_number(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def ip_right(text: str) -> tuple[str, str] | None:
    """Parse an IP right's number into (commodity, type); None when it is none of the known forms.

    Patents ``ZL202110123456.7`` (the dot and ZL may be missing; the check digit is verified), trademarks
    ``TM<no>-<class>`` or 第…号第…类, software ``2021SR0123456``, works 浙作登字-2021-F-00012345, geographical
    indications ``GI123`` and ``AGI01234``. Every accepted form is listed in docs/registers.md.
    """
    slug = _plain_number(text)
    if match := _PATENT.fullmatch(slug):
        body, check = match[1], match[2]
        return (f"ZL{body}.{check}", "patent") if patent_check_digit(body) == check else None
    if match := _TRADEMARK.fullmatch(slug):
        number, goods = match[1] or match[3], int(match[2] or match[4])
        return (f"TM{number}-{goods:02d}", "trademark") if 1 <= goods <= NICE_CLASSES else None
    if (match := _COPYRIGHT.fullmatch(slug)) or (match := _WORK_READ_BACK.fullmatch(slug)):
        return f"CR{match[1]}", "copyright"
    if (match := _WORK.fullmatch(slug)) and match[1] in _PROVINCES:
        return f"CR{_PROVINCES[match[1]]}-{match[2]}", "copyright"
    if match := _GEOGRAPHICAL.fullmatch(slug):
        return f"GI{match[1] or match[2]}", "geographical_indication"
    return None


def patent_check_wanted(text: str) -> str:
    """The check digit that a number of a patent's form should have; "" when it has no such form."""
    match = _PATENT.fullmatch(_plain_number(text))
    return patent_check_digit(match[1]) if match else ""


def patent_check_digit(body: str) -> str:
    """The check digit of a Chinese patent number: weights 2..9 repeated, modulo 11, 10 printed X.

    Source: facts/reliability.md §1 (54 of 54 real numbers agree).
    """
    total = sum(int(digit) * (index % 8 + 2) for index, digit in enumerate(body))
    return "0123456789X"[total % 11]
