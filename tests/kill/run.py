"""``make kill``: every writing call of every act, killed and failed; prints the counts per act and what was wrong.

The stories are shared out among processes, each with a folder and a warm interpreter of its own.
"""

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from acts import STORIES  # noqa: E402 - beside this file
from crowd import CROWDS  # noqa: E402
from killing import Warm, have_strace, scratch  # noqa: E402
from stage import KILL, WAYS, Stage, Trial, Wrong  # noqa: E402

SEED = 20230301
SHARES = (("opening", "year"), ("month", "case"))
"""Which stories one process plays, about equal in time; what is named nowhere goes to the last."""


def counted(stories: Sequence[str], ways: Sequence[str], seed: int) -> tuple[list[tuple[str, str, int]], list[Wrong]]:
    """All points of some stories in all ways, in a seeded order: (act, way, points) and what was wrong."""
    counts: Counter[tuple[str, str]] = Counter()
    wrongs: list[Wrong] = []
    with scratch() as folder, Warm(Path(folder) / "said") as warm:
        stage = Stage(Path(folder), warm)
        trials = list(stage.trials({name: STORIES[name] for name in stories}))
        tries = [(trial, point, way) for trial in trials for point in trial.points for way in ways]
        random.Random(seed).shuffle(tries)  # noqa: S311 - a seeded order of harm
        for trial, point, way in tries:
            wrongs += stage.broken(trial, point, way)
            counts[trial.name, way] += 1
    return [(name, way, count) for (name, way), count in counts.items()], wrongs


def sampled(stage: Stage, trials: Sequence[Trial], seed: int, kills: int, errors: int) -> Iterator[Wrong]:
    """A seeded sample, each act in turn: some of its points killed, some failed."""
    chance = random.Random(seed)  # noqa: S311 - a seeded choice of harm
    ways = [KILL] * kills + [WAYS[1 + number % (len(WAYS) - 1)] for number in range(errors)]
    order = chance.sample(trials, len(trials))
    for number, way in enumerate(ways):
        trial = order[number % len(order)]
        yield from stage.broken(trial, chance.choice(trial.points), way)


def main() -> int:
    """Run all; 0 only where nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--stories", nargs="+", choices=tuple(STORIES), default=tuple(STORIES))
    parser.add_argument("--without-crowds", action="store_true")
    chosen = parser.parse_args()
    if trouble := have_strace():
        sys.stderr.write(f"{trouble}\n")
        return 1
    begun = time.monotonic()
    named = {name for share in SHARES for name in share}
    shares = [[name for name in share if name in chosen.stories] for share in SHARES]
    shares[-1] += [name for name in chosen.stories if name not in named]
    with multiprocessing.get_context("spawn").Pool(len(SHARES)) as pool:
        done = pool.starmap(counted, [(share, chosen.ways, chosen.seed) for share in shares if share])
    rows = {(name, way): count for counts, _ in done for name, way, count in counts}
    wrongs = [wrong for _, found in done for wrong in found]
    say(f"seed {chosen.seed}")
    say(f"{'act':40}" + "".join(f"{way:>9}" for way in chosen.ways))
    for act in dict.fromkeys(name for name, _ in rows):
        say(f"{act:40}" + "".join(f"{rows[act, way]:9}" for way in chosen.ways))
    totals = {way: sum(count for (_, found), count in rows.items() if found == way) for way in chosen.ways}
    say(f"{'all':40}" + "".join(f"{totals[way]:9}" for way in chosen.ways))
    for wrong in wrongs:
        say(f"WRONG {wrong.trial} {wrong.what} {wrong.point}: {wrong.text}")
    say(f"points {totals.get(KILL, 0)}, injections {sum(totals.values())}, wrong {len(wrongs)}")
    failed = bool(wrongs)
    if not chosen.without_crowds:
        for crowd in CROWDS:
            with scratch() as folder:
                text, is_right = crowd(Path(folder), chosen.seed)
                say(text)
                failed = failed or not is_right
    say(f"{time.monotonic() - begun:.0f} s")
    return int(failed)


def say(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
