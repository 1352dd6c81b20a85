"""Fava's app, configured: closed endpoints, checked filters, queries in turn, the swap after a post."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fava
import jinja2
from fava.application import create_app
from fava.context import g
from fava.core.filters import LEXER, FilterError
from fava.util.date import parse_date
from flask import abort, request
from werkzeug.exceptions import HTTPException

from desk.server import guard
from desk.server.favahost import answers
from desk.server.favahost.endpoints import CLOSED, CLOSED_REPORTS, OPEN
from desk.server.favahost.kinds import SLUG, VERSION, WRONG_FAVA
from desk.server.favahost.ledger import DeskLedger, load
from desk.server.favahost.templates import EDITS, EditingLoader
from ledger.faults import Refusal, refuse
from ledger.reader import Loaded, of_entries

if TYPE_CHECKING:
    from flask import Flask

_BAD_FILTER = "筛选条件读不懂。可以写 #voucher、^case-编号、科目或摘要中的文字。"


class FavaHost:
    """Fava's app with the current ledger. ``view_of`` makes what our pages read from the same entries."""

    def __init__(
        self, main: Path, view_of: Callable[[Loaded], object], pages: Path, *, watched: str = "head.beancount"
    ) -> None:
        """Load the books, configure the app, check every seam. Raises ``Refusal``.

        ``pages`` holds our templates; ``watched`` is the file beside ``main`` whose change means a newer state.
        """
        if fava.__version__ != VERSION:
            raise refuse(WRONG_FAVA, f"Fava {fava.__version__}")
        self._main = main.resolve()
        self._head = self._main.with_name(watched)
        self._view_of = view_of
        self._pages = pages
        self._reloading = threading.Lock()
        self._filters = threading.Lock()
        self._queries = guard.Turnstile()
        self._seen = self._head_bytes()
        self.app: Flask = create_app([self._main], read_only=True, poll_watcher=True)
        self._configure()
        self._swap(self._build())
        self._self_check()

    @property
    def ledger(self) -> DeskLedger:
        """The ledger of the newest state."""
        ledger: DeskLedger = self.app.config["LEDGERS"][SLUG]
        return ledger

    def refresh(self) -> None:
        """Take up what was posted since; called before each request.

        The commit's last step replaces ``head.beancount``, a one-line file, so that reading it tells. The
        request that notices builds the new state; others keep being answered from the old one meanwhile.
        """
        if self._head_bytes() == self._seen or not self._reloading.acquire(blocking=False):
            return
        try:
            head = self._head_bytes()
            self._swap(self._build())
            self._seen = head
        except Refusal as refusal:
            self.ledger.trouble = str(refusal)
        finally:
            self._reloading.release()

    def _head_bytes(self) -> bytes:
        return self._head.read_bytes() if self._head.is_file() else b""

    def _build(self) -> DeskLedger:
        loaded = load(self._main)
        loader = self.app.config["LEDGERS"]
        before = loader._ledgers[0].version if loader._ledgers else 0  # noqa: SLF001 - checked at start
        view = self._view_of(of_entries(self._main.parent, loaded.entries, loaded.errors, loaded.options))
        return DeskLedger(self._main, loaded, version=before + 1, view=view)

    def _swap(self, ledger: DeskLedger) -> None:
        # Private names of Fava 1.30.16; each assignment is atomic and a running request holds its own ledger.
        loader = self.app.config["LEDGERS"]
        loader._titles = [ledger.options["title"]]  # noqa: SLF001 - no public way to swap a ledger
        loader._ledgers_by_slug = {SLUG: ledger}  # noqa: SLF001 - same
        loader._ledgers = [ledger]  # noqa: SLF001 - same

    def _configure(self) -> None:
        app = self.app
        self._theirs = frozenset(app.view_functions)
        assert app.jinja_loader is not None
        own = jinja2.FileSystemLoader(self._pages)
        app.jinja_loader = jinja2.ChoiceLoader([own, EditingLoader(app.jinja_loader)])
        app.add_template_global(answers.wording, "translations")
        app.config["LEDGERS"].first_slug = lambda: SLUG
        app.before_request_funcs.setdefault(None, []).insert(0, self._admit)
        app.register_error_handler(guard.Unsafe, answers.unsafe)
        app.register_error_handler(HTTPException, answers.http_error)
        queries = app.view_functions["json_api.get_query"], app.view_functions["download_query"]
        app.view_functions["json_api.get_query"] = self._queried(queries[0])
        app.view_functions["download_query"] = self._queried(queries[1])
        app.view_functions["document"] = answers.document
        app.view_functions["statement"] = answers.statement

    def _admit(self) -> None:
        # Default deny: what is neither Fava's open list nor ours does not exist.
        endpoint = request.endpoint or ""
        if endpoint not in OPEN and not endpoint.startswith("desk_"):
            abort(404)
        values = request.view_args or {}
        if endpoint == "report" and values.get("report_name") in CLOSED_REPORTS:
            abort(404)
        if endpoint == "download_query" and values.get("result_format") != "csv":
            abort(404)
        if endpoint != "static":
            self._check_filters()

    def _check_filters(self) -> None:
        args = request.args
        guard.check_account(args.get("account", ""))
        for name in ("conversion", "interval", "a", "r"):
            if len(args.get(name, "")) > guard.MAX_FILTER:
                raise guard.Unsafe("参数过长。")
        if time := args.get("time", ""):
            guard.check_span(time, *_span(time))
        if text := args.get("filter", ""):
            guard.check_filter(text, _tokens(text))
            # Fava's filter parser is one object for all threads: run it in turn.
            with self._filters:
                _apply_filter()

    def _queried(self, view: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(**values: str) -> Any:  # noqa: ANN401 - a Flask view's answer
            guard.check_query(request.args.get("query_string", ""))
            with self._queries.turn():
                return view(**values)

        return guarded

    def _self_check(self) -> None:
        unknown = self._theirs - OPEN - CLOSED
        missing = (OPEN | CLOSED) - self._theirs
        if unknown or missing:
            raise refuse(WRONG_FAVA, f"页面清单不符：{sorted(unknown | missing)}")
        ledger = self.ledger
        held = (
            hasattr(ledger.query_shell, "shell"),
            hasattr(ledger.query_shell.shell, "context") or hasattr(type(ledger.query_shell.shell), "run"),
            self.app.config["LEDGERS"].first_slug() == SLUG,
            self.app.config["LEDGERS"].ledgers_by_slug == {SLUG: ledger},
        )
        if not all(held):
            raise refuse(WRONG_FAVA, f"内部结构不符：{held}")
        for template in EDITS:
            self.app.jinja_env.get_template(template)


def _span(text: str) -> tuple[Any, Any]:
    try:
        span: tuple[Any, Any] = parse_date(text[: guard.MAX_TIME], g.ledger.fava_options.fiscal_year_end)
    except Exception:  # noqa: BLE001 - months 13, years of 20 digits and the like raise as they please
        return None, None
    return span


def _apply_filter() -> None:
    try:
        _ = g.filtered if hasattr(g, "ledger") else None
    except FilterError:
        raise guard.Unsafe(_BAD_FILTER) from None


def _tokens(text: str) -> Any:  # noqa: ANN401 - an iterator over fava's tokens
    try:
        return iter([(token.type, token.value) for token in LEXER.lex(text[: guard.MAX_FILTER])])
    except (FilterError, ArithmeticError):
        raise guard.Unsafe(_BAD_FILTER) from None
