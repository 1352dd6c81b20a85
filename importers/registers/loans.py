"""Loan filings (入库备案): loans, the rights pledged for them, appraisals, renewals."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from importers.registers import wrongs
from importers.registers.entries import Entry, yuan_words
from importers.registers.harvest import Harvest
from importers.registers.register import doubled
from importers.registers.repeated import rights_said
from ledger.events import IpAppraised, IpRightListed, LoanIncluded, LoanReleased, PledgeRegistered, PledgeReleased
from ledger.faults import Fault
from ledger.ids import IP_TYPES, EventId, event_id, ip_right, patent_check_wanted, uscc, uscc_holds
from ledger.openitems import LoanState
from ledger.pool import Bank

MAX_PACKAGE = 36
"""A package is priced as the commodity ``PKG.<registration>``, and a commodity has at most 40 characters."""


@dataclass(frozen=True, slots=True)
class Filing:
    """One loan of the file with the bank it names; ``on`` is the booking day, ``old`` the loan it renews."""

    entry: Entry
    bank: Bank
    on: date
    old: LoanState | None

    @property
    def loan(self) -> str:
        """The loan note's number."""
        return self.entry.text("loan")

    @property
    def event_id(self) -> EventId:
        """The loan's identity: bank and note, whatever the file."""
        return event_id("loan", self.bank.code, self.loan)


@dataclass(frozen=True, slots=True)
class Right:
    """One row of 质押权利: the right as its commodity, and its type's key."""

    entry: Entry
    right: str
    ip_type: str


def loans(harvest: Harvest) -> None:
    """Read a filing register into ``harvest``."""
    tables = harvest.register.tables
    include(harvest, tables["loans"], tables["rights"])


def include(harvest: Harvest, loan_rows: Sequence[Entry], right_rows: Sequence[Entry], on: date | None = None) -> None:
    """Loans and their rights into events; ``on`` is the opening day, None where each filing has its own."""
    harvest.faults += doubled(loan_rows, "loan")
    filings = [filing for entry in loan_rows if (filing := _filing(harvest, entry, on))]
    harvest.faults += _renumbered(harvest, filings)
    harvest.faults += _apart(loan_rows, right_rows)
    pledges = list(_rights_by_pledge(harvest, right_rows))
    for pledge, rights in pledges:
        users = [filing for filing in filings if filing.entry.text("pledge") == pledge]
        if users and not harvest.faults:
            _pledge(harvest, pledge, rights, users)
    if not harvest.faults:
        rights_of = {pledge: tuple(right.right for right in rights) for pledge, rights in pledges}
        for filing in filings:
            _include(harvest, filing, rights_of[filing.entry.text("pledge")], is_opening=on is not None)


def _filing(harvest: Harvest, entry: Entry, on: date | None) -> Filing | None:
    bank = harvest.bank(entry)
    if bank is None:
        return None
    known = harvest.knows(event_id("loan", bank.code, entry.text("loan")))
    # Of an opening's renewal the old loan is none of ours; of a loan already posted it is released since.
    old = _renewed(harvest, entry, bank) if entry.text("renews") and on is None and not known else None
    harvest.faults += _checked(entry)
    if not uscc_holds(entry.text("uscc")):
        harvest.warn(entry, f"统一社会信用代码 {entry.text('uscc')} 的校验位不符，请核对")
    if entry.text("product") == "insured" and not entry.text("policy"):
        harvest.warn(entry, "产品为「保险」而没有保单号")
    if ("ip_quota_fen" in entry.values) != ("collateral_quota_fen" in entry.values):
        harvest.warn(
            entry, "「知识产权份额」和「担保总额」只填了一项，混合担保的案件凭它算不出知识产权的部分，请核对合同"
        )
    if entry.text("insurer"):
        harvest.insurer(entry)
    return Filing(entry, bank, on or entry.day("filed_on"), old)


def _renumbered(harvest: Harvest, filings: Sequence[Filing]) -> Iterator[Fault]:
    """A new 借据 under a posted one's contract and filing number, where the posted one is not in the file as well.

    Several 借据 may share both; a file that lists them all says so. One that lists the new one alone may only have
    changed a number, and a loan must not stand in the pool twice.
    """
    listed = {(filing.bank.code, filing.loan) for filing in filings}
    held = {(loan.bank, loan.contract_no, loan.filing_no): loan for loan in harvest.view.loans if loan.filing_no}
    for filing in filings:
        entry = filing.entry
        loan = held.get((filing.bank.code, entry.text("contract_no"), entry.text("filing_no")))
        if loan and not harvest.knows(filing.event_id) and (loan.bank, loan.loan) not in listed:
            expected = f"同一合同号、备案号已入账的借据 {loan.loan}"
            remedy = "借据号填错的，更正；同一合同确有几笔借据的，把已入账的借据也列在表中。"
            yield entry.fault(wrongs.NOT_AS_FILED, filing.loan, "loan", expected=expected, remedy=remedy)


