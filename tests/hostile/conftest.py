"""Makes this room's texts and slots importable, and the ledger room's invented books beside them."""

import sys
from pathlib import Path

for folder in (Path(__file__).parent, Path(__file__).parents[1] / "ledger"):
    sys.path.insert(0, str(folder))
