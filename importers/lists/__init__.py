"""Transaction lists of any bank: found by their words, read by layout, ordered by balance, joined to the books."""
