"""Mutation testing of what computes an amount or a verdict (`make mutants`): no wrong version lives.

A warm process forks per mutant, puts the wrong code into the loaded functions and asks the judges: the officers' YAML
cases first, then, of what lives, the unit tests of the room. What lives after both must stand in equivalent.toml with
the reason why it changes nothing; one there that is killed, or no longer arises, is reported too.

    python tests/mutation/run.py [--only module,module] [--every n] [--first-only] [--jobs n]
    python tests/mutation/run.py --listed    # no judging: which keys of equivalent.toml no longer arise
"""

import argparse
import ast
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "riskpool")]

import pytest
from judging import Judge, ask_item, file_of, judge_of, judged, keep_yaml, with_tests
from mutants import Mutant, mutants

keep_yaml()

import test_riskpool_cases as room
from cases.reading import SHAPES, cases

MODULES = (
    "clauses.allotting",
    "clauses.drawing",
    "clauses.loss",
    "clauses.meters",
    "clauses.requirements",
    "clauses.run",
    "clauses.sharing",
    "clauses.standing",
    "binding",
    "charges",
    "clocks",
    "eligibility",
    "granting",
    "headroom",
    "recovery",
    "rounds",
    "suspension",
    "waterfall",
)
TESTS = (
    "events",
    "granting",
    "grounds",
    "headroom",
    "kinds",
    "portfolio",
    "properties",
    "provisions",
    "rounds",
    "ruletext",
    "sequences",
)
"""Unit tests that judge what the cases let live; those of the checker and of whole histories are left out, for time."""
SECONDS = 20
"""Of a mutant's own processor time for all cases or tests that are asked: a tenth of it is usual at most."""
EQUIVALENT = HERE / "equivalent.toml"
COLUMNS = ("mutants", "by cases", "by tests", "equivalent", "live")

SHAPED = {
    "decide": room.test_case_comes_out_as_the_officer_wrote,
    "filing": room.test_every_finding_on_a_filing,
    "suspension": room.test_suspension_state_on_the_day,
    "recovery": room.test_recovery_by_instalments,
    "round": room.test_a_round_of_payments,
    "clock": room.test_days_and_periods,
    "version": room.test_the_version_that_claims_a_case,
    "charge": room.test_what_the_pool_may_bear,
}
EVERY = [(SHAPED[shape], table, case) for shape in SHAPES for _, table, case in cases(shape)]


def ask_case(number: int) -> None:
    """Run one of the officers' cases."""
    test, table, case = EVERY[number]
    test(table, case)


def equivalents() -> dict[str, str]:
    """Key of a mutant → why it changes no amount and no verdict."""
    groups = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["same"]
    found = [(key, group["why"]) for group in groups for key in group["mutants"]]
    assert len(dict(found)) == len(found), "a mutant is listed twice"
    return dict(found)


def made(names: list[str], every: int, start: int = 0) -> list[Mutant]:
    """The mutants of some modules, or every n-th of them."""
    return [mutant for name in names for mutant in mutants(name, file_of(name).read_text(encoding="utf-8"))][
        start::every
    ]


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--only", default="", help="modules with a comma between, e.g. clauses.meters,rounds")
    given.add_argument("--every", type=int, default=1, help="a sample: every n-th mutant")
    given.add_argument("--again", type=Path, help="only the mutants that this file of an earlier run's lines names")
    given.add_argument("--first-only", action="store_true", help="only the cases judge")
    given.add_argument("--tests", default=",".join(TESTS), help="unit tests that judge what the cases let live")
    given.add_argument("--pace", action="store_true", help="say each mutant that lives as it comes")
    given.add_argument("--listed", action="store_true", help="judge nothing: only say which listed keys do not arise")
    given.add_argument("--jobs", type=int, default=2, help="mutants judged side by side")
    options = given.parse_args()
    if options.listed:
        return listed()
    names = options.only.split(",") if options.only else list(MODULES)
    begun = time.monotonic()
    some = made(names, options.every)
    if options.again:
        lines = options.again.read_text(encoding="utf-8").splitlines()
        some = [mutant for mutant in some if any(line.endswith(f" {mutant.key}") for line in lines)]
    files = [file_of(name) for name in names]
    first = judge_of(ask_case, len(EVERY), files, SECONDS)
    # One module put in again for all of them: the road is the same, and every mutant pays for a whole pass of it.
    same = [Mutant(name, "", 0, name, partial(ast.parse, file_of(name).read_text("utf-8"))) for name in names[:1]]
    assert all(lives for _, lives in judged(same, first, options.jobs)), "unchanged code is taken for wrong"
    alive = list(_alive(some, first, options.jobs, pace=options.pace))
    print(f"{len(some)} mutants, {len(alive)} live after the cases, {time.monotonic() - begun:.0f} s", flush=True)
    by_cases = Counter(mutant.module for mutant in some) - Counter(mutant.module for mutant in alive)
    left = list(alive)
    if not options.first_only:
        left.clear()
        with_tests(
            [HERE.parent / "riskpool" / f"test_riskpool_{name}.py" for name in options.tests.split(",")],
            lambda items: _second(alive, left, files, items, jobs=options.jobs, pace=options.pace),
        )
    return told(
        some, by_cases, alive, left, is_whole=not (options.only or options.again) and options.every == 1, begun=begun
    )


