"""记账凭证: one posted voucher as an officer files it, with the rows it was made from and the bank's papers of it."""

from ledger.book import Book, Leg, Source, Voucher
from ledger.money import capital_text
from ledger.papers import ReadRow
from reports.evidence import Evidence, Evidences
from reports.footing import Issue, short_footnotes, staff_name, unit_name
from reports.render.cells import Cell, Count, Day, Money, Words, words
from reports.render.paper import Column, KeyValues, Note, Paper, Row, Section, Signatures, Table, column_total
from reports.titles import KIND_TITLES, column_title, commodity_title, heading_of
from reports.turnovers import sides

MAX_SOURCE_ROWS = 60
"""An opening may rest on hundreds of rows; the paper names the rest by number."""

PAIR = 2
"""Legs of an entry that states one fact."""


def voucher_paper(book: Book, no: str, issue: Issue) -> Paper:
    """The voucher with this number; raises ``Refusal`` when there is none."""
    voucher = book.voucher(no)
    head = KeyValues(
        (
            ("日期", Day(voucher.on)),
            ("字号", Words(voucher.no)),
            ("附件", Words(f"{voucher.attachments} 张")),
            ("事项", Words(KIND_TITLES[voucher.kind])),
        ),
        boxed=False,
    )
    sections: list[Section] = [head, *_marks(voucher), _legs_table(book, voucher)]
    sections.append(_signatures(book, voucher))
    sections += _source_sections(book, voucher)
    sections += _evidence_table(book, voucher)
    title = "记账凭证" if voucher.is_money else "备查登记单"
    foot = short_footnotes(book, issue, f"事项编号 {voucher.event}；批次 {voucher.batch:06d}")
    return Paper(title, issue.as_of, tuple(sections), (unit_name(book),), "单位：元", foot)


def _marks(voucher: Voucher) -> list[Note]:
    if voucher.is_red:
        return [Note((f"【红字】{voucher.summary}",))]
    return [Note((f"【蓝字】{voucher.summary}",))] if voucher.cancels or voucher.summary.startswith("订正") else []


def _legs_table(book: Book, voucher: Voucher) -> Table:
    contributors = {party.no: party.name for party in book.pool.contributor}
    in_fen = all(leg.commodity.endswith("CNY") for leg in voucher.legs)
    rows = [_leg_row(voucher, leg, at, contributors, in_fen=in_fen) for at, leg in enumerate(voucher.legs)]
    # A register entry of several pairs moves one fact from account to account: its sides are no sum.
    if in_fen and (voucher.is_money or len(voucher.legs) == PAIR):
        total = sum(sides(leg.fen, is_red=voucher.is_red)[0] for leg in voucher.legs)
        sums = [column_total(rows, "d"), column_total(rows, "c")]
        rows.append(Row((Words(f"合计（大写）：{capital_text(total)}", span=3, bold=True), *sums), "total"))
    columns = tuple(map(Column, ("摘要", "会计科目", "辅助核算", "借方金额", "贷方金额")))
    return Table(columns, tuple(rows))


def _leg_row(voucher: Voucher, leg: Leg, at: int, contributors: dict[str, str], *, in_fen: bool) -> Row:
    aid = contributors.get(leg.contributor, "") or ("" if voucher.is_money else commodity_title(leg.commodity))
    if not in_fen:
        aid = leg.commodity
    value = leg.fen if in_fen else int(leg.number)
    debit, credit = (
        _amount(side, f"{name}{at}", in_fen=in_fen)
        for side, name in zip(sides(value, is_red=voucher.is_red), "dc", strict=True)
    )
    return Row((Words(voucher.summary, red=voucher.is_red), Words(heading_of(leg.account)), words(aid), debit, credit))


def _amount(value: int, name: str, *, in_fen: bool) -> Cell:
    if in_fen:
        return Money(value, name, hides_zero=True, red=value < 0)
    return Count(value) if value else None


def _signatures(book: Book, voucher: Voucher) -> Signatures:
    people = (
        ("主管", voucher.chief),
        ("记账", voucher.bookkeeper),
        ("复核", voucher.reviewer),
        ("制单", voucher.preparer),
    )
    return Signatures(tuple((role, staff_name(book, who)) for role, who in people))


def _source_sections(book: Book, voucher: Voucher) -> list[Section]:
    if not voucher.sources:
        return [Note(("本凭证没有导入文件的来源行；依据见所附文件。",), "来源")]
    shown, rest = voucher.sources[:MAX_SOURCE_ROWS], voucher.sources[MAX_SOURCE_ROWS:]
    rows = [row for source in shown for row in (Row(_place_cells(book, source)), _text_row(book, source, 3))]
    table = Table(tuple(map(Column, ("文件", "工作表", "行"))), tuple(rows), "来源（导入文件的原行）")
    more = Note(tuple(f"另有 {len(rest)} 行，见导入记录。" for _ in range(1))) if rest else None
    return [table, more] if more else [table]


def _evidence_table(book: Book, voucher: Voucher) -> list[Table]:
    """The bank's papers of each sort for each dedicated account moved, or why none is named.

    Nothing where none is moved, and on a voucher that was cancelled: the bank's papers are the blue one's.
    """
    rows = [row for evidence in Evidences(book).of(voucher) for row in _evidence_rows(book, voucher, evidence)]
    columns = tuple(map(Column, ("单据", "账户", "文件", "工作表", "行")))
    return [Table(columns, tuple(rows), "佐证（银行的单据）")] if rows else []


def _evidence_rows(book: Book, voucher: Voucher, evidence: Evidence) -> list[Row]:
    account = next(item.name for item in book.pool.account if item.slug == evidence.account)
    head = (Words(evidence.sort), Words(account))
    if evidence.source is None:
        return [Row((*head, Words(evidence.said, span=3)))]
    found = Row((*head, *_place_cells(book, evidence.source)))
    # The row that a voucher was read from is written out among its sources.
    return [found] if evidence.source in voucher.sources else [found, _text_row(book, evidence.source, 5)]


def _place_cells(book: Book, source: Source) -> tuple[Cell, ...]:
    reading = book.reading(source.digest16)
    file = f"{reading.file.name}（{source.digest16}）" if reading else source.digest16
    return Words(file), words(source.sheet), Count(source.row)


def _text_row(book: Book, source: Source, width: int) -> Row:
    """The row's text under its place, across the whole table."""
    reading = book.reading(source.digest16)
    if reading is None:
        return Row((Words("（账套内没有该文件的读取记录）", span=width),))
    found = next((row for row in reading.rows if (row.line.sheet, row.line.row) == (source.sheet, source.row)), None)
    return Row((Words(row_text(found) if found else "（无此行）", span=width),))


def row_text(row: ReadRow) -> str:
    """A file's row as it was read: each filled cell under its heading.

    Tabs and other marks without a shape, with which banks pad their cells, become blanks here; the reading in
    the books keeps them.
    """
    return "；".join(f"{column_title(_shown(title))}：{_shown(text)}" for title, text in row.cells if _shown(text))


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text).strip()
