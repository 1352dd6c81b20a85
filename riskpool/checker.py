"""An independent check of a stored decision, from its steps, facts, literals and meters alone.

It knows no rule text. Whether literals are the adopted file's is for digests, whether facts are the papers' for people.
"""

from datetime import date
from typing import Any

from riskpool.decision import Decision, Origin, Step


def problems(decision: Decision) -> tuple[str, ...]:
    """What does not add up in a decision, one line each; empty when everything does."""
    try:
        found = [line for no, step in enumerate(decision.steps, 1) for line in _step_problems(decision, step, no)]
        failed = {(step.effect, step.clause) for step in decision.steps if not step.result}
        refused, deferred = ({clause for effect, clause in failed if effect == name} for name in ("refuse", "defer"))
        right = ("denied" if refused else "deferred" if deferred else "approved", refused or deferred)
        found += ["结论与各条件的结果不符"] * (right != (decision.verdict, set(decision.refusals)))
        return (*found, *_plan_problems(decision), *_total_problems(decision))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        return (f"记录本身读不通：{error!r}",)


def _step_problems(decision: Decision, step: Step, number: int) -> list[str]:
    stray = [operand for operand in step.operands if _origin(decision, number, operand.origin) != operand.value]
    found = [f"第 {step.no} 步：{operand.origin} 不是 {operand.value}" for operand in stray]
    right = (number, _result(step.op, [operand.value for operand in step.operands])) == (step.no, step.result)
    return found if right else [*found, f"第 {step.no} 步：步号不连续，或结果不是 {step.result}"]


def _origin(decision: Decision, before: int, origin: Origin) -> object:
    if isinstance(origin, int):
        return decision.steps[origin - 1].result if 0 < origin < before else None
    head, rest = origin[:1], origin[2:]
    if head in "ku":
        return int(origin[1:]) if head == "k" else decision.used.get(rest)
    if head == "p":
        number, _, name = rest.partition(".")
        return {str(clause.no): clause.literals.get(name) for clause in decision.clauses}.get(number)
    name, _, index = rest.rpartition(".")
    value = several[int(index)] if isinstance(several := decision.facts.get(name), tuple) else decision.facts.get(rest)
    return date.fromisoformat(value).toordinal() if isinstance(value, str) and rest.endswith("_on") else value


def _result(operation: str, values: list[Any]) -> int:
    if operation == "one_of":
        return int(values[0] in values[1:])
    if operation in ("sum", "sub"):
        return int(sum(values) if operation == "sum" else values[0] - sum(values[1:]))
    if operation in ("min", "max"):
        return int(min(values) if operation == "min" else max(values))
    if operation in ("share", "share_down"):
        whole, unit, *pairs = values
        top = 2 * sum(amount * part for amount, part in zip(pairs[::2], pairs[1::2], strict=True))
        return int(unit * ((top + whole * unit * (operation == "share")) // (2 * whole * unit)))
    left, right = values[0] * values[1], values[2] * values[3]
    tests = {"at_least": left >= right, "above": left > right, "at_most": left <= right, "below": left < right}
    return int(tests.get(operation, left == right))


def _plan_problems(decision: Decision) -> list[str]:
    kinds = {clause.no: clause.kind for clause in decision.clauses}
    # The allotment speaks again at the end; a denial's pay-back stands under the last clause that refused.
    order = [step.clause for step in decision.steps if step.kind != "allotment" and step.name != "settle"]
    back = [step.clause for step in decision.steps if step.kind != "allotment" and step.name == "settle"]
    listed = list(kinds) == list(decision.plan) == list(range(1, len(kinds) + 1)) and order == sorted(order)
    found = ["条款清单不连续，或步骤不按条款次序"] * (not listed or back not in ([], [*decision.refusals[-1:]]))
    for step in decision.steps:
        # A literal of a clause of the step's own kind is its own; another kind's literal (a rate) may be borrowed.
        origins = [str(operand.origin) for operand in step.operands]
        named = {int(origin[2:].partition(".")[0]) for origin in origins if origin[0] == "p"} - {step.clause}
        if kinds.get(step.clause) != step.kind or step.kind in map(kinds.get, named):
            found.append(f"第 {step.no} 步：条款与种类不符")
    for number in decision.plan:
        own = [step for step in decision.steps if step.clause == number]
        ends = [index for index, step in enumerate(own) if step.effect == "skip" and not step.result]
        found += [f"第 {number} 条款：没有步骤，或不适用后仍有步骤"] * (not own or ends[:1] not in ([], [len(own) - 1]))
    return found


def _total_problems(decision: Decision) -> list[str]:
    last = {step.name: step.result for step in decision.steps}
    due, drawn, ours, terms = decision.due, decision.contributors, decision.ours, decision.recovery
    named = {"loss": decision.loss, "base": decision.base, "settle": decision.settle}
    named |= {f"due.{key}": due[key] for key in due} | {f"contributor.{key}": drawn[key] for key in drawn}
    found = [f"{name} 与步骤不符" for name, amount in named.items() if last.get(name, 0) != amount]
    parted = sum(due.values()) == decision.base and min(due.values()) >= 0 if decision.verdict != "denied" else not due
    found += ["各方或出资方金额之和不符"] * (not parted or sum(drawn.values()) != (due[ours] if drawn else 0))
    cuts = {step.clause: step.name for step in decision.steps if step.name == "base" or step.name[:4] == "due."}
    read = [(str(operand.origin), step.clause) for step in decision.steps for operand in step.operands]
    taken = {origin[2:]: last[cuts[clause]] for origin, clause in read if origin[:2] == "u:"}
    kept = (decision.consumption, set(decision.used)) == (taken if decision.verdict == "approved" else {}, set(taken))
    parts, whole = dict(due), decision.base
    if terms and terms.by == "nominal":  # our part of the whole as the allotment used it, instead of amounts
        shared = next(step for step in decision.steps if step.name in (f"due.{ours}", f"part.{ours}"))
        parts, whole = {ours: int(shared.operands[3].value)}, int(shared.operands[0].value)
    wrong = terms and (terms.parts, terms.whole, terms.contributors) != (parts, whole, drawn)
    return [*found, *["额度占用与步骤不符"] * (not kept), *["追偿比例与各方金额不符"] * bool(wrong)]
