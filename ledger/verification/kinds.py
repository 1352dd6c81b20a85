"""What a verification can find."""

from ledger.faults import ExitCode, FaultKind

CHANGED = FaultKind(
    "核验-改动-01",
    "账套被改动",
    "与入账时逐字一致的内容",
    "用备份恢复后重新核验；查明何人何时改动。",
    ExitCode.FINDINGS,
)
RESTYLED = FaultKind(
    "核验-改动-02",
    "批次的注释或空白被改动，内容未变",
    "与入账时逐字一致的文字",
    "金额和文字未受影响；用备份恢复原文件，查明何人改动。",
    ExitCode.FINDINGS,
)
BROKEN_CHAIN = FaultKind(
    "核验-链-01", "批次链断开", "序号连续、前后相接的批次", "缺失或多出的批次用备份恢复。", ExitCode.FINDINGS
)
UNFINISHED = FaultKind(
    "核验-日志-01",
    "最后一次操作没有完成",
    "日志所记的批次在账内",
    "若当时程序中断，重做这一步即可；否则尾部批次可能被删去，请与结账回执核对。",
    ExitCode.FINDINGS,
)
KINDS = (CHANGED, RESTYLED, BROKEN_CHAIN, UNFINISHED)
