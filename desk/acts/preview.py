"""Looking into a draft and changing it by hand, within what a hand may change."""

from collections.abc import Iterator, Sequence

from desk.acts.drafting import amend
from desk.acts.office import Actor, Office
from ledger.accounts import CNY
from ledger.drafts import Draft, draft
from ledger.events import VoucherLine
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.journal import preview_legs
from ledger.money import fen_of_text
from reports.titles import KIND_TITLES, commodity_title, full_name
from reports.vouchers import row_text

BAD_LINE = FaultKind(
    "草稿-分录-01", "分录写法不对", "科目=金额：科目写全名或能唯一认出的一段，借正贷负", "改正后重新运行。"
)
NO_EVENT = FaultKind("草稿-事项-01", "草稿里没有这个事项", "riskpool draft show 列出的事项编号", "查看后改正。")
NOT_BY_HAND = FaultKind(
    "草稿-事项-02",
    "来自文件的行不能去掉",
    "文件的每一行都要有着落",
    "整份退回（riskpool draft reject），请对方更正文件后重新导入。",
    ExitCode.REFUSED,
)
ACTIONS = {"drafted": "制单", "amended": "修改", "reviewed": "复核", "rejected": "退回"}
KINDS = (BAD_LINE, NO_EVENT, NOT_BY_HAND)


def preview(office: Office, no: str) -> Iterator[str]:
    """What a draft would write, event by event: legs, the row it came from, and every step so far."""
    found = draft(office.book, no)
    content = found.content
    yield f"{no}「{content.title}」 共 {len(content.events)} 项"
    for step in found.steps:
        yield f"  {step.at:%Y-%m-%d %H:%M} {ACTIONS[step.action]} {step.by} {step.reason}".rstrip()
    for event, legs in preview_legs(office.book, content.events):
        yield f"· {event.on} {event.summary}（{KIND_TITLES[type(event).__name__]} {event.event_id}）"
        for leg in legs:
            side = "借" if leg.number > 0 else "贷"
            unit = "元" if leg.commodity == CNY else commodity_title(leg.commodity)
            yield f"    {side} {full_name(leg.account)} {abs(leg.number):,} {unit}"
        for line in event.sources:
            reading = office.book.reading(line.sha256[:16])
            rows = reading.rows if reading else ()
            yield from (f"    来源 {reading.file.name} {row_text(row)}" for row in rows if reading and row.line == line)


def amended(
    office: Office, no: str, *, drop: Sequence[str], summaries: Sequence[str], reason: str, who: Actor
) -> Draft:
    """Drop events that no file row asks for, or say summaries better."""
    content = draft(office.book, no).content
    events = list(content.events)
    known = {event.event_id for event in events}
    said = dict(text.partition("=")[::2] for text in summaries)
    faults = [Fault(NO_EVENT, name) for name in (*drop, *said) if name not in known]
    faults += [Fault(NOT_BY_HAND, event.event_id) for event in events if event.event_id in drop and content.files]
    if faults:
        raise Refusal(faults)
    kept = [event for event in events if event.event_id not in drop]
    changed = [
        event.model_copy(update={"summary": said[event.event_id]}) if event.event_id in said else event
        for event in kept
    ]
    return amend(office, no, changed, who, reason)


def read_lines(office: Office, texts: Sequence[str]) -> tuple[VoucherLine, ...]:
    """Legs from the command line: ``科目=金额``; an account by its full name or a part that fits only one."""
    accounts = [row.account for row in office.book.chart.fixed() if row.commodity == CNY]
    lines, faults = [], []
    for text in texts:
        name, _, amount = text.partition("=")
        fits = [account for account in accounts if account == name] or [item for item in accounts if name in item]
        fen = fen_of_text(amount)
        if len(fits) == 1 and fen:
            lines.append(VoucherLine(account=fits[0], amount_fen=fen))
        else:
            faults.append(Fault(BAD_LINE, text, expected="、".join(fits) if len(fits) > 1 else ""))
    if faults:
        raise Refusal(faults)
    return tuple(lines)
