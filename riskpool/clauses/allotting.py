"""Kinds that make and hold down amounts: allotment to fen, caps on payment, all levels together, no gain."""

from collections.abc import Iterable

from ledger.money import half_up
from riskpool.clauses.kind import Bound, Clause, Kind, Parameter, Seats
from riskpool.clauses.meters import LAZY, METER, bind_cap
from riskpool.clauses.requirements import WHOLE
from riskpool.clauses.run import ONE, ZERO, Figure, Ratio, Run, Template, WordTest
from riskpool.clauses.sharing import PAYER
from riskpool.decision import Op
from riskpool.facts import OWN_RECEIPTS
from riskpool.literals import MILLION


def _total(figures: Iterable[Figure]) -> int:
    return sum(figure[0] for figure in figures)


def _bind_allotment(clause: Clause, seats: Seats) -> Bound:
    unit = (clause.integer("unit"), f"p:{clause.no}.unit")
    down = clause.word("op") == "share_down"
    payers = tuple(party for party in seats.order if party != seats.residual)
    op: Op = "share_down" if down else "share"
    alone = {party: Template(clause.no, clause.kind, op, f"due.{party}") for party in payers}
    sharing = {party: Template(clause.no, clause.kind, op, f"part.{party}") for party in payers}
    leaving = {party: Template(clause.no, clause.kind, "sub", f"left.{party}") for party in payers}
    cutting = {party: Template(clause.no, clause.kind, "min", f"due.{party}") for party in payers}
    blending = {party: Template(clause.no, clause.kind, "share", f"blend.{party}") for party in payers}
    wholing = Template(clause.no, clause.kind, "share", "blend_whole")
    asking = Template(clause.no, clause.kind, "one_of", "insurer_refused")
    pays = WordTest(asking, "f:insurer_refused", ((False, "k0"),))
    remainder = Template(clause.no, clause.kind, "sub", f"due.{seats.residual}")
    settling = Template(clause.no, clause.kind, "sub", "settle")
    bearing = Template(clause.no, clause.kind, "share", "due.insurer")

    def blended(run: Run, party: str, ratio: Ratio) -> tuple[Figure, Figure]:
        """Σ width × rate and loan × 10⁶: one exact ratio, so that the amount is rounded once."""
        pairs = tuple(figure for one in ratio.slices for figure in one)
        top = sum(one.width[0] * one.rate[0] for one in ratio.slices)
        part = run.add(blending[party], (ONE, ONE, *pairs), top)
        return part, run.add(wholing, (ONE, ONE, ratio.whole, WHOLE), ratio.whole[0] * MILLION)

    ours = seats.ours

    def allotment(run: Run) -> None:
        run.remainder, run.settling = remainder, settling
        for party in payers:
            if party not in run.ratios:
                continue
            ratio = run.ratios[party]
            part, whole = blended(run, party, ratio) if ratio.slices else (ratio.part, ratio.whole)
            if party == ours:
                run.nominal = (part[0], whole[0])
            top, bottom = run.base[0] * part[0], whole[0] * unit[0]
            amount = unit[0] * (top // bottom if down else half_up(top, bottom))
            if not run.due and unit[0] == 1 and part[0] <= whole[0]:  # the first share can't pass the base
                run.due[party] = run.add(alone[party], (whole, unit, run.base, part), amount)
                continue
            before = tuple(run.due.values())
            share = run.add(sharing[party], (whole, unit, run.base, part), amount)
            rest = run.base[0] - _total(before)
            left = run.add(leaving[party], (run.base, *before), rest)
            # Several half-up shares can pass a tiny base together: never above what is left.
            run.due[party] = run.add(cutting[party], (share, left), min(amount, rest))
        refused = run.values.get("insurer_refused")
        if "insurer" in run.due and isinstance(refused, bool):
            # A refused insurer's part falls on the party that takes the remainder, never on the pool.
            bears = int(run.ask_of(pays, refused))
            due = run.due["insurer"]
            run.due["insurer"] = run.add(bearing, (ONE, ONE, due, (bears, len(run.trace))), due[0] * bears)

    return allotment


def _bind_payment_cap(clause: Clause, _seats: Seats) -> Bound:
    payer = clause.word("payer")
    cut = bind_cap(clause, f"due.{payer}")
    sparing = Template(clause.no, clause.kind, "above", f"no_due.{payer}", "skip")

    def payment_cap(run: Run) -> None:
        if payer not in run.due:  # no share clause made this payer bear anything: nothing to cap, no meter touched
            run.add(sparing, (ONE, ZERO, ONE, ZERO), 0)
            return
        run.due[payer] = cut(run, run.due[payer], payer)

    return payment_cap


def _bind_all_levels(clause: Clause, _seats: Seats) -> Bound:
    """Public payers and awards elsewhere together stay within a rate of the base; the excess is cut in order."""
    payers, order = clause.words("payers"), clause.words("cut")
    rate = (clause.integer("rate"), f"p:{clause.no}.rate")
    limiting = Template(clause.no, clause.kind, "share_down", "all_levels")
    adding = Template(clause.no, clause.kind, "sum", "public")
    passing = Template(clause.no, clause.kind, "sub", "over")
    flooring = Template(clause.no, clause.kind, "max", "excess")
    cutting = {party: Template(clause.no, clause.kind, "min", f"cut.{party}") for party in order}
    leaving = {party: Template(clause.no, clause.kind, "sub", f"due.{party}") for party in order}
    passing_on = Template(clause.no, clause.kind, "sub", "excess")

    def all_levels(run: Run) -> None:
        limit = run.add(limiting, (WHOLE, ONE, run.base, rate), run.base[0] * rate[0] // MILLION)
        public = (*(run.due[payer] for payer in payers if payer in run.due), run.money("awarded_elsewhere"))
        total = run.add(adding, public, _total(public))
        over = run.add(passing, (total, limit), total[0] - limit[0])
        excess = run.add(flooring, (over, ZERO), max(over[0], 0))
        for payer in order:
            if excess[0] and payer in run.due:
                due = run.due[payer]
                cut = run.add(cutting[payer], (excess, due), min(excess[0], due[0]))
                run.due[payer] = run.add(leaving[payer], (due, cut), due[0] - cut[0])
                excess = run.add(passing_on, (excess, cut), excess[0] - cut[0])

    return all_levels


def _bind_no_gain(clause: Clause, seats: Seats) -> Bound:
    """A payer's amount and all that the claimant gets from elsewhere never pass the loss."""
    payer, receipts = clause.word("payer"), clause.words("receipts")
    others = tuple(
        party
        for party in seats.order
        if party not in (payer, seats.residual) and OWN_RECEIPTS.get(party) not in receipts
    )
    sparing = Template(clause.no, clause.kind, "above", f"no_due.{payer}", "skip")
    adding = Template(clause.no, clause.kind, "sum", "received")
    taking = Template(clause.no, clause.kind, "sub", "uncovered")
    flooring = Template(clause.no, clause.kind, "max", "room")
    cutting = Template(clause.no, clause.kind, "min", f"due.{payer}")

    def no_gain(run: Run) -> None:
        if payer not in run.due:
            run.add(sparing, (ONE, ZERO, ONE, ZERO), 0)
            return
        got = tuple(run.money(name) for name in receipts)
        got += tuple(run.due[party] for party in others if party in run.due)
        received = run.add(adding, got, _total(got))
        rest = run.add(taking, (run.loss, received), run.loss[0] - received[0])
        room = run.add(flooring, (rest, ZERO), max(rest[0], 0))
        due = run.due[payer]
        run.due[payer] = run.add(cutting, (due, room), min(due[0], room[0]))

    return no_gain


KINDS = (
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
    Kind("payment_cap", "补偿上限", "cap", "payment_cap", (PAYER, *METER), _bind_payment_cap, LAZY),
    Kind(
        "all_levels_ceiling",
        "各级合计上限",
        "level",
        "all_levels",
        (
            Parameter("rate", "合计不超过基数的", "rate"),
            Parameter("payers", "合计的各级", "parties"),
            Parameter("cut", "超出时依次核减", "parties"),
        ),
        _bind_all_levels,
    ),
    Kind(
        "no_gain",
        "不得获利",
        "gain",
        "no_gain",
        (PAYER, Parameter("receipts", "另有所得", "deductions")),
        _bind_no_gain,
    ),
)
