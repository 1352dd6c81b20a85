"""Putting right what is posted: withdraw, adjust by the difference, explain a missing number, amend the settings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from desk.acts.cash import by_hand
from desk.acts.office import Actor, Office, Proposal
from ledger.accounts import Chart, ChartRow
from ledger.book import Book, Voucher, pool_file
from ledger.casefiles import case_files
from ledger.drafts import Draft
from ledger.events import (
    AccountOpened,
    AnyEvent,
    EventWithdrawn,
    FeeCharged,
    NumberExplained,
    PoolAmended,
    VoucherAdjusted,
    VoucherLine,
)
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.ids import EventId, event_id
from ledger.money import yuan_text
from ledger.papers import Attachment
from ledger.pool import Pool, parse_pool
from ledger.provenance import digest
from ledger.signing import refuse_unstaffed, require
from ledger.withdrawable import BANK_ROWS, NEEDS_CHIEF
from ledger.withdrawal import Request, withdrawal_of

NO_BLUE = FaultKind(
    "更正-蓝字-01",
    "蓝字分录不成立",
    "两行以上、借贷相等、只用现金类科目，银行流水的金额不变",
    "改正 --line 后重新提交；款项用途不明的不写 --line，先转入待查款项。",
)
NOT_ADJUSTABLE = FaultKind(
    "更正-差额-01",
    "这张凭证不能用差额或以前年度更正",
    "差额更正：本年度的手工凭证，只用原凭证的科目，全部调增或全部调减；以前年度更正：上年或更早的资金凭证，不用收支科目",
    "用 riskpool reverse 红字注销后重作；收支类的以前年度更正写累计结余科目。",
    ExitCode.REFUSED,
)
CHIEF_NEEDED = FaultKind(
    "更正-主管-01", "须由主管办理", "--chief 主管的人员编号", "补上 --chief 后重新运行。", ExitCode.REFUSED
)
NOT_MISSING = FaultKind(
    "更正-断号-01",
    "这个凭证字号没有缺，也不是下一个",
    "作废不用的下一个凭证字号，或所缺的凭证字号",
    "最后一个字号见 riskpool report voucher；字号只在记账时给出，不能预留多个。",
)
NO_APPLICATION = FaultKind(
    "更正-申请-01", "没有这件待裁决的申请", "已入账、尚未裁决的申请", "用 riskpool status 查看待裁决的案件。"
)
SETTLED = FaultKind(
    "设置-修改-01",
    "这一项建账后不能改",
    "只增加银行、账户、出资方、保险人，改别名，改人员",
    "恢复原来的内容；账户换号的，另加一个新账户。",
    ExitCode.REFUSED,
)
SAME = FaultKind("设置-修改-02", "设置没有变化", "与账内不同的 pool.toml", "检查所给的文件。")
STALE = FaultKind(
    "更正-依据-01",
    "制单以后账内已变，更正或设置修改的依据不再成立",
    "按现在的账簿和设置作出的更正、修改",
    "退回这份草稿（riskpool draft reject），按现在的账簿和设置重新办理。",
    ExitCode.REFUSED,
)
KINDS = (NO_BLUE, NOT_ADJUSTABLE, CHIEF_NEEDED, NOT_MISSING, NO_APPLICATION, SETTLED, SAME, STALE)

Cause = Literal["mistake", "withdrawn", "incomplete"]


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody wants taken back: a voucher's number or an event's id, why, and the right lines if any."""

    target: str
    reason: str
    on: date
    correct: Sequence[VoucherLine] = ()
    cause: Cause = "mistake"
    chief: str = ""


def reverse(office: Office, asked: Correction, *, who: Actor) -> Draft:
    """Draft the withdrawal of a posted event: red for every entry of it, blue where lines are given.

    Money that a bank's row shows stays in its account: without lines it goes under inquiry until it is named.
    """
    with office.locked():
        book = office.book
        event = _event_of(book, asked.target)
        if book.kind_of(event) in NEEDS_CHIEF and not asked.chief:
            raise Refusal([Fault(CHIEF_NEEDED, asked.target)])
        if asked.chief:
            require(book.pool, asked.chief, "chief")
        _refuse_blue(book, event, asked.correct)
        request = Request(event, asked.cause, asked.reason, asked.on, asked.correct, asked.chief)
        made = withdrawal_of(book, request)
        if made.blue and any(red.restated for red in made.red):
            raise Refusal([Fault(NO_BLUE, f"{asked.target} 是以前年度的凭证")])
        title = f"更正凭证 {asked.target}" if asked.target != event else made.summary
        return office.propose(Proposal("reverse", title, [made], chief=asked.chief), who)


