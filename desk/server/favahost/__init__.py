"""Fava inside our application: the only package that knows Fava's inner names.

Fava's app is an ordinary Flask object, so it is configured, never forked: views that write, edit or run
other people's code are closed by an allow-list of endpoints, two templates are read through asserted edits,
and the ledger object is ours: built from entries that we loaded, and swapped whole when a batch was posted,
so that a request sees one state of the books from its beginning to its end.

Every private name used here is checked at start; another Fava version is refused.
"""

from desk.server.favahost.answers import Document, attachment, current, documents
from desk.server.favahost.host import FavaHost
from desk.server.favahost.kinds import KINDS, SLUG

__all__ = ["KINDS", "SLUG", "Document", "FavaHost", "attachment", "current", "documents"]
