"""The acts that are killed: small stories, each a table of command lines, and the files that they import.

A new act is one more line of a story: ``Act(name, command line)``, with the instant where it changes. ``again`` names
the refusals by which the same command says a second time that it was carried out, which is right only where
everything stands already. ``{books}`` is the books folder, ``{area}`` the folder that holds it, ``{files}`` the files.
"""

import shutil
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pools import pool_toml

from importers.registers import write_template
from ledger.ids import event_id, patent_check_digit

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "2023"
sys.path.append(str(EXAMPLE))

from bank_rows import BankRow  # noqa: E402 - the example's own writers of bank files
from boc_list import boc_list  # noqa: E402
from statements import bkrs  # noqa: E402

sys.path.remove(str(EXAMPLE))  # others of its modules bear the names of folders under tests

POOL = pool_toml(
    {"title": "示例风险池（虚构）", "slug": "example", "unit": "示例办公室（虚构）"},
    staff={
        "chen": ("陈某（虚构）", "preparer"),
        "lu": ("陆某（虚构）", "reviewer preparer"),
        "shen": ("沈某（虚构）", "bookkeeper reviewer"),
        "gu": ("顾某（虚构）", "chief"),
    },
    banks=("boc",),
    accounts={"boc-01": ("405200000018", "中国银行专户（虚构）")},
    contributors=("市级财政（虚构）", "县级财政（虚构）"),
    aliases={
        "市级财政（虚构）": ("市级财政国库支付中心（虚构）",),
        "县级财政（虚构）": ("县级财政国库支付中心（虚构）",),
    },
)
DONE = ("草稿-重复-01", "草稿-状态-01")
"""How drafting and signing answer a second time: it is done, or stands in a draft."""


@dataclass(frozen=True, slots=True)
class Act:
    """One command line that ends with ``code``; ``now`` sets the clock from here on.

    ``is_tried``: it is killed, and not only a step there.
    """

    name: str
    line: str
    now: str = ""
    again: tuple[str, ...] = DONE
    is_tried: bool = True
    code: int = 0

    def arguments(self, area: Path, files: Path) -> list[str]:
        """The command line with its places filled in."""
        return [word.format(area=area, books=area / "books", files=files) for word in self.line.split()]


def _init(day: str, now: str, *, is_tried: bool = False) -> Act:
    line = f"init {{books}} --pool {{files}}/pool.toml --on {day} --as chen --reviewed-by lu --bookkeeper shen"
    return Act("init", line, now, ("建账-位置-01",), is_tried)


def _by(line: str, who: str = "chen") -> str:
    return f"{line} -b {{books}} --as {who}"


def _signed(what: str, *, is_tried: bool = False) -> tuple[Act, Act]:
    """Review and post whatever waits."""
    return (
        Act(f"review {what}", _by("review", "lu"), is_tried=is_tried),
        Act(f"post {what}", _by("post", "shen"), is_tried=is_tried),
    )


def _step(name: str, line: str, now: str = "") -> Act:
    return Act(name, line, now, is_tried=False)


LINES = "--line 出资:01市级=-200000 --line 出资:02县级=200000 --reason 来函 --attachment {files}/notice.txt"
FURTHER = "--fact 质物处置所得=100000.00 --reason 处置完毕 --attachment {files}/notice.txt"
OPENING = "{files}/example/files/2023-02"