def _checked(entry: Entry) -> Iterator[Fault]:
    if entry.day("due_on") <= entry.day("disbursed_on"):
        found = f"放款日 {entry.day('disbursed_on')}，到期日 {entry.day('due_on')}"
        yield entry.fault(wrongs.DAY_ORDER, found, "due_on", expected="到期日晚于放款日")
    for part, whole in (("outstanding_fen", "principal_fen"), ("ip_quota_fen", "collateral_quota_fen")):
        if part in entry.values and whole in entry.values and entry.number(part) > entry.number(whole):
            expected = f"不超过「{entry.titles[whole][0]}」{yuan_words(entry.number(whole))}"
            yield entry.fault(wrongs.BAD_AMOUNT, yuan_words(entry.number(part)), part, expected=expected)


def _renewed(harvest: Harvest, entry: Entry, bank: Bank) -> LoanState | None:
    found = [old for old in harvest.view.loans if old.loan == entry.text("renews") and old.bank == bank.code]
    if not found or found[0].released:
        harvest.faults.append(entry.fault(wrongs.NO_LOAN, f"{entry.text('renews')}（{bank.name}）", "renews"))
        return None
    if uscc(found[0].uscc) != entry.text("uscc"):
        expected = f"原借据 {found[0].loan} 的借款人 {found[0].uscc}"
        harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, entry.text("uscc"), "uscc", expected=expected))
    if found[0].decided:
        expected = "未裁决的贷款才可续贷"
        harvest.faults.append(entry.fault(wrongs.NOT_AS_FILED, f"{found[0].loan} 已裁决", "renews", expected=expected))
    return found[0]


def _apart(loan_rows: Iterable[Entry], right_rows: Iterable[Entry]) -> Iterator[Fault]:
    """Each registration must stand on both sheets."""
    used = {entry.text("pledge"): entry for entry in loan_rows}
    listed = {entry.text("pledge"): entry for entry in right_rows}
    for pledge in (*used, *listed):
        if pledge not in listed:
            yield used[pledge].fault(wrongs.RIGHTS_APART, f"「质押权利」表没有 {pledge}", "pledge")
        elif pledge not in used:
            yield listed[pledge].fault(wrongs.RIGHTS_APART, f"没有贷款用到 {pledge}", "pledge")


def _rights_by_pledge(harvest: Harvest, right_rows: Sequence[Entry]) -> Iterator[tuple[str, list[Right]]]:
    rights: dict[str, list[Right]] = {}
    for entry in right_rows:
        parsed = ip_right(entry.text("right"))
        if parsed is None:
            wanted = patent_check_wanted(entry.text("right"))
            expected = f"专利号的校验位为 {wanted}" if wanted else ""
            harvest.faults.append(entry.fault(wrongs.BAD_RIGHT, entry.text("right"), "right", expected=expected))
            continue
        if entry.text("ip_type") not in {"", parsed[1]}:
            found, expected = IP_TYPES[entry.text("ip_type")], f"编号 {parsed[0]} 是{IP_TYPES[parsed[1]]}"
            harvest.faults.append(entry.fault(wrongs.BAD_RIGHT, found, "ip_type", expected=expected))
        rights.setdefault(entry.text("pledge"), []).append(Right(entry, *parsed))
    harvest.faults += _twice([right for group in rights.values() for right in group])
    for pledge, group in rights.items():
        harvest.faults += _uneven(pledge, group)
        yield pledge, group


def _twice(rights: Iterable[Right]) -> Iterator[Fault]:
    """A right offered a second time within the file."""
    first: dict[str, Right] = {}
    for item in rights:
        if other := first.get(item.right):
            pledge = other.entry.text("pledge")
            found = f"{item.right} 在第 {other.entry.line.row} 行已列入质押登记 {pledge}"
            kind = wrongs.TWICE if pledge == item.entry.text("pledge") else wrongs.PLEDGED_TWICE
            yield item.entry.fault(kind, found, "right")
        first.setdefault(item.right, item)


