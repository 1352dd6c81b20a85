"""Applications, decisions, payments and recoveries; the insurance that stands beside the pool."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from ledger.accounts import RECOURSE
from ledger.casefiles import CaseFile, case_files
from ledger.events import (
    CompensationApplied,
    CompensationDecided,
    CompensationDenied,
    CompensationPaid,
    InsuranceClaimPaid,
    InsuranceIssued,
    InsuranceLapsed,
    PaymentBounced,
    RecoveryNotified,
    SuspensionLifted,
    SuspensionTripped,
)
from reports.monthly.figures import Block, Figure, Line, count, fen
from reports.monthly.period import SPANS, Period
from reports.render.cells import Cell, Day, Words

EXPIRY_DAYS = (30, 60, 90)
STATES = {"suspended": "暂停", "warning": "预警", "normal": "正常"}
"""A suspension's states as a rule text names them, in the words of the report."""

CaseEvent = CompensationApplied | CompensationDecided | CompensationDenied | CompensationPaid


def case_blocks(period: Period) -> list[Block]:
    """All blocks about cases and cover."""
    return [_applications(period), _cases(period), _recoveries(period), _insurance(period), _suspensions(period)]


def _applications(period: Period) -> Block:
    lines = []
    for key, title, kind in (
        ("received", "受理", CompensationApplied),
        ("approved", "核准（含核减）", CompensationDecided),
        ("denied", "不予补偿", CompensationDenied),
        ("paid", "已付", CompensationPaid),
    ):
        cells: list[Figure] = []
        for span in ("month", "year"):
            events: Sequence[CaseEvent] = period.events(kind, span)
            numbers = period.numbers(events)
            cells += [count(len(events), numbers), fen(sum(map(_amount, events)), numbers)]
        lines.append(Line(key, title, tuple(cells)))
    bounced = [(period.events(PaymentBounced, span)) for span in ("month", "year")]
    lines.append(Line("bounced", "退汇", tuple(cell for events in bounced for cell in _bounced(period, events))))
    columns = (
        ("month_count", "本月件数"),
        ("month_amount", "本月金额"),
        ("year_count", "本年件数"),
        ("year_amount", "本年金额"),
    )
    return Block("applications", "十四、补偿申请", "环节", columns, tuple(lines))


def _bounced(period: Period, events: Sequence[PaymentBounced]) -> tuple[Figure, Figure]:
    numbers = period.numbers(events)
    return count(len(events), numbers), fen(sum(event.amount_fen for event in events), numbers)


def _amount(event: CaseEvent) -> int:
    match event:
        case CompensationDecided():
            return event.approved_fen
        case CompensationPaid():
            return event.amount_fen
        case CompensationApplied() | CompensationDenied():
            return event.claimed_fen


def _cases(period: Period) -> Block:
    lines = [
        Line(item.case, item.case, _case_cells(period, item))
        for item in case_files(period.book, period.until_on).values()
    ]
    columns = (
        ("bank", "银行"),
        ("state", "状态"),
        ("claimed", "申请金额"),
        ("approved", "核定金额"),
        ("paid", "已付"),
        ("recovered", "追偿收回"),
        ("recourse", "待追偿"),
    )
    summed = ("claimed", "approved", "paid", "recovered", "recourse")
    return Block("cases", "十五、案件", "案件", columns, tuple(lines), summed)


def _case_cells(period: Period, item: CaseFile) -> tuple[Figure | Cell, ...]:
    book = period.book
    applied, decided = item.applied, item.decided
    settled = [each for each in (decided, *item.redecided, item.denied, item.taken) if each]
    recourse = period.balance(book.chart.recourse(item.bank, item.case), RECOURSE)
    assert recourse.value == item.recourse_fen, f"{item.case}: the recourse account is not the case's"
    approved = item.approved_fen if decided else item.taken.paid_fen if item.taken else 0
    return (
        Words(book.pool.bank_of(item.bank).name),
        Words(_state(item)),
        fen(item.claimed_fen, period.numbers([*([applied] if applied else []), *item.supplements])),
        fen(approved, period.numbers(settled)),
        fen(item.paid_fen, period.numbers([*item.payments, *item.bounced, *([item.taken] if item.taken else [])])),
        fen(item.recovered_fen, period.numbers([*item.notified, *([item.taken] if item.taken else [])])),
        recourse,
    )


