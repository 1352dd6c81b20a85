"""Many at once: a slice of what ``make kill`` runs whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
from crowd import killed_at_random, read_while_written, side_by_side
from run import SEED


@pytest.mark.parametrize(
    ("crowd", "less"),
    [(side_by_side, {"clerks": 3, "each": 3}), (killed_at_random, {"kills": 4}), (read_while_written, {"reads": 60})],
)
def test_a_crowd(crowd: Callable[..., tuple[str, bool]], less: dict[str, int], tmp_path: Path) -> None:
    text, is_right = crowd(tmp_path, SEED, **less)
    assert is_right, text
