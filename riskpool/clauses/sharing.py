"""Kinds that say who bears what: by integer parts, by a rate, by a loan's size; points on top, a ceiling over all.

Ratios stay integer pairs until ``allotment``, the one clause where they become fen (design: one rounding).
"""

from ledger.faults import FaultKind
from ledger.money import yuan_text
from riskpool.clauses.kind import BandRow, Bound, Clause, Kind, Parameter, Seats
from riskpool.clauses.requirements import COMPARE, WHOLE
from riskpool.clauses.run import ONE, ZERO, Figure, LightStep, Ratio, Run, Slice, Template, UnsetRead
from riskpool.facts import title_of
from riskpool.literals import MILLION, Comparison

TWO_RATIOS = FaultKind(
    "裁决-条款-01", "两条分担条款同时适用", "每一分担方只适用一条分担条款", "核对办法各分担条款的适用前提（when）。"
)
NO_BAND = FaultKind(
    "裁决-条款-04",
    "办法没有规定这一金额的分担比例",
    "分档表中有比例的区间",
    "报主管商办法制定机关解释后再裁决。",
)
FAULTS = (TWO_RATIOS, NO_BAND)


def _set_ratio(run: Run, clause: Clause, payer: str, ratio: Ratio) -> None:
    if payer in run.ratios:
        raise run.refusal(TWO_RATIOS, f"分担方「{payer}」已由另一条规定，{clause.article}又规定一次")
    run.ratios[payer] = ratio


def _bind_share_by_parts(clause: Clause, seats: Seats) -> Bound:
    parts = clause.parts("parts")
    figures = {party: (parts[party], f"p:{clause.no}.parts.{party}") for party in seats.order if party in parts}
    template = Template(clause.no, clause.kind, "sum", "whole")
    step = (template, tuple(figures.values()), sum(parts.values()))

    def share_by_parts(run: Run) -> None:
        whole = run.add_again(step)
        for party, part in figures.items():
            _set_ratio(run, clause, party, Ratio(part, whole))

    return share_by_parts


def _bind_share_by_rate(clause: Clause, _seats: Seats) -> Bound:
    payer = clause.word("payer")
    rate = (clause.integer("rate"), f"p:{clause.no}.rate")
    # The step proves that the clause ran and keeps the rate within the whole.
    step = (Template(clause.no, clause.kind, "min", f"rate.{payer}"), (rate, WHOLE), min(rate[0], MILLION))

    def share_by_rate(run: Run) -> None:
        _set_ratio(run, clause, payer, Ratio(run.add_again(step), WHOLE))

    return share_by_rate


class _Band:
    """One band bound: its tests as steps, its ends, and the step that names its rate (None: a hole of the text)."""

    def __init__(self, clause: Clause, index: int, row: BandRow) -> None:
        key = f"p:{clause.no}.bands.{index}"
        self.tests = [
            (
                Template(clause.no, clause.kind, test.op, f"band.{index + 1}", "row"),
                _limit(f"{key}.where.{place}", test),
            )
            for place, test in enumerate(row.where)
        ]
        ends = [limit for test, limit in zip(row.where, (limit for _, limit in self.tests), strict=True) if _tops(test)]
        starts = [limit for test, (_, limit) in zip(row.where, self.tests, strict=True) if not _tops(test)]
        self.top = min(ends, key=lambda limit: limit[0]) if ends else None
        self.floor = max(starts, key=lambda limit: limit[0]) if starts else ZERO
        rated = Template(clause.no, clause.kind, "min", f"rate.{clause.word('payer')}")
        rate: Figure | None = (row.rate.value, f"{key}.rate") if row.rate else None
        self.rating: LightStep | None = (rated, (rate, WHOLE), min(rate[0], MILLION)) if rate else None
        self.why = row.why

    def holds(self, run: Run, amount: Figure) -> bool:
        """Whether the loan lies in this band; each test is a step, the first that fails ends the band."""
        for template, limit in self.tests:
            holds = COMPARE[template.op](amount[0], limit[0])
            run.trace.append((template, (ONE, amount, ONE, limit), int(holds)))
            if not holds:
                return False
        return True


def _limit(origin: str, test: Comparison) -> Figure:
    return (test.quantity.value, origin)


def _tops(test: Comparison) -> bool:
    return test.op in ("at_most", "below")


