"""Acts as people take them, for this room's tests: who, signing and posting what waits, the code of a refusal."""

from collections.abc import Callable
from datetime import datetime

import pytest
from tools import REPO

from desk.acts import drafting
from desk.acts.office import Actor, Office
from ledger.faults import Refusal

EXAMPLES = REPO / "examples" / "2023"
FILES = EXAMPLES / "files"


def who(staff: str, day: str) -> Actor:
    return Actor(staff, datetime.fromisoformat(f"{day}T10:00:00"))


def through(office: Office, day: str) -> None:
    for draft in office.drafts:
        if draft.state == "draft":
            drafting.review(office, draft.no, who("lu", day))
    for draft in office.drafts:
        if draft.state == "reviewed":
            drafting.post_draft(office, draft.no, who("shen", day))


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.faults[0].code
