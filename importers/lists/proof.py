"""What every bank's paper must prove before one line of it is believed (banks.md §5).

The running balance decides the order of the lines and the meaning of their signs::

      opening ──+ line 1──> balance 1 ──+ line 2──> balance 2 ── … ──> balance n = closing
         ║                                                               ║
      closing of the list imported before             becomes the list end that the next one must meet

Nothing is repaired: a chain that breaks, totals that disagree or a gap refuse the file whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from importers import grammar
from importers.lists import chain, joining
from importers.lists.chain import Ambiguous, Arrow, Walk
from importers.lists.claim import (
    BROKEN_CHAIN,
    CAPPED,
    CHOOSE_ACCOUNT,
    CLOSING_DISAGREES,
    EMPTY,
    GAP,
    HINT_DISAGREES,
    OUT_OF_PERIOD,
    SEVERAL_ORDERS,
    TOTALS_DISAGREE,
    TWICE,
    UNKNOWN_ACCOUNT,
    WRONG_BANK,
    Claim,
)
from importers.lists.differences import SHOWN, Differences
from importers.records import BAD_STATUS, BankExtract, Failed, Side
from ledger.faults import Fault, FaultKind, Refusal
from ledger.ids import AccountSlug
from ledger.money import yuan_text
from ledger.openitems import ListedLine, ListEnd, OpenItems
from ledger.papers import BankLine, BankPaper
from ledger.pool import BankAccount


@dataclass(frozen=True, slots=True)
class Proved:
    """A paper that is believed, and what the officer should hear of it."""

    paper: BankPaper
    warnings: tuple[str, ...] = ()


def prove(claim: Claim, view: OpenItems, hint: AccountSlug | None, unread: Sequence[Fault] = ()) -> Proved:
    """The paper in neutral words, its lines in the order of the chain; raises Refusal with every fault.

    ``unread`` are faults of reading: nothing is proved then, but what was imported of the same rows is shown beside.
    """
    if unread:
        raise Refusal([*unread, *_as_imported(claim, view, hint)])
    walks, warnings, faults = _walks(claim, view)
    walk = walks[0] if len(walks) == 1 or faults else _joining(claim, walks, view, hint)
    faults += _said_faults(claim, walk)
    if faults:
        raise Refusal([*faults, *_as_imported(claim, view, hint)])
    account, bound = _account(claim, walk, view, hint)
    end = _end_of(view, account.slug)
    is_list = claim.kind == "list"
    lines, missing = _continued(claim, walk, account.slug, view) if is_list else (_lines(walk), ())
    lines = lines if is_list else tuple(joining.numbered(lines))
    return Proved(_paper(claim, walk, lines, account, end), (*warnings, *bound, *missing))


# ── order, signs and sums of the paper in itself ──────────────────────────────────────────────────────────


def _lines(walk: Iterable[Arrow]) -> tuple[BankLine, ...]:
    return tuple(line for arrow in walk for line in arrow.lines)


def _walks(claim: Claim, view: OpenItems) -> tuple[tuple[Walk, ...], list[str], list[Fault]]:
    """The order that the balances prove, and the signs; else the nearest order with the faults that it shows.

    Several where lines with serials can be read forwards and backwards, and the books have both balances.
    """
    footing = _footing(claim, view)
    for arrows, warning, is_turned in _variants(claim):
        found = chain.ordered(arrows, footing, claim.extract.closing_fen)
        if isinstance(found, Ambiguous):
            if walks := _by_serials(claim, view, found):
                return walks, [warning] if warning else [], []
            return ((),), [], [_several(claim, found.line)]
        # Signs are turned only where the books themselves hold the balance from which the turned list starts.
        if found is not None and (not is_turned or found[0].before in footing):
            return (found,), [warning] if warning else [], []
    nearest = chain.nearest(chain.arrows(claim.extract.lines))
    return (nearest,), [], [_status(claim, item) for item in claim.extract.failed] or [_break(claim, nearest)]


def _variants(claim: Claim) -> Iterator[tuple[Sequence[Arrow], str, bool]]:
    """What the rows may mean, likeliest first: each a step; a batch with one balance; the two columns the other way."""
    lines = claim.extract.lines
    yield chain.arrows(lines), "", False
    batches = chain.batched(lines)
    if len(batches) < len(lines):
        yield batches, "有几行共用一个余额，按批量入账核对了合计", False
    if claim.extract.two_sided:
        turned = tuple(line.model_copy(update={"amount_fen": -line.amount_fen}) for line in lines)
        yield chain.arrows(turned), "收入、支出两栏与余额相反，收付方向以余额为准", True


def _several(claim: Claim, line: BankLine) -> Fault:
    return claim.fault(SEVERAL_ORDERS, "从这一行起，余额允许不止一种次序", line)


def _by_serials(claim: Claim, view: OpenItems, found: Ambiguous) -> tuple[Walk, ...]:
    """Of several orders those in which the serials were imported; all where none was, and none without serials."""
    if not all(line.serial for line in claim.extract.lines):
        return ()
    first = min(line.on for line in claim.extract.lines)
    runs = (view.papers.lines(account.slug, first) for account in _candidates(claim, view))
    before = [item.line.serial for run in runs for item in run]
    rank = {serial: number for number, serial in enumerate(before)}
    ranks = ([rank[line.serial] for line in _lines(walk) if line.serial in rank] for walk in found.walks)
    return tuple(walk for walk, numbers in zip(found.walks, ranks, strict=True) if numbers == sorted(numbers))


def _joining(claim: Claim, walks: Sequence[Walk], view: OpenItems, hint: AccountSlug | None) -> Walk:
    """Of several orders the only one that joins what was imported; where none does yet, the file's own.

    Raises:
        Refusal: more than one joins. They are histories that give the same file, for a bank prints oldest or newest
            first and its serials need not rise.
    """
    if claim.kind != "list":
        return walks[0]
    fitting = [walk for walk in walks if _may_join(claim, walk, view, hint)]
    if len(fitting) > 1:
        raise Refusal([_several(claim, claim.extract.lines[0])])
    return (fitting or walks)[0]


def _may_join(claim: Claim, walk: Walk, view: OpenItems, hint: AccountSlug | None) -> bool:
    try:
        account, _ = _account(claim, walk, view, hint)
        _continued(claim, walk, account.slug, view)
    except Refusal as refusal:
        return any(fault.kind in {joining.UNSURE, CHOOSE_ACCOUNT} for fault in refusal.faults)
    return True


def _footing(claim: Claim, view: OpenItems) -> frozenset[int]:
    """Balances from which this paper may start: where lists have ended, and within what was imported of its days."""
    ends = {end.closing_fen for end in view.list_ends}
    days = [line.on for line in claim.extract.lines]
    for account in _candidates(claim, view):
        for before in view.papers.lines(account.slug, min(days)) if days else ():
            ends |= {_balance(before.line), _balance(before.line) - before.line.amount_fen}
    return frozenset(ends)


def _break(claim: Claim, walk: Walk) -> Fault:
    before, after = next(chain.breaks(walk))
    line = after.lines[0]
    found = f"{yuan_text(before.after)} 加 {yuan_text(line.amount_fen)}，余额却是 {yuan_text(_balance(line))}"
    return claim.fault(BROKEN_CHAIN, found, line, f"余额 {yuan_text(before.after + line.amount_fen)}")


def _status(claim: Claim, failed: Failed) -> Fault:
    return Fault(BAD_STATUS, f"状态「{failed.status}」", claim.place(failed.row))


def _said_faults(claim: Claim, walk: Walk) -> list[Fault]:
    """What the paper says of itself, held against its lines."""
    extract, lines = claim.extract, claim.extract.lines
    faults = [*_repeats(claim, lines), *_total_faults(claim, lines)]
    closing = extract.closing_fen
    if walk and closing is not None and closing != walk[-1].after:
        found = f"文件称期末 {yuan_text(closing)}，末笔余额 {yuan_text(walk[-1].after)}"
        faults.append(claim.fault(CLOSING_DISAGREES, found, walk[-1].lines[-1]))
    period = _period(extract)
    faults += [
        claim.fault(OUT_OF_PERIOD, line.on.isoformat(), line, period) for line in lines if not _within(line.on, extract)
    ]
    balances = {node for arrow in walk for node in (arrow.before, arrow.after)}
    moved = [item for item in extract.failed if item.balance_fen is not None and item.balance_fen not in balances]
    faults += [_status(claim, item) for item in moved] if walk else []
    count = len(lines) + len(extract.failed)  # a row that did not happen is a row of the export as well
    if CAPS & {count, len(lines)} and claim.kind == "list" and not _says_totals(extract):
        last = lines[-1] if lines else None
        faults.append(claim.fault(CAPPED, f"{count} 笔，文件没有合计可核对", last))
    return faults


def _period(extract: BankExtract) -> str:
    last = extract.until_on - timedelta(days=1) if extract.until_on else None
    return f"{extract.from_on or ''} 至 {last or ''} 之内的日期"


def _within(on: date, extract: BankExtract) -> bool:
    return (extract.from_on is None or on >= extract.from_on) and (extract.until_on is None or on < extract.until_on)


CAPS = frozenset({200})
"""Numbers of rows at which a net bank was seen to cut an export off in silence (banks.md §4, trap 6)."""


def _says_totals(extract: BankExtract) -> bool:
    said = (extract.count, extract.inflow.count, extract.inflow.fen, extract.outflow.fen, extract.closing_fen)
    return any(value is not None for value in said)


def _repeats(claim: Claim, lines: Sequence[BankLine]) -> Iterator[Fault]:
    seen: set[str] = set()
    for line in lines:
        if line.serial and line.serial in seen:
            yield claim.fault(TWICE, line.serial, line)
        seen.add(line.serial)


def _total_faults(claim: Claim, lines: Sequence[BankLine]) -> Iterator[Fault]:
    extract = claim.extract
    came = [line.amount_fen for line in lines if line.amount_fen > 0]
    went = [-line.amount_fen for line in lines if line.amount_fen < 0]
    sides = (
        ("总", Side(extract.count), Side(len(lines))),
        ("收入", extract.inflow, Side(len(came), sum(came))),
        ("支出", extract.outflow, Side(len(went), sum(went))),
    )
    for name, said, counted in sides:
        if said.count is not None and said.count != counted.count:
            found = f"文件称{name}笔数 {said.count}，实有 {counted.count}"
            yield claim.fault(TOTALS_DISAGREE, found, expected=f"{said.count} 笔")
        if said.fen is not None and said.fen != counted.fen:
            found = f"文件称{name}金额 {yuan_text(said.fen)}，逐笔相加 {yuan_text(counted.fen or 0)}"
            yield claim.fault(TOTALS_DISAGREE, found, expected=yuan_text(said.fen))


# ── whose paper it is, and how it joins the books ─────────────────────────────────────────────────────────


def _end_of(view: OpenItems, slug: AccountSlug) -> ListEnd | None:
    return next((end for end in view.list_ends if end.account == slug), None)


def _candidates(claim: Claim, view: OpenItems) -> list[BankAccount]:
    """The accounts that the paper may be of: the one it names, else all of its bank."""
    number = claim.extract.account_number
    if number:
        return [item for item in view.pool.account if grammar.account_number(item.number) == number]
    return [item for item in view.pool.account if item.bank == claim.bank]


def _account(
    claim: Claim, walk: Walk, view: OpenItems, hint: AccountSlug | None
) -> tuple[BankAccount, tuple[str, ...]]:
    hinted = _hinted(claim, view, hint)
    number = claim.extract.account_number
    if not number:
        return _bound(claim, walk, view, hinted)
    found = _candidates(claim, view)
    tail = f"尾号 {number[-4:]}"
    if not found:
        raise Refusal([claim.fault(UNKNOWN_ACCOUNT, tail)])
    if claim.bank and found[0].bank != claim.bank:
        bank = view.pool.bank_of(found[0].bank)
        raise Refusal([claim.fault(WRONG_BANK, f"{tail} 是{bank.name}的账户，文件却是{claim.extract.title}")])
    if hinted and hinted != found[0]:
        raise Refusal([claim.fault(HINT_DISAGREES, f"文件为 {found[0].slug}，指明的是 {hinted.slug}")])
    return found[0], ()


def _hinted(claim: Claim, view: OpenItems, hint: AccountSlug | None) -> BankAccount | None:
    if hint is None:
        return None
    found = [item for item in view.pool.account if item.slug == hint]
    if not found:
        raise Refusal([claim.fault(UNKNOWN_ACCOUNT, hint)])
    if claim.bank and found[0].bank != claim.bank:
        raise Refusal([claim.fault(WRONG_BANK, f"指明的 {hint} 不是{claim.extract.title}的账户")])
    return found[0]


def _bound(
    claim: Claim, walk: Walk, view: OpenItems, hinted: BankAccount | None
) -> tuple[BankAccount, tuple[str, ...]]:
    """The account of a list that names none: the officer's choice, the bank's only one, or the one it continues.

    However it was found, the list must then join that account's balance (:func:`_continued`).
    """
    accounts = [item for item in view.pool.account if item.bank == claim.bank]
    continuing = [item for item in accounts if _continues(walk, item.slug, view)]
    if hinted:
        account, how = hinted, "由导入人指明"
    elif len(accounts) == 1:
        account, how = accounts[0], f"是{view.pool.bank_of(accounts[0].bank).name}唯一的账户"
    elif len(continuing) == 1:
        account, how = continuing[0], "由余额接续确定"
    else:
        found = "、".join(item.slug for item in continuing or accounts) or "该银行没有登记账户"
        raise Refusal([claim.fault(CHOOSE_ACCOUNT, f"可能是 {found}")])
    if account in continuing and (hinted or len(accounts) == 1):
        return account, ()
    proof = "与账上余额接续" if account in continuing else "账上没有可接续的余额，无从证明"
    return account, (f"文件没有写明账户，记入 {account.slug}：{how}；{proof}，请核对",)


def _continues(walk: Walk, slug: AccountSlug, view: OpenItems) -> bool:
    if not walk:
        return False
    lines, end = _lines(walk), _end_of(view, slug)
    listed = view.papers.lines(slug, min(line.on for line in lines))
    if {joining.same_key(line) for line in lines} & {joining.same_key(before.line) for before in listed}:
        return True
    return end is not None and walk[0].before == end.closing_fen


def _continued(
    claim: Claim, walk: Walk, slug: AccountSlug, view: OpenItems
) -> tuple[tuple[BankLine, ...], tuple[str, ...]]:
    """The lines of a list as they join the account's imported run, and what is still missing after them.

    Refused with a gap before it, a change, or new rows inside.
    """
    lines, end = _lines(walk), _end_of(view, slug)
    if not lines:
        return (), ()
    listed = view.papers.lines(slug, min(line.on for line in lines))
    run = joining.Run(lines, walk[0].before, walk[-1].after)
    differences = Differences(claim.extract, claim.source, slug)
    closing = end.closing_fen if end else None
    joined = joining.join(run, joining.Imported(listed, closing, is_whole=not listed), claim.extract)
    if joined is None and listed:
        # It may stand before the first line of its day: asked for only now, because it takes the whole history.
        whole = view.papers.lines(slug, date.min)
        joined = joining.join(run, joining.Imported(whole, end.begins_fen if end else None), claim.extract)
        listed = whole if isinstance(joined, joining.Joined) else listed
    if isinstance(joined, FaultKind):
        first = f"首行 {lines[0].on.isoformat()} {yuan_text(lines[0].amount_fen)}"
        raise Refusal([claim.fault(joined, first, lines[0])])
    if joined is None:
        wider = view.papers.lines(slug, _long_before(lines))
        faults = tuple(differences.of_runs(lines, wider))[:SHOWN]
        raise Refusal(faults or [_unjoined(claim, walk, end), *differences.of_twins(lines, wider)][:SHOWN])
    wrong = [*differences.of_pairs(joined.pairs), *differences.of_period(joined, listed)]
    if claim.extract.failed:
        wrong += differences.of_failed(view.papers.lines(slug, _long_before(lines)))
    if wrong:
        raise Refusal(wrong[:SHOWN])
    return joined.lines, _missing(joined)


def _missing(joined: joining.Joined) -> tuple[str, ...]:
    if (after := joined.leaves) is None:
        return ()
    last = joined.lines[-1]
    begins = _balance(after.line) - after.line.amount_fen
    ends = f"末行 {last.on} 之后余额 {yuan_text(_balance(last))}"
    starts = f"以前导入的 {after.line.on} 一行之前为 {yuan_text(begins)}"
    return (f"{ends}，{starts}：其间还缺流水，请补导",)


def _long_before(lines: Iterable[BankLine]) -> date:
    # A row whose day was changed stood on another one.
    first = min(line.on for line in lines if line.on != date.min)
    return first - timedelta(days=366) if first.year > 1 else first


def _unjoined(claim: Claim, walk: Walk, end: ListEnd | None) -> Fault:
    before = walk[0].before
    if end is None or before == end.closing_fen:
        return claim.fault(joining.UNSURE, f"首行 {walk[0].lines[0].on.isoformat()}", walk[0].lines[0])
    found = f"首个新行之前的余额 {yuan_text(before)}，相差 {yuan_text(before - end.closing_fen)}"
    last = end.until_on - timedelta(days=1)
    expected = f"{yuan_text(end.closing_fen)}（上次导入截至 {last.isoformat()}）"
    return claim.fault(GAP, found, walk[0].lines[0], expected)


def _as_imported(claim: Claim, view: OpenItems, hint: AccountSlug | None) -> tuple[Fault, ...]:
    """What the same rows said when they were imported, for a paper that can't be read or proved."""
    dated = [line for line in claim.extract.lines if line.on != date.min]
    found: list[Fault] = []
    for account in _candidates(claim, view) if dated else ():
        if hint in {None, account.slug}:
            differences = Differences(claim.extract, claim.source, account.slug)
            found += differences.of_rows(_imported(claim, account, _long_before(dated), view))
    return tuple(found[:SHOWN])


