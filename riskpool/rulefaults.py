"""What can be wrong with a rule text's file, and what a reading of one gathers."""

from dataclasses import dataclass, field

from ledger.faults import Fault, FaultKind, Place

BAD_FILE = FaultKind("办法-文本-01", "办法文件读不懂", "合乎 TOML 写法的 rule_text.toml", "按所指位置改正写法。")
BAD_FIELD = FaultKind(
    "办法-文本-02", "办法抬头或参与方有误", "[rule_text] 和 [party] 各项齐全", "对照已签发文本补齐或改正该项。"
)
BAD_CLAUSE = FaultKind(
    "办法-文本-03", "条款写法有误", '[clause."条款".种类] 一节，种类为已知种类', "改正条款的种类或其共同各项。"
)
BAD_PARAMETER = FaultKind(
    "办法-文本-04", "条款参数有误", "每个参数或有取值，或列入 unset 并写明原因", "对照已签发文本填写该参数。"
)
BAD_TOPIC = FaultKind(
    "办法-文本-05",
    "事项未交代或重复交代",
    "每一事项或由条款规定，或在 [[silent]] 中注明",
    "补写条款，或在 [[silent]] 中注明原因。",
)
KINDS = (BAD_FILE, BAD_FIELD, BAD_CLAUSE, BAD_PARAMETER, BAD_TOPIC)


@dataclass(slots=True)
class Reading:
    """What a reading gathers: faults above all."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, kind: FaultKind, section: str, found: str, expected: str = "") -> None:
        """Note what was found in a section, and what was expected instead."""
        self.faults.append(Fault(kind, found, Place(self.file, column=section), expected=expected))
