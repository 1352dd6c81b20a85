"""The stage: every story played once to its end, the books kept before each act; then one act broken at one point."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from acts import STORIES, Act, write_files
from killing import (
    Ended,
    Point,
    Warm,
    failed_at,
    fresh,
    hitting,
    points,
    state,
    tracing,
    turning_read_only,
    was_killed_at,
)

from ledger.book import Book
from ledger.faults import ExitCode, Refusal
from ledger.verify import verify

ERRORS = {"ENOSPC": "磁盘已满", "EIO": "磁盘读写出错", "EROFS": "磁盘是只读的"}
"""What is made to fail, and the words in which the program must say it."""
UNWRITTEN = ("账簿-写入-02", "导出-文件-01")
"""The faults that say so: in the books, and in a file for the user."""
KILL = "SIGKILL"
WAYS = (KILL, *ERRORS)
LEFT = {"核验-日志-01"}
"""All that ``verify`` may say of books in which a run was broken off: the last act was not carried out."""


@dataclass(frozen=True, slots=True)
class Trial:
    """An act ready to be broken: a copy of the books before it, what stood there, what stands after it, its writes."""

    story: str
    act: Act
    now: str
    before: Path
    stood: dict[str, object]
    after: dict[str, object]
    points: tuple[Point, ...]

    @property
    def name(self) -> str:
        """The act's name, unique."""
        return f"{self.story}: {self.act.name}"


class Wrong(NamedTuple):
    """A promise that did not hold, at one point of one act."""

    trial: str
    what: str
    point: str
    text: str


