"""The small file that says what a foreign table's columns mean: read strictly, nothing guessed.

Every cell's reader is made once for a table, so that a row costs little more than its cells.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ledger.faults import Fault, FaultKind, Place, Refusal, toml_words
from ledger.money import MAX_FEN, fen_of_text
from riskpool.facts import FACTS, SUSPENSION, FactValue, parse_fact
from riskpool.literals import quantity

BAD_MAP = FaultKind("回测-对应-01", "对应文件写法不对", "写法见 docs/backtest.md 的对应文件", "按所列项目改正后重试。")
NO_COLUMN = FaultKind("回测-对应-02", "表头没有对应文件所指的栏目", "表头中的栏名", "核对栏名，大小写和空格须一致。")
KINDS = (BAD_MAP, NO_COLUMN)

UNITS = {"分": 1, "元": 100, "万元": 1_000_000}
"""Unit of the table's amounts → fen. A foreign currency's main unit of two decimals is written 元."""
ENCODINGS = ("utf-8", "gb18030")
DATE_FORMS = ("yyyy-mm-dd", "yyyy/mm/dd", "yyyymmdd", "mm/dd/yyyy", "dd/mm/yyyy")
STATUSES = {"lost": "已核销", "paid": "已结清", "open": "未结清", "void": "未放款或已撤销"}
"""What a status can mean, with its title; only a lost loan is decided."""

NO_NUMBER = "没有编号"
NO_STATUS = "状态空白"
UNKNOWN_STATUS = "状态未列入对应文件"
BAD_AMOUNT = "金额读不出"
BAD_DAY = "日期读不出"
NO_DAY = "核销而无日期"
NO_LOSS = "核销而无损失"
PAID_WITH_LOSS = "已结清而有损失"
OPEN_WITH_LOSS = "未核销而有损失"
LOSS_ABOVE = "损失大于放款"
RECOVERED_ABOVE = "追回大于损失"
COVER_ABOVE = "保障额大于贷款额"
BAD_WORD = "用语读不出"

AMOUNT_MARKS = "0123456789.-+()"
"""What an amount is written with: leaving it out would make another amount of it, or a loss of a negative figure."""

_TABLE = ("encoding", "delimiter", "unit", "dates")
_COLUMNS = ("loan", "status", "disbursed", "loss", "lost_on")
_MORE = ("recovered", "recovery_cost", "covered", "covered_of")


class Odd(Exception):  # noqa: N818 - a row's condition, turned into a line of the report
    """A row that is not decided: the kind of its oddity and what was read."""

    def __init__(self, kind: str, found: str) -> None:
        super().__init__(kind, found)
        self.kind, self.found = kind, found


class Loan(NamedTuple):
    """A sound row: amounts in fen; ``covered`` is part and whole of the table's own cover; facts of a lost loan."""

    number: str
    status: str
    disbursed: int
    loss: int
    recovered: int
    cost: int
    covered: tuple[int, int] | None
    facts: dict[str, FactValue]


@dataclass(frozen=True, slots=True)
class LoanMap:
    """A map as read. ``words`` gives, for a fact, what each cell of its column means."""

    file: str
    encoding: str
    delimiter: str
    unit: int
    strip: str
    dates: str
    named: Mapping[str, str]
    statuses: Mapping[str, str]
    facts: Mapping[str, str]
    words: Mapping[str, Mapping[str, FactValue]]
    stated: Mapping[str, FactValue]
    why: Mapping[str, str] = field(default_factory=dict)

    def columns_of(self, header: Sequence[str], file: str) -> "Columns":
        """The readers of a table with this header; a column that is not there, or is there twice, is a fault."""
        asked = [*self.named.values(), *self.facts.values()]
        faults = [
            Fault(
                NO_COLUMN,
                f"栏名「{name}」在表头出现 {list(header).count(name)} 次",
                Place(file, row=1),
                expected="、".join(header),
            )
            for name in dict.fromkeys(asked)
            if list(header).count(name) != 1
        ]
        if faults:
            raise Refusal(faults)
        return Columns(self, {name: list(header).index(name) for name in asked}, len(header))


def read_map(content: bytes, file: str) -> LoanMap:
    """Read a map; one refusal carries every fault found."""
    try:
        raw = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal([Fault(BAD_MAP, toml_words(error), Place(file))]) from None
    return _Reading(raw, file).map()


