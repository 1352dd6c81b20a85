"""A filing's findings as a record: frozen when the loan comes in, so that it can be judged again from the record alone.

Canonical JSON like a decision's: the text's ref and digest, the facts with what each was read from, the measures and
states of suspensions, the clauses' integers, every step and every finding, those that hold included.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ledger.provenance import digest
from riskpool.binding import applies
from riskpool.clauses.standing import LEVERAGE_FACTS
from riskpool.decision import Finding, FrozenClause, Step, canonical_bytes, step_json, step_of_json
from riskpool.eligibility import asked_at_inclusion, judge
from riskpool.facts import CaseFacts, FactValue
from riskpool.needs import facts_of_clause
from riskpool.provisions import assumptions
from riskpool.rulefile import RuleText
from riskpool.suspension import Measure, SuspensionState, barring_clauses, barring_states, own_measures

FORMAT = 1
EFFECTS = {"refuse": "不予入库", "defer": "暂缓", "flag": "提示", "skip": "不适用", "row": "不属本档", "": "不符"}
"""What follows where a finding does not hold, in an officer's words."""


@dataclass(frozen=True, slots=True)
class FilingRecord:
    """All that a filing was judged by and all that was found; ``places`` are the findings' steps, 0 for a suspension.

    ``measures`` are those that the text's suspensions asked for, up to the filing day.
    """

    rule: str
    rule_sha256: str
    title: str
    demo: bool
    loan: str
    bank: str
    filed_on: date
    facts: Mapping[str, FactValue]
    evidence: Mapping[str, str]
    measures: tuple[Measure, ...]
    states: tuple[SuspensionState, ...]
    clauses: tuple[FrozenClause, ...]
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    places: tuple[int, ...]
    assumed: tuple[str, ...]

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """The findings that bar the filing."""
        return tuple(item for item in self.findings if not item.holds and item.effect == "refuse")

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """The findings that do not hold and bar nothing: to be seen by whoever takes the loan in."""
        return tuple(item for item in self.findings if not item.holds and item.effect in ("defer", "flag"))

    @property
    def verdict(self) -> Literal["admitted", "refused"]:
        """Whether the loan may come in."""
        return "refused" if self.refusals else "admitted"

    def to_bytes(self) -> bytes:
        """Canonical JSON: sorted keys, UTF-8, newline at the end."""
        return canonical_bytes(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        findings = [
            {
                "clause": item.clause,
                "kind": item.kind,
                "holds": item.holds,
                "effect": item.effect,
                "sentence": item.sentence,
                "step": step,
            }
            for item, step in zip(self.findings, self.places, strict=True)
        ]
        return {
            "format": FORMAT,
            "rule": self.rule,
            "rule_sha256": self.rule_sha256,
            "title": self.title,
            "demo": self.demo,
            "loan": self.loan,
            "bank": self.bank,
            "filed_on": self.filed_on.isoformat(),
            "facts": dict(self.facts),
            "evidence": dict(self.evidence),
            "measures": [[item.on.isoformat(), *item[1:]] for item in self.measures],
            "states": [[*item[:3], item.since.isoformat() if item.since else None, *item[4:]] for item in self.states],
            "clauses": [
                {"no": item.no, "article": item.article, "kind": item.kind, "says": item.says}
                | {"literals": dict(item.literals)}
                for item in self.clauses
            ],
            "steps": [step_json(step) for step in self.steps],
            "findings": findings,
            "verdict": self.verdict,
            "assumed": list(self.assumed),
        }

    @property
    def sha256(self) -> str:
        """Digest of :meth:`to_bytes`, under which the books keep the record."""
        return digest(self.to_bytes())


def file_loan(text: RuleText, facts: CaseFacts, bank: str, filed_on: date, measures: Sequence[Measure]) -> FilingRecord:
    """Judge a filing and keep all of it. ``measures`` are the bank's and the pool's, of any day.

    Raises:
        Refusal: the text has unset topics, a fact or a measure is missing, or a state is one no row describes.
    """
    known = [clause for clause in barring_clauses(text) if not set(clause.unset) - {"resumes"}]
    asked = [
        item
        for clause in known
        if applies(clause, facts)
        for item in own_measures(clause, measures)
        if item.on <= filed_on
    ]
    kept = tuple(dict.fromkeys(asked))
    states = barring_states(text, kept, filed_on, facts)
    found = judge(text, facts, states)
    return FilingRecord(
        rule=text.ref,
        rule_sha256=text.sha256,
        title=text.title,
        demo=text.demo,
        loan=facts.case,
        bank=bank,
        filed_on=filed_on,
        facts=dict(facts.values),
        evidence=dict(facts.evidence),
        measures=kept,
        states=states,
        clauses=found.clauses,
        steps=found.steps,
        findings=found.findings,
        places=found.places,
        assumed=assumptions(text),
    )


def file_again(text: RuleText, record: FilingRecord) -> FilingRecord:
    """The same filing judged once more, from what its record holds."""
    facts = CaseFacts(record.loan, record.facts, record.evidence)
    return file_loan(text, facts, record.bank, record.filed_on, record.measures)


def facts_asked(text: RuleText) -> frozenset[str]:
    """The facts that a filing is judged by under a text."""
    found = {name for clause in asked_at_inclusion(text) for name in facts_of_clause(clause)}
    found |= {condition.fact for clause in barring_clauses(text) for condition in clause.when}
    for clause in text.clauses_of("leverage_limit"):
        found.add("in_pool_principal")
        basis = clause.parameters.get("basis")
        if basis in LEVERAGE_FACTS:
            found.add(LEVERAGE_FACTS[str(basis)])
    return frozenset(found)


def record_of(content: bytes) -> FilingRecord:
    """Read back what :meth:`FilingRecord.to_bytes` wrote; another format is our mistake, not a user's."""
    table: dict[str, Any] = json.loads(content)
    assert table["format"] == FORMAT, "unknown format of a filing's record"
    findings = table["findings"]
    return FilingRecord(
        rule=table["rule"],
        rule_sha256=table["rule_sha256"],
        title=table["title"],
        demo=table["demo"],
        loan=table["loan"],
        bank=table["bank"],
        filed_on=date.fromisoformat(table["filed_on"]),
        facts={name: tuple(v) if isinstance(v, list) else v for name, v in table["facts"].items()},
        evidence=table["evidence"],
        measures=tuple(Measure(date.fromisoformat(on), *rest) for on, *rest in table["measures"]),
        states=tuple(
            SuspensionState(clause, state, effect, date.fromisoformat(since) if since else None, *rest)
            for clause, state, effect, since, *rest in table["states"]
        ),
        clauses=tuple(FrozenClause(**clause) for clause in table["clauses"]),
        steps=tuple(map(step_of_json, table["steps"])),
        findings=tuple(
            Finding(item["clause"], item["kind"], item["holds"], item["effect"], item["sentence"]) for item in findings
        ),
        places=tuple(item["step"] for item in findings),
        assumed=tuple(table["assumed"]),
    )
