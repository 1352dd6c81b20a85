"""What a bank's row means: an ordered table of named recognisers, each acting on stated words.

The first recogniser that claims a row decides it; where the words fit but more than one open item does, the
row is a :class:`Tie`. A tie on money in becomes a receipt under inquiry (待查款项) with a warning; on money out
a fault. Money out that nobody instructed is a fault too: it is never posted from a list.

Rows are taken in the order of the balance chain, and each leaves its mark on what is still open, so that a
bounce is recognised in the same file as its payment.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from importers import grammar
from ledger.events import (
    BankRowConfirmed,
    ContributionReceived,
    DepositMatured,
    FeeCharged,
    InterestReceived,
    PaymentBounced,
    ReceiptReturned,
    ReceiptUnidentified,
    RecoveryReceived,
    TransferArrived,
)
from ledger.events.base import Event
from ledger.faults import Fault, FaultKind, Place
from ledger.ids import EventId
from ledger.money import yuan_text
from ledger.openitems import OpenItems, OpenPayment
from ledger.papers import BankLine, BankPaper
from ledger.pool import BankAccount, Contributor, Pool

NOT_INSTRUCTED = FaultKind(
    "导入-支出-01",
    "没有我方指令的支出",
    "支出与我方已登记的一笔付款指令相符（账户、金额、案号或指令号、收款人），或为银行手续费",
    "先在系统里登记该笔付款并复核记账，再导入流水；若我方确未发出指令，请立即联系银行。",
)
SEVERAL_PAYMENTS = FaultKind(
    "导入-支出-02",
    "一笔支出对应几条付款指令",
    "摘要或附言中的案号、指令号能唯一确定一条付款指令",
    "请核对回单。确定后以手工凭证或更正指令号的方式处理，再重新导入。",
)
KINDS = (NOT_INSTRUCTED, SEVERAL_PAYMENTS)

RETURN_WORDS = ("退汇", "退票", "退回", "退款", "冲正")
INTEREST_WORDS = ("结息", "利息")
FEE_WORDS = ("手续费", "收费", "工本费", "管理费", "汇划费", "服务费", "邮电费")
MATURITY_WORDS = ("定期到期", "定期支取", "定期销户", "存款到期", "到期本息", "定期转活期")
CONTRIBUTION_WORDS = ("出资", "注资", "补足", "资金拨入", "风险池资金")


@dataclass(frozen=True, slots=True)
class Tie:
    """Several open items fit one row: named, never chosen from."""

    among: tuple[str, ...]


@dataclass
class Parties:
    """Who the parties of a pool are, by what a row says of the other one; each name is looked up once in a file."""

    pool: Pool
    _accounts: dict[str, BankAccount] = field(init=False)
    _banks: dict[str, bool] = field(default_factory=dict)
    _contributors: dict[str, tuple[Contributor, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._accounts = {grammar.account_number(item.number): item for item in reversed(self.pool.account)}

    def account(self, number: str) -> BankAccount | None:
        """The account of ours with a number as printed."""
        plain = grammar.account_number(number) if number else ""
        return self._accounts.get(plain) if plain else None

    def is_bank(self, name: str) -> bool:
        """Whether a name is a bank's of the pool."""
        if name not in self._banks:
            self._banks[name] = any(_bears(name, (bank.name, *bank.aliases)) for bank in self.pool.bank)
        return self._banks[name]

    def contributors(self, name: str) -> tuple[Contributor, ...]:
        """The contributors that a name is of."""
        if name not in self._contributors:
            every = self.pool.contributor
            self._contributors[name] = tuple(item for item in every if _bears(name, (item.name, *item.aliases)))
        return self._contributors[name]


def _bears(name: str, known: Iterable[str]) -> bool:
    """Whether a name is one of these, wholly, or with a branch's name after it."""
    other = folded(name)
    return any(other == folded(one) or _is_branch(other, folded(one)) for one in known)


