"""The one reader of the clock. Everything below takes the instant or the day as an argument."""

import os
from datetime import datetime

FIXED = "RISKPOOL_NOW"
"""Environment variable that fixes the clock (ISO 8601, no zone), for demonstrations and tests."""


def now() -> datetime:
    """The present in the machine's own zone, to the second."""
    if fixed := os.environ.get(FIXED):
        return datetime.fromisoformat(fixed)
    return datetime.now().astimezone().replace(microsecond=0, tzinfo=None)
