"""Puts the pieces together and listens on the loopback interface."""

import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import waitress

from desk.server.dailyview import unless_stale, view_host
from desk.server.favahost import FavaHost
from desk.server.gate import gate
from desk.server.views import add_views, view_of
from ledger.daily import STALE, stale
from ledger.faults import FaultKind, os_words, refuse
from ledger.store import VIEW

DEFAULT_PORT = 5000
THREADS = 8

PORT_TAKEN = FaultKind(
    "界面-端口-01",
    "端口打不开",
    "没有被其他程序占用的端口",
    "用 --port 换一个端口，或先停止占用它的程序（可能是已经打开的另一个 riskpool serve）。",
)
KINDS = (PORT_TAKEN,)
HOST = "127.0.0.1"
"""The one address that is listened on. There is no option for another before there is a login."""


def make_app(books: Path, *, port: int = DEFAULT_PORT) -> WSGIApplication:
    """The whole browser view of a books folder as a WSGI callable, gate included.

    ``port`` is the one that a Host header must name. Raises ``Refusal`` when the books can't be opened or
    Fava is not the version this was built against.
    """
    root, templates = books.resolve(), Path(__file__).with_name("templates")
    is_view = (root / VIEW).is_file()
    if is_view and (words := stale(root)):
        raise refuse(STALE, words)
    if is_view:
        host = view_host(root, templates)
    else:
        host = FavaHost(root / "main.beancount", view_of, templates)
        add_views(host)

    def fresh(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        host.refresh()
        return host.app.wsgi_app(environ, start_response)

    return gate(
        unless_stale(root, fresh) if is_view else fresh,
        hosts=[f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")],
    )


def serve(books: Path, *, port: int = DEFAULT_PORT) -> None:
    """Serve until interrupted: one process (the ledger lives in it), eight threads, loopback only."""
    app = make_app(books, port=port)
    try:
        listening = socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        raise refuse(
            PORT_TAKEN, f"{port}：{os_words(error) if isinstance(error, OSError) else '应在 1 至 65535 之间'}"
        ) from None
    sys.stdout.write(f"在浏览器中打开 http://{HOST}:{port}/ （只读；按 Ctrl+C 停止）\n")
    sys.stdout.flush()
    waitress.serve(app, sockets=[listening], threads=THREADS, ident=None)  # type: ignore[no-untyped-call] # waitress carries no types
