"""How each fault of a file is met: an example file with one thing changed, or a file made to be wrong."""

from collections.abc import Callable

from album.stage import FILES, OPENED, YEAR, Provocation, Stage
from fuzz import hostile

BOC, ABC, ZJRC_A = (
    "2023-03/boc-01-list-202303.csv",
    "2023-04/abchina-01-list-202304.xlsx",
    "2023-03/crcb-01-list-202303.xlsx",
)
ZJRC_C, BKRS = "2023-09/crcb-01-list-202309.xlsx", "2023-03/boc-01-statement-202303.xml"
LOANS, TAPE = "2023-03/boc-loans-202303.xlsx", "2023-03/abchina-tape-202303.xlsx"
POLICIES, APPLICATION = "2023-03/insurer01-policies-202303.xlsx", "2023-06/abchina-application-BC2023-001.xlsx"
RECOVERY, EXTENSION = "2023-12/abchina-recovery-BC2023-001.xlsx", "2023-07/abchina-extension-202307.xlsx"
KEYED = "2023-07/crcb-01-statement-202307.xlsx"
IMPORT = "import {} --as chen"


def made(code: str, how: str, name: str, content: bytes) -> Provocation:
    """A file of given bytes, imported into the opened books."""
    return Provocation(code, how, IMPORT.format(name), prepare=lambda stage: stage.put(name, content))


def listed(code: str, how: str, *changes: tuple[str, str], **more: object) -> Provocation:
    """The list of 中国银行 of March with words replaced."""
    return Provocation(
        code,
        how,
        IMPORT.format("流水.csv"),
        prepare=lambda stage: stage.text(BOC, "流水.csv", *changes),
        **more,  # type: ignore[arg-type] # fields of Provocation
    )


def filled(
    code: str, how: str, source: str, *changes: tuple[str, str, object], books: str = "", drop: str = ""
) -> Provocation:
    """An example workbook with cells changed, imported into the books as they stood before it."""
    return Provocation(
        code,
        how,
        IMPORT.format("登记表.xlsx"),
        books=books or source,
        prepare=lambda stage: stage.cells(source, "登记表.xlsx", *changes, drop=drop),
    )


MONTH = '<bkrs:MonthOfBankReconciliationStatement contextRef="c1">'


def keeping(code: str, how: str, source: str, name: str, *changes: tuple[str, str], books: str = "") -> Provocation:
    """An example XML with words replaced, imported into the books as they stood before it."""
    return Provocation(
        code,
        how,
        IMPORT.format(name),
        books=books or source,
        prepare=lambda stage: stage.text(source, name, *changes, encoding="utf-8"),
    )


def _twice(stage: Stage) -> None:
    stage.example(LOANS, "甲.xlsx")
    stage.cells(LOANS, "乙.xlsx")
    stage.run(IMPORT.format("甲.xlsx"))


def _empty_folder(stage: Stage) -> None:
    (stage.folder / "空").mkdir()


LINE = "2023-03/boc-loans-202303.xlsx"
FIRST_SHEET, RIGHTS, MONTH_END = "入库备案", "质押权利", "月末贷款状况"
COVER, CLAIM, REPORT, LONGER, PAPER = "保险清单", "补偿申请", "追偿报告", "展期备案", "纸质对账单录入"

