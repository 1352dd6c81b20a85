"""A fully traced decision against the same arithmetic in bare ints, and the portfolio road (`make bench`).

Bare: a function per text with the figures of its clauses written into it, its arguments loose ints and words, no
record of anything. Ours: the bound text over a case's facts, each step kept with its operands and their origins.
The two take turns in short spells; the ratio is that of the least spell of each, because other work on the machine
can only lengthen one.
"""

import sys
import time
from collections.abc import Callable

from ledger.money import half_up
from riskpool.binding import bind
from riskpool.facts import CaseFacts, FactValue
from riskpool.ruletext import shipped
from riskpool.waterfall import evaluate, record

BAR = 15.0
SPELLS, LOOPS = 3000, 20


def wenzhou(whose: tuple[str, bool], principal: int, disposal: int, used: int, earlier: int) -> object:
    size, is_pledged = whose
    if size not in ("small", "medium") or not is_pledged:
        return "denied"
    base = max(principal - disposal, 0)
    due = min(half_up(base * 250_000, 1_000_000), max(100_000_000 - used, 0))
    return due - earlier, base - due


def deyang(principal: int, earlier: int, product: str, good: tuple[bool, bool], types: tuple[str, ...]) -> object:
    registered, credit = good
    if not registered or not credit or any(one != "patent" for one in types):
        return "denied"
    base = max(principal, 0)
    if product == "insured":
        due = half_up(base * 2, 10)
        theirs = min(half_up(base * 6, 10), base - due)
        return due - earlier, theirs, base - due - theirs
    due = half_up(base * 5, 10)
    return due - earlier, base - due


def guangzhou(money: tuple[int, int, int, int], words: tuple[str, str, str], flags: tuple[bool, ...]) -> object:
    loan, principal, disposal, earlier = money
    size, claimant, state = words
    other_mode, ip_pledged, policy_tool, high_tech = flags
    if loan > 3_000_000_000 or size not in {"small", "medium"} or (size == "medium" and not high_tech):
        return "denied"
    if claimant not in {"bank", "guarantor"} or other_mode:
        return "denied"
    base = max(principal - disposal, 0)
    if claimant == "bank":
        rate = 400_000 if loan <= 500_000_000 else 350_000 if loan <= 1_500_000_000 else 300_000
        if ip_pledged:
            rate += 150_000
        if policy_tool:
            rate += 50_000
        rate = min(rate, 500_000)
        if state != "正常":
            return "deferred"
    else:
        rate = 300_000
    due = half_up(base * rate, 1_000_000)
    return due - earlier, base - due


FACTS: dict[str, FactValue] = {
    "principal": 60_000_000,
    "disposal_proceeds": 0,
    "approved_earlier": 0,
    "product": "direct",
    "ip_types": ("patent",),
    "exposure": "E",
    "registered_in_city": True,
    "in_good_credit": True,
    "loan_principal": 10**8,
    "enterprise_size": "small",
    "is_high_tech": False,
    "claimant": "bank",
    "uses_other_mode": False,
    "is_ip_pledged": True,
    "uses_policy_tool": False,
    "paid_in.01": 1,
    "suspension.S24（银行暂缓）": "正常",
}
BARE: dict[str, Callable[[], object]] = {
    "wenzhou-2020": lambda: wenzhou(("small", True), 60_000_000, 0, 0, 0),
    "deyang": lambda: deyang(60_000_000, 0, "direct", (True, True), ("patent",)),
    "guangzhou-2025": lambda: guangzhou(
        (10**8, 60_000_000, 0, 0), ("small", "bank", "正常"), (False, True, False, False)
    ),
}


def spell(act: Callable[[], object]) -> float:
    """Seconds for one call, over a spell too short for much else to come between."""
    start = time.perf_counter()
    for _ in range(LOOPS):
        act()
    return (time.perf_counter() - start) / LOOPS


def main() -> int:
    failed = 0
    print(f"{'':46} ratio   ours µs / bare µs")
    for slug, bare in BARE.items():
        bound, facts = bind(shipped(slug)), CaseFacts("C", FACTS, dict.fromkeys(FACTS, "案例"))
        outcome, plain = evaluate(bound, facts, {}), bare()
        assert plain == (outcome.settle, outcome.run.due["bank"][0]), slug
        for what, act, bar in (
            ("traced", lambda b=bound, f=facts: evaluate(b, f, {}), BAR),
            ("with the whole record", lambda b=bound, f=facts: record(b, evaluate(b, f, {})), None),
        ):
            pairs = [(spell(act), spell(bare)) for _ in range(SPELLS)]
            ours, theirs = (min(side) * 1e6 for side in zip(*pairs, strict=True))
            verdict = "" if bar is None else "meets ≤ 15" if ours / theirs <= bar else "MISSES ≤ 15"
            failed += verdict.startswith("MISSES")
            name = f"{slug}, {len(outcome.run.trace)} steps, {what}"
            print(f"{name:46} {ours / theirs:5.1f}   {ours:6.2f} / {theirs:.2f}  {verdict}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
