"""Bad input, through the real command line: a Chinese fault with its place, exit code 2, the books unchanged."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.provenance import digest

Command = Callable[..., subprocess.CompletedProcess[str]]
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "2023"
FILES = EXAMPLES / "files"
BOC_LIST = "2023-03/boc-01-list-202303.csv"


def state(root: Path) -> dict[str, str]:
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {name: digest(path.read_bytes()) for name, path in sorted(found.items()) if name != ".lock"}


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Books with the opening only, founded by the command line."""
    riskpool: Command = request.getfixturevalue("riskpool")
    books = tmp_path_factory.mktemp("founded") / "books"
    proofs = [arg for name in sorted((FILES / "2023-02").iterdir()) for arg in ("--statement", str(name))]
    done = riskpool(
        "init",
        str(books),
        "--pool",
        str(EXAMPLES / "pool.toml"),
        "--opening",
        str(EXAMPLES / "opening.xlsx"),
        "--as",
        "chen",
        "--reviewed-by",
        "lu",
        "--bookkeeper",
        "shen",
        *proofs,
        RISKPOOL_NOW="2023-03-01T09:00:00",
    )
    assert done.returncode == 0, done.stderr
    return books


@pytest.fixture
def books(founded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(founded, tmp_path / "books"))


def refused(riskpool: Command, books: Path, path: Path) -> list[dict[str, object]]:
    """Import a file that must be refused; its faults, after checking that nothing was kept."""
    before = state(books)
    done = riskpool("import", str(path), "-b", str(books), "--as", "chen")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert state(books) == before
    assert path.name in done.stderr
    assert "读到：" in done.stderr
    assert "应为：" in done.stderr
    assert "怎么办：" in done.stderr
    shown = riskpool("import", str(path), "-b", str(books), "--as", "chen", "--json")
    return list(json.loads(shown.stdout)["refused"][0]["faults"])


def changed(tmp_path: Path, old: str, new: str, *, count: int = 1) -> Path:
    """A copy of the March list of 中国银行 with some text changed."""
    text = (FILES / BOC_LIST).read_bytes().decode("gb18030")
    assert old in text, f"{old!r} is not in the list"
    path = tmp_path / "改过的流水.csv"
    path.write_bytes(text.replace(old, new, count).encode("gb18030"))
    return path


def a_row() -> list[str]:
    lines = (FILES / BOC_LIST).read_bytes().decode("gb18030").splitlines()
    return [line for line in lines if line.startswith(("来账", "往账"))]


def test_the_wrong_banks_account(riskpool: Command, books: Path, tmp_path: Path) -> None:
    assert refused(riskpool, books, changed(tmp_path, "405200000018", "405299999999", count=99))


def test_a_file_of_nothing_we_know(riskpool: Command, books: Path, tmp_path: Path) -> None:
    path = tmp_path / "通讯录.csv"
    path.write_text("姓名,电话\n某人（虚构）,000\n", encoding="utf-8")
    assert refused(riskpool, books, path)


def test_a_truncated_list(riskpool: Command, books: Path, tmp_path: Path) -> None:
    path = tmp_path / "截断.csv"
    content = (FILES / BOC_LIST).read_bytes()
    last = content.rstrip().rfind(b"\n")
    path.write_bytes(content[: last + 1])
    assert refused(riskpool, books, path)


def test_a_truncated_workbook(riskpool: Command, books: Path, tmp_path: Path) -> None:
    source = next((FILES / "2023-03").glob("abchina-01-list-*"))
    path = tmp_path / f"截断{source.suffix}"
    path.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    assert refused(riskpool, books, path)


def test_an_unreadable_amount_names_sheet_row_column_and_cell(riskpool: Command, books: Path, tmp_path: Path) -> None:
    amount = a_row()[0].split(",")[13].strip('"\t')
    path = changed(tmp_path, amount, amount.replace("0", "O", 1) if "0" in amount else amount + "元")
    before = state(books)
    done = riskpool("import", str(path), "-b", str(books), "--as", "chen")
    assert (done.returncode, state(books)) == (2, before)
    assert "交易金额" in done.stderr
    assert "^^^" in done.stderr
    assert "第 " in done.stderr


def test_a_broken_running_balance(riskpool: Command, books: Path, tmp_path: Path) -> None:
    cells = a_row()[1].split(",")
    balance = cells[14].strip('"\t')
    wrong = balance[:-1] + ("1" if balance[-1] != "1" else "2")
    assert refused(riskpool, books, changed(tmp_path, balance, wrong))


