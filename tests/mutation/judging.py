"""Judges of a wrong version: the officers' cases one by one, then the room's unit tests, each in a process of its own.

A map taken once says which statements each case and each test comes to, every kept value of the program forgotten
before each, so that nothing one of them worked out spares another the way. A case that never comes to the changed
statement runs the same code as before and can't tell the difference, so only those that come to it are asked. A map
with too little in it could only let a mutant live that should not, never kill one: what lives is seen and answered for.
"""

import contextlib
import gc
import importlib
import os
import pickle
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any

import pytest
import yaml
from _pytest.runner import runtestprotocol
from mutants import Mutant

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

Lines = frozenset[tuple[str, int]]
"""(file, line) of every statement of the room that something came to."""

Ask = Callable[[int], None]
"""Asks one case or test; whatever it raises is its answer that something is wrong."""


@dataclass(frozen=True)
class Judge:
    """What judges: how many cases or tests there are, how one is asked, and what each comes to."""

    ask: Ask
    comes_to: tuple[Lines, ...]
    order: list[int]
    seconds: int

    def asked(self, mutant: Mutant) -> list[int]:
        """Who comes to the changed statement, last killer first; all if a table or a default changed."""
        if mutant.lines == (0, 0) or mutant.table:
            return list(self.order)
        file, (first, last) = str(file_of(mutant.module)), mutant.lines
        wanted = {(file, line) for line in range(first, last + 1)}
        return [number for number in self.order if wanted & self.comes_to[number]]


def file_of(module: str) -> Path:
    """A module of the room by the name that the tester gives it."""
    path = ROOT / "riskpool" / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def judge_of(ask: Ask, count: int, files: Sequence[Path], seconds: int) -> Judge:
    """A judge with its map, taken in a process of its own so that nothing of it is kept here."""
    comes_to, took = _in_child(lambda: _mapped(ask, count, {str(file) for file in files}))
    return Judge(ask, comes_to, sorted(range(count), key=took.__getitem__), seconds)


def _mapped(ask: Ask, count: int, files: set[str]) -> tuple[tuple[Lines, ...], list[float]]:
    """What each comes to, and how long each took: the quick ones are asked first."""
    found, took = [], []
    for number in range(count):
        forget()
        seen: set[tuple[str, int]] = set()

        def local(frame: FrameType, event: str, _argument: object, seen: set[tuple[str, int]] = seen) -> Any:  # noqa: ANN401
            if event == "line":
                seen.add((frame.f_code.co_filename, frame.f_lineno))
            return local

        def outer(frame: FrameType, _event: str, _argument: object) -> Any:  # noqa: ANN401
            return local if frame.f_code.co_filename in files else None

        begun = time.process_time()
        sys.settrace(outer)
        try:
            ask(number)
        finally:
            sys.settrace(None)
        found.append(frozenset(seen))
        took.append(time.process_time() - begun)
    return tuple(found), took


