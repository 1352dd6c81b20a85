"""中国银行: the corporate account history HISQRY, 38 bilingual columns (banks.md §1.1).

The preamble names the account and states totals of both sides; each row says its direction twice, by word and
by sign, and on which side our own account stands. The identity of a row is 记录标识号, 27 digits as text; one file may
hold several accounts one below the other, each with its own preamble and header.
"""

from importers.layout import About, Column, Layout, Means, Sums

LAYOUTS = (
    Layout(
        slug="boc.hisqry38.v1",
        bank="boc",
        title="中国银行流水（HISQRY）",
        about=About(account=("查询账号",), period=("查询时间范围",)),
        sums=Sums(
            at="above",
            count="总笔数",
            came_count="贷方发生总笔数",
            came="贷方发生总额",
            went_count="借方发生总笔数",
            went="借方发生总额",
        ),
        directions={"来账": 1, "往账": -1},
        columns=(
            Column("交易类型", Means.DIRECTION),
            Column("业务类型", Means.SUMMARY),
            Column("付款人开户行号", also=("付款人开户行行号",), needed=False),
            Column("付款人开户行名", Means.PAYER_BANK),
            Column("付款人账号", Means.PAYER_ACCOUNT),
            Column("付款人名称", Means.PAYER),
            Column("收款人开户行行号", also=("收款人开户行号",), needed=False),
            Column("收款人开户行名", Means.PAYEE_BANK),
            Column("收款人账号", Means.PAYEE_ACCOUNT),
            Column("收款人名称", Means.PAYEE),
            Column("交易日期", Means.DAY),
            Column("交易时间", Means.TIME),
            Column("交易货币", Means.CURRENCY),
            Column("交易金额", Means.AMOUNT),
            Column("交易后余额", Means.BALANCE),
            Column("起息日期", needed=False),
            Column("汇率", needed=False),
            Column("交易流水号", needed=False),
            Column("客户申请号", needed=False),
            Column("记录标识号", Means.SERIAL),
            Column("摘要", Means.SUMMARY),
            Column("用途", Means.PURPOSE),
            Column("交易附言", Means.REMARK),
            Column("备注", Means.REMARK),
            Column("客户业务编号", Means.REMARK, needed=False),
            Column("凭证类型", needed=False),
            Column("凭证号码", needed=False),
        ),
    ),
)
