"""What the batch files gave: each as it was read, and the chain after each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from beancount.core import data

from ledger.canon import GENESIS
from ledger.faults import Fault


@dataclass
class Batch:
    """One batch file as it was read: what its header states, its entries, and what is wrong with it.

    ``entries`` are those of a file that does not fit its hashes: they are kept to say what was changed.
    """

    name: str
    sequence: int
    own: str = ""
    meta: data.Meta = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    entries: Sequence[data.Directive] = ()
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Chain:
    """What the batches gave: the chain after each, and each header's metadata by the batch's own hash."""

    batches: list[Batch] = field(default_factory=list)
    values: dict[int, str] = field(default_factory=dict)

    @property
    def sequence(self) -> int:
        """The last batch's place, -1 without one."""
        return self.batches[-1].sequence if self.batches else -1

    @property
    def last(self) -> str | None:
        """The chain's value so far; None where the last batch can't be read."""
        return self.values.get(self.sequence) if self.batches else GENESIS

    @property
    def owns(self) -> dict[str, data.Meta]:
        """Every header's metadata by its batch's own hash."""
        return {batch.own: batch.meta for batch in self.batches if batch.own}
