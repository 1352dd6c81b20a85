"""Books of one pool with one decided application, under any shipped rule text: what a review paper is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from pools import pool_toml

from ledger.book import Book
from ledger.events import CompensationApplied, IpRightListed, LoanIncluded, OpeningTaken, RuleAdopted, VoucherLine
from ledger.founding import first_batch, found
from ledger.ids import event_id
from ledger.journal import Posting, post
from ledger.papers import Attachment
from ledger.provenance import digest
from ledger.signing import Signatures
from riskpool.cases import decide, facts_of, loan_facts
from riskpool.facts import FactValue
from riskpool.granting import events_of
from riskpool.ruletext import shipped
from riskpool.suspension import SuspensionState
from riskpool.waterfall import Used

POOL = pool_toml(
    {"title": "示例子风险池", "slug": "example", "unit": "示例市财政局"},
    staff={"zhang": ("张三（虚构）", "preparer bookkeeper"), "li": ("李四（虚构）", "reviewer chief")},
    banks=("boc",),
    accounts={"boc-01": ("370012345678", "示例子风险池中行专户")},
    contributors=("市财政",),
)
CASE, LOAN, RIGHT, BORROWER = "BC0001", "L0001", "ZL202110123456.X", "示例精密机械有限公司（虚构）"


@dataclass(frozen=True, slots=True)
class Application:
    """One application under one text: days, amounts (fen) and what the bank states; nothing of it is real."""

    text: str
    disbursed_on: date
    filed_on: date
    due_on: date
    accepted_on: date
    principal_fen: int
    loan_fen: int
    interest_fen: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)
    states: tuple[SuspensionState, ...] = ()
    used: tuple[Used, ...] = ()
    pool: Mapping[str, FactValue] = field(default_factory=dict)


def book_of(root: Path, made: Application) -> Book:
    """Found books at ``root``, adopt the text, include the loan, decide the application, post it all."""
    opened_on, text = date(made.disbursed_on.year, 1, 1), shipped(made.text)
    moment = datetime(made.accepted_on.year, 12, 31, 9, tzinfo=UTC)
    signed = Signatures(preparer="zhang", reviewer="li", bookkeeper="zhang", chief="li", at=moment)
    store = found(root, POOL, signed, opened_on)
    lines = (
        VoucherLine(account="Assets:1002银行存款:01中国银行:01专户", amount_fen=10**11),
        VoucherLine(account="Equity:3101出资:01市财政", amount_fen=-(10**11)),
    )
    opening = OpeningTaken(event_id=event_id("open", 1), on=opened_on, summary="期初建账", lines=lines)
    book = first_batch(store, POOL, [opening], signed, (), opened_on).book
    listed = IpRightListed(
        event_id=event_id("ip", RIGHT), on=made.filed_on, summary="登记知识产权", right=RIGHT,
        ip_type="patent", title="一种装置（虚构）", owner=BORROWER,
    )  # fmt: skip
    loan = LoanIncluded(
        event_id=event_id("loan", LOAN), on=made.filed_on, summary="入库", bank="boc", loan=LOAN, borrower=BORROWER,
        uscc="91330282MA2XXXXX0X", contract_no="HT-1", filing_no="BA-1", product="direct",
        principal_fen=made.loan_fen, outstanding_fen=made.loan_fen, annual_rate="0.0435",
        disbursed_on=made.disbursed_on, due_on=made.due_on, filed_on=made.filed_on, opening=True, rights=(RIGHT,),
        pledge="ZY0001", town="浒山街道", industry="C34 通用设备制造业", exposure=event_id("exp", LOAN),
    )  # fmt: skip
    adopted = RuleAdopted(
        event_id=event_id("rule", 1), on=made.accepted_on, summary="采用办法", rule=text.ref, title=text.title,
        sha256=text.sha256, effective_on=text.effective_on, demo=text.demo,
    )  # fmt: skip
    applied = CompensationApplied(
        event_id=event_id("app", CASE), on=made.accepted_on, summary="受理补偿申请", case=CASE, loan=LOAN, bank="boc",
        claimed_fen=made.principal_fen, principal_fen=made.principal_fen, interest_fen=made.interest_fen,
        accepted_on=made.accepted_on, facts=tuple(made.facts.items()), attachments=4,
    )  # fmt: skip
    book = post(store, book, Posting("import", [listed, loan, adopted, applied], signed)).book
    facts = facts_of(
        applied, loan_facts(loan), paid_in=(("01", 10**11),), approved_earlier_fen=0, states=made.states,
        pool=made.pool,
    )  # fmt: skip
    decision = decide(text, facts, made.used)
    content = decision.to_bytes()
    path = f"documents/{decision.sha256[:16]}-decision.json"
    store.write_new(path, content)
    record = Attachment(
        path=path, account="Assets:9401待裁决申请", name=path.rpartition("/")[2], sha256=digest(content),
        sort="decision",
    )  # fmt: skip
    event = events_of(decision, applied, on=made.accepted_on, chief="li", unpaid_principal_fen=made.loan_fen)
    return post(store, book, Posting("decide", [event], signed, documents=[record])).book


def fen(yuan: int) -> int:
    return yuan * 100


COMMON = {"disposal_proceeds": "0"}
SIX = (
    Application(
        "zhongshan", date(2022, 6, 1), date(2022, 6, 8), date(2023, 6, 1), date(2023, 9, 5),
        fen(1_234_567) + 89, fen(2_000_000),
    ),
    Application(
        "deyang", date(2019, 6, 3), date(2019, 6, 10), date(2020, 6, 3), date(2020, 9, 15),
        fen(876_543) + 21, fen(1_000_000), facts={"registered_in_city": "true", "in_good_credit": "true"},
    ),
    Application(
        "guangzhou-2025", date(2025, 10, 9), date(2025, 10, 20), date(2026, 4, 9), date(2026, 8, 3),
        fen(3_333_333) + 33, fen(4_000_000),
        facts={
            "disposal_proceeds": str(fen(123_456) + 78), "enterprise_size": "小微", "is_high_tech": "false",
            "claimant": "合作银行", "uses_other_mode": "false", "is_ip_pledged": "true", "uses_policy_tool": "false",
        },
        states=(
            SuspensionState("S24（银行暂缓）", "正常", "none", None, fen(1_200_000), over_fen=fen(98_000_000)),
        ),
    ),
    Application(
        "weihai", date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 30), date(2026, 12, 18),
        fen(5_600_000) + 7, fen(6_000_000),
        facts={
            "disposal_proceeds": str(fen(1_111_111) + 11), "recognised_on": "2026-12-07", "applied_on": "2026-12-18",
            "enterprise_size": "小微", "is_mixed": "true", "quota_written": "true", "ip_quota": str(fen(7_000_000)),
            "all_quotas": str(fen(9_000_000)), "business_year": "首年",
        },
    ),
    Application(
        "zhangjiakou", date(2022, 7, 1), date(2022, 7, 5), date(2023, 7, 1), date(2023, 10, 9),
        fen(999_999) + 99, fen(1_500_000), facts={"is_ip_pledged": "true"},
    ),
    Application(
        "wenzhou-2020", date(2021, 3, 1), date(2021, 3, 8), date(2022, 3, 1), date(2022, 6, 20),
        fen(5_432_109) + 87, fen(6_000_000),
        facts={"disposal_proceeds": str(fen(654_321)), "enterprise_size": "小微", "is_ip_pledged": "true"},
    ),
)  # fmt: skip
"""A typical application under each of the six texts that stretch the model; all invented."""