FILE_FAULTS = (
    made(
        "导入-文件-01",
        "300 MB 的空白压成 300 KB 的工作簿（压缩炸弹）：看目录就拒收，不解开。",
        "流水.xlsx",
        hostile.zip_bomb(),
    ),
    made("导入-文件-02", "网页（HTML）改名为 .xls。", "流水.xls", hostile.HTML),
    made("导入-文件-03", "下载到一半的 .xls。", "流水.xls", hostile.biff()[:3000]),
    made("导入-文件-04", "既不是 UTF-8 也不是 GB18030 的文本。", "流水.csv", b"\xff\xff\x81,\x20\xff\n"),
    made("导入-文件-05", "没有分列符号的文本。", "流水.csv", "一段文字，不是表格\n".encode()),
    made("导入-文件-06", "XML 里定义了指向本机文件的实体（XXE）。", "对账单.xml", hostile.xml(hostile.XXE, "e")),
    made("导入-文件-07", "几百万个空元素的 XML，读取要用的内存超过上限。", "对账单.xml", hostile.wide_xml()),
    Provocation("导入-文件-90", "路径写错了。", IMPORT.format("没有这个文件.csv")),
    Provocation("导入-文件-91", "文件夹是空的。", IMPORT.format("空"), prepare=_empty_folder),
    made(
        "导入-数字-01",
        "19 位的账号存成了数值，后几位已经丢失。",
        "流水.xlsx",
        hostile.workbook(b"<row><c><v>6.22848040256489E+18</v></c></row>"),
    ),
    made(
        "导入-数字-02",
        "程序写出的公式，从没有在 Excel 里算过。",
        "登记表.xlsx",
        hostile.workbook(b'<row r="1"><c r="A1"><f>SUM(B1:B9)</f></c></row>'),
    ),
)

LIST_FAULTS = (
    listed("导入-余额-01", "一行的余额被改了一分。", ("+12067502.50", "+12067502.51")),
    listed("导入-余额-02", "抬头的贷方发生总额与各行不符：缺了行。", ("67,502.50", "77,502.50")),
    keeping(
        "导入-余额-03",
        "对账单的期末余额与末笔余额不同。",
        BKRS,
        "对账单.xml",
        ('decimals="2">12067482.50</bkrs:AccountBalanceAt', 'decimals="2">12067482.51</bkrs:AccountBalanceAt'),
    ),
    listed("导入-币种-01", "导出的是外币账户。", (",CNY,", ",USD,")),
    listed(
        "导入-支出-01",
        "支出不是手续费，也没有本单位的付款指令。",
        ("账户服务费", "货款"),
        ("收费", "转账"),
    ),
    listed("导入-文字-01", "附言里有控制字符。", ("BC2022-001 追偿所得", "BC2022-001\x07追偿所得")),
    listed("导入-方向-01", "写着来账，金额却是负数。", ("+60000.00", "-60000.00")),
    listed("导入-日期-01", "二月三十日。", (",20230315,09", ",20230230,09")),
    listed("导入-日期-02", "一行的日期在查询时间范围之外。", ("20230301-20230331", "20230301-20230327")),
    listed("导入-流水号-01", "记录标识号被表格软件写成了科学记数。", ("036417955000000001000000001", "3.6418E+25")),
    listed(
        "导入-流水号-02", "两行有同一个记录标识号。", ("085085987000000001000000002", "036417955000000001000000001")
    ),
    listed("导入-金额-01", "金额里的一个 0 是字母 O。", ("+60000.00", "+6O000.00")),
    Provocation(
        "导入-金额-02",
        "收入、支出两栏都有数。",
        IMPORT.format("流水.xlsx"),
        prepare=lambda stage: stage.cells(ABC, "流水.xlsx", ("账户明细", "B4", 10)),
    ),
    Provocation(
        "导入-状态-01",
        "流水里有一笔没有成功的交易，余额却变了。",
        IMPORT.format("流水.xlsx"),
        books=ZJRC_C,
        prepare=lambda stage: stage.cells(ZJRC_C, "流水.xlsx", ("交易明细", "N3", "交易失败")),
    ),
    made("导入-版式-01", "一份通讯录。", "通讯录.csv", "姓名,电话\n某人（虚构）,000\n".encode()),
    listed("导入-版式-02", "银行给一栏改了名。", ("记录标识号[ Record ID ]", "记录编号[ Record No. ]")),
    keeping("导入-版式-04", "标准有了新版。", BKRS, "对账单.xml", ("2023-12-31/bkrs", "2033-12-31/bkrs")),
    keeping(
        "导入-版式-07",
        "对账单的月份写了两次，一处三月，一处四月。",
        BKRS,
        "对账单.xml",
        ("  <bkrs:PrintTimes", f"  {MONTH}04</bkrs:MonthOfBankReconciliationStatement>\n  <bkrs:PrintTimes"),
    ),
    listed("导入-账号-01", "导出的不是专户。", ("405200000018", "405299999999")),
    listed("导入-账号-02", "中国银行的版式，写的却是农业银行专户的账号。", ("405200000018", "39530001040000015")),
    Provocation(
        "导入-账号-04",
        "文件写明是 boc-01，导入时却指明 boc-02。",
        f"{IMPORT.format('流水.csv')} --account boc-02",
        prepare=lambda stage: stage.example(BOC, "流水.csv"),
    ),
    Provocation(
        "导入-衔接-01",
        "漏了一个月：三月的流水还没有导入，就导入四月的。",
        IMPORT.format("流水.csv"),
        prepare=lambda stage: stage.example("2023-04/boc-01-list-202304.csv", "流水.csv"),
    ),
    Provocation(
        "导入-草稿-01",
        "入库备案表已在草稿中，又导入另存过的同一份。",
        IMPORT.format("乙.xlsx"),
        books=LOANS,
        prepare=_twice,
        spoils=True,
    ),
    keeping(
        "导入-对账单-01",
        "该月已有一份对账单，又来一份不同的。",
        BKRS,
        "对账单.xml",
        (">60000.00<", ">60001.00<"),
        (">12060000.00<", ">12060001.00<"),
        (">7502.50<", ">7501.50<"),
        books="2023-04/boc-01-statement-202304.xml",
    ),
)


