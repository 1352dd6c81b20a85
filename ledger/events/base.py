"""What every event has: an identity, a day, where it came from, and a summary for the voucher."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ledger.ids import EventId
from ledger.money import MAX_FEN
from ledger.provenance import SourceLine


def _non_zero(fen: int) -> int:
    if not fen:
        raise ValueError("金额不能为零")
    return fen


Fen = Annotated[int, Field(strict=True, ge=-MAX_FEN, le=MAX_FEN)]
"""An amount in fen, either sign."""

PositiveFen = Annotated[int, Field(strict=True, gt=0, le=MAX_FEN)]
"""An amount in fen, above zero."""

NonZeroFen = Annotated[Fen, AfterValidator(_non_zero)]
"""An amount in fen, either sign, not zero."""

NaturalFen = Annotated[int, Field(strict=True, ge=0, le=MAX_FEN)]
"""An amount in fen, zero or above."""

Text = Annotated[str, Field(max_length=500)]
BankCode = Annotated[str, Field(pattern=r"^[a-z]{2,12}$")]
"""A bank's code in pool.toml: boc, abchina, crcb."""
PartyNo = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
"""A contributor's or insurer's two-digit number in pool.toml."""
RuleRef = Annotated[str, Field(pattern=r"^[a-z0-9-]+@[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
"""An adopted rule text: ``<slug>@<effective_on>``."""
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


class Frozen(BaseModel):
    """A value that can't be changed and takes no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Frozen):
    """One thing that happened. ``on`` is the booking day; ``sources`` are the rows it was read from."""

    event_id: EventId
    on: date
    summary: Text
    sources: tuple[SourceLine, ...] = ()


class ContributorShare(Frozen):
    """Part of an amount that belongs to one contributor."""

    contributor: PartyNo
    amount_fen: Fen
