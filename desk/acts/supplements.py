"""What is said of a case anew (补充申请、补正): a further claim, or facts that came later, each with its papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from desk.acts.office import Actor, Office, Proposal, attached
from ledger.casefiles import CaseFile, case_files
from ledger.drafts import Draft
from ledger.events import ApplicationSupplemented, CompensationApplied
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.ids import event_id
from ledger.money import fen_of_text, yuan_text
from riskpool.cases import FILED, WORKED_OUT
from riskpool.facts import FACTS, PAPERS, FactSpec, papers_with, parse_fact

NO_CASE = FaultKind(
    "裁决-补充-01",
    "没有可以补充的案件",
    "已受理、没有被裁决不予补偿的案件",
    "用 riskpool status 查出案件编号；不予补偿的，由银行以新的案件编号重新申请。",
    ExitCode.REFUSED,
)
BAD_SUPPLEMENT = FaultKind(
    "裁决-补充-02",
    "补充的内容不成立",
    "另行申请的金额，或与以前不同、写法正确的事实，并附材料",
    "事实的名称和写法见 docs/rules.md 的事实表；备案登记的、账簿算得出的和受理日不能改。",
)
KINDS = (NO_CASE, BAD_SUPPLEMENT)

OWN = ("principal", "interest")
"""Facts that an application states as amounts of its own."""
SETTLED = frozenset({*FILED, *WORKED_OUT, "applied_on", "accepted_on", "claimed"})
"""What nobody says anew: the filing's facts, the books' own, the days that keep the case's place, the claim itself."""

NOTHING_ELSE = "所据事实未变"
"""What a supplement's summary says where only the claim is new."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says anew: a further claim in fen, facts by name or title as an officer writes them, and why."""

    case: str
    claimed_fen: int
    reason: str
    facts: Mapping[str, str] = field(default_factory=dict)


def supplement(office: Office, said: Said, on: date, *, papers: Sequence[tuple[str, bytes]], who: Actor) -> Draft:
    """Draft a supplement of a case that waits for its decision, or is to be decided again.

    Raises:
        Refusal: no such case, or what is said changes nothing, can't be read, or is not the bank's to say; all at once.
    """
    with office.locked():
        file = case_files(office.book).get(said.case)
        application = file.application if file else None
        if file is None or application is None or file.denied:
            raise Refusal([Fault(NO_CASE, said.case)])
        facts, faults = _read(said, application)
        if said.claimed_fen < 0:
            faults.append(_wrong(said.case, "另行申请", f"{yuan_text(said.claimed_fen)} 元"))
        elif not (said.claimed_fen or facts):
            faults.append(_wrong(said.case, "补充内容", _nothing_new(said, faults)))
        if not papers:
            faults.append(_wrong(said.case, "附件", "没有附件"))
        if on < application.on:
            faults.append(_wrong(said.case, "日期", f"{on}，早于申请日 {application.on}"))
        if faults:
            raise Refusal(faults)
        event = _event(file, application, said, facts, on, len(papers))
        account = office.book.chart.claim(file.bank, said.case)
        documents = attached(papers, account, f"case-{said.case}")
        proposal = Proposal("supplement", event.summary, [event], documents=documents)
        return office.propose(proposal, who, keep=lambda: office.put_away(documents, papers))


def _nothing_new(said: Said, faults: list[Fault]) -> str:
    """That nothing is claimed and every fact named is as it was; of facts that can't be read others speak."""
    listed = "、".join(said.facts)
    same = (
        "列出的事实没有一项可用"
        if faults
        else f"所列的事实（{listed}）与以前所说的相同"
        if listed
        else "也没有列出事实"
    )
    return f"没有新的内容：没有另行申请的金额，{same}"


def _event(
    file: CaseFile, application: CompensationApplied, said: Said, facts: dict[str, str], on: date, papers: int
) -> ApplicationSupplemented:
    number = max((item.number for item in file.supplements), default=0) + 1
    words = f"再申请 {yuan_text(said.claimed_fen)} 元" if said.claimed_fen else "补正事实"
    # A claim alone changes no figure that a decision is made from: maker, checker and books are told.
    words += "" if facts else f"，{NOTHING_ELSE}"
    return ApplicationSupplemented(
        event_id=event_id("supplement", said.case, number),
        on=on,
        summary=f"{said.case} 第 {number} 次补充：{words}",
        case=said.case,
        loan=file.loan,
        bank=file.bank,
        number=number,
        claimed_fen=said.claimed_fen,
        principal_fen=int(facts.pop("principal_fen", application.principal_fen)),
        interest_fen=int(facts.pop("interest_fen", application.interest_fen)),
        facts=tuple(facts.items()),
        reason=said.reason,
        attachments=papers,
    )


_BY_TITLE = {spec.title: spec for spec in FACTS.values()}


def _read(said: Said, application: CompensationApplied) -> tuple[dict[str, str], list[Fault]]:
    """The facts in the form of an application, those that are as before left out, and what can't be read."""
    before = dict(application.facts)
    before |= {"principal_fen": str(application.principal_fen), "interest_fen": str(application.interest_fen)}
    facts: dict[str, str] = {}
    faults: list[Fault] = []
    for name, text in said.facts.items():
        spec = FACTS.get(name) or _BY_TITLE.get(name)
        if spec is None or spec.name in SETTLED:
            faults.append(_wrong(said.case, name, text))
            continue
        # Papers come on top of those that came before: nobody has to name again what is there.
        there = facts.get(PAPERS, before.get(PAPERS, ""))
        written = papers_with(there, text) if spec.name == PAPERS else _written(spec, text)
        if written is None:
            faults.append(_wrong(said.case, spec.title, text))
        elif before.get(key := _key(spec)) != written:
            facts[key] = written
    return facts, faults


def _key(spec: FactSpec) -> str:
    return f"{spec.name}_fen" if spec.dimension == "money" else spec.name


_FLAGS = {"是": "true", "否": "false"}


def _written(spec: FactSpec, text: str) -> str | None:
    """A fact as an application carries it: fen in digits, a day in ISO form, true or false, a word's key."""
    if spec.dimension == "money":
        fen = fen_of_text(text)
        return str(fen) if fen is not None and fen >= 0 else None
    value = parse_fact(spec.name, _FLAGS.get(text, text) if spec.dimension == "flag" else text)
    if value is None or spec.dimension == "multiple":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return "、".join(value) if isinstance(value, tuple) else str(value)


def _wrong(case: str, column: str, found: str) -> Fault:
    return Fault(BAD_SUPPLEMENT, found, Place(f"案件 {case}", column=column))
