"""A forger who owns the whole folder: edits, then makes every mark, own hash, chain, log and head fit again.

What is found after this is found by its substance, not by a hash. Made with the auditor's own reader.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

from ledger.provenance import digest
from reports.audit.reperform import read_entries, sha

GENESIS = "0" * 64


def batches(books: Path) -> list[Path]:
    """Batch files in order."""
    return sorted(books.glob("batches/*/*.beancount"), key=lambda path: path.name)


def swap(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there, once."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} holds no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def batch_with(books: Path, pattern: str) -> Path:
    """The first batch after the opening whose text has the pattern."""
    return next(path for path in batches(books)[1:] if re.search(pattern, path.read_text(encoding="utf-8")))


def forge(books: Path, edit: Callable[[Path], None]) -> None:
    """Edit the books and make every hash fit again."""
    owns = {_own(path.read_text(encoding="utf-8")): path for path in batches(books)}
    seals = {digest(path.read_bytes()): path for path in (books / "seals").glob("*.json")}
    edit(books)
    chains, previous = [GENESIS], GENESIS
    for path in sorted((books / "log").glob("*.json")):
        record = json.loads(path.read_bytes())
        record["previous"] = previous
        if record["batch"] in owns:
            record["batch"] = _rewritten(owns[record["batch"]], previous, chains)
        elif record["batch"] in seals:
            record["batch"] = _resealed(seals[record["batch"]], chains)
        content = _json(record)
        path.write_bytes(content)
        previous = digest(content)
    last = len(chains) - 2
    (books / "head.beancount").write_text(f"; 链头 {last:06d} {chains[-1]}\n", encoding="utf-8")


def redocument(books: Path, path: Path, content: bytes) -> None:
    """Put other bytes in the place of a document, under their own digest, and name them so in every batch."""
    old, new = digest(path.read_bytes()), digest(content)
    path.rename(path.with_name(path.name.replace(old[:16], new[:16])))
    path.with_name(path.name.replace(old[:16], new[:16])).write_bytes(content)
    for batch in batches(books):
        text = batch.read_text(encoding="utf-8")
        if old in text:
            batch.write_text(text.replace(old, new).replace(old[:16], new[:16]), encoding="utf-8")


def _own(text: str) -> str:
    found = re.match(r'.* "([0-9a-f]{64})" "([0-9a-f]{64})"\n', text)
    assert found, "a batch begins with its header"
    return found[2]


def _rewritten(path: Path, log: str, chains: list[str]) -> str:
    text = re.sub(r'(?m)^  log: "[0-9a-f]{64}"$', f'  log: "{log}"', path.read_text(encoding="utf-8"), count=1)
    forms = [entry.canonical() for entry in read_entries(path.name, 0, text)]
    marks = iter([sha(form)[:12] for form in forms[1:]])
    text = re.sub(r'(?m)^  mark: "[0-9a-f]{12}"$', lambda _: f'  mark: "{next(marks)}"', text)
    own, sequence = sha(b"\n".join([*forms, b""])), len(chains) - 1
    text = re.sub(r'"[0-9a-f]{64}" "[0-9a-f]{64}"\n', f'"{chains[-1]}" "{own}"\n', text, count=1)
    path.unlink()
    path.with_name(f"{sequence:06d}-{own[:12]}.beancount").write_text(text, encoding="utf-8")
    chains.append(sha(f"cixi-riskpool/1\n{chains[-1]}\n{sequence:06d}\n{own}\n".encode()))
    return own


def _resealed(path: Path, chains: list[str]) -> str:
    seal = json.loads(path.read_bytes())
    if "chain" in seal:
        seal["chain"] = chains[seal["sequence"] + 1]
    path.write_bytes(_json(seal))
    return digest(path.read_bytes())


def _json(table: object) -> bytes:
    return f"{json.dumps(table, ensure_ascii=False, sort_keys=True, indent=1)}\n".encode()
