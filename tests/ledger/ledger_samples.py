"""An invented pool, one event of every kind, and books founded through the real doors. All persons are （虚构）."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from pools import pool_toml

from ledger.book import Book
from ledger.events import (
    AccountOpened,
    AccountReconciled,
    AnyEvent,
    ApplicationSupplemented,
    BankRowConfirmed,
    CaseTaken,
    ClawbackDecided,
    CompensationApplied,
    CompensationDecided,
    CompensationDeferred,
    CompensationDenied,
    CompensationPaid,
    CompensationRedecided,
    ContributionReceived,
    ContributionReturned,
    ContributorShare,
    DepositMatured,
    DepositPlaced,
    EventWithdrawn,
    FeeCharged,
    InsuranceClaimPaid,
    InsuranceClaimRefused,
    InsuranceEndorsed,
    InsuranceIssued,
    InsuranceLapsed,
    InterestReceived,
    IpAppraised,
    IpLapsed,
    IpRightListed,
    LoanIncluded,
    LoanReleased,
    LoanRepaid,
    LossWrittenOff,
    ManualVoucher,
    MatchConfirmed,
    NumberExplained,
    OpeningTaken,
    PartyAmount,
    PaymentBounced,
    PledgeRegistered,
    PledgeReleased,
    PoolAmended,
    QueueFunded,
    QueueLapsed,
    ReceiptFiled,
    ReceiptIdentified,
    ReceiptReturned,
    ReceiptUnidentified,
    RecoveryNotified,
    RecoveryReceived,
    RedEntry,
    RedLeg,
    RuleAdopted,
    StatementFiled,
    SuspensionLifted,
    SuspensionTripped,
    TapeConfirmed,
    TapeReducedByCompensation,
    TermExtended,
    TransferArrived,
    TransferSent,
    VoucherAdjusted,
    VoucherLine,
    YearClosed,
)
from ledger.founding import first_batch, found
from ledger.ids import event_id
from ledger.journal import Posted, Posting, post
from ledger.money import yuan
from ledger.oplog import OperationLog, record_bytes
from ledger.papers import Attachment
from ledger.provenance import SourceLine, digest
from ledger.seal import Receipt, rule_folder, seal_name
from ledger.signing import Signatures
from ledger.store import Store

POOL = pool_toml(
    {"title": "示例子风险池（虚构）", "slug": "example", "unit": "示例市财政局（虚构）"},
    staff={
        "zhang": ("张某某（虚构）", "preparer bookkeeper"),
        "li": ("李某某（虚构）", "reviewer chief"),
        "wang": ("王某某（虚构）", "preparer reviewer"),
    },
    banks=("boc", "abchina"),
    accounts={
        "boc-01": ("0000000001", "中国银行专户"),
        "boc-02": ("0000000002", "中国银行定期"),
        "abchina-01": ("0000000003", "农业银行专户"),
    },
    contributors=("市财政", "县财政"),
    insurers=("示例保险（虚构）",),
)
BEGINS_ON = date(2022, 12, 31)
AT = datetime(2023, 3, 31, 9, 0, 0, tzinfo=UTC)
SIGNED = Signatures(preparer="zhang", reviewer="li", bookkeeper="zhang", at=AT)
CHIEFED = SIGNED.model_copy(update={"chief": "li"})

SHA = digest(b"list")
BOC = "Assets:1002银行存款:01中国银行:01专户"
ABC = "Assets:1002银行存款:02农业银行:01专户"
CITY = "Equity:3101出资:01市财政"
INTEREST = "Income:4501专户利息"
RIGHT = "ZL202110123456.7"
MARK = "TM12345678-09"
LOAN, OLD_LOAN = "BOC2023-0001", "BOC2022-0009"
CASE, OLD_CASE = "BC2023-001", "BC2022-001"
EXPOSURE = event_id("exposure", "91330282MA00000000", "BOC2023-0001")


def key(name: str) -> str:
    """An event id for a test's own name."""
    return event_id("test", name)


def row(number: int, sheet: str = "明细") -> SourceLine:
    """A row of the invented bank list."""
    return SourceLine(sha256=SHA, sheet=sheet, row=number)


def share(contributor: str, fen: int) -> ContributorShare:
    """One contributor's part."""
    return ContributorShare(contributor=contributor, amount_fen=fen)


def red(no: str, on: date, *legs: tuple[str, int]) -> RedEntry:
    """A red entry in CNY: (account, fen)."""
    made = tuple(RedLeg(account=account, number=yuan(fen), commodity="CNY") for account, fen in legs)
    return RedEntry(no=no, on=on, legs=made)


