"""Each check before and after, on a tiny book through beancount's own loader; and the marks they leave."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from beancount import loader
from ledger_samples import Office, told

from ledger import checks
from ledger.book import Book
from ledger.checks import MARKER
from ledger.faults import Refusal
from ledger.reader import load

HEAD = """
option "tolerance_multiplier" "0"
option "operating_currency" "CNY"
plugin "ledger.checks.{name}"
2023-01-01 open Assets:1002银行存款:01中国银行:01专户
2023-01-01 open Assets:9101质押权利:Y1
2023-01-01 open Assets:9101质押权利:Y2
2023-01-01 open Assets:9201保险保障:01示例保险:P1
2023-01-01 open Assets:9401待裁决申请:01中国银行:C1
2023-01-01 open Equity:9102质押权利对应
2023-01-01 open Equity:3101出资:01市财政
2023-01-01 open Equity:9402待裁决申请对应
"""
MOVE = """
{on} * "资金" {tags}
  voucher: "{no}"
  event: "{event}"
{facts}  Assets:1002银行存款:01中国银行:01专户  {amount} CNY
  Equity:3101出资:01市财政  {minus}{other} CNY
"""


def move(**fields: str) -> str:
    """One entry of money; only what matters is said."""
    amount = fields.get("amount", "100.00")
    plain = {
        "on": "2023-03-01",
        "no": "记-2023-03-0001",
        "event": "e-1",
        "tags": "#voucher",
        "facts": "",
        "amount": amount,
    }
    filled = {**plain, "other": amount, **fields}
    minus = "" if filled["other"].startswith("-") else "-"
    return MOVE.format(**{**filled, "minus": minus, "other": filled["other"].removeprefix("-")})


def red(**fields: str) -> str:
    """The red entry against 记-2023-03-0001 that :func:`move` makes, unless told otherwise."""
    facts = '  cancels: "记-2023-03-0001"\n'
    plain = {"tags": "#voucher #red", "facts": facts, "no": "记-2023-03-0002", "amount": "-100.00"}
    return move(**{**plain, **fields})


EXPLAINED = """
2023-03-31 note Equity:3101出资:01市财政 "断号说明"
  event: "e-9"
  kind: "NumberExplained"
  voucher-no: "记-2023-03-0002"
