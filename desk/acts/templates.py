"""Registers to fill in, the settings to fill in, and a bank's own workbook bound to a register once."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from desk.acts.office import bytes_of, put
from desk.acts.synonyms import FOLDER, binding_at
from importers.files import Workbook, read_file
from importers.lists.sighting import sightings
from importers.registers import BINDABLE, TEMPLATE_KINDS, Binding, write_template
from importers.registers.header import is_marked
from importers.registers.learning import UNASKED, UNBOUND, Learnt, Question, answered, prove, questions, settled
from ledger.faults import Fault, FaultKind, Place, Refusal, refuse
from ledger.provenance import SourceFile, digest

POOL = "pool"
EVERY_KIND = (*TEMPLATE_KINDS, POOL)
NO_KIND = FaultKind("模板-种类-01", "没有这种模板", "、".join(sorted(EVERY_KIND)), "从所列种类中选一种。")
NOT_BINDABLE = FaultKind(
    "模板-绑定-03", "这种表不能绑定", "、".join(BINDABLE), "用 --kind 写明所列的一种；其余用本系统的模板填写。"
)
NO_NEED = FaultKind(
    "模板-绑定-04",
    "这一份不需要绑定",
    "银行或保险人自己的、本系统还不认得的登记表",
    "本系统的模板、三家银行的流水直接用 riskpool import 导入。",
)
KINDS = (NO_KIND, NOT_BINDABLE, NO_NEED)


def template_bytes(kind: str) -> tuple[str, bytes]:
    """One empty template, the same bytes each time, and the suffix of its name."""
    if kind == POOL:
        return "toml", Path(__file__).with_name("pool_template.toml").read_bytes()
    if kind not in TEMPLATE_KINDS:
        raise refuse(NO_KIND, kind)
    return "xlsx", write_template(kind)


class Bound(NamedTuple):
    """What a dialogue came to: the file written, and what the proof read with it."""

    path: Path
    learnt: Learnt


Ask = Callable[[Question], str]
"""Puts a question to a person and brings the answer's text."""


def learn(path: Path, binding: Binding, ask: Ask | None, out: Path | None) -> Bound:
    """Bind a bank's own workbook: ask what is open, prove the binding by reading the file, write it as data.

    Without ``ask`` every question must have been answered beforehand in ``binding``. Nothing is written unless the
    whole file reads; what stands there is not replaced.
    """
    content = bytes_of(path)
    source = SourceFile(name=path.name, sha256=digest(content))
    workbook = read_file(content, path.name)
    if is_marked(workbook) or sightings(workbook, source):
        raise refuse(NO_NEED, path.name)
    binding = _complete(workbook, binding, ask, path.name)
    try:
        learnt = prove(workbook, source, binding)
    except Refusal as refusal:
        raise Refusal(
            [*refusal.faults, Fault(UNBOUND, f"{len(refusal.faults)} 处读不出（逐处列出）", Place(path.name))]
        ) from None
    target = out or Path(FOLDER) / f"{binding.kind}-{binding.party or 'own'}.toml"
    return Bound(put(target, binding.text().encode(), keep=True), learnt)


def _complete(workbook: Workbook, binding: Binding, ask: Ask | None, name: str) -> Binding:
    binding, refused = settled(workbook, binding), ""
    while waiting := list(questions(workbook, binding)):
        if ask is None:
            words = (f"{item.text} 可选：{'、'.join(item.options)}" if item.options else item.text for item in waiting)
            raise Refusal(Fault(UNASKED, text, Place(name)) for text in words)
        answer = ask(waiting[0]._replace(refused=refused))
        given = answered(binding, waiting[0], answer)
        refused = "" if given else answer.strip() or "空白"
        binding = settled(workbook, given) if given else binding
    return binding


def beginning(kind: str, party: str, answers: Path | None) -> Binding:
    """The binding to begin with: empty, or the answers written down beforehand (a binding, whole or in part)."""
    if kind not in BINDABLE:
        raise refuse(NOT_BINDABLE, kind or "没有写明 --kind")
    if answers is None:
        return Binding(kind=kind, party=party)
    said = binding_at(answers)
    if said.kind != kind:
        raise refuse(NOT_BINDABLE, f"{answers.name} 是 {said.kind} 的", expected=kind)
    return said.model_copy(update={"party": party or said.party})