@dataclass
class Stage:
    """A folder in which acts are played: ``area`` holds the books that are broken, ``kept`` the copies."""

    folder: Path
    warm: Warm
    files: Path = field(init=False)
    area: Path = field(init=False)

    def __post_init__(self) -> None:
        self.files = write_files(self.folder / "files")
        self.area = self.folder / "area"

    def run(self, act: Act, now: str, strace: tuple[str, ...] | list[str] = ()) -> Ended:
        """One command line on the books in the area."""
        return self.warm.run(act.arguments(self.area, self.files), now, strace)

    def fresh(self, trial: Trial) -> None:
        """The books as they stand before an act."""
        fresh(trial.before, self.area)

    def trials(self, stories: dict[str, tuple[Act, ...]] | None = None, *, verified: bool = True) -> Iterator[Trial]:
        """Play every story to its end without harm; yield each act that is to be tried."""
        for story, acts in (stories or STORIES).items():
            shutil.rmtree(self.area, ignore_errors=True)
            self.area.mkdir(mode=0o700)
            now = ""
            for number, act in enumerate(acts):
                now = act.now or now
                before = self.folder / "kept" / f"{story}-{number:02d}"
                shutil.copytree(self.area, before)
                done = self.run(act, now, tracing() if act.is_tried else ())
                assert done.code == act.code, f"{story}: {act.name} ended with {done.code}: {done.said}"
                assert not verified or verify(self.area / "books") == (), f"{story}: {act.name}"
                if act.is_tried:
                    found = tuple(points(done.traced, self.area))
                    assert found, f"{story}: {act.name} writes nothing"
                    yield Trial(story, act, now, before, state(before), state(self.area), found)

    def broken(self, trial: Trial, point: Point, how: str) -> list[Wrong]:
        """All that is wrong after one act was broken at one point; a program that can't go on is wrong too."""
        try:
            return list(self.killed(trial, point) if how == KILL else self.failed(trial, point, how))
        except (Refusal, AssertionError, OSError) as error:
            return [self._wrong(trial, how, point, f"{type(error).__name__}: {error}"[:600])]

    def killed(self, trial: Trial, point: Point) -> Iterator[Wrong]:
        """Die just before one writing call; then the same command again, with no hand between."""
        self.fresh(trial)
        ended = self.run(trial.act, trial.now, hitting(point, "signal=SIGKILL"))
        if not was_killed_at(ended, point):
            yield self._wrong(trial, KILL, point, f"was not killed there: {ended.code} {ended.traced[-300:]}")
            return
        yield from self._aftermath(trial, KILL, point)

    def failed(self, trial: Trial, point: Point, error: str) -> Iterator[Wrong]:
        """One writing call fails (read-only: all from it on); the message, the old books, the same command again."""
        self.fresh(trial)
        options = turning_read_only(point) if error == "EROFS" else hitting(point, f"error={error}")
        ended = self.run(trial.act, trial.now, options)
        if not failed_at(ended):
            yield self._wrong(trial, error, point, f"nothing failed: {ended.code} {ended.traced[-300:]}")
            return
        if ended.code == trial.act.code and _settled(state(self.area)) != _settled(trial.after):
            yield self._wrong(trial, error, point, "ended well and is not done")
        elif ended.code != trial.act.code:
            yield from (self._wrong(trial, error, point, text) for text in _unclear(ended, error))
        yield from self._aftermath(trial, error, point)

    def _aftermath(self, trial: Trial, what: str, point: Point) -> Iterator[Wrong]:
        yield from (self._wrong(trial, what, point, text) for text in self._unsound(trial))
        done = _settled(state(self.area)) == _settled(trial.after)
        again = self.run(trial.act, trial.now)
        said_done = done and any(f"[{code}]" in again.said for code in trial.act.again)
        if again.code != trial.act.code and not said_done:
            yield self._wrong(trial, what, point, f"a second time it ends with {again.code}: {again.said}")
            return
        now = state(self.area)
        if now != trial.after:
            differing = sorted(name for name in {*now, *trial.after} if now.get(name) != trial.after.get(name))
            yield self._wrong(trial, what, point, f"a second time it leaves other books: {differing}")
        if faults := verify(self.area / "books"):
            yield self._wrong(trial, what, point, f"verify afterwards: {faults[0]}")

    def _unsound(self, trial: Trial) -> Iterator[str]:
        """What is wrong with the books as the broken run left them."""
        books = self.area / "books"
        old = {name: content for name, content in trial.stood.items() if name not in _MOVING}
        now = state(self.area)
        lost = [name for name, content in old.items() if now.get(name) != content]
        if lost:
            yield f"changed or lost: {lost}"
        if not (trial.before / "books").exists() and not books.exists():
            return
        numbers = [voucher.no for voucher in Book.load(books).vouchers]
        allowed = [_numbers(trial.stood), _numbers(trial.after)]
        if sorted(numbers) not in allowed:
            yield f"vouchers neither as before nor as after: {numbers}"
        codes = {fault.code for fault in verify(books)} - LEFT
        if codes:
            yield f"verify says {codes}"

    def said(self, point: Point) -> str:
        """A point by its place within the area: the same in every folder."""
        return str(point).replace(f"{self.area}/", "").replace(str(self.area), ".")

    @staticmethod
    def _wrong(trial: Trial, what: str, point: Point, text: str) -> Wrong:
        return Wrong(trial.name, what, str(point), text)


_MOVING = ("books/head.beancount", "books/log")
"""What a commit replaces or adds to; compared by ``verify``."""


def _settled(found: dict[str, object]) -> dict[str, object]:
    """A state without what the next start may still have to bring up to date."""
    return {name: content for name, content in found.items() if name not in _MOVING and not name.endswith(".tmp")}


def _numbers(found: dict[str, object]) -> list[str]:
    """Voucher numbers, from the batches' own text."""
    lines = [
        line.strip()
        for name, content in found.items()
        if name.startswith("books/batches/") and isinstance(content, bytes)
        for line in content.decode().splitlines()
    ]
    return sorted(line.split('"')[1] for line in lines if line.startswith("voucher: "))


def _unclear(ended: Ended, error: str) -> Iterator[str]:
    if ended.code not in {ExitCode.REFUSED, ExitCode.BAD_INPUT}:
        yield f"exit code {ended.code}: {ended.said[-600:]}"
    if (
        not any(f"[{code}]" in ended.said for code in UNWRITTEN)
        or ERRORS[error] not in ended.said
        or "Traceback" in ended.said
    ):
        yield f"no clear message: {ended.said[-600:]}"
