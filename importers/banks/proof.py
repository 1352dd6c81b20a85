"""What every bank's paper must prove before one line of it is believed (banks.md §5).

The running balance decides the order of the lines and the meaning of their signs::

      opening ──+ line 1──> balance 1 ──+ line 2──> balance 2 ── … ──> balance n = closing
         ║                                                               ║
      closing of the list imported before             becomes the list end that the next one must meet

Nothing is repaired: a chain that breaks, totals that disagree or a gap refuse the file whole.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Literal

from importers import grammar
from importers.records import BankExtract, Side
from ledger.events.base import BankCode
from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.ids import AccountSlug
from ledger.money import yuan_text
from ledger.openitems import ListEnd, OpenItems
from ledger.papers import BankLine, BankPaper
from ledger.pool import BankAccount
from ledger.provenance import SourceFile

BROKEN_CHAIN = FaultKind(
    "导入-余额-01",
    "余额不连续",
    "上一笔余额加本笔发生额等于本笔余额",
    "可能缺行、改过数或收付方向相反。请从网银重新导出完整流水。",
)
TOTALS_DISAGREE = FaultKind(
    "导入-余额-02",
    "合计与明细不符",
    "文件自带的笔数、金额合计与逐笔相加一致",
    "文件可能被截断或删改。请从网银重新导出完整流水。",
)
CLOSING_DISAGREES = FaultKind(
    "导入-余额-03",
    "期末余额与明细不符",
    "期初余额加减各笔等于期末余额",
    "请向银行索取完整的对账单。",
)
GAP = FaultKind(
    "导入-衔接-01",
    "与上次导入之间有缺口",
    "首个新行之前的余额等于上次导入的期末余额",
    "请先导入中间缺少的流水，或导出一份从上次截止日开始的流水。",
)
NOT_CONTIGUOUS = FaultKind(
    "导入-衔接-02",
    "已导入的期间里出现新行",
    "与以前导入重叠的部分逐行一致",
    "银行可能补记或更正了旧账。请打印两份流水比对，书面问明银行后再处理。",
)
OUT_OF_PERIOD = FaultKind(
    "导入-日期-02",
    "交易日期不在文件所称期间内",
    "每笔交易日期都在查询时间范围内",
    "请从网银重新导出，不要拼接文件。",
)
TWICE = FaultKind(
    "导入-流水号-02",
    "同一流水号出现两次",
    "每个流水号在文件中只出现一次",
    "请从网银重新导出，不要拼接文件。",
)
EMPTY = FaultKind(
    "导入-空表-01",
    "没有交易，也没有可接续的余额",
    "首次导入的流水至少有一笔交易",
    "请换一个有交易的期间导出；期初余额请用期初建账录入。",
)
UNKNOWN_ACCOUNT = FaultKind(
    "导入-账号-01",
    "账号不在 pool.toml 中",
    "本资金池登记的专户账号",
    "请核对导出的是不是专户；本版建账后不能增减账户，新开的账户报维护人员。",
)
WRONG_BANK = FaultKind(
    "导入-账号-02",
    "账户与文件的银行不符",
    "该银行自己导出的本账户流水",
    "请核对文件是从哪家银行、哪个账户导出的。",
)
CHOOSE_ACCOUNT = FaultKind(
    "导入-账号-03",
    "文件没有写明是哪个账户",
    "能由余额接续唯一确定的账户，或由导入人指明的账户",
    "请在导入时指明账户。",
)
HINT_DISAGREES = FaultKind(
    "导入-账号-04",
    "指明的账户与文件不符",
    "与文件所载账号一致的账户",
    "请核对文件，或不指明账户、由文件决定。",
)
KINDS = (
    BROKEN_CHAIN,
    TOTALS_DISAGREE,
    CLOSING_DISAGREES,
    GAP,
    NOT_CONTIGUOUS,
    OUT_OF_PERIOD,
    TWICE,
    EMPTY,
    UNKNOWN_ACCOUNT,
    WRONG_BANK,
    CHOOSE_ACCOUNT,
    HINT_DISAGREES,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A paper that asks to be believed. ``bank`` is None where the layout is not one bank's (bkrs)."""

    extract: BankExtract
    source: SourceFile
    kind: Literal["list", "statement"]
    bank: BankCode | None

    def fault(self, kind: FaultKind, found: str, line: BankLine | None = None, expected: str = "") -> Fault:
        """A fault of this paper, at a line where it has one, with that line's cells."""
        if line is None:
            return Fault(kind, found, Place(self.source.name), expected=expected)
        cells = [text.strip() for _, text in self.extract.originals.get(line.line, ()) if text.strip()]
        place = Place(self.source.name, line.line.sheet, line.line.row)
        return Fault(kind, found, place, tuple(cells[:8]), expected=expected)


