"""Kinds that no decision runs: they speak at filing, of the pool as a whole, or at a recovery."""

from riskpool.clauses.kind import Kind, Parameter

SUSPENSION = Kind(
    "suspension",
    "熔断",
    "suspension",
    "suspension",
    (
        Parameter("scope", "范围", "choice", {"bank": "按银行"}),
        Parameter("measure", "指标", "choice", {"overdue_principal": "逾期贷款未还本金"}),
        Parameter("states", "分档", "states"),
        Parameter("otherwise", "其余情形", "label"),
        Parameter("resumes", "恢复条件", "threshold:money"),
    ),
)
LEVERAGE_LIMIT = Kind(
    "leverage_limit",
    "放大倍数",
    "leverage",
    "leverage",
    (
        Parameter(
            "basis", "倍数的基数", "choice", {"balance": "池内余额", "paid_in": "累计出资", "size": "资金池规模"}
        ),
        Parameter("multiple", "倍数", "multiple"),
    ),
)
POOL_SIZE = Kind("pool_size", "资金池规模", "leverage", "size", (Parameter("amount", "金额", "money"),))
RECOVERY_SPLIT = Kind(
    "recovery_split",
    "追偿分配",
    "recovery",
    "recovery",
    (
        Parameter("costs", "追偿费用", "choice", {"first": "先行扣除", "borne_by_bank": "银行自担"}),
        Parameter("by", "分配比例", "choice", {"decided": "按裁决金额"}),
        Parameter("limit", "以何为限", "choice", {"paid": "以已付补偿为限", "none": "不限"}),
    ),
)
KINDS = (SUSPENSION, LEVERAGE_LIMIT, POOL_SIZE, RECOVERY_SPLIT)
