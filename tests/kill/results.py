"""What a long run found so far, kept line by line, so that a run that is broken off goes on where it was.

One file for each state of the program: its name is a digest of all that decides a result, so that what an older program
did is never counted for this one. A wrong result stays; only another program can undo it.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DECIDING = ("desk", "importers", "ledger", "reports", "riskpool", "tests/kill", "examples/2023", "requirements")
KEPT = ROOT / ".kill"


class Result(NamedTuple):
    """One act broken at one point in one way, and what was wrong afterwards."""

    act: str
    way: str
    point: str
    wrong: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others."""
        return self.act, self.way, self.point


def fingerprint() -> str:
    """A digest of all files that decide what a run finds."""
    said = hashlib.sha256()
    for path in sorted(path for name in DECIDING for path in (ROOT / name).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            content = path.read_bytes()
            said.update(f"{path.relative_to(ROOT).as_posix()} {len(content)}\n".encode() + content)
    return said.hexdigest()[:16]


class Journal:
    """The results of one state of the program."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, program: str, *, resume: bool) -> "Journal":
        """The journal of this program: gone on with, without a last line that a broken run did not finish, or anew."""
        KEPT.mkdir(exist_ok=True)
        journal = cls(KEPT / f"{program}.jsonl")
        if not resume:
            journal.path.unlink(missing_ok=True)
        elif journal.path.is_file():
            content = journal.path.read_bytes()
            os.truncate(journal.path, content.rfind(b"\n") + 1)
        return journal

    def add(self, result: Result) -> None:
        """Keep one result, in one write, so that several processes may share the file."""
        line = f"{json.dumps(result, ensure_ascii=False)}\n".encode()
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            written = os.write(handle, line)
        finally:
            os.close(handle)
        assert written == len(line), "the journal is cut short"

    def results(self) -> dict[tuple[str, str, str], Result]:
        """All results by their key."""
        return {result.key: result for result in self._read()}

    def _read(self) -> Iterator[Result]:
        if self.path.is_file():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                act, way, point, wrong = json.loads(line)
                yield Result(act, way, point, tuple(wrong))


def table(results: Iterable[Result], acts: Iterable[str], ways: Iterable[str]) -> Iterator[str]:
    """Per act and way: points, and how many of them were wrong; the last line adds them up."""
    points: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for result in results:
        for act in (result.act, "all"):
            points[act, result.way] += 1
            wrong[act, result.way] += bool(result.wrong)
    yield f"{'act':36}" + "".join(f"{way:>12}" for way in ways) + "  (points/wrong)"
    for act in (*acts, "all"):
        yield f"{act:36}" + "".join(f"{points[act, way]:8}/{wrong[act, way]:<3}" for way in ways)
