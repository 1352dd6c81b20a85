"""The loans in the pool: how many, how much, whose, how good, and when they fall due."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ledger.events import LoanIncluded, LoanReleased, TapeConfirmed, TermExtended
from ledger.ids import IP_TYPES
from ledger.openitems import LoanState
from ledger.views import loan_states
from reports.monthly.figures import Block, Figure, Line, count, fen
from reports.monthly.period import Period
from reports.render.cells import Rate
from riskpool.facts import GRADES

NON_PERFORMING = frozenset({"substandard", "doubtful", "loss"})
OVERDUE_BANDS = (
    (0, 0, "未逾期"),
    (1, 30, "逾期 1–30 天"),
    (31, 60, "逾期 31–60 天"),
    (61, 90, "逾期 61–90 天"),
    (91, 99_999, "逾期 90 天以上"),
)
MATURITY_BANDS = (
    (-99_999, -1, "已过到期日"),
    (0, 30, "30 天内"),
    (31, 60, "31–60 天"),
    (61, 90, "61–90 天"),
    (91, 99_999, "90 天以上"),
)
SIZES = (("count", "笔数"), ("enterprises", "企业数"), ("principal", "在池本金"))
IP_PREFIXES = {"ZL": "patent", "TM": "trademark", "CR": "copyright", "GI": "geographical_indication"}


@dataclass(frozen=True, slots=True)
class PoolLoan:
    """A loan in force at the month's end: what was filed, how it stands, and its vouchers."""

    filed: LoanIncluded
    state: LoanState
    vouchers: tuple[str, ...]

    @property
    def ip_types(self) -> str:
        """The kinds of rights pledged; a loan on several kinds is one class of its own, so that sums hold."""
        kinds = dict.fromkeys(IP_TYPES[IP_PREFIXES[right[:2]]] for right in sorted(self.filed.rights, reverse=True))
        return "＋".join(kinds)


def loans_in_force(period: Period) -> tuple[PoolLoan, ...]:
    """Loans neither released nor at zero, by bank and number."""
    filed = {event.loan: event for event in period.events(LoanIncluded)}
    return tuple(
        PoolLoan(filed[state.loan], state, tuple(period.on_account(period.book.chart.loan(state.bank, state.loan))))
        for state in loan_states(period.book, period.until_on)
        if not state.released and state.outstanding_fen
    )


def loan_blocks(period: Period) -> list[Block]:
    """All blocks about loans."""
    loans = loans_in_force(period)
    return [
        _by_bank(period, loans),
        _movements(period),
        _grouped("ip", "七、按知识产权类型", "类型", loans, lambda loan: loan.ip_types),
        _grouped("town", "八、按镇街", "镇街", loans, lambda loan: loan.filed.town or "未填"),
        _grouped("industry", "九、按行业", "行业", loans, lambda loan: loan.filed.industry or "未填"),
        _quality(period, loans),
        _banded("overdue", "十一、按逾期天数（银行最近一次月末确认）", loans, OVERDUE_BANDS, _days_overdue),
        _grades(loans),
        _banded(
            "maturing",
            "十三、到期分布（展期已备案的按展期后）",
            loans,
            MATURITY_BANDS,
            lambda loan: _days_left(period, loan),
        ),
    ]


def _numbers(loans: Iterable[PoolLoan]) -> list[str]:
    return [no for loan in loans for no in loan.vouchers]


def _sizes(loans: Sequence[PoolLoan]) -> tuple[Figure, Figure, Figure]:
    numbers = _numbers(loans)
    enterprises = len({loan.filed.uscc or loan.filed.borrower for loan in loans})
    principal = sum(loan.state.outstanding_fen for loan in loans)
    return count(len(loans), numbers), count(enterprises, numbers), fen(principal, numbers)


def _by_bank(period: Period, loans: Sequence[PoolLoan]) -> Block:
    lines = []
    for bank in period.book.pool.bank:
        own = [loan for loan in loans if loan.state.bank == bank.code]
        decided = [loan for loan in own if loan.state.decided]
        figure = fen(sum(loan.state.outstanding_fen for loan in decided), _numbers(decided))
        lines.append(Line(bank.code, bank.name, (*_sizes(own), figure)))
    columns = (*SIZES, ("decided", "其中：已裁决"))
    # A firm may borrow from two banks, so the firms of the banks are not added up.
    return Block("loans", "五、在池贷款（按银行）", "银行", columns, tuple(lines), ("count", "principal", "decided"))