def _event_of(book: Book, target: str) -> EventId:
    return target if target in book.posted else book.voucher(target).event


def _refuse_blue(book: Book, event: EventId, correct: Sequence[VoucherLine]) -> None:
    """The right lines balance, use accounts a hand may use, and leave what the bank's row shows as it is."""
    vouchers = [voucher for voucher in book.voucher_of(event) if voucher.is_money]
    faults = [Fault(NO_BLUE, f"科目 {line.account}") for line in correct if line.account not in by_hand(book)]
    if residue := sum(line.amount_fen for line in correct):
        faults.append(Fault(NO_BLUE, f"借贷相差 {yuan_text(residue)} 元"))
    if correct and not vouchers:
        faults.append(Fault(NO_BLUE, "备查登记没有蓝字分录"))
    if book.kind_of(event) == FeeCharged.__name__ and not correct:
        faults.append(Fault(NO_BLUE, "银行确有这一行支出：须写明正确的分录"))
    if correct and book.kind_of(event) in BANK_ROWS:
        cash = {book.chart.cash(account.slug) for account in book.pool.account}
        was = _on(((leg.account, leg.fen) for voucher in vouchers for leg in voucher.legs), cash)
        now = _on(((line.account, line.amount_fen) for line in correct), cash)
        if was != now:
            faults.append(Fault(NO_BLUE, "银行存款的金额与银行流水不同"))
    if faults:
        raise Refusal(faults)


