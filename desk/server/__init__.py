"""The office's browser view: Fava behind our own guard. It reads the books and never writes.

``make_app`` builds the WSGI callable, ``serve`` runs it on the loopback interface. Everything a request can
ask passes ``gate`` (Host, method, headers), then ``favahost``'s allow-list of pages, then ``guard`` (queries,
filters, days). Only ``favahost`` knows Fava's inner names.
"""

from desk.server.serving import DEFAULT_PORT, make_app, serve

__all__ = ["DEFAULT_PORT", "make_app", "serve"]
