"""What a bank's paper claims, and the ways in which it is not believed: shared by all that prove it."""

from dataclasses import dataclass
from typing import Literal

from importers.records import BankExtract
from ledger.events.base import BankCode
from ledger.faults import Fault, FaultKind, Place
from ledger.papers import BankLine
from ledger.provenance import SourceFile

BROKEN_CHAIN = FaultKind(
    "导入-余额-01",
    "余额不连续",
    "上一笔余额加本笔发生额等于本笔余额",
    "可能缺行、改过数或收付方向相反。请从网银重新导出完整流水。",
)
TOTALS_DISAGREE = FaultKind(
    "导入-余额-02",
    "合计与明细不符",
    "文件自带的笔数、金额合计与逐笔相加一致",
    "文件可能被截断或删改。请从网银重新导出完整流水。",
)
CLOSING_DISAGREES = FaultKind(
    "导入-余额-03",
    "期末余额与明细不符",
    "期初余额加减各笔等于期末余额",
    "请向银行索取完整的对账单。",
)
GAP = FaultKind(
    "导入-衔接-01",
    "与上次导入之间有缺口",
    "首个新行之前的余额等于上次导入的期末余额",
    "请先导入中间缺少的流水，或导出一份从上次截止日开始的流水。",
)
OUT_OF_PERIOD = FaultKind(
    "导入-日期-02",
    "交易日期不在文件所称期间内",
    "每笔交易日期都在查询时间范围内",
    "请从网银重新导出，不要拼接文件。",
)
TWICE = FaultKind(
    "导入-流水号-02",
    "同一流水号出现两次",
    "每个流水号在文件中只出现一次",
    "请从网银重新导出，不要拼接文件。",
)
EMPTY = FaultKind(
    "导入-空表-01",
    "没有交易，也没有可接续的余额",
    "首次导入的流水至少有一笔交易",
    "请换一个有交易的期间导出；期初余额请用期初建账录入。",
)
UNKNOWN_ACCOUNT = FaultKind(
    "导入-账号-01",
    "账号不在 pool.toml 中",
    "本资金池登记的专户账号",
    "请核对导出的是不是专户；新开的账户先用 riskpool amend-pool 增列。",
)
WRONG_BANK = FaultKind(
    "导入-账号-02",
    "账户与文件的银行不符",
    "该银行自己导出的本账户流水",
    "请核对文件是从哪家银行、哪个账户导出的。",
)
CHOOSE_ACCOUNT = FaultKind(
    "导入-账号-03",
    "文件没有写明是哪个账户",
    "能由余额接续唯一确定的账户，或由导入人指明的账户",
    "用 --account 指明账户代号，再导入一次。",
)
HINT_DISAGREES = FaultKind(
    "导入-账号-04",
    "指明的账户与文件不符",
    "与文件所载账号一致的账户",
    "请核对文件，或不指明账户、由文件决定。",
)
SEVERAL_ORDERS = FaultKind(
    "导入-余额-04",
    "各行的先后不能由余额唯一确定",
    "只有一种次序能使余额逐笔连续，或文件本身按时间排列",
    "请从网银重新导出，不要在 Excel 里排序或筛选。",
)
CAPPED = FaultKind(
    "导入-截断-01",
    "笔数正好是网银导出的上限",
    "写明合计或期末余额的文件，或不足上限笔数的文件",
    "这样的文件可能在上限处被截断。请缩短期间，分几次导出。",
)
KINDS = (
    BROKEN_CHAIN,
    SEVERAL_ORDERS,
    CAPPED,
    TOTALS_DISAGREE,
    CLOSING_DISAGREES,
    GAP,
    OUT_OF_PERIOD,
    TWICE,
    EMPTY,
    UNKNOWN_ACCOUNT,
    WRONG_BANK,
    CHOOSE_ACCOUNT,
    HINT_DISAGREES,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A paper that asks to be believed. ``bank`` is None where the layout is not one bank's (bkrs)."""

    extract: BankExtract
    source: SourceFile
    kind: Literal["list", "statement"]
    bank: BankCode | None

    def fault(self, kind: FaultKind, found: str, line: BankLine | None = None, expected: str = "") -> Fault:
        """A fault of this paper, at a line where it has one, with that line's cells."""
        if line is None:
            return Fault(kind, found, self.place(self.extract.first_row), expected=expected)
        cells = [text.strip() for _, text in self.extract.originals.get(line.line.row, ()) if text.strip()]
        return Fault(kind, found, self.place(line.line.row), tuple(cells[:8]), expected=expected)

    def place(self, row: int | None) -> Place:
        """A place in this paper. A file's only table needs no row for what is said of it whole."""
        return Place(self.source.name, self.extract.sheet, row)
