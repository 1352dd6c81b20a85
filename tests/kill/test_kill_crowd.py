"""Many at once: a slice of what ``make kill`` runs whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
from crowd import killed_at_random, read_while_written, side_by_side
from run import SEED

SLICES: tuple[tuple[Callable[..., tuple[str, bool]], dict[str, int]], ...] = (
    (side_by_side, {"clerks": 3, "each": 3}),
    (killed_at_random, {"kills": 4}),
    (read_while_written, {"reads": 60, "states": 4}),
)


@pytest.mark.parametrize(("crowd", "less"), SLICES, ids=[crowd.__name__ for crowd, _ in SLICES])
def test_a_crowd(crowd: Callable[..., tuple[str, bool]], less: dict[str, int], tmp_path: Path) -> None:
    text, is_right = crowd(tmp_path, SEED, **less)
    assert is_right, text
