"""What the guard lets through and what it refuses, on text alone."""

import time
from datetime import date

import pytest
from fava.core.filters import LEXER

from desk.server import guard

READING = [
    "SELECT count(*)",
    "SELECT account, sum(position) WHERE account ~ '银行存款' GROUP BY account",
    'SELECT account WHERE account_sortkey(account) ~ "^[01]"',
    "SELECT date, narration WHERE 'case-CASE-2023-001' IN links",
    "SELECT * FROM year = 2023 WHERE number > 100",
    "BALANCES FROM year = 2023",
    "JOURNAL 'Assets:1002银行存款'",
    "select account where narration !~ '出资'",
    "SELECT grep('出资', narration)",
    "SELECT 1; .output x",  # beanquery reads what follows ; on the line as a comment
]
OTHER = [
    *(".output /tmp/x", "  .output x", "\n.output x", "/* */ .output x", ";\n.output x", "\ufeff.output x"),
    *("\u3000.output x", "\x00.output x", ".run", ".tables", ".explain SELECT 1", ".set format csv", "run x", "run"),
    *("help", "?", "!ls", "reload", "parse SELECT 1", "exit", "", " ", ";", "PRINT", "EXPLAIN SELECT 1"),
    *("CREATE TABLE t USING 'csv:/etc/passwd'", "create\ttable t (a int)", "INSERT INTO t VALUES (1)"),
    *("(" * 300, "SELECT " + "(" * 60 + "1" + ")" * 60, "SELECT " + "1 + " * 2_000 + "1"),
]
FREEZING = [
    "SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' ~ '(a+)+$'",
    "SELECT date WHERE narration ~ 'a*a*a*a*b'",
    "SELECT date WHERE narration !~ '(x|x)(x|x)(x|x)y'",
    "SELECT date WHERE account ~ narration",
    "SELECT date WHERE narration ~ ('(a' + '+)+$')",
    "SELECT date WHERE '(a+)+$' ?~ narration",
    "SELECT date WHERE '(a+)+$' ?~ any (tags)",
    "SELECT grep('(a+)+$', narration)",
    "SELECT GREPN('(a+)+$', narration, 0)",
    "SELECT subst('(a+)+$', '', narration)",
    "SELECT findfirst('(a+)+$', tags)",
    "SELECT date FROM has_account('(a+)+$')",
    r"SELECT date WHERE account ~ '\w'",
    "SELECT date WHERE account ~ '['",
    "SELECT date WHERE account ~ 'a{1,9}'",
    "JOURNAL '(a+)+$'",
    "JOURNAL 'x\" OR narration ~ \"(a+)+'",
    "SELECT date_bin('1 month', date, 0001-01-01)",
    "SELECT count(*) HAVING first(narration) ~ '(a+)+$'",
    "SELECT date ORDER BY grep('(a+)+$', narration)",
    "SELECT a FROM (SELECT narration AS a WHERE narration ~ '(a+)+$')",
]


@pytest.mark.parametrize("text", READING)
def test_reading_queries_pass(text: str) -> None:
    guard.check_query(text)


@pytest.mark.parametrize("text", [*OTHER, *FREEZING, "SELECT " + "a" * guard.MAX_QUERY])
def test_all_else_is_refused_in_chinese_and_at_once(text: str) -> None:
    begun = time.monotonic()
    with pytest.raises(guard.Unsafe, match=r"[一-鿿]"):
        guard.check_query(text)
    assert time.monotonic() - begun < 2


def _tokens(text: str) -> list[tuple[str, object]]:
    return [(token.type, token.value) for token in LEXER.lex(text)]


@pytest.mark.parametrize(
    "text",
    [
        *("#voucher", "^case-CASE-2023-001", "#voucher -#red", "出资", 'any(account:"Assets:1002银行存款")'),
        *(r'payee:"^示例\(虚构\)\.$"', "> 1000", 'kind:"LoanIncluded"', "-(#voucher, #register)"),
    ],
)
def test_plain_filters_pass(text: str) -> None:
    guard.check_filter(text, iter(_tokens(text)))


@pytest.mark.parametrize(
    "text", ['"(a+)+$"', "a+", 'narration:"(x|x)*y"', 'any(account:"(.+)+!")', "(" * 60, "-" * 60 + "a"]
)
def test_freezing_filters_are_refused(text: str) -> None:
    with pytest.raises(guard.Unsafe):
        guard.check_filter(text, iter(_tokens(text) if text[0] not in "(-" else ()))


@pytest.mark.parametrize("text", ["(.+)+!", "a*", "Assets:(1002)", "[", "\\", "x" * (guard.MAX_FILTER + 1)])
def test_account_filter_takes_names_only(text: str) -> None:
    with pytest.raises(guard.Unsafe):
        guard.check_account(text)
    guard.check_account("Assets:1002银行存款:01中国银行:01专户")


def test_spans_stay_within_what_books_can_hold() -> None:
    guard.check_span("2023-03", date(2023, 3, 1), date(2023, 4, 1))
    for begin, end in ((None, None), (date(1, 1, 1), date(2, 1, 1)), (date(2023, 4, 1), date(2023, 3, 1))):
        with pytest.raises(guard.Unsafe, match="日期"):
            guard.check_span("x", begin, end)


def test_turnstile_refuses_when_the_one_before_never_ends() -> None:
    stile = guard.Turnstile(wait_seconds=0.05)
    with stile.turn(), pytest.raises(guard.Unsafe, match="排队"), stile.turn():
        pass
    with stile.turn():
        pass
