"""Write docs/faults.md from the fault kinds in the code: ``python docs/make_faults.py``. A test compares the two."""

import importlib
import pkgutil
from pathlib import Path

from ledger.faults import Fault, FaultKind, Place

ROOMS = ("ledger", "importers", "riskpool", "reports", "desk")
GROUPS = {
    "人员": "谁能办什么",
    "建账": "建立账套、期初",
    "模板": "登记表模板",
    "导入": "银行文件、对账单、登记表",
    "入库": "备案贷款是否合乎办法",
    "熔断": "暂停与恢复",
    "草稿": "制单、复核、退回",
    "记账": "记账、期间、余额",
    "资金": "划转、付款、认领、手工凭证",
    "更正": "撤回、差额更正、断号说明",
    "设置": "修改 pool.toml",
    "办法": "管理办法的文本与采用",
    "裁决": "补偿申请的裁决",
    "回测": "用办法试算外来的贷款表",
    "案件": "经过、退回、核销",
    "追偿": "追偿分配",
    "对账": "与对账单核对",
    "结账": "月末、年末",
    "报表": "出表",
    "导出": "写出文件",
    "账簿": "打开与写入账套",
    "核验": "是否被改动",
    "备份": "备份、恢复、审计归档",
    "界面": "浏览器里看账",
    "命令": "命令行写法",
    "演示": "演示",
}
LEAD = """# 提示与拒绝：每个代码是什么意思、怎么办

程序拒收一份文件或拒绝一件事时，打印 `[代码]`、文件、工作表、行、栏，读到了什么、应为什么、怎么办；
所有毛病一次列全，账簿没有变化。

```text
{example}
```

**退出码**：0 完成；1 有待处理的发现（例如还不能结账、账被改动）；2 输入有误（改正文件或命令后重做）；
3 拒绝办理（缺权限、缺规定、时机不对）。几个毛病一起出现时取最大的一个。
程序自己的错误不会写成这样的提示，那是要报给维护人员的缺陷。

下表由 `docs/make_faults.py` 写成，与代码逐字一致，由测试核对。「应为」「怎么办」是缺省的说法，个别提示会说得更具体。
"""


def kinds() -> dict[str, FaultKind]:
    """Every fault kind that a module of ours defines, by code."""
    found: dict[str, FaultKind] = {}
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            for value in vars(importlib.import_module(module.name)).values():
                for kind in value if isinstance(value, tuple) else (value,):
                    if isinstance(kind, FaultKind):
                        found[kind.code] = kind
    return dict(sorted(found.items()))


def page() -> str:
    """The whole page."""
    every = kinds()
    rooms = {code.partition("-")[0] for code in every}
    assert rooms == set(GROUPS), rooms ^ set(GROUPS)
    place = Place("boc-01-list-202304.csv", row=12, column="交易金额")
    example = Fault(every["导入-金额-01"], "+1,2O0.00", place, ("来账", "20230412", "+1,2O0.00"), 2)
    parts = [LEAD.format(example=example)]
    for group, title in GROUPS.items():
        parts += [f"## {group}：{title}", "", "| 代码 | 是什么 | 应为 | 怎么办 | 退出码 |", "|---|---|---|---|---|"]
        parts += [_row(kind) for code, kind in every.items() if code.startswith(f"{group}-")]
        parts.append("")
    return "\n".join(parts).rstrip("\n") + "\n"


def _row(kind: FaultKind) -> str:
    cells = (kind.code, kind.title, kind.expected, kind.remedy, str(int(kind.exit_code)))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    Path(__file__).with_name("faults.md").write_text(page(), encoding="utf-8")