def _bind_rate_by_band(clause: Clause, _seats: Seats) -> Bound:
    payer, by = clause.word("payer"), clause.word("by")
    bands = [_Band(clause, index, row) for index, row in enumerate(clause.bands("bands"))]
    rising = sorted(bands, key=lambda band: band.floor[0])
    reading = clause.parameters.get("reading")
    topping = Template(clause.no, clause.kind, "min", "slice_top")
    widening = Template(clause.no, clause.kind, "sub", "slice")

    def rate_by_band(run: Run) -> None:
        amount = run.money(by)
        found = None
        for band in bands:
            if band.holds(run, amount):
                found = band
                break
        if found is None or found.rating is None:
            raise run.refusal(NO_BAND, _outside(clause, amount, found.why if found else "各档之外"))
        # In the first band both readings agree, so a text that leaves the reading open is not asked.
        if found is rising[0] or reading == "whole":
            _set_ratio(run, clause, payer, Ratio(run.add_again(found.rating), WHOLE))
            return
        if reading is None:
            raise UnsetRead
        slices = []
        for band in rising[: rising.index(found) + 1]:
            if band.rating is None:
                raise run.refusal(NO_BAND, _outside(clause, amount, band.why))
            end = amount
            if band.top and band is not found:
                end = run.add(topping, (amount, band.top), min(amount[0], band.top[0]))
            width = run.add(widening, (end, band.floor), end[0] - band.floor[0])
            slices.append(Slice(width, run.add_again(band.rating)))
        _set_ratio(run, clause, payer, Ratio(ZERO, amount, tuple(slices)))

    return rate_by_band


def _outside(clause: Clause, amount: Figure, why: str) -> str:
    """What lies in a hole of the text, and what the text says of it."""
    return f"{title_of(clause.word('by'))} {yuan_text(amount[0])} 元，{clause.article}：{why}"


def _each_rate(run: Run, payer: str, template: Template, figure: Figure) -> None:
    """Change a payer's rate, or every slice's, by one step each; a payer without one leaves a skipped step."""
    if payer not in run.ratios:
        run.add(
            Template(template.clause, template.kind, "above", f"no_rate.{payer}", "skip"), (ONE, ZERO, ONE, ZERO), 0
        )
        return

    ratio = run.ratios[payer]
    if ratio.slices:
        ratio.slices = tuple(Slice(one.width, _changed(run, template, one.rate, figure)) for one in ratio.slices)
    else:
        ratio.part = _changed(run, template, ratio.part, figure)


def _changed(run: Run, template: Template, rate: Figure, by: Figure) -> Figure:
    left, right = rate[0], by[0]
    amount = left + right if template.op == "sum" else min(right, left)
    return run.add(template, (rate, by), amount)


def _bind_rate_points(clause: Clause, _seats: Seats) -> Bound:
    payer = clause.word("payer")
    points = (clause.integer("points"), f"p:{clause.no}.points")
    template = Template(clause.no, clause.kind, "sum", f"rate.{payer}")
    return lambda run: _each_rate(run, payer, template, points)


def _bind_rate_ceiling(clause: Clause, _seats: Seats) -> Bound:
    payer = clause.word("payer")
    ceiling = (clause.integer("rate"), f"p:{clause.no}.rate")
    template = Template(clause.no, clause.kind, "min", f"rate.{payer}")
    return lambda run: _each_rate(run, payer, template, ceiling)


PAYER = Parameter("payer", "分担方", "party")
KINDS = (
    Kind(
        "share_by_parts", "按份分担", "share", "share", (Parameter("parts", "各方份数", "parts"),), _bind_share_by_parts
    ),
    Kind(
        "share_by_rate", "按比例分担", "share", "share", (PAYER, Parameter("rate", "比例", "rate")), _bind_share_by_rate
    ),
    Kind(
        "rate_by_band",
        "分档比例",
        "share",
        "share",
        (
            PAYER,
            Parameter("by", "据以分档的金额", "amount"),
            Parameter("bands", "分档", "bands"),
            Parameter("reading", "适用方法", "choice", {"whole": "整笔适用所在一档", "marginal": "分段累计"}),
        ),
        _bind_rate_by_band,
        ("reading",),
    ),
    Kind(
        "rate_points",
        "加点",
        "points",
        "share",
        (PAYER, Parameter("points", "加几个百分点", "points")),
        _bind_rate_points,
    ),
    Kind(
        "rate_ceiling",
        "比例上限",
        "ceiling",
        "share",
        (PAYER, Parameter("rate", "最高比例", "rate")),
        _bind_rate_ceiling,
    ),
)
