"""期初建账: found the books and take over balances, loans, pledges, cover and running cases.

Each cash balance of the opening is proved against that bank's statement of the opening day; one batch,
signed by two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from desk.acts.filing import filed, keep
from desk.acts.office import Actor, bytes_of
from importers.files import read_file
from importers.intake import recognise_file
from importers.registers import read_opening
from ledger.accounts import Chart
from ledger.events import AnyEvent, OpeningTaken
from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.founding import first_batch, found, founding
from ledger.journal import Posted
from ledger.money import yuan_text
from ledger.openitems import OpenItems
from ledger.papers import Intake, Reading
from ledger.pool import BAD_POOL, Pool, parse_pool
from ledger.provenance import SourceFile, digest
from ledger.signing import Signatures, refuse_unstaffed, require_signatures
from ledger.store import Store

UNPROVED = FaultKind(
    "建账-期初-01",
    "期初余额没有对账单证明",
    "每个账户一份建账日的对账单，期末余额与期初表相等",
    "用 --statement 给出该户建账日的对账单；数字不符的先查明再建账。",
)
NO_DAY = FaultKind(
    "建账-期初-03", "没有说明账簿从哪一天开始", "--opening 期初建账表，或 --on 开始日期", "补上其中一项后重新运行。"
)
KINDS = (UNPROVED, NO_DAY)


@dataclass(frozen=True, slots=True)
class OpeningFiles:
    """What founding needs: the settings, the opening register, the statements that prove its balances."""

    pool: Path
    opening: Path | None
    statements: tuple[Path, ...] = ()


def open_books(root: Path, files: OpeningFiles, on: date, *, who: Actor, reviewer: str, bookkeeper: str) -> Posted:
    """Found the books under ``root``; refused, with nothing written, when anything of it is wrong.

    ``on`` is the day the books begin where there is no opening register.
    """
    pool_text = _pool_text(files.pool)
    pool = parse_pool(pool_text, files.pool.name)
    refuse_unstaffed(pool, files.pool.name)
    signed = Signatures(preparer=who.id, reviewer=reviewer, bookkeeper=bookkeeper, at=who.at)
    require_signatures(pool, signed)
    taken = _opening(files.opening, pool) if files.opening else None
    begins_on = taken.events[0].on if taken and taken.events else on
    statements = [_statement(path, pool) for path in files.statements]
    if taken:
        _prove(taken, statements, pool)
    events = [cast("AnyEvent", event) for event in taken.events] if taken else []
    events += [filed(intake.paper, intake.reading) for _, intake in statements if intake.paper]
    with founding(root) as place:
        store = found(place, pool_text, signed, begins_on)
        with store.lock():
            readings = _keep(store, files, taken, statements)
            return first_batch(store, pool_text, events, signed, readings, begins_on)


def _pool_text(path: Path) -> str:
    try:
        return bytes_of(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal([Fault(BAD_POOL, "不是 UTF-8 文字", Place(path.name))]) from None


def _opening(path: Path, pool: Pool) -> Intake:
    content = bytes_of(path)
    return read_opening(read_file(content, path.name), SourceFile(name=path.name, sha256=digest(content)), pool)


def _statement(path: Path, pool: Pool) -> tuple[Path, Intake]:
    return path, recognise_file(bytes_of(path), path.name, OpenItems(pool=pool))


def _prove(taken: Intake, statements: Sequence[tuple[Path, Intake]], pool: Pool) -> None:
    """Every cash account's opening balance equals the closing balance of its statement of that day."""
    chart = Chart(pool)
    day = taken.events[0].on
    balances = {
        line.account: line.amount_fen
        for event in taken.events
        if isinstance(event, OpeningTaken)
        for line in event.lines
    }
    closings = {
        intake.paper.account: (intake.paper.closing_fen, (intake.paper.until_on - day).days == 1)
        for _, intake in statements
        if intake.paper and intake.paper.kind == "statement"
    }
    faults = []
    for account in pool.account:
        ours = balances.get(chart.cash(account.slug), 0)
        theirs, same_day = closings.get(account.slug, (None, False))
        if theirs is None or not same_day:
            faults.append(Fault(UNPROVED, f"{account.name} 没有 {day} 的对账单", Place(taken.reading.file.name)))
        elif ours != theirs:
            found = f"{account.name} 期初表 {yuan_text(ours)} 元，对账单 {yuan_text(theirs)} 元"
            faults.append(Fault(UNPROVED, found, Place(taken.reading.file.name)))
    if faults:
        raise Refusal(faults)


def _keep(
    store: Store, files: OpeningFiles, taken: Intake | None, statements: Sequence[tuple[Path, Intake]]
) -> tuple[Reading, ...]:
    every = [*statements]
    if taken and files.opening:
        every.insert(0, (files.opening, taken))
    for path, intake in every:
        keep(store, bytes_of(path), path.name, intake)
    return tuple(intake.reading for _, intake in every)
