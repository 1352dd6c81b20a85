"""农业银行: 企业网银 账户明细, as BIFF ``.xls`` or ``.xlsx``, seven header variants (banks.md §2).

Income and expense stand in two columns, the balance after each row in a third. ABC-1 has no reference number
and ABC-2's is left aside on purpose: both then give the same transaction the same key (day, amount, balance
after, counterparty, n-th), so one exported twice in two layouts is still one. The footer 汇总收入金额 is checked.

The title over the table is part of every variant: 四川农信 prints the same words under another title.
"""

from importers.layout import About, Column, Layout, Means, Sums

_SIDES = (Column("收入金额", Means.INCOME), Column("支出金额", Means.EXPENSE))
_MOMENT = (Column("交易时间", Means.MOMENT), *_SIDES, Column("账户余额", Means.BALANCE))
_OTHER = (Column("对方账号", Means.OTHER_ACCOUNT), Column("对方户名", Means.OTHER))
_OTHER_BANK = Column("对方开户行", Means.OTHER_BANK)
_PURPOSE, _SUMMARY = Column("交易用途", Means.PURPOSE), Column("摘要", Means.SUMMARY)
_PLACES = (Column("交易行名"), Column("对方省市", also=("对方城市",)))
_ORDINAL = Column("序号", Means.ORDINAL, needed=False)


def _layout(slug: str, title: str, *columns: Column) -> Layout:
    return Layout(
        slug=slug,
        bank="abchina",
        title=f"农业银行{title}",
        columns=(*columns, _ORDINAL),
        above=frozenset({"账户明细", "账户历史明细"}),
        about=About(account=("账号", "账户号", "帐号"), period=("起止日期",), currency=("币种",)),
        sums=Sums(
            at="footer",
            came_count="汇总收入笔数",
            came="汇总收入金额",
            went_count="汇总支出笔数",
            went="汇总支出金额",
            needed="汇总收入金额",
        ),
        footer=("汇总",),
    )


LAYOUTS = (
    _layout(
        "abchina.detail11.v1",
        "账户明细（会计日期）",
        *_MOMENT,
        *_PLACES,
        *_OTHER,
        _PURPOSE,
        _SUMMARY,
        Column("会计日期"),
    ),
    _layout(
        "abchina.detail19.v1",
        "账户明细（19 栏）",
        Column("交易日期", Means.DAY),
        Column("交易时间戳", Means.STAMP),
        *_SIDES,
        Column("本次余额", Means.BALANCE, also=("账户余额",)),
        Column("手续费总额"),
        *_OTHER,
        Column("交易说明", Means.REMARK),
        Column("交易摘要", Means.SUMMARY),
        Column("交易附言", Means.REMARK),
        Column("交易日志号"),
    ),
    _layout(
        "abchina.detail10.v1",
        "账户明细（对方开户行）",
        *_MOMENT,
        *_OTHER,
        _PURPOSE,
        _OTHER_BANK,
        _SUMMARY,
        Column("交易说明", Means.REMARK),
    ),
    _layout(
        "abchina.detail9.v1",
        "账户明细（对方开户行，无交易说明）",
        *_MOMENT,
        *_OTHER,
        _PURPOSE,
        _OTHER_BANK,
        _SUMMARY,
    ),
    _layout(
        "abchina.old9.v1",
        "账户明细（2018 年版）",
        *_MOMENT,
        *_PLACES,
        *_OTHER,
        _PURPOSE,
        Column("摘要", Means.SUMMARY, needed=False),
    ),
    _layout(
        "abchina.history7.v1",
        "账户历史明细",
        *_MOMENT,
        *_OTHER,
        _OTHER_BANK,
        Column("交易用途", Means.PURPOSE, needed=False),
        Column("摘要", Means.SUMMARY, needed=False),
    ),
)
