"""Limits on a file, and the ways in which one can be unreadable. Figures: facts/banks.md §8, issue 4 item 11."""

from typing import Any

from ledger.faults import FaultKind

MAX_BYTES = 64 * 2**20
"""A busy account's whole year as text: 100,000 rows of 38 columns are 30 MB, 200,000 are 60."""
MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 200 * 2**20
MAX_RATIO = 200
"""Unpacked to packed size of one member. A measured bomb had 343, honest workbooks 4 to 7."""
SMALL_BYTES = 2**20
"""A member that unpacks to no more than this can't hurt whatever its ratio: a sheet of blanks packs very well."""
MAX_ROWS = 200_000
MAX_COLUMNS = 256
MAX_EMPTY_ROWS = 1_000
MAX_CELLS = 8_000_000
MAX_CELL_CHARS = 32_767
MAX_OUTPUT_BYTES = 128 * 2**20
"""What a reading process may hand back: one long text that a million cells share is small only in the file."""
MAX_SHEET_NAME = 100
MEMORY_BYTES = 512 * 2**20
CPU_SECONDS = 120
"""Processor time of one reading process: what a file costs, not how long it waits for its turn. On a crowded machine
the same work costs several times as much of it: 27 µs a cell of a workbook were measured on one."""
WALL_SECONDS = 900
"""The last resort against a process that waits for ever. A machine that is held or shared must not meet it."""
HARDENED: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""How lxml reads whatever comes from outside: no road leads out of the file."""
LONG_NUMBER = 10**15
"""From here on a double no longer holds every digit: an id this long must be a text cell."""

TOO_BIG = FaultKind(
    "导入-文件-01",
    "文件过大",
    "不超过 64 MB，20 万行、256 列、800 万格以内，压缩率正常的文件",
    "请按月分段重新导出。",
)
UNKNOWN_KIND = FaultKind(
    "导入-文件-02",
    "认不出的文件类型",
    "Excel 工作簿（.xlsx、.xls）、文本表格（.csv）或财政部电子凭证（XML、OFD）",
    "请从网银重新导出为 Excel 或 CSV；不要改扩展名，不要另存为网页。",
)
DAMAGED = FaultKind(
    "导入-文件-03",
    "文件损坏或不完整",
    "能完整打开的文件",
    "文件可能没有下载完，或设了密码。请从网银重新下载后再导入。",
)
ENCODING = FaultKind(
    "导入-文件-04",
    "文字编码读不懂",
    "UTF-8、UTF-16（带 BOM）或 GB18030（GBK）编码的文本",
    "请从网银重新导出；如经其他软件另存，请选择 UTF-8 编码。",
)
NO_TABLE = FaultKind(
    "导入-文件-05",
    "文本不是表格",
    "以逗号、制表符或竖线之一分列的表格",
    "请从网银重新导出为 CSV 或 Excel。",
)
UNSAFE_XML = FaultKind(
    "导入-文件-06",
    "XML 含文档类型声明",
    "不含 DOCTYPE 和实体定义的 XML",
    "正规的电子凭证不会这样写。请勿打开该文件，向开出单位核实来源。",
)
EXHAUSTED = FaultKind(
    "导入-文件-07",
    "读取超出内存或时间上限",
    f"{MEMORY_BYTES >> 20} MB 内存、{CPU_SECONDS} 秒处理器时间之内能读完的文件",
    "请按月分段重新导出；若文件本来很小，请向开出单位核实来源。",
)
LONG_DIGITS = FaultKind(
    "导入-数字-01",
    "长数字存成了数值",
    "账号、流水号等 16 位以上的号码应为文本单元格",
    "数值单元格只保留 15 位，后面的数字已经丢失。请从网银重新导出，不要在 Excel 里另存。",
)
NO_RESULT = FaultKind(
    "导入-数字-02",
    "公式没有计算结果",
    "已算出结果的公式，或直接填写的数值",
    "文件由程序写出后没有在 Excel 里打开过，公式的结果不在文件里。请打开、保存一次再导入，或改填数值。",
)
KINDS = (TOO_BIG, UNKNOWN_KIND, DAMAGED, ENCODING, NO_TABLE, UNSAFE_XML, EXHAUSTED, LONG_DIGITS, NO_RESULT)