def _two_transfers(stage: Stage) -> None:
    for number in ("HB-1", "HB-2"):
        stage.run(
            f"transfer --account boc-01 --to abchina-01 --amount 20.00 --instruction {number} --as chen --on 2023-03-27"
        )
    stage.run("review --as lu")
    stage.run("post --as shen")
    stage.text(BOC, "流水.csv", ("账户服务费", "划转 HB-1 HB-2"), ("收费", "转账"))


def _no_rows(stage: Stage) -> None:
    lines = (FILES / BOC).read_bytes().decode("gb18030").split("\r\n")[:8]
    del lines[6]  # the period asked for: with it, a list without rows says that nothing happened
    zeros = {1: "0", 2: "0", 3: "0.00", 4: "0", 5: "0.00"}
    said = [f"{line.split(',')[0]},{zeros[number]}" if number in zeros else line for number, line in enumerate(lines)]
    stage.put("流水.csv", "\r\n".join(said).encode("gb18030"))


def _broken_synonyms(stage: Stage) -> None:
    stage.put("对应.toml", "kind = loans\n")
    stage.example(LOANS, "登记表.xlsx")


LIST_FAULTS = (
    *LIST_FAULTS,
    Provocation(
        "导入-支出-02",
        "一笔支出写着两个指令号，两条指令的金额、账户都相同。",
        IMPORT.format("流水.csv"),
        prepare=_two_transfers,
        spoils=True,
    ),
    Provocation("导入-空表-01", "流水没有一笔交易，也没有写明期间。", IMPORT.format("流水.csv"), prepare=_no_rows),
    Provocation(
        "导入-登记-36",
        "栏目对应文件少了引号。",
        f"{IMPORT.format('登记表.xlsx')} --synonyms 对应.toml",
        prepare=_broken_synonyms,
    ),
)

LATER = "2023-04/boc-01-list-202304.csv"


def _rows(stage: Stage, change: Callable[[list[str]], list[str]], source: str = BOC, name: str = "流水.csv") -> None:
    """A text list of the examples with its lines rearranged."""
    said = (FILES / source).read_bytes().decode("gb18030").rstrip("\r\n").split("\r\n")
    stage.put(name, ("\r\n".join(change(said)) + "\r\n").encode("gb18030"))


