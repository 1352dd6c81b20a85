"""Each kind of tampering is found and named; untouched books are clean."""

from collections.abc import Callable
from pathlib import Path

import pytest
from ledger_samples import Office, contribution, seal

from ledger.faults import Refusal
from ledger.verify import verify


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    path.write_bytes(text.replace(old, new, 1).encode())


def said(full_office: Office) -> str:
    return "\n".join(map(str, verify(full_office.root)))


def test_untouched_books_are_clean_and_verifying_writes_nothing(full_office: Office) -> None:
    before = full_office.files()
    assert verify(full_office.root) == ()
    assert full_office.files() == before


def test_a_changed_amount_names_its_voucher_and_batch(full_office: Office) -> None:
    path = full_office.batches()[-1]
    text = path.read_text(encoding="utf-8").replace("22.22 CNY", "22.32 CNY")
    path.write_bytes(text.encode())
    first = verify(full_office.root)[0]
    assert "记-2023-03-0002" in first.found
    assert first.place.file == f"batches/2023/{path.name}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"市财政出资"', '"市财政出资款"'),
        ('"市财政出资"', '"某某" "市财政出资"'),
        ("2023-03-01 *", "2023-03-02 *"),
        ("2023-03-01 *", "2023-03-01 !"),
        ("01中国银行:01专户  ", "01中国银行:02定期  "),
        ('account: "boc-01"', 'account: "boc-02"'),
        ("amount-yuan: 22.22", "amount-yuan: 22.21"),
        ("#voucher", "#voucher #red"),
        ("^v2023-03-0002", "^v2023-03-0002 ^case-BC2023-001"),
        ('voucher: "记-2023-03-0002"', 'voucher: "记-2023-03-0003"'),
        ('reviewer: "li"', 'reviewer: "wang"'),
        ('pushmeta preparer: "zhang"', 'pushmeta preparer: "wang"'),
        ("  22.22 CNY", "  22.22 CNY @ 1 CNY"),
        ("  Assets:1002", "  ! Assets:1002"),
        ("22.22 CNY\n", '22.22 CNY\n    contributor: "02"\n'),
        ("mark: ", 'more: "x"\n  mark: '),
    ],
)
def test_any_change_of_content_is_found(full_office: Office, old: str, new: str) -> None:
    path = full_office.batches()[-1]
    edit(path, old, new)
    assert path.name in said(full_office)


@pytest.mark.parametrize("act", ["posted-at", "act: ", "draft: ", '"batch" "1" 1', '"1"'])
def test_a_changed_header_is_found(full_office: Office, act: str) -> None:
    path = full_office.batches()[1]
    edit(path, act, act.replace("posted-at", "posted-by").replace(": ", "s: ").replace('"1"', '"2"'))
    assert verify(full_office.root)


def test_every_directive_of_every_batch_is_held_by_its_mark(full_office: Office) -> None:
    # One digit of each date moved: each is named in its own file.
    for path in full_office.batches():
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines()):
            if line[:4].isdecimal() and "custom" not in line:
                lines = text.splitlines()
                lines[number] = f"1{line[1:]}"
                path.write_text("\n".join(lines) + "\n", encoding="utf-8")
                assert any(path.name in fault.place.file for fault in verify(full_office.root)), line
        path.write_text(text, encoding="utf-8")
    assert verify(full_office.root) == ()


def test_a_deleted_transaction_is_found(full_office: Office) -> None:
    path = full_office.batches()[-1]
    text = path.read_text(encoding="utf-8")
    start = text.index("2023-03-01 *")
    end = text.index("popmeta")
    path.write_bytes((text[:start] + text[end:]).encode())
    assert path.name in said(full_office)


def test_a_doubled_transaction_is_found(full_office: Office) -> None:
    path = full_office.batches()[-1]
    text = path.read_text(encoding="utf-8")
    start, end = text.index("2023-03-01 *"), text.index("popmeta")
    path.write_bytes((text[:end] + text[start:end] + text[end:]).encode())
    assert path.name in said(full_office)