def leg(account: str, fen: int, contributor: str | None = None) -> VoucherLine:
    """One leg of a hand-written voucher."""
    return VoucherLine(account=account, amount_fen=fen, contributor=contributor)


def head(name: str, day: date, summary: str, *rows: int) -> dict[str, object]:
    """What every event has."""
    return {"event_id": key(name), "on": day, "summary": summary, "sources": tuple(row(number) for number in rows)}


def contribution(name: str, fen: int, day: date = date(2023, 3, 1), **more: object) -> ContributionReceived:
    """The city pays into the first account."""
    fields = {**head(name, day, "市财政出资"), "account": "boc-01", "contributor": "01", "amount_fen": fen, **more}
    return ContributionReceived.model_validate(fields)


def interest(name: str, fen: int, day: date = date(2023, 3, 21), **more: object) -> InterestReceived:
    """Interest on the first account."""
    return InterestReceived.model_validate({**head(name, day, "结息"), "account": "boc-01", "amount_fen": fen, **more})


def loan_included(**more: object) -> LoanIncluded:
    """A loan of an invented enterprise, filed with the pool."""
    fields: dict[str, object] = {
        **head("loan", date(2023, 3, 6), "入库备案 BOC2023-0001", 2),
        "loan": LOAN,
        "bank": "boc",
        "borrower": "示例电子有限公司（虚构）",
        "uscc": "91330282MA00000000",
        "contract_no": "中银借字第1号",
        "filing_no": "BA2023-001",
        "product": "insured",
        "principal_fen": 500_000_000,
        "outstanding_fen": 480_000_000,
        "annual_rate": "0.0435",
        "disbursed_on": date(2023, 3, 3),
        "due_on": date(2024, 3, 2),
        "filed_on": date(2023, 3, 6),
        "rights": (RIGHT, MARK),
        "pledge": "Y2023330000001",
        "ip_quota_fen": 300_000_000,
        "policy": "P2023-001",
        "exposure": EXPOSURE,
    }
    return LoanIncluded.model_validate({**fields, **more})


def applied(**more: object) -> CompensationApplied:
    """The bank applies for compensation."""
    fields: dict[str, object] = {
        **head("applied", date(2023, 6, 5), "补偿申请 BC2023-001", 3),
        "case": CASE,
        "loan": LOAN,
        "bank": "boc",
        "claimed_fen": 481_234_567,
        "principal_fen": 480_000_000,
        "interest_fen": 1_234_567,
        "accepted_on": date(2023, 6, 6),
        "facts": (("guarantor_paid_fen", "0.00"), ("on_list", "true")),
        "attachments": 4,
    }
    return CompensationApplied.model_validate({**fields, **more})


def decided(**more: object) -> CompensationDecided:
    """The pool bears half of it, the insurer three tenths."""
    fields: dict[str, object] = {
        **head("decided", date(2023, 6, 20), "裁决 BC2023-001"),
        "case": CASE,
        "loan": LOAN,
        "bank": "boc",
        "outcome": "reduced",
        "claimed_fen": 481_234_567,
        "base_fen": 480_000_000,
        "approved_fen": 240_000_001,
        "unpaid_principal_fen": 480_000_000,
        "contributors": (share("01", 160_000_001), share("02", 80_000_000)),
        "others": (PartyAmount(party="insurer", amount_fen=144_000_000),),
        "rule": "demo-2023@2023-01-01",
        "decision": SHA,
        "chief": "li",
    }
    return CompensationDecided.model_validate({**fields, **more})


def supplemented(name: str = "supplemented", **more: object) -> ApplicationSupplemented:
    """A further claim of 20.00, with what the guarantor has paid since."""
    fields: dict[str, object] = {
        **head(name, date(2023, 8, 1), "补充申请"),
        "case": CASE,
        "loan": LOAN,
        "bank": "boc",
        "number": 1,
        "claimed_fen": 2_000,
        "principal_fen": 480_000_001,
        "interest_fen": 1_234_567,
        "facts": (("guarantee_payment_fen", "1000"), ("disposed_on", "2023-07-30")),
        "reason": "质物处置完毕",
        "attachments": 1,
    }
    return ApplicationSupplemented.model_validate({**fields, **more})


