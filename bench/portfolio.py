"""The outside-portfolio road: 100,000 loans against reading the csv, and how time and memory grow to a million.

python bench/portfolio.py           # the ratio at 100,000, and 10,000 beside 1,000,000

Growth: a million loans in one run against as many in a hundred runs of 10,000, fifty before and fifty after it, so
that what the machine gives in long spells and in short ones is the same for both sides. Processor time.
"""

import csv
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from loan_table import write

from desk.acts.backtest import backtest

HERE = Path(__file__).resolve().parents[1] / "tests" / "portfolio"
SEED, PAIRS = 5, 5
BAR, GROWTH, MEMORY = 25.0, 1.25, 1.1


def reading(table: Path) -> float:
    start = time.process_time()
    with table.open(encoding="utf-8", newline="") as stream:
        for _ in csv.reader(stream):
            pass
    return time.process_time() - start


def running(table: Path, place: Path) -> float:
    start = time.process_time()
    backtest(table, HERE / "map-lender.toml", str(HERE / "rules"), place / "out")
    took = time.process_time() - start
    for file in (place / "out").iterdir():
        file.unlink()
    return took


def alone(table: Path, place: Path, times: int = 1) -> tuple[float, float]:
    """Seconds of processor time of so many runs and MiB at the peak, in a process of its own."""
    said = subprocess.run(
        [sys.executable, __file__, str(table), str(place), str(times)], check=True, capture_output=True, text=True
    ).stdout.split()
    return float(said[0]), float(said[1])


def main() -> int:
    if len(sys.argv) == 4:
        took = sum(running(Path(sys.argv[1]), Path(sys.argv[2])) for _ in range(int(sys.argv[3])))
        print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for count in (10_000, 100_000, 1_000_000):
            write(place / f"{count}.csv", count, SEED)
        table = place / "100000.csv"
        pairs = [(running(table, place), reading(table)) for _ in range(PAIRS)]
        ours, bare = (min(side) for side in zip(*pairs, strict=True))
        meets = ours / bare <= BAR
        failed += not meets
        print(
            f"100,000 loans / reading the csv: {ours / bare:.1f} × ({ours:.2f} s / {bare:.3f} s, least of {PAIRS})  "
            f"{'meets' if meets else 'MISSES'} ≤ {BAR:.0f}",
            flush=True,
        )
        before = alone(place / "10000.csv", place, 50)
        large = alone(place / "1000000.csv", place)
        after = alone(place / "10000.csv", place, 50)
        small = before[0] + after[0], min(before[1], after[1])
        growth, memory = large[0] / small[0], large[1] / small[1]
        meets = growth <= GROWTH and memory <= MEMORY
        failed += not meets
        print(
            f"100 × 10,000: {small[0]:.1f} s, {small[1]:.0f} MiB peak; 1,000,000: {large[0]:.1f} s, {large[1]:.0f} MiB"
            f", a row × {growth:.2f} (≤ {GROWTH}), memory × {memory:.2f} (≤ {MEMORY})  {'meets' if meets else 'MISSES'}"
        )
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
