"""Working days (工作日) with 调休: public notices as data, one file a year, and the arithmetic on them.

A weekend rests, a holiday rests, a weekend that a notice turns into a working day works. A day of a year without a
file is neither: what asks is refused, because next year's notice is not guessed.
"""

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ledger.faults import ExitCode, Fault, FaultKind, Refusal

NO_CALENDAR = FaultKind(
    "办法-日历-01",
    "没有这一年的放假和调休安排",
    "随程序所附日历年份之内的日期",
    "国务院办公厅公布当年安排后，在 riskpool/calendars 增加当年的文件；此前由人工推算并由主管确认。",
    ExitCode.REFUSED,
)
KINDS = (NO_CALENDAR,)

_DAY = timedelta(days=1)


class Calendar(NamedTuple):
    """Years that are covered, weekdays that rest, weekend days that work, and the notices."""

    years: frozenset[int]
    rests_on: frozenset[date]
    works_on: frozenset[date]
    source: str

    def is_working(self, day: date) -> bool:
        """Whether offices work on the day; a year without a notice refuses."""
        if day.year not in self.years:
            raise Refusal([Fault(NO_CALENDAR, day.isoformat())])
        return day in self.works_on or (day.weekday() < 5 and day not in self.rests_on)

    def working_day_from(self, day: date) -> date:
        """The day itself, or the next working day when it rests (民法典 203: a period never ends on a rest day)."""
        while not self.is_working(day):
            day += _DAY
        return day

    def after_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after a day, which is itself not counted (民法典 201)."""
        while count:
            day += _DAY
            count -= self.is_working(day)
        return day


@cache
def shipped_calendar() -> Calendar:
    """The calendar of all years whose notices ship with the program; read once."""
    tables = [
        tomllib.loads(item.read_text(encoding="utf-8"))
        for item in files("riskpool.calendars").iterdir()
        if item.name.endswith(".toml")
    ]
    tables.sort(key=lambda table: int(table["year"]))
    rests: set[date] = set()
    works: set[date] = set()
    for table in tables:
        for holiday in table["holiday"]:
            span = (holiday["until_on"] - holiday["from_on"]).days
            rests |= {holiday["from_on"] + timedelta(days=step) for step in range(span)}
            works |= set(holiday["works_on"])
    years = [int(table["year"]) for table in tables]
    return Calendar(
        frozenset(years), frozenset(rests - works), frozenset(works), f"{min(years)}—{max(years)} 年放假调休通知"
    )
