"""The ways in which a register can be wrong, with what an officer should do about each."""

from ledger.faults import FaultKind

NO_COLUMN = FaultKind(
    "导入-登记-01",
    "缺少栏目或工作表",
    "本系统模板的全部必填栏目，各出现一次",
    "用 riskpool template 重新生成模板，不要删改表头。",
)
NO_ROWS = FaultKind("导入-登记-02", "没有数据行", "表头之下至少一行数据", "填写后重新导入；本月确无数据则不必导入。")
MORE_SHEETS = FaultKind(
    "导入-登记-03", "多出认不得的工作表", "只有模板自带的工作表", "把多出的工作表移到另一文件，或把其中的行并入模板。"
)
BLANK = FaultKind("导入-登记-04", "必填项空白", "必填栏目不能空", "补填后重新导入；没有发生的金额填 0。")
BAD_DAY = FaultKind("导入-登记-05", "日期读不懂", "日期，如 2023-03-31；月份，如 2023-03", "改成所示写法后重新导入。")
BAD_AMOUNT = FaultKind(
    "导入-登记-06", "金额读不懂", "以元计、至多两位小数的金额", "改成数字后重新导入，不写单位和文字。"
)
BAD_NUMBER = FaultKind("导入-登记-07", "数字读不懂", "整数", "改成数字后重新导入。")
BAD_RATE = FaultKind("导入-登记-08", "利率读不懂", "带百分号的年利率，如 4.35%", "改成百分比后重新导入。")
BAD_CHOICE = FaultKind("导入-登记-09", "不在可选之内", "下拉表中的一项", "从下拉表中选。")
BAD_NO = FaultKind(
    "导入-登记-10",
    "编号写法不对",
    "大写英文字母、数字和连字符，1 至 40 位，首尾不是连字符",
    "核对原件；含其他字符的编号，请与银行商定一个固定的写法。",
)
TOO_LONG = FaultKind("导入-登记-11", "文字过长", "不超过 200 字", "缩短后重新导入。")
TOTALS = FaultKind(
    "导入-登记-12", "合计不符", "合计行等于各行之和", "核对有无漏行或存成文本的金额；用 Excel 或 WPS 打开保存一次。"
)
TWICE = FaultKind("导入-登记-13", "同一编号出现两次", "每个编号一行", "删去重复的一行，或更正编号。")
NO_PARTY = FaultKind(
    "导入-登记-14",
    "pool.toml 中没有",
    "pool.toml 所列的一项",
    "核对名称；确有新增的，先用 riskpool amend-pool 增列。",
)
NO_LOAN = FaultKind(
    "导入-登记-15", "没有这笔在池贷款", "已入账的备案贷款", "核对借据号；未备案的先导入入库备案表并记账。"
)
NO_CASE = FaultKind("导入-登记-16", "没有这个案件", "已入账的补偿申请", "核对案件编号；先导入补偿申请并记账。")
NO_POLICY = FaultKind("导入-登记-17", "没有这张在保保单", "已入账的在保保单", "核对保单号；先导入承保并记账。")
NOT_AS_FILED = FaultKind("导入-登记-18", "与账上不一致", "与已入账的登记相同", "核对是否填错行；账上有误的，先更正账。")
PLEDGED_TWICE = FaultKind(
    "导入-登记-19",
    "一权两押",
    "一项权利同时只在一个质押登记号下",
    "向登记机构查询该权利的质押状态；原质押注销并入账后再备案。",
)
BAD_RIGHT = FaultKind(
    "导入-登记-20",
    "权利编号读不懂",
    "专利 ZL202110123456.7（校验位相符）、商标 TM注册号-类别、著作权 CR登记号、地理标志 GI编号",
    "对照权利证书更正。",
)
RIGHTS_APART = FaultKind(
    "导入-登记-21",
    "贷款与质押权利对不上",
    "每个质押登记号在「质押权利」表有行，每行都有贷款",
    "补填缺的行，或更正质押登记号。",
)
DAY_ORDER = FaultKind("导入-登记-22", "日期先后不对", "后一日期不早于前一日期", "对照合同更正日期。")
MONTH_GAP = FaultKind("导入-登记-23", "月份不连续", "上次已入账月份的下一个月", "先导入缺的月份并记账。")
LEFT_OUT = FaultKind("导入-登记-24", "漏报在池贷款", "该行每笔在池贷款一行", "补上缺的贷款；已还清的填余额 0。")
TAPE_SUM = FaultKind("导入-登记-25", "余额勾稽不符", "账上余额减本月还本等于月末余额", "与银行核对本月还本和余额。")
TAPE_SPLIT = FaultKind(
    "导入-登记-26",
    "还本的分项不对",
    "两项冲减之和不超过本月还本；已裁决的贷款还本全部列入两项冲减",
    "与银行核对冲减金额；裁决后收回的款项列为追偿冲减并报追偿报告。",
)
CHAIN = FaultKind("导入-登记-27", "对账单余额不连", "上行余额加收入减支出等于本行余额", "对照纸质原件更正该行。")
BALANCE_SIDE = FaultKind("导入-登记-28", "借贷填写不对", "借方、贷方（或支出、收入）只填一项", "更正该行。")
UNBALANCED = FaultKind("导入-登记-29", "期初借贷不平", "借方合计等于贷方合计", "核对累计结余：资产减负债减出资。")
CASE_FIGURES = FaultKind("导入-登记-30", "在办案件的数字不相合", "案件各项金额相互勾稽", "对照原裁决和收付凭证更正。")
NOT_NEXT = FaultKind("导入-登记-31", "期次不连续", "该案件已入账期次的下一期", "先导入缺的一期；不要改期次。")
SAID_OTHERWISE = FaultKind(
    "导入-登记-32",
    "与已入账的同一项不同",
    "与已入账（或在草稿中）的同一项相同",
    "核对是否拿错文件。先前的一份还在草稿中而有误的，先退回草稿再导入。已入账的不由登记表改动："
    "先撤回那一事项（riskpool reverse）再导入；月末状况也可请银行附书面说明，在下一个月的表中更正。",
)
DRIFTED = FaultKind(
    "导入-登记-33",
    "像登记表而栏目不全",
    "模板的全部必填栏目，或已有的栏目对应所列的全部栏名",
    "银行自己的表先用 riskpool template learn 绑定一次；已绑定而银行改了表的，重新绑定。",
)
AMBIGUOUS = FaultKind(
    "导入-登记-34", "几份栏目对应都适合", "恰有一份适合", "用 --synonyms 指明这一份用哪个栏目对应文件。"
)
NET = FaultKind("导入-登记-35", "净额不符", "净额等于追回毛额减费用", "与银行核对毛额和费用。")

KINDS = (
    NO_COLUMN,
    NO_ROWS,
    MORE_SHEETS,
    BLANK,
    BAD_DAY,
    BAD_AMOUNT,
    BAD_NUMBER,
    BAD_RATE,
    BAD_CHOICE,
    BAD_NO,
    TOO_LONG,
    TOTALS,
    TWICE,
    NO_PARTY,
    NO_LOAN,
    NO_CASE,
    NO_POLICY,
    NOT_AS_FILED,
    PLEDGED_TWICE,
    BAD_RIGHT,
    RIGHTS_APART,
    DAY_ORDER,
    MONTH_GAP,
    LEFT_OUT,
    TAPE_SUM,
    TAPE_SPLIT,
    CHAIN,
    BALANCE_SIDE,
    UNBALANCED,
    CASE_FIGURES,
    NOT_NEXT,
    SAID_OTHERWISE,
    DRIFTED,
    AMBIGUOUS,
    NET,
)