def listed() -> int:
    """Whether every listed key still names a mutant of some module; the exit code."""
    keys = {mutant.key for mutant in made(list(MODULES), 1)}
    gone = sorted(set(equivalents()) - keys)
    for key in gone:
        print(f"listed as equivalent, but does not arise any more: {key}")
    print(f"{len(keys)} mutants, {len(equivalents())} listed as equivalent, {len(gone)} of them do not arise")
    return 1 if gone else 0


def _alive(some: list[Mutant], judge: Judge, jobs: int, *, pace: bool) -> Iterator[Mutant]:
    for number, (mutant, lives) in enumerate(judged(some, judge, jobs), start=1):
        if lives:
            yield mutant
        if pace and (lives or number % 50 == 0):
            print(f"{number}/{len(some)} {mutant.key if lives else ''}", flush=True)


def _second(
    alive: list[Mutant], left: list[Mutant], files: list[Path], items: list[pytest.Item], *, jobs: int, pace: bool
) -> None:
    judge = judge_of(lambda number: ask_item(items[number]), len(items), files, SECONDS)
    known = equivalents()
    left += [mutant for mutant in alive if mutant.key in known]  # a listed one is not asked again: its reason stands
    left += _alive([mutant for mutant in alive if mutant.key not in known], judge, jobs, pace=pace)


def told(
    some: list[Mutant], by_cases: Counter[str], alive: list[Mutant], left: list[Mutant], *, is_whole: bool, begun: float
) -> int:
    """Print what came of each module and of each mutant that should not be there; the exit code."""
    known = equivalents()
    live = [mutant for mutant in left if mutant.key not in known]
    by_tests = Counter(mutant.module for mutant in alive) - Counter(mutant.module for mutant in left)
    total, named, lived = (Counter(mutant.module for mutant in group) for group in (some, left, live))
    rows = [
        (name, total[name], by_cases[name], by_tests[name], named[name] - lived[name], lived[name])
        for name in dict.fromkeys(mutant.module for mutant in some)
    ]
    rows.append(("all", *(sum(column) for column in list(zip(*rows, strict=True))[1:])))
    for mutant in live:
        print(f"LIVES {file_of(mutant.module).name}:{mutant.line} {mutant.key}")
    stale = {mutant.key for mutant in some} & set(known) - {mutant.key for mutant in left}
    gone = set(known) - {mutant.key for mutant in some} if is_whole else set()
    for key in sorted(stale | gone):
        print(f"listed as equivalent, but {'killed' if key in stale else 'does not arise any more'}: {key}")
    print(f"{'module':22}" + "".join(f"{column:>11}" for column in COLUMNS))
    for name, *figures in rows:
        print(f"{name:22}" + "".join(f"{figure:>11}" for figure in figures))
    print(f"{time.monotonic() - begun:.0f} s")
    return 1 if live or stale or gone else 0


if __name__ == "__main__":
    sys.exit(main())
