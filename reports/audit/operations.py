"""The operation log (操作日志) as people read it: searched, named in Chinese, as a table. Ids only, no names."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.oplog import LogRecord
from reports.tables import FlatTable

UNREADABLE_LOG = FaultKind(
    "核验-日志-02",
    "操作日志读不懂",
    "逐条写成的操作日志",
    "运行 riskpool verify 查明，用备份恢复。",
    ExitCode.REFUSED,
)
KINDS = (UNREADABLE_LOG,)

POSTED = {
    "import": "导入文件",
    "adopt": "采用办法",
    "transfer": "划转、存定期",
    "identify": "认领待查款项",
    "manual": "手工凭证",
    "reverse": "红字注销、蓝字订正",
    "adjust": "差额或以前年度更正",
    "explain": "断号说明",
    "amend-pool": "修改设置",
    "return-paid-in": "退回出资",
    "pay": "拨付补偿款",
    "decide": "裁决补偿申请",
    "supplement": "补充申请",
    "fund": "拨付轮次",
    "clawback": "补偿退回",
    "write-off": "核销",
    "reconcile": "对账签认",
    "match": "确认凭证与流水对应",
    "year-end": "年末结转",
}
"""Acts that are proposed as a draft (``draft-`` before the name) and posted as a batch."""
PLAIN = {
    "init": "建账",
    "amend": "修改草稿",
    "reject": "退回草稿",
    "review": "复核草稿",
    "close": "结账",
    "reopen": "重开（反结账）",
    "abandon": "说明上一条没有完成",
}
_PROPOSED = "draft-"


class Logged(NamedTuple):
    """One record and the file it stands in."""

    path: Path
    record: LogRecord

    @property
    def title(self) -> str:
        """What was done, in Chinese; an act without a name as it is written."""
        return act_title(self.record.act)


def act_title(act: str) -> str:
    """An act's name as officers read it: ``draft-pay`` is 制单：拨付补偿款, ``pay`` is 记账：拨付补偿款."""
    if act in PLAIN:
        return PLAIN[act]
    word, name = ("制单", act.removeprefix(_PROPOSED)) if act.startswith(_PROPOSED) else ("记账", act)
    return f"{word}：{POSTED[name]}" if name in POSTED else act


def log_of(root: Path) -> tuple[Logged, ...]:
    """The whole log of a books folder in order; a damaged record refuses, because a search must not pass over one."""
    found = []
    for path in sorted((root / "log").glob("*.json")):
        try:
            found.append(Logged(path, LogRecord.model_validate_json(path.read_bytes())))
        except ValueError:
            raise Refusal([Fault(UNREADABLE_LOG, path.name, Place(f"log/{path.name}"))]) from None
    return tuple(found)


class Wanted(NamedTuple):
    """What to look for; an empty field asks nothing. Days are counted whole, both ends included."""

    who: str = ""
    act: str = ""
    from_on: date = date.min
    through_on: date = date.max
    text: str = ""

    def fits(self, item: Logged) -> bool:
        """Whether a record is wanted. ``act`` is a code, or a part of its Chinese name."""
        record = item.record
        words = (record.at, record.act, item.title, record.batch, *record.who, *record.what)
        return (
            (not self.who or self.who in record.who)
            and (not self.act or self.act == record.act or self.act in item.title)
            and self.from_on.isoformat() <= record.at[:10] <= self.through_on.isoformat()
            and (not self.text or any(self.text in word for word in words))
        )


COLUMNS = ("序号", "时间", "人员", "事项", "内容", "代码", "批次或回执散列", "前一条散列")


def log_table(items: Iterable[Logged]) -> FlatTable:
    """Records as a flat table, whole: an export shows what the chain is made of."""
    rows = [
        (
            item.record.number, item.record.at, "、".join(item.record.who), item.title, "、".join(item.record.what),
            item.record.act, item.record.batch, item.record.previous,
        )
        for item in items
    ]  # fmt: skip
    return FlatTable("operation_log", COLUMNS, tuple(rows))
