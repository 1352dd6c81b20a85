"""Our cash lines against the bank's statement, and the paper that shows it. Pure: a person confirms elsewhere."""

from reports.reconciliation.lines import filed_statements
from reports.reconciliation.result import Item, Reconciliation, reconcile
from reports.reconciliation.sheet import balance_reconciliation

__all__ = ["Item", "Reconciliation", "balance_reconciliation", "filed_statements", "reconcile"]