def _state(item: CaseFile) -> str:
    if item.denied:
        return "不予补偿"
    if item.taken and not item.applied:
        return "期初在办"
    if item.decided is None:
        return "暂缓" if item.deferred else "待裁决"
    if item.pending:
        return "待再次裁决"
    if item.due_fen:
        return "已裁决未付"
    return "排队" if item.queued_fen else "已付" if item.paid_fen else "已退回"


def _recoveries(period: Period) -> Block:
    lines = []
    for key, title in SPANS:
        events = period.events(RecoveryNotified, key)
        numbers = period.numbers(events)
        amounts = (
            sum(event.gross_fen for event in events),
            sum(event.cost_fen for event in events),
            sum(event.pool_fen for event in events),
        )
        lines.append(Line(key, title, (count(len(events), numbers), *(fen(amount, numbers) for amount in amounts))))
    columns = (("count", "通知笔数"), ("gross", "追偿所得"), ("cost", "追偿费用"), ("pool", "应归本池"))
    return Block("recoveries", "十六、追偿（按通知）", "期间", columns, tuple(lines))


def _insurance(period: Period) -> Block:
    lapsed = {event.policy for event in period.events(InsuranceLapsed)}
    issued = [event for event in period.events(InsuranceIssued) if event.policy not in lapsed]
    in_force = [event for event in issued if event.from_on <= period.issue.as_of < event.until_on]
    lines = [_policies(period, "in_force", "有效保单", in_force)]
    for days in EXPIRY_DAYS:
        last = period.issue.as_of + timedelta(days=days)
        soon = [event for event in in_force if event.until_on <= last]
        lines.append(_policies(period, f"within_{days}", f"其中：{days} 天内到期", soon))
    past = [event for event in issued if event.until_on <= period.issue.as_of]
    lines.append(_policies(period, "past", "已过保险止期、未登记终止", past))
    claims = period.events(InsuranceClaimPaid, "year")
    numbers = period.numbers(claims)
    paid = fen(sum(event.amount_fen for event in claims), numbers)
    lines.append(Line("claims", "本年保险理赔（付给银行）", (count(len(claims), numbers), paid)))
    return Block("insurance", "十七、保险", "项目", (("count", "件数"), ("sum", "保险金额/理赔金额")), tuple(lines))


def _policies(period: Period, key: str, title: str, policies: Sequence[InsuranceIssued]) -> Line:
    numbers = period.numbers(policies)
    return Line(key, title, (count(len(policies), numbers), fen(sum(event.sum_fen for event in policies), numbers)))


def _suspensions(period: Period) -> Block:
    lines = []
    for bank in period.book.pool.bank:
        events: list[SuspensionTripped | SuspensionLifted] = [
            *_of(period.events(SuspensionTripped), bank.code),
            *_of(period.events(SuspensionLifted), bank.code),
        ]
        last = max(events, key=lambda event: event.on, default=None)
        tripped = isinstance(last, SuspensionTripped)
        state = (
            STATES.get(last.state, last.state) if isinstance(last, SuspensionTripped) else "已恢复" if last else "正常"
        )
        cells = (Words(state, red=tripped), Day(last.on) if last else None, Words(last.clause if last else ""))
        measure = fen(last.measure_fen, period.numbers([last])) if last else None
        lines.append(Line(bank.code, bank.name, (*cells, measure)))
    columns = (("state", "状态"), ("on", "起始日"), ("clause", "依据条款"), ("measure", "触发金额"))
    return Block("suspension", "十八、熔断状态", "银行", columns, tuple(lines))


def _of(
    events: Iterable[SuspensionTripped] | Iterable[SuspensionLifted], bank: str
) -> list[SuspensionTripped | SuspensionLifted]:
    return [event for event in events if event.bank == bank]
