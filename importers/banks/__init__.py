"""One bank, one file; no bank imports another."""
