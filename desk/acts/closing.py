"""Closing a month with its papers: what is sealed is what was printed."""

from desk.acts.months import Closed, close, obstacles
from desk.acts.office import Actor, Office
from desk.acts.papers import month_papers, paper_digests


def close_month(office: Office, month: str, *, who: Actor, second: str) -> Closed:
    """Close a month; the receipt holds the digests of the month's papers as they stand now."""
    digests = () if obstacles(office, month) else paper_digests(month_papers(office, month, prepared_by=who.id))
    return close(office, month, digests, who=who, second=second)
