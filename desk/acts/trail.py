"""The life of a case or a loan as the books tell it: every event, its numbers, and whether it still stands."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from desk.acts.office import Office
from ledger.faults import FaultKind, refuse
from reports.titles import KIND_TITLES

NO_TRAIL = FaultKind(
    "案件-经过-01",
    "账内没有这个编号",
    "账内已有的案件编号、借据号、质押登记号或保单号",
    "用 riskpool status 或浏览器查看。",
)
KINDS = (NO_TRAIL,)


class Step(NamedTuple):
    """One event: its day, what it is, the numbers of its entries, its summary, its id, and its state."""

    on: date
    what: str
    numbers: str
    summary: str
    event: str
    state: str


def trail(office: Office, number: str) -> tuple[Step, ...]:
    """Every event of a case or a loan, by day and posting order; an unknown number is refused."""
    steps = tuple(_steps(office, number))
    if not steps:
        raise refuse(NO_TRAIL, number)
    return steps


def _steps(office: Office, number: str) -> Iterator[Step]:
    book = office.book
    for fact in book.facts_about(number):
        numbers = "、".join(voucher.no for voucher in book.voucher_of(fact.event))
        gone = book.withdrawn.get(fact.event)
        yield Step(fact.on, KIND_TITLES[fact.kind], numbers, fact.summary, fact.event, f"{gone} 撤回" if gone else "")
