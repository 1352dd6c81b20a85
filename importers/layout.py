"""A bank's layout as data: the words that name it, what its columns mean, what it says that can be proved.

A bank's module under :mod:`importers.banks` holds layouts and nothing else; how a table of one is read stands once, in
:mod:`importers.lists.reading`. docs/layouts.md shows how to add one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ledger.events.base import BankCode


class Means(StrEnum):
    """What a column says, in our words: the whole vocabulary of a layout."""

    DAY = "日期"
    TIME = "时刻"
    MOMENT = "日期和时刻"
    STAMP = "时间戳"
    """A time of day whose form is not known for certain: it helps to order rows and is never refused."""
    AMOUNT = "发生额"
    INCOME = "收入"
    EXPENSE = "支出"
    DIRECTION = "收付方向"
    BALANCE = "余额"
    CURRENCY = "币种"
    SERIAL = "流水号"
    STATUS = "状态"
    OWN = "本方账号"
    OTHER = "对方户名"
    OTHER_ACCOUNT = "对方账号"
    OTHER_BANK = "对方开户行"
    PAYER = "付款人"
    PAYER_ACCOUNT = "付款人账号"
    PAYER_BANK = "付款人开户行"
    PAYEE = "收款人"
    PAYEE_ACCOUNT = "收款人账号"
    PAYEE_BANK = "收款人开户行"
    SUMMARY = "摘要"
    PURPOSE = "用途"
    REMARK = "附言"
    ORDINAL = "序号"
    """Counts the rows of one export: another export of the same row may say another number."""
    KEPT = "只保存"
    """Kept in the reading with every other cell, read for nothing."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a layout: its title in compared form, other titles it has borne, what it means.

    ``needed`` columns name the layout; a file that lacks one is another layout, or a drifted one.
    """

    name: str
    means: Means = Means.KEPT
    also: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True, slots=True)
class About:
    """Fields that a paper has above its table, each by the labels it has borne; () where it has none."""

    account: tuple[str, ...] = ()
    period: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sums:
    """A paper's own totals, each by its label. ``needed`` must be there once the totals' rows are.

    ``at`` says where they stand: above the table or in its footer as a label with its value beside it, or in a
    footer row under the columns themselves (then the labels are column titles).
    """

    at: Literal["above", "footer", "columns"]
    count: str = ""
    came_count: str = ""
    came: str = ""
    went_count: str = ""
    went: str = ""
    needed: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout is data: the words that name it, what its columns mean, and what it says that can be proved.

    ``above`` are titles of which one must stand over the table. A footer begins at a row whose first filled cell
    begins with one of ``footer``. ``directions`` are the words of the direction column with their signs,
    ``worded`` says that each amount must begin with 收 or 支, ``done`` is the status of a transaction that
    happened, ``nobody`` the words printed in place of an own account. The version is part of ``slug``.
    """

    slug: str
    bank: BankCode
    title: str
    columns: tuple[Column, ...]
    above: frozenset[str] = frozenset()
    about: About = About()
    sums: Sums | None = None
    footer: tuple[str, ...] = ()
    directions: Mapping[str, int] = field(default_factory=dict)
    worded: bool = False
    done: str = ""
    nobody: frozenset[str] = frozenset()

    @property
    def words(self) -> tuple[str, ...]:
        """The titles that a header must have."""
        return tuple(column.name for column in self.columns if column.needed)

    def missing(self, labels: Collection[str]) -> tuple[str, ...]:
        """Needed titles that a header row has under none of their names."""
        return tuple(
            column.name
            for column in self.columns
            if column.needed and column.name not in labels and not any(name in labels for name in column.also)
        )
