"""The columns of our own templates, as data: what ``template`` draws and the readers look for.

A template is one or more tables, each a sheet of its own: a title cell that names the template, heading
fields (one label and one value a row), a 合计 row where the table has sums, the header row, the rows.
"""

from typing import Literal, NamedTuple

Form = Literal["text", "id", "list", "date", "month", "money", "choice", "rate", "int"]
"""How a cell is written. ``id`` is text whose every digit counts, ``list`` names separated by 、, ``rate`` 4.35%."""


class Column(NamedTuple):
    """One column, or one heading field. ``choices`` maps the officer's word to the program's.

    ``least`` is the smallest number that may stand there (fen for money, a count for int); None for any. A column
    that is not ``compared`` is free for a bank to word otherwise when it says a posted row again. One that is
    ``is_late`` came after forms had been handed out: it stands in an empty form, in a filled one where a row has it.
    """

    title: str
    key: str
    form: Form = "text"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    width: int = 14
    note: str = ""
    least: int | None = 0
    compared: bool = True
    is_late: bool = False


class Table(NamedTuple):
    """One sheet. Above the header stands a 合计 row: the count of rows, and the sums of the columns in ``totals``.

    ``identity`` are the columns that name a row; rows are taken in their order, so that the order in the file means
    nothing. It is empty where the file's order is part of what it says (a statement).
    """

    key: str
    sheet: str
    columns: tuple[Column, ...]
    heading: tuple[Column, ...] = ()
    totals: tuple[str, ...] = ()
    optional: bool = False
    identity: tuple[str, ...] = ()


class Template(NamedTuple):
    """One kind of register. The first table carries the heading; ``notes`` stand in 填表说明."""

    kind: str
    title: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()

    @property
    def marker(self) -> str:
        """The words of the title cell by which a reader knows the template."""
        return f"〔登记表 {self.kind} 第 1 版〕"


PRODUCTS = (("保险", "insured"), ("直贷", "direct"))
GRADES = (
    ("正常", "normal"),
    ("关注", "special_mention"),
    ("次级", "substandard"),
    ("可疑", "doubtful"),
    ("损失", "loss"),
)
YES_NO = (("是", "true"), ("否", "false"))
APPRAISED = (("单项", "single"), ("整体", "package"))
IP_SORTS = (
    ("专利", "patent"),
    ("商标", "trademark"),
    ("著作权", "copyright"),
    ("地理标志", "geographical_indication"),
)
POLICY_ACTS = (
    ("承保", "issued"),
    ("批改", "endorsed"),
    ("理赔", "paid"),
    ("拒赔", "refused"),
    ("退保", "lapsed"),
    ("到期", "lapsed"),
)
SOURCES = (("借款人还款", "borrower"), ("质物处置", "collateral"), ("保证人", "guarantor"), ("其他", "other"))
CLAIMANTS = (("合作银行", "bank"), ("担保机构", "guarantor"), ("保险人", "insurer"))
SHARE_SORTS = (("出资方份数", "contributor"), ("损失分担金额", "party"))
ACCOUNTS = (
    ("银行存款", "bank_account"),
    ("在途资金", "in_transit"),
    ("追偿应收款", "receivable"),
    ("应付补偿款", "payable"),
    ("待查款项", "unidentified"),
    ("出资", "contribution"),
    ("累计结余", "result"),
)

_BANK = Column("合作银行", "bank", width=20, note="pool.toml 中的银行名称、别名或代码")
_LOAN = Column("借据号", "loan", "id", width=20, note="大写字母、数字、连字符；与银行台账一致")
_CASE = Column("案件编号", "case", "id", width=18, note="风险池给的案件编号")
_REGISTRATION = Column("质押登记号", "pledge", "id", width=20, note="质押登记通知书上的登记号")
_MONTH = Column("月份", "month", "month", width=12, note="如 2023-05")
_REMARK = Column("备注", "remark", required=False, width=24, compared=False)

