"""Kinds of the gate: what a loan or an application must satisfy, its papers, the days a loan must be overdue."""

from collections.abc import Callable
from datetime import date
from functools import cache
from operator import ge, gt, le, lt

from riskpool.calendars import shipped_calendar
from riskpool.clauses.kind import Bound, Clause, Kind, Parameter, Seats
from riskpool.clauses.run import ONE, Figure, Run, Template, WordTest
from riskpool.decision import Effect, Op, Value
from riskpool.facts import FACTS, PAPERS, REST_DAYS
from riskpool.literals import MILLION, ORDER_WORDS, Comparison, Quantity

EFFECT = Parameter("effect", "不符合时", "choice", {"refuse": "不予", "defer": "暂缓", "flag": "只提示"})
AT = Parameter("at", "审查时点", "choice", {"inclusion": "备案时", "application": "申请时"})
WHOLE = (MILLION, f"k{MILLION}")
NO_WHOLE = "核对申请材料，填错的更正后重报；确为零的，这一条没法计算，报主管商办法制定机关解释。"
"""What to do where a ratio has nothing to be taken of."""


COMPARE: dict[Op, Callable[[int, int], bool]] = {"at_least": ge, "above": gt, "at_most": le, "below": lt}
"""The four relations between two plain integers."""


def compared(op: Op, left: int, right: int) -> bool:
    """Whether two plain integers stand in the relation that ``op`` names."""
    return COMPARE[op](left, right)


def judge(run: Run, template: Template, left: Figure, right: Figure, by: Figure = ONE, over: Figure = ONE) -> bool:
    """Add the step ``by × left ⋈ over × right`` and keep what follows when it fails."""
    holds = COMPARE[template.op](by[0] * left[0], over[0] * right[0])
    run.add(template, (by, left, over, right), int(holds))
    if not holds:
        run.note(template)
    return holds


def _bind_require(clause: Clause, _seats: Seats) -> Bound:
    must = clause.parameters["must"]
    if isinstance(must, Comparison):
        return _bind_amount(clause, must)
    assert isinstance(must, bool | tuple), "a requirement is a threshold, words or a flag"
    return _bind_words(clause, (must,) if isinstance(must, bool) else tuple(str(word) for word in must))


def _bind_amount(clause: Clause, must: Comparison) -> Bound:
    fact = clause.word("fact")
    template = Template(clause.no, clause.kind, must.op, fact, effect_of(clause))
    limit = (must.quantity.value, f"p:{clause.no}.must")

    compare, most = COMPARE[must.op], limit[0]

    def require_amount(run: Run) -> None:
        amount = run.money(fact)
        holds = compare(amount[0], most)
        run.trace.append((template, (ONE, amount, ONE, limit), int(holds)))
        if not holds:
            run.note(template)

    return require_amount


def _bind_words(clause: Clause, must: tuple[Value, ...]) -> Bound:
    fact = clause.word("fact")
    template = Template(clause.no, clause.kind, "one_of", fact, effect_of(clause))
    allowed = tuple((word, f"p:{clause.no}.must.{index}") for index, word in enumerate(must))
    test = WordTest(template, f"f:{fact}", allowed)

    def require_word(run: Run) -> None:
        if not run.ask(test, fact):
            run.note(template)

    @cache
    def _nth(index: int) -> WordTest:
        return WordTest(template, f"f:{fact}.{index}", allowed)

    def require_words(run: Run) -> None:
        words = run.fact(fact)
        assert isinstance(words, tuple), f"{fact} is no list of words"
        # Several words (the types of all pledged rights) must each be allowed.
        for index, word in enumerate(words):
            if not run.ask_of(_nth(index), word):
                run.note(template)

    return require_words if FACTS[fact].dimension == "words" else require_word


def _bind_require_papers(clause: Clause, _seats: Seats) -> Bound:
    template = Template(clause.no, clause.kind, "one_of", PAPERS, effect_of(clause))
    asked = tuple((name, f"p:{clause.no}.papers.{index}") for index, name in enumerate(clause.words("papers")))

    def require_papers(run: Run) -> None:
        stated = run.fact(PAPERS)
        assert isinstance(stated, tuple), "papers are a list of names"
        came = tuple((name, f"f:{PAPERS}.{index}") for index, name in enumerate(stated))
        # A step for each paper, also after one that is missing: whoever has to bring them hears of all at once.
        for paper in asked:
            is_there = paper[0] in stated
            run.trace.append((template, (paper, *came), int(is_there)))
            if not is_there:
                run.note(template)

    return require_papers


def _bind_require_order(clause: Clause, _seats: Seats) -> Bound:
    first, second = clause.word("fact"), clause.word("than")
    template = Template(clause.no, clause.kind, ORDER_WORDS[clause.word("must")], first, effect_of(clause))

    def require_order(run: Run) -> None:
        judge(run, template, run.day(first), run.day(second))

    return require_order


