"""Bytes to rows with their places: sniffed by content, read in a capped worker."""
