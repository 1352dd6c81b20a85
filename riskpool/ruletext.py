"""Rule texts: those shipped, the version in force on a day, and what a text leaves unset.

A version claims a case when every day that ``dated_by`` names lies in ``[effective_on, lapsed_on)``. No version:
refused. Two: the one that says it takes over the other, else refused; never "the newest wins".
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.kind import LATER_TOPICS, TOPICS, Clause
from riskpool.facts import title_of
from riskpool.rulefile import HEADER, Party, RuleText, Silence, read_rule_text

UNSET = FaultKind(
    "办法-未定-01", "办法未定，不能据以裁决", "已签发文本的规定", "取得已签发的文本后录入，再采用。", ExitCode.REFUSED
)
UNSET_PARAMETER = FaultKind(
    "办法-未定-02", "本案用到的参数未定", "已签发文本的规定", "取得已签发的文本后录入，再采用。", ExitCode.REFUSED
)
NO_TEXT = FaultKind(
    "办法-时效-01",
    "没有办法适用于这些日期",
    "各日期都在某一版本的施行期内",
    "核对日期，或采用适用于该日期的版本。",
    ExitCode.REFUSED,
)
TWO_TEXTS = FaultKind(
    "办法-时效-02",
    "两个版本同时适用",
    "只有一个版本适用，或其一写明 takes_over",
    "由主管确定承接关系，在新版本写明 takes_over。",
    ExitCode.REFUSED,
)
NOT_SHIPPED = FaultKind("办法-文本-06", "没有随附这一办法", "riskpool rules list 所列的名称", "核对名称。")
KINDS = (UNSET, UNSET_PARAMETER, NO_TEXT, TWO_TEXTS, NOT_SHIPPED)

UNDATED = "undated"
"""Folder of a text whose day of effect is unset: it can't be adopted."""

__all__ = [
    "KINDS",
    "UNDATED",
    "Party",
    "RuleText",
    "Silence",
    "in_force",
    "open_faults",
    "read_rule_text",
    "refuse_unset",
    "shipped",
    "shipped_file",
    "shipped_refs",
    "text_on",
    "texts_on",
    "unset_parameter",
]


def shipped_refs() -> tuple[str, ...]:
    """``<slug>@<folder>`` of every rule text in the package, sorted."""
    root = files("riskpool") / "rules"
    return tuple(
        sorted(
            f"{slug.name}@{version.name}"
            for slug in root.iterdir()
            if slug.is_dir()
            for version in slug.iterdir()
            if (version / "rule_text.toml").is_file()
        )
    )


def shipped_file(ref: str, name: str = "rule_text.toml") -> bytes:
    """The bytes of a shipped text's ``rule_text.toml`` or ``notes.md``; ``ref`` is one of :func:`shipped_refs`."""
    if ref not in shipped_refs():
        raise Refusal([Fault(NOT_SHIPPED, ref)])
    slug, _, version = ref.partition("@")
    return (files("riskpool") / "rules" / slug / version / name).read_bytes()


@cache
def shipped(slug_or_ref: str) -> RuleText:
    """A shipped text by its ref, or by its slug where it has one version only."""
    refs = [ref for ref in shipped_refs() if slug_or_ref in (ref, ref.partition("@")[0])]
    if len(refs) != 1:
        raise Refusal([Fault(NOT_SHIPPED, slug_or_ref, expected="、".join(refs or shipped_refs()))])
    slug, _, version = refs[0].partition("@")
    return read_rule_text(shipped_file(refs[0]), f"rules/{slug}/{version}/rule_text.toml")


def in_force(texts: Sequence[RuleText], days: Mapping[str, date]) -> RuleText:
    """The text that claims a case with these days (fact name → day).

    Raises:
        Refusal: no text claims the case, or two do and neither takes over the other.
    """
    left = _not_taken_over([text for text in texts if _claims(text, days)])
    shown = "、".join(f"{title_of(name)} {day.isoformat()}" for name, day in sorted(days.items()))
    return _only(left, shown, texts)


def texts_on(texts: Sequence[RuleText], day: date) -> tuple[RuleText, ...]:
    """The texts in force on a day, those left out that another of them takes over: what a paper of that day names."""
    return _not_taken_over([text for text in texts if _claims(text, dict.fromkeys(text.dated_by, day))])


def text_on(texts: Sequence[RuleText], day: date) -> RuleText:
    """The text in force on a day: for filings, suspensions and cases taken over at the opening.

    Raises:
        Refusal: none is in force (NO_TEXT), or several are and none takes over the others (TWO_TEXTS).
    """
    return _only(texts_on(texts, day), day.isoformat(), texts)


