"""How each fault of a rule text is met: a text that says something else is adopted, and cases come under it.

The texts are the demonstration's with a few words changed; they are invented and nobody's rules.
"""

from album.stage import EXAMPLES, NONE, OPENED, YEAR, Provocation, Stage

RULE = EXAMPLES.parents[1] / "riskpool" / "rules" / "demo-2023" / "2023-01-01"
APPLIED, DECIDING = "decide BC2023-001", "2023-06-20T09:00:00"
APPLICATION = "2023-06/abchina-application-BC2023-001.xlsx"
TAPE, RECOVERY = "2023-06/abchina-tape-202306.xlsx", "2023-12/abchina-recovery-BC2023-001.xlsx"
LOANS, LATER_LOANS = "2023-03/boc-loans-202303.xlsx", "2023-05/abchina-loans-202305.xlsx"
DECIDE = "decide BC2023-001 --as chen --chief gu"
SUPPLEMENT = "supplement {} {} --reason 试验 --attachment 依据.txt --as chen"
BUDGET = (
    '[clause."试验第一条".budget]\npayer = "pool"\nmeter = "pool_year"\nper = ["paid_year"]\namount = "1万元"\n'
    'share_out = "fifo"\nrest = "queue"'
)
SIGN = ("review --as lu", "post --as shen")
Change = tuple[str, str]