STORIES: dict[str, tuple[Act, ...]] = {
    "opening": (
        Act(
            "init with an opening",
            "init {books} --pool {files}/example/pool.toml --opening {files}/example/opening.xlsx"
            f" --statement {OPENING}/boc-01-statement-202302.xml --statement {OPENING}/boc-02-statement-202302.xml"
            f" --statement {OPENING}/abchina-01-statement-202302.xml"
            f" --statement {OPENING}/crcb-01-statement-202302.xml --as chen --reviewed-by lu --bookkeeper shen",
            "2023-03-01T09:00:00",
            ("建账-位置-01",),
        ),
    ),
    "month": (
        _init("2023-03-01", "2023-03-01T09:00:00", is_tried=True),
        Act("adopt", _by("rules adopt demo-2023 --chief gu")),
        Act("review", _by("review D000001", "lu")),
        Act("post without vouchers", _by("post D000001", "shen")),
        Act("import a list", _by("import {files}/list-2023-03.csv"), "2023-04-03T09:00:00"),
        *_signed("a list", is_tried=True),
        Act("voucher", _by(f"voucher --number SG-1 --summary 调整明细 {LINES}")),
        Act("amend", _by(f"draft amend D000003 --summary {event_id('manual', 'SG-1')}=改了摘要 --reason 不清")),
        *_signed("a voucher"),
        Act("reverse", _by("reverse 记-2023-04-0001 --reason 多写一个零")),
        *_signed("a reversal", is_tried=True),
        _step("voucher again", _by(f"voucher --number SG-2 --summary 误写 {LINES}")),
        Act("reject", _by("draft reject D000005 --reason 不办", "lu")),
        Act("import a statement", _by("import {files}/statement-2023-03.xml"), "2023-04-04T09:00:00"),
        *_signed("a statement"),
        Act("sign off", "reconcile 2023-03 -b {books} --sign-as chen", again=(*DONE, "结账-条件-01")),
        *_signed("a sign-off", is_tried=True),
        Act("close", _by("close 2023-03 --reviewed-by lu"), again=("结账-月份-01",)),
        Act("reopen", _by("reopen 2023-03 --reason 补记 --reviewed-by lu", "gu"), again=("结账-重开-01",)),
        Act("close again", _by("close 2023-03 --reviewed-by lu"), again=("结账-月份-01",)),
        Act("amend the settings", _by("amend-pool {files}/pool-2.toml --reason 增加别名 --chief gu")),
        *_signed("the settings", is_tried=True),
        Act("backup", "backup -b {books} --to {area}/backup.tar"),
        Act("restore", "restore {area}/backup.tar --to {area}/restored", again=("备份-位置-01", "建账-位置-01")),
        Act("audit-kit", "audit-kit -b {books} --out {area}/kit"),
    ),
    "case": (
        _init("2023-03-01", "2023-03-01T09:00:00"),
        _step("adopt", _by("rules adopt demo-2023 --chief gu")),
        _step("import a list", _by("import {files}/list-2023-03.csv"), "2023-04-03T09:00:00"),
        *_signed("both"),
        Act("import loans", _by("import {files}/loans.xlsx")),
        *_signed("loans", is_tried=True),
        Act("import an application", _by("import {files}/applications.xlsx"), "2023-07-11T09:00:00"),
        *_signed("an application"),
        Act("decide", _by("decide BC2023-001 --chief gu"), again=(*DONE, "裁决-案件-01")),
        *_signed("a decision", is_tried=True),
        Act("withdraw", _by("reverse 记-2023-07-0001 --reason 误裁 --chief gu")),
        *_signed("a withdrawal", is_tried=True),
        Act("decide again", _by("decide BC2023-001 --chief gu"), again=(*DONE, "裁决-案件-01")),
        *_signed("the second decision"),
        Act("pay", _by("pay BC2023-001 --account boc-01 --instruction BF-1"), again=(*DONE, "资金-付款-01")),
        *_signed("a payment", is_tried=True),
        Act("import a recovery", _by("import {files}/recoveries.xlsx")),
        *_signed("a recovery"),
    ),
    "life": (
        _init("2023-03-01", "2023-03-01T09:00:00"),
        _step("adopt", _by("rules adopt {files}/rounds --chief gu")),
        _step("import a list", _by("import {files}/list-2023-03.csv"), "2023-04-03T09:00:00"),
        *_signed("both"),
        _step("import loans", _by("import {files}/loans.xlsx")),
        *_signed("loans"),
        _step("import an application", _by("import {files}/applications.xlsx"), "2023-07-11T09:00:00"),
        *_signed("an application"),
        _step("decide", _by("decide BC2023-001 --chief gu")),
        *_signed("a decision"),
        Act("fund", _by("fund --chief gu"), again=(*DONE, "裁决-轮次-01")),
        *_signed("a round", is_tried=True),
        _step("pay", _by("pay BC2023-001 --account boc-01 --instruction BF-1")),
        *_signed("a payment"),
        Act("supplement", _by(f"supplement BC2023-001 {FURTHER}"), again=(*DONE, "裁决-补充-02")),
        *_signed("a supplement"),
        Act("decide anew", _by("decide BC2023-001 --chief gu"), again=(*DONE, "裁决-案件-01")),
        *_signed("a second decision", is_tried=True),
    ),
    "year": (
        _init("2023-12-01", "2023-12-01T09:00:00"),
        _step("import a list", _by("import {files}/list-2023-12.csv"), "2024-01-04T09:00:00"),
        *_signed("a list"),
        _step("import a statement", _by("import {files}/statement-2023-12.xml")),
        *_signed("a statement"),
        _step("sign off", "reconcile 2023-12 -b {books} --sign-as chen"),
        *_signed("a sign-off"),
        Act("year end", _by("close 2023-12 --reviewed-by lu"), again=("结账-条件-01",), code=1),
        *_signed("the year end", is_tried=True),
        Act("close the year", _by("close 2023-12 --reviewed-by lu"), again=("结账-月份-01",)),
    ),
}

