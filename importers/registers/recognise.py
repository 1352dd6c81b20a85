"""The door of this room: a workbook in, an intake or a refusal out."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from importers.files import Workbook
from importers.registers import wrongs
from importers.registers.cases import applications, recoveries
from importers.registers.columns import Template, template_of
from importers.registers.extensions import extensions
from importers.registers.harvest import Harvest
from importers.registers.header import fits, is_marked, nearest, recognised
from importers.registers.insurance import insurance
from importers.registers.loans import loans
from importers.registers.opening import opening
from importers.registers.register import read_register
from importers.registers.repeated import repeated
from importers.registers.statement import statement
from importers.registers.synonyms import Binding
from importers.registers.tapes import tapes
from ledger.faults import Fault, Place, Refusal, refuse
from ledger.openitems import OpenItems
from ledger.papers import Intake
from ledger.pool import Pool
from ledger.provenance import SourceFile

READERS: dict[str, Callable[[Harvest], None]] = {
    "loans": loans,
    "tapes": tapes,
    "insurance": insurance,
    "applications": applications,
    "recoveries": recoveries,
    "extensions": extensions,
    "statement": statement,
    "opening": opening,
}
MAY_BE_EMPTY = frozenset({"statement"})
"""A month without a movement is a statement all the same."""


def intake(
    workbook: Workbook, source_file: SourceFile, view: OpenItems, bindings: Sequence[Binding] = ()
) -> Intake | None:
    """Read a register made from one of our templates or bound to one; None when the workbook is none.

    Everything the file says that the books know already (``view.known_events``) is counted as known and made no
    second time; said otherwise than before, it is refused.

    Raises:
        Refusal: with every fault found; nothing of the file is to be posted. Faults of reading (cells, columns,
            totals) come first and alone, because what the rows mean can't be judged while they stand.
    """
    fitting = () if is_marked(workbook) else tuple(binding for binding in bindings if fits(workbook, binding))
    if len(fitting) > 1:
        raise refuse(
            wrongs.AMBIGUOUS, f"都适合：{'、'.join(item.slug for item in fitting)}", place=Place(source_file.name)
        )
    template = fitting[0].template if fitting else recognised(workbook)
    if template is None:
        _refuse_what_is_nearly_one(workbook, source_file, bindings)
        return None
    return _read(workbook, template, source_file, view, _Bound(fitting[0] if fitting else None, tuple(bindings)))


class _Bound(NamedTuple):
    """The binding that fits the file, and all that the office has: an earlier file may have come under another."""

    chosen: Binding | None = None
    known: tuple[Binding, ...] = ()


def _refuse_what_is_nearly_one(workbook: Workbook, source_file: SourceFile, bindings: Sequence[Binding]) -> None:
    near = nearest(workbook, bindings)
    if near is None:
        return
    found = f"最接近「{near.template.title}」，缺少：{'、'.join(near.lacking) or '已有对应的其他栏'}"
    found += f"；另有：{'、'.join(near.strange)}" if near.strange else ""
    raise refuse(wrongs.DRIFTED, found[:400], place=Place(source_file.name, near.sheet, near.row))


def read_opening(workbook: Workbook, source_file: SourceFile, pool: Pool) -> Intake:
    """Read a filled opening template: every event is dated the opening day, and the balances sum to zero.

    Raises:
        Refusal: with every fault found, also when the workbook is no opening.
    """
    template = recognised(workbook)
    if template is None or template.kind != "opening":
        found = template.title if template else "不是本系统的模板"
        raise refuse(wrongs.NO_COLUMN, found, place=Place(source_file.name), expected=template_of("opening").title)
    return _read(workbook, template, source_file, OpenItems(pool=pool), _Bound())


def _read(workbook: Workbook, template: Template, source_file: SourceFile, view: OpenItems, bound: _Bound) -> Intake:
    register, faults = read_register(workbook, template, source_file, bound.chosen)
    if not faults and template.kind not in MAY_BE_EMPTY and not register.tables[template.tables[0].key]:
        faults = [Fault(wrongs.NO_ROWS, "没有数据行", Place(source_file.name, template.tables[0].sheet))]
    if faults:
        raise Refusal(faults)
    harvest = Harvest(register, view, bound.known)
    READERS[template.kind](harvest)
    harvest.faults += repeated(harvest)
    return harvest.intake()
