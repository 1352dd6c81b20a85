"""A small pool's whole life in real books: what every check has something to say about. All persons are （虚构）."""

from collections.abc import Sequence
from datetime import date

from ledger_samples import BOC as BANK
from ledger_samples import (
    CASE,
    CHIEFED,
    INTEREST,
    Office,
    applied,
    contribution,
    decided,
    head,
    interest,
    key,
    leg,
    loan_included,
    paid,
    redecided,
    share,
    supplemented,
    told,
)

from ledger.events import (
    AnyEvent,
    ClawbackDecided,
    CompensationDeferred,
    CompensationDenied,
    EventWithdrawn,
    InsuranceClaimRefused,
    IpAppraised,
    IpRightListed,
    LoanIncluded,
    LoanReleased,
    LoanRepaid,
    LossWrittenOff,
    PartyAmount,
    PledgeRegistered,
    PledgeReleased,
    QueueFunded,
    QueueLapsed,
    ReceiptIdentified,
    ReceiptUnidentified,
    TapeConfirmed,
    VoucherLine,
    YearClosed,
)
from ledger.withdrawal import Request, withdrawal_of

SECOND, RENEWED, QUEUED = "BOC2023-0002", "BOC2023-0003", "BOC2023-0004"
SECOND_CASE, DENIED_CASE = "BC2023-002", "BC2023-003"
AGAIN, AGAIN_CASE = "BOC2023-0005", "BC2023-004"
TRADEMARK = "TM22222222-09"
BOC = {"bank": "boc"}


def direct(loan: str, day: date, fen: int, **more: object) -> LoanIncluded:
    """A loan without a policy."""
    fields: dict[str, object] = {
        **head(loan, day, f"入库备案 {loan}"),
        "loan": loan,
        "filing_no": f"BA-{loan}",
        "product": "direct",
        "policy": None,
        "rights": (TRADEMARK,),
        "pledge": f"Y-{loan}",
        "outstanding_fen": fen,
        "principal_fen": fen,
        "ip_quota_fen": None,
        "disbursed_on": day,
        "due_on": date(day.year + 1, day.month, day.day),
        "filed_on": day,
        "exposure": key(f"exposure {loan}"),
    }
    return loan_included(**{**fields, **more})


def pledged(loan: str, day: date, right: str = TRADEMARK) -> PledgeRegistered:
    """Its registration."""
    return PledgeRegistered(
        **head(f"pledge {loan}", day, "质押登记"),
        **BOC,
        pledge=f"Y-{loan}",
        pledgor="示例电子有限公司（虚构）",
        rights=(right,),
        loans=(loan,),
        registered_on=day,
    )


def unpledged(loan: str, day: date) -> PledgeReleased:
    """Its end."""
    return PledgeReleased(**head(f"unpledge {loan}", day, "质押注销"), **BOC, pledge=f"Y-{loan}", rights=(TRADEMARK,))


def appraised(loan: str, day: date) -> IpAppraised:
    """What the trademark is said to be worth."""
    return IpAppraised(
        **head(f"appraised {loan}", day, "评估"), right=TRADEMARK, pledge=f"Y-{loan}", value_fen=300_000_000
    )


def listed(right: str, day: date) -> IpRightListed:
    """A right becomes known."""
    return IpRightListed(
        **head(right, day, f"质押权利 {right}"), right=right, ip_type="trademark", title="示例", owner="示例（虚构）"
    )


def repaid(name: str, loan: str, day: date, fen: int) -> LoanRepaid:
    """A repayment."""
    return LoanRepaid(**head(name, day, "还本"), **BOC, loan=loan, amount_fen=fen)


def taped(loan: str, month: str, day: date, fen: int) -> TapeConfirmed:
    """A month's end as the bank says it."""
    return TapeConfirmed(
        **head(f"tape {loan} {month}", day, "月末状况"),
        **BOC, loan=loan, month=month, outstanding_fen=fen, overdue_days=0, grade="normal",
    )  # fmt: skip


def received(name: str, day: date, fen: int) -> ReceiptUnidentified:
    """Money of nobody's."""
    return ReceiptUnidentified(**head(name, day, "不明来款"), account="abchina-01", amount_fen=fen)


def named(name: str, day: date, fen: int) -> ReceiptIdentified:
    """It was interest."""
    return ReceiptIdentified(
        **head(f"named {name}", day, "待查款项认领：利息"),
        receipt=key(name), account="abchina-01", amount_fen=fen, target="interest", reason="银行说明",
    )  # fmt: skip