_BORROWER = "慈溪某电器有限公司（虚构）"
LOAN = {
    "loan": "BOC2023-0001",
    "contract_no": "HT-1",
    "filing_no": "BA-1",
    "filed_on": "2023-03-10",
    "bank": "中国银行",
    "borrower": _BORROWER,
    "uscc": "91330282MA2AAAAA09",
    "product": "直贷",
    "principal_fen": "800000.00",
    "outstanding_fen": "800000.00",
    "annual_rate": "4.35%",
    "disbursed_on": "2023-03-08",
    "due_on": "2023-04-01",
    "pledge": "YP2023001",
}
RIGHT = {
    "pledge": "YP2023001",
    "registered_on": "2023-03-01",
    "rank": "1",
    "right": f"ZL201719900001.{patent_check_digit('201719900001')}",
    "title": "一种开关（虚构）",
    "owner": _BORROWER,
    "expires_on": "2037-01-01",
    "appraised": "单项",
    "value_fen": "2000000.00",
    "appraised_on": "2023-02-20",
}
APPLICATION = {
    "case": "BC2023-001",
    "loan": "BOC2023-0001",
    "borrower": _BORROWER,
    "applied_on": "2023-07-09",
    "accepted_on": "2023-07-10",
    "claimant": "合作银行",
    "due_on": "2023-04-01",
    "overdue_since_on": "2023-04-02",
    "assessed_on": "2023-07-10",
    "principal_fen": "800000.00",
    "interest_fen": "1000.00",
    "penalty_interest_fen": "0",
    "recovery_cost_fen": "0",
    "disposal_proceeds_fen": "0",
    "insurer_paid_fen": "0",
    "guarantee_payment_fen": "0",
    "awarded_elsewhere_fen": "0",
    "claimed_fen": "400500.00",
    "grade": "可疑",
    "registered_in_city": "是",
    "in_good_credit": "是",
    "use_holds": "是",
    "pledge_registered": "是",
    "bank_demanded": "是",
    "is_sued": "否",
    "is_disposed": "否",
    "attachments": "补偿申请书、借款合同",
}
RECOVERY = {
    "case": "BC2023-001",
    "number": "1",
    "loan": "BOC2023-0001",
    "notified_on": "2023-07-11",
    "gross_fen": "200000.00",
    "cost_fen": "20000.00",
    "principal_fen": "90000.00",
    "source": "质物处置",
}


