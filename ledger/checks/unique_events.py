"""An event is posted once: its facts stand on one directive only.

Before: the same bank row posted twice under one id is accepted silently.
After: the second directive that carries the event's facts is an error.
"""

from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import gather, text

__plugins__ = ("check",)


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Find event ids whose facts (metadata ``kind``) stand twice."""
    MARKER.leave(options, __name__)
    errors = []
    seen: set[str] = set()
    for facts in gather(entries, options).facts.values():
        for entry in facts:
            event = text(entry, "event")
            if event in seen:
                errors.append(CheckError(entry.meta, f"事项 {event} 重复入账", entry))
            elif event:
                seen.add(event)
    return entries, errors
