"""Where our pages are: every address is made here, quoted once."""

from typing import Any
from urllib.parse import quote

from desk.server.favahost import SLUG
from desk.server.loans import sources_in
from ledger.book import Source


def url(path: str, **query: str) -> str:
    """An address below the ledger's URL; path parts are quoted, empty query values left out."""
    tail = "&".join(f"{key}={quote(value)}" for key, value in query.items() if value)
    return f"/{SLUG}/{quote(path, safe='/:')}{'?' if tail else ''}{tail}"


def account_url(name: str) -> str:
    """An account's page in Fava."""
    return url(f"account/{name}/")


def voucher_url(no: str) -> str:
    """Our page of a numbered entry."""
    return url(f"pool/voucher/{no}/")


def source_url(source: Source) -> str:
    """Our page of a row of a source file; ``-`` stands for a file without sheets."""
    return url(f"pool/source/{source.digest16}/{source.sheet or '-'}/{source.row}/")


def entry_url(entry: Any) -> str:  # noqa: ANN401 - any of beancount's directives, from Fava's template
    """Where a journal row leads: to its voucher, else to the row it was read from, else to its account."""
    if no := entry.meta.get("voucher"):
        return voucher_url(str(no))
    if sources := sources_in(entry.meta):
        return source_url(sources[0])
    account = getattr(entry, "account", "")
    return account_url(account) if account else url("pool/")