def rearranged(code: str, how: str, change: Callable[[list[str]], list[str]], **more: object) -> Provocation:
    """The list of 中国银行 of March with its lines rearranged."""
    return Provocation(code, how, IMPORT.format("流水.csv"), prepare=lambda s: _rows(s, change), **more)  # type: ignore[arg-type] # same


MORE_LISTS = (
    rearranged(
        "导入-版式-06",
        "一行明细被挪到了表头之上。",
        lambda rows: [*rows[:7], rows[-1], *rows[7:-1]],
    ),
    rearranged(
        "导入-版式-05",
        "中国银行的抬头，表头却是没见过的写法。",
        lambda rows: [*rows[:7], "日子,多少钱,还剩", "20230301,1.00,2.00"],
    ),
    Provocation(
        "导入-更改-01",
        "已入账的流水改了一个字再导入。",
        IMPORT.format("流水.csv"),
        YEAR,
        prepare=lambda stage: stage.text(BOC, "流水.csv", ("来账,利息", "来账,转账")),
    ),
    Provocation(
        "导入-版式-03",
        "工作簿里另有一张有内容的工作表。",
        IMPORT.format("流水.xlsx"),
        ABC,
        prepare=lambda stage: stage.cells(ABC, "流水.xlsx", ("备忘", "A1", "记得问银行")),
    ),
)

ABC_MOVED = "2023-04-27 17:00:05"


def _moves(*moves: tuple[str, float, str]) -> list[tuple[str, str, object]]:
    """Rows of 农业银行's list of April in place of its own: (time, amount, 摘要), from the balance of March's end."""
    said: list[tuple[str, str, object]] = []
    balance = 6003740.00
    for number, (at, amount, summary) in enumerate(moves, 4):
        balance += amount
        side, other = ("B", "C") if amount > 0 else ("C", "B")
        cells = {"A": at, side: abs(amount), other: None, "D": balance, "J": summary, "K": at[:10].replace("-", "")}
        said += [("账户明细", f"{column}{number}", value) for column, value in cells.items()]
    for column in "CDJK":
        said += [("账户明细", f"{column}{row}", None) for row in (4 + len(moves), 5 + len(moves))]
    for row, name, sign in ((4 + len(moves), "汇总收入金额", 1), (5 + len(moves), "汇总支出金额", -1)):
        total = sum(amount * sign for _, amount, _ in moves if amount * sign > 0)
        said += [("账户明细", f"A{row}", name), ("账户明细", f"B{row}", total)]
    return said


def _shuffled(stage: Stage) -> None:
    moves = _moves(*((ABC_MOVED, amount, "手续费") for amount in (20.00, -20.00, 30.00, -30.00)))
    by_row = {cell: value for _, cell, value in moves}
    swapped = [
        (sheet, cell, by_row[f"{cell[0]}{ {5: 6, 6: 5}.get(int(cell[1:]), int(cell[1:])) }"])
        for sheet, cell, _ in moves
    ]
    stage.cells(ABC, "流水.xlsx", *swapped)


def _twice_within_a_second(stage: Stage) -> None:
    pair = ((ABC_MOVED, 20.00, "转账"), (ABC_MOVED, -20.00, "手续费"))
    stage.cells(ABC, "先.xlsx", *_moves(*pair))
    stage.does("import 先.xlsx --as chen")
    stage.cells(ABC, "流水.xlsx", *_moves(*pair, ("2023-04-28 09:00:00", 700.00, "转账")))


def _two_hundred(stage: Stage) -> None:
    rows = {"A": "流水号", "B": "20230321", "C": "20230321 02:10:00", "E": "0.01", "I": "结息"}
    cells: list[tuple[str, str, object]] = []
    for number in range(200):
        row = {**rows, "A": f"9{number:07d}", "D": None, "H": f"{4000000 + (number + 1) / 100:.2f}"}
        cells += [("交易明细", f"{column}{number + 2}", value) for column, value in row.items()]
    stage.cells(ZJRC_A, "流水.xlsx", *cells)


