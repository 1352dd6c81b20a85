"""Tables and papers to xlsx and PDF/A, byte for byte the same each time."""