def test_two_batches_swapped_are_found(full_office: Office) -> None:
    one, two = full_office.batches()[-2:]
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert one.name in said(full_office)


def test_two_batches_renamed_are_found(full_office: Office) -> None:
    one, two = full_office.batches()[-2:]
    keep = one.with_name("keep")
    one.rename(keep)
    two.rename(one.with_name(one.name[:6] + two.name[6:]))
    keep.rename(two.with_name(two.name[:6] + one.name[6:]))
    assert verify(full_office.root)


@pytest.mark.parametrize("which", [0, 3, -2, -1])
def test_a_missing_batch_is_found(full_office: Office, which: int) -> None:
    full_office.batches()[which].unlink()
    assert "链" in said(full_office) or "批" in said(full_office)


def test_all_batches_missing_are_found(full_office: Office) -> None:
    for path in full_office.batches():
        path.unlink()
    assert "没有任何批次" in said(full_office)


def test_an_added_batch_is_found(full_office: Office) -> None:
    last = full_office.batches()[-1]
    last.with_name(f"{int(last.name[:6]) + 1:06d}-0123456789ab.beancount").write_bytes(last.read_bytes())
    assert verify(full_office.root)


@pytest.mark.parametrize("name", ["pool.toml", "main.beancount", "chart.beancount", "head.beancount"])
def test_a_changed_file_outside_the_batches_is_named(full_office: Office, name: str) -> None:
    path = full_office.root / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert name in said(full_office)
    path.unlink()
    assert name in said(full_office)


def test_a_changed_and_a_missing_document_are_named(full_office: Office) -> None:
    (path,) = (full_office.root / "documents").glob("*-attachment.pdf")
    content = path.read_bytes()
    path.write_bytes(content + b" ")
    assert path.name in said(full_office)
    path.unlink()
    assert path.name in said(full_office)
    path.write_bytes(content)
    assert verify(full_office.root) == ()


def test_a_changed_rule_text_is_named(full_office: Office) -> None:
    (path,) = (full_office.root / "rules").rglob("rule_text.toml")
    path.write_bytes(b"50%")
    assert path.relative_to(full_office.root).as_posix() in said(full_office)


@pytest.mark.parametrize(
    "break_", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes().replace(b"zhang", b"wang"))]
)
def test_a_broken_log_is_named(full_office: Office, break_: Callable[[Path], None]) -> None:
    break_(sorted((full_office.root / "log").glob("*"))[3])
    assert "日志" in said(full_office)


def test_a_receipt_finds_a_tail_cut_together_with_its_head(full_office: Office) -> None:
    heads = (full_office.root / "head.beancount").read_bytes()
    full_office.post(contribution("three", 3))
    seal(full_office)
    assert verify(full_office.root) == ()
    full_office.batches()[-1].unlink()
    (full_office.root / "head.beancount").write_bytes(heads)
    assert "结账回执" in said(full_office)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("popmeta", "; 说明\npopmeta"),
        ("pushmeta", "\npushmeta"),
        ("22.22 CNY", "22.22  CNY"),
        ("-22.22 CNY", "-11.11 - 11.11 CNY"),
        ("\n\n", "\n\r\n"),
    ],
    ids=["comment", "blank line", "blank", "sum", "return"],
)
def test_an_edit_that_changes_no_content_is_found_too(full_office: Office, old: str, new: str) -> None:
    path = full_office.batches()[-1]
    edit(path, old, new)
    assert path.name in said(full_office)


@pytest.mark.parametrize(
    "line", ['include "../../log/evil.txt"', 'plugin "os"', 'option "title" "x"', "pushtag #red", "poptag #red"]
)
def test_a_line_that_is_no_entry_is_found(full_office: Office, line: str) -> None:
    (full_office.root / "log" / "evil.txt").write_text("")
    path = full_office.batches()[-1]
    path.write_bytes(path.read_bytes() + f"{line}\n".encode())
    assert path.name in said(full_office)


