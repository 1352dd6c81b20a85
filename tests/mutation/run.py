"""Mutation testing of the kinds of clause (`make mutants`): no wrong version that changes an amount or a verdict lives.

A warm process forks per mutant, puts the wrong code into the loaded functions and asks the judge: the officers' YAML
cases first, then, of what lives, the unit tests of the room. What lives after both must stand in equivalent.toml with
the reason why it changes nothing; one there that is killed, or no longer arises, is reported too.

    python tests/mutation/run.py [--only module] [--first-only]
"""

import argparse
import ast
import contextlib
import importlib
import io
import os
import resource
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "riskpool")]

import pytest
import yaml
from mutants import Mutant, mutants

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
    "headroom",
    "recovery",
    "rounds",
    "suspension",
    "waterfall",
)
SECOND = (
    "grounds",
    "headroom",
    "kinds",
    "events",
    "edges",
    "provisions",
    "sequences",
    "properties",
    "ruletext",
    "portfolio",
)
"""Unit tests that judge what the cases let live, the quickest first."""
SECONDS = 60
EQUIVALENT = HERE / "equivalent.toml"

_plain, _read = yaml.safe_load, {}


def _kept(stream: object) -> object:
    """YAML read once for all mutants: it is most of a run's time."""
    text = stream if isinstance(stream, str) else stream.read()
    if text not in _read:
        _read[text] = _plain(text)
    return _read[text]


yaml.safe_load = _kept

import test_riskpool_cases as judge
from cases.reading import SHAPES, cases

TESTS = {
    "decide": judge.test_case_comes_out_as_the_officer_wrote,
    "filing": judge.test_every_finding_on_a_filing,
    "suspension": judge.test_suspension_state_on_the_day,
    "recovery": judge.test_recovery_by_instalments,
    "round": judge.test_a_round_of_payments,
    "clock": judge.test_days_and_periods,
    "version": judge.test_the_version_that_claims_a_case,
    "charge": judge.test_what_the_pool_may_bear,
}


def floor_down(numerator: int, denominator: int) -> int:
    """What a half_up that does not round would give."""
    return numerator // denominator


def install(mutant: Mutant) -> None:
    """Put a mutant's code into the functions as they are loaded, so that whoever holds them runs it."""
    module = importlib.import_module(f"riskpool.{mutant.module}")
    fresh = ModuleType(module.__name__)
    fresh.__dict__.update({name: value for name, value in vars(module).items() if name.startswith("__")})
    exec(compile(mutant.tree, str(module.__file__), "exec"), fresh.__dict__)  # noqa: S102 - the mutant itself
    vars(module)["floor_down"] = floor_down
    for name, old in list(vars(module).items()):
        new = vars(fresh).get(name)
        if isinstance(old, type) and old.__module__ == module.__name__:
            for member, method in vars(new).items():
                _replace(vars(old).get(member), method)
        else:
            _replace(getattr(old, "__wrapped__", old), getattr(new, "__wrapped__", new))
    importlib.import_module("riskpool.binding").bind.cache_clear()


def _replace(old: object, new: object) -> None:
    if isinstance(old, FunctionType) and isinstance(new, FunctionType) and old.__code__.co_name == new.__code__.co_name:
        old.__code__ = new.__code__


EVERY = [(TESTS[shape], table, case) for shape in SHAPES for _, table, case in cases(shape)]


def by_cases(tell: Callable[[int], None]) -> None:
    for number, (test, table, case) in enumerate(EVERY):
        try:
            test(table, case)
        except BaseException:
            tell(number)
            raise


def by_tests(_tell: Callable[[int], None]) -> None:
    files = [str(HERE.parent / "riskpool" / f"test_riskpool_{name}.py") for name in SECOND]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        code = pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", *files])
    assert code == 0


def lives(mutant: Mutant | None, ask: Callable[[Callable[[int], None]], None]) -> bool:
    """Whether the judge finds nothing wrong, in a process of its own; one that never ends is killed.

    The case that killed goes first next time: a neighbour is likely to fall to it too.
    """
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        with contextlib.suppress(BaseException):
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))  # its own time, not a busy machine's
            if mutant:
                install(mutant)
            ask(lambda number: os.write(theirs, f"{number}".encode()) and None)
            code = 0
        os._exit(code)
    os.close(theirs)
    told = os.read(ours, 16)
    os.close(ours)
    _, status = os.waitpid(child, 0)
    if told:
        EVERY.insert(0, EVERY.pop(int(told)))
    return status == 0


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--only", default="", help="one module, e.g. clauses.meters")
    given.add_argument("--pace", action="store_true", help="say after every 20 mutants how far it is")
    given.add_argument("--every", type=int, default=1, help="a sample: every n-th mutant of a module")
    given.add_argument("--first-only", action="store_true", help="only the cases judge")
    options = given.parse_args()
    known: dict[str, str] = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")) if EQUIVALENT.is_file() else {}
    assert lives(None, by_cases), "the cases fail without any change"
    counts: Counter[str] = Counter()
    left: list[Mutant] = []
    begun = time.monotonic()
    made = []
    for name in [name for name in MODULES if options.only in ("", name)]:
        source = (ROOT / "riskpool" / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
        same = Mutant(name, "", 0, "", ast.parse(source))
        assert lives(same, by_cases), f"{name}: its own code, put in again, is taken for wrong"
        here = list(mutants(name, source))[:: options.every]
        alive_here = []
        for number, mutant in enumerate(here, start=1):
            alive_here += [mutant] if lives(mutant, by_cases) else []
            if options.pace and number % 20 == 0:
                print(f"  {name} {number}/{len(here)}, {time.monotonic() - begun:.0f} s", flush=True)
        print(f"{name}: {len(here)} mutants, {len(alive_here)} live after the cases", flush=True)
        made += here
        left += alive_here
    counts["killed by the cases"] = len(made) - len(left)
    print(f"{len(made)} mutants; {len(left)} live after the cases, {time.monotonic() - begun:.0f} s", flush=True)
    if not options.first_only:
        assert lives(None, by_tests), "the unit tests fail without any change"
        alive = []
        for mutant in left:
            if mutant.key in known:
                counts["listed as equivalent"] += 1
            elif lives(mutant, by_tests):
                alive.append(mutant)
            else:
                counts["killed by the unit tests"] += 1
        left = alive
    for mutant in left:
        print(f"LIVES {mutant.module}:{mutant.line} {mutant.key}", flush=True)
    gone = [] if options.only or options.every > 1 else sorted(set(known) - {mutant.key for mutant in made})
    for key in gone:
        print(f"listed, but does not arise any more: {key}")
    said = "，".join(f"{name} {count}" for name, count in counts.items())
    print(f"{len(made)} mutants: {said}; {len(left)} live; {time.monotonic() - begun:.0f} s")
    return 1 if left or gone else 0


if __name__ == "__main__":
    sys.exit(main())
