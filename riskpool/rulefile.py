"""One rule_text.toml read and validated: every fault is gathered, none is guessed away.

A parameter is given or listed under ``unset``; a topic is bound by a clause or named in a ``[[silent]]`` entry.
Without this "no cap" and "cap not seen" would be one and the same file.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.faults import Fault, FaultKind, Place, Refusal, toml_words
from ledger.provenance import digest
from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.kind import PHASES, Clause, Condition, Kind, ParameterValue
from riskpool.facts import FACTS
from riskpool.parameters import Context, Unreadable, read_parameter, read_when
from riskpool.rulechecks import check_whole
from riskpool.rulefaults import BAD_CLAUSE, BAD_FIELD, BAD_FILE, BAD_PARAMETER, BAD_TOPIC, Reading

HEADER = {
    "title": "名称",
    "issuer": "发文机关",
    "effective_on": "施行日期",
    "lapsed_on": "失效日期",
    "dated_by": "据以选择版本的日期",
    "party": "参与分担各方",
}
"""Fields of the head that a text gives or leaves unset, with their titles."""

NO_END = "无截止日"
"""What a text writes for ``lapsed_on`` when no last day is stated."""

_COMMON = {"says", "when", "assumed", "unset", "source", "trust", "status", "checked_on"}
_HEAD = {*HEADER, "slug", "source", "trust", "status", "checked_on", "takes_over", "demo", "unset", "assumed"} - {
    "party"
}
_SLUG = re.compile(r"[a-z0-9-]{2,30}")
_STATUS = ("sourced", "assumed", "unset")


@dataclass(frozen=True, slots=True)
class Party:
    """A loss-sharing party. Contributors (出资方) are another dimension and stand in pool.toml."""

    key: str
    title: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """A topic no clause binds: ``sourced`` (read whole, has none), ``assumed`` or ``unset`` (not visible)."""

    topic: str
    status: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class RuleText:
    """A validated rule text. A field of the head that is unset is None (days) or empty, and is in ``unset``.

    ``lapsed_on`` is the first day not covered; None with no entry in ``unset`` means no end.
    """

    slug: str
    title: str
    issuer: str
    source: str
    trust: str
    status: str
    checked_on: str
    effective_on: date | None
    lapsed_on: date | None
    dated_by: tuple[str, ...]
    takes_over: tuple[str, ...]
    demo: bool
    unset: Mapping[str, str]
    assumed: Mapping[str, str]
    parties: tuple[Party, ...]
    clauses: tuple[Clause, ...]
    silent: tuple[Silence, ...]
    sha256: str
    file: str

    @property
    def ref(self) -> str:
        """``<slug>@<effective_on>``: how events name the text. Only a dated text has one."""
        assert self.effective_on, f"{self.slug} has no day of effect"
        return f"{self.slug}@{self.effective_on.isoformat()}"

    def clauses_of(self, kind: str) -> tuple[Clause, ...]:
        """The clauses of one kind, in order."""
        return tuple(clause for clause in self.clauses if clause.kind == kind)


def read_rule_text(content: bytes, file: str = "rule_text.toml") -> RuleText:
    """Read and validate a rule text's bytes; one :class:`Refusal` carries every fault found."""
    try:
        table = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal([Fault(BAD_FILE, toml_words(error), Place(file))]) from None
    return rule_text_of(table, digest(content), file)


def rule_text_of(table: Mapping[str, Any], sha256: str, file: str) -> RuleText:
    """Validate a rule text's table as TOML gave it; one :class:`Refusal` carries every fault found."""
    reading = Reading(file)
    for name in sorted(set(table) - {"rule_text", "party", "clause", "silent"}):
        reading.fault(BAD_FIELD, name, "没有这样一节", "rule_text、party、clause、silent")
    head = _mapping(table.get("rule_text"))
    unset, assumed = _mapping(head.get("unset")), _mapping(head.get("assumed"))
    _check_head(head, unset, assumed, table, reading)
    parties = _parties(_mapping(table.get("party")), unset, reading)
    clauses = _clauses(_mapping(table.get("clause")), tuple(party.key for party in parties), head, reading)
    silent = _silences(table.get("silent", []), reading)
    check_whole(clauses, silent, reading)
    if reading.faults:
        raise Refusal(reading.faults)
    return RuleText(
        slug=head["slug"],
        title=head.get("title", ""),
        issuer=head.get("issuer", ""),
        source=head["source"],
        trust=head["trust"],
        status=head["status"],
        checked_on=head["checked_on"].isoformat(),
        effective_on=head.get("effective_on"),
        lapsed_on=None if head.get("lapsed_on") == NO_END else head.get("lapsed_on"),
        dated_by=tuple(head.get("dated_by", ())),
        takes_over=tuple(head.get("takes_over", ())),
        demo=head.get("demo", False),
        unset={str(name): str(why) for name, why in unset.items()},
        assumed={str(name): str(why) for name, why in assumed.items()},
        parties=parties,
        clauses=clauses,
        silent=silent,
        sha256=sha256,
        file=file,
    )


