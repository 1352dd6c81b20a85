"""The version that all of this was built against, the ledger's address, and what can be refused at start."""

from ledger.faults import FaultKind

VERSION = "1.30.16"
SLUG = "riskpool"
"""The ledger's part of every address. Fava would use the title, whose change would break all links."""
HOME = "pool/"

WRONG_FAVA = FaultKind(
    "界面-版本-01",
    "界面程序 Fava 的版本或内部结构不符",
    f"Fava {VERSION}，与本系统一起测试过的版本",
    "按 requirements/desk.lock 重新安装，不要单独升级 Fava；其余命令不受影响。",
)
UNREADABLE = FaultKind(
    "界面-账簿-01",
    "账簿打不开",
    "由 riskpool init 建立的账簿文件夹，内有 main.beancount",
    "核对文件夹路径；先运行 riskpool check 看账簿是否完好。",
)
FOREIGN_CODE = FaultKind(
    "界面-扩展-01",
    "账簿文件要求界面程序运行其他程序",
    "账簿中没有 fava-extension 和 import-config",
    "账簿只能由本系统写入：运行 riskpool verify 查明改动，删去该行。",
)
KINDS = (WRONG_FAVA, UNREADABLE, FOREIGN_CODE)
