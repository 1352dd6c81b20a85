"""Fava behind our own guard."""