class _Reading:
    """A map being read: faults gathered on the way."""

    def __init__(self, raw: Mapping[str, Any], file: str) -> None:
        self.raw, self.file = raw, file
        self.faults: list[Fault] = []

    def fault(self, found: str, expected: str = "") -> None:
        self.faults.append(Fault(BAD_MAP, found, Place(self.file), expected=expected))

    def section(self, name: str) -> dict[str, Any]:
        found = self.raw.get(name, {})
        if not isinstance(found, dict):
            self.fault(f"[{name}] 不是一节")
            return {}
        return found

    def texts(self, name: str, needed: Sequence[str], more: Sequence[str] = ()) -> dict[str, str]:
        found = self.section(name)
        for key in [key for key in needed if key not in found]:
            self.fault(f"[{name}] 没有 {key}", "、".join((*needed, *more)))
        for key, value in found.items():
            if key not in (*needed, *more) or not isinstance(value, str):
                self.fault(f"[{name}] {key} = {value!r}", "、".join((*needed, *more)))
        return {key: value for key, value in found.items() if isinstance(value, str)}

    def map(self) -> LoanMap:
        for name in sorted(set(self.raw) - {"table", "columns", "status", "facts", "words", "stated", "why"}):
            self.fault(f"[{name}]", "table、columns、status、facts、words、stated、why")
        table = self.texts("table", _TABLE, ("strip",))
        for key, allowed in (("encoding", ENCODINGS), ("unit", tuple(UNITS)), ("dates", DATE_FORMS)):
            if key in table and table[key] not in allowed:
                self.fault(f"[table] {key} = {table[key]!r}", "、".join(allowed))
        if len(table.get("delimiter", ",")) != 1:
            self.fault(f"[table] delimiter = {table['delimiter']!r}", "一个字符")
        for mark in sorted(set(table.get("strip", "")) & set(AMOUNT_MARKS)):
            self.fault(f"[table] strip = {table['strip']!r} 含「{mark}」", "不是数字、小数点、正负号、括号的字符")
        named = self.texts("columns", _COLUMNS, _MORE)
        if ("covered" in named) != ("covered_of" in named):
            self.fault("[columns] covered 与 covered_of", "两项都写或都不写")
        facts = self.facts()
        stated, why = self.stated()
        for name in sorted(set(facts) & set(stated)):
            self.fault(f"{name} 既在 [facts] 又在 [stated]", "只写一处")
        statuses, words = self.statuses(), self.words(facts)
        if self.faults:
            raise Refusal(self.faults)
        return LoanMap(
            self.file,
            table["encoding"],
            table["delimiter"],
            UNITS[table["unit"]],
            table.get("strip", ""),
            table["dates"],
            named,
            statuses,
            facts,
            words,
            stated,
            why,
        )

    def facts(self) -> dict[str, str]:
        found = {}
        for name, column in self.section("facts").items():
            if name == "approved_earlier" or name not in FACTS or FACTS[name].dimension in ("multiple", "words"):
                self.fault(f"[facts] {name}", "docs/rules.md 第 7 节所列的事实（倍数、几个用语的除外，写在 [stated]）")
            elif not isinstance(column, str):
                self.fault(f"[facts] {name} = {column!r}", "栏名")
            else:
                found[name] = column
        return found

    def statuses(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for meaning, cells in self.section("status").items():
            if meaning not in STATUSES or not isinstance(cells, list) or not all(isinstance(one, str) for one in cells):
                self.fault(f"[status] {meaning} = {cells!r}", "、".join(STATUSES) + "，各写一列用语")
                continue
            for cell in cells:
                if cell in found or not cell.strip():
                    self.fault(f"[status] {cell!r}", "不空，且只列一次")
                found[cell] = meaning
        if "lost" not in found.values():
            self.fault("[status] 没有 lost", "核销的写法至少一种")
        return found

    def words(self, facts: Mapping[str, str]) -> dict[str, dict[str, FactValue]]:
        found: dict[str, dict[str, FactValue]] = {}
        for name, cells in self.section("words").items():
            if name not in facts or not isinstance(cells, dict):
                self.fault(f"[words] {name}", "[facts] 已指明栏目的事实")
                continue
            for cell, said in cells.items():
                value = _value(name, said)
                if value is None:
                    self.fault(f"[words.{name}] {cell} = {said!r}", _expected(name))
                else:
                    found.setdefault(name, {})[str(cell)] = value
        for name in facts:
            spec = FACTS[name]
            if (spec.dimension == "flag" or spec.words) and name not in found:
                self.fault(f"[facts] {name} 没有 [words.{name}]", "每种写法的意思")
        return found

    def stated(self) -> tuple[dict[str, FactValue], dict[str, str]]:
        found: dict[str, FactValue] = {}
        given, why = self.section("stated"), self.section("why")
        for name, said in given.items():
            known = name.startswith(SUSPENSION) or (name in FACTS and name != "approved_earlier")
            value = _value(name, said) if known else None
            if value is None:
                self.fault(f"[stated] {name} = {said!r}", _expected(name) if known else "docs/rules.md 所列的事实")
            else:
                found[name] = value
            if not isinstance(why.get(name), str) or not str(why[name]).strip():
                self.fault(f"[why] 没有 {name}", "一律这样取值的理由")
        for name in sorted(set(why) - set(given)):
            self.fault(f"[why] {name}", "[stated] 所列的事实")
        return found, {name: str(reason) for name, reason in why.items()}


def _expected(name: str) -> str:
    spec = FACTS.get(name)
    if spec is None:
        return "状态的名称"
    forms = {"money": "如 0元", "flag": "true 或 false", "day": "日期", "months": "如 12个月", "multiple": "如 5倍"}
    return "、".join(spec.words) or forms.get(spec.dimension, "用语")


def _value(name: str, said: object) -> FactValue | None:
    """A value in the officer's words: an amount with its unit, a day, true or false, a word."""
    if name.startswith(SUSPENSION):
        return said if isinstance(said, str) and said else None
    spec = FACTS[name]
    if spec.dimension == "flag":
        return said if isinstance(said, bool) else None
    if spec.dimension == "day":
        return said.isoformat() if type(said) is date else None
    if spec.dimension in ("money", "months", "multiple"):
        found = quantity(said)
        return found.value if found and found.dimension == spec.dimension else None
    return parse_fact(name, said) if isinstance(said, str) else None


Reader = Callable[[str], FactValue]


class Columns:
    """One table's columns as readers. ``lone`` are facts read from the loan's own number: no two rows share one."""

    def __init__(self, loans: LoanMap, places: Mapping[str, int], width: int) -> None:
        self.width = width
        self.loans = loans
        self.place = {name: places[column] for name, column in loans.named.items()}
        self.facts = tuple(loans.facts)
        self.lone = tuple(name for name, column in loans.facts.items() if column == loans.named["loan"])
        # A fact whose column is read anyway takes what was read there.
        read = {loans.named[name]: name for name in ("loss", "disbursed")}
        money = {name: column for name, column in loans.facts.items() if FACTS[name].dimension == "money"}
        self.losses = tuple(name for name, column in money.items() if read.get(column) == "loss")
        self.principals = tuple(name for name, column in money.items() if read.get(column) == "disbursed")
        self.readers: list[tuple[str, int, Reader]] = [
            (name, places[column], self._reader(name))
            for name, column in loans.facts.items()
            if name not in (*self.losses, *self.principals)
        ]
        self.statuses, self.strip, self.unit = loans.statuses, loans.strip, loans.unit
        self.day: Callable[[str], str] = {
            "yyyy-mm-dd": lambda text: text,
            "yyyy/mm/dd": _slashed,
            "yyyymmdd": lambda text: f"{text[:4]}-{text[4:6]}-{text[6:]}",
            "mm/dd/yyyy": _american,
            "dd/mm/yyyy": _european,
        }[loans.dates]

    def _reader(self, name: str) -> Reader:
        spec, words = FACTS[name], self.loans.words.get(name)
        if words is not None:

            def word(text: str) -> FactValue:
                found = words.get(text.strip())
                if found is None:
                    raise Odd(BAD_WORD, f"{spec.title}：{text}")
                return found

            return word
        if spec.dimension == "money":
            return lambda text: self.amount(text, spec.title)
        if spec.dimension == "day":
            return lambda text: self.iso(text, spec.title)
        if spec.dimension == "months":
            return lambda text: _count(text, spec.title)
        return lambda text: text.strip() or _blank(spec.title)

    def number_of(self, cells: Sequence[str]) -> str:
        """The loan's number as far as the row has one."""
        place = self.place["loan"]
        return cells[place].strip() if place < len(cells) else ""

    def amount(self, text: str, title: str) -> int:
        """An amount in fen, never negative."""
        plain = text.strip()
        for mark in self.strip:
            plain = plain.replace(mark, "")
        whole, _, cents = plain.partition(".")
        if len(cents) == 2 and len(whole) < 14 and plain.isascii() and whole.isdigit() and cents.isdigit():
            fen: int | None = int(whole + cents)  # the plain form, which most tables use throughout
        else:
            fen = fen_of_text(plain)
        if fen is None or fen < 0:
            raise Odd(BAD_AMOUNT, f"{title}：{text}")
        if self.unit != 100:
            hundredths = fen * self.unit
            if hundredths % 100 or hundredths // 100 > MAX_FEN:
                raise Odd(BAD_AMOUNT, f"{title}：{text}")
            fen = hundredths // 100
        return fen

    def iso(self, text: str, title: str) -> str:
        """A day as ISO text. What Python reads besides (20240105, 2024-W01-5) is no form of the map's."""
        said = self.day(text.strip())
        try:
            day = date.fromisoformat(said).isoformat()
        except ValueError:
            day = ""
        if not day or day != said:
            raise Odd(BAD_DAY, f"{title}：{text}")
        return day

    def checked(self, cells: Sequence[str]) -> Loan:
        """A sound row, or what is odd about it."""
        place = self.place
        number = cells[place["loan"]].strip()
        if not number:
            raise Odd(NO_NUMBER, "")
        said = cells[place["status"]].strip()
        if not said:
            raise Odd(NO_STATUS, "")
        status = self.statuses.get(said)
        if status is None:
            raise Odd(UNKNOWN_STATUS, said)
        disbursed = self.amount(cells[place["disbursed"]], "放款金额")
        loss = self.optional(cells, "loss", "损失金额")
        recovered = self.optional(cells, "recovered", "追回金额")
        self._agree(cells, status, disbursed, loss, recovered)
        if status != "lost":
            return Loan(number, status, disbursed, loss, recovered, 0, None, {})
        cost = self.optional(cells, "recovery_cost", "追偿费用")
        facts = {name: read(cells[index]) for name, index, read in self.readers}
        facts.update(dict.fromkeys(self.losses, loss))
        facts.update(dict.fromkeys(self.principals, disbursed))
        return Loan(number, status, disbursed, loss, recovered, cost, self.cover(cells, disbursed), facts)

    def _agree(self, cells: Sequence[str], status: str, disbursed: int, loss: int, recovered: int) -> None:
        if status != "lost":
            if loss:
                raise Odd(PAID_WITH_LOSS if status == "paid" else OPEN_WITH_LOSS, f"损失 {loss} 分")
            return
        if not loss:
            raise Odd(NO_LOSS, "")
        if loss > disbursed:
            raise Odd(LOSS_ABOVE, f"损失 {loss} 分，放款 {disbursed} 分")
        if recovered > loss:
            raise Odd(RECOVERED_ABOVE, f"追回 {recovered} 分，损失 {loss} 分")
        day = cells[self.place["lost_on"]]
        if not day.strip():
            raise Odd(NO_DAY, "")
        self.iso(day, "核销日")

    def optional(self, cells: Sequence[str], name: str, title: str) -> int:
        """An amount whose cell may be blank (nothing), or whose column the map does not name."""
        place = self.place.get(name)
        text = cells[place] if place is not None else ""
        return self.amount(text, title) if text.strip() else 0

    def cover(self, cells: Sequence[str], disbursed: int) -> tuple[int, int] | None:
        """The table's own cover: part and whole, fen."""
        if "covered" not in self.place:
            return None
        part = self.amount(cells[self.place["covered"]], "保障额")
        place = self.place["covered_of"]
        whole = disbursed if place == self.place["disbursed"] else self.amount(cells[place], "保障额所对的贷款额")
        if part > whole or not whole:
            raise Odd(COVER_ABOVE, f"{part} 分，贷款额 {whole} 分")
        return part, whole


def _slashed(text: str) -> str:
    year, _, rest = text.partition("/")
    month, _, day = rest.partition("/")
    return f"{year}-{month:0>2}-{day:0>2}"


def _american(text: str) -> str:
    month, _, rest = text.partition("/")
    day, _, year = rest.partition("/")
    return f"{year}-{month:0>2}-{day:0>2}"


def _european(text: str) -> str:
    day, _, rest = text.partition("/")
    month, _, year = rest.partition("/")
    return f"{year}-{month:0>2}-{day:0>2}"


def _count(text: str, title: str) -> int:
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 6):
        raise Odd(BAD_WORD, f"{title}：{text}")
    return int(plain)


def _blank(title: str) -> str:
    raise Odd(BAD_WORD, f"{title}：空白")
