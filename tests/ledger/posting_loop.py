"""Run as a process of its own: posts contributions one by one, telling each on stdout.

Arguments: root, name, count, bytes. With ``bytes`` no file may grow beyond that many: the disk is full as
far as this process can tell.
"""

import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))  # the settings of every invented pool

from ledger_samples import Office, contribution

from ledger.faults import Refusal


def main(root: str, name: str, count: str, limit: str = "") -> int:
    """Post until done or refused; the exit code of a refusal is its own."""
    office = Office(Path(root))
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    for number in range(int(count)):
        try:
            posted = office.post(contribution(f"{name}-{number}", 100 + number))
        except Refusal as refusal:
            sys.stderr.write(str(refusal))
            return int(refusal.exit_code)
        sys.stdout.write(f"{posted.vouchers[0] if posted.vouchers else '-'}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