def redecided(name: str = "redecided", **more: object) -> CompensationRedecided:
    """Of the further 20.00, 10.00 is granted, 4.00 of it queued; the insurer bears 2.00 more."""
    fields: dict[str, object] = {
        **head(name, date(2023, 8, 10), "再次裁决"),
        "case": CASE,
        "loan": LOAN,
        "bank": "boc",
        "number": 2,
        "outcome": "more",
        "claimed_fen": 2_000,
        "base_fen": 480_002_002,
        "approved_fen": 240_001_001,
        "before_fen": 240_000_001,
        "granted_fen": 600,
        "queued_fen": 400,
        "contributors": (share("01", 360), share("02", 240)),
        "others": (PartyAmount(party="insurer", amount_fen=144_000_200),),
        "raised": (PartyAmount(party="insurer", amount_fen=200),),
        "supplements": 1,
        "rule": "demo-2023@2023-01-01",
        "decision": SHA,
        "chief": "li",
    }
    return CompensationRedecided.model_validate({**fields, **more})


def paid(name: str = "paid", **more: object) -> CompensationPaid:
    """The instruction to pay it."""
    fields: dict[str, object] = {
        **head(name, date(2023, 6, 30), "拨付风险补偿款 BC2023-001"),
        "case": CASE,
        "bank": "boc",
        "account": "boc-01",
        "amount_fen": 240_000_001,
        "instruction_no": "ZF2023-001",
    }
    return CompensationPaid.model_validate({**fields, **more})


def notified(name: str = "notified", **more: object) -> RecoveryNotified:
    """A recovery of which the pool gets its share."""
    fields: dict[str, object] = {
        **head(name, date(2023, 9, 28), "追偿通知 BC2023-001 第 1 期"),
        "case": CASE,
        "loan": LOAN,
        "bank": "boc",
        "number": 1,
        "gross_fen": 30_000_000,
        "cost_fen": 1_000_000,
        "principal_fen": 29_000_000,
        "pool_fen": 14_500_001,
        "contributors": (share("01", 9_666_667), share("02", 4_833_334)),
        "steps": SHA,
    }
    return RecoveryNotified.model_validate({**fields, **more})


