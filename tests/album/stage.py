"""Where an error of the album is provoked: books of the invented year cut back to a day, files, the real command line."""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import openpyxl
from fuzz.subjects import EXAMPLES, cut_back

FILES = EXAMPLES / "files"
OPENED = "opened"
YEAR = "year"
NONE = "none"
NOW = "2024-03-20T09:00:00"


@dataclass(frozen=True)
class Apart:
    """A process of its own, for what this one can't be: the words that stand for ``riskpool``, and its environment."""

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Provocation:
    """One way to meet a fault: in words, on which books, with what prepared, by which command.

    ``books`` is ``none``, ``opened`` (the opening and nothing else), ``year`` (all of it), or an example file: the
    books as they stood before it came in. ``prepare`` runs in the work folder; ``spoils`` says that it changes the
    books, which then are its own copy, as they are where the command itself may succeed half way.
    """

    code: str
    how: str
    command: str
    books: str = OPENED
    prepare: Callable[["Stage"], None] = lambda _: None
    spoils: bool = False
    now: str = NOW
    answers: str = ""
    apart: Callable[["Stage"], Apart] | None = None


@dataclass
class Stage:
    """A work folder with ``books`` in it, and the ways to fill it."""

    folder: Path

    @property
    def books(self) -> Path:
        """The books of this provocation."""
        return self.folder / "books"

    def put(self, name: str, content: bytes | str) -> None:
        """A file in the work folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def example(self, source: str, name: str) -> None:
        """An example file under a short name."""
        self.put(name, (FILES / source).read_bytes())

    def text(self, source: str, name: str, *changes: tuple[str, str], encoding: str = "gb18030") -> None:
        """A text file of the examples with words replaced everywhere; each must be there."""
        said = (FILES / source).read_bytes().decode(encoding)
        for old, new in changes:
            assert old in said, f"{old!r} does not stand in {source}"
            said = said.replace(old, new)
        self.put(name, said.encode(encoding))

    def cells(self, source: str, name: str, *changes: tuple[str, str, object], drop: str = "") -> None:
        """A workbook of the examples with cells changed: (sheet, cell, value); ``drop`` leaves a sheet out."""
        path = EXAMPLES / source if source == "opening.xlsx" else FILES / source
        book = openpyxl.load_workbook(path, data_only=True)
        for sheet, cell, value in changes:
            if sheet not in book.sheetnames:
                book.create_sheet(sheet)
            book[sheet][cell] = value
        if drop:
            del book[drop]
        out = io.BytesIO()
        book.save(out)
        self.put(name, out.getvalue())

    def books_text(self, pattern: str, *changes: tuple[str, str]) -> None:
        """Words replaced in the last file of the books that matches: what a meddler would do."""
        path = max(self.books.glob(pattern))
        said = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in said, f"{old!r} does not stand in {path.name}"
            said = said.replace(old, new, 1)
        path.chmod(0o600)
        path.write_text(said, encoding="utf-8")

    def append(self, pattern: str, text: str) -> None:
        """Text added to the last file of the books that matches."""
        path = max(self.books.glob(pattern))
        path.chmod(0o600)
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def cut(self, pattern: str) -> None:
        """The last file of the books that matches, cut in half."""
        path = max(self.books.glob(pattern))
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    def does(self, *commands: str, now: str = NOW) -> None:
        """Commands of a preparation, one after the other; each must succeed."""
        for command in commands:
            code, said = self.run(command, now=now)
            assert code == 0, f"{command}\n{said}"

    def run(self, command: str, *, now: str = NOW, answers: str = "") -> tuple[int, str]:
        """The real command line, in this process: its exit code and all that it says."""
        from desk.cli.app import main  # noqa: PLC0415 - loads the whole program

        said = io.StringIO()
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
            mock.patch.dict(os.environ, {"RISKPOOL_NOW": now}),
            mock.patch.object(sys, "argv", ["riskpool", *shlex.split(command)]),
            mock.patch.object(sys, "stdin", io.StringIO(answers)),
        ):
            try:
                main()
                code = 0
            except SystemExit as ended:
                code = int(ended.code or 0)
        return code, self._plain(said.getvalue())

    def run_apart(self, command: str, apart: Apart, now: str) -> tuple[int, str]:
        """The real command line in a process of its own."""
        done = subprocess.run(
            [*apart.words, *shlex.split(command)],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            cwd=self.folder,
            env={**os.environ, "RISKPOOL_NOW": now, **apart.environment},
        )
        return done.returncode, self._plain(done.stdout)

    def _plain(self, said: str) -> str:
        return said.replace(f"{self.folder}/", "").replace(str(self.folder), ".")


def _state(books: Path) -> dict[str, tuple[int, int]]:
    """Every file of the books with its size and time; the lock apart."""
    found = ((path, path.stat()) for path in books.resolve().rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path): (stat.st_size, stat.st_mtime_ns) for path, stat in found}


class Theatre:
    """The stages for all provocations, with one copy of the books for those that leave them as they are."""

    def __init__(self, year: Path, folder: Path) -> None:
        """Keep the demonstration's books, which are only copied, and a folder to work in."""
        self._year = year
        self._folder = folder
        self._shared: dict[str, Path] = {}
        self._count = 0

    def said(self, one: Provocation) -> tuple[int, str]:
        """What the program prints of the provoked fault, and the exit code.

        Of several that ask for the same it is the first and, after dots, the remedy said once for all.
        """
        code, text = self.run(one)
        found = re.search(rf"^\[{one.code}\].*?(?=\n\s*\n|\Z)", text, re.DOTALL | re.MULTILINE)
        assert found, f"{one.code} was not provoked by {one.command!r}; the program said:\n{text}"
        said = found[0]
        if "\n怎么办：" not in said:
            remedy = re.search(r"^怎么办：.*", text[found.end() :], re.MULTILINE)
            assert remedy, f"{one.code}: nothing to do is said of it"
            said = f"{said}\n……\n{remedy[0]}"
        return code, "\n".join(line.rstrip() for line in said.splitlines())

    def run(self, one: Provocation) -> tuple[int, str]:
        """Everything that the program prints for a provocation, and the exit code."""
        self._count += 1
        stage = Stage(self._folder / f"{self._count:03d}")
        stage.folder.mkdir(parents=True)
        if one.books != NONE:
            kept = self._kept(one.books)
            if one.spoils:
                shutil.copytree(kept, stage.books, symlinks=True)
            else:
                stage.books.symlink_to(kept)
        one.prepare(stage)
        before = _state(stage.books)
        if one.apart:
            said = stage.run_apart(one.command, one.apart(stage), one.now)
        else:
            said = stage.run(one.command, now=one.now, answers=one.answers)
        changed = {path for path, _ in before.items() ^ _state(stage.books).items()}
        assert not changed, f"{one.code}: {one.command!r} has changed the books: {sorted(changed)}\n{said[1]}"
        return said

    def _kept(self, state: str) -> Path:
        if state not in self._shared:
            self._shared[state] = cut_back(self._year, state, self._folder / f"kept-{len(self._shared)}")
        return self._shared[state]