def _uneven(pledge: str, group: Sequence[Right]) -> Iterator[Fault]:
    """What must be the same in all rows of a registration, and who carries the appraisal."""
    head = group[0].entry
    for item in group[1:]:
        for key in ("registered_on", "rank", "appraised"):
            if item.entry.values[key] != head.values[key]:
                found = f"与第 {head.line.row} 行的同一登记不同"
                yield item.entry.fault(wrongs.RIGHTS_APART, found, key, expected=f"{pledge} 各行相同")
    valued = [item for item in group if "value_fen" in item.entry.values]
    if head.text("appraised") == "package":
        if len(valued) != 1:
            found = f"{pledge} 有 {len(valued)} 行填了评估值"
            yield head.fault(wrongs.RIGHTS_APART, found, "value_fen", expected="整体评估只在一行上填总值")
        if len(pledge) > MAX_PACKAGE:
            yield head.fault(wrongs.BAD_NO, pledge, "pledge", expected=f"整体评估的登记号至多 {MAX_PACKAGE} 位")
    else:
        for item in group:
            if item not in valued:
                yield item.entry.fault(wrongs.BLANK, "空", "value_fen", expected="单项评估每项权利都有评估值")


def _pledge(harvest: Harvest, pledge: str, rights: Sequence[Right], users: Sequence[Filing]) -> None:
    """One registration: old pledge released by a renewal, rights listed, pledge, appraisals."""
    first = min(users, key=lambda filing: filing.on)
    pledge_id = event_id("pledge", first.bank.code, pledge)
    if any(filing.bank.code != first.bank.code for filing in users):
        found = f"{pledge} 用于两家银行的贷款"
        harvest.faults.append(users[-1].entry.fault(wrongs.PLEDGED_TWICE, found, "pledge"))
        return
    if not all(harvest.knows(filing.event_id) for filing in users):
        _offered_elsewhere(harvest, pledge, rights, users)
    if harvest.knows(pledge_id):
        harvest.faults += _registered_otherwise(harvest, pledge_id, rights)
    if harvest.faults:
        return
    for item in rights:
        _list_right(harvest, item, first.on)
    head = rights[0].entry
    registered = PledgeRegistered(
        event_id=pledge_id,
        on=first.on,
        summary=f"{pledge} 质押登记：{first.entry.text('borrower')}，{len(rights)} 项权利",
        sources=tuple(item.entry.line for item in rights),
        pledge=pledge,
        bank=first.bank.code,
        pledgor=first.entry.text("borrower"),
        rights=tuple(item.right for item in rights),
        loans=tuple(filing.loan for filing in users),
        registered_on=head.day("registered_on"),
        rank=head.number("rank"),
    )
    harvest.add(registered, *(item.entry for item in rights))
    for item in rights:
        if "value_fen" in item.entry.values:
            _appraise(harvest, item, first)


def _registered_otherwise(harvest: Harvest, pledge: EventId, rights: Sequence[Right]) -> Iterator[Fault]:
    """A registration that was posted holds the rights that it was posted with, no more and no fewer."""
    held = rights_said(harvest, pledge)
    if not held:
        return
    words = f"已入账或在草稿中的 {'、'.join(sorted(held))}"
    for item in rights:
        if item.right not in held:
            yield item.entry.fault(wrongs.SAID_OTHERWISE, item.right, "right", expected=words)
    if missing := held - {item.right for item in rights}:
        found = f"缺 {'、'.join(sorted(missing))}"
        yield rights[0].entry.fault(wrongs.SAID_OTHERWISE, found, "right", expected=words)


def _offered_elsewhere(harvest: Harvest, pledge: str, rights: Sequence[Right], users: Sequence[Filing]) -> None:
    """A right that another live registration holds is refused, unless a renewal here ends that registration."""
    bank = users[0].bank.code
    given_up = {filing.old.pledge: filing for filing in users if filing.old and filing.old.pledge != pledge}
    live = {other: reg for other, reg, holder in harvest.view.rights_pledged if (reg, holder) == (pledge, bank)}
    ending = set()
    for item in rights:
        for other, reg, holder in harvest.view.rights_pledged:
            if other != item.right or (reg, holder) == (pledge, bank):
                continue
            if reg in given_up and holder == bank and not _shared(harvest, reg, given_up[reg]):
                ending.add(reg)
                continue
            name = harvest.view.pool.bank_of(holder).name
            found = f"{item.right} 已质押给{name}，登记号 {reg}"
            harvest.faults.append(item.entry.fault(wrongs.PLEDGED_TWICE, found, "right"))
        if live and item.right not in live:
            found = f"{pledge} 已入账，不含 {item.right}"
            harvest.faults.append(item.entry.fault(wrongs.NOT_AS_FILED, found, "right"))
    for reg in sorted(ending):
        _release(harvest, reg, given_up[reg])


