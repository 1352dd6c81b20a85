"""The opening (期初建账): balances, loans in the pool, cover and running cases, all as of one day."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from importers.grammar import folded
from importers.registers import wrongs
from importers.registers.entries import Entry, same_words, yuan_words
from importers.registers.harvest import Harvest
from importers.registers.insurance import policy_issued, term_faults
from importers.registers.loans import include
from importers.registers.register import doubled
from importers.registers.statement import account_named
from ledger.accounts import IN_TRANSIT, Chart
from ledger.events import CaseTaken, ContributorShare, OpeningTaken, PartyAmount, VoucherLine
from ledger.faults import Fault
from ledger.ids import event_id
from ledger.pool import Contributor, Pool

PARTIES = ("pool", "bank", "insurer", "guarantor", "appraiser")


def opening(harvest: Harvest) -> None:
    """Read an opening into ``harvest``: one event for the balances, then loans, cover, cases."""
    tables, on = harvest.register.tables, harvest.register.heading.day("on")
    _balances(harvest, tables["balances"], on)
    for key in ("filed_on", "disbursed_on"):
        harvest.faults += _after(tables["loans"], key, on)
    harvest.faults += _after(tables["cases"], "decided_on", on)
    include(harvest, tables["loans"], tables["rights"], on)
    _policies(harvest, tables["policies"], on)
    _cases(harvest, on)
    _receivables(harvest)


def _after(entries: Sequence[Entry], key: str, on: date) -> Iterator[Fault]:
    for entry in entries:
        if entry.day(key) > on:
            yield entry.fault(wrongs.DAY_ORDER, str(entry.day(key)), key, expected=f"不晚于建账日 {on}")


def _contributor(pool: Pool, text: str) -> Contributor | None:
    names = ((item, (item.no, item.name, *item.aliases)) for item in pool.contributor)
    return next((item for item, known in names if any(same_words(text, name) for name in known)), None)


def _balances(harvest: Harvest, entries: Sequence[Entry], on: date) -> None:
    harvest.faults += doubled(entries, "account", "party")
    lines = []
    for entry in entries:
        account = _account(harvest, entry)
        debit, credit = entry.number("debit_fen"), entry.number("credit_fen")
        if debit and credit:
            harvest.faults.append(entry.fault(wrongs.BALANCE_SIDE, "借方、贷方都填了", "debit_fen"))
        elif not debit and not credit:
            harvest.ignore(entry, "余额为零")
        elif account:
            lines.append((entry, VoucherLine(account=account, amount_fen=debit - credit)))
    _name_missing_accounts(harvest, entries)
    total = sum(entry.number("debit_fen") - entry.number("credit_fen") for entry in entries)
    if total:
        found = f"借方减贷方 {yuan_words(total)}"
        harvest.faults.append(harvest.register.heading.fault(wrongs.UNBALANCED, found))
    if harvest.faults or len(lines) < 2:
        return
    lines.sort(key=lambda pair: pair[1].account)
    taken = OpeningTaken(
        event_id=event_id("opening", harvest.view.pool.slug),
        on=on,
        summary=f"期初建账 {on}",
        sources=tuple(entry.line for entry, _ in lines),
        lines=tuple(line for _, line in lines),
    )
    harvest.add(taken, *(entry for entry, _ in lines))


def _name_missing_accounts(harvest: Harvest, entries: Sequence[Entry]) -> None:
    pool = harvest.view.pool
    named = [account_named(pool, entry.text("party")) for entry in entries if entry.text("account") == "bank_account"]
    slugs = {account.slug for account in named if account}
    for account in pool.account:
        if account.slug not in slugs:
            harvest.warn(harvest.register.heading, f"没有账户 {account.slug} 的期初余额，按零建账")


def _account(harvest: Harvest, entry: Entry) -> str | None:
    """The full account name of a balance row, or None with a fault."""
    chart, pool, party = Chart(harvest.view.pool), harvest.view.pool, entry.text("party")
    match entry.text("account"):
        case "in_transit":
            return IN_TRANSIT
        case "bank_account":
            if found := account_named(pool, party):
                return chart.cash(found.slug)
            known = "、".join(account.slug for account in pool.account)
        case "contribution" | "result" as sort:
            if contributor := _contributor(pool, party):
                return chart.paid_in(contributor.no) if sort == "contribution" else chart.accumulated(contributor.no)
            known = "、".join(item.name for item in pool.contributor)
        case sort:
            if party and (bank := harvest.bank(entry, "party")):
                of = {"receivable": chart.receivable, "payable": chart.payable, "unidentified": chart.unidentified}
                return of[sort](bank.code)
            if party:
                return None  # the look-up has told
            known = "、".join(bank.name for bank in pool.bank)
    harvest.faults.append(entry.fault(wrongs.NO_PARTY, party or "空", "party", expected=known))
    return None


def _policies(harvest: Harvest, entries: Sequence[Entry], on: date) -> None:
    harvest.faults += doubled(entries, "insurer", "policy")
    loans = {entry.text("loan") for entry in harvest.register.tables["loans"]}
    for entry in entries:
        insurer = harvest.insurer(entry)
        harvest.faults += term_faults(entry)
        if entry.text("loan") not in loans:
            harvest.faults.append(entry.fault(wrongs.NO_LOAN, f"{entry.text('loan')} 不在「在池贷款」表", "loan"))
        if insurer:
            harvest.add(policy_issued(entry, insurer).model_copy(update={"on": on}), entry)


def _cases(harvest: Harvest, on: date) -> None:
    tables = harvest.register.tables
    harvest.faults += doubled(tables["cases"], "case")
    harvest.faults += doubled(tables["case_shares"], "case", "sort", "name")
    known = {entry.text("case") for entry in tables["cases"]}
    for entry in tables["case_shares"]:
        if entry.text("case") not in known:
            harvest.faults.append(entry.fault(wrongs.NO_CASE, f"{entry.text('case')} 不在「在办案件」表", "case"))
    for entry in tables["cases"]:
        shares = [share for share in tables["case_shares"] if share.text("case") == entry.text("case")]
        _case(harvest, entry, shares, on)


def _case(harvest: Harvest, entry: Entry, shares: Sequence[Entry], on: date) -> None:
    bank = harvest.bank(entry)
    parts = _parts(harvest, [share for share in shares if share.text("sort") == "contributor"])
    losses = _losses(harvest, [share for share in shares if share.text("sort") == "party"])
    harvest.faults += _case_faults(entry, parts, losses)
    harvest.faults += _loan_faults(harvest, entry)
    if bank is None or harvest.faults:
        return
    amounts = {key: entry.number(key) for key in _CASE_AMOUNTS}
    taken = CaseTaken.model_validate(
        {
            **amounts,
            "event_id": event_id("case", bank.code, entry.text("case")),
            "on": on,
            "summary": f"{entry.text('borrower')} {entry.text('case')} 期初在办案件",
            "sources": (entry.line, *(share.line for share in shares)),
            "case": entry.text("case"),
            "loan": entry.text("loan"),
            "bank": bank.code,
            "borrower": entry.text("borrower"),
            "decided_on": entry.day("decided_on"),
            "parts": parts,
            "loss_parts": losses,
            "rule_words": entry.text("rule_words"),
        }
    )
    harvest.add(taken, entry, *shares)


_CASE_AMOUNTS = (
    "unpaid_principal_fen",
    "base_fen",
    "paid_fen",
    "recovered_fen",
    "notified_unreceived_fen",
    "recourse_fen",
    "recovered_gross_fen",
    "recovered_cost_fen",
)


def _parts(harvest: Harvest, shares: Sequence[Entry]) -> tuple[ContributorShare, ...]:
    parts = []
    for share in shares:
        contributor = _contributor(harvest.view.pool, share.text("name"))
        if contributor is None:
            names = "、".join(item.name for item in harvest.view.pool.contributor)
            harvest.faults.append(share.fault(wrongs.NO_PARTY, share.text("name"), "name", expected=names))
        else:
            parts.append(ContributorShare(contributor=contributor.no, amount_fen=share.number("amount")))
    return tuple(sorted(parts, key=lambda part: part.contributor))


def _losses(harvest: Harvest, shares: Sequence[Entry]) -> tuple[PartyAmount, ...]:
    losses = []
    for share in shares:
        party = folded(share.text("name")).lower()
        if party not in PARTIES:
            harvest.faults.append(share.fault(wrongs.NO_PARTY, party, "name", expected="、".join(PARTIES)))
        else:
            losses.append(PartyAmount(party=party, amount_fen=share.number("amount")))
    return tuple(sorted(losses, key=lambda loss: PARTIES.index(loss.party)))


def _case_faults(entry: Entry, parts: Sequence[ContributorShare], losses: Sequence[PartyAmount]) -> Iterator[Fault]:
    """The case's own arithmetic: recourse, the contributors' parts, the parties' losses."""
    paid, base = entry.number("paid_fen"), entry.number("base_fen")
    left = paid - entry.number("recovered_fen") - entry.number("notified_unreceived_fen")
    ours = sum(loss.amount_fen for loss in losses if loss.party == "pool")
    sums = (
        ("recourse_fen", entry.number("recourse_fen"), left, "已付补偿减已收回、减已通知未到账"),
        ("paid_fen", paid, sum(part.amount_fen for part in parts), "「案件分担」中出资方之和"),
        ("paid_fen", paid, ours, "「案件分担」中 pool 的损失"),
        ("base_fen", base, sum(loss.amount_fen for loss in losses), "「案件分担」中分担方之和"),
    )
    for key, found, expected, words in sums:
        if found != expected:
            yield entry.fault(wrongs.CASE_FIGURES, yuan_words(found), key, expected=f"{words} {yuan_words(expected)}")
    gross, back = entry.number("recovered_gross_fen"), paid - left
    if gross < back:
        least = f"不少于已收回与已通知未到账之和 {yuan_words(back)}"
        yield entry.fault(wrongs.CASE_FIGURES, yuan_words(gross), "recovered_gross_fen", expected=least)
    if len(losses) < 2:
        yield entry.fault(wrongs.CASE_FIGURES, f"分担方 {len(losses)} 个", "case", expected="至少 pool 与 bank 两方")