def _cash() -> dict[str, AnyEvent]:
    return {
        "ContributionReceived": contribution("paid-in", 1_000_000_00, sources=(row(2),), counterparty="示例市财政局"),
        "InterestReceived": InterestReceived(
            event_id=event_id("bank", "boc-01", "serial", "S1"),
            on=date(2023, 3, 21),
            summary="结息",
            account="boc-01",
            amount_fen=1_234,
            sources=(row(3),),
        ),
        "FeeCharged": FeeCharged(**head("fee", date(2023, 3, 22), "账户管理费", 4), account="boc-01", amount_fen=2_500),
        "TransferSent": TransferSent(
            **head("sent", date(2023, 3, 30), "专户间划转"),
            account="boc-01",
            to_account="abchina-01",
            amount_fen=5_000_000,
            instruction_no="HB2023-001",
        ),
        "TransferArrived": TransferArrived(
            **head("arrived", date(2023, 4, 1), "划转到账", 5),
            account="abchina-01",
            from_account="boc-01",
            amount_fen=5_000_000,
        ),
        "DepositPlaced": DepositPlaced(
            **head("placed", date(2023, 4, 10), "存入定期"),
            account="boc-01",
            deposit="boc-02",
            amount_fen=20_000_000,
            instruction_no="DQ2023-001",
        ),
        "DepositMatured": DepositMatured(
            **head("matured", date(2023, 10, 10), "定期到期", 6),
            account="boc-01",
            deposit="boc-02",
            principal_fen=20_000_000,
            interest_fen=180_000,
        ),
        "ReceiptUnidentified": ReceiptUnidentified(
            **head("unknown", date(2023, 4, 12), "不明来款", 7),
            account="abchina-01",
            amount_fen=777_700,
            counterparty="某某（虚构）",
        ),
        "ReceiptIdentified-contribution": ReceiptIdentified(
            **head("named-1", date(2023, 4, 20), "待查款项认领：县财政出资"),
            receipt=key("unknown"),
            account="abchina-01",
            amount_fen=777_700,
            target="contribution",
            contributor="02",
            reason="县财政来函",
        ),
        "ReceiptIdentified-interest": ReceiptIdentified(
            **head("named-2", date(2023, 4, 20), "待查款项认领：补结利息"),
            receipt=key("unknown"),
            account="abchina-01",
            amount_fen=777_700,
            target="interest",
            reason="银行说明",
        ),
        "ReceiptIdentified-recovery": ReceiptIdentified(
            **head("named-3", date(2023, 4, 20), "待查款项认领：追偿款"),
            receipt=key("unknown"),
            account="abchina-01",
            amount_fen=777_700,
            target="recovery",
            case="BC2023-009",
            bank="boc",
            reason="银行来函",
        ),
        "PaymentBounced": PaymentBounced(
            **head("bounced", date(2023, 7, 4), "退汇", 8),
            account="boc-01",
            bank="boc",
            payment=key("paid"),
            case=CASE,
            amount_fen=240_000_001,
        ),
        "BankRowConfirmed": BankRowConfirmed(
            event_id=event_id("bank", "boc-01", "serial", "S9"),
            on=date(2023, 7, 1),
            summary='银行回单 "已付" \\ 确认',
            sources=(row(9), row(10, "第二页")),
            account="boc-01",
            confirms=key("paid"),
            amount_fen=-240_000_001,
        ),
        "ManualVoucher": ManualVoucher(
            **head("manual", date(2023, 5, 8), "调整利息归属"),
            lines=(leg(INTEREST, 100, "01"), leg(INTEREST, -60, "02"), leg(BOC, -40)),
            reason="专题会议纪要第 3 号",
            attachments=2,
        ),
        "EventWithdrawn": EventWithdrawn(
            **head("withdrawn", date(2023, 5, 9), "撤回：专户利息"),
            withdraws=key("interest"),
            was="InterestReceived",
            place=BOC,
            reason="金额抄错",
            red=(red("记-2023-03-0002", date(2023, 3, 21), (BOC, -1_234), (INTEREST, 1_234)),),
            blue=(leg(BOC, 1_243), leg(INTEREST, -1_243)),
        ),
        "EventWithdrawn-inquiry": EventWithdrawn(
            **head("withdrawn-2", date(2023, 5, 9), "撤回：专户利息"),
            withdraws=key("interest"),
            was="InterestReceived",
            place=BOC,
            reason="不是利息",
            red=(red("记-2023-03-0002", date(2023, 3, 21), (BOC, -1_234), (INTEREST, 1_234)),),
            blue=(leg(BOC, 1_234), leg("Liabilities:2241其他应付款:09待查款项:01中国银行", -1_234)),
            inquiry_fen=1_234,
            cash="boc-01",
        ),
        "EventWithdrawn-later-year": EventWithdrawn(
            **head("withdrawn-3", date(2024, 5, 9), "撤回：核定补偿"),
            withdraws=key("decided"),
            was="CompensationDecided",
            place=BOC,
            cause="withdrawn",
            reason="银行撤回申请",
            red=(
                RedEntry(
                    no="记-2023-06-0003",
                    on=date(2023, 6, 20),
                    restated=True,
                    legs=(
                        RedLeg(
                            account="Equity:3201累计结余:01市财政",
                            number=Decimal("-10.00"),
                            commodity="CNY",
                            contributor="01",
                        ),
                        RedLeg(
                            account="Liabilities:2241其他应付款:01应付补偿款:01中国银行",
                            number=Decimal("10.00"),
                            commodity="CNY",
                        ),
                    ),
                ),
                RedEntry(
                    no="登-2023-06-0009",
                    on=date(2023, 6, 20),
                    legs=(
                        RedLeg(account="Assets:9101质押权利:Y2023", number=Decimal(-1), commodity=RIGHT),
                        RedLeg(account="Equity:9102质押权利对应", number=Decimal(1), commodity=RIGHT),
                    ),
                ),
            ),
            trail=(f"case-{CASE}", f"loan-{LOAN}"),
            chief="li",
        ),
        "EventWithdrawn-remark": EventWithdrawn(
            **head("withdrawn-4", date(2023, 5, 9), "撤回：采用 demo-2023"),
            withdraws=key("rule"),
            was="RuleAdopted",
            place="Assets:9001在池贷款本金",
            reason="抄错一条",
            restores="none",
            chief="li",
        ),
        "VoucherAdjusted": VoucherAdjusted(
            **head("adjusted", date(2023, 5, 10), "更正 记-2023-05-0001"),
            corrects="记-2023-05-0001",
            corrects_on=date(2023, 5, 8),
            corrects_event=key("manual"),
            sort="less",
            lines=(leg(BOC, 20), leg(INTEREST, -20, "01")),
            reason="多记 0.20 元",
        ),
        "VoucherAdjusted-prior-year": VoucherAdjusted(
            **head("adjusted-2", date(2024, 2, 10), "更正 记-2023-05-0001"),
            corrects="记-2023-05-0001",
            corrects_on=date(2023, 5, 8),
            corrects_event=key("manual"),
            sort="prior_year",
            lines=(leg(CITY, 20), leg("Equity:3201累计结余:01市财政", -20)),
            reason="上年多记",
        ),
        "NumberExplained": NumberExplained(
            **head("number", date(2023, 5, 10), "记-2023-05-0002 断号说明"),
            voucher_no="记-2023-05-0002",
            reason="批次文件随硬盘损坏，备份中没有",
            chief="li",
        ),
        "PoolAmended": PoolAmended(
            **head("pool", date(2023, 5, 10), "修改设置：增加人员 sun"),
            settings=SHA,
            before=SHA,
            changes="增加人员 sun",
            reason="人员调动",
            chief="li",
        ),
        "AccountOpened": AccountOpened(
            **head("account", date(2023, 5, 10), "开设科目 新户"),
            account_name="Assets:1002银行存款:01中国银行:09专户",
            commodity="CNY",
            title="中国银行新户",
            gov="银行存款—受托代理资产",
        ),
        "ContributionReturned": ContributionReturned(
            **head("returned", date(2023, 5, 11), "退回市财政出资"),
            account="boc-01",
            contributor="01",
            amount_fen=5_000,
            instruction_no="TC-2023-001",
            reason="会议纪要第 5 号",
        ),
        "ReceiptReturned": ReceiptReturned(
            **head("sent-back", date(2023, 5, 12), "待查款项退回"),
            receipt=key("unidentified"),
            account="boc-01",
            amount_fen=700,
        ),
        "QueueFunded": QueueFunded(
            **head("funded", date(2023, 7, 12), "排队补偿到位"),
            case=CASE,
            bank="boc",
            amount_fen=1_000,
            contributors=(share("01", 600), share("02", 400)),
            chief="li",
        ),
        "ClawbackDecided": ClawbackDecided(
            **head("clawback", date(2023, 8, 12), "应退回补偿款"),
            case=CASE,
            bank="boc",
            amount_fen=1_000,
            contributors=(share("01", 600), share("02", 400)),
            cause="misuse",
            reason="贷款资金挪用",
            chief="li",
        ),
        "LossWrittenOff": LossWrittenOff(
            **head("written-off", date(2023, 9, 12), "核销"),
            case=CASE,
            bank="boc",
            amount_fen=1_000,
            reason="终本裁定",
            chief="li",
        ),
        "IpLapsed": IpLapsed(
            **head("lapsed-right", date(2023, 9, 13), "专利终止"), right=RIGHT, pledge="Y2023", reason="未缴年费"
        ),
        "InsuranceEndorsed": InsuranceEndorsed(
            **head("endorsed", date(2023, 9, 14), "保单批改"),
            policy="P2023-001",
            insurer="01",
            loan=LOAN,
            endorsement_no="PG-1",
            sum_before_fen=100_000,
            sum_after_fen=80_000,
            until_on=date(2024, 9, 14),
        ),
        "InsuranceClaimRefused": InsuranceClaimRefused(
            **head("refused-claim", date(2023, 9, 15), "拒赔"),
            case=CASE,
            policy="P2023-001",
            insurer="01",
            amount_fen=3_000,
            reason="未按约告知",
        ),
        "OpeningTaken": OpeningTaken(
            **head("opening", BEGINS_ON, "期初建账", 11),
            lines=(
                leg(BOC, 900_000_00),
                leg(ABC, 100_000_00),
                leg(CITY, -1_010_000_00),
                leg("Equity:3201累计结余:01市财政", 10_000_00),
            ),
        ),
        "StatementFiled": StatementFiled(
            **head("statement", date(2023, 3, 31), "收到 2023-03 对账单", 12),
            account="boc-01",
            month="2023-03",
            closing_fen=95_001_234,
            statement=SHA,
            keyed=True,
        ),
        "ReceiptFiled": ReceiptFiled(
            **head("receipt", date(2023, 3, 31), "收到回单 2023033100000001", 1),
            account="boc-01",
            receipt_no="2023033100000001",
            bank_serial="S0001",
            amount_fen=-240_000_001,
            counterparty="中国银行慈溪分行（虚构）",
            counterparty_account="405299900012",
            receipt=SHA,
        ),
        "ReceiptFiled-late": ReceiptFiled(
            **head("receipt-late", date(2024, 1, 3), "收到回单 2023033100000002", 1),
            account="boc-01",
            receipt_no="2023033100000002",
            amount_fen=-1,
            dated_on=date(2023, 3, 31),
            receipt=SHA,
        ),
        "AccountReconciled": AccountReconciled(
            **head("reconciled", date(2023, 12, 31), "2023-12 对账相符"),
            account="boc-01",
            month="2023-12",
            book_fen=95_001_234,
            statement_fen=95_001_200,
            statement=SHA,
            working_paper=SHA,
        ),
        "MatchConfirmed": MatchConfirmed(
            **head("match", date(2023, 4, 12), "记-2023-04-0001 与银行流水为同一笔"),
            account="boc-01",
            voucher_no="记-2023-04-0001",
            row=key("row"),
        ),
        "YearClosed": YearClosed(
            **head("year", date(2023, 12, 31), "2023 年度结余转入累计结余"),
            year=2023,
            shares=(share("01", -150_000_001), share("02", 1_234)),
        ),
    }