def _inserted(rows: list[str]) -> list[str]:
    came = (
        rows[8]
        .replace("+60000.00,+12060000.00", "+1.00,+12060001.00")
        .replace("036417955000000001", "036417955000000009")
    )
    went = (
        rows[10]
        .replace("-20.00,+12067482.50", "-1.00,+12060000.00")
        .replace("008153185000000001", "008153185000000009")
    )
    day = ",20230318,"
    fresh = [came.replace(",20230315,", day), went.replace(",20230328,", day)]
    head = [*rows[:1], "总笔数[ Total number ],5", "借方发生总笔数[ Total Numbers of Debited Payments ],2"]
    head += [
        "借方发生总额[ Total Debit Amount of Payments ],21.00",
        "贷方发生总笔数[ Total Numbers of Credited Payments ],3",
    ]
    head += ['贷方发生总额[ Total Credit Amount of Payments ],"67,503.50"', *rows[6:9]]
    return [*head, *fresh, *rows[9:]]


def _second_account(stage: Stage) -> None:
    said = (FILES.parent / "pool.toml").read_text(encoding="utf-8")
    first = said[said.index('[[account]]\nslug = "crcb-01"') : said.index("[[contributor]]")]
    other = first.replace("crcb-01", "crcb-02").replace('no = "01"', 'no = "02"').replace("000017", "000025")
    stage.put("pool.toml", said.replace(first, first + other.replace("专户（虚构）", "第二专户（虚构）")))
    amended = "amend-pool pool.toml --reason 新开账户 --as chen --chief gu"
    stage.does(amended, "review --as lu", "post --as shen")
    stage.example("2023-04/crcb-01-list-202304.xlsx", "流水.xlsx")


def _own_book(stage: Stage, *changes: tuple[str, str, object]) -> None:
    """A bank's own workbook: other titles, and a column under a name that is not ours."""
    names = ((FIRST_SHEET, "A1", "贷款台账"), (RIGHTS, "A1", "权利台账"), (FIRST_SHEET, "K4", "约定利息"))
    stage.cells(LOANS, "台账.xlsx", *names, *changes)


ANSWERED = 'kind = "loans"\nparty = "boc"\n\n[columns]\n"约定利息" = "年利率"\n'


def _two_bindings(stage: Stage) -> None:
    _own_book(stage)
    stage.put("synonyms/甲.toml", ANSWERED)
    stage.put("synonyms/乙.toml", ANSWERED.replace("boc", "abchina"))


def _learning(code: str, how: str, answers: str, *changes: tuple[str, str, object]) -> Provocation:
    def prepare(stage: Stage) -> None:
        _own_book(stage, *changes)
        stage.put("回答.toml", answers)

    return Provocation(code, how, "template learn 台账.xlsx --kind loans --answers 回答.toml", "none", prepare)


JOINED_FAULTS = (
    Provocation(
        "导入-余额-04",
        "流水在 Excel 里重新排过：两进两出在同一秒，余额看不出先后。",
        IMPORT.format("流水.xlsx"),
        ABC,
        _shuffled,
    ),
    Provocation("导入-截断-01", "流水正好 200 行，没有合计。", IMPORT.format("流水.xlsx"), prepare=_two_hundred),
    rearranged("导入-衔接-02", "已入账的月份里多出一进一出。", _inserted, books=YEAR),
    Provocation(
        "导入-衔接-03",
        "同一秒里一进一出，第二份流水从同样的一进一出开始：看不出是同一对还是另一对。",
        IMPORT.format("流水.xlsx"),
        ABC,
        _twice_within_a_second,
        spoils=True,
    ),
    Provocation(
        "导入-账号-03",
        "慈溪农商银行有两个专户，流水没有写账号，余额也接不上任何一个。",
        IMPORT.format("流水.xlsx"),
        prepare=_second_account,
        spoils=True,
    ),
    keeping(
        "导入-对账单-02",
        "四月的对账单各笔都对，期初却与三月的期末差一元。",
        "2023-04/boc-01-statement-202304.xml",
        "对账单.xml",
        (">7067482.50<", ">7067483.50<"),
        (">9067482.50<", ">9067483.50<"),
        (">9067462.50<", ">9067463.50<"),
    ),
    Provocation(
        "导入-登记-34",
        "两份栏目对应都认得银行的这张表。",
        IMPORT.format("台账.xlsx"),
        LOANS,
        _two_bindings,
    ),
    _learning("模板-绑定-01", "预先写的回答里没有说「约定利息」是哪一栏。", 'kind = "loans"\nparty = "boc"\n'),
    _learning("模板-绑定-02", "各栏都有着落，有一格却读不出来。", ANSWERED, (FIRST_SHEET, "I5", "200万元")),
)

