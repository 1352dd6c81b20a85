"""What the books keep of a file that came in, and the event that a bank's statement is."""

from datetime import timedelta
from pathlib import PurePath

from ledger.events import StatementFiled
from ledger.ids import event_id
from ledger.oplog import record_bytes
from ledger.papers import BankPaper, Intake, Reading
from ledger.store import Store


def keep(store: Store, content: bytes, name: str, intake: Intake) -> None:
    """Bytes, reading and bank paper go under the file's digest, before any draft or batch names them.

    The same bytes may be kept twice, because the first import was broken off or its draft sent back: what is read of
    them depends on what was known at the time, so that the later reading takes the earlier one's place.
    """
    short = intake.reading.file.short
    store.write_new(f"documents/{short}-{intake.reading.kind}.{suffix_of(name)}", content)
    if intake.paper is not None:
        store.write_unnamed(f"statements/{short}.json", record_bytes(intake.paper))
    # Last, because where a file brings nothing to post its reading is all that says that it was read.
    store.write_unnamed(f"readings/{short}.json", record_bytes(intake.reading))


def suffix_of(name: str) -> str:
    """A file's suffix as the books write it: at most five ASCII letters and digits, ``bin`` where there is none."""
    suffix = PurePath(name).suffix.lower().lstrip(".")
    return "".join(char for char in suffix if char.isascii() and char.isalnum())[:5] or "bin"


def filed(paper: BankPaper, reading: Reading) -> StatementFiled:
    """The filing of a statement, dated the last day that it covers."""
    month = f"{paper.from_on:%Y-%m}"
    return StatementFiled(
        event_id=event_id("statement", paper.account, month, paper.file.sha256),
        on=paper.until_on - timedelta(days=1),
        summary=f"收到 {month} 对账单",
        sources=(reading.rows[0].line,) if reading.rows else (),
        account=paper.account,
        month=month,
        closing_fen=paper.closing_fen,
        statement=paper.file.sha256,
        keyed=paper.keyed,
    )
