"""Who among the contributors bears our amount: by parts, by what was paid in, or one after another until empty."""

from ledger.faults import FaultKind
from ledger.money import half_up, yuan_text
from riskpool.clauses.kind import Bound, Clause, Kind, Parameter, Seats
from riskpool.clauses.run import ONE, ZERO, Figure, Run, Template, template
from riskpool.facts import AVAILABLE, PAID_IN

NOTHING_PAID_IN = FaultKind(
    "裁决-出资-01", "没有可据以分摊的实缴出资", "按实缴比例承担时至少有一方实缴出资", "先登记出资到账，再裁决。"
)
NEGATIVE_PAID_IN = FaultKind(
    "裁决-出资-03",
    "出资方的实缴出资为负数",
    "各出资方实缴出资都不小于零",
    "核对该出资方的出资与退出资分录，更正后重新裁决。",
)
NOT_ENOUGH = FaultKind(
    "裁决-出资-04",
    "依次支用的各出资方余额合计不足",
    "各出资方可用余额合计不少于应补金额",
    "核对各出资方余额；确实不足的，按办法排队或报主管。",
)
FAULTS = (NOTHING_PAID_IN, NEGATIVE_PAID_IN, NOT_ENOUGH)

PAID_IN_WORD = "实缴比例"
"""What a text writes for ``parts`` when contributors bear in proportion to what they have paid in."""


def _bind_contributor_draw(clause: Clause, seats: Seats) -> Bound:
    given = clause.parameters["parts"]
    if isinstance(given, tuple):
        order = clause.words("parts")
        return lambda run: _in_order(run, clause, order, run.due[seats.ours])
    fixed = given != PAID_IN_WORD
    parts = clause.parts("parts") if fixed else {}

    def contributor_draw(run: Run) -> None:
        if fixed:
            figures: dict[str, Figure] = {
                number: (part, f"p:{clause.no}.parts.{number}") for number, part in parts.items()
            }
        else:
            names = sorted(name for name in run.facts.values if name.startswith(PAID_IN))
            figures = {name.removeprefix(PAID_IN): run.money(name) for name in names}
        _refuse_negative(run, figures)
        if not any(figure[0] for figure in figures.values()):
            raise run.refusal(NOTHING_PAID_IN, "实缴出资合计为零")
        run.contributors = draw(run, clause.no, clause.kind, run.due[seats.ours], figures)

    return contributor_draw


def _refuse_negative(run: Run, figures: dict[str, Figure]) -> None:
    below = [name for name, figure in figures.items() if figure[0] < 0]
    if below:
        found = "、".join(f"出资方 {name} {yuan_text(figures[name][0])} 元" for name in below)
        raise run.refusal(NEGATIVE_PAID_IN, found)


def _in_order(run: Run, clause: Clause, order: tuple[str, ...], due: Figure) -> None:
    """Each contributor in turn until its money is used up; the amount must be covered to the fen."""
    figures = {number: run.money(f"{AVAILABLE}{number}") for number in order}
    _refuse_negative(run, figures)
    short = due[0] - sum(figure[0] for figure in figures.values())
    if short > 0:
        raise run.refusal(NOT_ENOUGH, f"尚缺 {yuan_text(short)} 元")
    left = run.add(template(clause.no, clause.kind, "max", "to_draw"), (due, ZERO), due[0])
    for number, figure in figures.items():
        taking = template(clause.no, clause.kind, "min", f"contributor.{number}")
        taken = run.add(taking, (left, figure), min(left[0], figure[0]))
        run.contributors[number] = taken
        left = run.add(template(clause.no, clause.kind, "sub", "to_draw"), (left, taken), left[0] - taken[0])


def draw(run: Run, number: int, kind: str, due: Figure, parts: dict[str, Figure]) -> dict[str, Figure]:
    """Split an amount over contributors by parts, half-up; the one named last that has a part takes the remainder.

    No part is negative (the caller refuses one) and nobody gets more than is left, so no contributor's amount is
    negative. Steps are named ``contributor.NN``.
    """
    assert all(figure[0] >= 0 for figure in parts.values()), "a negative part"
    total = sum(figure[0] for figure in parts.values())
    whole = run.add(template(number, kind, "sum", "draw_whole"), tuple(parts.values()), total)
    # Who has no part bears nothing, not even a remainder.
    last = [name for name, part in parts.items() if part[0]][-1]
    taken: dict[str, Figure] = {}
    for name in (name for name in parts if name != last):
        amount = half_up(due[0] * parts[name][0], total)
        if not taken:  # the first share can't pass the amount
            alone = template(number, kind, "share", f"contributor.{name}")
            taken[name] = run.add(alone, (whole, ONE, due, parts[name]), amount)
            continue
        share = run.add(template(number, kind, "share", f"draw.{name}"), (whole, ONE, due, parts[name]), amount)
        left = _left(run, template(number, kind, "sub", f"left.{name}"), due, taken)
        cut = template(number, kind, "min", f"contributor.{name}")
        taken[name] = run.add(cut, (share, left), min(amount, left[0]))
    taken[last] = _left(run, template(number, kind, "sub", f"contributor.{last}"), due, taken)
    return taken


def _left(run: Run, step: Template, due: Figure, taken: dict[str, Figure]) -> Figure:
    before = tuple(taken.values())
    return run.add(step, (due, *before), due[0] - sum(item[0] for item in before))


KINDS = (
    Kind(
        "contributor_draw",
        "出资方承担",
        "contributors",
        "contributors",
        (Parameter("parts", "各出资方份数或先后", "draw_parts"),),
        _bind_contributor_draw,
    ),
)
