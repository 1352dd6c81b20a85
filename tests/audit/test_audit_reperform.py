"""The auditor's script: it stands alone, agrees on sound books, and names what is wrong, hashes or no hashes."""

import ast
import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from audit.forging import batch_with, batches, forge, redocument, swap
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.acts import months
from desk.acts.auditing import audit_kit, script
from desk.acts.office import Actor, Office
from ledger.events import ManualVoucher, VoucherLine
from ledger.faults import Refusal
from ledger.ids import event_id
from ledger.journal import Posting, post
from ledger.signing import Signatures
from ledger.verify import verify
from reports.audit import reperform as its
from riskpool.checker import _result
from riskpool.decision import OPS

Page = tuple[int, list[str]]
Run = Callable[..., Page]
Edit = Callable[[Path], None]


# ── it stands alone ──


def test_it_is_one_short_file_of_the_standard_library() -> None:
    text = script().decode()
    names = {
        alias.name.partition(".")[0]
        if isinstance(node, ast.Import)
        else str(getattr(node, "module", "")).partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert len(text.splitlines()) < 400
    assert names <= sys.stdlib_module_names
    assert not re.search(r"__import__|importlib|exec\(|eval\(", text)


def test_it_finds_the_demonstration_year_whole(reperform: Run, demo_year: Path, tmp_path: Path) -> None:
    audit_kit(demo_year / "books", tmp_path / "kit")
    for source in (tmp_path / "kit" / "books.tar", demo_year / "books"):
        code, page = reperform(source)
        assert code == 0, page
        assert page[-1] == "结论：全部相符"
        assert sum(line.startswith("[相符]") for line in page) == 8
        assert len(page) < 40, "one page"


def test_it_finds_a_random_year_whole(reperform: Run, small_year: Path) -> None:
    code, page = reperform(small_year)
    assert code == 0, page
    steps = re.search(r"裁决与追偿：(\d+) 步", "\n".join(page))
    assert steps
    assert int(steps[1]) > 100


def test_it_follows_a_whole_life(reperform: Run, tmp_path: Path) -> None:
    """Renewal, queue, denial, clawback, write-off, withdrawals, a year's end: only the invented record is no record."""
    from ledger_samples import founded  # noqa: PLC0415 - see conftest
    from whole_life import lived  # noqa: PLC0415 - same

    lived(founded(tmp_path / "books"))
    code, wrong = reperform(tmp_path / "books")
    assert code == 1
    assert [line.partition(" ")[0] for line in wrong] == ["documents/a330395cc0a53ad1"]
    assert "JSONDecodeError" in wrong[0]


def test_no_books_is_its_own_answer(reperform: Run, tmp_path: Path) -> None:
    assert reperform(tmp_path / "none.tar")[0] == 2
    (tmp_path / "some.tar").write_bytes(b"not a tar")
    assert reperform(tmp_path / "some.tar")[0] == 2


def test_it_reads_every_batch_as_the_program_does(demo_year: Path) -> None:
    from ledger.canon import canonical  # noqa: PLC0415
    from ledger.journal import parse_text  # noqa: PLC0415

    for path in batches(demo_year / "books"):
        text = path.read_text(encoding="utf-8")
        theirs = [entry.canonical().decode() for entry in its.read_entries(path.name, 0, text)]
        assert theirs == [canonical(entry) for entry in parse_text(text, path)[0]]


# ── somebody changes a file ──


def record(books: Path, kind: str) -> Path:
    return min(books.glob(f"documents/*-{kind}.json"))


def edit_text(pattern: str, old: str, new: str) -> Edit:
    """Change the first match of ``old`` in the first batch whose text has the pattern."""

    def edit(books: Path) -> None:
        path = batch_with(books, pattern)
        text = path.read_text(encoding="utf-8")
        changed = re.sub(old, new, text, count=1, flags=re.MULTILINE)
        assert changed != text
        path.write_text(changed, encoding="utf-8")

    return edit


def edit_fact(kind: str, key: str) -> Edit:
    """Put a 1 before the amount that the first event of a kind states."""
    return edit_text(f'kind: "{kind}"', rf'(kind: "{kind}"\n(?:  .*\n)*?  {key}: )(\d)', r"\g<1>1\2")


def edit_file(pattern: str, old: str, new: str) -> Edit:
    return lambda books: swap(min(books.glob(pattern)), old, new)


def edit_record(kind: str, change: Callable[[dict[str, Any]], None]) -> Edit:
    def edit(books: Path) -> None:
        path = approved(books) if kind == "decision" else record(books, kind)
        table = json.loads(path.read_bytes())
        change(table)
        path.write_bytes((json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode())

    return edit


def approved(books: Path) -> Path:
    paths = sorted(books.glob("documents/*-decision.json"))
    return next(path for path in paths if json.loads(path.read_bytes())["verdict"] == "approved")


def tilt_june(books: Path) -> None:
    tilt_trial_balance(min(books.glob("seals/2023-06*.json")))


def tilt_trial_balance(path: Path) -> None:
    table = json.loads(path.read_bytes())
    table["trial_balance"][3][1] += "1"
    path.write_bytes((json.dumps(table, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode())


def remove(pattern: str) -> Edit:
    return lambda books: max(books.glob(pattern)).unlink()


def cut_tail(books: Path) -> None:
    for path in batches(books)[-2:]:
        path.unlink()


def move_step(table: dict[str, Any]) -> None:
    table["steps"][-1]["result"] += 1


def move_share(table: dict[str, Any]) -> None:
    table["due"]["pool"] += 1
    table["due"]["bank"] -= 1


FEE = r'kind: "FeeCharged"'
CHANGES: list[tuple[str, Edit, str]] = [
    (
        "a leg",
        edit_text(FEE, r"(?<=CNY\n)(  Assets:1002\S+ +-)(\d)", r"\g<1>9\2"),
        r"批次|batches/2023/.*记-2023-\d\d-\d{4} 的内容",
    ),
    (
        "a date",
        edit_text(FEE, r'^2023-(\d\d)-\d\d (\* "手续费")', r"2023-\1-28 \2"),
        r"记-2023-\d\d-\d{4} 的内容与其记号不符",
    ),
    ("a summary", edit_text(FEE, '"手续费"', '"手续费 "'), r"记-2023-\d\d-\d{4} 的内容与其记号不符"),
    ("a contributor", edit_text("CompensationDecided", 'contributor: "01"', 'contributor: "02"'), r"记-2023-.* 的内容"),
    (
        "a renumbered voucher",
        edit_text(FEE, r'voucher: "(记-2023-\d\d)-(\d{3})\d"', r'voucher: "\1-9\2"'),
        r"记-2023-\d\d-9",
    ),
    (
        "a posting on another account",
        edit_text(FEE, "Expenses:5511手续费", "Income:4501专户利息"),
        r"记-2023-.* 的内容",
    ),
    ("a note's text", edit_text("RuleAdopted", r"(note \S+ \"采用)", r"\1了"), r"（note） 的内容与其记号不符"),
    ("an assertion", edit_text("TapeConfirmed", r"(balance \S+ +)(\d)", r"\g<1>1\2"), r"（balance） 的内容"),
    ("the header's act", edit_text(FEE, 'act: "import"', 'act: "manual"'), "内容与批头所记的散列不符"),
    ("an added directive", edit_text(FEE, r"\Z", '\n2023-01-01 note Assets:9001在池贷款本金 "x"\n'), "记号不符"),
    ("an added tag", edit_text(FEE, r'(手续费" #voucher)', r"\1 #x"), "的内容与其记号不符"),
    ("foreign syntax", edit_text(FEE, r"\Z", "\n2023-01-01 pad Assets:A Equity:B\n"), "读不通.*格式一"),
    ("a lost quote", edit_text(FEE, '"手续费"', '"手续费'), "读不通"),
    ("a batch gone", remove("batches/2023/0000[1]*.beancount"), r"链断开"),
    (
        "a batch renamed",
        lambda books: batches(books)[3].rename(batches(books)[3].with_name("000003-0123456789ab.beancount")),
        "改名",
    ),
    ("the tail cut", cut_tail, "head.beancount：与链尾不符"),
    ("a step's number", edit_record("decision", move_step), r"documents/.*-decision.json：缺失或内容已变"),
    ("a share", edit_record("decision", move_share), r"documents/.*-decision.json：缺失或内容已变"),
    ("a recovery's number", edit_record("recovery", move_step), r"documents/.*-recovery.json：缺失或内容已变"),
    ("a missing document", remove("documents/*-decision.json"), r"documents/.*-decision.json：缺失"),
    ("a working paper", edit_file("reconciliations/*.json", '"fen":', '"fen": '), r"reconciliations/.*缺失或内容已变"),
    ("the rule text", edit_file("rules/*/*/rule_text.toml", "pool = 5", "pool = 6"), r"rules/.*缺失或内容已变"),
    ("a draft", edit_file("drafts/*-1-drafted.json", "demo-2023", "demo-2022"), r"drafts/D000001：缺失或已变"),
    ("the staff list", edit_file("pool.toml", "陈某", "程某"), "pool.toml：缺失或内容已变"),
    ("a trial balance line", tilt_june, r"seals/2023-06.*科目余额表 \S+ 记为"),
    (
        "a receipt's chain",
        edit_file("seals/2023-06*.json", '"chain": "', '"chain": "0'),
        r"seals/2023-06.*链头与账不符",
    ),
    ("a receipt gone", remove("seals/*.json"), "log/.*被删去"),
    ("a log record", edit_file("log/000005-*.json", '"chen"', '"lu"'), "log/00000[56].*(不符|断开)"),
]


@pytest.mark.parametrize(("edit", "named"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES])
def test_what_was_changed_is_named_first(reperform: Run, small_copy: Path, edit: Edit, named: str) -> None:
    edit(small_copy)
    code, wrong = reperform(small_copy)
    assert code == 1
    assert re.search(named, wrong[0]), wrong[:5]


def test_a_sealed_paper_and_a_source_file_are_compared(reperform: Run, books_copy: Path) -> None:
    paper = min(books_copy.glob("papers/2023-05*/*.xlsx"))
    paper.write_bytes(b"another")
    assert reperform(books_copy) == (
        1,
        [f"{paper.relative_to(books_copy)}：缺失或内容已变（{seal_of(books_copy)} 所记）"],
    )
    min(books_copy.glob("documents/*-list.csv")).unlink()
    assert "documents/" in reperform(books_copy)[1][0]


def seal_of(books: Path) -> str:
    return min(books.glob("seals/2023-05*")).relative_to(books).as_posix()


def test_a_comment_is_no_change(reperform: Run, small_copy: Path) -> None:
    path = batches(small_copy)[4]
    path.write_text("; looked at by the auditor\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert reperform(small_copy)[0] == 0


def test_an_archive_with_one_file_more_or_less_says_so(reperform: Run, small_year: Path, tmp_path: Path) -> None:
    import tarfile  # noqa: PLC0415

    audit_kit(small_year, tmp_path / "kit")
    with tarfile.open(tmp_path / "kit" / "books.tar") as tar:
        tar.extractall(tmp_path / "out", filter="data")
    assert reperform(tmp_path / "out")[0] == 0
    (tmp_path / "out" / "documents" / "more.txt").write_text("x")
    assert "documents/more.txt" in reperform(tmp_path / "out")[1][0]
    (tmp_path / "out" / "documents" / "more.txt").unlink()
    (tmp_path / "out" / "chart.beancount").unlink()
    assert "chart.beancount" in reperform(tmp_path / "out")[1][0]


# ── somebody changes the books and makes every hash fit again ──


def rerecord(kind: str, change: Callable[[dict[str, Any]], None]) -> Edit:
    def edit(books: Path) -> None:
        path = approved(books) if kind == "decision" else record(books, kind)
        table = json.loads(path.read_bytes())
        change(table)
        content = (json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
        redocument(books, path, content)

    return edit


def a_fen_in_every_figure(table: dict[str, Any]) -> None:
    """The pool bears a fen more, the bank a fen less, in the step, the share and the amount to be settled."""
    for step in table["steps"]:
        if step["name"] in {"due.pool", "settle"}:
            step["result"] += 1
        if step["name"] == "due.bank":
            step["result"] -= 1
    table["due"]["pool"] += 1
    table["due"]["bank"] -= 1
    table["settle"] += 1


def break_join(table: dict[str, Any]) -> None:
    joined = next(operand for step in table["steps"] for operand in step["operands"] if isinstance(operand[0], int))
    joined[0] = 1 if joined[0] != 1 else 2


def two_legs(pattern: str, old: str, new: str) -> Edit:
    """The same change on both legs of a voucher: it still sums to zero."""

    def edit(books: Path) -> None:
        path = batch_with(books, pattern)
        head, word, rest = path.read_text(encoding="utf-8").partition(pattern)
        assert word
        changed, count = re.subn(old, new, rest, count=2)
        assert count == 2
        path.write_text(head + word + changed, encoding="utf-8")

    return edit


FORGERIES: list[tuple[str, Edit, str]] = [
    (
        "one leg",
        edit_text(FEE, r"(Expenses:5511手续费 +)(\d)", r"\g<1>7\2"),
        r"记-2023-\d\d-\d{4}：借贷不等，CNY 相差 \d",
    ),
    ("both legs", two_legs(FEE, r"(-?)(\d+\.\d\d) CNY", r"\g<1>1\2 CNY"), r"（balance）：2023-.*应为 .*，重算得"),
    (
        "a renumbered voucher",
        edit_text(FEE, r'voucher: "记-2023-(\d\d)-(\d{4})"', r'voucher: "记-2023-\1-9999"'),
        "记-2023-.*-9999：按次序应为",
    ),
    ("a voucher in another unit", two_legs(FEE, r"\.(\d\d) CNY", r".\1 LOAN.CNY"), "单位与凭证种类不符"),
    (
        "a loan's principal",
        two_legs('kind: "LoanRepaid"', r"(-?)(\d+\.\d\d) LOAN.CNY", r"\g<1>1\2 LOAN.CNY"),
        "（balance）|在池贷款本金 ",
    ),
    (
        "a loan's fact",
        edit_fact("LoanRepaid", "amount-yuan"),
        r"在池贷款本金 \S+：事项合计",
    ),
    (
        "a case's fact",
        edit_fact("CompensationPaid", "amount-yuan"),
        r"待追偿 BC2023-\d+：事项合计",
    ),
    ("a trial balance line", tilt_june, r"seals/2023-06.*科目余额表 \S+ 记为"),
    ("a source left out", edit_file("seals/2023-06*.json", "裁决", "判决"), r"seals/2023-06.*来源文件与账不符"),
    (
        "a date in a closed month",
        edit_text(r'2023-09-\d\d \* "手续费"', r'^2023-09-(\d\d) (\* "手续费")', r"2023-08-\1 \2"),
        "按次序应为",
    ),
    (
        "a step's number",
        rerecord("decision", move_step),
        r"documents/\w+（BC2023-\d+）第 \d+ 步 sub：重算得 \d+，记为 \d+",
    ),
    ("a fen through all figures", rerecord("decision", a_fen_in_every_figure), r"第 \d+ 步 share：重算得"),
    ("steps that do not join", rerecord("decision", break_join), r"第 \d+ 步：.* 与其来历"),
    ("a share", rerecord("decision", move_share), r"due.pool 记为|各方金额之和"),
    (
        "a contributor's share",
        rerecord("decision", lambda table: table["contributors"].update({"01": 1})),
        "各出资方金额之和",
    ),
    ("a fact", rerecord("decision", lambda table: table["facts"].update(principal=1)), "与其来历 f:principal 不符"),
    (
        "a rate",
        rerecord("decision", lambda table: table["clauses"][8]["literals"].update(unit=100)),
        "与其来历 p:9.unit 不符",
    ),
    ("the verdict", rerecord("decision", lambda table: table.update(verdict="denied")), "结论与各条件的结果不符"),
    (
        "the rule's digest",
        rerecord("decision", lambda table: table.update(rule_sha256="0" * 64)),
        "与 documents/.*记录不符",
    ),
    ("a recovery's step", rerecord("recovery", move_step), r"第 \d+ 步 sub：重算得"),
    (
        "what was recovered before",
        rerecord("recovery", lambda table: table["facts"].update(gross_before=1)),
        "与其来历 f:gross_before 不符",
    ),
    (
        "the amount decided",
        edit_fact("CompensationDecided", "approved-yuan"),
        r"记-2023-.*所记的金额.*documents/",
    ),
    (
        "a contributor in the voucher",
        edit_text('kind: "CompensationDecided"', r'contributors: "01:(\d)', r'contributors: "01:1\1'),
        r"记-2023-.*所记的金额",
    ),
    ("a maker who checks himself", edit_text(FEE, r'reviewer: "lu"', 'reviewer: "chen"'), "制单与复核是同一人"),
]


@pytest.mark.parametrize(("edit", "named"), [case[1:] for case in FORGERIES], ids=[case[0] for case in FORGERIES])
def test_a_forgery_whose_hashes_all_fit_is_found_by_its_substance(
    reperform: Run, small_copy: Path, edit: Edit, named: str
) -> None:
    forge(small_copy, edit)
    code, wrong = reperform(small_copy)
    assert code == 1
    assert not any("记号" in line or "散列" in line or "链" in line for line in wrong), wrong[:5]
    assert any(re.search(named, line) for line in wrong), wrong[:5]


def test_the_forger_leaves_no_hash_wrong(reperform: Run, small_copy: Path) -> None:
    """The forger's own control: a change without substance passes every check there is, ours and the script's."""
    forge(small_copy, edit_text(FEE, '"手续费"', '"手续费用"'))
    assert verify(small_copy) == ()
    assert reperform(small_copy)[0] == 0


# ── months closed and opened again ──


def reopened(books: Path, month: str = "2023-12") -> Office:
    office = Office(books)
    at = datetime(2024, 2, 1, 9)  # noqa: DTZ001 - the office's own clock has no zone
    months.reopen(office, month, "漏记一笔", who=Actor("gu", at), second="lu")
    return office


def close_again(office: Office, month: str = "2023-12") -> None:
    actor = Actor("chen", datetime(2024, 2, 2, 9))  # noqa: DTZ001 - same
    receipt = months._receipt(office, month, (), actor, "lu")  # noqa: SLF001 - the act itself asks for bank statements
    with office.locked() as store:
        months._seal(store, receipt, actor, "lu")  # noqa: SLF001 - same


def post_late(office: Office) -> None:
    """A voucher of a day in December, between contributors: it moves the trial balance and no cash."""
    chart = office.book.chart
    lines = tuple(VoucherLine(account=chart.paid_in(no), amount_fen=fen) for no, fen in (("01", 700), ("02", -700)))
    event = ManualVoucher(
        event_id=event_id("late", 1), on=date(2023, 12, 30), summary="补记", lines=lines, reason="漏记", attachments=1
    )
    signed = Signatures(preparer="chen", reviewer="lu", bookkeeper="shen", at=datetime(2024, 2, 1, 10))  # noqa: DTZ001 - same
    with office.locked() as store:
        office.keep(post(store, office.book, Posting("manual", [event], signed)).book)


def test_a_month_opened_and_closed_again_is_whole(reperform: Run, small_copy: Path, tmp_path: Path) -> None:
    office = reopened(small_copy)
    post_late(office)
    assert reperform(small_copy)[0] == 0
    with pytest.raises(Refusal):
        audit_kit(small_copy, tmp_path / "open", "2023-12")
    close_again(office)
    code, page = reperform(small_copy)
    assert code == 0, page
    assert any("12 个月，14 次" in line for line in page)
    assert verify(small_copy) == ()
    audit_kit(small_copy, tmp_path / "kit", "2023-12")
    assert reperform(tmp_path / "kit" / "books.tar")[0] == 0
    both = [min(small_copy.glob(f"seals/2023-12-{step}-closed.json")) for step in (1, 3)]
    first, last = (dict(json.loads(path.read_bytes())["trial_balance"]) for path in both)
    assert first != last, "the second close shows what came between"


def test_each_step_of_a_month_is_held_to_its_own_figures(reperform: Run, small_copy: Path) -> None:
    office = reopened(small_copy)
    post_late(office)
    close_again(office)
    for step in ("1-closed", "2-reopened", "3-closed"):
        path = small_copy / "seals" / f"2023-12-{step}.json"
        before = path.read_bytes()
        tilt_trial_balance(path)
        wrong = reperform(small_copy)[1]
        assert re.search(rf"seals/2023-12-{step}.json：科目余额表 \S+ 记为", wrong[0]), wrong
        path.write_bytes(before)


def test_an_entry_smuggled_into_a_closed_month_is_named(reperform: Run, small_copy: Path) -> None:
    """The reopening is taken away together with its log record and every hash is made to fit."""
    office = reopened(small_copy)
    post_late(office)
    log = max(small_copy.glob("log/*-reopen.json"))
    (small_copy / "seals" / "2023-12-2-reopened.json").unlink()

    def forget(books: Path) -> None:
        log.unlink()
        for path in sorted(books.glob("log/*.json")):
            number = int(path.name[:6])
            if number > int(log.name[:6]):
                swap(path, f'"number": {number}', f'"number": {number - 1}')
                path.rename(path.with_name(f"{number - 1:06d}{path.name[6:]}"))

    forge(small_copy, forget)
    wrong = reperform(small_copy)[1]
    assert [line for line in wrong if re.search(r"记-2023-12-\d+：2023-12 结账以后记入", line)], wrong


# ── steps ──


def decisions(count: int) -> Iterator[dict[str, Any]]:
    """Records of random decisions under every text that can decide, as the checker's own tests make them."""
    path = Path(__file__).resolve().parents[1] / "riskpool" / "test_riskpool_checker.py"
    spec = importlib.util.spec_from_file_location("checker_cases", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for seed in range(count):
        yield json.loads(module.random_decision(seed).to_bytes())


def numbers(table: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """(container, key) of every number in the steps and in what they come to."""
    for step in table["steps"]:
        yield from ((step, key) for key in ("no", "result"))
        yield from ((operand, 1) for operand in step["operands"] if isinstance(operand[1], int))
    for name in ("due", "contributors"):
        yield from ((table[name], key) for key in table[name])
    yield from ((table, key) for key in ("base", "loss", "settle"))


def test_sound_records_of_every_text_are_sound() -> None:
    verdicts, operations = set(), set()
    for table in decisions(300):
        assert list(its.record_faults(table)) == [], table["case"]
        verdicts.add(table["verdict"])
        operations |= {step["op"] for step in table["steps"]}
    assert verdicts == {"approved", "denied", "deferred"}
    assert len(operations) >= 10


def test_every_number_of_every_step_is_recomputed() -> None:
    changed = 0
    for table in decisions(40):
        for index in range(len(list(numbers(table)))):
            other = deepcopy(table)
            place, key = list(numbers(other))[index]
            place[key] = not place[key] if isinstance(place[key], bool) else place[key] + 1
            assert list(its.record_faults(other)), f"{table['case']}: {key} of {place} changed unseen"
            changed += 1
    assert changed > 2000


AMOUNTS = st.integers(-(10**12), 10**12)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    op=st.sampled_from([op for op in OPS if op not in {"share", "share_down", "one_of"}]),
    values=st.lists(AMOUNTS, min_size=4, max_size=4),
)
def test_the_operations_agree_with_the_programs_checker(op: str, values: list[int]) -> None:
    assert int(its.OPERATIONS[op](values)) == _result(op, values)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    op=st.sampled_from(["share", "share_down"]),
    whole=st.integers(1, 10**9),
    unit=st.sampled_from([1, 100]),
    rest=st.lists(st.integers(0, 10**12), min_size=2, max_size=2),
)
def test_the_shares_agree_with_the_programs_checker(op: str, whole: int, unit: int, rest: list[int]) -> None:
    assert its.OPERATIONS[op]([whole, unit, *rest]) == _result(op, [whole, unit, *rest])


def test_all_twelve_operations_are_known() -> None:
    assert set(its.OPERATIONS) == set(OPS)
    assert its.OPERATIONS["one_of"](["a", "b", "a"])
    assert not its.OPERATIONS["one_of"]([True, 1, "True"])
