"""The 52 edge cases: each has its outcome, its source or reason, and cases that are run and show it."""

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml
from cases.reading import EDGES, FOLDER, SHAPES, cases

REPO = Path(__file__).resolve().parents[2]
ROWS: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{EDGES}.yaml").read_text(encoding="utf-8"))
RUN = {name for shape in SHAPES for name, _, _ in cases(shape)}


def functions(path: str) -> set[str]:
    tree = ast.parse((REPO / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_all_52_are_there_once() -> None:
    assert [row["number"] for row in ROWS] == list(range(1, 53))
    assert len({row["title"] for row in ROWS}) == 52


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['number']} {row['title']}")
def test_an_edge_case_has_outcome_ground_and_a_case_that_runs(row: dict[str, Any]) -> None:
    assert set(row) <= {"number", "title", "outcome", "source", "reason", "shown_by"}
    assert row["outcome"]
    assert row.get("source") or row.get("reason")
    assert row["shown_by"]
    for shown in row["shown_by"]:
        path, _, function = shown.partition("::")
        if function:
            assert function.startswith("test_")
            assert function in functions(path), shown
        else:
            assert shown in RUN, f"{shown} is no case of this folder"
