"""How each fault of an act is met: a command at the wrong time, by the wrong person, on a wrong thing; or meddled books."""

import atexit
import json
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from album.stage import EXAMPLES, FILES, NONE, YEAR, Provocation, Stage
from filelock import FileLock

from ledger.ids import event_id
from ledger.journal import head_text
from ledger.provenance import digest

STATEMENT = "2023-03/boc-01-statement-202303.xml"
BOC_LIST, LOANS = "2023-03/boc-01-list-202303.csv", "2023-03/boc-loans-202303.xlsx"
RULE = EXAMPLES.parents[1] / "riskpool" / "rules" / "demo-2023" / "2023-01-01"
AFTER_APPLICATION = "2023-06/boc-loans-202306.xlsx"
DAY = "2024-03-20T09:00:00"
TRANSFER = "transfer --account boc-01 --to abchina-01 --amount {} --instruction {} --as chen"


def act(code: str, how: str, command: str, books: str = YEAR, **more: object) -> Provocation:
    """A command on books of the year."""
    return Provocation(code, how, command, books=books, **more)  # type: ignore[arg-type] # fields of Provocation


def meddled(code: str, how: str, command: str, pattern: str, *changes: tuple[str, str]) -> Provocation:
    """A command on books of which somebody has changed a file by hand."""
    return Provocation(
        code, how, command, books=YEAR, spoils=True, prepare=lambda stage: stage.books_text(pattern, *changes)
    )


def _import(stage: Stage, who: str = "chen") -> None:
    stage.example(BOC_LIST, "流水.csv")
    stage.run(f"import 流水.csv --as {who}")


def _reviewed(stage: Stage) -> None:
    _import(stage)
    stage.run("review --as lu")
    stage.books_text("drafts/D*-1-drafted.json", ("专户利息", "专户利钱"))


def _sent(stage: Stage) -> None:
    stage.run(TRANSFER.format("100.00", "HB-9"))


def _notice(stage: Stage) -> None:
    stage.put("依据.txt", "依据（虚构）\n")


def _backup(stage: Stage) -> None:
    stage.run("backup --to 归档.tar")
    (stage.folder / "满").mkdir()
    (stage.folder / "满" / "x").write_text("x")


