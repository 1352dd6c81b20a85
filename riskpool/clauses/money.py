"""Kinds that make the figure: loss base, ratios, allotment to fen, caps on payment, draw on contributors.

Ratios stay integer pairs until ``allotment``, the one clause where they become fen (design: one rounding).
"""

from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.money import half_up, yuan_text
from riskpool.clauses.kind import Bound, Clause, Kind, Parameter, Seats
from riskpool.clauses.run import ONE, ZERO, Figure, Ratio, Run, Template
from riskpool.decision import Op
from riskpool.facts import PAID_IN
from riskpool.literals import MILLION

TWO_RATIOS = FaultKind(
    "裁决-条款-01", "两条分担条款同时适用", "每一分担方只适用一条分担条款", "核对办法各分担条款的适用前提（when）。"
)
NOTHING_PAID_IN = FaultKind(
    "裁决-出资-01", "没有可据以分摊的实缴出资", "按实缴比例承担时至少有一方实缴出资", "先登记出资到账，再裁决。"
)
NEGATIVE_PAID_IN = FaultKind(
    "裁决-出资-03",
    "出资方的实缴出资为负数",
    "各出资方实缴出资都不小于零",
    "核对该出资方的出资与退出资分录，更正后重新裁决。",
)
FAULTS = (TWO_RATIOS, NOTHING_PAID_IN, NEGATIVE_PAID_IN)

PAID_IN_WORD = "实缴比例"
"""What a text writes for ``parts`` when contributors bear in proportion to what they have paid in."""


def _bind_base_of(clause: Clause, _seats: Seats) -> Bound:
    components, less = clause.words("components"), clause.words("less")
    adding = Template(clause.no, clause.kind, "sum", "loss")
    taking = Template(clause.no, clause.kind, "sub", "net_loss")
    flooring = Template(clause.no, clause.kind, "max", "base")

    def base_of(run: Run) -> None:
        amounts = tuple(run.money(name) for name in components)
        run.loss = run.add(adding, amounts, sum(item.value for item in amounts))
        taken = tuple(run.money(name) for name in less)
        net = run.loss.value - sum(item.value for item in taken)
        figure = run.add(taking, (run.loss, *taken), net) if taken else run.loss
        run.base = run.add(flooring, (figure, ZERO), max(net, 0))

    return base_of


def _set_ratio(run: Run, clause: Clause, payer: str, ratio: Ratio) -> None:
    if payer in run.ratios:
        raise Refusal([Fault(TWO_RATIOS, f"「{payer}」再次适用{clause.article}", Place(f"案件 {run.facts.case}"))])
    run.ratios[payer] = ratio


def _bind_share_by_parts(clause: Clause, seats: Seats) -> Bound:
    parts = clause.parts("parts")
    figures = {party: Figure(parts[party], f"p:{clause.no}.parts.{party}") for party in seats.order if party in parts}
    template = Template(clause.no, clause.kind, "sum", "whole")
    operands, total = tuple(figures.values()), sum(parts.values())

    def share_by_parts(run: Run) -> None:
        whole = run.add(template, operands, total)
        for party, part in figures.items():
            _set_ratio(run, clause, party, Ratio(part, whole))

    return share_by_parts


def _bind_share_by_rate(clause: Clause, _seats: Seats) -> Bound:
    payer = clause.word("payer")
    rate = Figure(clause.integer("rate"), f"p:{clause.no}.rate")
    whole = Figure(MILLION, f"k{MILLION}")
    template = Template(clause.no, clause.kind, "min", f"rate.{payer}")

    def share_by_rate(run: Run) -> None:
        # The step proves that the clause ran and keeps the rate within the whole.
        part = run.add(template, (rate, whole), min(rate.value, MILLION))
        _set_ratio(run, clause, payer, Ratio(part, whole))

    return share_by_rate