def queue() -> list[list[AnyEvent]]:
    """A second case: 100,000.00 approved, 40,000.00 of it queued, funded a month later, paid in two parts."""
    of = {"case": SECOND_CASE, "loan": QUEUED}
    granted = decided(
        **{**head("decided-2", date(2023, 7, 10), "裁决 BC2023-002"), **of},
        claimed_fen=20_000_000, base_fen=20_000_000, approved_fen=10_000_000, queued_fen=4_000_000,
        unpaid_principal_fen=20_000_000, contributors=(share("01", 4_000_000), share("02", 2_000_000)), others=(),
    )  # fmt: skip
    funded = QueueFunded(
        **head("funded", date(2023, 8, 10), "排队补偿到位"), **BOC, case=SECOND_CASE, amount_fen=4_000_000,
        contributors=(share("01", 3_000_000), share("02", 1_000_000)), chief="li",
    )  # fmt: skip
    first = {**head("paid-2", date(2023, 7, 12), "拨付 1"), "case": SECOND_CASE, "amount_fen": 6_000_000}
    rest = {**head("paid-3", date(2023, 8, 12), "拨付 2"), "case": SECOND_CASE, "amount_fen": 4_000_000}
    return [
        [
            listed("TM33333333-09", date(2023, 3, 10)),
            direct(QUEUED, date(2023, 3, 10), 20_000_000, rights=("TM33333333-09",)),
            pledged(QUEUED, date(2023, 3, 10), "TM33333333-09"),
        ],
        [
            applied(
                **{**head("applied-2", date(2023, 7, 1), "补偿申请 BC2023-002"), **of},
                claimed_fen=20_000_000, principal_fen=20_000_000, interest_fen=0, accepted_on=date(2023, 7, 2),
            )
        ],
        [granted],
        [paid(**{**first, "name": "paid-2", "instruction_no": "ZF2023-002"})],
        [funded],
        [paid(**{**rest, "name": "paid-3", "instruction_no": "ZF2023-003"})],
    ]  # fmt: skip


def again() -> list[list[AnyEvent]]:
    """A case held back, then decided three times: 10,000.00 comes back, then 7,000.00 more is due, 3,000.00 queued."""
    of = {"case": AGAIN_CASE, "loan": AGAIN}
    whole = {"claimed_fen": 20_000_000, "principal_fen": 20_000_000, "interest_fen": 0}
    granted = decided(
        **{**head("decided-4", date(2023, 7, 20), "裁决 BC2023-004"), **of},
        claimed_fen=20_000_000, base_fen=20_000_000, approved_fen=10_000_000, unpaid_principal_fen=20_000_000,
        contributors=(share("01", 7_000_000), share("02", 3_000_000)), others=(),
    )  # fmt: skip
    sent = {**head("paid-4", date(2023, 7, 22), "拨付"), "case": AGAIN_CASE, "amount_fen": 10_000_000}
    return [
        [
            listed("TM44444444-09", date(2023, 3, 11)),
            direct(AGAIN, date(2023, 3, 11), 20_000_000, rights=("TM44444444-09",)),
            pledged(AGAIN, date(2023, 3, 11), "TM44444444-09"),
        ],
        [applied(**{**head("applied-4", date(2023, 7, 3), "补偿申请"), **of}, **whole, accepted_on=date(2023, 7, 4))],
        [
            CompensationDeferred(
                **head("deferred-4", date(2023, 7, 6), "暂缓补偿 BC2023-004"), **BOC, **of, clauses=("第十三条",),
                rule=granted.rule, decision=granted.decision, chief="li",
            )
        ],
        [granted],
        [paid(**{**sent, "name": "paid-4", "instruction_no": "ZF2023-004"})],
        [supplemented("said-2", on=date(2023, 9, 1), **of, claimed_fen=0)],
        [
            redecided(
                "again-2", on=date(2023, 9, 5), **of, outcome="less", claimed_fen=0, base_fen=18_000_000,
                approved_fen=9_000_000, before_fen=10_000_000, granted_fen=0, queued_fen=0, clawback_fen=1_000_000,
                contributors=(), returned=(share("01", 700_000), share("02", 300_000)), others=(), raised=(),
            )
        ],
        [supplemented("said-3", on=date(2023, 9, 10), **of, claimed_fen=700_000, number=2)],
        [
            redecided(
                "again-3", on=date(2023, 9, 15), **of, number=3, claimed_fen=700_000, base_fen=19_400_000,
                approved_fen=9_700_000, before_fen=9_000_000, granted_fen=400_000, queued_fen=300_000,
                contributors=(share("01", 250_000), share("02", 150_000)), others=(), supplements=2,
                raised=(PartyAmount(party="guarantor", amount_fen=5_000),),
            )
        ],
        [
            QueueLapsed(
                **head("lapsed-4", date(2023, 9, 20), "不再支付 BC2023-004"), **BOC, case=AGAIN_CASE,
                amount_fen=300_000, clauses=("第二十条",), round=decided().decision, chief="li",
            )
        ],
    ]  # fmt: skip


