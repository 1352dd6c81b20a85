"""Kinds of the gate: what a loan or an application must satisfy, and the days a loan must be overdue."""

from riskpool.clauses.kind import Bound, Clause, Kind, Parameter, Seats
from riskpool.clauses.run import ONE, Figure, Run, Template, Word
from riskpool.decision import Effect, Op, Value
from riskpool.facts import FACTS
from riskpool.literals import ORDER_WORDS, Comparison

EFFECT = Parameter("effect", "不符合时", "choice", {"refuse": "不予", "flag": "只提示"})
AT = Parameter("at", "审查时点", "choice", {"inclusion": "备案时", "application": "申请时"})


def compared(op: Op, left: Figure, right: Figure) -> bool:
    """Whether two plain integers stand in the relation that ``op`` names."""
    if op == "at_least":
        return left.value >= right.value
    if op == "above":
        return left.value > right.value
    if op == "at_most":
        return left.value <= right.value
    assert op == "below", f"{op} compares nothing"
    return left.value < right.value


def _judge(run: Run, template: Template, left: Figure, right: Figure) -> bool:
    holds = compared(template.op, left, right)
    run.add(template, (ONE, left, ONE, right), int(holds))
    if not holds and template.effect == "refuse":
        run.refused.append(template.clause)
    return holds


def _bind_require(clause: Clause, _seats: Seats) -> Bound:
    must = clause.parameters["must"]
    if isinstance(must, Comparison):
        return _bind_amount(clause, must)
    assert isinstance(must, bool | tuple), "a requirement is a threshold, words or a flag"
    return _bind_words(clause, (must,) if isinstance(must, bool) else tuple(str(word) for word in must))


def _bind_amount(clause: Clause, must: Comparison) -> Bound:
    fact = clause.word("fact")
    template = Template(clause.no, clause.kind, must.op, fact, _effect(clause))
    limit = Figure(must.quantity.value, f"p:{clause.no}.must")

    def require_amount(run: Run) -> None:
        _judge(run, template, run.money(fact), limit)

    return require_amount


def _bind_words(clause: Clause, must: tuple[Value, ...]) -> Bound:
    fact = clause.word("fact")
    template = Template(clause.no, clause.kind, "one_of", fact, _effect(clause))
    allowed = tuple(Word(word, f"p:{clause.no}.must.{index}") for index, word in enumerate(must))
    several = FACTS[fact].dimension == "words"

    def require_words(run: Run) -> None:
        value = run.fact(fact)
        # Several words (the types of all pledged rights) must each be allowed.
        subjects = (
            [(f"f:{fact}.{index}", word) for index, word in enumerate(value)]
            if several and isinstance(value, tuple)
            else [(f"f:{fact}", value)]
        )
        for origin, word in subjects:
            assert isinstance(word, str | bool), f"{fact} is neither a word nor a flag"
            if not run.add_one_of(template, Word(word, origin), allowed) and template.effect == "refuse":
                run.refused.append(clause.no)

    return require_words


def _bind_require_order(clause: Clause, _seats: Seats) -> Bound:
    first, second = clause.word("fact"), clause.word("than")
    template = Template(clause.no, clause.kind, ORDER_WORDS[clause.word("must")], first, _effect(clause))

    def require_order(run: Run) -> None:
        _judge(run, template, run.day(first), run.day(second))

    return require_order


def _bind_overdue_day(clause: Clause, _seats: Seats) -> Bound:
    since, must = clause.word("since"), clause.threshold("must")
    counting = Template(clause.no, clause.kind, "sub", "overdue_days")
    judging = Template(clause.no, clause.kind, must.op, "overdue_days", _effect(clause))
    limit = Figure(must.quantity.value, f"p:{clause.no}.must")

    def overdue_day(run: Run) -> None:
        # The due day itself is not counted (民法典 201), which is what plain subtraction says.
        until, due = run.day("assessed_on"), run.day(since)
        _judge(run, judging, run.add(counting, (until, due), until.value - due.value), limit)

    return overdue_day


def _effect(clause: Clause) -> Effect:
    return "refuse" if clause.word("effect") == "refuse" else "flag"


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
OVERDUE_DAY = Kind(
    "overdue_day",
    "逾期天数",
    "clock",
    "clock",
    (Parameter("since", "起算日", "day"), Parameter("must", "要求", "threshold:days"), EFFECT),
    _bind_overdue_day,
)
KINDS = (REQUIRE, REQUIRE_ORDER, OVERDUE_DAY)