def _loans() -> dict[str, AnyEvent]:
    loan = {"loan": LOAN, "bank": "boc"}
    return {
        "LoanIncluded": loan_included(),
        "LoanIncluded-bare": loan_included(
            event_id=key("loan-2"),
            product="direct",
            ip_quota_fen=None,
            policy=None,
            renews=OLD_LOAN,
            opening=True,
            filing_no="甬备〔2023〕1号",
            sources=(),
        ),
        "LoanRepaid": LoanRepaid(**head("repaid", date(2023, 4, 30), "还本"), **loan, amount_fen=1_000_000),
        "LoanReleased-settled": LoanReleased(
            **head("released", date(2024, 3, 2), "出池：结清"), **loan, reason="settled"
        ),
        "LoanReleased-renewed": LoanReleased(
            **head("released-2", date(2024, 3, 2), "出池：续贷"),
            **loan,
            reason="renewed",
            renewed_by="BOC2024-0001",
            outstanding_fen=479_000_000,
        ),
        "TapeConfirmed": TapeConfirmed(
            **head("tape", date(2023, 3, 31), "2023-03 月末贷款状况", 13),
            **loan,
            month="2023-03",
            outstanding_fen=480_000_000,
            overdue_days=0,
            grade="normal",
        ),
        "TermExtended": TermExtended(
            **head("extended", date(2024, 2, 20), "展期"), **loan, new_due_on=date(2024, 9, 2), filing_no="BA2024-007"
        ),
        "IpRightListed": IpRightListed(
            **head("right", date(2023, 3, 6), "质押权利 ZL202110123456.7"),
            right=RIGHT,
            ip_type="patent",
            title="一种示例装置",
            owner="示例电子有限公司（虚构）",
            expires_on=date(2041, 2, 3),
        ),
        "PledgeRegistered": PledgeRegistered(
            **head("pledge", date(2023, 3, 6), "质押登记"),
            pledge="Y2023330000001",
            bank="boc",
            pledgor="示例电子有限公司（虚构）",
            rights=(RIGHT, MARK),
            loans=(LOAN,),
            registered_on=date(2023, 3, 5),
        ),
        "PledgeReleased": PledgeReleased(
            **head("unpledged", date(2024, 3, 5), "质押注销"), pledge="Y2023330000001", bank="boc", rights=(RIGHT, MARK)
        ),
        "IpAppraised": IpAppraised(
            **head("appraised", date(2023, 3, 6), "评估"),
            right=RIGHT,
            pledge="Y2023330000001",
            value_fen=320_000_000,
            appraiser="示例评估所（虚构）",
        ),
        "IpAppraised-package": IpAppraised(
            **head("appraised-2", date(2023, 3, 6), "打包评估"), pledge="Y2023330000001", value_fen=520_000_000
        ),
        "SuspensionTripped": SuspensionTripped(
            **head("tripped", date(2023, 7, 31), "中国银行暂停新增备案"),
            bank="boc",
            rule="demo-2023@2023-01-01",
            clause="第十八条",
            state="suspended",
            measure_fen=480_000_000,
        ),
        "SuspensionLifted": SuspensionLifted(
            **head("lifted", date(2023, 9, 30), "中国银行恢复"),
            bank="boc",
            rule="demo-2023@2023-01-01",
            clause="第十八条",
            measure_fen=0,
        ),
    }


