"""``make kill``: every writing call of every act, killed and failed; prints the counts per act and what was wrong.

The injections are shared out among processes, each with a folder and a warm interpreter of its own. Each result is kept
as it comes: ``--resume`` goes on with a run that was broken off, as long as nothing in the program has changed since.
``make crowds`` runs what many do at once.
"""

import argparse
import multiprocessing
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from acts import STORIES  # noqa: E402 - beside this file
from crowd import CROWDS  # noqa: E402
from killing import Warm, have_strace, scratch  # noqa: E402
from results import Journal, Result, fingerprint, table  # noqa: E402
from stage import KILL, WAYS, Stage, Trial, Wrong  # noqa: E402

SEED = 20230301
TOLD_EVERY = 200


class Share(NamedTuple):
    """What one process does: of all injections that are left, in their seeded order, every ``parts``-th from ``part``.

    ``acts``: only those whose names hold one of these words; all where empty.
    """

    journal: Path
    stories: tuple[str, ...]
    acts: tuple[str, ...]
    ways: tuple[str, ...]
    seed: int
    part: int
    parts: int


def played(share: Share) -> dict[str, int]:
    """Break acts, keep the results; how many points each act has."""
    journal = Journal(share.journal)
    done = journal.results()
    begun = time.monotonic()
    with scratch() as folder, Warm(Path(folder) / "said") as warm:
        stage = Stage(Path(folder), warm)
        trials = [
            trial
            for trial in stage.trials({name: STORIES[name] for name in share.stories})
            if not share.acts or any(word in trial.name for word in share.acts)
        ]
        tries = [(trial, point, way) for trial in trials for point in trial.points for way in share.ways]
        random.Random(share.seed).shuffle(tries)  # noqa: S311 - a seeded order of harm
        left = [(trial, point, way) for trial, point, way in tries if (trial.name, way, stage.said(point)) not in done]
        mine = left[share.part :: share.parts]
        for number, (trial, point, way) in enumerate(mine, 1):
            wrong = tuple(wrong.text for wrong in stage.broken(trial, point, way))
            journal.add(Result(trial.name, way, stage.said(point), wrong))
            if number % TOLD_EVERY == 0:
                tell(f"  part {share.part + 1}: {number} of {len(mine)}, {time.monotonic() - begun:.0f} s")
        return {trial.name: len(trial.points) for trial in trials}


def sampled(stage: Stage, trials: Sequence[Trial], seed: int, kills: int, errors: int) -> Iterator[Wrong]:
    """A seeded sample, each act in turn: some of its points killed, some failed."""
    chance = random.Random(seed)  # noqa: S311 - a seeded choice of harm
    ways = [KILL] * kills + [WAYS[1 + number % (len(WAYS) - 1)] for number in range(errors)]
    order = chance.sample(trials, len(trials))
    for number, way in enumerate(ways):
        trial = order[number % len(order)]
        yield from stage.broken(trial, chance.choice(trial.points), way)


def injected(chosen: argparse.Namespace) -> bool:
    """Every injection that was asked for; prints the table, and whether nothing was wrong."""
    program = fingerprint()
    journal = Journal.of(program, resume=chosen.resume)
    found = len(journal.results())
    say(f"seed {chosen.seed}, program {program}, {found} results kept from before")
    stories, acts, ways = tuple(chosen.stories), tuple(chosen.acts), tuple(chosen.ways)
    shares = [Share(journal.path, stories, acts, ways, chosen.seed, part, chosen.jobs) for part in range(chosen.jobs)]
    with multiprocessing.get_context("spawn").Pool(chosen.jobs) as pool:
        points, *others = pool.map(played, shares, chunksize=1)
    assert all(other == points for other in others), "the processes did not see the same points"
    assert fingerprint() == program, "the program was changed while it was run"
    results = [result for result in journal.results().values() if result.act in points and result.way in ways]
    for line in table(results, points, ways):
        say(line)
    wrong = [result for result in results if result.wrong]
    for result in wrong:
        say(f"WRONG {result.act} {result.way} {result.point}: {' | '.join(result.wrong)}")
    wanted = sum(points.values()) * len(ways)
    say(f"points {sum(points.values())}, injections {len(results)} of {wanted}, wrong {len(wrong)}")
    return not wrong and len(results) == wanted


def crowded(seed: int) -> bool:
    """What many do at once; whether all was right."""
    right = True
    for crowd in CROWDS:
        begun = time.monotonic()
        with scratch() as folder:
            text, is_right = crowd(Path(folder), seed)
        say(f"{text} ({time.monotonic() - begun:.0f} s)")
        right = right and is_right
    return right


def main() -> int:
    """Run all; 0 only where nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--stories", nargs="+", choices=tuple(STORIES), default=tuple(STORIES))
    parser.add_argument("--acts", nargs="+", default=(), help="only acts whose names hold one of these words")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    parser.add_argument("--resume", action="store_true", help="go on with a run that was broken off")
    parser.add_argument("--crowds", choices=("too", "only", "no"), default="too", help="what many do at once")
    chosen = parser.parse_args()
    if trouble := have_strace():
        say(trouble)
        return 1
    begun = time.monotonic()
    right = chosen.crowds == "only" or injected(chosen)
    if chosen.crowds != "no":
        right = crowded(chosen.seed) and right
    say(f"{time.monotonic() - begun:.0f} s")
    return 0 if right else 1


def say(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """How far it is; not part of what was found."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
