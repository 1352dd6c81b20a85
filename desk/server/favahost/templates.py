"""Fava's own templates, read through asserted edits: escaping, our links, our style and script."""

from collections.abc import Mapping, Sequence
from typing import Any

import jinja2

from desk.server.favahost.kinds import WRONG_FAVA
from ledger.faults import refuse

EDITS: Mapping[str, Sequence[tuple[str, str]]] = {
    "_journal_table.html": (
        # Bank rows are foreign text: Fava prints payee and narration as HTML.
        ("{% autoescape false %}", "{% autoescape true %}"),
        # Fava prints postings' amounts without thousands commas.
        (
            "{{ posting.units.number|incognito }} {{ posting.units.currency }}",
            "{{ '{:,}'.format(posting.units.number) }} {{ posting.units.currency }}",
        ),
        # The day leads to our page of the voucher; Fava's own overlay needs the closed source editor.
        ("href='#context-{{ entry_hash }}'", "href='{{ desk_entry_url(entry) }}'"),
    ),
    "_layout.html": (
        (
            '<script type="module" src="{{ static_url(\'app.js\') }}"></script>',
            (
                '<link rel="stylesheet" href="/desk-static/desk.css">\n'
                '    <script type="module" src="/desk-static/desk.js"></script>\n'
                '    <script type="module" src="{{ static_url(\'app.js\') }}"></script>'
            ),
        ),
        ("<html>", '<html lang="zh-CN">'),
    ),
}
"""Template -> (old, new). Each old text must occur exactly once."""


class EditingLoader(jinja2.BaseLoader):
    """Fava's own templates with asserted edits; a text not found once is refused, never skipped."""

    def __init__(self, inner: jinja2.BaseLoader) -> None:
        """``inner`` reads the originals."""
        self._inner = inner

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str | None, Any]:
        """The edited source; uptodate as the original."""
        source, name, uptodate = self._inner.get_source(environment, template)
        for old, new in EDITS.get(template, ()):
            if source.count(old) != 1:
                raise refuse(WRONG_FAVA, f"模板 {template} 中「{old}」出现 {source.count(old)} 次")
            source = source.replace(old, new)
        return source, name, uptodate
