"""Closing a month with its papers: what is sealed is what was printed, and it is kept."""

from desk.acts.months import Closed, close, obstacles
from desk.acts.office import Actor, Office
from desk.acts.papers import month_papers, rendered


def close_month(office: Office, month: str, *, who: Actor, second: str) -> Closed:
    """Close a month; its papers as they stand go into the books, their digests into the receipt.

    A paper printed again after later postings names a later chain head, so the kept one is the sealed one.
    """
    ready = not obstacles(office, month)
    files = rendered(month_papers(office, month, prepared_by=who.id)) if ready else ()
    return close(office, month, files, who=who, second=second)
