"""慈溪农商银行: the two layouts of the 浙江农信 net bank, one identity (banks.md §3).

ZJRC-A has no account of its own and two unsigned columns, ZJRC-B has both a sign word (``支 3,080.00``) and a
status. The same transaction bears the same 流水号 in both, so importing one after the other adds nothing. 流水号 and
凭证号码 are two different numbers.
"""

from importers.layout import About, Column, Layout, Means, Sums

_ABOUT = About(account=("账号", "账户号", "帐号"))
"""Neither form was seen with lines above its table; where one has them and they name an account, it is that one's."""

LAYOUTS = (
    Layout(
        slug="crcb.zjrc-a.v1",
        bank="crcb",
        about=_ABOUT,
        title="慈溪农商银行流水（汇出汇入两栏）",
        sums=Sums(at="columns", came="汇入金额", went="汇出金额"),
        footer=("合计", "总计"),
        columns=(
            Column("流水号", Means.SERIAL),
            Column("交易日期", Means.DAY),
            Column("交易时间", Means.MOMENT),
            Column("汇出金额", Means.EXPENSE),
            Column("汇入金额", Means.INCOME),
            Column("对方账号", Means.OTHER_ACCOUNT),
            Column("对方户名", Means.OTHER),
            Column("余额", Means.BALANCE, also=("账户余额",)),
            Column("摘要", Means.SUMMARY),
            Column("用途", Means.PURPOSE),
            Column("对方银行名称", Means.OTHER_BANK, also=("对方开户行",)),
        ),
    ),
    Layout(
        slug="crcb.zjrc-b.v1",
        bank="crcb",
        about=_ABOUT,
        title="慈溪农商银行流水（收支合栏）",
        worded=True,
        done="交易成功",
        nobody=frozenset({"子账户账号"}),
        columns=(
            Column("交易时间", Means.MOMENT),
            Column("交易账号", Means.OWN),
            Column("对方账号", Means.OTHER_ACCOUNT),
            Column("对方户名", Means.OTHER),
            Column("对方开户行", Means.OTHER_BANK, also=("对方银行名称",)),
            Column("币种", Means.CURRENCY),
            Column("摘要", Means.SUMMARY),
            Column("余额", Means.BALANCE, also=("账户余额",)),
            Column("交易金额", Means.AMOUNT),
            Column("用途", Means.PURPOSE),
            Column("交易状态", Means.STATUS),
            Column("流水号", Means.SERIAL),
        ),
    ),
)