_LOANS = Table(
    "loans",
    "入库备案",
    (
        _LOAN,
        Column("合同号", "contract_no", "id", width=20),
        Column("备案号", "filing_no", "id", width=18),
        Column("备案日", "filed_on", "date"),
        _BANK,
        Column("借款人", "borrower", width=30),
        Column("统一社会信用代码", "uscc", "id", width=22, note="18 位；校验位不符只提示，不拒收"),
        Column("产品", "product", "choice", choices=PRODUCTS, width=8),
        Column("合同金额", "principal_fen", "money", width=16, note="借款合同金额，元", least=1),
        Column("未偿本金", "outstanding_fen", "money", width=16, note="备案日的未偿本金，元", least=1),
        Column("年利率", "annual_rate", "rate", width=10, note="如 4.35%"),
        Column("放款日", "disbursed_on", "date"),
        Column("到期日", "due_on", "date"),
        _REGISTRATION._replace(note="质押的权利逐行填在「质押权利」表"),
        Column(
            "知识产权份额",
            "ip_quota_fen",
            "money",
            required=False,
            width=16,
            note="合同载明的知识产权担保额，元；未载明则空",
        ),
        Column(
            "担保总额",
            "collateral_quota_fen",
            "money",
            required=False,
            width=16,
            note="合同载明的全部担保额，元；未载明则空",
        ),
        Column("保单号", "policy", "id", required=False, width=20, note="产品为「保险」时填"),
        Column("保险人", "insurer", required=False, width=24, note="产品为「保险」时填；pool.toml 中的保险人"),
        Column("保证人", "guarantor", required=False, width=24),
        Column("用途", "use", required=False, width=20),
        Column("镇街", "town", required=False, width=12),
        Column("行业", "industry", required=False, width=16),
        Column("续贷原借据号", "renews", "id", required=False, width=20, note="续贷时填被续的借据号"),
    ),
    totals=("principal_fen", "outstanding_fen"),
    identity=("loan",),
)
_RIGHTS = Table(
    "rights",
    "质押权利",
    (
        _REGISTRATION,
        Column("登记日", "registered_on", "date", note="同一登记号各行相同"),
        Column("顺位", "rank", "int", width=8, note="第一顺位填 1", least=1),
        Column(
            "权利编号",
            "right",
            "id",
            width=22,
            note="专利 ZL202110123456.7；商标 TM注册号-类别；著作权 登记号；地理标志 GI编号",
        ),
        Column("权利名称", "title", width=30),
        Column("权利人", "owner", width=30),
        Column("权利到期日", "expires_on", "date", required=False),
        Column("评估方式", "appraised", "choice", choices=APPRAISED, width=10),
        Column(
            "评估值",
            "value_fen",
            "money",
            required=False,
            width=16,
            note="元；「整体」评估只在该登记号的一行上填总值",
            least=1,
        ),
        Column("评估日", "appraised_on", "date"),
        Column("评估机构", "appraiser", required=False, width=24),
        Column(
            "权利类型",
            "ip_type",
            "choice",
            required=False,
            choices=IP_SORTS,
            width=10,
            note="填了就须与编号相符",
            compared=False,
        ),
    ),
    totals=("value_fen",),
    identity=("pledge", "right"),
)
_TAPE = Table(
    "tapes",
    "月末贷款状况",
    (
        _LOAN,
        Column("借款人", "borrower", width=30),
        Column("月末余额", "outstanding_fen", "money", width=16, note="元；还清填 0"),
        Column("本月还本", "repaid_fen", "money", width=16, note="上月末余额减本月末余额，元"),
        Column("其中补偿冲减", "by_compensation_fen", "money", width=16, note="用补偿款冲减的本金，元；没有填 0"),
        Column("其中追偿冲减", "by_recovery_fen", "money", width=16, note="用追偿所得冲减的本金，元；没有填 0"),
        Column("逾期天数", "overdue_days", "int", width=10, note="没有填 0"),
        Column("五级分类", "grade", "choice", choices=GRADES, width=10),
        Column("质押注销日期", "pledge_released_on", "date", required=False),
        _REMARK,
    ),
    heading=(_BANK, _MONTH),
    totals=("outstanding_fen", "repaid_fen", "by_compensation_fen", "by_recovery_fen"),
    identity=("loan",),
)
_INSURANCE = Table(
    "insurance",
    "保险清单",
    (
        Column("类别", "act", "choice", choices=POLICY_ACTS, width=8),
        Column("保单号", "policy", "id", width=22, note="大写字母、数字、连字符"),
        _LOAN,
        Column("被保险人", "insured", width=30),
        Column(
            "保额", "sum_fen", "money", required=False, width=16, note="承保时填；批改时填批改后的保额，元", least=1
        ),
        Column(
            "保费",
            "premium_fen",
            "money",
            required=False,
            width=14,
            note="承保时填；批改增减的保费可填，减少为负，元",
            least=None,
        ),
        Column("起期", "from_on", "date", required=False, note="承保时填"),
        Column("止期", "until_on", "date", required=False, note="承保、批改时填；保障的最后一日"),
        Column("赔款", "amount_fen", "money", required=False, width=16, note="理赔时填，元", least=1),
        _CASE._replace(required=False, note="理赔、拒赔时填"),
        Column("理赔或终止日期", "acted_on", "date", required=False, width=16, note="批改、理赔、拒赔、退保、到期时填"),
        Column("批单号", "endorsement", "id", required=False, width=20, note="批改时填"),
        Column("批改前保额", "sum_before_fen", "money", required=False, width=16, note="批改时填，元；须与账上相同"),
        Column("拒赔金额", "refused_fen", "money", required=False, width=16, note="拒赔时填，元；没有应担的份额填 0"),
        Column("拒赔理由", "reason", required=False, width=30, note="拒赔时填"),
    ),
    heading=(Column("保险人", "insurer", width=24, note="pool.toml 中的保险人名称、别名或编号"),),
    totals=("sum_fen", "premium_fen", "amount_fen", "sum_before_fen", "refused_fen"),
    identity=("policy", "act", "case", "endorsement", "acted_on"),
)
_APPLICATIONS = Table(
    "applications",
    "补偿申请",
    (
        _CASE,
        _LOAN,
        Column("借款人", "borrower", width=30),
        Column("申请日", "applied_on", "date"),
        Column("受理日", "accepted_on", "date"),
        Column("申请人", "claimant", "choice", choices=CLAIMANTS, width=12),
        Column("到期日", "due_on", "date", note="经备案的展期后的到期日"),
        Column("逾期起算日", "overdue_since_on", "date", note="到期日或宣布提前到期日的次日"),
        Column("提前到期宣布日", "accelerated_on", "date", required=False, width=16),
        Column("逾期计算截止日", "assessed_on", "date", width=16, note="逾期天数算到这一日，一般为受理日"),
        Column("未偿本金", "principal_fen", "money", width=16, note="元"),
        Column("未偿利息", "interest_fen", "money", width=16, note="元；没有填 0"),
        Column("罚息", "penalty_interest_fen", "money", width=14, note="元；没有填 0"),
        Column("追偿费用", "recovery_cost_fen", "money", width=14, note="已发生的，元；没有填 0"),
        Column("处置所得", "disposal_proceeds_fen", "money", width=16, note="质物处置已收，元；没有填 0"),
        Column("保险已赔", "insurer_paid_fen", "money", width=16, note="元；没有填 0"),
        Column("担保已代偿", "guarantee_payment_fen", "money", width=16, note="元；没有填 0"),
        Column("他处已获补偿", "awarded_elsewhere_fen", "money", width=16, note="其他财政资金，元；没有填 0"),
        Column("申请金额", "claimed_fen", "money", width=16, note="元", least=1),
        Column("五级分类", "grade", "choice", choices=GRADES, width=10),
        Column("企业在本市登记", "registered_in_city", "choice", choices=YES_NO, width=14),
        Column("近三年信用良好", "in_good_credit", "choice", choices=YES_NO, width=14),
        Column("贷款用途合规", "use_holds", "choice", choices=YES_NO, width=14),
        Column("质权已登记", "pledge_registered", "choice", choices=YES_NO, width=14),
        Column("银行已催收", "bank_demanded", "choice", choices=YES_NO, width=12),
        Column("已起诉或仲裁", "is_sued", "choice", choices=YES_NO, width=14),
        Column("质物已处置", "is_disposed", "choice", choices=YES_NO, width=12),
        Column("附件清单", "attachments", "list", width=40, note="附件名称，用「、」或「；」隔开；份数由此计"),
        Column(
            "材料",
            "papers",
            "list",
            required=False,
            width=40,
            note="办法列有须交材料的才填：已送达的材料，名称照办法所列，用「、」隔开；一件也没有的填「无」",
            is_late=True,
        ),
    ),
    heading=(_BANK,),
    totals=("principal_fen", "interest_fen", "claimed_fen"),
    identity=("case",),
)
_RECOVERIES = Table(
    "recoveries",
    "追偿报告",
    (
        _CASE,
        Column("期次", "number", "int", width=8, note="同一案件从 1 起连续", least=1),
        _LOAN,
        Column("通知日", "notified_on", "date"),
        Column("追回毛额", "gross_fen", "money", width=16, note="本期，元", least=1),
        Column("费用", "cost_fen", "money", width=14, note="本期追偿费用，元；没有填 0"),
        Column(
            "净额",
            "net_fen",
            "money",
            required=False,
            width=16,
            note="追回毛额减费用，元；填了就须相符",
            least=None,
            compared=False,
        ),
        Column("冲减本金", "principal_fen", "money", width=16, note="银行台账因此减少的本金，元；没有填 0"),
        Column("来源", "source", "choice", choices=SOURCES, width=12),
        _REMARK,
    ),
    heading=(_BANK,),
    totals=("gross_fen", "cost_fen", "net_fen", "principal_fen"),
    identity=("case", "number"),
)
_EXTENSIONS = Table(
    "extensions",
    "展期备案",
    (
        _LOAN,
        Column("借款人", "borrower", width=30),
        Column("原到期日", "due_on", "date"),
        Column("新到期日", "new_due_on", "date"),
        Column("备案号", "filing_no", "id", width=18),
        Column("备案日", "filed_on", "date"),
        _REMARK,
    ),
    heading=(_BANK,),
    identity=("loan",),
)
_STATEMENT = Table(
    "statement",
    "纸质对账单录入",
    (
        Column("日期", "on", "date"),
        Column("摘要", "bank_summary", required=False, width=20),
        Column(
            "支出", "outflow_fen", "money", required=False, width=16, note="银行借方，元；与收入只填一项", least=None
        ),
        Column("收入", "inflow_fen", "money", required=False, width=16, note="银行贷方，元", least=None),
        Column("余额", "balance_fen", "money", width=18, note="元", least=None),
        Column("对方户名", "counterparty", required=False, width=30),
        Column("流水号", "serial", "id", required=False, width=20),
    ),
    heading=(
        Column("账号", "number", "id", width=24, note="专户账号，全部数字"),
        _MONTH,
        Column("期初余额", "opening_fen", "money", width=18, least=None),
        Column("期末余额", "closing_fen", "money", width=18, least=None),
    ),
    totals=("outflow_fen", "inflow_fen"),
)
_BALANCES = Table(
    "balances",
    "科目余额",
    (
        Column("科目", "account", "choice", choices=ACCOUNTS, width=14),
        Column(
            "对象",
            "party",
            "id",
            required=False,
            width=28,
            note="银行存款填账号或账户代号；追偿应收款、应付补偿款、待查款项填合作银行；出资、累计结余填出资方；在途资金空",
        ),
        Column("借方余额", "debit_fen", "money", required=False, width=18, note="元"),
        Column("贷方余额", "credit_fen", "money", required=False, width=18, note="元"),
        _REMARK,
    ),
    heading=(Column("建账日", "on", "date", note="期初余额所在的那一日终了"),),
    totals=("debit_fen", "credit_fen"),
    identity=("account", "party"),
)
_POLICIES = Table(
    "policies",
    "在保保单",
    (
        Column("保单号", "policy", "id", width=22),
        Column("保险人", "insurer", width=24),
        _LOAN,
        Column("被保险人", "insured", width=30),
        Column("保额", "sum_fen", "money", width=16, least=1),
        Column("保费", "premium_fen", "money", width=14),
        Column("起期", "from_on", "date"),
        Column("止期", "until_on", "date"),
    ),
    totals=("sum_fen", "premium_fen"),
    optional=True,
    identity=("insurer", "policy"),
)
_CASES = Table(
    "cases",
    "在办案件",
    (
        _CASE,
        _LOAN,
        _BANK,
        Column("借款人", "borrower", width=30),
        Column("裁决日", "decided_on", "date"),
        Column("未偿本金", "unpaid_principal_fen", "money", width=16, note="建账日银行台账上的未偿本金，元"),
        Column("损失基数", "base_fen", "money", width=16, least=1),
        Column("已付补偿", "paid_fen", "money", width=16, least=1),
        Column("已收回", "recovered_fen", "money", width=16, note="风险池已收到的追偿款，元"),
        Column("已通知未到账", "notified_unreceived_fen", "money", width=16),
        Column("待追偿", "recourse_fen", "money", width=16, note="已付补偿减已收回、减已通知未到账，元"),
        Column("累计追回毛额", "recovered_gross_fen", "money", width=16),
        Column("累计追偿费用", "recovered_cost_fen", "money", width=16),
        Column("裁决依据", "rule_words", width=40, note="当时所依据的文件与条款"),
    ),
    totals=("unpaid_principal_fen", "paid_fen", "recourse_fen"),
    optional=True,
    identity=("case",),
)
_CASE_SHARES = Table(
    "case_shares",
    "案件分担",
    (
        _CASE,
        Column("类别", "sort", "choice", choices=SHARE_SORTS, width=14),
        Column("名称", "name", width=24, note="出资方名称或编号；分担方填 pool、bank、insurer、guarantor、appraiser"),
        Column("数额", "amount", "money", width=16, note="出资方为该案已付补偿中的金额，元；分担方为其分担的损失，元"),
    ),
    optional=True,
    identity=("case", "sort", "name"),
)

