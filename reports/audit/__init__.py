"""What auditors are handed: the archive of the books, the operation log, and a script that re-performs the work."""
