"""The kinds of clause, by phase; each kind is a spec and a bind."""

from riskpool.clauses import money, requirements, standing
from riskpool.clauses.kind import Kind

KINDS: dict[str, Kind] = {kind.name: kind for kind in (*requirements.KINDS, *money.KINDS, *standing.KINDS)}
"""Every kind that a rule text can name."""