def lived(office: Office) -> Office:
    """The story, then: a renewal, a queue, a denial, a clawback, a write-off, receipts, a withdrawal, a year's end."""
    told(office)
    office.post(interest("wrong interest", 1_234))
    blue = (leg(BANK, 1_243), leg(INTEREST, -1_243))
    book = office.post(withdrawn(office, "wrong interest", date(2023, 5, 9), blue), signed=CHIEFED).book
    acts: list[list[AnyEvent]] = [
        [
            listed(TRADEMARK, date(2023, 4, 10)),
            direct(SECOND, date(2023, 4, 10), 200_000_000),
            pledged(SECOND, date(2023, 4, 10)),
            appraised(SECOND, date(2023, 4, 10)),
        ],
        [
            repaid("repaid-1", SECOND, date(2023, 5, 31), 5_000_000),
            taped(SECOND, "2023-05", date(2023, 5, 31), 195_000_000),
        ],
        *queue(),
        *again(),
        [
            unpledged(SECOND, date(2023, 11, 20)),
            pledged(RENEWED, date(2023, 11, 20)),
            appraised(RENEWED, date(2023, 11, 20)),
            LoanReleased(
                **head("released-1", date(2023, 11, 20), "续贷出池"), **BOC,
                loan=SECOND, reason="renewed", renewed_by=RENEWED, outstanding_fen=195_000_000,
            ),
            direct(RENEWED, date(2023, 11, 20), 195_000_000, renews=SECOND, exposure=key(f"exposure {SECOND}")),
        ],
        [
            applied(
                **head("applied-3", date(2023, 12, 1), "补偿申请 BC2023-003"), case=DENIED_CASE, loan=RENEWED,
                claimed_fen=1_000_000, principal_fen=1_000_000, interest_fen=0, accepted_on=date(2023, 12, 2),
            ),
        ],
        [
            CompensationDenied(
                **head("denied-3", date(2023, 12, 5), "不予补偿"), **BOC, case=DENIED_CASE, loan=RENEWED,
                claimed_fen=1_000_000, clauses=("第九条",), rule="demo-2023@2023-01-01", decision=decided().decision,
                chief="li",
            ),
        ],
        [
            repaid("repaid-2", RENEWED, date(2023, 12, 31), 195_000_000),
            taped(RENEWED, "2023-12", date(2023, 12, 31), 0),
            LoanReleased(**head("released-2", date(2023, 12, 31), "结清出池"), **BOC, loan=RENEWED, reason="settled"),
            unpledged(RENEWED, date(2023, 12, 28)),
        ],
        [
            ClawbackDecided(
                **head("clawback", date(2023, 11, 1), "应退回补偿款"), **BOC, case=CASE, amount_fen=1_000,
                contributors=(share("01", 600), share("02", 400)), cause="overpaid", reason="多付", chief="li",
            ),
            LossWrittenOff(
                **head("written off", date(2023, 11, 15), "核销"), **BOC, case=CASE, amount_fen=2_000,
                reason="终本裁定", chief="li",
            ),
            InsuranceClaimRefused(
                **head("refused", date(2023, 11, 16), "拒赔"), case=CASE, policy="P2023-001", insurer="01",
                reason="未按约告知",
            ),
        ],
        [received("unknown-2", date(2023, 12, 11), 777_700), named("unknown-2", date(2023, 12, 20), 777_700)],
        [contribution("county", 5_000, date(2023, 12, 21), contributor="02")],
        [
            YearClosed(
                **head("year", date(2023, 12, 31), "2023 年度结余转入累计结余"), year=2023,
                shares=(share("01", -1_000), share("02", 400)),
            ),
        ],
        [interest("next year", 99, date(2024, 1, 5))],
    ]  # fmt: skip
    for number, events in enumerate(acts, 100):
        book = office.post(*events, signed=CHIEFED, draft=f"D{number:06d}", book=book).book
    return office


def withdrawn(office: Office, name: str, day: date, blue: Sequence[VoucherLine] = ()) -> EventWithdrawn:
    """The withdrawal of an event by a test's own name for it."""
    return withdrawal_of(office.book, Request(key(name), "mistake", "登记有误", day, blue, chief="li"))