ROUNDS = """\
# 虚构的办法：年度预算、以余额为限，只供检验程序。数字全是编造的。
[rule_text]
slug = "example-rounds"
title = "示例县知识产权质押融资风险补偿办法（虚构）"
issuer = "示例局（虚构）"
source = "虚构"
trust = "C"
status = "sourced"
checked_on = 2023-01-02
effective_on = 2023-01-01
lapsed_on = 2028-01-01
dated_by = ["filed_on"]
takes_over = []

[party]
pool = { title = "风险池", ours = true }
bank = { title = "合作银行" }

[clause."第五条".base_of]
components = ["principal"]
less = ["disposal_proceeds"]

[clause."第六条".share_by_rate]
payer = "pool"
rate = "50%"

[clause."第七条".allotment]
residual = "bank"
unit = "1分"
op = "share"

[clause."第九条".budget]
payer = "pool"
meter = "pool_year"
per = ["paid_year"]
amount = "60万元"
share_out = "fifo"
rest = "queue"

[clause."第十条".balance_limit]
payer = "pool"
basis = "balance"
share_out = "pro_rata"
rest = "queue"

[clause."第十一条".contributor_draw]
parts = "实缴比例"

[clause."第十二条".recovery_split]
costs = "first"
by = "decided"
limit = "paid"

[[silent]]
status = "sourced"
topics = [
  "size", "eligibility", "clock", "deadline", "ip_part", "base_cap", "payment_cap", "all_levels", "no_gain",
  "suspension", "leverage", "charges",
]
why = "虚构文本没有这些规定"
"""


def _rows(month: str) -> list[BankRow]:
    """A month of the account from nothing: a contribution, a fee, interest."""
    at = [datetime.fromisoformat(f"{month}-{day}T10:00:00") for day in ("15", "16", "21")]
    payer = ("市级财政国库支付中心（虚构）", "33010000000000000001", "国家金库某支库（虚构）")
    return [
        BankRow("boc-01", at[0], 100_000_000, *payer, "转账", "转账", "出资款", "", 100_000_000, 1),
        BankRow("boc-01", at[1], -2_000, sort="收费", summary="账户管理费", balance_fen=99_998_000, no=2),
        BankRow("boc-01", at[2], 1_234, sort="利息", summary="结息", balance_fen=99_999_234, no=3),
    ]


def write_files(folder: Path) -> Path:
    """The files that the stories import."""
    folder.mkdir()
    (folder / "pool.toml").write_text(POOL, encoding="utf-8")
    (folder / "pool-2.toml").write_text(POOL.replace('name = "中国银行"\n', 'name = "中国银行"\naliases = ["中行"]\n'))
    (folder / "notice.txt").write_text("来函（虚构）\n", encoding="utf-8")
    for month in ("2023-03", "2023-12"):
        rows = _rows(month)
        first, last = date.fromisoformat(f"{month}-01"), date.fromisoformat(f"{month}-31")
        (folder / f"list-{month}.csv").write_bytes(boc_list("boc-01", first, last, rows))
        (folder / f"statement-{month}.xml").write_bytes(bkrs("boc-01", month, rows, rows[-1].balance_fen))
    (folder / "rounds").mkdir()
    (folder / "rounds" / "rule_text.toml").write_text(ROUNDS, encoding="utf-8")
    bank = {"bank": "中国银行"}
    for name, content in (
        ("loans", write_template("loans", {"loans": [LOAN], "rights": [RIGHT]})),
        ("applications", write_template("applications", [APPLICATION], heading=bank)),
        ("recoveries", write_template("recoveries", [RECOVERY], heading=bank)),
    ):
        (folder / f"{name}.xlsx").write_bytes(content)
    example = folder / "example"
    shutil.copytree(EXAMPLE / "files" / "2023-02", example / "files" / "2023-02")
    for name in ("pool.toml", "opening.xlsx"):
        shutil.copy(EXAMPLE / name, example / name)
    return folder