@dataclass(slots=True)
class Scene:
    """A row and what is open when its turn comes. Events so far in this file have left their mark here."""

    view: OpenItems
    account: BankAccount
    line: BankLine
    payments: dict[EventId, OpenPayment]
    receivable: dict[str, int]
    warnings: list[str]
    gone: set[EventId]
    parties: Parties
    key: EventId = field(init=False)
    """The row's own identity."""
    said: str = field(init=False)
    """Summary, purpose and remark, a blank between."""
    text: str = field(init=False)
    """The same in compared form: folded, upper case."""
    other: BankAccount | None = field(init=False)
    """The account of ours that is the other party, by its number."""

    def __post_init__(self) -> None:
        """Work out once what each recogniser asks again."""
        self.key = self.line.key(self.account.slug)
        self.said = f"{self.line.bank_summary} {self.line.purpose} {self.line.remark}"
        self.text = folded(self.said)
        self.other = self.parties.account(self.line.counterparty_account)

    @property
    def fen(self) -> int:
        """The row's amount without its sign."""
        return abs(self.line.amount_fen)

    def says(self, words: Iterable[str]) -> bool:
        """Whether one of the words stands in summary, purpose or remark."""
        return any(map(self.text.__contains__, words))

    def names(self, number: str) -> bool:
        """Whether a case or instruction number stands in the row, whole: ``C-1`` is not in ``C-10``."""
        text = unicodedata.normalize("NFKC", self.said).upper()
        return bool(number) and bool(re.search(rf"(?<![A-Z0-9-]){re.escape(folded(number))}(?![A-Z0-9-])", text))

    def is_bank(self) -> bool:
        """Whether the other party is nobody or a bank in pool.toml itself (its own fee or interest account)."""
        return not self.line.counterparty or self.parties.is_bank(self.line.counterparty)

    def is_party(self, name: str, aliases: Iterable[str]) -> bool:
        """Whether the other party bears one of these names, wholly, or with a branch's name after it."""
        return _bears(self.line.counterparty, (name, *aliases))

    def warn(self, text: str) -> None:
        """Say something to the officer about this row, by its place."""
        sheet = f"工作表「{self.line.line.sheet}」" if self.line.line.sheet else ""
        self.warnings.append(f"{sheet}第 {self.line.line.row} 行 {yuan_text(self.line.amount_fen)} 元：{text}")

    def head(self) -> dict[str, Any]:
        """The fields that every event from this row shares."""
        return {"event_id": self.key, "on": self.line.on, "sources": (self.line.line,), "account": self.account.slug}


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Names and words in compared form: NFKC, no blanks, upper case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _is_branch(other: str, known: str) -> bool:
    return other.startswith(known) and other.endswith(("支行", "分行", "分理处", "营业部", "网点"))


# ── money in ──────────────────────────────────────────────────────────────────────────────────────────────


def returned_payment(scene: Scene) -> Event | Tie | None:
    """退汇 退票 退回 退款 冲正: a confirmed compensation of ours, of this account and amount, came back."""
    if not scene.says(RETURN_WORDS):
        return None
    sent = [item for item in _of_this_amount(scene) if item.confirmed and item.case]
    found = _narrowed(scene, sent) or sent
    if len(found) > 1:
        return _tie(found)
    if not found:
        return None
    paid = found[0]
    assert paid.case, "only compensations have a case"
    assert paid.bank, "a case has its bank"
    scene.payments[paid.event] = paid.model_copy(update={"returned": True})
    summary = f"补偿款退汇，案号 {paid.case}，原指令 {paid.instruction_no}"
    return PaymentBounced(
        **scene.head(), bank=paid.bank, summary=summary, payment=paid.event, case=paid.case, amount_fen=scene.fen
    )


def matured_deposit(scene: Scene) -> Event | Tie | None:
    """定期到期 定期支取 定期销户 存款到期 到期本息 定期转活期: the one time deposit placed from this account."""
    from_deposit = scene.other is not None and scene.other.sort == "deposit"
    if not (from_deposit or scene.says(MATURITY_WORDS)):
        return None
    placed = [
        item
        for item in scene.payments.values()
        if item.sort == "deposit"
        and item.account == scene.account.slug
        and not item.returned
        and item.amount_fen <= scene.fen
        and (not from_deposit or (scene.other is not None and item.to_account == scene.other.slug))
    ]
    if len(placed) > 1:
        return _tie(placed)
    if not placed or placed[0].to_account is None:
        return None
    deposit = placed[0]
    scene.payments[deposit.event] = deposit.model_copy(update={"returned": True})
    return DepositMatured(
        **scene.head(),
        summary=f"定期存款到期转回，本金 {yuan_text(deposit.amount_fen)} 元",
        deposit=deposit.to_account,
        principal_fen=deposit.amount_fen,
        interest_fen=scene.fen - deposit.amount_fen,
    )


def arrived_transfer(scene: Scene) -> Event | Tie | None:
    """No words: the other account is a dedicated account of ours, by its number."""
    if scene.other is None or scene.other.sort != "dedicated" or scene.other == scene.account:
        return None
    source = scene.other
    sent = (item for item in scene.payments.values() if item.sort == "transfer" and item.account == source.slug)
    if not any(item.to_account == scene.account.slug and item.amount_fen == scene.fen for item in sent):
        scene.warn(f"由 {source.slug} 转入的款项没有同额的划转指令")
    return TransferArrived(**scene.head(), summary=f"{source.name}划入", from_account=source.slug, amount_fen=scene.fen)