def prove(claim: Claim, view: OpenItems, hint: AccountSlug | None) -> BankPaper:
    """The paper in neutral words, its lines in the order of the chain; raises Refusal with every fault."""
    ends = frozenset(end.closing_fen for end in view.list_ends)
    lines = _numbered(chain_order(claim.extract.lines, ends))
    faults = [*_own_faults(claim, lines)]
    if faults:
        raise Refusal(faults)
    account = _account(claim, lines, view, hint)
    end = _end_of(view, account.slug)
    if claim.kind == "list":
        _continue(claim, lines, account.slug, view)
    return _paper(claim, lines, account, end)


def chain_order(lines: Sequence[BankLine], ends: frozenset[int] = frozenset()) -> tuple[BankLine, ...]:
    """The lines in that order, of four, whose balances break least; at a tie the earlier one.

    As given, backwards (newest first), and both sorted by day and time with ties left as they stand. A sum that
    returns to its start fits both ways: then an order that goes back in time loses, and of two that don't, the
    one that begins at a balance in ``ends`` (where lists imported before have ended) wins.
    """
    given, backwards = tuple(lines), tuple(reversed(lines))
    orders = (given, backwards, tuple(sorted(given, key=_instant)), tuple(sorted(backwards, key=_instant)))
    return min(orders, key=lambda order: (_break_count(order), _goes_back(order), not _begins_at(order, ends)))


def _instant(line: BankLine) -> tuple[str, str]:
    return line.on.isoformat(), line.at.isoformat() if line.at else ""


def _goes_back(lines: Sequence[BankLine]) -> bool:
    return any(_instant(before) > _instant(after) for before, after in pairwise(lines))


def _breaks(lines: Sequence[BankLine]) -> Iterator[tuple[BankLine, BankLine]]:
    for before, after in pairwise(lines):
        if _balance(before) + after.amount_fen != _balance(after):
            yield before, after


def _break_count(lines: Sequence[BankLine]) -> int:
    return sum(1 for _ in _breaks(lines))


def _begins_at(lines: Sequence[BankLine], ends: frozenset[int]) -> bool:
    return bool(lines) and _before(lines[0]) in ends


def _balance(line: BankLine) -> int:
    assert line.balance_fen is not None, "every layout read so far has a running balance"
    return line.balance_fen


def _before(line: BankLine) -> int:
    return _balance(line) - line.amount_fen


def _numbered(lines: Sequence[BankLine]) -> tuple[BankLine, ...]:
    # nth tells apart only rows that a composite key can't: those with a serial stay 1.
    seen: Counter[tuple[object, ...]] = Counter()
    numbered = []
    for line in lines:
        same = (line.on, line.amount_fen, line.balance_fen, line.counterparty)
        seen[same] += 1
        numbered.append(line if line.serial else line.model_copy(update={"nth": seen[same]}))
    return tuple(numbered)


def _own_faults(claim: Claim, lines: Sequence[BankLine]) -> Iterator[Fault]:
    yield from _repeats(claim, lines)
    for before, after in _breaks(lines):
        found = f"{yuan_text(_balance(before))} 加 {yuan_text(after.amount_fen)}，余额却是 {yuan_text(_balance(after))}"
        due = yuan_text(_balance(before) + after.amount_fen)
        yield claim.fault(BROKEN_CHAIN, found, after, f"余额 {due}")
        break  # what follows a break proves nothing
    yield from _total_faults(claim, lines)
    closing = claim.extract.closing_fen
    if lines and closing is not None and closing != _balance(lines[-1]):
        found = f"文件称期末 {yuan_text(closing)}，末笔余额 {yuan_text(_balance(lines[-1]))}"
        yield claim.fault(CLOSING_DISAGREES, found, lines[-1])
    for line in lines:
        extract = claim.extract
        if (extract.from_on and line.on < extract.from_on) or (extract.until_on and line.on >= extract.until_on):
            yield claim.fault(OUT_OF_PERIOD, line.on.isoformat(), line)


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