def _mapping(raw: object) -> dict[str, Any]:
    return dict(raw) if isinstance(raw, Mapping) else {}


def _check_head(
    head: dict[str, Any], unset: dict[str, Any], assumed: dict[str, Any], table: Mapping[str, Any], reading: Reading
) -> None:
    for name in sorted(set(head) - _HEAD):
        reading.fault(BAD_FIELD, f"[rule_text] {name}", "没有这样一项", "、".join(sorted(_HEAD)))
    given = {**head, **({"party": table["party"]} if table.get("party") else {})}
    for name, title in HEADER.items():
        if (name in given) == (name in unset):
            found = "既有取值又列入 unset" if name in given else "既无取值又未列入 unset"
            reading.fault(BAD_FIELD, f"[rule_text] {name}", f"{title}{found}")
    for name in sorted((set(unset) | set(assumed)) - set(HEADER)):
        reading.fault(BAD_FIELD, f"[rule_text] {name}", "unset、assumed 中没有这样一项", "、".join(HEADER))
    for name in sorted(set(assumed) & set(unset)):
        reading.fault(BAD_FIELD, f"[rule_text] {name}", "同时列入 unset 与 assumed")
    if head.get("status") == "unset":
        seen = [title for name, title in HEADER.items() if name in given] + ["条款"] * bool(table.get("clause"))
        _fault_seen(BAD_FIELD, "[rule_text] status", seen, reading)
    for name, expected in _head_types(head).items():
        reading.fault(BAD_FIELD, f"[rule_text] {name}", f"{head.get(name, '没有取值')!s}", expected)


def _fault_seen(kind: FaultKind, section: str, seen: list[str], reading: Reading) -> None:
    """Fault values in what is marked unset: what nobody has seen can't be computed with."""
    if seen:
        found = f"列为 unset，却给出了{'、'.join(seen)}"
        reading.fault(kind, section, found, "列为 unset 的没有取值；见到的写 sourced，推定的写 assumed 并注明原因")


def _head_types(head: dict[str, Any]) -> dict[str, str]:
    """Fields of the head whose value can't be, each with what was expected."""
    wrong: dict[str, str] = {}
    if not isinstance(head.get("slug"), str) or not _SLUG.fullmatch(head["slug"]):
        wrong["slug"] = "小写英文字母、数字、连字符，2 至 30 位"
    wrong |= {
        name: "非空文字" for name in ("source", "trust") if not isinstance(head.get(name), str) or not head.get(name)
    }
    wrong |= {name: "文字" for name in ("title", "issuer") if not isinstance(head.get(name, ""), str)}
    if head.get("status") not in _STATUS:
        wrong["status"] = "、".join(_STATUS)
    if type(head.get("checked_on")) is not date:
        wrong["checked_on"] = "核对日期，如 2024-01-02"
    if "effective_on" in head and type(head["effective_on"]) is not date:
        wrong["effective_on"] = "日期，如 2024-01-01"
    if "lapsed_on" in head and head["lapsed_on"] != NO_END and type(head["lapsed_on"]) is not date:
        wrong["lapsed_on"] = f"日期（第一个不再适用的日子），或「{NO_END}」"
    days = [name for name, spec in FACTS.items() if spec.dimension == "day"]
    dated_by = head.get("dated_by", days)
    if not isinstance(dated_by, list) or not dated_by or any(name not in days for name in dated_by):
        wrong["dated_by"] = f"以下日期的列表：{'、'.join(days)}"
    if not isinstance(head.get("takes_over", []), list):
        wrong["takes_over"] = "所承接版本的列表"
    if not isinstance(head.get("demo", False), bool):
        wrong["demo"] = "true 或 false"
    return wrong


def _parties(table: dict[str, Any], unset: dict[str, Any], reading: Reading) -> tuple[Party, ...]:
    parties = []
    for key, raw in table.items():
        value = _mapping(raw)
        if not re.fullmatch(r"[a-z_]{2,20}", key) or not value.get("title") or set(value) - {"title", "ours"}:
            reading.fault(
                BAD_FIELD, f"[party] {key}", str(raw), '小写英文名 = { title = "名称" }，本池另写 ours = true'
            )
        parties.append(Party(key, str(value.get("title", "")), value.get("ours") is True))
    if "party" not in unset and sum(party.ours for party in parties) != 1:
        reading.fault(BAD_FIELD, "[party]", "没有唯一的 ours = true", "恰有一方为本池")
    return tuple(parties)