def received_recovery(scene: Scene) -> Event | Tie | None:
    """A case number in the row, of a case whose notified recovery has not all arrived (追偿款)."""
    named = [item for item in scene.view.receivables if scene.names(item.case)]
    cases = sorted({item.case for item in named})
    if len(cases) > 1:
        return Tie(tuple(cases))
    if not cases:
        return None
    left = scene.receivable[cases[0]]
    if scene.fen > left:
        scene.warn(f"案号 {cases[0]} 应收追偿款余 {yuan_text(left)} 元，到账多于此数，转入待查")
        return None
    scene.receivable[cases[0]] = left - scene.fen
    return RecoveryReceived(
        **scene.head(), summary=f"追偿款到账，案号 {cases[0]}", case=cases[0], bank=named[0].bank, amount_fen=scene.fen
    )


def received_contribution(scene: Scene) -> Event | Tie | None:
    """The other party is a contributor by name or alias; a bank that contributes must say so in words.

    出资 注资 补足 资金拨入 风险池资金: because a bank also sends interest, recoveries and returned money.
    """
    found = scene.parties.contributors(scene.line.counterparty)
    if len(found) > 1:
        return Tie(tuple(item.name for item in found))
    if not found or (scene.is_bank() and not scene.says(CONTRIBUTION_WORDS)):
        return None
    return ContributionReceived(
        **scene.head(),
        summary=f"{found[0].name}出资",
        contributor=found[0].no,
        amount_fen=scene.fen,
        counterparty=scene.line.counterparty,
    )


def received_interest(scene: Scene) -> Event | Tie | None:
    """结息 利息, from nobody, a bank, or an account that itself says 利息."""
    if not scene.says(INTEREST_WORDS) or not (scene.is_bank() or "利息" in scene.line.counterparty):
        return None
    return InterestReceived(**scene.head(), summary="专户利息", amount_fen=scene.fen)


def unidentified_receipt(scene: Scene) -> Event:
    """Every other row of money in."""
    who = scene.line.counterparty or "付款人不明"
    return ReceiptUnidentified(
        **scene.head(), summary=f"待查款项：{who}"[:500], amount_fen=scene.fen, counterparty=scene.line.counterparty
    )


# ── money out ─────────────────────────────────────────────────────────────────────────────────────────────


def instructed_payment(scene: Scene) -> Event | Tie | None:
    """The instruction or case number in the row, else the payee: a payment of ours of this account and amount."""
    sent = [item for item in _of_this_amount(scene) if not item.confirmed]
    found = _narrowed(scene, sent)
    if not found and (found := [item for item in sent if _is_payee(scene, item)]):
        scene.warn("摘要没有案号或指令号，凭账户、金额、收款人与付款指令核对相符")
    if len(found) > 1:
        return _tie(found)
    if not found:
        return None
    paid = found[0]
    if not _is_payee(scene, paid):
        scene.warn(f"指令 {paid.instruction_no} 的收款人在流水上是「{scene.line.counterparty or '空白'}」，请核对回单")
    scene.payments[paid.event] = paid.model_copy(update={"confirmed": True})
    summary = f"银行流水证实指令 {paid.instruction_no}"[:500]
    return BankRowConfirmed(**scene.head(), summary=summary, confirms=paid.event, amount_fen=scene.line.amount_fen)


def returned_receipt(scene: Scene) -> Event | Tie | None:
    """退汇 退票 退回 退款 冲正: a receipt under inquiry of this account and amount went back where it came from."""
    if not scene.says(RETURN_WORDS):
        return None
    found = [
        receipt
        for receipt, slug, amount in scene.view.unidentified
        if (slug, amount) == (scene.account.slug, scene.fen) and receipt not in scene.gone
    ]
    if len(found) > 1:
        return Tie(tuple(found))
    if not found:
        return None
    scene.gone.add(found[0])
    return ReceiptReturned(**scene.head(), summary="待查款项退回", receipt=found[0], amount_fen=scene.fen)


def charged_fee(scene: Scene) -> Event | Tie | None:
    """手续费 收费 工本费 管理费 汇划费 服务费 邮电费, paid to nobody or to a bank."""
    if not scene.says(FEE_WORDS) or not scene.is_bank() or scene.other is not None:
        return None
    return FeeCharged(**scene.head(), summary="银行手续费", amount_fen=scene.fen)


def _of_this_amount(scene: Scene) -> list[OpenPayment]:
    return [
        item
        for item in scene.payments.values()
        if item.account == scene.account.slug and item.amount_fen == scene.fen and not item.returned
    ]