def test_a_file_brought_in_by_an_include_is_not_opened(full_office: Office) -> None:
    (full_office.root / "log" / "evil.txt").write_text('2023-03-05 event "rule" "x"\n')
    path = full_office.batches()[-1]
    path.write_bytes(path.read_bytes() + b'include "../../log/evil.txt"\n')
    with pytest.raises(Refusal):
        assert full_office.book


def test_a_batch_cut_at_any_byte_is_found(full_office: Office) -> None:
    path = full_office.batches()[-1]
    content = path.read_bytes()
    lines = [number for number, byte in enumerate(content) if byte == ord("\n")]
    broken = [number for number, byte in enumerate(content) if byte >= 0x80][::3]
    cuts = sorted({*lines, *(number + 1 for number in lines[:-1]), *broken, *range(0, 120, 5), len(content) - 1})
    for cut in cuts:
        path.write_bytes(content[:cut])
        assert path.name in said(full_office), cut
    path.write_bytes(content)
    assert verify(full_office.root) == ()


@pytest.mark.parametrize("name", ["log/000002-import.json", "seals/2022-12-1-closed.json"])
@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"", b"[]"])
def test_garbage_in_a_record_is_named(full_office: Office, name: str, content: bytes) -> None:
    seal(full_office)
    (full_office.root / name).write_bytes(content)
    assert name in said(full_office)


def test_a_removed_and_a_changed_seal_are_found(full_office: Office) -> None:
    # Else a closed month is open again.
    seal(full_office)
    path = full_office.root / "seals" / "2022-12-1-closed.json"
    content = path.read_bytes()
    edit(path, "zhang", "wang")
    assert "回执" in said(full_office)
    path.write_bytes(content)
    assert verify(full_office.root) == ()
    path.unlink()
    assert verify(full_office.root) != ()


def test_a_removed_older_seal_is_found(full_office: Office) -> None:
    seal(full_office)
    full_office.post(contribution("later", 1))
    assert verify(full_office.root) == ()
    (full_office.root / "seals" / "2022-12-1-closed.json").unlink()
    assert "回执不在账内" in said(full_office)


def test_a_removed_last_seal_is_not_laundered(full_office: Office) -> None:
    seal(full_office)
    (full_office.root / "seals" / "2022-12-1-closed.json").unlink()
    full_office.post(contribution("later", 1))
    assert verify(full_office.root) != ()


def test_a_removed_last_log_record_is_found(full_office: Office) -> None:
    max((full_office.root / "log").glob("*.json")).unlink()
    assert "日志" in said(full_office)


def test_a_changed_last_log_record_is_found(full_office: Office) -> None:
    edit(max((full_office.root / "log").glob("*.json")), "zhang", "wang")
    assert "日志" in said(full_office)


@pytest.mark.parametrize("name", ["2023/000012-000000000000.beancount", "2023/000099-{id}", "1999/{whole}"])
def test_a_renamed_batch_is_found(full_office: Office, name: str) -> None:
    path = full_office.batches()[-1]
    to = full_office.root / "batches" / name.format(id=path.name[7:], whole=path.name)
    to.parent.mkdir(exist_ok=True)
    path.rename(to)
    assert verify(full_office.root) != ()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: content + b"\0",
        lambda content: content + b"\x0c\n",
        lambda content: b"* heading\n" + content,
        lambda _: b"",
    ],
    ids=["bom", "returns", "nul", "form feed", "heading", "empty"],
)
def test_bytes_that_a_parser_may_overlook_are_found(full_office: Office, spoil: Callable[[bytes], bytes]) -> None:
    path = full_office.batches()[-1]
    path.write_bytes(spoil(path.read_bytes()))
    assert path.name in said(full_office)
