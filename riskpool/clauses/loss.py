"""Kinds that make the loss base: what counts, what is taken off, the IP part of mixed security, caps on the base."""

from ledger.faults import FaultKind
from ledger.money import half_up, yuan_text
from riskpool.clauses.kind import Bound, Clause, Kind, Parameter, Seats
from riskpool.clauses.meters import LAZY, METER, bind_cap
from riskpool.clauses.run import ONE, ZERO, Run, Template, UnsetRead, WordTest

TWO_BASES = FaultKind(
    "裁决-条款-03", "两条损失基数条款同时适用", "一件案件只适用一条损失基数条款", "核对各基数条款的适用前提（when）。"
)
FAULTS = (TWO_BASES,)


def _bind_base_of(clause: Clause, _seats: Seats) -> Bound:
    components, less = clause.words("components"), clause.words("less")
    adding = Template(clause.no, clause.kind, "sum", "loss")
    taking = Template(clause.no, clause.kind, "sub", "net_loss")
    flooring = Template(clause.no, clause.kind, "max", "base")

    def base_of(run: Run) -> None:
        if run.components:
            raise run.refusal(TWO_BASES, f"损失基数已由另一条规定，{clause.article}又规定一次")
        run.components = components
        amounts, loss = run.moneys(components)
        figure = run.loss = run.add(adding, amounts, loss)
        net = loss
        if less:
            taken, off = run.moneys(less)
            net -= off
            figure = run.add(taking, (figure, *taken), net)
        run.base = run.add(flooring, (figure, ZERO), max(0, net))

    return base_of


def _bind_ip_part(clause: Clause, _seats: Seats) -> Bound:
    """Base × IP quota ÷ all quotas as the contract writes them, half up to the fen; the rest is outside the pool."""
    without = clause.parameters.get("without_quota")
    asking = Template(clause.no, clause.kind, "one_of", "quota_written", "refuse" if without == "refuse" else "")
    sharing = Template(clause.no, clause.kind, "share", "base")
    dropping = Template(clause.no, clause.kind, "min", "base")
    written = WordTest(asking, "f:quota_written", ((True, "k1"),))

    def ip_part(run: Run) -> None:
        holds = run.ask(written, "quota_written")
        if not holds and without is None:
            raise UnsetRead
        if not holds:
            run.note(asking)
            if without == "zero":
                run.base = run.add(dropping, (run.base, ZERO), 0)
            return
        quota, whole = run.money("ip_quota"), run.money("all_quotas")
        if whole[0] <= 0:
            raise run.wrong_fact("all_quotas", whole[0], "大于零的金额")
        if quota[0] > whole[0]:
            raise run.wrong_fact("ip_quota", quota[0], f"不大于各项合计 {yuan_text(whole[0])} 元")
        amount = half_up(run.base[0] * quota[0], whole[0])
        run.base = run.add(sharing, (whole, ONE, run.base, quota), amount)

    return ip_part


def _bind_base_cap(clause: Clause, _seats: Seats) -> Bound:
    cut = bind_cap(clause, "base")

    def base_cap(run: Run) -> None:
        run.base = cut(run, run.base, "")

    return base_cap


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
        "ip_part",
        "知识产权部分",
        "ip_part",
        "ip_part",
        (
            Parameter(
                "without_quota",
                "合同没有写明各项额度时",
                "choice",
                {"refuse": "不予补偿", "zero": "知识产权部分按零"},
            ),
        ),
        _bind_ip_part,
        ("without_quota",),
    ),
    Kind("base_cap", "基数上限", "base_cap", "base_cap", METER, _bind_base_cap, LAZY),
)