def _narrowed(scene: Scene, payments: list[OpenPayment]) -> list[OpenPayment]:
    # An instruction's number is stronger than its case's: a case paid twice has two instructions.
    by_instruction = [item for item in payments if scene.names(item.instruction_no)]
    return by_instruction or [item for item in payments if item.case and scene.names(item.case)]


def _is_payee(scene: Scene, payment: OpenPayment) -> bool:
    if payment.to_account is not None:
        return scene.other is not None and scene.other.slug == payment.to_account
    if payment.contributor is not None:
        parties = (party for party in scene.view.pool.contributor if party.no == payment.contributor)
        return any(scene.is_party(party.name, party.aliases) for party in parties)
    codes = {case.bank for case in scene.view.cases if case.case == payment.case}
    banks = (bank for bank in scene.view.pool.bank if bank.code in codes)
    return any(scene.is_party(bank.name, bank.aliases) for bank in banks)


def _tie(payments: list[OpenPayment]) -> Tie:
    return Tie(tuple(f"{item.instruction_no}（{item.on.isoformat()}）" for item in payments))


# ── the tables and the walk ───────────────────────────────────────────────────────────────────────────────

Recogniser = Callable[[Scene], Event | Tie | None]

MONEY_IN: tuple[tuple[str, Recogniser], ...] = (
    ("退汇", returned_payment),
    ("定期到期", matured_deposit),
    ("内部划转转入", arrived_transfer),
    ("追偿款到账", received_recovery),
    ("出资到账", received_contribution),
    ("专户利息", received_interest),
    ("待查款项", unidentified_receipt),
)
MONEY_OUT: tuple[tuple[str, Recogniser], ...] = (
    ("付款证实", instructed_payment),
    ("待查款项退回", returned_receipt),
    ("手续费", charged_fee),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What became of one line: known before, an event of its own, or evidence of an event posted earlier."""

    line: BankLine
    outcome: Literal["event", "evidence", "known"]
    key: EventId
    reason: str
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """All lines of a list: each either recognised or a fault."""

    rows: tuple[Recognised, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]


def recognise(paper: BankPaper, view: OpenItems) -> Recognition:
    """Events of a proved transaction list, in the order of its chain; nothing of ``view`` is changed.

    The lists of several accounts in one file follow one another, so that each finds open what the one before left open.
    """
    assert paper.kind == "list", "a statement only ever reconciles"
    payments = {item.event: item for item in view.payments}
    receivable: dict[str, int] = {}
    gone: set[EventId] = set()
    for item in view.receivables:
        receivable[item.case] = receivable.get(item.case, 0) + item.amount_fen
    rows: list[Recognised] = []
    faults: list[Fault] = []
    warnings: list[str] = []
    parties = Parties(view.pool)
    accounts = [(view.pool.account_of(one.account), one.lines) for one in paper.papers]
    lines = [(account, line) for account, those in accounts for line in those]
    for account, line in lines:
        outcome = _row(Scene(view, account, line, payments, receivable, warnings, gone, parties))
        if isinstance(outcome, Recognised):
            rows.append(outcome)
        else:
            faults.append(_fault(paper, line, outcome))
    assert len(rows) + len(faults) == len(lines), "a line has vanished"
    return Recognition(tuple(rows), tuple(faults), tuple(warnings))


def _row(scene: Scene) -> Recognised | Tie | None:
    if scene.key in scene.view.known_events:
        return Recognised(scene.line, "known", scene.key, "以前已导入")
    incoming = scene.line.amount_fen > 0
    for name, recogniser in MONEY_IN if incoming else MONEY_OUT:
        found = recogniser(scene)
        if isinstance(found, Event):
            return _recognised(scene, name, found)
        if isinstance(found, Tie):
            if not incoming:
                return found
            scene.warn(f"可作「{name}」，但对应不唯一：{'、'.join(found.among)}；转入待查")
            return _recognised(scene, "待查款项", unidentified_receipt(scene))
    return None


def _recognised(scene: Scene, name: str, event: Event) -> Recognised:
    outcome: Literal["event", "evidence"] = "evidence" if isinstance(event, BankRowConfirmed) else "event"
    return Recognised(scene.line, outcome, event.event_id, name, event)


def _fault(paper: BankPaper, line: BankLine, tie: Tie | None) -> Fault:
    words = " ".join(text for text in (line.bank_summary, line.purpose, line.remark) if text)
    excerpt = (line.on.isoformat(), line.counterparty or "（无对方户名）", yuan_text(line.amount_fen), words)
    place = Place(paper.file.name, line.line.sheet, line.line.row)
    if tie:
        return Fault(SEVERAL_PAYMENTS, "、".join(tie.among), place, excerpt, 2)
    return Fault(NOT_INSTRUCTED, f"支出 {yuan_text(-line.amount_fen)} 元", place, excerpt, 2)
