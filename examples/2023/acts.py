"""The officers' acts of the year, in order, as ``acts.toml``: what a demo replays on the files."""

from collections.abc import Iterator
from datetime import date, timedelta

import cases
import story
from bank_rows import month_days, yuan
from loans import MONTHS, OPENING_ON
from parties import ACCOUNTS, BANKS, INSURER_TITLE, is_workday
from registers import TWICE_OFFERED, filed, insurance

Value = str | int | bool | date | list[str] | list[dict[str, str]]
Step = dict[str, Value]

HEAD = """\
# 虚构示例：一年里各人依次做的事。由 make.py 写成，不要手改。
#
# 每个 [[step]] 是一次操作，按次序执行；on 是操作当天（演示时钟拨到这一天），as 是操作人（pool.toml 的 staff.id）。
# 金额一律以元计、写成文本；文件路径相对于 files/（opening 相对于本目录）。带 ? 的项可以没有。act 与其余各项：
#
#   init       opening, reviewed_by, posted_by, statements
#              期初建账；statements 是建账日各户对账单，用来证明期初余额
#   adopt      rule, chief                 采用办法（riskpool/rules 下的名称）
#   import     files, account?, expect?, note?
#              逐个导入；account 只在文件不写账号时给出；expect 缺省为 "accepted"，"refused" 表示整份应被拒收
#   review     （无）                      复核全部草稿
#   post       （无）                      把全部已复核草稿依次记账
#   place      account, deposit, amount_yuan, instruction_no       存入定期（我方指令）
#   transfer   account, to_account, amount_yuan, instruction_no    内部划转（我方指令）
#   decide     case, chief, outcome, approved_yuan?
#              裁决；outcome 是应得的结论 approved、reduced、denied，approved_yuan 是应得的风险池应补金额
#   pay        case, account, instruction_no, amount_yuan          拨付补偿款（我方指令）；amount_yuan 是应付数
#   identify   account, received_on, amount_yuan, target, contributor, reason
#              待查款项认领；款项以账户、到账日、金额指明
#   voucher    number, summary, lines, reason, attachments, papers
#              手工凭证；lines 各有 code（科目代码）、party（出资方编号）、amount_yuan（借正贷负）；papers 是附件文件
#   reverse    voucher, lines, reason      voucher 是手工凭证的 number：红字注销，再按 lines 作蓝字更正
#   reconcile  account, month, in_transit  对账签认；in_transit 是应列出的未达账项笔数
#   report     month                       出当月各表（结账回执要各表的摘要，故在结账之前）
#   close      month, reviewed_by, year_end?
#              结账；year_end = true 的一次只作出年末结转草稿，复核记账后再结账
"""


def _name(stem: str, month: str, suffix: str) -> str:
    return f"{month}/{stem}-{month.replace('-', '')}.{suffix}"


def list_files(account: str, month: str) -> list[str]:
    """The transaction lists of an account's month; October of boc-01 comes in two, cut after the bounce."""
    if account == "boc-01" and month == "2023-10":
        return [f"{month}/boc-01-list-20231001-20231023.csv", f"{month}/boc-01-list-20231024-20231031.csv"]
    suffix = {"boc": "csv", "abchina": "xls" if abc_layout(month) == "xls" else "xlsx", "crcb": "xlsx"}
    return [_name(f"{account}-list", month, suffix[ACCOUNTS[account].bank])]


def abc_layout(month: str) -> str:
    """Which of the three 农业银行 files a month comes in."""
    return ("xls", "1b", "1c")[MONTHS.index(month) % 3]