"""


def pledge(reg: str, right: str, sign: str = "", on: str = "2023-03-01") -> str:
    """One unit of a right on (or off) a registration."""
    other = "" if sign else "-"
    return (
        f'{on} * "质押" #register\n  Assets:9101质押权利:{reg}  {sign}1 {right}\n'
        f"  Equity:9102质押权利对应  {other}1 {right}\n"
    )


def errors(name: str, text: str) -> list[str]:
    """What the check finds, through the loader."""
    _, found, options = loader.load_string(HEAD.format(name=name) + text)
    assert MARKER.KEY in options
    assert options[MARKER.KEY] == [f"ledger.checks.{name}"]
    return [error.message for error in found]


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        (
            "numbering",
            move() + move(no="记-2023-03-0002"),
            move() + move(no="记-2023-03-0003"),
            "断号：缺 记-2023-03-0002",
        ),
        ("numbering", move(), move(no="记-2023-03-0002"), "缺 记-2023-03-0001"),
        ("numbering", move(), move() + move(), "重号"),
        ("numbering", move(), move(no=""), "没有凭证字号"),
        ("numbering", move(), move(no="记-2023-04-0001"), "不在同月"),
        (
            "numbering",
            move() + move(no="记-2023-04-0001", on="2023-04-01"),
            move() + move(no="记-2023-04-0002", on="2023-04-01"),
            "缺 记-2023-04-0001",
        ),
        ("unique_events", move(facts='  kind: "A"\n') + move(), 2 * move(facts='  kind: "A"\n'), "重复入账"),
        (
            "funded",
            move() + move(amount="-100.00", other="-100.00"),
            move() + move(amount="-100.01", other="-100.01"),
            "日终为负：-0.01 CNY",
        ),
        (
            "funded",
            move(amount="-5.00", other="-5.00") + move(amount="5.00"),
            move(amount="-5.00", other="-5.00") + move(amount="5.00", on="2023-03-02"),
            "2023-03-01 日终为负",
        ),
        (
            "pledged_once",
            pledge("Y1", "ZL1"),
            pledge("Y1", "ZL1") + pledge("Y2", "ZL1", on="2023-03-02"),
            "一权两押：ZL1 在 2023-03-02",
        ),
        (
            "pledged_once",
            pledge("Y1", "ZL1") + pledge("Y2", "ZL1", on="2023-03-02") + pledge("Y1", "ZL1", "-", on="2023-03-02"),
            pledge("Y1", "ZL1") + pledge("Y2", "ZL1", on="2023-03-02") + pledge("Y1", "ZL1", "-", on="2023-03-03"),
            "一权两押",
        ),
        ("pledged_once", pledge("Y1", "ZL1") + pledge("Y1", "ZL2"), pledge("Y1", "ZL1", "-"), "质押 -1 次"),
        (
            "reversed_once",
            move() + red(),
            move() + red(facts='  cancels: "记-2023-03-0009"\n'),
            "记-2023-03-0009 不存在",
        ),
        ("reversed_once", move() + red(), move() + 2 * red(), "被注销两次"),
        ("reversed_once", move() + red(), move() + red(facts=""), "未写明"),
        ("reversed_once", move() + red(), move() + red(amount="-100.01"), "不是逐行相反"),
        ("reversed_once", move() + red(), move() + red(amount="100.00"), "不是逐行相反"),
        ("reversed_once", move() + red(), move() + red(on="2023-02-28"), "早于所注销的"),
        ("reversed_once", move() + red(), move() + red(tags="#voucher"), "不是红字"),
        ("reversed_once", move() + red(), move() + red(tags="#voucher #adjust"), "本年凭证"),
        (
            "numbering",
            move() + move(no="记-2023-03-0003") + EXPLAINED,
            move() + move(no="记-2023-03-0004") + EXPLAINED,
            "缺 记-2023-03-0003",
        ),
        (
            "numbering",
            move() + move(no="记-2023-03-0003") + EXPLAINED,
            move() + move(no="记-2023-03-0003"),
            "缺 记-2023-03-0002",
        ),
        (
            "numbering",
            move() + move(no="记-2023-03-0003") + EXPLAINED,
            move() + move(no="记-2023-03-0002") + EXPLAINED,
            "并不缺",
        ),
        ("numbering", move(), move(no="记-2023-03-99999999"), "缺 记-2023-03-0001 至 记-2023-03-99999998"),
        ("numbering", move(), move(no="记-2023-03-1"), "没有凭证字号"),
        ("numbering", move(), move(no=f"记-2023-03-{'9' * 5000}"), "没有凭证字号"),
    ],
)
def test_a_check_passes_before_and_names_the_wrong_after(name: str, before: str, after: str, words: str) -> None:
    assert errors(name, before) == []
    found = errors(name, after)
    assert len(found) >= 1
    assert words in found[0]


def case(kind: str, on: str, amount: str, number: str) -> str:
    """A fact of a case, as metadata of an event directive."""
    key = "approved-yuan" if kind == "CompensationDecided" else "amount-yuan"
    return f'{on} event "x{number}" "y"\n  event: "x{number}"\n  kind: "{kind}"\n  case: "C1"\n  {key}: {amount}\n'


def test_a_case_is_never_paid_beyond_its_decision() -> None:
    decided = case("CompensationDecided", "2023-06-20", "100.00", "1")
    paid = case("CompensationPaid", "2023-06-30", "100.00", "2")
    bounced = case("PaymentBounced", "2023-07-04", "100.00", "3")
    again = case("CompensationPaid", "2023-07-05", "100.00", "4")
    assert errors("decided_paid", decided + paid + bounced + again) == []
    assert "超过裁决 100.00" in errors("decided_paid", decided + paid + again)[0]
    assert "超过裁决 0" in errors("decided_paid", paid)[0]
    assert "超过裁决 0" in errors("decided_paid", case("CompensationDecided", "2023-07-01", "100.00", "1") + paid)[0]


def test_a_sum_that_beancount_forgives_is_an_error() -> None:
    # With its default tolerance beancount lets half of a hundredth pass.
    loose = HEAD.format(name="exact_sums").replace('option "tolerance_multiplier" "0"\n', "")
    off = move(amount="100.00", other="99.995")
    messages = [error.message for error in loader.load_string(loose + off)[1]]
    assert messages == ["借贷不平：CNY 相差 0.005"]
    assert errors("exact_sums", move()) == []
    assert loader.load_string(loose.replace("plugin", ";") + off)[1] == []


def gone(event: str, on: str) -> str:
    """The withdrawal of an event, as a remark."""
    facts = f'  event: "w-{event}"\n  kind: "EventWithdrawn"\n  withdraws: "{event}"\n'
    return f'{on} note Equity:3101出资:01市财政 "撤回"\n{facts}'


def test_what_was_withdrawn_counts_no_more_from_its_day() -> None:
    decided = case("CompensationDecided", "2023-06-20", "100.00", "1")
    paid = case("CompensationPaid", "2023-06-30", "100.00", "2")
    again = case("CompensationPaid", "2023-07-05", "100.00", "4")
    assert errors("decided_paid", decided + paid + gone("x2", "2023-07-05") + again) == []
    assert (
        "已付 200.00，超过裁决 100.00" in errors("decided_paid", decided + paid + gone("x2", "2023-07-06") + again)[0]
    )
    assert "超过裁决 0" in errors("decided_paid", decided + paid + gone("x1", "2023-07-01"))[0]
    assert errors("decided_paid", decided + gone("x1", "2023-07-01")) == []


def test_memo_accounts_are_never_negative_either() -> None:
    text = (
        '2023-03-01 * "申请" #register\n  Assets:9401待裁决申请:01中国银行:C1  -1.00 CLAIM.CNY\n'
        "  Equity:9402待裁决申请对应  1.00 CLAIM.CNY\n"
    )
    assert "-1.00 CLAIM.CNY" in errors("funded", text)[0]
    assert (
        "-1.00 COVER.CNY"
        in errors(
            "funded",
            text.replace("9401待裁决申请:01中国银行:C1", "9201保险保障:01示例保险:P1").replace("CLAIM", "COVER"),
        )[0]
    )


def test_every_check_of_the_list_is_a_module_of_the_room() -> None:
    folder = Path(checks.__file__).parent
    modules = {f"ledger.checks.{path.stem}" for path in folder.glob("*.py")}
    assert modules == {*checks.NAMES, checks.EVERY, "ledger.checks.__init__", "ledger.checks.gathered"}
    assert len(checks.all_checks()) == len(checks.NAMES)
    for check in checks.all_checks():
        words = sys.modules[check.__module__].__doc__ or ""
        assert "Before:" in words
        assert "After:" in words


def test_books_without_a_checks_mark_are_refused(office: Office) -> None:
    main = office.root / "main.beancount"
    text = main.read_text(encoding="utf-8")
    line = f'plugin "{checks.EVERY}"\n'
    assert line in text
    main.write_text(text.replace(line, ""), encoding="utf-8")
    assert MARKER.missing(load(office.root).options) == checks.NAMES
    with pytest.raises(Refusal, match="未运行"):
        assert office.book
    for name in checks.NAMES:
        others = "".join(f'plugin "{other}"\n' for other in checks.NAMES if other != name)
        main.write_text(text.replace(line, others), encoding="utf-8")
        with pytest.raises(Refusal, match=name):
            assert office.book
        assert MARKER.missing(load(office.root).options) == (name,)
    main.write_text(text, encoding="utf-8")
    assert office.book


def test_a_plugin_named_below_the_top_file_does_not_count(office: Office) -> None:
    main, chart = office.root / "main.beancount", office.root / "chart.beancount"
    line = f'plugin "{checks.EVERY}"\n'
    main.write_text(main.read_text(encoding="utf-8").replace(line, ""), encoding="utf-8")
    chart.write_text(line + chart.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(Refusal, match="未运行"):
        assert office.book


def test_a_folder_that_is_no_books_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="账簿-打开-01"):
        Book.load(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_books_with_any_error_are_refused_with_file_and_line(office: Office) -> None:
    path = office.batches()[-1]
    text = path.read_text(encoding="utf-8").replace("900000.00 CNY", "900000.01 CNY")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=rf"batches/2023/{path.name}:[0-9]+ "):
        assert office.book


@pytest.mark.parametrize("cache", [".main.beancount.picklecache", ".main.bean.picklecache"])
def test_a_cache_file_is_never_read(office: Office, cache: str) -> None:
    evil = b"cbuiltins\nexec\n(Vraise SystemExit('the cache was read')\ntR."
    (office.root / cache).write_bytes(evil)
    assert office.book
    assert not [path for path in office.root.glob(".*cache") if path.read_bytes() != evil]


def test_bean_check_passes_on_good_books_and_fails_on_bad(office: Office) -> None:
    told(office)
    command = [str(Path(sys.executable).with_name("bean-check")), "--no-cache", str(office.root / "main.beancount")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    path = office.batches()[-1]
    path.write_text(path.read_text(encoding="utf-8").replace("记-2023-10-0001", "记-2023-10-0002"), encoding="utf-8")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "断号" in done.stderr


def test_stock_beancount_reads_the_books_without_our_program(office: Office, tmp_path: Path) -> None:
    # An auditor's own beancount: the same balances, without our plugins.
    told(office)
    script = textwrap.dedent("""
        import sys
        from beancount import loader
        from beancount.core import realization, inventory
        entries, errors, _ = loader.load_file(sys.argv[1])
        assert not errors, errors
        root = realization.realize(entries)
        account = realization.get(root, "Assets:1002银行存款:01中国银行:01专户")
        print(realization.compute_balance(account).get_currency_units("CNY").number)
    """)
    main = office.root / "main.beancount"
    kept = [line for line in main.read_text(encoding="utf-8").splitlines() if not line.startswith("plugin")]
    main.write_text("\n".join(kept) + "\n", encoding="utf-8")
    command = [sys.executable, "-I", "-c", script, str(main)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"BEANCOUNT_DISABLE_LOAD_CACHE": "1", "PYTHONUTF8": "1"},
    )
    assert done.stdout == "1645000.00\n"


def test_a_pad_is_refused(office: Office) -> None:
    chart = office.root / "chart.beancount"
    line = (
        "2022-12-31 pad Assets:1012在途资金 Equity:3202本年结余\n2023-01-02 balance Assets:1012在途资金 5.00 ~ 0 CNY\n"
    )
    chart.write_text(chart.read_text(encoding="utf-8") + line, encoding="utf-8")
    with pytest.raises(Refusal):
        assert office.book
