"""Mutants of every committed kind of file: a gathered refusal, or exactly what the mutant itself says.

The gate makes a seeded 300 (``FUZZ_MUTANTS``); ``make fuzz`` makes 10,000 and prints what became of them.
"""

import os
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fuzz.judge import Wrong, judge
from fuzz.mutants import WAYS, Mutant, mutant
from fuzz.subjects import Subject, subjects

from importers.files import kinds, worker
from importers.files.zygote import Ending
from importers.intake import recognise_file
from ledger.faults import Refusal
from ledger.papers import Intake

MUTANTS = int(os.environ.get("FUZZ_MUTANTS", "300"))
SEED = int(os.environ.get("FUZZ_SEED", "20230301"))

CHANGES: tuple[dict[str, object], ...] = (
    {"amount_fen": None},
    {"counterparty": "别人"},
    {"counterparty": ""},
    {"serial": "1"},
    {"serial": ""},
    {"at": None},
    {"bank_summary": "别的"},
)
"""What is changed in a line after it was read; an amount by one fen."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass
class Toll:
    """What became of the mutants, and the most that a reading process took for one."""

    ends: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By subject, way, result."""
    wrongs: list[str] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    peak_kib: int = 0
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0


@pytest.fixture(scope="module")
def every(demo_year: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Subject]:
    return subjects(demo_year / "books", tmp_path_factory.mktemp("before"))


@pytest.fixture
def toll(monkeypatch: pytest.MonkeyPatch) -> Toll:
    """Counts, fed with what the reading process reports of itself."""
    found, ask = Toll(), worker._SERVER.ask  # noqa: SLF001 - the one place that learns what a child used

    def asked(content: bytes) -> tuple[Ending, bytes]:
        ending, output = ask(content)
        found.peak_kib = max(found.peak_kib, ending.peak_kib)
        found.cpu_seconds = max(found.cpu_seconds, ending.cpu_seconds)
        return ending, output

    monkeypatch.setattr(worker._SERVER, "ask", asked)  # noqa: SLF001 - same
    return found


def originals(every: list[Subject]) -> list[Intake]:
    return [recognise_file(subject.content, subject.name, subject.view) for subject in every]


def outcome(subject: Subject, spoiled: Mutant, original: Intake, toll: Toll) -> str:
    """Refused, the same, or another reading that the mutant says; else wrong or crash, told with kind, way and seed."""
    place = f"{subject} seed {spoiled.seed} ({spoiled.how})"
    began = time.monotonic()
    try:
        made = recognise_file(spoiled.content, subject.name, subject.view)
    except Refusal as refusal:
        toll.wall_seconds = max(toll.wall_seconds, time.monotonic() - began)
        for fault in refusal.faults:
            toll.codes[fault.code] += 1
            if fault.place.file != subject.name or _CONTROL.search(str(fault)):
                toll.wrongs.append(f"{place}: a fault without its file, or not to be printed: {fault!r}")
        return "refused"
    except Exception as error:  # noqa: BLE001 - any crash is what is looked for, and shown with its mutant
        toll.wrongs.append(f"{place}: {error!r}")
        return "crash"
    toll.wall_seconds = max(toll.wall_seconds, time.monotonic() - began)
    try:
        judge(spoiled.content, made, original)
    except Wrong as wrong:
        toll.wrongs.append(f"{place}: {wrong}")
        return "wrong"
    return "same" if made.events == original.events and made.paper == original.paper else "read"


def test_every_example_is_accepted_and_judged_right(every: list[Subject]) -> None:
    assert {subject.content[:2] == b"PK" for subject in every} == {True, False}
    assert len(every) >= 17
    for subject, original in zip(every, originals(every), strict=True):
        judge(subject.content, original, original)


def test_a_wrong_reading_would_be_noticed(every: list[Subject]) -> None:
    """The judge's own proof: a line changed after reading stands nowhere in the file."""
    for subject, original in zip(every, originals(every), strict=True):
        if original.paper and original.paper.lines:
            first = original.paper.lines[0]
            for change in CHANGES:
                if all(getattr(first, name) == value for name, value in change.items()):
                    continue
                changed = {
                    name: first.amount_fen + 1 if name == "amount_fen" else value for name, value in change.items()
                }
                lines = (first.model_copy(update=changed), *original.paper.lines[1:])
                paper = original.paper.model_copy(update={"lines": lines})
                with pytest.raises(Wrong):
                    judge(subject.content, original.model_copy(update={"paper": paper}), original)
        rows = original.reading.rows[1:]
        reading = original.reading.model_copy(update={"rows": rows})
        with pytest.raises(Wrong):
            judge(subject.content, original.model_copy(update={"reading": reading}), original)


def test_mutants_are_refused_or_read_as_they_stand(every: list[Subject], toll: Toll) -> None:
    known = originals(every)
    for number in range(MUTANTS):
        which = number % len(every)
        subject, original = every[which], known[which]
        spoiled = mutant(subject.content, SEED + number)
        toll.ends[str(subject), spoiled.how, outcome(subject, spoiled, original, toll)] += 1
    sys.stdout.write(f"\n{_report(toll)}\n")
    assert not toll.wrongs, "\n".join(toll.wrongs)
    assert toll.ends.total() == MUTANTS
    assert {how for _, how, _ in toll.ends} == set(WAYS)
    assert toll.peak_kib * 1024 <= kinds.MEMORY_BYTES
    assert toll.cpu_seconds <= kinds.CPU_SECONDS


RESULTS = ("refused", "same", "read", "wrong", "crash")


def _report(toll: Toll) -> str:
    subjects = sorted({subject for subject, _, _ in toll.ends})
    lines = [f"{'/'.join(RESULTS)} of {MUTANTS:,} mutants of {len(subjects)} kinds of file from seed {SEED}"]
    lines.append(" ".join([f"{'':32}", *(f"{how:>15}" for how in WAYS), f"{'all':>19}"]))
    for subject in [*subjects, ""]:
        counts = [_count(toll, subject, how) for how in (*WAYS, "")]
        lines.append(" ".join([f"{subject or 'all':32}", *(f"{count:>15}" for count in counts)]))
    return "\n".join(
        (
            *lines,
            f"{len(toll.codes)} codes: {'、'.join(code for code, _ in toll.codes.most_common())}",
            (
                f"reading process: at most {toll.peak_kib / 1024:.0f} MB, {toll.cpu_seconds:.2f} s of processor, "
                f"{toll.wall_seconds:.2f} s in all"
            ),
        )
    )


def _count(toll: Toll, subject: str, how: str) -> str:
    """The five results of a subject and a way; "" stands for all."""
    counts = Counter[str]()
    for (one, way, result), many in toll.ends.items():
        if subject in {"", one} and how in {"", way}:
            counts[result] += many
    return "/".join(str(counts[result]) for result in RESULTS)