def _end_of(view: OpenItems, slug: AccountSlug) -> ListEnd | None:
    return next((end for end in view.list_ends if end.account == slug), None)


def _account(claim: Claim, lines: Sequence[BankLine], view: OpenItems, hint: AccountSlug | None) -> BankAccount:
    hinted = _hinted(claim, view, hint)
    number = claim.extract.account_number
    if not number:
        return hinted or _by_balance(claim, lines, view)
    found = [item for item in view.pool.account if grammar.account_number(item.number) == number]
    tail = f"尾号 {number[-4:]}"
    if not found:
        raise Refusal([claim.fault(UNKNOWN_ACCOUNT, tail)])
    if claim.bank and found[0].bank != claim.bank:
        bank = view.pool.bank_of(found[0].bank)
        raise Refusal([claim.fault(WRONG_BANK, f"{tail} 是{bank.name}的账户，文件却是{claim.extract.title}")])
    if hinted and hinted != found[0]:
        raise Refusal([claim.fault(HINT_DISAGREES, f"文件为 {found[0].slug}，指明的是 {hinted.slug}")])
    return found[0]


def _hinted(claim: Claim, view: OpenItems, hint: AccountSlug | None) -> BankAccount | None:
    if hint is None:
        return None
    found = [item for item in view.pool.account if item.slug == hint]
    if not found:
        raise Refusal([claim.fault(UNKNOWN_ACCOUNT, hint)])
    if claim.bank and found[0].bank != claim.bank:
        raise Refusal([claim.fault(WRONG_BANK, f"指明的 {hint} 不是{claim.extract.title}的账户")])
    return found[0]


def _by_balance(claim: Claim, lines: Sequence[BankLine], view: OpenItems) -> BankAccount:
    # A list without its own account: the only account of that bank, else the one whose balance it continues.
    accounts = [item for item in view.pool.account if item.bank == claim.bank]
    if len(accounts) == 1:
        return accounts[0]
    continuing = [item for item in accounts if _continues(lines, item.slug, view)]
    if len(continuing) == 1:
        return continuing[0]
    found = "、".join(item.slug for item in continuing or accounts) or "该银行没有登记账户"
    raise Refusal([claim.fault(CHOOSE_ACCOUNT, f"可能是 {found}")])


def _continues(lines: Sequence[BankLine], slug: AccountSlug, view: OpenItems) -> bool:
    end, first = _end_of(view, slug), _first_new(lines, slug, view)
    if first is None:
        return bool(lines)
    return end is not None and _before(lines[first]) == end.closing_fen


def _first_new(lines: Sequence[BankLine], slug: AccountSlug, view: OpenItems) -> int | None:
    return next((index for index, line in enumerate(lines) if line.key(slug) not in view.known_events), None)


def _continue(claim: Claim, lines: Sequence[BankLine], slug: AccountSlug, view: OpenItems) -> None:
    # Known rows may only come first (an overlap); the first new one must start where the last list ended.
    first, end = _first_new(lines, slug, view), _end_of(view, slug)
    if first is None:
        return
    later_known = any(line.key(slug) in view.known_events for line in lines[first:])
    new = lines[first]
    if later_known:
        raise Refusal([claim.fault(NOT_CONTIGUOUS, f"{new.on.isoformat()} {yuan_text(new.amount_fen)}", new)])
    if end is not None and _before(new) != end.closing_fen:
        found = f"首个新行之前的余额 {yuan_text(_before(new))}，相差 {yuan_text(_before(new) - end.closing_fen)}"
        last = end.until_on - timedelta(days=1)
        expected = f"{yuan_text(end.closing_fen)}（上次导入截至 {last.isoformat()}）"
        raise Refusal([claim.fault(GAP, found, new, expected)])


def _paper(claim: Claim, lines: tuple[BankLine, ...], account: BankAccount, end: ListEnd | None) -> BankPaper:
    extract = claim.extract
    if lines:
        opening, closing = _before(lines[0]), _balance(lines[-1])
    elif extract.closing_fen is not None:
        opening = closing = extract.closing_fen
    elif end is not None and extract.from_on and extract.until_on:
        opening = closing = end.closing_fen
    else:
        raise Refusal([claim.fault(EMPTY, "0 行")])
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
