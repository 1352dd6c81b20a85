"""Statement against book: proposals, items in transit, the balance reconciliation."""