REGISTER_FAULTS = (
    filled(
        "导入-登记-33",
        "像入库备案表，却没有本系统的标题，还缺栏目。",
        LOANS,
        (FIRST_SHEET, "A1", "备案表"),
        (FIRST_SHEET, "K4", "利息"),
        (RIGHTS, "A1", "权利"),
    ),
    filled("导入-登记-01", "删了一栏的表头。", LOANS, (FIRST_SHEET, "K4", "利息")),
    filled(
        "导入-登记-02",
        "只有表头。",
        EXTENSION,
        *((LONGER, f"{column}6", None) for column in "ABCDEFG"),
        (LONGER, "B4", "0 笔"),
    ),
    filled("导入-登记-03", "多了一张有内容的工作表。", LOANS, ("补充", "A1", "另有两笔")),
    filled("导入-登记-04", "必填的借款人空着。", LOANS, (FIRST_SHEET, "F5", None)),
    filled("导入-登记-05", "日期写成了「三月九日」。", LOANS, (FIRST_SHEET, "D5", "三月九日")),
    filled("导入-登记-06", "金额后面写了「万元」。", LOANS, (FIRST_SHEET, "I5", "200万元")),
    filled("导入-登记-07", "逾期天数写成「约一月」。", TAPE, (MONTH_END, "G7", "约一月")),
    filled("导入-登记-08", "利率没有百分号。", LOANS, (FIRST_SHEET, "K5", "3.95")),
    filled("导入-登记-09", "五级分类写了下拉表以外的词。", TAPE, (MONTH_END, "H7", "良好")),
    filled("导入-登记-10", "借据号里有斜线。", LOANS, (FIRST_SHEET, "A5", "BOC/2023/0001")),
    filled("导入-登记-11", "用途写了三百字。", LOANS, (FIRST_SHEET, "T5", "购" * 300)),
    filled("导入-登记-12", "合计与各行不符。", LOANS, (FIRST_SHEET, "I3", 3000000)),
    filled(
        "导入-登记-13",
        "同一借据号有两行。",
        TAPE,
        (MONTH_END, "A8", "ABC2022-0001"),
    ),
    filled("导入-登记-14", "合作银行不在 pool.toml 中。", LOANS, (FIRST_SHEET, "E5", "某某银行（虚构）")),
    filled("导入-登记-15", "展期的借据号不在池中。", EXTENSION, (LONGER, "A6", "ABC2099-0001")),
    filled("导入-登记-16", "追偿报告写了没有的案号。", RECOVERY, (REPORT, "A6", "BC2099-001")),
    filled(
        "导入-登记-17",
        "理赔的保单不在保。",
        POLICIES,
        (COVER, "A6", "理赔"),
        (COVER, "B6", "BX01-2099-0001"),
        (COVER, "I6", 100),
        (COVER, "I4", 100),
        (COVER, "K6", "2023-03-20"),
        (COVER, "J6", "BC2023-001"),
        (COVER, "E6", None),
        (COVER, "E4", 0),
        (COVER, "F6", None),
        (COVER, "F4", 0),
    ),
    filled("导入-登记-18", "借款人与备案不同。", EXTENSION, (LONGER, "B6", "另一家公司（虚构）")),
    filled("导入-登记-19", "同一件专利已经质押给别的登记。", LOANS, (RIGHTS, "D5", "ZL201629900001.3")),
    filled("导入-登记-20", "专利号的校验位不对。", LOANS, (RIGHTS, "D5", "ZL201729900021.6")),
    filled("导入-登记-21", "质押权利表里没有这笔贷款的登记号。", LOANS, (RIGHTS, "A5", "YP209999000014")),
    filled("导入-登记-22", "到期日早于放款日。", LOANS, (FIRST_SHEET, "M5", "2023-03-01")),
    filled(
        "导入-登记-23", "跳过了一个月的月末状况。", "2023-04/abchina-tape-202304.xlsx", (MONTH_END, "B4", "2023-05")
    ),
    filled(
        "导入-登记-24",
        "少报了一笔在池贷款。",
        TAPE,
        *((MONTH_END, f"{column}11", None) for column in "ABCDEFGH"),
        (MONTH_END, "C5", 10000000),
        (MONTH_END, "B5", "4 笔"),
    ),
    filled(
        "导入-登记-25",
        "月末余额与账上余额、本月还本对不上。",
        TAPE,
        (MONTH_END, "C8", 2500000),
        (MONTH_END, "C5", 11400000),
    ),
    filled(
        "导入-登记-26",
        "没有裁决过的贷款列了补偿冲减。",
        TAPE,
        *((MONTH_END, "C8", 2500000), (MONTH_END, "D8", 100000), (MONTH_END, "E8", 200000)),
        *((MONTH_END, "C5", 11400000), (MONTH_END, "D5", 100000), (MONTH_END, "E5", 200000)),
    ),
    filled("导入-登记-27", "纸质对账单录入时漏了一分钱。", KEYED, (PAPER, "E9", 5505386.32)),
    filled("导入-登记-28", "收入、支出都填了。", KEYED, (PAPER, "D9", 5), (PAPER, "D7", 5)),
    filled("导入-登记-31", "第 1 期还没有报，就报了第 2 期。", RECOVERY, (REPORT, "B6", 2)),
    filled(
        "导入-登记-32",
        "已入账的月末状况换了数字再导入。",
        TAPE,
        (MONTH_END, "G8", 12),
        books="2023-04/abchina-tape-202304.xlsx",
    ),
    filled("导入-登记-35", "净额不等于毛额减费用。", RECOVERY, (REPORT, "G6", 120000), (REPORT, "G4", 120000)),
)