def _on(legs: Iterable[tuple[str, int]], accounts: set[str]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for account, fen in legs:
        if account in accounts:
            totals[account] = totals.get(account, 0) + fen
    return {account: fen for account, fen in totals.items() if fen}


def return_application(office: Office, case: str, cause: Cause, reason: str, on: date, *, who: Actor) -> Draft:
    """Draft the end of an application that the bank took back, or that goes back for its papers.

    The same case number may be applied for again.
    """
    found = case_files(office.book).get(case)
    if found is None or found.applied is None or found.decided or found.denied:
        raise Refusal([Fault(NO_APPLICATION, case)])
    return reverse(office, Correction(found.applied.event_id, reason, on, cause=cause), who=who)


def adjust(
    office: Office, no: str, lines: Sequence[VoucherLine], reason: str, on: date, *, prior_year: bool, who: Actor
) -> Draft:
    """Draft a difference voucher (差额更正), or the blue correcting voucher of an earlier year (以前年度更正)."""
    with office.locked():
        book = office.book
        voucher = book.voucher(no)
        residue = sum(line.amount_fen for line in lines)
        faults = [Fault(NO_BLUE, f"借贷相差 {yuan_text(residue)} 元")] if residue or len(lines) < 2 else []
        faults += [Fault(NOT_ADJUSTABLE, text) for text in _against(book, voucher, lines, on, prior_year=prior_year)]
        if faults:
            raise Refusal(faults)
        made = sum(1 for item in book.events(VoucherAdjusted) if item.corrects == no) + 1
        event = VoucherAdjusted(
            event_id=event_id("adjust", no, made),
            on=on,
            summary=f"更正 {no}",
            corrects=no,
            corrects_on=voucher.on,
            corrects_event=voucher.event,
            sort="prior_year" if prior_year else _direction(voucher, lines) or "more",
            lines=tuple(lines),
            reason=reason,
        )
        return office.propose(Proposal("adjust", f"更正凭证 {no}", [event]), who)


def _against(
    book: Book, voucher: Voucher, lines: Sequence[VoucherLine], on: date, *, prior_year: bool
) -> Iterable[str]:
    no = voucher.no
    if not voucher.is_money or voucher.cancels or voucher.corrects or voucher.event in book.withdrawn:
        yield f"{no} 是登记、更正凭证，或已经注销"
    if prior_year:
        if voucher.on.year >= on.year:
            yield f"{no} 不是以前年度的凭证"
        for line in lines:
            if line.account not in by_hand(book) or line.account.startswith(("Income:", "Expenses:")):
                yield f"科目 {line.account}"
        return
    if voucher.kind != "ManualVoucher" or voucher.on.year != on.year:
        yield f"{no} 不是本年度的手工凭证"
    elif _direction(voucher, lines) is None:
        yield "分录不是原凭证各科目的同向调增或同向调减"
    else:
        yield from _overdone(book, voucher, lines)


def _overdone(book: Book, voucher: Voucher, lines: Sequence[VoucherLine]) -> Iterable[str]:
    """Accounts that differences would bring past zero: then it was no error of the amount alone."""
    earlier = [line for item in book.events(VoucherAdjusted) if item.corrects == voucher.no for line in item.lines]
    for account in dict.fromkeys(leg.account for leg in voucher.legs):
        was = sum(leg.fen for leg in voucher.legs if leg.account == account)
        now = was + sum(line.amount_fen for line in (*earlier, *lines) if line.account == account)
        if was * now < 0:
            yield f"调减后 {account} 由 {yuan_text(was)} 元变为 {yuan_text(now)} 元，反了方向"


def _direction(voucher: Voucher, lines: Sequence[VoucherLine]) -> Literal["more", "less"] | None:
    """Whether all lines go the way of the voucher's own legs, or all the other way; None where neither."""
    signs = {leg.account: leg.fen > 0 for leg in voucher.legs}
    if any(line.account not in signs for line in lines):
        return None
    same = {signs[line.account] == (line.amount_fen > 0) for line in lines}
    if len(same) > 1:
        return None
    return "more" if same == {True} else "less"


def explain_number(office: Office, no: str, reason: str, on: date, *, chief: str, who: Actor) -> Draft:
    """Draft the record that says why a number is missing from its series (断号说明).

    Books with an unexplained gap do not open: so it is the next number, whose paper was spoiled. It is never given.
    """
    with office.locked():
        book = office.book
        require(book.pool, chief, "chief")
        given = [item.no for item in book.vouchers] + [item.voucher_no for item in book.events(NumberExplained)]
        series, _, number = no.rpartition("-")
        is_number = number.isascii() and number.isdecimal() and number == f"{int(number):04d}"
        used = {int(item.rpartition("-")[2]) for item in given if item.startswith(f"{series}-")}
        is_open = series in {f"记-{on:%Y-%m}", f"登-{on:%Y-%m}"}
        if not is_open or not is_number or int(number) in used or int(number) > max(used, default=0) + 1:
            raise Refusal([Fault(NOT_MISSING, no)])
        event = NumberExplained(
            event_id=event_id("number", no), on=on, summary=f"{no} 断号说明", voucher_no=no, reason=reason, chief=chief
        )
        return office.propose(Proposal("explain", event.summary, [event], chief=chief), who)


def amend_pool(office: Office, name: str, content: bytes, reason: str, on: date, *, chief: str, who: Actor) -> Draft:
    """Draft a change of the settings: staff, new banks, accounts, contributors, insurers, aliases.

    What the chart and the papers rest on stays: names and numbers of what exists, the pool's own title.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal([Fault(SETTLED, "不是 UTF-8 文字", Place(name))]) from None
    after = parse_pool(text, name)
    with office.locked():
        book = office.book
        require(book.pool, chief, "chief")
        if faults := [Fault(SETTLED, found, Place(name)) for found in _settled(book.pool, after)]:
            raise Refusal(faults)
        refuse_unstaffed(after, name)
        changes = "；".join(_changes(book.pool, after))
        if not changes:
            raise Refusal([Fault(SAME, name)])
        kept = text.encode()
        sha256 = digest(kept)
        event = PoolAmended(
            event_id=event_id("pool", sha256, digest(_present(book)), len(book.events(PoolAmended))),
            on=on,
            summary=f"修改设置：{changes}"[:500],
            settings=sha256,
            before=digest(_present(book)),
            changes=changes[:500],
            reason=reason,
            chief=chief,
        )
        opened = [_opened(row, on) for row in Chart(after).fixed() if row.account not in book.opened]
        events: list[AnyEvent] = [event, *opened]
        document = Attachment(
            path=pool_file(sha256),
            account=book.chart.fixed()[0].account,
            name="pool.toml",
            sha256=sha256,
            sort="pool",
        )
        proposal = Proposal("amend-pool", f"修改设置：{changes}"[:200], events, documents=[document], chief=chief)
        return office.propose(proposal, who, keep=lambda: office.store.write_new(pool_file(sha256), kept))


def _present(book: Book) -> bytes:
    """The settings' text in force: that of the amendment posted last, whatever its day."""
    last = max(book.events(PoolAmended), key=lambda item: book.place(item.event_id), default=None)
    return (book.root / (pool_file(last.settings) if last else "pool.toml")).read_bytes()


def require_current_correction(book: Book, event: AnyEvent) -> None:
    """A correction or a change of settings is posted only where the books still are as they were when it was drafted.

    What was posted in between may rest on what is taken back, or be taken back itself; a second whole text of the
    settings would undo the first.
    """
    match event:
        case EventWithdrawn():
            blue = () if event.cash else event.blue
            made = withdrawal_of(book, Request(event.withdraws, event.cause, event.reason, event.on, blue, event.chief))
            is_current = made == event
        case VoucherAdjusted():
            is_prior = event.sort == "prior_year"
            against = _against(book, book.voucher(event.corrects), event.lines, event.on, prior_year=is_prior)
            if faults := [Fault(NOT_ADJUSTABLE, text) for text in against]:
                raise Refusal(faults)
            return
        case PoolAmended():
            is_current = event.before == digest(_present(book))
        case _:
            return
    if not is_current:
        raise Refusal([Fault(STALE, event.summary)])


def _opened(row: ChartRow, on: date) -> AccountOpened:
    return AccountOpened(
        event_id=event_id("account", row.account),
        on=on,
        summary=f"开设科目 {row.title}",
        account_name=row.account,
        commodity=row.commodity,
        title=row.title,
        gov=row.gov,
        guarantor=row.guarantor,
    )


_KEYS: tuple[tuple[str, str, str], ...] = (
    ("bank", "code", "银行"),
    ("account", "slug", "账户"),
    ("contributor", "no", "出资方"),
    ("insurer", "no", "保险人"),
)
"""Lists that only grow: their field in pool.toml, what names an item, and its word."""


def _settled(before: Pool, after: Pool) -> Iterable[str]:
    """What was changed that the books rest on."""
    for key in ("title", "slug", "unit", "invented"):
        if getattr(before, key) != getattr(after, key):
            yield f"pool.{key}"
    for place, key, word in _KEYS:
        now = {getattr(item, key): item for item in getattr(after, place)}
        for item in getattr(before, place):
            name = getattr(item, key)
            if name not in now:
                yield f"{word} {name} 被删去"
            elif _fixed(item) != _fixed(now[name]):
                yield f"{word} {name} 的名称、编号或种类"


def _fixed(item: object) -> object:
    """An item without what may change: the names that files use for it."""
    return item.model_dump(exclude={"aliases"}) if hasattr(item, "model_dump") else item


def _changes(before: Pool, after: Pool) -> Iterable[str]:
    for place, key, word in _KEYS:
        was = {getattr(item, key): item for item in getattr(before, place)}
        for item in getattr(after, place):
            name = getattr(item, key)
            if name not in was:
                yield f"增加{word} {name} {item.name}"
            elif item != was[name]:
                yield f"{word} {name} 的别名"
    staff = {person.id: person for person in before.staff}
    now = {person.id: person for person in after.staff}
    yield from (f"增加人员 {name}" for name in now if name not in staff)
    yield from (f"撤下人员 {name}" for name in staff if name not in now)
    yield from (f"人员 {name} 的姓名或岗位" for name in now if name in staff and now[name] != staff[name])
