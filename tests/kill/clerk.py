"""A clerk at work: posts contributions' vouchers one after another through the command line's own function.

Arguments: books folder, name, count, a paper to attach, the first of the pile. Each voucher is a command of drafting,
one of signing and one of posting, as at the keyboard; the number given is printed as soon as the program has said it.
Who was killed and begins again repeats his commands: what was done before is done, what was not is done now.
Where somebody else is writing for longer than the program waits, the clerk does as told and tries again.
"""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from desk.cli.app import main as riskpool

LINES = ("--line", "出资:01市级=-{fen}", "--line", "出资:02县级={fen}")
BUSY, DONE = "账簿-写入-01", "草稿-重复-01"


def command(*words: str) -> tuple[int, str]:
    """One command line: exit code and what it printed."""
    while True:
        printed = io.StringIO()
        sys.argv = ["riskpool", *words]
        code: object = 0
        with redirect_stdout(printed), redirect_stderr(printed):
            try:
                riskpool()
            except SystemExit as end:
                code = end.code
        if BUSY not in printed.getvalue():
            return int(str(code or 0)), printed.getvalue()


def work(books: Path, name: str, number: int, notice: Path) -> str:
    """One voucher, from draft to its number."""
    key = f"{name}-{number}"
    lines = [word.format(fen=f"{number + 1}.00") for word in LINES]
    common = ("-b", str(books), "--json")
    code, said = command(
        *("voucher", "--number", key, "--summary", key, "--reason", "test", *lines, "--attachment", str(notice)),
        *("--as", "chen", *common),
    )
    assert code == 0 or DONE in said, said
    if code == 0:
        draft = json.loads(said)
    else:
        listed = json.loads(command("draft", "list", "--all", *common)[1])
        draft = next(item for item in listed if item["title"] == f"手工凭证：{key}")
    if draft["state"] == "draft":
        code, said = command("review", draft["draft"], "--as", "lu", *common)
        assert code == 0, said
    code, said = command("post", draft["draft"], "--as", "shen", *common)
    assert code == 0, said
    (posted,) = json.loads(said)
    return posted["vouchers"][0] if posted["vouchers"] else "-"


def main(books: str, name: str, count: str, notice: str, first: str = "0") -> None:
    """Work through the pile, from some voucher on."""
    for number in range(int(first), int(count)):
        print(work(Path(books), name, number, Path(notice)), flush=True)  # noqa: T201 - told to whoever counts


if __name__ == "__main__":
    main(*sys.argv[1:])