def rule(*changes: Change) -> bytes:
    """The demonstration's text with words replaced, each once; each must be there."""
    said = (RULE / "rule_text.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in said, old
        said = said.replace(old, new, 1)
    return said.encode()


OWN: tuple[Change, ...] = (
    ('slug = "demo-2023"', 'slug = "trial"'),
    ("演示办法（演示；非慈溪规定）", "试验办法（虚构）"),
)
TAKING_OVER = ('"accepted_on"]\ndemo', '"accepted_on"]\ntakes_over = ["demo-2023@2023-01-01"]\ndemo')


def spoken(*topics: str) -> Change:
    """Topics that are no longer passed over in silence, because a clause speaks of them."""
    line = next(line for line in rule().decode().splitlines() if line.startswith("topics = "))
    kept = line
    for topic in topics:
        assert f'"{topic}"' in kept, topic
        kept = kept.replace(f'"{topic}", ', "").replace(f', "{topic}"', "")
    return line, kept


def silent(topic: str) -> Change:
    """A topic passed over in silence, because no clause speaks of it any more."""
    return "topics = [", f'topics = ["{topic}", '


def without(article: str) -> Change:
    """A clause left out, whole."""
    said = rule().decode()
    start = said.index(f'[clause."{article}')
    return said[start : said.index("\n\n", start) + 2], ""


def with_clause(clause: str) -> Change:
    """One more clause."""
    return "[[silent]]", f"{clause}\n\n[[silent]]"


def _adopt(stage: Stage, now: str, *changes: Change) -> None:
    stage.put("办法/rule_text.toml", rule(*OWN, *changes))
    stage.put("办法/notes.md", "# 试验（虚构）\n")
    stage.does("rules adopt 办法 --as chen --chief gu", *SIGN, now=now)


def decided(code: str, how: str, *changes: Change) -> Provocation:
    """An application that waits is decided under another text."""
    return Provocation(
        code,
        how,
        DECIDE,
        APPLIED,
        lambda stage: _adopt(stage, DECIDING, TAKING_OVER, *changes),
        spoils=True,
        now=DECIDING,
    )


def filed(code: str, how: str, source: str, now: str, *changes: Change) -> Provocation:
    """Loans are filed under another text."""

    def prepare(stage: Stage) -> None:
        stage.example(source, "备案.xlsx")
        _adopt(stage, now, TAKING_OVER, *changes)

    return Provocation(code, how, "import 备案.xlsx --as chen", source, prepare, spoils=True, now=now)


def recovered(code: str, how: str, *changes: Change) -> Provocation:
    """The bank reports a recovery on the case taken over at the opening, under another text."""
    now = "2023-03-20T09:00:00"

    def prepare(stage: Stage) -> None:
        _report(stage)
        _adopt(stage, now, *changes)

    return Provocation(code, how, "import 追偿.xlsx --as chen", OPENED, prepare, spoils=True, now=now)


def _report(stage: Stage) -> None:
    row = {"A6": "BC2022-001", "B6": 1, "C6": "BOC2021-0001", "D6": "2023-03-20", "B3": "中国银行"}
    stage.cells(RECOVERY, "追偿.xlsx", *(("追偿报告", cell, value) for cell, value in row.items()))


def _unpaid(stage: Stage) -> None:
    stage.does(DECIDE, *SIGN, now=DECIDING)
    stage.cells(RECOVERY, "追偿.xlsx", ("追偿报告", "D6", "2023-06-20"))


def _two_texts(stage: Stage) -> None:
    earlier = (
        ("effective_on = 2023-01-01", "effective_on = 2022-01-01"),
        ('lapsed_on = "无截止日"', "lapsed_on = 2023-01-01"),
        ('dated_by = ["accepted_on"]', 'dated_by = ["filed_on"]'),
    )
    _adopt(stage, DECIDING, *earlier)


def _voucher(*moves: tuple[str, str]) -> str:
    lines = " ".join(
        f"--line Equity:3101出资:{party}={amount} --line Equity:3201累计结余:{party}=-{amount}"
        for party, amount in moves
    )
    return f"voucher --number SG-9 --summary 出资转出 --reason 试验 {lines} --attachment 依据.txt --as chen"


def _moved_out(*moves: tuple[str, str]) -> object:
    def prepare(stage: Stage) -> None:
        stage.put("依据.txt", "依据（虚构）\n")
        stage.does(_voucher(*moves), *SIGN, now=DECIDING)

    return prepare


def _one_drained(stage: Stage) -> None:
    stage.put("依据.txt", "依据（虚构）\n")
    lines = "--line Equity:3101出资:02县级财政=10300000.00 --line Equity:3101出资:01市级财政=-10300000.00"
    said = f"voucher --number SG-9 --summary 出资划转 --reason 试验 {lines} --attachment 依据.txt --as chen"
    stage.does(said, *SIGN, now=DECIDING)
    _adopt(stage, DECIDING, TAKING_OVER, ('parts = "实缴比例"', 'parts = ["02"]'))


def _budget_spent(stage: Stage) -> None:
    _adopt(stage, DECIDING, TAKING_OVER, spoken("budget"), with_clause(BUDGET))
    stage.does(DECIDE, *SIGN, "fund --as chen --chief gu", *SIGN, now=DECIDING)


def _paper(stage: Stage) -> None:
    stage.put("依据.txt", "依据（虚构）\n")


def _taken_back(stage: Stage) -> None:
    _paper(stage)
    back = "clawback BC2023-001 --amount 100.00 --cause offered --reason 来函 --as chen --chief gu"
    further = SUPPLEMENT.format("BC2023-001", "--fact 质物处置所得=100.00")
    stage.does(back, *SIGN, further, *SIGN, now="2024-03-20T09:00:00")


def _repaid(stage: Stage) -> None:
    sheet, repaid = "月末贷款状况", {"C7": 500000, "D7": 100000, "C5": 13800000, "D5": 100000}
    stage.cells(TAPE, "月末.xlsx", *((sheet, cell, value) for cell, value in repaid.items()))
    stage.does("import 月末.xlsx --as chen", *SIGN, now="2023-07-03T09:00:00")


def _guaranteed(stage: Stage) -> None:
    stage.cells(APPLICATION, "申请.xlsx", ("补偿申请", "Q6", 600000))
    stage.does("import 申请.xlsx --as chen", *SIGN, now=DECIDING)


def _lost_record(stage: Stage) -> None:
    for path in (stage.books / "documents").glob("*-decision.json"):
        stage.cut(f"documents/{path.name}")


TEXTS = (
    Provocation(
        "办法-文本-05",
        "事项表里漏了一项。",
        "rules validate 办法",
        NONE,
        lambda stage: stage.put("办法/rule_text.toml", rule(spoken("budget"))),
    ),
    recovered(
        "办法-时效-01",
        "事情发生在办法施行之前。",
        ("effective_on = 2023-01-01", "effective_on = 2023-07-01"),
    ),
    Provocation(
        "办法-时效-02",
        "旧办法按备案日适用，新办法按受理日适用：旧时备案、新时申请的案件两个都适用。",
        DECIDE,
        APPLIED,
        _two_texts,
        spoils=True,
        now=DECIDING,
    ),
    decided(
        "办法-未定-02",
        "条款的一个参数列为未定，案件正要用它。",
        ('less = ["disposal_proceeds"]\n', ""),
        ("assumed = { less = ", "unset = { less = "),
    ),
    decided(
        "办法-日历-01",
        "期限按工作日数，起算日在没有放假安排的年份。",
        spoken("deadline"),
        with_clause(
            '[clause."试验第一条".deadline]\nfact = "applied_on"\nsince = "filed_on"\nwithin = "300个工作日"\n'
            'effect = "refuse"\nuse = "application"'
        ),
    ),
)
FILINGS = (
    filed(
        "入库-倍数-01",
        "放大倍数以资金池规模为基数，规模还没有定。",
        LOANS,
        "2023-03-09T09:00:00",
        spoken("leverage", "size"),
        with_clause(
            '[clause."试验第一条".leverage_limit]\nbasis = "size"\nmultiple = "10倍"\n\n'
            '[clause."试验第二条".pool_size]\nunset = { amount = "原文未写规模" }'
        ),
    ),
    filed(
        "熔断-指标-01",
        "办法按不良贷款本金损失判断熔断，账上没有这个数。",
        LOANS,
        "2023-03-09T09:00:00",
        ('measure = "overdue_principal"', 'measure = "npl_loss"'),
    ),
    filed(
        "熔断-状态-01",
        "银行的逾期本金落在办法没有规定的区间。",
        LATER_LOANS,
        "2023-05-10T09:00:00",
        (
            '{ where = ["达到100万元", "不超过300万元"], state = "暂停整改", effect = "refuse_new", lasts = "3个月" }',
            '{ where = ["达到50万元", "不超过300万元"], why = "原文在此区间没有规定" }',
        ),
    ),
)
SECOND_BASE = '[clause."试验第一条".base_of]\ncomponents = ["principal", "interest"]\nless = []'
BANDS = """rate_by_band]
payer = "pool"
by = "loan_principal"
reading = "whole"
bands = [
  { where = "不超过50万元", rate = "50%" },
  { where = ["超过50万元", "不超过100万元"], why = "原文没有规定" },
  { where = "超过100万元", rate = "40%" },
]
"""
CASES = (
    decided(
        "裁决-事实-01",
        "办法要看企业是不是科技型企业，申请表里没有这一项。",
        with_clause(
            '[clause."试验第一条".require]\nfact = "is_tech_firm"\nmust = true\neffect = "refuse"\nat = "application"'
        ),
    ),
    decided(
        "裁决-事实-02",
        "办法限制罚息与利息之比，这笔贷款没有欠息。",
        with_clause(
            '[clause."试验第一条".require_ratio]\nfact = "penalty_interest"\nover = "interest"\nmust = "不超过50%"\n'
            'effect = "refuse"\nat = "application"'
        ),
    ),
    Provocation(
        "裁决-出资-01",
        "实缴出资已全部转出，办法却按实缴比例分摊。",
        DECIDE,
        APPLIED,
        _moved_out(("01市级财政", "17020000.00"), ("02县级财政", "11480000.00")),  # type: ignore[arg-type] # a preparation
        spoils=True,
        now=DECIDING,
    ),
    decided(
        "裁决-出资-02",
        "两个出资方，办法没有说由谁承担。",
        without("演示第九条"),
        silent("contributors"),
    ),
    Provocation(
        "裁决-出资-03",
        "转出的出资比一方实缴的还多。",
        DECIDE,
        APPLIED,
        _moved_out(("02县级财政", "20000000.00")),  # type: ignore[arg-type] # a preparation
        spoils=True,
        now=DECIDING,
    ),
    Provocation(
        "裁决-本金-01",
        "申请之后借款人又还了一部分本金。",
        DECIDE,
        APPLIED,
        _repaid,
        spoils=True,
        now="2023-07-03T09:00:00",
    ),
    decided(
        "裁决-条款-01",
        "两条分担条款的前提写成了一样。",
        ('when = { product = "保险贷款" }', 'when = { product = "直接贷款" }'),
    ),
    decided(
        "裁决-条款-02",
        "办法只写了保险贷款怎样分担，来的是直接贷款。",
        ('when = { product = "直接贷款" }', 'when = { product = "保险贷款" }'),
    ),
    decided("裁决-条款-03", "两条损失基数条款都没有写前提。", with_clause(SECOND_BASE)),
    decided(
        "裁决-条款-04",
        "贷款 60 万元，分档表在 50 万与 100 万之间没有规定。",
        ('share_by_parts]\nsays = "未投保', 'rate_by_band]\nsays = "未投保'),
        ("parts = { pool = 5, bank = 5 }\n", BANDS.partition("\n")[2]),
    ),
    decided(
        "裁决-条款-05",
        "损失基数只写了担保机构申请的，来的是银行申请的。",
        ('components = ["principal"]', 'when = { claimant = "担保机构" }\ncomponents = ["principal"]'),
    ),
    Provocation(
        "裁决-出资-04",
        "办法只用一方的钱，这一方的出资已划给另一方。",
        DECIDE,
        APPLIED,
        _one_drained,
        spoils=True,
        now=DECIDING,
    ),
    decided(
        "裁决-出资-05",
        "办法既有年度预算，又让出资方依次支用。",
        ('parts = "实缴比例"', 'parts = ["02", "01"]'),
        spoken("budget"),
        with_clause(BUDGET),
    ),
    Provocation("裁决-轮次-01", "没有案件在排队。", "fund --as chen --chief gu", YEAR, spoils=True),
    Provocation(
        "裁决-轮次-02",
        "一年的预算已经用完，其余的还在排队。",
        "fund --as chen --chief gu",
        APPLIED,
        _budget_spent,
        spoils=True,
        now=DECIDING,
    ),
    Provocation(
        "裁决-补充-01",
        "案件编号写错。",
        SUPPLEMENT.format("BC2023-999", "--claim 100.00"),
        YEAR,
        _paper,
        spoils=True,
    ),
    Provocation(
        "裁决-补充-02",
        "金额写成了中文，备案登记的日期也想改。",
        SUPPLEMENT.format("BC2023-001", "--fact 质物处置所得=二十万 --fact 备案日=2023-01-01"),
        YEAR,
        _paper,
        spoils=True,
    ),
    Provocation(
        "裁决-再次-01",
        "补偿已由人工决定追回一部分，又有新的事实要重算。",
        DECIDE,
        YEAR,
        _taken_back,
        spoils=True,
    ),
    Provocation(
        "裁决-获利-01",
        "担保机构已经代偿了全部本金，银行仍来申请。",
        DECIDE,
        APPLICATION,
        _guaranteed,
        spoils=True,
        now=DECIDING,
    ),
    Provocation("裁决-记录-01", "裁决记录文件被人改了。", "what-if demo-2023", YEAR, _lost_record, spoils=True),
    Provocation(
        "追偿-未付-01",
        "补偿刚刚核定，还没有拨付，银行就报来一笔追偿。",
        "import 追偿.xlsx --as chen",
        APPLIED,
        _unpaid,
        spoils=True,
        now=DECIDING,
    ),
    recovered("追偿-比例-01", "办法没有写追偿所得怎样分。", without("演示第十一条"), silent("recovery")),
)

TABLE = "编号,状态,放款,核销,核销日\nJ-1,核销,600000.00,600000.00,2023-05-31\n"
MAP = """[table]
encoding = "utf-8"
delimiter = ","
unit = "元"
dates = "yyyy-mm-dd"

[columns]
loan = "编号"
status = "状态"
disbursed = "放款"
loss = "核销"
lost_on = "核销日"

[status]
lost = ["核销"]
paid = ["结清"]
open = ["未结清"]
void = ["未放款"]
"""


def tried(code: str, how: str, mapping: str = MAP, table: str = TABLE, out: str = "结果") -> Provocation:
    """A table of loans from outside, tried under the demonstration's text."""

    def prepare(stage: Stage) -> None:
        stage.put("贷款.csv", table)
        stage.put("对应.toml", mapping)
        stage.put("满/x", "x")

    return Provocation(
        code, how, f"backtest --loans 贷款.csv --map 对应.toml --rules demo-2023 --out {out}", NONE, prepare
    )


TRIALS = (
    tried("回测-对应-01", "对应文件的单位写成了「块」。", MAP.replace('"元"', '"块"')),
    tried("回测-对应-02", "对应文件所指的栏名表里没有。", MAP.replace('loss = "核销"', 'loss = "核销额"')),
    tried("回测-事实-01", "办法要看企业是否在本市登记，表里没有。"),
    tried("回测-表格-01", "表头有一个没有合上的引号。", table=TABLE.replace("编号", '"编号')),
    tried("回测-输出-01", "结果写到有别的东西的文件夹。", out="满"),
)

PROVOCATIONS = (*TEXTS, *FILINGS, *CASES, *TRIALS)
