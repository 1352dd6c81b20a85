"""What stands in an option is read as it is written, or refused: no form of a day that only Python knows."""

from datetime import date

import pytest

from desk.cli.opening import day, month
from ledger.faults import Refusal


def test_a_day_and_a_month_are_read() -> None:
    assert day("2024-02-29") == date(2024, 2, 29)
    assert month("2024-02") == "2024-02"


@pytest.mark.parametrize(
    "text", ["20240320", "2024-W12-3", "2024-3-20", "2023-02-30", "2024.3.20", "２０２４-03-20", " 2024-03-20"]
)
def test_another_form_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="命令-日期-01"):
        day(text)


@pytest.mark.parametrize("text", ["202403", "2024-13", "2024-3", "2024-W1", "2024-03-01"])
def test_another_form_of_a_month_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="命令-日期-01"):
        month(text)
