"""Looking into a draft and changing it by hand, within what a hand may change."""

from collections.abc import Iterator, Sequence

from desk.acts.drafting import amend
from desk.acts.office import Actor, Office
from ledger.accounts import CNY
from ledger.drafts import Draft, draft
from ledger.events import VoucherLine
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.journal import preview_text
from ledger.money import fen_of_text

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
KINDS = (BAD_LINE, NO_EVENT, NOT_BY_HAND)


def preview(office: Office, no: str) -> Iterator[str]:
    """What a draft would write, event by event, as lines of text."""
    found = draft(office.book, no)
    content = found.content
    yield f"{no}「{content.title}」 制单 {found.preparer}，共 {len(content.events)} 项"
    for event in content.events:
        yield f"· {event.event_id} {event.on} {event.summary}（{type(event).__name__}）"
    yield ""
    yield preview_text(office.book, content.events)


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
