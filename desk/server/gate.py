"""The one WSGI layer that every request passes first: which Host, which method, which headers go out.

Fava itself checks none of these (facts measured: ``Host: evil.example`` answers 200, no CSP, no frame
protection). The server listens on the loopback interface, so the Host list also closes DNS rebinding.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Inline styles stay allowed for the query editor's own; scripts come from our origin only."""

SECURITY_HEADERS = (
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
MAX_TARGET = 16_000
"""Longest path plus query string, in characters of the percent-encoded form."""

_OWN = frozenset({"", "same-origin", "none"})
_Headers = list[tuple[str, str]]


def gate(app: WSGIApplication, *, hosts: Iterable[str]) -> WSGIApplication:
    """Wrap ``app``: exact Host or 421, GET only or 405, no body, no foreign embedding; headers on every answer."""
    allowed = frozenset(hosts)
    assert allowed, "a gate without a Host lets nobody in"

    def gated(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        guarded = _with_headers(environ, start_response)
        if refused := _refusal(environ, allowed):
            return _say(guarded, *refused)
        return app(environ, guarded)

    return gated


def _refusal(environ: WSGIEnvironment, hosts: frozenset[str]) -> tuple[HTTPStatus, str] | None:
    if environ.get("HTTP_HOST", "") not in hosts:
        return HTTPStatus.MISDIRECTED_REQUEST, "地址不对：请使用启动时给出的本机地址访问。"
    if environ["REQUEST_METHOD"] != "GET":  # HEAD too: Fava's read-only mode answers it 401
        return HTTPStatus.METHOD_NOT_ALLOWED, "本页面只能查看，不能提交。记账请使用 riskpool 命令。"
    if environ.get("CONTENT_LENGTH") not in (None, "", "0") or environ.get("HTTP_TRANSFER_ENCODING"):
        return HTTPStatus.BAD_REQUEST, "查看请求不应带有内容。"
    if len(environ.get("QUERY_STRING", "")) + len(environ.get("PATH_INFO", "")) > MAX_TARGET:
        return HTTPStatus.REQUEST_URI_TOO_LONG, "地址过长。"
    if environ.get("HTTP_SEC_FETCH_SITE", "") not in _OWN and environ.get("HTTP_SEC_FETCH_MODE") != "navigate":
        return HTTPStatus.FORBIDDEN, "不接受其他网站发来的请求。"
    return None


def _say(start_response: Callable[..., object], status: HTTPStatus, text: str) -> list[bytes]:
    body = text.encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append(("Allow", "GET"))
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]


def _with_headers(environ: WSGIEnvironment, start_response: StartResponse) -> StartResponse:
    owned = {name.lower() for name, _ in SECURITY_HEADERS}

    def guarded(status: str, headers: _Headers, exc_info: object = None) -> Callable[[bytes], object]:
        kept = [(name, value) for name, value in headers if name.lower() not in owned | {"server"}]
        if "/static/" not in f"/{environ.get('PATH_INFO', '').lstrip('/')}":
            kept = [(name, value) for name, value in kept if name.lower() != "cache-control"]
            kept.append(("Cache-Control", "no-store"))
        return start_response(status, [*kept, *SECURITY_HEADERS], exc_info)  # type: ignore[arg-type] # passed through as it came

    return guarded
