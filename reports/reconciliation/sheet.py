"""银行存款余额调节表: both balances, the four kinds of items in transit, adjusted balances that must be equal."""

from itertools import zip_longest

from ledger.book import Book
from reports.footing import Issue, short_footnotes, staff_name, unit_name
from reports.reconciliation.result import OLD_DAYS, SIDE_TITLES, Item, Reconciliation, Side
from reports.render.cells import Cell, Count, Day, Money, Ref, Span, Total, Words
from reports.render.paper import Column, KeyValues, Note, Paper, Row, Section, Signatures, Table

OURS, THEIRS = "企业银行存款日记账", "银行对账单"
HOW = {
    "key": "银行流水号或已确认的银行行",
    "person": "人工确认",
    "day": "金额与日期逐一相同",
    "amount": "金额与日期唯一对应",
}


def balance_reconciliation(book: Book, done: Reconciliation, issue: Issue) -> Paper:
    """The paper of one reconciled month. ``issue.as_of`` is the statement's last day."""
    assert issue.as_of == done.as_of, "the paper is as of the statement's last day"
    account = book.pool.account_of(done.account)
    head = KeyValues(
        (
            ("单位", Words(unit_name(book))),
            ("开户行", Words(book.pool.bank_of(account.bank).name)),
            ("户名", Words(account.name)),
            ("账号", Words(account.number)),
            ("币种", Words("人民币")),
            ("截止日", Day(done.as_of)),
        )
    )
    sections: list[Section] = [head, _main(done), *_cleared(done), _finding_note(done), _matches_note(done)]
    sections.append(Signatures((("编制", staff_name(book, issue.prepared_by)), ("复核", ""), ("日期", ""))))
    notes = short_footnotes(
        book,
        issue,
        "本表不是记账凭证：银行已收付而企业未入账的，收到回单后方可入账。调节后余额相等不等于没有差错。",
        f"对账单文件：{done.statement.file.name}（SHA-256 {done.statement.file.short}…"
        f"{'，据纸质对账单录入' if done.statement.keyed else ''}）",
    )
    month = f"{done.as_of.year}年{done.as_of.month}月"
    subtitle = (f"{account.name}　{month}",)
    return Paper("银行存款余额调节表", done.as_of, tuple(sections), subtitle, "单位：元", notes, lies=True)


def _main(done: Reconciliation) -> Table:
    columns = tuple(
        Column(title, group)
        for group in (OURS, THEIRS)
        for title in ("日期", "摘要", "凭证号/回单号", "账龄（天）", "金额")
    )
    opening = (
        Words("日记账余额", span=4, bold=True),
        Money(done.book_fen, "book", bold=True),
        Words("对账单余额", span=4, bold=True),
        Money(done.statement_fen, "bank", bold=True),
    )
    rows = [Row(opening), *_block(done, "bank_in", "book_in", "加"), *_block(done, "bank_out", "book_out", "减")]
    rows.append(
        Row(
            (
                Words("调节后余额", span=4, bold=True),
                _adjusted(done, "book", "bank_in", "bank_out"),
                Words("调节后余额", span=4, bold=True),
                _adjusted(done, "bank", "book_in", "book_out"),
            ),
            "total",
        )
    )
    gap = done.adjusted_book_fen - done.adjusted_statement_fen
    difference = Total(gap, (Ref("adjusted-book"), Ref("adjusted-bank", -1)), bold=True)
    rows.append(Row((Words("差额（应为 0.00）", span=9, align="right"), difference), "total"))
    return Table(columns, tuple(rows))


def _adjusted(done: Reconciliation, name: str, plus: Side, minus: Side) -> Total:
    value = done.adjusted_book_fen if name == "book" else done.adjusted_statement_fen
    spans = [
        Span(f"{side}0", f"{side}{len(items) - 1}", sign)
        for side, sign in ((plus, 1), (minus, -1))
        if (items := done.side(side))
    ]
    return Total(value, (Ref(name), *spans), f"adjusted-{name}", bold=True)


def _block(done: Reconciliation, left: Side, right: Side, sign: str) -> list[Row]:
    heads = [Words(f"{sign}：{SIDE_TITLES[side]}", span=5) for side in (left, right)]
    rows = [Row(tuple(heads), "head")]
    pairs = zip_longest(done.side(left), done.side(right))
    rows += [Row((*_item(ours, left, at), *_item(theirs, right, at))) for at, (ours, theirs) in enumerate(pairs)]
    return rows if len(rows) > 1 else [*rows, Row((Words("（无）", span=5, align="center"),) * 2)]


def _item(item: Item | None, side: Side, at: int) -> tuple[Cell, ...]:
    if item is None:
        return (None,) * 5
    return (
        Day(item.on),
        Words(item.text),
        Words(item.number),
        Count(item.age_days),
        Money(item.amount_fen, f"{side}{at}"),
    )


def _cleared(done: Reconciliation) -> list[Table]:
    if not done.cleared:
        return []
    columns = tuple(
        Column(title) for title in ("类别", "日期", "摘要", "凭证号/回单号", "金额", "清理日期", "清理依据")
    )
    rows = [
        Row(
            (
                Words(SIDE_TITLES[each.item.side]),
                Day(each.item.on),
                Words(each.item.text),
                Words(each.item.number),
                Money(each.item.amount_fen),
                Day(each.cleared_on) if each.cleared_on else Words("未清理", align="center"),
                Words(each.by),
            )
        )
        for each in done.cleared
    ]
    return [Table(columns, tuple(rows), "上月未达账项本月清理情况")]


def _finding_note(done: Reconciliation) -> Note:
    lines = list(done.findings)
    lines += [
        f"账龄超过 {OLD_DAYS} 天，须书面说明：{item.on.isoformat()} {item.number} {item.text}"
        for item in done.items
        if item.age_days > OLD_DAYS
    ]
    return Note(tuple(lines) or ("无。",), "需说明事项")


def _matches_note(done: Reconciliation) -> Note:
    counts = [f"{title} {sum(match.how == how for match in done.matching.matches)} 笔" for how, title in HOW.items()]
    return Note((f"已逐笔核对相符 {len(done.matching.matches)} 笔：{'，'.join(counts)}。",), "核对依据（自建账起累计）")
