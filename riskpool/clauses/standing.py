"""Kinds that speak of the pool as a whole: at filing, over a round of payments, at a recovery.

Two of them also run: a suspension that defers payments in a decision, a leverage limit on a filing.
"""

from ledger.faults import ExitCode, FaultKind
from riskpool.clauses.kind import Bound, Clause, Kind, Parameter, Seats
from riskpool.clauses.requirements import WHOLE, judge
from riskpool.clauses.run import ONE, Run, Template, WordTest
from riskpool.clauses.sharing import PAYER
from riskpool.facts import SUSPENSION as STATE_FACT
from riskpool.literals import MILLION

NOT_STATED = FaultKind(
    "熔断-状态-01",
    "办法没有规定这一区间的状态",
    "办法分档表中有规定的区间",
    "报主管商办法制定机关解释后再受理。",
    ExitCode.REFUSED,
)
NO_SIZE = FaultKind(
    "入库-倍数-01",
    "放大倍数以资金池规模为基数，规模未定",
    "写明资金池规模的办法",
    "取得已签发的文本后录入资金池规模，再采用。",
    ExitCode.REFUSED,
)
FAULTS = (NOT_STATED, NO_SIZE)

LEVERAGE_FACTS = {
    "balance": "pool_balance",
    "paid_in": "pool_paid_in",
    "bank_quota": "bank_quota",
    "bank_deposit": "bank_deposit",
}
"""Where the basis of a leverage limit is read from; the pool's stated size is in the text itself."""


def defers(clause: Clause) -> bool:
    """Whether a suspension clause holds back payments, so that decisions must know its state.

    With its table unset nobody knows whether it does: a decision asks it, and is refused.
    """
    return "states" not in clause.parameters or any(row.effect == "defer" for row in clause.states("states"))


def _bind_deferral(clause: Clause, _seats: Seats) -> Bound:
    """The state is a fact worked out from the history of its measure; a decision asks only what it does."""
    rows = clause.states("states")
    fact = f"{STATE_FACT}{clause.article}"
    template = Template(clause.no, clause.kind, "one_of", "state", "defer")
    allowed = (
        (clause.word("otherwise"), f"p:{clause.no}.otherwise"),
        *(
            (row.state, f"p:{clause.no}.states.{index}.state")
            for index, row in enumerate(rows)
            if row.state and row.effect != "defer"
        ),
    )
    test = WordTest(template, f"f:{fact}", allowed)
    named = {row.state for row in rows if row.state} | {clause.word("otherwise")}

    def deferral(run: Run) -> None:
        if not run.ask(test, fact):
            state = run.fact(fact)
            if state not in named:
                raise run.refusal(NOT_STATED, f"{clause.article}：{state}")
            run.note(template)

    return deferral


def _bind_leverage(clause: Clause, seats: Seats) -> Bound:
    basis = clause.word("basis")
    multiple = (clause.integer("multiple"), f"p:{clause.no}.multiple")
    limiting = Template(clause.no, clause.kind, "share_down", "leverage_limit")
    adding = Template(clause.no, clause.kind, "sum", "in_pool")
    judging = Template(clause.no, clause.kind, "at_most", "in_pool", "refuse")
    size = seats.size

    def leverage(run: Run) -> None:
        base = size if basis == "size" else run.money(LEVERAGE_FACTS[basis])
        if base is None:
            raise run.refusal(NO_SIZE, f"{clause.article}以资金池规模为基数，规模未定")
        limit = run.add(limiting, (WHOLE, ONE, base, multiple), base[0] * multiple[0] // MILLION)
        both = (run.money("in_pool_principal"), run.money("loan_principal"))
        after = run.add(adding, both, both[0][0] + both[1][0])
        judge(run, judging, after, limit)

    return leverage


REST = Parameter("rest", "不足部分", "choice", {"queue": "排队等候", "next_year": "转下一年度", "lapse": "不再支付"})
SHARE_OUT = Parameter("share_out", "不足时", "choice", {"fifo": "按受理先后", "pro_rata": "按应付比例"})
SUSPENSION = Kind(
    "suspension",
    "熔断",
    "suspension",
    "suspension",
    (
        Parameter("scope", "范围", "choice", {"bank": "按银行", "guarantor": "按担保机构", "pool": "按全池"}),
        Parameter(
            "measure",
            "指标",
            "choice",
            {"overdue_principal": "逾期贷款未还本金", "npl_principal": "不良贷款本金", "npl_loss": "不良贷款本金损失"},
        ),
        Parameter(
            "over",
            "指标的分母",
            "choice",
            {"amount": "不设分母，按金额", "loan_balance": "贷款余额", "booked_principal": "当年入库本金"},
        ),
        Parameter("states", "分档", "states"),
        Parameter("otherwise", "其余情形", "label"),
        Parameter("resumes", "恢复条件", "resumption"),
    ),
    _bind_deferral,
    ("resumes",),
)
LEVERAGE_LIMIT = Kind(
    "leverage_limit",
    "放大倍数",
    "leverage",
    "leverage",
    (
        Parameter(
            "basis",
            "倍数的基数",
            "choice",
            {
                "balance": "池内余额",
                "paid_in": "累计出资",
                "size": "资金池规模",
                "bank_quota": "配给该行的额度",
                "bank_deposit": "存放该行的资金",
            },
        ),
        Parameter("multiple", "倍数", "multiple"),
    ),
    _bind_leverage,
)
POOL_SIZE = Kind("pool_size", "资金池规模", "leverage", "size", (Parameter("amount", "金额", "money"),))
BUDGET = Kind(
    "budget",
    "年度预算",
    "budget",
    "budget",
    (
        PAYER,
        Parameter("meter", "额度名称", "meter"),
        Parameter("per", "按何计", "round_dimensions"),
        Parameter("amount", "预算金额", "money"),
        SHARE_OUT,
        REST,
    ),
    lazy=("share_out", "rest"),
)
BALANCE_LIMIT = Kind(
    "balance_limit",
    "以余额为限",
    "balance",
    "balance_limit",
    (
        PAYER,
        Parameter("basis", "以何为限", "choice", {"balance": "池内余额", "paid_in": "累计出资", "size": "资金池规模"}),
        SHARE_OUT,
        REST,
    ),
    lazy=("share_out", "rest"),
)
RECOVERY_SPLIT = Kind(
    "recovery_split",
    "追偿分配",
    "recovery",
    "recovery",
    (
        Parameter("costs", "追偿费用", "choice", {"first": "先行扣除", "borne_by_bank": "银行自担"}),
        Parameter("by", "分配比例", "choice", {"decided": "按裁决金额", "nominal": "按办法所定比例"}),
        Parameter("limit", "以何为限", "choice", {"paid": "以已付补偿为限", "none": "不限"}),
    ),
)
POOL_MAY_PAY = Kind(
    "pool_may_pay",
    "可列支费用",
    "charge",
    "charges",
    (
        Parameter(
            "costs",
            "可由专户列支的费用",
            "charges",
            {
                "bank_fee": "银行手续费",
                "manager_fee": "管理费",
                "audit": "审计费",
                "legal": "诉讼律师费",
                "finance_cost": "财务费用",
            },
        ),
    ),
)
KINDS = (SUSPENSION, LEVERAGE_LIMIT, POOL_SIZE, BUDGET, BALANCE_LIMIT, RECOVERY_SPLIT, POOL_MAY_PAY)