def _insurance() -> dict[str, AnyEvent]:
    policy = {"policy": "P2023-001", "insurer": "01"}
    return {
        "InsuranceIssued": InsuranceIssued(
            **head("issued", date(2023, 3, 6), "保单", 14),
            **policy,
            loan=LOAN,
            insured="中国银行示例支行（虚构）",
            sum_fen=500_000_000,
            premium_fen=5_000_000,
            from_on=date(2023, 3, 3),
            until_on=date(2024, 3, 3),
        ),
        "InsuranceLapsed": InsuranceLapsed(
            **head("lapsed", date(2024, 3, 3), "保单到期"), **policy, sum_fen=500_000_000
        ),
        "InsuranceClaimPaid": InsuranceClaimPaid(
            **head("claim", date(2023, 8, 15), "保险理赔", 15),
            **policy,
            case=CASE,
            amount_fen=144_000_000,
            cover_fen=500_000_000,
        ),
    }


def _cases() -> dict[str, AnyEvent]:
    case = {"case": CASE, "loan": LOAN, "bank": "boc"}
    return {
        "CompensationApplied": applied(),
        "CompensationDecided": decided(),
        "CompensationDeferred": CompensationDeferred(
            **head("deferred", date(2023, 6, 18), "暂缓补偿"),
            **case,
            clauses=("第十三条",),
            rule="demo-2023@2023-01-01",
            decision=SHA,
            chief="li",
        ),
        "ApplicationSupplemented": supplemented(),
        "ApplicationSupplemented-facts": supplemented("facts", claimed_fen=0, number=2),
        "CompensationRedecided": redecided(),
        "CompensationRedecided-less": redecided(
            "less",
            outcome="less",
            claimed_fen=0,
            approved_fen=239_998_001,
            granted_fen=0,
            queued_fen=0,
            clawback_fen=1_500,
            recovered_fen=500,
            contributors=(),
            returned=(share("01", 900), share("02", 600)),
            raised=(),
            lowered=(PartyAmount(party="insurer", amount_fen=1_000),),
        ),
        "CompensationRedecided-same": redecided(
            "same",
            outcome="same",
            claimed_fen=0,
            approved_fen=240_000_001,
            granted_fen=0,
            queued_fen=0,
            contributors=(),
            raised=(),
        ),
        "QueueLapsed": QueueLapsed(
            **head("lapsed", date(2023, 7, 13), "不再支付"),
            case=CASE,
            bank="boc",
            amount_fen=400,
            clauses=("第二十条",),
            round=SHA,
            chief="li",
        ),
        "CompensationDenied": CompensationDenied(
            **head("denied", date(2023, 6, 20), "不予补偿"),
            **case,
            claimed_fen=481_234_567,
            clauses=("第五条第二项", "第九条"),
            rule="demo-2023@2023-01-01",
            decision=SHA,
            chief="li",
        ),
        "CompensationPaid": paid(),
        "TapeReducedByCompensation": TapeReducedByCompensation(
            **head("reduced", date(2023, 8, 31), "银行冲减"), loan=LOAN, bank="boc", amount_fen=240_000_001
        ),
        "RecoveryNotified": notified(),
        "RecoveryNotified-nothing": notified(
            "notified-2", number=2, gross_fen=500_000, cost_fen=500_000, principal_fen=0, pool_fen=0, contributors=()
        ),
        "RecoveryReceived": RecoveryReceived(
            **head("received", date(2023, 10, 8), "追偿款到账", 16),
            case=CASE,
            bank="boc",
            account="boc-01",
            amount_fen=14_500_001,
        ),
        "CaseTaken": CaseTaken(
            **head("taken", BEGINS_ON, "期初在办案件", 17),
            case=OLD_CASE,
            loan=OLD_LOAN,
            bank="boc",
            borrower="示例机械有限公司（虚构）",
            unpaid_principal_fen=90_000_000,
            base_fen=100_000_000,
            paid_fen=50_000_000,
            recovered_fen=10_000_000,
            notified_unreceived_fen=2_000_000,
            recourse_fen=40_000_000,
            decided_on=date(2022, 6, 1),
            parts=(share("01", 2), share("02", 1)),
            loss_parts=(
                PartyAmount(party="pool", amount_fen=50_000_000),
                PartyAmount(party="bank", amount_fen=50_000_000),
            ),
            rule_words="旧办法：各半",
        ),
        "RuleAdopted": RuleAdopted(
            **head("rule", date(2023, 1, 1), "采用 demo-2023@2023-01-01"),
            rule="demo-2023@2023-01-01",
            title="演示办法（虚构）",
            sha256=SHA,
            effective_on=date(2023, 1, 1),
            demo=True,
        ),
    }