TEMPLATES: tuple[Template, ...] = (
    Template(
        "loans",
        "知识产权质押贷款入库备案表",
        (_LOANS, _RIGHTS),
        (
            "一笔借据一行；质押的权利在「质押权利」表逐项填写，以质押登记号与借据相连。",
            "多笔借据共用一个质押登记号时，权利只填一次。",
            "同一权利已质押给他人或另一登记号的，整份不收（一权两押）。",
        ),
    ),
    Template(
        "tapes",
        "知识产权质押贷款月末状况表",
        (_TAPE,),
        ("本行在池贷款每笔一行，不得遗漏。", "上月末余额减本月还本等于月末余额；两项冲减包含在本月还本之内。"),
    ),
    Template("insurance", "知识产权质押贷款保险清单", (_INSURANCE,), ("承保、批改、理赔、拒赔、退保、到期各填一行。",)),
    Template("applications", "风险补偿申请表", (_APPLICATIONS,), ("每案一行；各项事实须有附件为证。",)),
    Template("recoveries", "追偿报告表", (_RECOVERIES,), ("只填本期发生数，不填累计数。",)),
    Template("extensions", "贷款展期备案表", (_EXTENSIONS,), ("未备案的展期不改变到期日。",)),
    Template(
        "statement",
        "纸质对账单录入表",
        (_STATEMENT,),
        ("按纸质对账单逐笔录入，次序与原件相同；本表只用于对账，不作记账依据。",),
    ),
    Template(
        "opening",
        "期初建账表",
        (_BALANCES, _LOANS._replace(sheet="在池贷款"), _RIGHTS, _POLICIES, _CASES, _CASE_SHARES),
        (
            "科目余额借贷合计必须相等；贷款、权利、保单、案件均按建账日的状况填写。",
            "在办案件是已付补偿、仍在追偿的案件；其贷款也要填在「在池贷款」，两处的未偿本金相同。",
        ),
    ),
)

KINDS = tuple(template.kind for template in TEMPLATES)


def template_of(kind: str) -> Template:
    """The template of this kind; asking for another is our mistake."""
    found = [template for template in TEMPLATES if template.kind == kind]
    assert found, f"no template {kind!r}"
    return found[0]