def _clauses(
    table: dict[str, Any], parties: tuple[str, ...], head: dict[str, Any], reading: Reading
) -> tuple[Clause, ...]:
    found = [
        (article, name, _mapping(raw))
        for article, kinds in table.items()
        for name, raw in _mapping(kinds).items()
        if _known(article, name, reading)
    ]
    # Phase order, and inside a phase the order of the file: the text's own order.
    found.sort(key=lambda item: PHASES.index(CLAUSE_KINDS[item[1]].phase))
    return tuple(
        _clause(no, article, CLAUSE_KINDS[name], raw, parties, head, reading)
        for no, (article, name, raw) in enumerate(found, start=1)
    )


def _known(article: str, name: str, reading: Reading) -> bool:
    if name not in CLAUSE_KINDS:
        reading.fault(BAD_CLAUSE, f'[clause."{article}".{name}]', f"没有「{name}」这一种类", "、".join(CLAUSE_KINDS))
    return name in CLAUSE_KINDS


def _clause(
    no: int,
    article: str,
    kind: Kind,
    raw: dict[str, Any],
    parties: tuple[str, ...],
    head: dict[str, Any],
    reading: Reading,
) -> Clause:
    section = f'[clause."{article}".{kind.name}]'
    unset, assumed = _mapping(raw.get("unset")), _mapping(raw.get("assumed"))
    names = {parameter.name for parameter in kind.parameters}
    for name in sorted(set(raw) - names - _COMMON):
        reading.fault(BAD_PARAMETER, f"{section} {name}", "没有这样一个参数", "、".join(sorted(names)))
    for name in sorted((set(unset) | set(assumed)) - names):
        reading.fault(BAD_PARAMETER, f"{section} {name}", "unset、assumed 中没有这样一个参数")
    for name in sorted(set(assumed) & set(unset)):
        reading.fault(BAD_PARAMETER, f"{section} {name}", "同时列入 unset 与 assumed")
    if raw.get("status") == "unset":
        seen = [parameter.title for parameter in kind.parameters if parameter.name in raw]
        _fault_seen(BAD_CLAUSE, f"{section} status", seen, reading)
    if raw.get("status", "sourced") not in _STATUS:
        reading.fault(BAD_CLAUSE, f"{section} status", str(raw["status"]), "、".join(_STATUS))
    return Clause(
        no=no,
        article=article,
        kind=kind.name,
        says=str(raw.get("says", "")),
        parameters=_parameters(kind, raw, unset, Context(parties, raw), section, reading),
        when=_when(raw, section, reading),
        unset={name: str(why) for name, why in unset.items()},
        assumed={name: str(why) for name, why in assumed.items()},
        source=str(raw.get("source", head.get("source", ""))),
        trust=str(raw.get("trust", head.get("trust", ""))),
        status=str(raw.get("status", head.get("status", ""))),
        checked_on=str(raw.get("checked_on", head.get("checked_on", ""))),
    )


def _parameters(
    kind: Kind, raw: dict[str, Any], unset: dict[str, Any], context: Context, section: str, reading: Reading
) -> dict[str, ParameterValue]:
    values: dict[str, ParameterValue] = {}
    for parameter in kind.parameters:
        name = parameter.name
        if (name in raw) == (name in unset):
            found = "既有取值又列入 unset" if name in raw else "既无取值又未列入 unset"
            reading.fault(BAD_PARAMETER, f"{section} {name}", f"{parameter.title}{found}")
        elif name in raw:
            try:
                values[name] = read_parameter(raw[name], parameter, context)
            except Unreadable as expected:
                reading.fault(BAD_PARAMETER, f"{section} {name}", str(raw[name]), str(expected))
    return values


def _when(raw: dict[str, Any], section: str, reading: Reading) -> tuple[Condition, ...]:
    try:
        return read_when(raw.get("when", {}))
    except Unreadable as expected:
        reading.fault(BAD_CLAUSE, f"{section} when", str(raw["when"]), str(expected))
        return ()


def _silences(raw: object, reading: Reading) -> tuple[Silence, ...]:
    found: list[Silence] = []
    for entry in raw if isinstance(raw, list) else []:
        value = _mapping(entry)
        topics, status, why = value.get("topics", []), value.get("status"), value.get("why")
        named = isinstance(topics, list) and isinstance(why, str) and bool(why)
        if status not in _STATUS or not named or set(value) != {"status", "topics", "why"}:
            reading.fault(BAD_TOPIC, "[[silent]]", str(entry), "status、topics（列表）、why 三项")
            continue
        found += [Silence(str(topic), str(status), str(why)) for topic in topics]
    return tuple(found)
