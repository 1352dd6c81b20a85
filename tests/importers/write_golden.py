"""Writes the golden files anew: `python tests/importers/write_golden.py`. Read the diff before you commit it.

A workbook's bytes change with the library that writes it; an input that still reads the same is kept as it is.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from golden_papers import GOLDEN, LISTS, every_file, opened, pair, pool_importer, taken, told


def write() -> None:
    """Every input that is missing, and what is understood of each."""
    GOLDEN.mkdir(exist_ok=True)
    hints = {item.name: item.hint for item in LISTS}
    for name, content in every_file().items():
        path = GOLDEN / name
        if not path.exists() or "--inputs" in sys.argv:
            path.write_bytes(content)
        text = told(taken(path.read_bytes(), opened(), hints.get(name), name))
        (GOLDEN / f"{name}.expected.json").write_text(text, encoding="utf-8")
        (GOLDEN / f"{name}.beancount").write_bytes(pair(pool_importer(), path))


if __name__ == "__main__":
    write()
