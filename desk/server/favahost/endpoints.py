"""Which of Fava's endpoints answer. All others are closed, also those of a later version."""

_READING = (
    *("changed", "errors", "ledger_data", "query", "context", "journal", "journal_page", "events", "documents"),
    *("commodities", "income_statement", "balance_sheet", "trial_balance", "account_report", "statistics"),
)
_PAGES = ("static", "index", "report", "account", "document", "statement", "download_query")
OPEN = frozenset((*_PAGES, *(f"json_api.get_{name}" for name in _READING)))
"""Fava's endpoints that answer."""

_SHUT = (
    *("get_source", "get_source_slice", "get_options", "get_extract", "get_imports", "get_help"),
    *("get_payee_accounts", "get_payee_transaction", "get_narration_transaction", "get_narrations"),
    *("put_move", "put_source", "put_source_slice", "put_format_source", "put_add_document"),
    *("put_attach_document", "put_add_entries", "put_upload_import_file"),
    *("delete_source_slice", "delete_document"),
)
_SHUT_PAGES = (
    *("help_page", "holdings_by", "jump", "download_journal"),
    *("extension_endpoint", "extension_js_module", "extension_report"),
)
CLOSED = frozenset(_SHUT_PAGES + tuple(f"json_api.{name}" for name in _SHUT))
"""Fava's endpoints that we know and keep shut. One in neither list fails the self-check."""

CLOSED_REPORTS = frozenset({"editor", "import", "options", "holdings", "documents"})
"""Reports behind the one endpoint ``report``. Holdings show cost and market value, which nothing here has;
documents would show files in the page, and ours are for saving (来源文件)."""
