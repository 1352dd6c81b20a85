"""riskpool template learn: the dialogue asks what nobody can know, proves the binding by reading, writes data."""

import io
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import openpyxl
import pytest
from registers.filled import BORROWER
from registers.golden_registers import GOLDEN, OWN_BINDING, edited, found, own_workbook, through, who

from desk.acts import templates
from desk.acts.intake import import_path
from desk.acts.office import Office
from desk.acts.synonyms import bindings
from importers.registers import Binding, read_binding, write_template
from importers.registers.learning import Question
from ledger.faults import Refusal
from ledger.pool import parse_pool

ANSWERS = "\n产品\n未偿本金\n\n1\n1\n单项\n"
"""序号 is passed over, two columns are named, 客户经理 is passed over; a word, and two fixed values."""


def command(folder: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    program = [str(Path(sys.executable).with_name("riskpool")), *words]
    return subprocess.run(
        program, input=typed, capture_output=True, text=True, encoding="utf-8", cwd=folder, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "台账.xlsx").write_bytes(own_workbook())
    return tmp_path


def test_the_dialogue_binds_a_workbook_once_and_import_reads_it(folder: Path) -> None:
    done = command(folder, "template", "learn", "台账.xlsx", "--kind", "loans", "--bank", "boc", typed=ANSWERS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "「备案时余额」是本系统的哪一栏？" in done.stdout
    assert "750,000.50 元" in done.stdout
    assert "「质押权利」读通 2 行" in done.stdout
    written = read_binding((folder / "synonyms" / "loans-boc.toml").read_bytes(), "x")
    assert written.columns == OWN_BINDING.columns
    assert written.values == OWN_BINDING.values
    assert written.constants == OWN_BINDING.constants
    assert set(written.totals) == {"loans", "rights"}

    office = found(folder / "books", GOLDEN)
    bound = bindings("", folder / "books")
    made = import_path(office, folder / "台账.xlsx", who=who("aa", "2023-04-21"), bindings=bound)
    assert (made.events, bool(made.draft)) == (6, True)
    through(office, "2023-04-21")
    (kept,) = [item for item in Office(folder / "books").book.documents() if item.sort == "binding"]
    assert (folder / "books" / kept.path).read_text(encoding="utf-8") == written.text()
    assert made.layout.endswith(written.slug)


def test_the_import_command_finds_the_folder_beside_the_books(folder: Path) -> None:
    found(folder / "books", GOLDEN)
    (folder / "synonyms").mkdir()
    (folder / "synonyms" / "a.toml").write_text(OWN_BINDING.text(), encoding="utf-8")
    done = command(folder, "import", "台账.xlsx", "--as", "aa", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = json.loads(done.stdout)["files"]
    assert made["new"] == 6
    elsewhere = folder / "别处"
    (folder / "synonyms").rename(elsewhere)
    (folder / "b.xlsx").write_bytes(edited(own_workbook(), lambda book: setattr(book.active["A1"], "value", "另存")))
    lost = command(folder, "import", "b.xlsx", "--as", "aa")
    assert (lost.returncode, "导入-登记-33" in lost.stderr) == (2, True)
    named = command(folder, "import", "b.xlsx", "--as", "aa", "--synonyms", str(elsewhere))
    assert "导入-草稿-01" in named.stderr  # read: its events wait in the draft of the same rows


def test_answers_written_beforehand_need_no_dialogue(folder: Path) -> None:
    (folder / "回答.toml").write_text(OWN_BINDING.text(), encoding="utf-8")
    words = ("template", "learn", "台账.xlsx", "--kind", "loans", "--answers", "回答.toml", "--out", "s/x.toml")
    done = command(folder, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert tomllib.loads((folder / "s" / "x.toml").read_text(encoding="utf-8"))["party"] == "boc"


def test_a_question_that_the_answers_leave_open_is_told_and_nothing_is_written(folder: Path) -> None:
    partial = OWN_BINDING.model_copy(update={"columns": {}, "constants": {}})
    (folder / "回答.toml").write_text(partial.text(), encoding="utf-8")
    done = command(folder, "template", "learn", "台账.xlsx", "--kind", "loans", "--answers", "回答.toml")
    assert done.returncode == 2
    assert "[模板-绑定-01]" in done.stderr
    assert "「备案时余额」是本系统的哪一栏？" in done.stderr
    assert not (folder / "synonyms").exists()


def test_an_interrupted_dialogue_writes_nothing(folder: Path) -> None:
    done = command(folder, "template", "learn", "台账.xlsx", "--kind", "loans", "--bank", "boc", typed="\n产品\n")
    assert (done.returncode, "已中断" in done.stderr) == (3, True)
    assert not (folder / "synonyms").exists()


def learnt(path: Path, kind: str, answers: dict[str, str], party: str = "boc") -> tuple[Binding, list[Question]]:
    """A dialogue in which each question is answered by its subject; all that was asked."""
    asked: list[Question] = []

    def ask(question: Question) -> str:
        assert len(asked) < 60, f"asked without end: {question}"
        asked.append(question)
        return answers.get(question.subject, "")

    bound = templates.learn(path, Binding(kind=kind, party=party), ask, path.parent / "out.toml")
    return read_binding(bound.path.read_bytes(), "out.toml"), asked


def sheet_of(path: Path, rows: list[list[object]], more: str = "") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if more:
        book.create_sheet(more).append(["随便"])
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(buffer.getvalue())
    return path


TAPE = [
    ["某支行2023年5月贷款情况"],
    ["客户名称", "借据编号", "余额(万元)", "当月还本", "补偿抵减", "追偿抵减", "欠款天数", "分类"],
    [BORROWER, "BOC2023-0001", "100", "0", "0", "0", "0", "正常类"],
    [BORROWER, "BOC2023-0002", "25", "5", "0", "0", "12", "一般关注"],
]
SAID = {
    "余额(万元)": "月末余额",
    "补偿抵减": "其中补偿冲减",
    "追偿抵减": "其中追偿冲减",
    "欠款天数": "逾期天数",
    "分类": "五级分类",
    "月份": "〔标题〕",
    "一般关注": "关注",
}


def test_a_tape_whose_month_stands_in_its_title(tmp_path: Path) -> None:
    binding, asked = learnt(sheet_of(tmp_path / "a.xlsx", TAPE), "tapes", SAID)
    assert binding.columns["〔标题〕"] == "月份"
    assert binding.values == {"五级分类": {"一般关注": "关注"}}
    assert binding.totals == ()
    (word,) = [question for question in asked if question.sort == "word"]
    assert (word.subject, word.options) == ("一般关注", ("正常", "关注", "次级", "可疑", "损失"))
    (column,) = [question for question in asked if question.subject == "欠款天数"]
    assert column.samples == ("0", "12")


def test_an_answer_that_is_no_option_is_asked_again(tmp_path: Path) -> None:
    said = iter(["没有这一栏", "99", "月末余额"])
    answers, refused = dict(SAID), list[str]()

    def ask(question: Question) -> str:
        refused.append(question.refused)
        return next(said) if question.subject == "余额(万元)" else answers.get(question.subject, "")

    path = sheet_of(tmp_path / "a.xlsx", TAPE)
    bound = templates.learn(path, Binding(kind="tapes", party="boc"), ask, tmp_path / "out.toml")
    assert ("月末余额", "余额(万元)", "1,000,000.00 元") in bound.learnt.pairs
    assert [text for text in refused if text] == ["没有这一栏", "99"]


def test_a_sheet_that_is_not_read_is_agreed_upon(tmp_path: Path) -> None:
    path = sheet_of(tmp_path / "a.xlsx", TAPE, "联系人")
    answers = SAID | {"tapes": "Sheet", "联系人": "不读"}
    binding, _ = learnt(path, "tapes", answers)
    assert binding.unread_sheets == ("联系人",)


def test_what_cannot_be_read_is_not_bound(tmp_path: Path) -> None:
    rows = [*TAPE, [BORROWER, "BOC2023-0003", "二十五万", "0", "0", "0", "0", "正常"]]
    with pytest.raises(Refusal) as refusal:
        learnt(sheet_of(tmp_path / "a.xlsx", rows), "tapes", SAID)
    codes = [fault.code for fault in refusal.value.faults]
    assert codes == ["导入-登记-06", "模板-绑定-02"]
    assert not (tmp_path / "out.toml").exists()


@pytest.mark.parametrize("kind", ["", "statement", "opening", "none"])
def test_only_others_registers_are_bound(kind: str) -> None:
    with pytest.raises(Refusal) as refusal:
        templates.beginning(kind, "boc", None)
    assert refusal.value.faults[0].code == "模板-绑定-03"


def test_a_template_of_ours_needs_no_binding(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(write_template("loans"))
    with pytest.raises(Refusal) as refusal:
        templates.learn(path, Binding(kind="loans"), lambda _: "", None)
    assert refusal.value.faults[0].code == "模板-绑定-04"


def test_a_binding_that_stands_is_not_replaced(folder: Path) -> None:
    (folder / "回答.toml").write_text(OWN_BINDING.text(), encoding="utf-8")
    target = folder / "x.toml"
    target.write_text("# 已有的", encoding="utf-8")
    begun = templates.beginning("loans", "boc", folder / "回答.toml")
    with pytest.raises(Refusal) as refusal:
        templates.learn(folder / "台账.xlsx", begun, None, target)
    assert refusal.value.faults[0].code == "导出-文件-01"
    assert target.read_text(encoding="utf-8") == "# 已有的"


# ── pool.toml ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_pool_skeleton_names_each_blank_and_is_refused_until_filled(tmp_path: Path) -> None:
    done = command(tmp_path, "template", "pool")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "pool.toml").read_text(encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        parse_pool(text)
    assert len(refusal.value.faults) == text.count('= ""')


def test_the_pool_skeleton_filled_is_a_pool(tmp_path: Path) -> None:
    command(tmp_path, "template", "pool")
    values = iter(
        [
            "某风险池",
            "some-pool",
            "某单位",
            "aa",
            "甲",
            "bb",
            "乙",
            "cc",
            "丙",
            "boc-01",
            "405200000018",
            "专户",
            "市级",
            "财险",
        ]
    )
    lines = (tmp_path / "pool.toml").read_text(encoding="utf-8").splitlines()
    filled = "\n".join(line.replace('= ""', f'= "{next(values)}"') if '= ""' in line else line for line in lines)
    pool = parse_pool(filled)
    assert next(values, None) is None
    assert [person.roles for person in pool.staff] == [("preparer",), ("reviewer", "bookkeeper"), ("chief",)]
    assert {bank.code for bank in pool.bank} == {"boc", "abchina", "crcb"}
