"""docs/album.md as the tests read it."""

from pathlib import Path

from album.stage import Provocation, Theatre

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "album.md"


def require_shown(one: Provocation, theatre: Theatre) -> None:
    """The fault is provoked, and the page shows word for word what is printed."""
    code, said = theatre.said(one)
    assert f"[{one.code}]" in said
    assert code in {1, 2, 3}
    assert "Traceback" not in said
    text = PAGE.read_text(encoding="utf-8")
    assert f"### {one.code}\n\n{one.how}`riskpool " in text, "run docs/make_album.py"
    assert f"\n```text\n{said}\n```\n" in text, "run docs/make_album.py"
