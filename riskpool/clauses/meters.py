"""Caps with consumption (额度): what is left on a meter, and what becomes of a figure that passes it."""

from collections.abc import Callable

from riskpool.clauses.kind import Clause, Parameter
from riskpool.clauses.run import ONE, ZERO, Figure, Run, Template, UnsetRead

METER = (
    Parameter("meter", "额度名称", "meter"),
    Parameter("per", "按何计", "dimensions"),
    Parameter("amount", "上限金额", "money"),
    Parameter("mode", "超出部分", "choice", {"truncate": "截到上限", "exclude": "整笔不计"}),
)
LAZY = ("mode",)
"""Where nothing passes the cap it does not matter what happens to the excess, so an unset mode refuses nothing."""

Cut = Callable[[Run, Figure, str], Figure]


def bind_cap(clause: Clause, name: str) -> Cut:
    """A closure that holds a figure down to the room of the clause's meter; ``whose`` is what the meter counts.

    Its last step bears ``name``.
    """
    meter, per = clause.word("meter"), clause.words("per")
    amount = (clause.integer("amount"), f"p:{clause.no}.amount")
    mode = clause.parameters.get("mode")
    taking = Template(clause.no, clause.kind, "sub", "unused")
    flooring = Template(clause.no, clause.kind, "max", "room")
    cutting = Template(clause.no, clause.kind, "min", name)
    fitting = Template(clause.no, clause.kind, "at_most", "fits")
    keeping = Template(clause.no, clause.kind, "share", name)

    def cut(run: Run, figure: Figure, whose: str) -> Figure:
        used = run.meter(meter, per)
        unused = run.add(taking, (amount, used), amount[0] - used[0])
        room = run.add(flooring, (unused, ZERO), max(unused[0], 0))
        run.meters[str(used[1])[2:]] = whose
        passes = figure[0] > room[0]
        if passes and mode is None:
            raise UnsetRead
        if mode == "exclude":
            fits = run.add(fitting, (ONE, figure, ONE, room), int(not passes))
            return run.add(keeping, (ONE, ONE, figure, fits), 0 if passes else figure[0])
        return run.add(cutting, (figure, room), min(figure[0], room[0]))

    return cut