def _cut_backup(stage: Stage) -> None:
    _backup(stage)
    path = stage.folder / "归档.tar"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _without(pattern: str, *, last: bool = True) -> object:
    def prepare(stage: Stage) -> None:
        found = sorted(stage.books.glob(pattern))
        assert found, f"nothing matches {pattern}"
        found[-1 if last else len(found) // 2].unlink()

    return prepare


def _rule(*changes: tuple[str, str]) -> object:
    def prepare(stage: Stage) -> None:
        said = (RULE / "rule_text.toml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in said, old
            said = said.replace(old, new, 1)
        stage.put("办法/rule_text.toml", said)
        stage.put("办法/notes.md", "# 试验\n")

    return prepare


def _locked(stage: Stage) -> None:
    LOCKS.append(FileLock(stage.books / ".lock"))
    LOCKS[-1].acquire()
    stage.example(BOC_LIST, "流水.csv")


LOCKS: list[FileLock] = []


def _other_document(stage: Stage) -> None:
    stage.example(BOC_LIST, "流水.csv")
    name = digest((stage.folder / "流水.csv").read_bytes())[:16]
    (stage.books / "readings" / f"{name}.json").unlink(missing_ok=True)
    (stage.books / "documents" / f"{name}-list.csv").write_text("别的内容", encoding="utf-8")


def _pool(*changes: tuple[str, str]) -> object:
    def prepare(stage: Stage) -> None:
        said = (EXAMPLES / "pool.toml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in said, old
            said = said.replace(old, new)
        stage.put("pool.toml", said)
        stage.example("2023-02/boc-01-statement-202302.xml", "boc-01.xml")
        stage.put("期初.xlsx", (EXAMPLES / "opening.xlsx").read_bytes())

    return prepare


def _two_settings(stage: Stage) -> None:
    """Two changes of the same text: the second, a whole text as well, would undo the first."""
    for name, new in (("人员.toml", "陈某某（虚构）"), ("调整.toml", "陈某甲（虚构）")):
        said = (EXAMPLES / "pool.toml").read_text(encoding="utf-8")
        assert "陈某（虚构）" in said
        stage.put(name, said.replace("陈某（虚构）", new))
        stage.run(f"amend-pool {name} --reason 更名 --as chen --chief gu")
    stage.run("review --as lu")
    first = sorted(stage.books.glob("drafts/*-1-drafted.json"))[-2]
    stage.run(f"post {first.name[:7]} --as shen")


def _port_taken(_: Stage) -> None:
    with suppress(OSError):  # another album of this machine holds it: it is taken all the same
        atexit.register(socket.create_server(("127.0.0.1", PORT)).close)


PORT = 47_811


APPLICATION = "2023-06/abchina-application-BC2023-001.xlsx"
DECIDE = "decide BC2023-001 --as chen --chief gu --on 2023-06-20"
ROW = event_id("bank", "boc-01", "serial", "085085987000000001000000002")
INQUIRY = "bank-d3e8f84f09f39cf9c3a9"


def _applied(*changes: tuple[str, str, object]) -> object:
    def prepare(stage: Stage) -> None:
        stage.cells(APPLICATION, "申请.xlsx", *changes)
        for command in ("import 申请.xlsx --as chen", "review --as lu", "post --as shen"):
            code, said = stage.run(command)
            assert code == 0, said

    return prepare


def _proposed(*commands: str) -> object:
    def prepare(stage: Stage) -> None:
        _notice(stage)
        for command in (*commands, "review --as lu"):
            code, said = stage.run(command)
            assert code == 0, said

    return prepare


def _lost_paper(stage: Stage) -> None:
    before = set((stage.books / "documents").iterdir())
    _proposed(VOUCHER.format("试验", LINES))(stage)  # type: ignore[operator] # a preparation
    (lost,) = set((stage.books / "documents").iterdir()) - before
    lost.unlink()


def _moved(stage: Stage) -> None:
    back = "return-contribution 01 --account boc-01 --amount 100.00 --instruction BF-9 --reason 试验 --as chen"
    for command in (DECIDE, "review --as lu", f"{back} --on 2023-06-16", "review --as lu", "post D000061 --as shen"):
        code, said = stage.run(command)
        assert code == 0, said


def _adopted_since(stage: Stage) -> None:
    """A filing list drafted while no text was adopted, then posted after one was."""
    stage.example(LOANS, "备案.xlsx")
    adopting = "rules adopt demo-2023 --chief gu --as chen --on 2023-03-01"
    for command in ("import 备案.xlsx --as chen", adopting, "review --as lu", "post D000002 --as shen"):
        code, said = stage.run(command)
        assert code == 0, said


def _without_records(stage: Stage) -> None:
    for path in (stage.books / "documents").glob("*-findings.json"):
        stage.cut(f"documents/{path.name}")


def _meddled_backup(stage: Stage) -> None:
    stage.books_text("batches/2024/*.beancount", ('  mark: "', '  mark: "f'))
    stage.run("backup --to 归档.tar")


def _killed(stage: Stage) -> None:
    _sent(stage)
    stage.run("review --as lu")
    stage.run("post --as shen")
    last = max(stage.books.glob("batches/*/*.beancount"))
    _, number, previous = re.findall(r'custom "batch" "(\d)" (\d+) "([0-9a-f]{64})"', last.read_text(encoding="utf-8"))[
        0
    ]
    last.unlink()
    (stage.books / "head.beancount").write_text(head_text(int(number) - 1, previous), encoding="utf-8")


def _other_receipt(stage: Stage) -> None:
    receipt = json.loads(min((stage.books / "seals").glob("*.json")).read_text(encoding="utf-8"))
    receipt["chain"] = receipt["chain"][::-1]
    stage.put("回执.json", json.dumps(receipt, sort_keys=True, indent=1, ensure_ascii=False) + "\n")


INIT = "init 新账 --pool pool.toml --as chen --reviewed-by lu --bookkeeper shen"
VOUCHER = "voucher --number SG-9 --summary {} --reason 试验 {} --attachment 依据.txt --as chen"
LINES = "--line Income:4501专户利息=-1.00 --line Assets:1002银行存款:01中国银行:01专户=1.00"

PEOPLE = (
    act("人员-身份-01", "--as 写了名单上没有的人。", "close 2024-03 --as nobody --reviewed-by lu"),
    act(
        "人员-权限-01",
        "主管去制单。",
        "import 流水.csv --as gu",
        "opened",
        prepare=lambda s: s.example(BOC_LIST, "流水.csv"),
        spoils=True,
    ),
    act(
        "人员-权限-02", "复核自己制的单。", "review --as lu", "opened", prepare=lambda s: _import(s, "lu"), spoils=True
    ),
)
FOUNDING = (
    act(
        "建账-位置-01",
        "在已有账套的文件夹里再建账。",
        f"{INIT.replace('新账', 'books')} --on 2023-03-01",
        prepare=_pool(),
    ),
    Provocation("建账-期初-03", "没有期初表，也没有开始日期。", INIT, NONE, _pool()),
    Provocation(
        "建账-设置-01",
        "pool.toml 里的角色写错了。",
        f"{INIT} --on 2023-03-01",
        NONE,
        _pool(('"bookkeeper"', '"cashier"')),
    ),
)
TEMPLATES = (
    Provocation("模板-种类-01", "要一种没有的模板。", "template ledger", NONE),
    Provocation("模板-绑定-05", "没有写是哪个文件。", "template learn", NONE),
    Provocation(
        "模板-绑定-03",
        "期初建账表不能绑定。",
        "template learn 表.xlsx --kind opening --bank boc",
        NONE,
        lambda s: s.cells(LOANS, "表.xlsx"),
    ),
    Provocation(
        "模板-绑定-04",
        "本来就是本系统的模板。",
        "template learn 表.xlsx --kind loans --bank boc",
        NONE,
        lambda s: s.cells(LOANS, "表.xlsx"),
    ),
)
RARE = "收𠮷某商行退款"


def _rare(stage: Stage) -> None:
    _notice(stage)
    stage.does(VOUCHER.format(RARE, LINES), "review --as lu", "post --as shen")


def _kept(stage: Stage, source: str) -> tuple[Path, dict[str, object]]:
    """What the books keep of an example file in neutral words, and where."""
    path = stage.books / "statements" / f"{digest((FILES / source).read_bytes())[:16]}.json"
    return path, json.loads(path.read_text(encoding="utf-8"))


def _exchanged(what: str) -> Callable[[Stage], None]:
    """Somebody puts what was read of the list in place of what was read of the statement, in part or whole."""

    def prepare(stage: Stage) -> None:
        path, said = _kept(stage, STATEMENT)
        _, listed = _kept(stage, BOC_LIST)
        changed = {
            "kind": {**said, "kind": "list"},
            "file": {**said, "file": listed["file"]},
            "rows": {**listed, "kind": "statement", "file": said["file"], "until_on": said["until_on"]},
        }
        path.write_text(json.dumps(changed[what], ensure_ascii=False), encoding="utf-8")

    return prepare


def _late(stage: Stage) -> None:
    """The year-end draft waits; then December gets one voucher more."""
    lines = "--line Income:4501专户利息=-1.00 --line Assets:1012在途资金=1.00"
    _notice(stage)
    now = "2024-01-04T10:00:00"
    stage.run("close 2023-12 --as chen --reviewed-by lu", now=now)
    stage.does(f"{VOUCHER.format('补记利息', lines)} --on 2023-12-31", "review --as lu", now=now)
    numbers = sorted(path.name[:7] for path in (stage.books / "drafts").glob("*-drafted.json"))
    stage.does(f"post {numbers[-1]} --as shen", now=now)


def _other_chief(stage: Stage) -> None:
    """The decision names a chief, and somebody takes the chief's name off the draft that bears it."""
    stage.does(DECIDE)
    stage.books_text("drafts/D*-1-drafted.json", (' "chief": "gu",\n "documents"', ' "chief": "",\n "documents"'))
    stage.does("review --as lu")


RULES = (
    act("办法-文本-06", "查看没有随附的办法。", "rules show nosuch"),
    act("办法-采用-02", "还没有采用办法就裁决。", DECIDE, "opened", prepare=_applied(), spoils=True),
    act("办法-采用-03", "文件夹里没有办法。", "rules adopt ./没有 --as chen --chief gu"),
    act("办法-采用-04", "再采用一个同时施行的办法。", "rules adopt deyang --as chen --chief gu"),
    act("办法-未定-01", "采用还没有定稿的办法。", "rules adopt cixi --as chen --chief gu"),
    act(
        "办法-文本-01",
        "办法文件少了一个引号。",
        "rules adopt 办法 --as chen --chief gu",
        prepare=_rule(('slug = "demo-2023"', 'slug = "demo')),
    ),
    act(
        "办法-文本-02",
        "办法没有写标题。",
        "rules adopt 办法 --as chen --chief gu",
        prepare=_rule(("title =", "titel =")),
    ),
    act(
        "办法-文本-03",
        "条款用了没有的种类。",
        "rules adopt 办法 --as chen --chief gu",
        prepare=_rule((".require]", ".demand]")),
    ),
    act(
        "办法-文本-04",
        "条款的参数写错了。",
        "rules adopt 办法 --as chen --chief gu",
        prepare=_rule(('must = "超过90天"', 'must = "很久"')),
    ),
    act(
        "办法-采用-01",
        "账内所存的办法被人改过。",
        DECIDE,
        "decide BC2023-001",
        spoils=True,
        prepare=lambda s: s.books_text("rules/*/*/rule_text.toml", ("超过90天", "超过60天")),
    ),
)
ENTRY = (
    act("命令-日期-01", "日期写成了 2024.3.20。", f"{TRANSFER.format('1.00', 'HB-9')} --on 2024.3.20"),
    act(
        "命令-文字-01",
        "摘要写了六百字。",
        VOUCHER.format("长" * 600, LINES),
        prepare=_notice,
    ),
    act("命令-金额-01", "金额有三位小数。", TRANSFER.format("1.234", "HB-9")),
)
MONEY = (
    act("资金-付款-01", "案件没有待付的补偿款。", "pay BC2023-003 --account crcb-01 --instruction BF-9 --as chen"),
    act(
        "资金-凭证-01",
        "手工凭证借贷不平。",
        VOUCHER.format("试验", "--line Income:4501专户利息=-1.00 --line Assets:1002银行存款:01中国银行:01专户=2.00"),
        prepare=_notice,
    ),
    act(
        "资金-出资-01",
        "退回的出资比实缴的还多。",
        "return-contribution 01 --account boc-01 --amount 999999999.00 --instruction BF-9 --reason 试验 --as chen",
    ),
    act(
        "资金-划转-01",
        "从一个户划到它自己。",
        "transfer --account boc-01 --to boc-01 --amount 1.00 --instruction HB-9 --as chen",
    ),
    act(
        "资金-待查-01",
        "认领没有的待查款项。",
        "identify bank-00000000000000000000 --as-what interest --reason 试验 --as chen",
    ),
    act(
        "资金-账户-01",
        "账户代号写错。",
        "transfer --account boc-09 --to boc-01 --amount 1.00 --instruction HB-9 --as chen",
    ),
)
DRAFTS = (
    act("草稿-编号-01", "退回没有的草稿。", "draft reject D999999 --reason 试验 --as lu"),
    act("草稿-状态-01", "复核已经记账的草稿。", "review D000001 --as lu"),
    act(
        "草稿-事项-01",
        "去掉草稿里没有的事项。",
        "draft amend D000228 --drop bank-00000000000000000000 --reason 试验 --as chen",
        prepare=_sent,
        spoils=True,
    ),
    act(
        "草稿-事项-02",
        "去掉银行流水的一行。",
        f"draft amend D000001 --drop {ROW} --reason 试验 --as chen",
        "opened",
        prepare=_import,
        spoils=True,
    ),
    act(
        "草稿-分录-01",
        "分录少了金额。",
        VOUCHER.format("试验", "--line Income:4501专户利息 --line Assets:1002银行存款=1.00"),
        prepare=_notice,
    ),
    act("草稿-改动-01", "复核之后有人改了草稿文件。", "post --as shen", "opened", prepare=_reviewed, spoils=True),
    act("草稿-日期-01", "把业务日期写到明天。", f"{TRANSFER.format('1.00', 'HB-9')} --on 2024-03-21"),
    act("草稿-重复-01", "同一个指令编号用两次。", TRANSFER.format("100.00", "HB-9"), prepare=_sent, spoils=True),
)
POSTING = (
    act(
        "记账-期间-01",
        "把凭证写在已结账的月份里。",
        f"{VOUCHER.format('试验', LINES)} --on 2023-03-15",
        prepare=_notice,
    ),
    act(
        "记账-期间-02",
        "建账以前的日期。",
        f"{VOUCHER.format('试验', LINES)} --on 2022-12-31",
        "opened",
        prepare=_notice,
    ),
    act(
        "记账-检查-01",
        "划出的钱比账户里的还多。",
        "post --as shen",
        prepare=_proposed(TRANSFER.format("99999999.00", "HB-9")),
        spoils=True,
    ),
    act("记账-附件-01", "凭证所附的文件被人删了。", "post --as shen", prepare=_lost_paper, spoils=True),
    act(
        "记账-文字-01",
        "摘要里有控制字符。",
        VOUCHER.format("'试\x07验'", LINES),
        prepare=_notice,
        spoils=True,
    ),
    act(
        "记账-主管-01",
        "有人把草稿上签字的主管抹去。",
        "post --as shen",
        "decide BC2023-001",
        prepare=_other_chief,
        spoils=True,
    ),
    meddled(
        "记账-链头-01", "链头文件被人改过。", TRANSFER.format("1.00", "HB-9"), "head.beancount", ("链头 0", "链头 1")
    ),
)
CORRECTIONS = (
    act("草稿-原因-01", "撤回一张凭证，原因是空白。", "reverse 记-2023-04-0002 --reason ' ' --as chen"),
    act("更正-主管-01", "撤回裁决没有主管签字。", "reverse 记-2023-06-0003 --reason 试验 --as chen"),
    act("更正-断号-01", "这个字号并没有缺。", "explain-number 记-2023-03-0001 --reason 试验 --as chen --chief gu"),
    act("更正-申请-01", "退回没有的申请。", "return-application BC2099-001 --cause withdrawn --reason 试验 --as chen"),
    act("更正-差额-01", "差额更正用在银行流水的凭证上。", f"adjust 记-2023-03-0002 --reason 试验 {LINES} --as chen"),
    act("更正-撤回-03", "再撤回一次已经注销的凭证。", "reverse 记-2023-05-0001 --reason 试验 --as chen --chief gu"),
    act(
        "更正-撤回-04",
        "撤回的日期早于原凭证。",
        "reverse 登-2024-02-0001 --reason 试验 --as chen --chief gu --on 2024-01-15",
    ),
    act("更正-撤回-02", "撤回一件已经拨付的裁决。", "reverse 记-2023-06-0003 --reason 试验 --as chen --chief gu"),
    act("更正-撤回-01", "撤回期初余额。", "reverse 记-2023-02-0001 --reason 试验 --as chen --chief gu"),
    act("更正-撤回-05", "撤回上年的一笔利息。", "reverse 记-2023-03-0002 --reason 试验 --as chen --chief gu"),
    act(
        "更正-蓝字-01",
        "蓝字分录借贷不平。",
        "reverse 记-2023-04-0001 --reason 试验 --as chen --chief gu --line Income:4501专户利息=-1.00",
    ),
)
RECONCILING = (
    act("对账-期间-01", "这个月没有对账单。", "reconcile 2024-03"),
    act(
        "对账-确认-01",
        "两笔并不在待确认之列。",
        "match 记-2023-03-0001 bank-00000000000000000000 --account boc-01 --as chen --on 2023-03-31",
    ),
    act(
        "对账-来源-01",
        "有人把账内所存的对账单改成了流水。",
        "reconcile 2023-03 --account boc-01",
        prepare=_exchanged("kind"),
        spoils=True,
    ),
    act(
        "对账-来源-02",
        "有人让账内所存的对账单指向流水的文件。",
        "reconcile 2023-03 --account boc-01",
        prepare=_exchanged("file"),
        spoils=True,
    ),
    act(
        "对账-来源-03",
        "有人把流水的各行抄进账内所存的对账单。",
        "reconcile 2023-03 --account boc-01",
        prepare=_exchanged("rows"),
        spoils=True,
    ),
    act(
        "结账-年末-01",
        "年末结转制单之后，十二月又记了一笔。",
        "post --as shen",
        "year-end 2023-12-31",
        prepare=_late,
        spoils=True,
        now="2024-01-04T10:00:00",
    ),
    act("结账-月份-01", "跳过月份结账。", "close 2024-04 --as chen --reviewed-by lu"),
    act("结账-条件-01", "对账和月末状况都还没有。", "close 2023-03 --as chen --reviewed-by lu", "opened"),
    act("结账-重开-01", "重开的不是最后结账的月份。", "reopen 2023-03 --reason 试验 --as gu --reviewed-by lu"),
    act("结账-重开-02", "重开没有写明原因。", "reopen 2024-02 --reason '' --as gu --reviewed-by lu"),
)
CASES = (
    act(
        "入库-条件-01",
        "办法只收专利和商标，质押的是著作权。",
        "import 备案.xlsx --as chen",
        LOANS,
        prepare=lambda s: s.cells(LOANS, "备案.xlsx", ("质押权利", "D5", "CR2021SR0123456")),
    ),
    act(
        "入库-依据-01",
        "备案制单时还没有采用办法，记账时已经采用。",
        "post D000001 --as shen",
        "opened",
        prepare=_adopted_since,
        spoils=True,
    ),
    act("入库-记录-01", "核验记录文件被人改了。", "findings BOC2023-0001", prepare=_without_records, spoils=True),
    act("入库-记录-02", "期初接收的贷款，入库时没有核验。", "report loan BOC2021-0001"),
    act(
        "裁决-申请-01",
        "申请的金额低于按办法应补的金额。",
        DECIDE,
        APPLICATION,
        prepare=_applied(("补偿申请", "S6", 100000), ("补偿申请", "S4", 100000)),
        spoils=True,
    ),
    act(
        "裁决-依据-01",
        "裁决制单之后，账上又变了。",
        "post D000060 --as shen",
        "decide BC2023-001",
        prepare=_moved,
        spoils=True,
    ),
    act(
        "资金-待查-02",
        "认领为出资，却没有写是哪个出资方。",
        f"identify {INQUIRY} --as-what contribution --reason 试验 --as chen",
        "identify 120000.00",
    ),
    act("裁决-案件-01", "没有这件申请。", "decide BC2099-001 --as chen --chief gu"),
    act("案件-后续-01", "这个案件没有待追偿的金额。", "write-off BC2023-003 --reason 试验 --as chen --chief gu"),
    act("案件-经过-01", "没有这个编号。", "trail NOSUCH-1"),
)
PAPERS = (
    act("报表-出资方-01", "没有这个出资方。", "report contributor 99"),
    act("报表-月份-01", "账上没有这个月份。", "report month 2030-01"),
    act("报表-期间-01", "账页要从账上还没有的日期起。", "report ledger 1002 --from 2030-01-01"),
    act("报表-月报-01", "月报里没有这个数。", "report figure 2023-03 没有这个数"),
    act("报表-案件-01", "没有这个案件。", "report case BC2099-001"),
    act(
        "报表-字形-01",
        "摘要里有随附字体没有的字：退款的商行名中有个「𠮷」。",
        "report voucher 记-2024-03-0001 --out 表",
        prepare=_rare,
        spoils=True,
    ),
    act("报表-科目-01", "没有这个科目。", "report ledger 9999"),
    act("账簿-凭证-01", "没有这张凭证。", "report voucher 记-2099-01-0001"),
    act(
        "报表-裁决-01",
        "裁决记录文件被人删了。",
        "report case BC2023-001",
        prepare=lambda s: [s.cut(f"documents/{path.name}") for path in (s.books / "documents").glob("*-decision.json")],
        spoils=True,
    ),
    act("导出-文件-01", "把报表写进账套文件夹。", "report month 2023-03 --out books/papers"),
    act("导出-文件-02", "日志要导出成 pdf。", "log --out 日志.pdf"),
)
CHANGED = (
    meddled(
        "核验-改动-01", "有人改了一批里的金额。", "verify", "batches/2024/*.beancount", ('  mark: "', '  mark: "f')
    ),
    act(
        "核验-改动-02",
        "有人在批次里加了一行注释。",
        "verify",
        prepare=lambda s: s.append("batches/2024/*.beancount", "; 注释\n"),
        spoils=True,
    ),
    act(
        "核验-链-01",
        "有人拿走了中间的一批。",
        "verify",
        prepare=_without("batches/2023/*.beancount", last=False),
        spoils=True,
    ),
    act("核验-日志-02", "操作日志的一份被截断。", "log", prepare=lambda s: s.cut("log/*.json"), spoils=True),
    act("核验-回执-01", "给出的不是结账回执。", "verify --receipt 依据.txt", prepare=_notice),
    act(
        "核验-回执-02",
        "保管人手里的回执与账簿不符。",
        "verify --receipt 回执.json",
        prepare=_other_receipt,
    ),
)
BOOKS = (
    Provocation("账簿-打开-01", "文件夹不是账套。", "check -b 别处", NONE, lambda s: s.put("别处/x", "x")),
    meddled("账簿-打开-02", "一批里的日期被改坏。", "status", "batches/2024/*.beancount", ("2024-", "2O24-")),
    meddled(
        "账簿-打开-03",
        "main.beancount 里的检查被人去掉一项。",
        "status",
        "main.beancount",
        ('plugin "ledger.checks.', '; plugin "ledger.checks.'),
    ),
    meddled(
        "账簿-打开-04",
        "main.beancount 里加了别的插件。",
        "status",
        "main.beancount",
        ('include "head.beancount"', 'include "head.beancount"\nplugin "beancount.plugins.noduplicates"'),
    ),
    act("账簿-设置-01", "账内的 pool.toml 被人删了。", "status", prepare=_without("pool.toml"), spoils=True),
    act("账簿-写入-01", "另一个程序正在写账。", "import 流水.csv --as chen", "opened", prepare=_locked, spoils=True),
    act(
        "账簿-写入-03",
        "账套里同名的文件是别的内容。",
        "import 流水.csv --as chen",
        "opened",
        prepare=_other_document,
        spoils=True,
    ),
    act("备份-位置-01", "恢复到一个不空的文件夹。", "restore 归档.tar --to 满", prepare=_backup),
    act("备份-归档-01", "归档只下载了一半。", "restore 归档.tar --to 新账", prepare=_cut_backup),
    act("备份-核验-01", "备份之前账套已被改动。", "restore 归档.tar --to 新账", spoils=True, prepare=_meddled_backup),
    act("核验-日志-01", "记账时程序被强行终止：操作已记入日志，批次没有写成。", "verify", prepare=_killed, spoils=True),
    act("备份-月份-01", "这个月还没有结账。", "audit-kit --out 审计包 --until 2024-03"),
)
SETTINGS = (
    act(
        "更正-依据-01",
        "两份设置修改都以同一份 pool.toml 为底稿，一份已经记账。",
        "post --as shen",
        prepare=_two_settings,
        spoils=True,
    ),
    act(
        "设置-修改-01",
        "改了已有账户的账号。",
        "amend-pool pool.toml --reason 试验 --as chen --chief gu",
        prepare=_pool(("405200000018", "405200000019")),
    ),
    act(
        "人员-名单-01",
        "主管调走了，名单上没有换上别人。",
        "amend-pool pool.toml --reason 人员变动 --as chen --chief gu",
        prepare=_pool(('roles = ["chief"]', 'roles = ["preparer"]')),
    ),
    act(
        "设置-修改-02",
        "交来的 pool.toml 与原来的一样。",
        "amend-pool pool.toml --reason 试验 --as chen --chief gu",
        prepare=_pool(),
    ),
)
SERVING = (
    meddled(
        "界面-扩展-01",
        "账簿文件要求界面运行程序。",
        "serve books",
        "main.beancount",
        ('include "head.beancount"', 'include "head.beancount"\n2020-01-01 custom "fava-extension" "evil"'),
    ),
    Provocation("界面-账簿-01", "文件夹不是账套。", "serve 别处", NONE, lambda s: s.put("别处/x", "x")),
    act("界面-端口-01", "端口已被别的程序占用。", f"serve books --port {PORT}", prepare=_port_taken),
    Provocation("演示-位置-01", "演示文件夹里已有东西。", "demo --out 满", NONE, lambda s: s.put("满/x", "x")),
)

PROVOCATIONS = (
    *(*PEOPLE, *FOUNDING, *TEMPLATES, *RULES, *ENTRY, *MONEY, *DRAFTS, *POSTING, *CORRECTIONS),
    *(*RECONCILING, *CASES, *PAPERS, *CHANGED, *BOOKS, *SETTINGS, *SERVING),
)
