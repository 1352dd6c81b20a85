"""Write the invented year's files: ``python examples/2023/make.py [FOLDER]`` (default: this folder).

The same sources give the same bytes, so a second run changes nothing and a test can compare.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import acts
import cases
import registers
import story
from abchina_list import abc_list_1b, abc_list_1c, abc_list_xls
from bank_rows import BankRow, month_days
from boc_list import boc_list
from crcb_list import zjrc_list_a, zjrc_list_b
from loans import MONTHS, OPENING_ON
from parties import ACCOUNTS, BANKS, INSURER_TITLE
from statements import bkrs

Made = Iterator[tuple[str, bytes]]

NOTICE = """\
拨款通知书（虚构示例）

县级财政国库支付中心（虚构）2023 年 5 月 18 日拨付的 1,500,000.00 元中，
20,000.00 元系市级财政转拨，请按出资方分别登记。
"""
"""The paper behind the manual voucher: it says 20,000, the voucher first said 200,000."""


def _october(rows: list[BankRow]) -> tuple[list[BankRow], list[BankRow]]:
    return [row for row in rows if row.at.day <= 23], [row for row in rows if row.at.day > 23]


def _boc_lists(month: str) -> Made:
    rows = story.rows_of("boc-01", month)
    names = acts.list_files("boc-01", month)
    first, last = month_days(month)
    if len(names) == 1:
        commas, tabs = month == "2023-05", month == "2023-09"
        yield names[0], boc_list("boc-01", first, last, rows, commas=commas, tabs=tabs)
        return
    early, late = _october(rows)
    yield names[0], boc_list("boc-01", first, first.replace(day=23), early)
    yield names[1], boc_list("boc-01", first.replace(day=24), last, late)


def _lists(month: str) -> Made:
    yield from _boc_lists(month)
    rows = story.rows_of("abchina-01", month)
    made = {
        "xls": lambda: abc_list_xls("abchina-01", month, rows),
        "1b": lambda: abc_list_1b("abchina-01", rows),
        "1c": lambda: abc_list_1c("abchina-01", month, rows),
    }[acts.abc_layout(month)]()
    yield acts.list_files("abchina-01", month)[0], made
    rows = story.rows_of("crcb-01", month)
    if acts.zjrc_layout(month) == "A":
        yield acts.list_files("crcb-01", month)[0], zjrc_list_a(rows)
    else:
        yield acts.list_files("crcb-01", month)[0], zjrc_list_b(rows, placeholder=month == "2023-10")


def _statements(month: str) -> Made:
    _, last = month_days(month)
    for account in ACCOUNTS:
        rows = story.rows_of(account, month)
        name = acts.statement_file(account, month)
        if (account, month) == acts.PAPER:
            yield name, registers.paper_statement(account, month, rows)
        else:
            yield name, bkrs(account, month, rows, story.balance_at(account, last))


def _registers(month: str) -> Made:
    for bank in BANKS:
        loans = registers.filed(bank, month)
        if loans:
            yield acts.loans_file(bank, month), registers.filing(loans)
        yield acts.tape_file(bank, month), registers.tape(bank, month)
    for insurer in INSURER_TITLE:
        listed = registers.insurance(insurer, month)
        if listed:
            yield acts.insurance_file(insurer, month), listed


def _once() -> Made:
    for account in ACCOUNTS:
        closing = story.balance_at(account, OPENING_ON)
        yield f"2023-02/{account}-statement-202302.xml", bkrs(account, "2023-02", [], closing)
    for case in cases.CASES:
        yield acts.application_file(case), registers.application(case)
    yield acts.RECOVERY_FILE, registers.recovery()
    yield acts.EXTENSION_FILE, registers.extension()
    yield acts.NOTICE_FILE, NOTICE.encode()
    yield acts.refused_file(), registers.filing_refused()


def made() -> Made:
    """Every file under ``files/`` by its path, with its bytes."""
    yield from _once()
    for month in MONTHS:
        yield from _lists(month)
        yield from _statements(month)
        yield from _registers(month)


def main(folder: Path) -> int:
    """Write all files into ``folder``; how many."""
    shutil.rmtree(folder / "files", ignore_errors=True)
    written = 0
    for name, content in made():
        path = folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), f"{name} made twice"
        path.write_bytes(content)
        written += 1
    (folder / "opening.xlsx").write_bytes(registers.opening())
    (folder / "acts.toml").write_bytes(acts.acts_toml())
    return written + 2


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    print(f"{main(target)} 个文件写入 {target}")
