"""What the adopted rule text says of the pool as a whole: its leverage and the limit set on it.

Nothing is inherited or guessed: without an adopted text, or where the text is silent or unset, the page says
「管理办法未载」.
"""

from dataclasses import dataclass

from desk.acts.standing import balance_fen
from desk.server.figures import Figures
from ledger.book import Book
from ledger.events import RuleAdopted
from ledger.faults import Refusal
from ledger.money import half_up
from ledger.provenance import digest
from ledger.seal import rule_folder
from riskpool.facts import decimal_text
from riskpool.rulefile import RuleText, read_rule_text
from riskpool.ruletext import text_on

NOT_STATED = "管理办法未载"
ALTERED = "账内办法文本有误"
_BASES = {"balance": "池内余额", "paid_in": "累计出资", "size": "资金池规模"}


@dataclass(frozen=True, slots=True)
class Leverage:
    """The tile's two texts: the multiple (or why there is none), and what it rests on."""

    text: str
    note: str
    is_figure: bool = False


def leverage(book: Book, figures: Figures) -> Leverage:
    """In-pool principal over the basis that the rule text in force names, two decimals half-up."""
    adopted = book.events(RuleAdopted)
    if not adopted:
        return Leverage(NOT_STATED, "尚未采用管理办法")
    texts = []
    for rule in adopted:
        text = _adopted_text(book, rule)
        if text is None:
            return Leverage(ALTERED, f"{rule.rule}：运行 riskpool verify 查明")
        texts.append(text)
    try:
        text = text_on(texts, book.last_on)
    except Refusal as refusal:
        return Leverage(NOT_STATED, refusal.faults[0].kind.title)
    for clause in text.clauses_of("leverage_limit"):
        if not {"basis", "multiple"} & set(clause.unset):
            if clause.word("basis") not in _BASES:
                return Leverage("分行核算", f"倍数按各行的基数核算（{clause.article}）")
            basis = _basis_fen(text, book, figures, clause.word("basis"))
            limit = decimal_text(clause.integer("multiple"))
            words = f"在池本金 ÷ {_BASES[clause.word('basis')]}，上限 {limit} 倍（{clause.article}）"
            if basis:
                hundredths = half_up(figures.total.loans_fen * 100, basis)
                return Leverage(f"{hundredths // 100}.{hundredths % 100:02d}", words, is_figure=True)
            return Leverage("无法计算", f"{words}；基数为零")
    return Leverage(NOT_STATED, f"适用办法：{text.title}")


def _adopted_text(book: Book, rule: RuleAdopted) -> RuleText | None:
    path = book.root / rule_folder(rule.rule, rule.sha256) / "rule_text.toml"
    content = path.read_bytes() if path.is_file() else b""
    if digest(content) != rule.sha256:
        return None
    try:
        return read_rule_text(content, path.name)
    except Refusal:
        return None


def _basis_fen(text: RuleText, book: Book, figures: Figures, basis: str) -> int:
    match basis:
        case "balance":
            return max(balance_fen(book, book.last_on), 0)
        case "paid_in":
            return max(figures.paid_in_fen, 0)
        case _:
            sizes = [clause for clause in text.clauses_of("pool_size") if "amount" not in clause.unset]
            return sizes[0].integer("amount") if sizes else 0