def _movements(period: Period) -> Block:
    included = period.events(LoanIncluded, "month")
    released = period.events(LoanReleased, "month")
    groups: tuple[tuple[str, str, list[LoanIncluded] | list[LoanReleased] | list[TermExtended]], ...] = (
        ("opening", "期初建账转入", [event for event in included if event.opening]),
        ("new", "新增入库", [event for event in included if not event.opening and not event.renews]),
        ("renewed", "续贷入库", [event for event in included if not event.opening and event.renews]),
        ("settled", "结清出池", [event for event in released if event.reason == "settled"]),
        ("replaced", "因续贷出池", [event for event in released if event.reason == "renewed"]),
        ("extended", "展期备案", period.events(TermExtended, "month")),
    )
    filed = {event.loan: event for event in period.events(LoanIncluded)}
    lines = []
    for key, title, events in groups:
        numbers = period.numbers(events)
        amount = sum(filed[event.loan].principal_fen for event in events if event.loan in filed)
        lines.append(Line(key, title, (count(len(events), numbers), fen(amount, numbers))))
    return Block("movements", "六、本月变动", "变动", (("count", "笔数"), ("principal", "合同金额")), tuple(lines))


def _grouped(key: str, title: str, label: str, loans: Sequence[PoolLoan], of: Callable[[PoolLoan], str]) -> Block:
    """Loans by a word of their own, the largest principal first. The word is the line's key."""
    sizes = {name: _sizes([loan for loan in loans if of(loan) == name]) for name in {of(loan) for loan in loans}}
    ordered = sorted(sizes.items(), key=lambda item: (-item[1][2].value, item[0]))
    lines = [Line(name.replace(".", "．"), name, figures) for name, figures in ordered]
    return Block(key, title, label, SIZES, tuple(lines), ("count", "principal"))


def _quality(period: Period, loans: Sequence[PoolLoan]) -> Block:
    lines = []
    for bank in period.book.pool.bank:
        own = [loan for loan in loans if loan.state.bank == bank.code]
        late = [loan for loan in own if loan.state.overdue_days]
        bad = [loan for loan in own if loan.state.grade in NON_PERFORMING]
        total = fen(sum(loan.state.outstanding_fen for loan in own), _numbers(own))
        overdue = fen(sum(loan.state.outstanding_fen for loan in late), _numbers(late))
        npl = fen(sum(loan.state.outstanding_fen for loan in bad), _numbers(bad))
        names = (f"quality.{bank.code}.npl", f"quality.{bank.code}.total")
        lines.append(Line(bank.code, bank.name, (total, overdue, npl, Rate(npl.value, total.value, names))))
    columns = (("total", "在池本金"), ("overdue", "逾期本金"), ("npl", "不良本金"), ("npl_ratio", "不良率"))
    return Block("quality", "十、资产质量（按银行）", "银行", columns, tuple(lines), ("total", "overdue", "npl"))


def _days_overdue(loan: PoolLoan) -> int:
    return loan.state.overdue_days


def _days_left(period: Period, loan: PoolLoan) -> int:
    return (loan.state.due_on - period.issue.as_of) // timedelta(days=1)


def _banded(
    key: str,
    title: str,
    loans: Sequence[PoolLoan],
    bands: Sequence[tuple[int, int, str]],
    days: Callable[[PoolLoan], int],
) -> Block:
    lines = [
        Line(str(at), name, _sizes([loan for loan in loans if low <= days(loan) <= high]))
        for at, (low, high, name) in enumerate(bands, 1)
    ]
    return Block(key, title, "区间", SIZES, tuple(lines), ("count", "principal"))


def _grades(loans: Sequence[PoolLoan]) -> Block:
    grades: list[tuple[str | None, str]] = [*((key, word) for word, key in GRADES.items()), (None, "银行尚未确认")]
    lines = [
        Line(grade or "none", name, _sizes([loan for loan in loans if loan.state.grade == grade]))
        for grade, name in grades
    ]
    return Block("grades", "十二、五级分类", "分类", SIZES, tuple(lines), ("count", "principal"))


def tape_gaps(period: Period) -> tuple[str, ...]:
    """Banks whose tape of this month is not in the books, in a sentence each."""
    month = f"{period.issue.as_of:%Y-%m}"
    told = {event.bank for event in period.book.events(TapeConfirmed) if event.month == month}
    owing = {loan.state.bank for loan in loans_in_force(period)} - told
    return tuple(f"{period.book.pool.bank_of(code).name}：{month} 月末贷款明细尚未登记" for code in sorted(owing))
