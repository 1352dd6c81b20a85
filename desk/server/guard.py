"""What a request may ask of Fava: queries that only read, filters and patterns that can't freeze the server.

Python's ``re`` holds the interpreter while it backtracks, so one bad pattern stops every user
(``(.+)+!`` in a filter: over 8 s, measured). Patterns are therefore held to literal text, ``.``, ``^``
and ``$``: linear by construction. BQL statements are parsed, never matched by their first word, because the
shell behind Fava also knows ``.output``, which empties any file that it is given.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import NoReturn

from beanquery import parser
from beanquery.parser import ast

MAX_QUERY = 4_000
MAX_FILTER = 400
MAX_TIME = 60
MAX_DEPTH = 40
FIRST_YEAR, LAST_YEAR = 1990, 2100

_META = frozenset("(){}*+?|")
"""Signs that repeat, group or branch: without them a pattern is matched in one pass. ``[ab]`` is one character."""
_PATTERN_FIRST = {"grep": 0, "grepn": 0, "subst": 0, "findfirst": 0, "has_account": 0}
"""BQL functions that take a regular expression, and the index of that operand."""
_QUANTIFIED = frozenset({"Any", "All"})
"""By name: ``ast.Any`` reads as typing's to a checker."""
_SLOW = frozenset({"date_bin"})
"""BQL functions whose running time a constant in the query decides."""


class Unsafe(Exception):  # noqa: N818 - a request is refused; the program did not fail
    """A request that the guard refuses; ``str()`` is the sentence the officer reads."""


def _refuse(text: str) -> NoReturn:
    raise Unsafe(text)


def check_pattern(text: str, what: str) -> None:
    """Refuse a regular expression that is more than literal text, ``.``, ``^``, ``$`` and escaped signs."""
    if len(text) > MAX_FILTER:
        _refuse(f"{what}过长：最多 {MAX_FILTER} 个字符。")
    signs = iter(text)
    for sign in signs:
        if sign in _META:
            _refuse(f"{what}中不能使用正则符号「{sign}」：请直接输入要查找的文字。")
        if sign == "\\" and not _is_sign(following := next(signs, "")):
            _refuse(f"{what}中不能使用正则写法「\\{following}」：请直接输入要查找的文字。")
    try:
        re.compile(f"(^|:){text}(:|$)")  # the form in which beancount uses an account's name
    except re.error:
        _refuse(f"{what}读不懂：请直接输入要查找的文字。")


def _is_sign(char: str) -> bool:
    return bool(char) and not char.isalnum() and char != "_"


def check_query(text: str) -> None:
    """Refuse all but SELECT, BALANCES and JOURNAL statements, and any pattern that could freeze the server."""
    if len(text) > MAX_QUERY:
        _refuse(f"查询语句过长：最多 {MAX_QUERY} 个字符。")
    if text.count("(") > MAX_DEPTH:
        _refuse(f"查询语句的括号过多：最多 {MAX_DEPTH} 层。")
    try:
        statement = parser.parse(text)  # type: ignore[no-untyped-call] # beanquery carries no types
    except Exception:  # noqa: BLE001 - the parser dies in many ways on odd text (IndexError, RecursionError)
        _refuse("查询语句读不懂。只能使用 SELECT、BALANCES、JOURNAL 查询语句。")
    if not isinstance(statement, ast.Select | ast.Balances | ast.Journal):
        _refuse("只能使用 SELECT、BALANCES、JOURNAL 查询语句：本系统的账簿页面只读。")
    for node in statement.walk():
        _check_node(node)


def _check_node(node: object) -> None:
    match node:
        case ast.Journal(account=str(account)):
            _check_literal(ast.Constant(account))
        case ast.Match() | ast.NotMatch():
            _check_literal(node.right)
        case ast.Matches():
            _check_literal(node.left)
        case _ if type(node).__name__ in _QUANTIFIED and "~" in str(getattr(node, "op", "")):
            _check_quantified(node)
        case ast.Function(fname=str(name)):
            _check_function(name.lower(), node.operands)
        case ast.Placeholder():
            _refuse("查询语句中不能使用参数占位符。")


def _check_quantified(node: object) -> None:
    # any(…) and all(…): "?~" has its pattern on the left.
    side = "left" if "?" in str(getattr(node, "op", "")) else "right"
    _check_literal(getattr(node, side))


def _check_function(name: str, operands: list[object]) -> None:
    if name in _SLOW:
        _refuse(f"查询语句中不能使用函数 {name}。")
    if name in _PATTERN_FIRST and operands:
        _check_literal(operands[_PATTERN_FIRST[name]])


def _check_literal(node: object) -> None:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        _refuse("查询语句中的匹配模式必须直接写成文字，不能由字段或运算得出。")
    if '"' in node.value or "'" in node.value:
        _refuse("查询语句的匹配模式中不能有引号。")
    check_pattern(node.value, "查询语句的匹配模式")


def check_filter(text: str, tokens: Iterator[tuple[str, object]]) -> None:
    """Refuse Fava's filter text when one of its words is a pattern that could freeze the server.

    ``tokens`` are (type, value) as Fava's own lexer reads them.
    """
    if len(text) > MAX_FILTER:
        _refuse(f"筛选条件过长：最多 {MAX_FILTER} 个字符。")
    if text.count("(") > MAX_DEPTH or text.count("-") > MAX_DEPTH:
        _refuse("筛选条件过于复杂。")
    for kind, value in tokens:
        if kind == "STRING":
            check_pattern(str(value), "筛选条件")


def check_account(text: str) -> None:
    """Refuse an account filter that is more than an account's name or a part of one."""
    check_pattern(text, "科目筛选")


def check_span(text: str, begin: date | None, end: date | None) -> None:
    """Refuse a time filter that names no span of days, or one outside what books can hold."""
    if len(text) > MAX_TIME or begin is None or end is None:
        _refuse("日期读不懂。请写成 2023、2023-03、2023-q1、2023-03-15 或 2023-03 - 2023-06。")
    if not (FIRST_YEAR <= begin.year <= end.year <= LAST_YEAR) or begin >= end:
        _refuse(f"日期超出范围：应在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间，且先后不颠倒。")


class Turnstile:
    """One query at a time: Fava's query shell is shared by all threads and mixes up their answers.

    Measured on stock Fava: 947 of 1,350 concurrent answers were another request's figures, HTTP 200.
    """

    def __init__(self, wait_seconds: float = 20.0) -> None:
        """``wait_seconds`` is how long a query waits for those before it."""
        self._lock = threading.Lock()
        self._wait_seconds = wait_seconds

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the turn; refuse when those before take too long."""
        if not self._lock.acquire(timeout=self._wait_seconds):
            _refuse("查询排队超时：前面的查询还没有结束，请稍后再试。")
        try:
            yield
        finally:
            self._lock.release()
