"""The kinds of clause, by phase; each kind is a spec and a bind."""
