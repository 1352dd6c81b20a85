"""What the rule says: rule texts as data, clauses as pure functions, decisions that explain themselves."""