def _in_child(work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the work gives
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        os.close(ours)
        with contextlib.suppress(BaseException), os.fdopen(theirs, "wb") as out:
            _quiet()
            pickle.dump(work(), out)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as answer:
        content = answer.read()
    os.waitpid(child, 0)
    assert content, "something fails without any change"
    return pickle.loads(content)  # noqa: S301 - our own child's


def _quiet() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def forget() -> None:
    """Empty every store of kept values of the program and of its tests; what YAML says is no part of the program."""
    for module in list(sys.modules.values()):
        if str(getattr(module, "__file__", "") or "").startswith((f"{ROOT}/riskpool/", f"{ROOT}/tests/")):
            for name, value in list(vars(module).items()):
                if hasattr(value, "cache_clear") and name != "tables":
                    value.cache_clear()


def judged(mutants: Iterable[Mutant], judge: Judge, jobs: int) -> Iterator[tuple[Mutant, bool]]:
    """(mutant, whether it lives) as they come, each in a process of its own; one that never ends is killed."""
    running: dict[int, tuple[Mutant, int]] = {}
    gc.freeze()  # a child that moved these would copy them
    for mutant in mutants:
        asked = judge.asked(mutant)
        if not asked:
            yield mutant, True
            continue
        if len(running) >= jobs:
            yield _ended(running, judge)
        ours, theirs = os.pipe()
        child = os.fork()
        if not child:
            _judge(mutant, judge, asked, theirs)
        os.close(theirs)
        running[child] = (mutant, ours)
    while running:
        yield _ended(running, judge)


def _ended(running: dict[int, tuple[Mutant, int]], judge: Judge) -> tuple[Mutant, bool]:
    child, status = os.wait()
    mutant, ours = running.pop(child)
    told = os.read(ours, 16)
    os.close(ours)
    if os.WIFSIGNALED(status):  # it may never end, or the judges may want more time: not to be taken for an answer
        print(f"OUT OF TIME, taken for killed: {mutant.key}", flush=True)
    if told:  # a neighbour is likely to fall to the same one
        judge.order.remove(int(told))
        judge.order.insert(0, int(told))
    return mutant, status == 0


def _judge(mutant: Mutant, judge: Judge, asked: list[int], tell: int) -> None:
    code = 1
    with contextlib.suppress(BaseException):
        resource.setrlimit(resource.RLIMIT_CPU, (judge.seconds, judge.seconds))  # its own time, not a busy machine's
        gc.disable()
        _quiet()
        install(mutant)
        for number in asked:
            try:
                judge.ask(number)
            except BaseException:
                os.write(tell, f"{number}".encode())
                raise
        code = 0
    os._exit(code)


def floor_down(numerator: int, denominator: int) -> int:
    """What a half_up that does not round would give."""
    return numerator // denominator


def install(mutant: Mutant) -> None:
    """Put a mutant's code into the functions as they are loaded, so that whoever holds them runs it."""
    module = importlib.import_module(f"riskpool.{mutant.module}")
    fresh = ModuleType(module.__name__)
    fresh.__dict__.update({name: value for name, value in vars(module).items() if name.startswith("__")})
    exec(compile(mutant.tree(), str(module.__file__), "exec"), fresh.__dict__)  # noqa: S102 - the mutant itself
    vars(module)["floor_down"] = floor_down
    if mutant.table:
        _lay(mutant.table, vars(module)[mutant.table], vars(fresh)[mutant.table])
    else:
        for name, old in list(vars(module).items()):
            new = vars(fresh).get(name)
            if isinstance(old, type) and old.__module__ == module.__name__:
                for member, method in vars(new).items():
                    _replace(vars(old).get(member), method)
            else:
                _replace(old, new)
    forget()


def _replace(old: object, new: object) -> None:
    old, new = _plain(old), _plain(new)
    if isinstance(old, FunctionType) and isinstance(new, FunctionType) and old.__code__.co_name == new.__code__.co_name:
        old.__code__ = new.__code__
        if old.__code__.co_filename.startswith(str(ROOT)):  # what a dataclass writes has its defaults elsewhere
            old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__


def _plain(made: object) -> object:
    """The function inside a property, a kept function or a method."""
    for name in ("fget", "__func__", "__wrapped__"):
        made = getattr(made, name, made)
    return made


def _lay(name: str, old: object, new: object) -> None:
    """Put a changed table where the old one is known: a dictionary in its place, anything else by its name."""
    if isinstance(old, dict) and isinstance(new, dict):
        old.clear()
        old.update(new)
        return
    for module in list(sys.modules.values()):
        if vars(module).get(name) is old:
            setattr(module, name, new)


class Collected:
    """A pytest plugin that runs nothing itself: it hands the collected tests to a piece of work."""

    def __init__(self, work: Callable[[list[pytest.Item]], None]) -> None:
        self.work = work

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of a run of all tests."""
        self.work(session.items)
        return True


def with_tests(files: Sequence[Path], work: Callable[[list[pytest.Item]], None]) -> None:
    """Collect the tests of some files once and do a piece of work with them."""
    pytest.main(["-n", "0", "-p", "no:cacheprovider", "-s", *map(str, files)], [Collected(work)])


def ask_item(item: pytest.Item) -> None:
    """Run one collected test."""
    reports = runtestprotocol(item, nextitem=None, log=False)
    assert not any(report.failed for report in reports), item.name


_read: dict[str, Any] = {}
_read_plain, _write_plain = yaml.safe_load, yaml.safe_dump


def keep_yaml() -> None:
    """YAML read and written once for all mutants: it is most of a run's time."""

    def kept(stream: Any) -> Any:  # noqa: ANN401 - as yaml's own
        text = stream if isinstance(stream, str) else stream.read()
        if text not in _read:
            _read[text] = _read_plain(text)
        return _read[text]

    def written(value: Any, **how: Any) -> str:  # noqa: ANN401 - as yaml's own
        key = f"{value!r}{how!r}"
        if key not in _read:
            _read[key] = _write_plain(value, **how)
        return str(_read[key])

    yaml.safe_load, yaml.safe_dump = kept, written