def test_control_totals_that_disagree(riskpool: Command, books: Path, tmp_path: Path) -> None:
    text = (FILES / BOC_LIST).read_bytes().decode("gb18030")
    line = next(line for line in text.splitlines() if line.startswith("贷方发生总笔数"))
    assert refused(riskpool, books, changed(tmp_path, line, line.replace(",", ",9", 1)))


def test_a_gap_against_the_last_import(riskpool: Command, books: Path) -> None:
    faults = refused(riskpool, books, FILES / "2023-04" / "boc-01-list-202304.csv")
    assert any("导入-衔接" in str(fault) for fault in faults)


def test_a_file_imported_before_adds_nothing(riskpool: Command, books: Path, tmp_path: Path) -> None:
    renamed = tmp_path / "另一个名字.csv"
    shutil.copy(FILES / BOC_LIST, renamed)
    first = riskpool("import", str(FILES / BOC_LIST), "-b", str(books), "--as", "chen", "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["files"][0]["new"] > 0
    before = state(books)
    again = riskpool("import", str(renamed), "-b", str(books), "--as", "chen")
    assert again.returncode == 0
    assert "0 新增" in again.stdout
    assert state(books) == before


def test_a_rejected_draft_frees_its_file(riskpool: Command, books: Path) -> None:
    riskpool("import", str(FILES / BOC_LIST), "-b", str(books), "--as", "chen", check=True)
    riskpool("draft", "reject", "D000001", "-b", str(books), "--as", "lu", "--reason", "试一试", check=True)
    again = riskpool("import", str(FILES / BOC_LIST), "-b", str(books), "--as", "chen", "--json")
    assert json.loads(again.stdout)["files"][0]["draft"] == "D000002"
    listed = riskpool("draft", "list", "--all", "-b", str(books), "--json")
    assert [item["state"] for item in json.loads(listed.stdout)] == ["rejected", "draft"]
    riskpool("review", "-b", str(books), "--as", "lu", check=True)
    riskpool("post", "-b", str(books), "--as", "shen", check=True)
    listed = riskpool("draft", "list", "--all", "-b", str(books), "--json")
    assert [item["state"] for item in json.loads(listed.stdout)] == ["rejected", "posted"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["review", "D000001", "--as", "chen"], 3),
        (["review", "D000001", "--as", "nobody"], 3),
        (["post", "D000001", "--as", "shen"], 3),
        (["post", "D000001", "--as", "chen"], 3),
        (["draft", "reject", "D000099", "--as", "lu", "--reason", "x"], 2),
        (["pay", "BC2099-001", "--account", "boc-01", "--instruction", "ZF1", "--as", "chen"], 3),
        (["reverse", "记-2023-02-0001", "--reason", "x", "--as", "chen", "--on", "2024-01-05"], 3),
        (["report", "voucher", "记-2099-01-0001"], 2),
        (["close", "2023-03", "--as", "chen", "--reviewed-by", "lu"], 1),
        (["close", "2023-04", "--as", "chen", "--reviewed-by", "lu"], 3),
        (["close", "2023-13", "--as", "chen", "--reviewed-by", "lu"], 2),
        (["rules", "adopt", "cixi", "--as", "chen", "--chief", "gu"], 3),
        (["rules", "adopt", "demo-2023", "--as", "nobody", "--chief", "gu"], 3),
    ],
)
def test_what_is_not_allowed_says_so_with_its_code(
    riskpool: Command, books: Path, command: list[str], code: int
) -> None:
    riskpool("import", str(FILES / BOC_LIST), "-b", str(books), "--as", "chen", check=True)
    before = state(books)
    done = riskpool(*command, "-b", str(books))
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "怎么办：" in done.stderr
    assert state(books) == before


def test_of_refused_settings_nothing_stays(riskpool: Command, books: Path, tmp_path: Path) -> None:
    changed = tmp_path / "pool.toml"
    said = (EXAMPLES / "pool.toml").read_text(encoding="utf-8")
    changed.write_text(said.replace('name = "陈某（虚构）"', 'name = "陈某某（虚构）"'), encoding="utf-8")
    words = ("--reason", "改名", "--chief", "gu", "-b", str(books))
    before = state(books)
    done = riskpool("amend-pool", str(changed), *words, "--as", "nobody")
    assert done.returncode == 3
    assert "[人员-身份-01]" in done.stderr
    assert state(books) == before
    riskpool("amend-pool", str(changed), *words, "--as", "chen", check=True)


