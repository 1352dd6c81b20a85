"""The kinds of clause, by phase; each kind is a spec and a bind."""

from riskpool.clauses import allotting, drawing, loss, requirements, sharing, standing
from riskpool.clauses.kind import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        *requirements.KINDS,
        *loss.KINDS,
        *sharing.KINDS,
        *allotting.KINDS,
        *drawing.KINDS,
        *standing.KINDS,
    )
}
"""Every kind that a rule text can name."""
