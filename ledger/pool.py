"""The pool's own settings (pool.toml): staff, banks, accounts, contributors, insurers.

Written by the office, copied into the books by ``init``. Nothing about rates, caps or deadlines is here:
those are a rule text's.
"""

import tomllib
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from ledger.events.base import BankCode, Frozen, PartyNo, Text
from ledger.faults import Fault, FaultKind, Place, Refusal, toml_words
from ledger.ids import AccountSlug, StaffId
from ledger.slots import bare

BAD_POOL = FaultKind(
    "建账-设置-01",
    "pool.toml 读不懂",
    "按 docs/first-month.md 所列各节填写的 pool.toml",
    "改正所指的一项后重试。",
)
KINDS = (BAD_POOL,)

Role = Literal["preparer", "reviewer", "bookkeeper", "chief"]
"""制单、复核、记账、主管."""


def _bare(text: str) -> str:
    if not text.strip() or bare(text) != text:
        raise ValueError("不能为空，不能含引号、反斜杠、换行或控制字符")
    return text


Name = Annotated[str, Field(max_length=100), AfterValidator(_bare)]
"""A name as it may stand in book text."""


class Staff(Frozen):
    """A person who acts. ``name`` is printed on vouchers."""

    id: StaffId
    name: Name
    roles: tuple[Role, ...] = Field(min_length=1)


class Bank(Frozen):
    """A partner bank. ``no`` is its two-digit number in the chart; ``aliases`` are names files use."""

    code: BankCode
    no: PartyNo
    name: Name
    aliases: tuple[Text, ...] = ()


class BankAccount(Frozen):
    """A dedicated account (专户) or a time deposit (定期) at one of the banks.

    ``number`` is the full account number as text; logs and links use ``slug``.
    """

    slug: AccountSlug
    bank: BankCode
    no: PartyNo
    sort: Literal["dedicated", "deposit"]
    number: Annotated[str, Field(pattern=r"^[0-9-]{6,32}$")]
    name: Name


class Contributor(Frozen):
    """Who paid in: city, county, bank, mutual money. Not a loss-sharing party."""

    no: PartyNo
    name: Name
    aliases: tuple[Text, ...] = ()


class Insurer(Frozen):
    """An insurer whose lists we read."""

    no: PartyNo
    name: Name
    aliases: tuple[Text, ...] = ()


class Pool(Frozen):
    """The whole of pool.toml. ``title`` also fixes Fava's URL, so it is never changed."""

    title: Name
    slug: Annotated[str, Field(pattern=r"^[a-z0-9-]{2,30}$")]
    unit: Name
    invented: bool = False
    staff: tuple[Staff, ...] = Field(min_length=2)
    bank: tuple[Bank, ...] = Field(min_length=1)
    account: tuple[BankAccount, ...] = Field(min_length=1)
    contributor: tuple[Contributor, ...] = Field(min_length=1)
    insurer: tuple[Insurer, ...] = ()

    def bank_of(self, code: str) -> Bank:
        """The bank with this code; asking for one that is not there is our mistake."""
        found = [bank for bank in self.bank if bank.code == code]
        assert found, f"no bank {code!r} in pool.toml"
        return found[0]

    def account_of(self, slug: str) -> BankAccount:
        """The bank account with this slug."""
        found = [account for account in self.account if account.slug == slug]
        assert found, f"no account {slug!r} in pool.toml"
        return found[0]

    def staff_of(self, staff_id: str) -> Staff | None:
        """The staff member with this id, or None: ids come from the command line."""
        return next((person for person in self.staff if person.id == staff_id), None)


def parse_pool(text: str, file: str = "pool.toml") -> Pool:
    """Read pool.toml's text; every fault is gathered into one refusal."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal([Fault(BAD_POOL, toml_words(error), Place(file))]) from None
    table = {**table.pop("pool", {}), **table}
    try:
        pool = Pool.model_validate(table)
    except ValidationError as error:
        raise Refusal(Fault(BAD_POOL, _in_words(item), Place(file)) for item in _told(error.errors())) from None
    faults = [Fault(BAD_POOL, found, Place(file)) for found in _doubles(pool)]
    if faults:
        raise Refusal(faults)
    return pool


_WORDS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项，请删去或改正名称",
    "literal_error": "不在可选的词中",
    "string_pattern_mismatch": "写法不对",
    "string_type": "应为带引号的文字",
    "too_short": "个数不够",
    "string_too_long": "太长",
}
"""What pydantic finds, in the officer's language."""


def _told(found: list[ErrorDetails]) -> list[ErrorDetails]:
    """What is wrong, without the lists that are "too short" only because an entry of theirs is wrong."""
    within = {item["loc"][0] for item in found if len(item["loc"]) > 1}
    return [item for item in found if item["type"] != "too_short" or item["loc"][0] not in within]


def _in_words(item: ErrorDetails) -> str:
    """``第 3 个 [[staff]] 的 roles：不在可选的词中（'prep'）``; entries count from 1 as a reader counts them."""
    place = ""
    for part in item["loc"]:
        place = (
            f"第 {part + 1} 个 [[{place}]]" if isinstance(part, int) else f"{place} 的 {part}" if place else str(part)
        )
    said = _WORDS.get(item["type"], item["msg"].removeprefix("Value error, "))
    given = f"（{item['input']!r}）" if isinstance(item["input"], (str, int)) else ""
    return f"{place}：{said}{given}"


def _doubles(pool: Pool) -> list[str]:
    lists = {
        "staff.id": [person.id for person in pool.staff],
        "bank.code": [bank.code for bank in pool.bank],
        "bank.no": [bank.no for bank in pool.bank],
        "account.slug": [account.slug for account in pool.account],
        "account.bank+no+sort": [f"{item.bank} {item.no} {item.sort}" for item in pool.account],
        "account.number": [account.number for account in pool.account],
        "contributor.no": [party.no for party in pool.contributor],
        "insurer.no": [party.no for party in pool.insurer],
    }
    found = [f"{name} 有重复" for name, values in lists.items() if len(values) != len(set(values))]
    codes = {bank.code for bank in pool.bank}
    strays = [item for item in pool.account if item.bank not in codes]
    return found + [f"account {item.slug} 的 bank「{item.bank}」不在 bank 中" for item in strays]
