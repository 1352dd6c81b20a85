"""What goes back to the browser where Fava's own answer will not do: words, refusals, files."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from fava.application import translations
from fava.context import g
from fava.core.documents import is_document_or_import_file
from fava.helpers import FavaAPIError
from flask import Response, abort, jsonify, make_response, render_template, request, send_file
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from desk.server import guard, words
from desk.server.favahost.ledger import DeskLedger


def current() -> DeskLedger:
    """The ledger that this request sees, from its beginning to its end."""
    ledger = g.ledger
    assert isinstance(ledger, DeskLedger), "every ledger served is ours"
    return ledger


class Document(NamedTuple):
    """A paper of the books: its own name, the day it was filed under, where it belongs, its kept file, its kind.

    ``batch`` is the name of the batch's file that filed it.
    """

    name: str
    on: date
    account: str
    links: frozenset[str]
    kept: str
    sort: str
    batch: str


def documents() -> Iterator[Document]:
    """The document entries of the books as this request sees them."""
    for entry in current().all_entries_by_type.Document:
        kept = Path(entry.filename).name
        meta = entry.meta or {}
        name = str(meta.get("name", kept))
        links, sort, batch = frozenset(entry.links or ()), str(meta.get("sort", "")), Path(str(meta["filename"])).name
        yield Document(name, entry.date, entry.account, links, kept, sort, batch)


def wording() -> dict[str, str]:
    """Fava's Chinese catalogue with the officers' words over it."""
    return {**translations(), **words.INTERFACE}


def say(title: str, text: str, status: int) -> Response:
    """An answer in Fava's frame where a ledger is at hand, JSON for its API, plain text elsewhere."""
    if request.blueprint == "json_api" or "/api/" in request.path:
        return make_response(jsonify({"error": text}), status)
    if getattr(g, "ledger", None) is None:
        return Response(text, status, content_type="text/plain; charset=utf-8")
    content = Markup('<div class="desk"><h2>{}</h2><p>{}</p></div>').format(title, text)
    return make_response(render_template("_layout.html", content=content, page_title=title), status)


def unsafe(refused: guard.Unsafe) -> Response:
    """What the guard refused, said."""
    return say("不能这样查询", str(refused), 400)


def http_error(error: HTTPException) -> Response:
    """Any other refusal or failure, in Chinese and without its details."""
    status = error.code or 500
    if status < 400 and error.response is not None:
        return make_response(error.response)
    return say("打不开", words.STATUS.get(status, words.STATUS[500]), status)


def document() -> Response:
    """Fava's link to a document of the books."""
    name = request.args.get("filename", "")
    if not is_document_or_import_file(name, g.ledger):
        abort(404)
    return attachment(Path(name))


def statement() -> Response:
    """Fava's link to a document named in an entry's metadata."""
    try:
        name = g.ledger.statement_path(request.args.get("entry_hash", ""), request.args.get("key", ""))
    except FavaAPIError:
        abort(404)
    return attachment(Path(name))


def attachment(path: Path, name: str = "") -> Response:
    """A file for saving, never for showing: a paper from outside may hold script."""
    if not path.is_file():
        abort(404)
    return send_file(path, as_attachment=True, download_name=name or path.name, max_age=0)