def test_of_several_drafts_the_one_refused_is_named_and_what_was_done_before_it_stands(
    riskpool: Command, books: Path
) -> None:
    at = ("-b", str(books))
    riskpool("import", str(FILES / "2023-03"), *at, "--as", "chen")
    listed = json.loads(riskpool("draft", "list", *at, "--json").stdout)
    first, second, third = (item["draft"] for item in listed[:3])
    riskpool("review", first, third, *at, "--as", "lu", check=True)
    done = riskpool("post", first, second, third, *at, "--as", "shen")
    assert done.returncode == 3
    assert f"{first} 已记账" in done.stdout
    assert f"草稿 {second} 没有记账，原因如下。在它之前 1 份已记账，在它之后 1 份还没有办。" in done.stderr
    again = riskpool("post", first, second, third, *at, "--as", "shen", "--json")
    said = json.loads(again.stdout)
    assert again.returncode == 3
    assert (said["refused"], said["draft"], said["left"]) == (True, second, [third])
    assert [item["draft"] for item in said["done"]] == [first]
    assert [fault["code"] for fault in said["faults"]] == ["草稿-状态-01"]
    signed = riskpool("review", second, third, *at, "--as", "lu")
    assert signed.returncode == 3
    assert f"草稿 {third} 没有复核，原因如下。在它之前 1 份已复核，在它之后 0 份还没有办。" in signed.stderr


def test_an_account_that_cannot_be_signed_does_not_hide_those_that_were(riskpool: Command, books: Path) -> None:
    at = ("-b", str(books))
    for _ in range(2):  # the tapes wait for the filings of the same folder
        riskpool("import", str(FILES / "2023-03"), *at, "--as", "chen")
        riskpool("review", *at, "--as", "lu", check=True)
        riskpool("post", *at, "--as", "shen", check=True)
    before = state(books)
    nobody = riskpool("reconcile", "2023-03", *at, "--sign-as", "nobody", "--json")
    assert nobody.returncode == 3
    assert json.loads(nobody.stdout)["drafts"] == []
    assert [fault["code"] for fault in json.loads(nobody.stdout)["faults"]] == ["人员-身份-01"], "said once"
    assert state(books) == before
    (books.parent / "n.txt").write_text("n", encoding="utf-8")
    lines = ("--line", "Assets:1002银行存款:03慈溪农商银行:01专户=5.00", "--line", "Income:4501专户利息=-5.00")
    why = ("--number", "SG-1", "--summary", "利息", "--reason", "试", "--on", "2023-03-25")
    riskpool("voucher", *why, *lines, "--attachment", str(books.parent / "n.txt"), *at, "--as", "chen", check=True)
    done = riskpool("reconcile", "2023-03", *at, "--sign-as", "chen")
    assert done.returncode == 1
    assert "对账单余额" in done.stdout
    assert "「手工凭证：利息」涉及 crcb-01，须先记账或退回" in done.stderr
    signed = riskpool("draft", "list", *at, "--json")
    titles = [item["title"] for item in json.loads(signed.stdout)]
    assert sum("对账签认" in title for title in titles) == 3
    numbers = [item["draft"] for item in json.loads(signed.stdout) if "对账签认" in item["title"]]
    assert " ".join(numbers) in done.stdout, "the next command names them"


def test_cixi_refuses_naming_every_unset_field(riskpool: Command, books: Path) -> None:
    done = riskpool("rules", "adopt", "cixi", "-b", str(books), "--as", "chen", "--chief", "gu", "--json")
    faults = json.loads(done.stdout)["faults"]
    assert done.returncode == 3
    assert len(faults) >= 20
    assert all("adopt" in fault["remedy"] for fault in faults)


def test_import_and_help_load_neither_pandas_nor_fava(books: Path) -> None:
    code = (
        "import sys\n"
        "from desk.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'pandas', 'fava', 'flask', 'numpy'} & set(sys.modules)))"
    )
    python = shutil.which("python", path=str(Path(__import__("sys").executable).parent))
    assert python
    for args in (["--help"], ["import", str(FILES / BOC_LIST), "-b", str(books), "--as", "chen"]):
        done = subprocess.run([python, "-c", code, *args], check=False, capture_output=True, text=True)
        assert done.stdout.rstrip().endswith("[]"), done.stdout[-300:]