def _imported(claim: Claim, account: BankAccount, from_on: date, view: OpenItems) -> tuple[ListedLine, ...]:
    if claim.kind == "list":
        return view.papers.lines(account.slug, from_on)
    held = (item for item in view.statements if item.account == account.slug and item.from_on == claim.extract.from_on)
    return tuple(line for item in held for line in view.papers.stated(item.sha256))


def _balance(line: BankLine) -> int:
    return chain.balance(line)


_NO_LINES = "写明起止日期的空表，或至少一笔交易"


def _paper(
    claim: Claim, walk: Walk, lines: tuple[BankLine, ...], account: BankAccount, end: ListEnd | None
) -> BankPaper:
    extract = claim.extract
    if walk:
        opening, closing = walk[0].before, walk[-1].after
    elif extract.closing_fen is not None:
        opening = closing = extract.closing_fen
    elif end is not None and extract.from_on and extract.until_on:
        opening = closing = end.closing_fen
    else:
        raise Refusal([claim.fault(EMPTY, "0 行，没有写明期间" if end else "0 行", expected=_NO_LINES if end else "")])
    assert opening + sum(line.amount_fen for line in lines) == closing, "a proved chain sums from opening to closing"
    days = [line.on for line in lines]
    from_on = extract.from_on or min(days)
    until_on = extract.until_on or max(days) + timedelta(days=1)
    return BankPaper(
        file=claim.source,
        kind=claim.kind,
        bank=account.bank,
        layout=extract.layout,
        account=account.slug,
        from_on=from_on,
        until_on=until_on,
        opening_fen=opening,
        closing_fen=closing,
        lines=lines,
    )