def _opening(code: str, how: str, *changes: tuple[str, str, object]) -> Provocation:
    proofs = " ".join(f"--statement {slug}.xml" for slug in ("boc-01", "boc-02", "abchina-01", "crcb-01"))

    def prepare(stage: Stage) -> None:
        for slug in ("boc-01", "boc-02", "abchina-01", "crcb-01"):
            stage.example(f"2023-02/{slug}-statement-202302.xml", f"{slug}.xml")
        stage.put("pool.toml", (FILES.parent / "pool.toml").read_bytes())
        stage.cells("opening.xlsx", "期初.xlsx", *changes)

    command = f"init 新账 --pool pool.toml --opening 期初.xlsx {proofs} --as chen --reviewed-by lu --bookkeeper shen"
    return Provocation(code, how, command, books="none", prepare=prepare, now="2023-03-01T09:00:00")


OPENING_FAULTS = (
    _opening("导入-登记-29", "期初表借贷不平。", ("科目余额", "D10", 14000000), ("科目余额", "D4", 24000000)),
    _opening("导入-登记-30", "在办案件的分担数额与损失基数不合。", ("案件分担", "D8", 190000)),
    _opening("建账-期初-01", "期初余额与对账单不同。", ("科目余额", "C7", 5999999), ("科目余额", "C12", 1740001)),
)

PROVOCATIONS = (*FILE_FAULTS, *LIST_FAULTS, *MORE_LISTS, *JOINED_FAULTS, *REGISTER_FAULTS, *OPENING_FAULTS)
assert OPENED, "the default state of the books"
