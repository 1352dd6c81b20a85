"""An independent check of a stored decision, from its steps, facts, literals and meters alone.

It knows no rule text and shares no arithmetic with the engine. It can't see whether literals equal the adopted file
(compare ``rule_sha256``), nor whether facts equal the evidence (people do), nor what no step has read.
"""

from datetime import date
from typing import Any

from riskpool.decision import Decision, Origin, Step


def problems(decision: Decision) -> tuple[str, ...]:
    """What does not add up in a decision, one line each; empty when everything does."""
    try:
        found = [line for no, step in enumerate(decision.steps, 1) for line in _step_problems(decision, step, no)]
        found += _plan_problems(decision)
        refused = {step.clause for step in decision.steps if step.effect == "refuse" and not step.result}
        if refused != set(decision.refusals) or (decision.verdict == "denied") != bool(refused):
            found.append("结论与各条件的结果不符")
        return tuple(found if decision.verdict == "denied" else found + _total_problems(decision))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        return (f"记录本身读不通：{error!r}",)


def _step_problems(decision: Decision, step: Step, number: int) -> list[str]:
    stray = [operand for operand in step.operands if _origin(decision, number, operand.origin) != operand.value]
    found = [f"第 {step.no} 步：{operand.origin} 不是 {operand.value}" for operand in stray]
    right = step.no == number and _result(step.op, [operand.value for operand in step.operands]) == step.result
    return found if right else [*found, f"第 {step.no} 步：步号不连续，或结果不是 {step.result}"]


def _origin(decision: Decision, before: int, origin: Origin) -> object:
    if isinstance(origin, int):
        return decision.steps[origin - 1].result if 0 < origin < before else None
    head, rest = origin[:1], origin[2:]
    if head == "k":
        return int(origin[1:])
    if head == "u":
        return decision.used.get(rest)
    if head == "p":
        number, _, name = rest.partition(".")
        return {str(clause.no): clause.literals.get(name) for clause in decision.clauses}.get(number)
    name, _, index = rest.rpartition(".")
    several = decision.facts.get(name)
    value = several[int(index)] if isinstance(several, tuple) else decision.facts.get(rest)
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
    found = ["条款清单不连续"] * (not list(kinds) == list(decision.plan) == list(range(1, len(kinds) + 1)))
    for step in decision.steps:
        # A literal of a clause of the step's own kind is its own; another kind's literal (a rate) may be borrowed.
        named = [
            str(operand.origin)[2:].partition(".")[0] for operand in step.operands if str(operand.origin)[0] == "p"
        ]
        owners = {int(number) for number in named if kinds.get(int(number)) == step.kind}
        if kinds.get(step.clause) != step.kind or owners - {step.clause}:
            found.append(f"第 {step.no} 步：条款与种类不符")
    for number in decision.plan:
        own = [step for step in decision.steps if step.clause == number]
        ends = [index for index, step in enumerate(own) if step.effect == "skip" and not step.result]
        found += [f"第 {number} 条款：没有步骤，或不适用后仍有步骤"] * (not own or ends[:1] not in ([], [len(own) - 1]))
    return found


def _total_problems(decision: Decision) -> list[str]:
    last = {step.name: step.result for step in decision.steps}
    stated = {"loss": decision.loss, "base": decision.base, "settle": decision.settle}
    shares = {"due": decision.due, "contributor": decision.contributors}
    stated |= {f"{name}.{key}": amount for name, split in shares.items() for key, amount in split.items()}
    found = [f"{name} 与步骤不符" for name, amount in stated.items() if last.get(name) != amount]
    parted = sum(decision.due.values()) == decision.base and min(decision.due.values()) >= 0
    drawn = not decision.contributors or sum(decision.contributors.values()) == decision.due[decision.ours]
    found += ["各方金额之和不等于损失基数"] * (not parted) + ["出资方金额之和不等于本池金额"] * (not drawn)
    origins = [(str(operand.origin), step.clause) for step in decision.steps for operand in step.operands]
    cuts = {step.clause: step.name for step in decision.steps if step.name[:4] == "due."}
    taken = {origin[2:]: last[cuts[clause]] for origin, clause in origins if origin[:2] == "u:"}
    frozen = (terms := decision.recovery) and (terms.parts, terms.whole, terms.contributors)
    wrong = frozen and frozen != (decision.due, decision.base, decision.contributors)
    meters = taken != decision.consumption or set(taken) != set(decision.used)
    return [*found, *["额度占用与步骤不符"] * meters, *["追偿比例与各方金额不符"] * bool(wrong)]