def zjrc_layout(month: str) -> str:
    """Which of the two 慈溪农商银行 layouts a month comes in."""
    return "AB"[MONTHS.index(month) // 2 % 2]


PAPER = ("crcb-01", "2023-07")
"""The one statement that came on paper and is keyed in."""


def statement_file(account: str, month: str) -> str:
    """The month-end statement's file."""
    return _name(f"{account}-statement", month, "xlsx" if (account, month) == PAPER else "xml")


def loans_file(bank: str, month: str) -> str:
    """A bank's filings of a month."""
    return _name(f"{bank}-loans", month, "xlsx")


def refused_file() -> str:
    """The filing that must be refused."""
    return "2023-05/rejected/crcb-loans-202305.xlsx"


def tape_file(bank: str, month: str) -> str:
    """A bank's month-end tape."""
    return _name(f"{bank}-tape", month, "xlsx")


def insurance_file(insurer: str, month: str) -> str:
    """An insurer's list."""
    return _name(f"insurer{insurer}-policies", month, "xlsx")


def application_file(case: cases.Case) -> str:
    """A bank's application."""
    return f"{case.accepted_on:%Y-%m}/{case.loan.bank}-application-{case.no}.xlsx"


RECOVERY_FILE = "2023-12/abchina-recovery-BC2023-001.xlsx"
NOTICE_FILE = "2023-05/notice-SG-2023-001.txt"
EXTENSION_FILE = "2023-07/abchina-extension-202307.xlsx"


def _step(on: date, who: str, act: str, **more: Value) -> Step:
    return {"on": on, "as": who, "act": act, **more}


def _posted(on: date) -> list[Step]:
    return [_step(on, "lu", "review"), _step(on, "shen", "post")]


def _drafted(on: date, act: str, **more: Value) -> list[Step]:
    """An act of the preparer, reviewed and posted the same day by two others."""
    return [_step(on, "chen", act, **more), *_posted(on)]


def _paid(case: cases.Case, on: date, account: str, key: str) -> list[Step]:
    number = cases.INSTRUCTIONS[key]
    return _drafted(on, "pay", case=case.no, account=account, instruction_no=number, amount_yuan=yuan(case.due_fen))


def _decided(case: cases.Case, outcome: str) -> list[Step]:
    more: dict[str, Value] = {"case": case.no, "chief": "gu", "outcome": outcome}
    if outcome != "denied":
        more["approved_yuan"] = yuan(case.due_fen)
    return _drafted(case.decided_on, "decide", **more)


MISTAKE_FEN, RIGHT_FEN = 200_000_00, 20_000_00


def _lines(fen: int) -> list[dict[str, str]]:
    """Part of the county's payment belongs to the city: 3101:02 to 3101:01."""
    return [
        {"code": "3101", "party": "02", "amount_yuan": yuan(fen)},
        {"code": "3101", "party": "01", "amount_yuan": yuan(-fen)},
    ]


def _vouchers() -> list[Step]:
    reason = "拨款通知书载明县级拨款中有市级转拨部分，调整出资方明细"
    wrong: dict[str, Value] = {
        "number": "SG-2023-001",
        "summary": "调整出资方明细",
        "lines": _lines(MISTAKE_FEN),
        "reason": reason,
        "attachments": 1,
        "papers": [NOTICE_FILE],
    }
    right: dict[str, Value] = {
        "voucher": "SG-2023-001",
        "lines": _lines(RIGHT_FEN),
        "reason": "金额多写一个零，应为 20000.00 元",
    }
    return [*_drafted(date(2023, 5, 26), "voucher", **wrong), *_drafted(date(2023, 6, 8), "reverse", **right)]


def _instructed() -> list[Step]:
    """What the pool itself instructs, and its decisions."""
    keys = cases.INSTRUCTIONS
    return [
        *_drafted(
            date(2023, 4, 10),
            "place",
            account="boc-01",
            deposit="boc-02",
            amount_yuan=yuan(story.PLACED_FEN),
            instruction_no=keys["deposit"],
        ),
        *_decided(cases.APPROVED, "approved"),
        *_paid(cases.APPROVED, date(2023, 6, 30), "abchina-01", "approved"),
        *_drafted(
            date(2023, 8, 31),
            "transfer",
            account="boc-01",
            to_account="crcb-01",
            amount_yuan=yuan(story.TRANSFER_FEN),
            instruction_no=keys["transfer"],
        ),
        *_decided(cases.REDUCED, "reduced"),
        *_paid(cases.REDUCED, date(2023, 10, 20), "boc-01", "reduced"),
        *_drafted(date(2023, 10, 24), "import", files=list_files("boc-01", "2023-10")[:1]),
        *_paid(cases.REDUCED, date(2023, 10, 25), "boc-01", "reduced-again"),
        *_drafted(
            date(2023, 11, 15),
            "identify",
            account="boc-01",
            received_on=date(2023, 8, 17),
            amount_yuan=yuan(story.UNIDENTIFIED_FEN),
            target="contribution",
            contributor="02",
            reason="县级财政来函确认为其委托街道缴付的出资",
        ),
        *_decided(cases.DENIED, "denied"),
    ]


def _registered() -> list[Step]:
    """Registers that come in during a month, on the day they come."""
    steps: list[Step] = []
    for month in MONTHS:
        for bank in BANKS:
            loans = filed(bank, month)
            if loans:
                day = max(loan.filed_on for loan in loans)
                if TWICE_OFFERED in loans:
                    note = "一权两押：质押权利已质押给农业银行"
                    steps.append(_step(day, "chen", "import", files=[refused_file()], expect="refused", note=note))
                    day += timedelta(days=1)
                steps += _drafted(day, "import", files=[loans_file(bank, month)])
    for case in cases.CASES:
        steps += _drafted(case.accepted_on, "import", files=[application_file(case)])
    steps += _drafted(date(2023, 7, 12), "import", files=[EXTENSION_FILE])
    return [*steps, *_drafted(date(2023, 12, 29), "import", files=[RECOVERY_FILE])]


def workday_after(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``."""
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


IN_TRANSIT = {("abchina-01", "2023-06"): 1}
"""How many items in transit a month's reconciliation must list."""


def month_end(month: str) -> Iterator[Step]:
    """What is done after a month's end: lists, tapes, policies; statements, reconciliation; reports, close."""
    _, last = month_days(month)
    first, second, third = (workday_after(last, count) for count in (1, 2, 3))
    for account in ("boc-01", "abchina-01", "crcb-01"):
        files = list_files(account, month)[-1:]
        bound: dict[str, Value] = {"account": account} if account == "crcb-01" else {}
        yield _step(first, "chen", "import", files=files, **bound)
    yield _step(first, "chen", "import", files=[tape_file(bank, month) for bank in BANKS])
    lists = [insurance_file(no, month) for no in INSURER_TITLE if insurance(no, month)]
    if lists:
        yield _step(first, "chen", "import", files=lists)
    yield from _posted(first)
    yield _step(second, "chen", "import", files=[statement_file(account, month) for account in ACCOUNTS])
    yield from _posted(second)
    for account in ACCOUNTS:
        count = IN_TRANSIT.get((account, month), 0)
        yield _step(second, "chen", "reconcile", account=account, month=month, in_transit=count)
    yield from _posted(second)
    if month.endswith("-12"):
        yield _step(third, "chen", "close", month=month, reviewed_by="lu", year_end=True)
        yield from _posted(third)
    yield _step(third, "chen", "report", month=month)
    yield _step(third, "chen", "close", month=month, reviewed_by="lu")


def steps() -> list[Step]:
    """All acts of the year in order of their days; of one day, as told."""
    first = workday_after(OPENING_ON, 1)
    opening = [f"2023-02/{account}-statement-202302.xml" for account in ACCOUNTS]
    start = [
        _step(first, "chen", "init", opening="opening.xlsx", reviewed_by="lu", posted_by="shen", statements=opening),
        *_drafted(first, "adopt", rule="demo-2023", chief="gu"),
    ]
    ends = [step for month in MONTHS for step in month_end(month)]
    return sorted([*start, *ends, *_registered(), *_instructed(), *_vouchers()], key=_day)


def _day(step: Step) -> date:
    on = step["on"]
    assert isinstance(on, date), "a step has a day"
    return on


def _toml(value: Value | dict[str, str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | int):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    assert '"' not in value, f"{value} needs escaping"
    assert "\\" not in value, f"{value} needs escaping"
    return f'"{value}"'


def acts_toml() -> bytes:
    """``acts.toml``: the schema as a comment, then one table a step."""
    blocks = ["\n[[step]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in step.items()) for step in steps()]
    return (HEAD + "".join(blocks)).encode()
