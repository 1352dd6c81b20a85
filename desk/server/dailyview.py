"""A daily view in the browser: Fava over it, marked as what it is on every page; our own pages need the whole books."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import render_template
from markupsafe import Markup

from desk.server.addresses import account_url, url
from desk.server.favahost import FavaHost, current
from desk.server.views import add_static
from ledger.daily import STALE, read_view, stale
from ledger.faults import Fault
from ledger.reader import Loaded
from ledger.store import VIEW


def view_host(root: Path, templates: Path) -> FavaHost:
    """Fava over a daily view, with one page of ours that says what it is."""
    host = FavaHost(root / "main.beancount", _nothing, templates, watched=VIEW)
    add_static(host)
    host.app.add_template_global(_entry_url, "desk_entry_url")
    host.app.add_url_rule("/<bfile>/pool/", "desk_home", lambda: _home(root))
    host.app.add_url_rule("/<bfile>/pool/version", "desk_version", _version)
    return host


def unless_stale(root: Path, app: WSGIApplication) -> WSGIApplication:
    """Answer only while the view shows the books as they stand; else say that it must be written anew."""

    def checked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if words := stale(root):
            body = str(Fault(STALE, words)).encode()
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
            start_response("503 Service Unavailable", headers)
            return [body]
        return app(environ, start_response)

    return checked


def _nothing(_loaded: Loaded) -> None:
    """Our pages read no view: they would show the sums of a part."""


def _entry_url(entry: Any) -> str:  # noqa: ANN401 - any of beancount's directives, from Fava's template
    """Where a journal row leads: to all entries of its event's number, else to its account."""
    number = next((link for link in sorted(getattr(entry, "links", None) or ()) if link[:1] in "vr"), "")
    account = getattr(entry, "account", "")
    return url("journal/", filter=f"^{number}") if number else account_url(account) if account else url("pool/")


def _home(root: Path) -> str:
    view = read_view(root)
    content = Markup(render_template("desk_daily.html", view=view, root=root))  # noqa: S704 - our own template, autoescaped
    return render_template("_layout.html", content=content, page_title="节略账")


def _version() -> dict[str, int]:
    return {"version": current().version}