def _shared(harvest: Harvest, pledge: str, filing: Filing) -> bool:
    assert filing.old, "only a renewal gives a pledge up"
    mine = (filing.old.bank, filing.old.loan)
    return any(
        loan.pledge == pledge and not loan.released and (loan.bank, loan.loan) != mine for loan in harvest.view.loans
    )


def _release(harvest: Harvest, pledge: str, filing: Filing) -> None:
    rights = tuple(right for right, reg, _ in harvest.view.rights_pledged if reg == pledge)
    harvest.warn(filing.entry, f"续贷换了质押登记号，原登记 {pledge} 按已注销入账，须附注销通知")
    released = PledgeReleased(
        event_id=event_id("unpledge", filing.bank.code, pledge),
        on=filing.on,
        summary=f"{pledge} 续贷换押注销",
        sources=(filing.entry.line,),
        pledge=pledge,
        bank=filing.bank.code,
        rights=rights,
    )
    harvest.add(released, filing.entry)


def _list_right(harvest: Harvest, item: Right, on: date) -> None:
    entry = item.entry
    if item.right in harvest.view.rights_known:
        return
    listed = IpRightListed.model_validate(
        {
            "event_id": event_id("right", item.right),
            "on": on,
            "summary": f"{IP_TYPES[item.ip_type]} {item.right} {entry.text('title')}",
            "sources": (entry.line,),
            "right": item.right,
            "ip_type": item.ip_type,
            "title": entry.text("title"),
            "owner": entry.text("owner"),
            "expires_on": entry.maybe_day("expires_on"),
        }
    )
    harvest.add(listed, entry)


def _appraise(harvest: Harvest, item: Right, filing: Filing) -> None:
    entry = item.entry
    is_package = entry.text("appraised") == "package"
    pledge, day = entry.text("pledge"), entry.day("appraised_on")
    what = "整体" if is_package else item.right
    appraised = IpAppraised(
        event_id=event_id("appraisal", filing.bank.code, pledge, "package" if is_package else item.right, str(day)),
        on=filing.on,
        summary=f"{pledge} {what} 评估 {yuan_words(entry.number('value_fen'))}，评估日 {day}",
        sources=(entry.line,),
        right=None if is_package else item.right,
        pledge=pledge,
        value_fen=entry.number("value_fen"),
        appraiser=entry.text("appraiser"),
    )
    harvest.add(appraised, entry)


def _include(harvest: Harvest, filing: Filing, rights: tuple[str, ...], *, is_opening: bool) -> None:
    entry, code = filing.entry, filing.bank.code
    if filing.old:
        _renew(harvest, filing, filing.old)
    renews = entry.text("renews") or None
    exposure = filing.old.exposure if filing.old else event_id("exposure", code, renews or filing.loan)
    included = LoanIncluded.model_validate(
        {
            **{key: entry.text(key) for key in _TEXTS},
            **{key: entry.day(key) for key in ("disbursed_on", "due_on", "filed_on")},
            **{key: entry.maybe(key) for key in _AMOUNTS},
            "event_id": filing.event_id,
            "on": filing.on,
            "summary": f"{entry.text('borrower')} {filing.loan} {'期初在池' if is_opening else '入库备案'}",
            "sources": (entry.line,),
            "bank": code,
            "rights": rights,
            "policy": entry.text("policy") or None,
            "exposure": exposure,
            "renews": renews,
            "opening": is_opening,
        }
    )
    harvest.add(included, entry)


_TEXTS = (
    "loan",
    "borrower",
    "uscc",
    "contract_no",
    "filing_no",
    "product",
    "annual_rate",
    "pledge",
    "guarantor",
    "use",
    "town",
    "industry",
)
_AMOUNTS = ("principal_fen", "outstanding_fen", "ip_quota_fen", "collateral_quota_fen")


def _renew(harvest: Harvest, filing: Filing, old: LoanState) -> None:
    released = LoanReleased(
        event_id=event_id("release", old.bank, old.loan),
        on=filing.on,
        summary=f"{old.borrower} {old.loan} 续贷出池，新借据 {filing.loan}",
        sources=(filing.entry.line,),
        loan=old.loan,
        bank=old.bank,
        reason="renewed",
        renewed_by=filing.loan,
        outstanding_fen=old.outstanding_fen,
    )
    harvest.add(released, filing.entry)