def _bind_allotment(clause: Clause, seats: Seats) -> Bound:
    unit = Figure(clause.integer("unit"), f"p:{clause.no}.unit")
    down = clause.word("op") == "share_down"
    payers = tuple(party for party in seats.order if party != seats.residual)
    op: Op = "share_down" if down else "share"
    alone = {party: Template(clause.no, clause.kind, op, f"due.{party}") for party in payers}
    sharing = {party: Template(clause.no, clause.kind, op, f"part.{party}") for party in payers}
    leaving = {party: Template(clause.no, clause.kind, "sub", f"left.{party}") for party in payers}
    cutting = {party: Template(clause.no, clause.kind, "min", f"due.{party}") for party in payers}

    def allotment(run: Run) -> None:
        run.allotted_by = clause.no
        for party in payers:
            if party not in run.ratios:
                continue
            part, whole = run.ratios[party]
            top, bottom = run.base.value * part.value, whole.value * unit.value
            amount = unit.value * (top // bottom if down else half_up(top, bottom))
            before = tuple(run.due.values())
            if not before and unit.value == 1:  # the first share can't pass the base
                run.due[party] = run.add(alone[party], (whole, unit, run.base, part), amount)
                continue
            share = run.add(sharing[party], (whole, unit, run.base, part), amount)
            rest = run.base.value - sum(item.value for item in before)
            left = run.add(leaving[party], (run.base, *before), rest)
            # Several half-up shares can pass a tiny base together: never above what is left.
            run.due[party] = run.add(cutting[party], (share, left), min(amount, rest))

    return allotment


def _bind_payment_cap(clause: Clause, _seats: Seats) -> Bound:
    payer, meter, per = clause.word("payer"), clause.word("meter"), clause.words("per")
    amount = Figure(clause.integer("amount"), f"p:{clause.no}.amount")
    taking = Template(clause.no, clause.kind, "sub", "unused")
    flooring = Template(clause.no, clause.kind, "max", "room")
    cutting = Template(clause.no, clause.kind, "min", f"due.{payer}")
    sparing = Template(clause.no, clause.kind, "above", f"no_due.{payer}", "skip")

    def payment_cap(run: Run) -> None:
        if payer not in run.due:  # no share clause made this payer bear anything: nothing to cap, no meter touched
            run.add(sparing, (ONE, ZERO, ONE, ZERO), 0)
            return
        key = "|".join([meter, *(f"{name}={run.fact(name)}" for name in per)])
        used = Figure(run.used.get(key, 0), f"u:{key}")
        unused = run.add(taking, (amount, used), amount.value - used.value)
        room = run.add(flooring, (unused, ZERO), max(unused.value, 0))
        due = run.due[payer]
        run.due[payer] = run.add(cutting, (due, room), min(due.value, room.value))
        run.meters[key] = payer

    return payment_cap


def _bind_contributor_draw(clause: Clause, seats: Seats) -> Bound:
    fixed = clause.parameters["parts"] != PAID_IN_WORD
    parts = clause.parts("parts") if fixed else {}

    def contributor_draw(run: Run) -> None:
        if fixed:
            figures = {number: Figure(part, f"p:{clause.no}.parts.{number}") for number, part in parts.items()}
        else:
            names = sorted(name for name in run.facts.values if name.startswith(PAID_IN))
            figures = {name.removeprefix(PAID_IN): run.money(name) for name in names}
        below = [name for name, figure in figures.items() if figure.value < 0]
        if below:
            found = "、".join(f"出资方 {name} {yuan_text(figures[name].value)} 元" for name in below)
            raise Refusal([Fault(NEGATIVE_PAID_IN, found, Place(f"案件 {run.facts.case}"))])
        if not any(figure.value for figure in figures.values()):
            raise Refusal([Fault(NOTHING_PAID_IN, "实缴出资合计为零", Place(f"案件 {run.facts.case}"))])
        run.contributors = draw(run, clause.no, clause.kind, run.due[seats.ours], figures)

    return contributor_draw


def draw(run: Run, number: int, kind: str, due: Figure, parts: dict[str, Figure]) -> dict[str, Figure]:
    """Split an amount over contributors by parts, half-up; the one named last takes the remainder.

    No part is negative (the caller refuses one) and nobody gets more than is left, so no contributor's amount is
    negative. Steps are named ``contributor.NN``.
    """
    assert all(figure.value >= 0 for figure in parts.values()), "a negative part"
    total = sum(figure.value for figure in parts.values())
    whole = run.add(Template(number, kind, "sum", "draw_whole"), tuple(parts.values()), total)
    *most, last = parts
    taken: dict[str, Figure] = {}
    for name in most:
        amount = half_up(due.value * parts[name].value, total)
        if not taken:  # the first share can't pass the amount
            alone = Template(number, kind, "share", f"contributor.{name}")
            taken[name] = run.add(alone, (whole, ONE, due, parts[name]), amount)
            continue
        share = run.add(Template(number, kind, "share", f"draw.{name}"), (whole, ONE, due, parts[name]), amount)
        left = _left(run, Template(number, kind, "sub", f"left.{name}"), due, taken)
        cut = Template(number, kind, "min", f"contributor.{name}")
        taken[name] = run.add(cut, (share, left), min(amount, left.value))
    taken[last] = _left(run, Template(number, kind, "sub", f"contributor.{last}"), due, taken)
    return taken


def _left(run: Run, template: Template, due: Figure, taken: dict[str, Figure]) -> Figure:
    before = tuple(taken.values())
    return run.add(template, (due, *before), due.value - sum(item.value for item in before))


PAYER = Parameter("payer", "分担方", "party")
KINDS = (
    Kind(
        "base_of",
        "损失基数",
        "base",
        "base",
        (Parameter("components", "计入项目", "components"), Parameter("less", "扣除项目", "deductions")),
        _bind_base_of,
    ),
    Kind(
        "share_by_parts", "按份分担", "share", "share", (Parameter("parts", "各方份数", "parts"),), _bind_share_by_parts
    ),
    Kind(
        "share_by_rate", "按比例分担", "share", "share", (PAYER, Parameter("rate", "比例", "rate")), _bind_share_by_rate
    ),
    Kind(
        "allotment",
        "舍入与尾差",
        "allot",
        "allotment",
        (
            Parameter("residual", "尾差归属方", "party"),
            Parameter("unit", "计算到", "money"),
            Parameter("op", "舍入方法", "choice", {"share": "四舍五入", "share_down": "舍去"}),
        ),
        _bind_allotment,
    ),
    Kind(
        "payment_cap",
        "补偿上限",
        "cap",
        "payment_cap",
        (
            PAYER,
            Parameter("meter", "额度名称", "meter"),
            Parameter("per", "按何计", "dimensions"),
            Parameter("amount", "上限金额", "money"),
            Parameter("mode", "超出部分", "choice", {"truncate": "截到上限"}),
        ),
        _bind_payment_cap,
    ),
    Kind(
        "contributor_draw",
        "出资方承担",
        "contributors",
        "contributors",
        (Parameter("parts", "各出资方份数", "draw_parts"),),
        _bind_contributor_draw,
    ),
)