SAMPLES: dict[str, AnyEvent] = {**_cash(), **_loans(), **_insurance(), **_cases()}
"""One event of every kind, more where one kind has several forms; the key begins with the class name."""


@dataclass
class Office:
    """A books folder and the shortest way to post into it."""

    root: Path

    @property
    def store(self) -> Store:
        """Its writer."""
        return Store(self.root)

    @property
    def book(self) -> Book:
        """A fresh load."""
        return Book.load(self.root)

    def post(
        self,
        *events: AnyEvent,
        act: str = "import",
        signed: Signatures = SIGNED,
        draft: str = "",
        documents: Sequence[Attachment] = (),
        book: Book | None = None,
    ) -> Posted:
        """One act under the lock, over a fresh load or the book given. A decision brings its record."""
        records = [self.record() for event in events if getattr(event, "decision", "") == SHA]
        with self.store.lock():
            posting = Posting(act, events, signed, draft=draft, documents=[*documents, *records])
            return post(self.store, book or self.book, posting)

    def attach(self, content: bytes, account: str = BOC) -> Attachment:
        """Keep a document's bytes and say where it hangs."""
        path = f"documents/{digest(content)[:16]}-attachment.pdf"
        self.store.write_new(path, content)
        return Attachment(path=path, account=account, name="附件.pdf", sha256=digest(content), sort="attachment")

    def record(self) -> Attachment:
        """The record that the invented decisions name, kept as desk keeps one."""
        path = f"documents/{SHA[:16]}-decision.json"
        self.store.write_new(path, b"list")
        account = "Assets:9401待裁决申请:01中国银行:BC2023-001"
        return Attachment(
            path=path, account=account, name=f"裁决 {CASE}", sha256=SHA, sort="decision", link="case-" + CASE
        )

    def files(self) -> dict[str, bytes]:
        """Every file but the lock, by its path."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and path.name != ".lock"
        }

    def batches(self) -> list[Path]:
        """The batch files in order."""
        return sorted(self.root.glob("batches/*/*.beancount"), key=lambda path: path.name)


def founded(root: Path) -> Office:
    """Books with batch 000000: what the pool had when they began."""
    store = found(root, POOL, SIGNED, BEGINS_ON)
    with store.lock():
        first_batch(store, POOL, [SAMPLES["OpeningTaken"]], SIGNED, (), BEGINS_ON)
    return Office(root)


def story() -> list[list[AnyEvent]]:
    """A case's whole life in nine acts, in an order that the real journal accepts."""
    return [
        [SAMPLES["RuleAdopted"], contribution("big", 300_000_000, date(2023, 1, 5))],
        [
            SAMPLES["IpRightListed"],
            SAMPLES["IpRightListed"].model_copy(
                update={"event_id": key("right-2"), "right": MARK, "ip_type": "trademark"}
            ),
            loan_included(),
            SAMPLES["PledgeRegistered"],
            SAMPLES["IpAppraised"],
            SAMPLES["InsuranceIssued"],
        ],
        [SAMPLES["TapeConfirmed"]],
        [applied()],
        [decided()],
        [paid()],
        [SAMPLES["BankRowConfirmed"]],
        [SAMPLES["InsuranceClaimPaid"]],
        [notified()],
        [SAMPLES["RecoveryReceived"]],
    ]


def told(office: Office) -> Office:
    """The story posted, act by act, with the rule text that it adopts."""
    office.store.write_new(f"{rule_folder('demo-2023@2023-01-01', SHA)}/rule_text.toml", b"list")
    book = office.book
    for number, events in enumerate(story(), 1):
        book = office.post(*events, signed=CHIEFED, draft=f"D{number:06d}", book=book).book
    return office


def seal(office: Office, month: str = "2022-12") -> Receipt:
    """Close a month as desk does: the log record as intent, then the receipt."""
    book = office.book
    receipt = Receipt(
        month=month,
        step=1,
        closed_at=AT.isoformat(),
        closed_by=SIGNED.who,
        sequence=book.batches[-1].sequence,
        chain=book.head,
        trial_balance=(),
        sources=(),
        reports=(),
    )
    content = record_bytes(receipt)
    with office.store.lock():
        file = seal_name(receipt)
        OperationLog(office.store).append(AT, ("zhang", "li"), "close", (month,), file=file, batch=digest(content))
        office.store.write_new(file, content)
    return receipt
