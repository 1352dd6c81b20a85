"""docs/faults.md lists every fault code exactly as the code says it."""

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.faults import Fault, FaultKind, Place

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
ROOMS = ("ledger", "importers", "riskpool", "reports", "desk")


def modules() -> Iterator[object]:
    for room in ROOMS:
        package = importlib.import_module(room)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            yield importlib.import_module(found.name)


def kinds() -> dict[str, FaultKind]:
    """Every fault kind that a module defines or lists, by code."""
    found: dict[str, FaultKind] = {}
    for module in modules():
        for value in vars(module).values():
            for kind in value if isinstance(value, tuple) else (value,):
                if isinstance(kind, FaultKind):
                    assert found.setdefault(kind.code, kind) == kind, f"two kinds bear {kind.code}"
    return found


def listed() -> list[FaultKind]:
    """The module tables: what a room says can go wrong in it."""
    tables = (getattr(module, name, ()) for module in modules() for name in ("KINDS", "FAULTS"))
    return [kind for table in tables if isinstance(table, tuple) for kind in table if isinstance(kind, FaultKind)]


def row(kind: FaultKind) -> str:
    cells = (kind.code, kind.title, kind.expected, kind.remedy, str(int(kind.exit_code)))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def rows() -> list[str]:
    return [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \S+-\S+-\d\d \|", line)]


def test_the_page_lists_every_code_as_the_code_says_it() -> None:
    wanted = {row(kind) for kind in kinds().values()}
    missing = "\n".join(sorted(wanted - set(rows())))
    assert not missing, f"put these rows into docs/faults.md:\n{missing}"


def test_the_page_lists_nothing_else_and_nothing_twice() -> None:
    wanted = {row(kind) for kind in kinds().values()}
    assert [line for line in rows() if line not in wanted] == []
    assert [line for line, count in Counter(rows()).items() if count > 1] == []


def test_every_kind_stands_in_a_table_of_its_room() -> None:
    assert set(kinds()) - {kind.code for kind in listed()} == set()


@pytest.mark.parametrize("kind", [*kinds().values()], ids=lambda kind: kind.code)
def test_a_code_names_its_room_and_its_texts_are_whole(kind: FaultKind) -> None:
    assert re.fullmatch(r"[\u4e00-\u9fff]{2}-[\u4e00-\u9fff]{1,4}-\d{2}", kind.code)
    assert f"## {kind.code[:2]}：" in PAGE.read_text(encoding="utf-8")
    assert kind.title
    assert kind.expected
    assert kind.remedy.endswith("。")


def test_the_example_is_what_the_program_prints() -> None:
    kind = kinds()["导入-金额-01"]
    place = Place("boc-01-list-202304.csv", row=12, column="交易金额")
    fault = Fault(kind, "+1,2O0.00", place, ("来账", "20230412", "+1,2O0.00"), 2)
    assert f"```text\n{fault}\n```" in PAGE.read_text(encoding="utf-8")
