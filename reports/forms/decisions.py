"""The decision record behind a case, and its steps as a paper shows them, clause by clause."""

from ledger.book import Book
from ledger.casefiles import CaseFile, Ruling
from ledger.events import LoanIncluded
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.provenance import SHORT, digest
from reports.render.cells import Cell, Money, Words
from reports.render.paper import Step
from riskpool.decision import Decision, from_bytes
from riskpool.decision import Step as RuleStep
from riskpool.facts import FactValue, fact_text
from riskpool.views import StepLine, explain

NO_RECORD = FaultKind(
    "报表-裁决-01",
    "账套内没有这份裁决记录",
    "documents/ 下与裁决分录所记摘要一致的裁决记录",
    "账套文件可能缺失或被改动：运行 riskpool verify，用备份恢复。",
    ExitCode.REFUSED,
)
KINDS = (NO_RECORD,)

EFFECTS = {"refuse": "不予补偿", "defer": "缓付", "flag": "提示", "skip": "不适用", "row": "不属本档"}
CONDITIONS = frozenset({"at_least", "above", "at_most", "below", "equal", "one_of"})


def decision_of(book: Book, case: CaseFile) -> Decision | None:
    """The stored decision that stands of a case, None while it has none; its bytes have the digest that was posted."""
    return record_of(book, case.ruling) if case.ruling else None


def record_of(book: Book, event: Ruling) -> Decision:
    """The stored record of a ruling, its bytes having the digest that was posted.

    Raises:
        Refusal: it is missing or was changed.
    """
    for path in sorted((book.root / "documents").glob(f"{event.decision[:SHORT]}*")):
        content = path.read_bytes()
        if digest(content) == event.decision:
            try:
                return from_bytes(content)
            except (ValueError, KeyError, TypeError):
                break
    raise Refusal([Fault(NO_RECORD, f"案件 {event.case}，摘要 {event.decision[:SHORT]}")])


def steps_of(decision: Decision) -> tuple[Step, ...]:
    """Every step in an officer's words, under its article.

    With a clause's first step stands what it says, in our words, and which of the assumptions at the paper's foot
    its figures rest on.
    """
    made: list[Step] = []
    seen: set[int] = set()
    for step, line in zip(decision.steps, explain(decision), strict=True):
        head = [] if step.clause in seen else _clause_head(decision, line)
        text = "\n".join([*head, line.sentence])
        made.append(Step(step.no, line.clause, text, _result(step, line), _effect(step)))
        seen.add(step.clause)
    return tuple(made)


def _clause_head(decision: Decision, line: StepLine) -> list[str]:
    place = f"{line.clause}·{line.kind}·"
    numbers = [str(number) for number, said in enumerate(decision.assumed, 1) if said.startswith(place)]
    assumed = f"（含假定，见表尾第 {'、'.join(numbers)} 项）" if numbers else ""
    said = f"大意：{line.says}{assumed}" if line.says else assumed
    return [said] if said else []


def _result(step: RuleStep, line: StepLine) -> Cell:
    if line.amount_fen is not None:
        return Money(line.amount_fen)
    return Words(line.plain, align="center" if step.op in CONDITIONS else "right")


def _effect(step: RuleStep) -> str:
    return EFFECTS.get(step.effect, "") if step.effect and not step.result else ""


def fact_words(book: Book, name: str, value: FactValue) -> str | None:
    """A fact's value as a paper has it: a bank and an exposure by what people call them; None for money."""
    match name:
        case "bank":
            return book.pool.bank_of(str(value)).name
        case "exposure":
            return exposures(book)[str(value)]
        case _:
            return fact_text(name, value)


def exposures(book: Book) -> dict[str, str]:
    """Each exposure by the loan that began it, which renewals share: its own number is for the program only."""
    found: dict[str, str] = {}
    for event in book.events(LoanIncluded):
        found.setdefault(event.exposure, f"借据 {event.renews or event.loan} 起")
    return found
