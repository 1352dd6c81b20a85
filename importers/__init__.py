"""What banks and insurers say: bytes to rows to records to events, or faults. Never loads or writes a book."""