def _loan_faults(harvest: Harvest, entry: Entry) -> Iterator[Fault]:
    found = [loan for loan in harvest.register.tables["loans"] if loan.text("loan") == entry.text("loan")]
    if not found:
        yield entry.fault(wrongs.NO_LOAN, f"{entry.text('loan')} 不在「在池贷款」表", "loan")
        return
    for key, theirs in (("bank", "bank"), ("borrower", "borrower")):
        if not same_words(entry.text(key), found[0].text(theirs)):
            expected = f"「在池贷款」第 {found[0].line.row} 行的「{found[0].text(theirs)}」"
            yield entry.fault(wrongs.NOT_AS_FILED, entry.text(key), key, expected=expected)
    outstanding = found[0].number("outstanding_fen")
    if entry.number("unpaid_principal_fen") != outstanding:
        expected = f"「在池贷款」的未偿本金 {yuan_words(outstanding)}"
        unpaid = yuan_words(entry.number("unpaid_principal_fen"))
        yield entry.fault(wrongs.CASE_FIGURES, unpaid, "unpaid_principal_fen", expected=expected)


def _receivables(harvest: Harvest) -> None:
    """What the balances call receivable must be what the cases call notified, bank by bank."""
    tables = harvest.register.tables
    notified: Counter[str] = Counter()
    for entry in tables["cases"]:
        if bank := harvest.bank(entry):
            notified[bank.code] += entry.number("notified_unreceived_fen")
    booked: Counter[str] = Counter()
    for entry in tables["balances"]:
        if entry.text("account") == "receivable" and (bank := harvest.bank(entry, "party")):
            booked[bank.code] += entry.number("debit_fen") - entry.number("credit_fen")
    for code in sorted(notified.keys() | booked.keys()):
        if notified[code] != booked[code]:
            name = harvest.view.pool.bank_of(code).name
            found = f"{name}追偿应收款 {yuan_words(booked[code])}"
            expected = f"该行在办案件的已通知未到账之和 {yuan_words(notified[code])}"
            harvest.faults.append(harvest.register.heading.fault(wrongs.CASE_FIGURES, found, expected=expected))