def _not_taken_over(claiming: Sequence[RuleText]) -> tuple[RuleText, ...]:
    taken = {ref for text in claiming for ref in text.takes_over}
    return tuple(text for text in claiming if text.ref not in taken)


def _only(left: Sequence[RuleText], shown: str, texts: Sequence[RuleText]) -> RuleText:
    if not left:
        raise Refusal([Fault(NO_TEXT, shown, expected=_periods(texts))])
    if len(left) > 1:
        raise Refusal([Fault(TWO_TEXTS, f"{shown}：{'、'.join(text.ref for text in left)}")])
    return left[0]


def _claims(text: RuleText, days: Mapping[str, date]) -> bool:
    if text.effective_on is None or "lapsed_on" in text.unset or not text.dated_by:
        return False
    assert set(text.dated_by) <= set(days), f"{text.slug} is dated by {text.dated_by}"
    return all(
        text.effective_on <= days[name] and (text.lapsed_on is None or days[name] < text.lapsed_on)
        for name in text.dated_by
    )


def _periods(texts: Sequence[RuleText]) -> str:
    periods = [
        f"《{text.title}》自 {text.effective_on or '未定'} 起"
        + (f"，{text.lapsed_on} 起不再适用" if text.lapsed_on else "")
        for text in texts
    ]
    return "；".join(periods) or "至少采用一个办法"


def open_faults(text: RuleText) -> tuple[Fault, ...]:
    """Everything that the text leaves unset (head, topics, parameters of clauses), each with where to enter it."""
    head = [_unset_field(text, name, why) for name, why in text.unset.items()]
    topics = [_unset_topic(text, silence) for silence in text.silent if silence.status == "unset"]
    return (*head, *topics, *(fault for clause in text.clauses for fault in _unset_parameters(clause, text)))


def passed_over(text: RuleText) -> tuple[str, ...]:
    """The later topics of which a text says nothing: it was written before them, or somebody forgot."""
    spoken = {CLAUSE_KINDS[clause.kind].topic for clause in text.clauses} | {one.topic for one in text.silent}
    return tuple(topic for topic in LATER_TOPICS if topic not in spoken)


def refuse_unset(text: RuleText) -> None:
    """Refuse a text that leaves a field of its head or a topic unset, naming everything that is.

    A parameter alone does not bar a text: it refuses the case that reads it (:func:`unset_parameter`).
    """
    if text.unset or any(silence.status == "unset" for silence in text.silent):
        raise Refusal(open_faults(text))


def _remedy(text: RuleText) -> str:
    """The same for every item: where each is entered is its fault's place."""
    return (
        f"取得已签发的管理办法后，新建文件夹 rules/{text.slug}/<施行日期>/（rule_text.toml 与 notes.md），"
        "在 rule_text.toml 中「」所指的位置填写，再用 riskpool rules adopt <该文件夹> 采用。"
    )


def _unset_field(text: RuleText, name: str, why: str) -> Fault:
    section = "[party] 一节" if name == "party" else f"[rule_text] 一节 {name}"
    found = f"{HEADER[name]}（{name}）未定：{why}"
    return Fault(UNSET, found, Place(text.file, column=section), remedy=_remedy(text))


def _unset_topic(text: RuleText, silence: Silence) -> Fault:
    kinds = [kind for kind in CLAUSE_KINDS.values() if kind.topic == silence.topic]
    fields = [f"{kind.name}（{'、'.join(f'{p.name} {p.title}' for p in kind.parameters)}）" for kind in kinds]
    section = "、".join(f'[clause."第…条".{kind.name}]' for kind in kinds) + " 一节" if kinds else "[[silent]] 一节"
    expected = (
        f"条款 {' 或 '.join(fields)}；原文确无此规定的，在 [[silent]] 注明"
        if kinds
        else "原文确无此规定的，在 [[silent]] 注明；有规定的，本版程序尚无相应条款种类，不能采用"
    )
    found = f"{TOPICS[silence.topic]}（{silence.topic}）未定：{silence.why}"
    place = Place(text.file, column=section)
    return Fault(UNSET, found, place, expected=expected, remedy=_remedy(text))


def unset_parameter(clause: Clause) -> Refusal:
    """The refusal of a case that reads a clause with unset parameters."""
    return Refusal(_unset_parameters(clause))


def _unset_parameters(clause: Clause, text: RuleText | None = None) -> list[Fault]:
    titles = {parameter.name: parameter.title for parameter in CLAUSE_KINDS[clause.kind].parameters}
    section = f'[clause."{clause.article}".{clause.kind}]'
    return [
        Fault(
            UNSET_PARAMETER,
            f"{titles[name]}（{name}）未定：{why}",
            Place(text.file if text else "", column=f"{section} {name}"),
            remedy=_remedy(text) if text else "",
        )
        for name, why in clause.unset.items()
    ]