def _bind_require_ratio(clause: Clause, _seats: Seats) -> Bound:
    fact, over, must = clause.word("fact"), clause.word("over"), clause.threshold("must")
    template = Template(clause.no, clause.kind, must.op, fact, effect_of(clause))
    limit = (must.quantity.value, f"p:{clause.no}.must")

    def require_ratio(run: Run) -> None:
        # fact ÷ over by cross-multiplication: 10⁶ × fact against rate × over, nothing is divided or rounded.
        part, whole = run.money(fact), run.money(over)
        if whole[0] <= 0:
            raise run.wrong_fact(over, whole[0], "大于零的金额，才能作分母", NO_WHOLE)
        judge(run, template, part, whole, WHOLE, limit)

    return require_ratio


def _bind_overdue_day(clause: Clause, _seats: Seats) -> Bound:
    since, must = clause.word("since"), clause.threshold("must")
    counting = Template(clause.no, clause.kind, "sub", "overdue_days")
    judging = Template(clause.no, clause.kind, must.op, "overdue_days", effect_of(clause))
    limit = (must.quantity.value, f"p:{clause.no}.must")

    def overdue_day(run: Run) -> None:
        # The due day itself is not counted (民法典 201), which is what plain subtraction says.
        until, due = run.day("assessed_on"), run.day(since)
        judge(run, judging, run.add(counting, (until, due), until[0] - due[0]), limit)

    return overdue_day


def last_day(since: date, within: Quantity) -> date:
    """The last day of a period: working days are counted one by one, a period of days never ends on a rest day."""
    calendar = shipped_calendar()
    if within.dimension == "workdays":
        return calendar.after_working_days(since, within.value)
    return calendar.working_day_from(date.fromordinal(since.toordinal() + within.value))


def _bind_deadline(clause: Clause, _seats: Seats) -> Bound:
    fact, since, within = clause.word("fact"), clause.word("since"), clause.parameters["within"]
    assert isinstance(within, Quantity), "a period is a quantity"
    counting = Template(clause.no, clause.kind, "sum", "last_day")
    judging = Template(clause.no, clause.kind, "at_most", fact, effect_of(clause))
    period = (within.value, f"p:{clause.no}.within")
    resting = f"{REST_DAYS}{since}.{within.text.replace(' ', '')}"
    evidence = shipped_calendar().source

    def deadline(run: Run) -> None:
        start, done = run.day(since), run.day(fact)
        until = last_day(date.fromordinal(start[0]), within).toordinal()
        rest = (until - start[0] - period[0], f"f:{resting}")
        run.derived[resting] = (rest[0], evidence)
        judge(run, judging, done, run.add(counting, (start, period, rest), until))

    return deadline


def effect_of(clause: Clause) -> Effect:
    """What a failed condition does."""
    effects: dict[str, Effect] = {"refuse": "refuse", "defer": "defer", "flag": "flag"}
    return effects[clause.word("effect")]


REQUIRE = Kind(
    "require",
    "条件",
    "eligibility",
    "eligibility",
    (Parameter("fact", "事实", "fact"), Parameter("must", "要求", "must"), EFFECT, AT),
    _bind_require,
)
REQUIRE_ORDER = Kind(
    "require_order",
    "先后",
    "eligibility",
    "eligibility",
    (
        Parameter("fact", "先看的日期", "day"),
        Parameter("must", "先后要求", "choice", {word: word for word in ORDER_WORDS}),
        Parameter("than", "与之比较的日期", "day"),
        EFFECT,
        AT,
    ),
    _bind_require_order,
)
REQUIRE_RATIO = Kind(
    "require_ratio",
    "占比",
    "eligibility",
    "eligibility",
    (
        Parameter("fact", "分子", "amount"),
        Parameter("over", "分母", "amount"),
        Parameter("must", "要求", "threshold:rate"),
        EFFECT,
        AT,
    ),
    _bind_require_ratio,
)
REQUIRE_PAPERS = Kind(
    "require_papers",
    "材料",
    "eligibility",
    "papers",
    (Parameter("papers", "须交的材料", "papers"), Parameter("effect", "缺少时", "choice", EFFECT.choices)),
    _bind_require_papers,
)
OVERDUE_DAY = Kind(
    "overdue_day",
    "逾期天数",
    "clock",
    "clock",
    (Parameter("since", "起算日", "day"), Parameter("must", "要求", "threshold:days"), EFFECT),
    _bind_overdue_day,
)
DEADLINE = Kind(
    "deadline",
    "期限",
    "clock",
    "deadline",
    (
        Parameter("fact", "须在期限内的日期", "day"),
        Parameter("since", "起算日", "day"),
        Parameter("within", "期限", "period"),
        EFFECT,
        Parameter("use", "用于", "choice", {"application": "申请", "return": "返还追偿款"}),
    ),
    _bind_deadline,
)
KINDS = (REQUIRE, REQUIRE_ORDER, REQUIRE_RATIO, REQUIRE_PAPERS, OVERDUE_DAY, DEADLINE)
