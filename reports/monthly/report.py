"""风险池运行月报: the month in figures, each numbered, and the vouchers behind every one of them."""

from dataclasses import dataclass

from ledger.book import Book
from ledger.faults import Fault, FaultKind, Refusal
from reports.footing import Issue, footnotes, rules_of, staff_name, unit_name
from reports.monthly.cases import case_blocks
from reports.monthly.cash import cash_blocks, unidentified_lines
from reports.monthly.figures import Block, Trace, shortened, tables, traces
from reports.monthly.loans import loan_blocks, tape_gaps
from reports.monthly.period import Period
from reports.reconciliation import Reconciliation, filed_statements, reconcile
from reports.render.cells import Count, Money, Words, words
from reports.render.paper import Annex, Column, KeyValues, Note, Paper, Row, Section, Signatures, Table

NO_FIGURE = FaultKind(
    "报表-月报-01",
    "月报里没有这个数",
    "月报附表「数据来源」所列的键或行次",
    "打开月报附表，照抄所要追查的数的键。",
)
KINDS = (NO_FIGURE,)

NOT_STATED = "管理办法未载"


@dataclass(frozen=True, slots=True)
class RuleFigure:
    """A figure that a rule text defines (leverage, headroom), as ``riskpool.views`` states it."""

    title: str
    text: str
    clause: str


def monthly_report(book: Book, issue: Issue, rule_figures: tuple[RuleFigure, ...] = ()) -> Paper:
    """The report of the month that ends on ``issue.as_of``. Without ``rule_figures`` leverage is 「管理办法未载」."""
    period = Period(book, issue)
    blocks = monthly_blocks(period)
    rules = "、".join(f"《{rule.title}》（{rule.rule}）" for rule in rules_of(book, issue))
    head = KeyValues(
        (
            ("账套", Words(book.pool.title)),
            ("报告期", Words(f"{issue.as_of.year}年{issue.as_of.month}月")),
            ("适用办法", Words(rules or "尚未采用办法")),
            ("截止日", Words(issue.as_of.isoformat())),
        )
    )
    leverage = rule_figures or (RuleFigure("放大倍数", NOT_STATED, ""),)
    sections: tuple[Section, ...] = (
        head,
        *tables(blocks),
        _rule_table(leverage),
        _reconciling(book, issue),
        Note((*unidentified_lines(period), *tape_gaps(period)) or ("无。",), "需说明事项"),
        Signatures((("制表", staff_name(book, issue.prepared_by)), ("复核", ""), ("主管", ""))),
    )
    return Paper(
        "风险池运行月报",
        issue.as_of,
        sections,
        (unit_name(book), f"{issue.as_of.year}年{issue.as_of.month}月"),
        "金额单位：元",
        footnotes(book, issue, "每个数据的凭证见附表「数据来源」。在池本金是银行的贷款本金，不是本池的义务。"),
        (_annex(blocks),),
    )


def monthly_blocks(period: Period) -> list[Block]:
    """All blocks in the order of the report."""
    return [*cash_blocks(period), *loan_blocks(period), *case_blocks(period)]


def trace(book: Book, issue: Issue, key: str) -> tuple[Trace, ...]:
    """The figures that a key (``loans.boc.principal``, ``loans.boc``) or a 行次 (``12``) means; all for none.

    Raises ``Refusal`` when the report has no such figure.
    """
    every = traces(monthly_blocks(Period(book, issue)))
    found = tuple(each for each in every if key == str(each.line_no) or _is_of(each.key, key))
    if not found:
        raise Refusal([Fault(NO_FIGURE, key)])
    return found


def _is_of(figure: str, key: str) -> bool:
    return not key or f"{figure}.".startswith(f"{key}.")


def _annex(blocks: list[Block]) -> Annex:
    rows: list[Row] = []
    for block in blocks:
        lines = _traced_lines(block, blocks)
        rows += [Row((Words(block.title, span=4),), "head"), *lines] if lines else []
    columns = tuple(map(Column, ("行次", "键", "项目与栏", "凭证字号")))
    return Annex("数据来源", (Table(columns, tuple(rows), freezes=True),))


def _traced_lines(block: Block, blocks: list[Block]) -> list[Row]:
    """A row for each set of vouchers: the columns of a line that rest on the same ones share it."""
    grouped: dict[tuple[int, tuple[str, ...]], list[Trace]] = {}
    for each in traces(blocks):
        # A total rests on all of its lines' vouchers: listing them again would only fill pages.
        if each.block == block.key and each.figure.vouchers and not each.is_total:
            grouped.setdefault((each.line_no, each.figure.vouchers), []).append(each)
    return [
        Row(
            (
                words(str(line_no)),
                Words(found[0].key.rpartition(".")[0]),
                Words(f"{found[0].label}：{'、'.join(each.column for each in found)}"),
                Words(shortened(vouchers)),
            )
        )
        for (line_no, vouchers), found in grouped.items()
    ]


def _rule_table(figures: tuple[RuleFigure, ...]) -> Table:
    rows = tuple(Row((Words(each.title), Words(each.text), Words(each.clause))) for each in figures)
    return Table(tuple(map(Column, ("指标", "数值", "依据条款"))), rows, "十九、办法所定指标")


def _reconciling(book: Book, issue: Issue) -> Table:
    rows = []
    for account in book.pool.account:
        filed = filed_statements(book, account.slug, issue.until_on)
        if not filed or filed[-1].until_on != issue.until_on:
            balance = Money(book.balance_fen(book.chart.cash(account.slug), issue.until_on))
            rows.append(Row((Words(account.name), balance, None, None, None, Words("未登记本月对账单"))))
            continue
        try:
            rows.append(_reconciled(account.name, reconcile(book, account.slug, filed)))
        except Refusal as refused:
            why = "、".join(dict.fromkeys(fault.kind.title for fault in refused.faults))
            balance = Money(book.balance_fen(book.chart.cash(account.slug), issue.until_on))
            rows.append(Row((Words(account.name), balance, None, None, None, Words(f"不能对账：{why}", red=True))))
    titles = ("账户", "日记账余额", "对账单余额", "未达笔数", "未达金额", "对账情况")
    return Table(tuple(map(Column, titles)), tuple(rows), "二十、银行对账与未达账项")


def _reconciled(name: str, done: Reconciliation) -> Row:
    amount = sum(item.amount_fen for item in done.items)
    state = "调节后相符" if done.holds else f"有 {len(done.findings)} 项待处理"
    cells = (Money(done.book_fen), Money(done.statement_fen), Count(len(done.items)), Money(amount), Words(state))
    return Row((Words(name), *cells))
