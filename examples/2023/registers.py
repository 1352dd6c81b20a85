"""The registers that banks and insurers fill in, in the product's own templates."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import cases
import story
from bank_rows import BankRow, month_days, yuan
from cases import LOANS, TAPE_LOANS
from loans import EXTENDED_TO, OPENING_ON, Loan, Pledge, Policy
from parties import ACCOUNTS, BANK_TITLE, INSURER_TITLE, POOL_TOML, is_workday

from importers.registers.template import Row, pool_lists, write_template
from ledger.pool import parse_pool

NOTE = "虚构示例：人员、企业、权利、账号、编号均为编造"
LISTS = pool_lists(parse_pool(POOL_TOML))
CONTRIBUTORS = {row["no"]: row["name"] for row in tomllib.loads(POOL_TOML)["contributor"]}

_USES = ("采购原材料", "购置设备", "研发投入", "支付货款")
APPRAISER = "慈溪某知识产权评估有限公司（虚构）"


def book(kind: str, rows: Sequence[Row] | Mapping[str, Sequence[Row]], heading: Row | None = None) -> bytes:
    """A filled template, marked as invented."""
    return write_template(kind, rows, title_note=NOTE, heading=heading, lists=LISTS)


def _loan_row(loan: Loan) -> Row:
    return {
        "loan": loan.no,
        "contract_no": f"HT-{loan.no}",
        "filing_no": loan.filing_no,
        "filed_on": loan.filed_on.isoformat(),
        "bank": BANK_TITLE[loan.bank],
        "borrower": loan.firm.name,
        "uscc": loan.firm.code,
        "product": loan.product,
        "principal_fen": yuan(loan.principal_fen),
        "outstanding_fen": yuan(loan.outstanding_fen),
        "annual_rate": loan.rate,
        "disbursed_on": loan.disbursed_on.isoformat(),
        "due_on": loan.due_on.isoformat(),
        "pledge": loan.pledge.number,
        "ip_quota_fen": yuan(loan.ip_quota_fen) if loan.ip_quota_fen else "",
        "collateral_quota_fen": yuan(loan.collateral_quota_fen) if loan.collateral_quota_fen else "",
        "policy": loan.policy.number if loan.policy else "",
        "guarantor": loan.guarantor,
        "use": _USES[int(loan.no[-4:]) % len(_USES)],
        "town": loan.firm.town,
        "industry": loan.firm.industry,
        "renews": loan.renews,
    }


def _right_rows(pledge: Pledge) -> list[Row]:
    rows: list[Row] = []
    for place, right in enumerate(pledge.rights):
        value = right.value_fen
        if pledge.package:
            value = 0 if place else sum(item.value_fen for item in pledge.rights)
        rows.append(
            {
                "pledge": pledge.number,
                "registered_on": pledge.registered_on.isoformat(),
                "rank": "1",
                "right": right.number,
                "title": right.title,
                "owner": right.owner,
                "expires_on": right.expires_on.isoformat(),
                "appraised": "整体" if pledge.package else "单项",
                "value_fen": yuan(value) if value else "",
                "appraised_on": (pledge.registered_on - timedelta(days=20)).isoformat(),
                "appraiser": APPRAISER,
            }
        )
    return rows


def _pledges(loans: Sequence[Loan]) -> list[Pledge]:
    """Each registration once, in order, although two loans may share one."""
    return list({loan.pledge.number: loan.pledge for loan in loans}.values())


def filing(loans: Sequence[Loan]) -> bytes:
    """A bank's 入库备案表 of one day or month."""
    rights = [row for pledge in _pledges(loans) for row in _right_rows(pledge)]
    return book("loans", {"loans": [_loan_row(loan) for loan in loans], "rights": rights})


def filed(bank: str, month: str) -> list[Loan]:
    """Loans of one bank filed in ``month``."""
    return [loan for loan in LOANS if loan.bank == bank and f"{loan.filed_on:%Y-%m}" == month]


def last_workday(month: str) -> date:
    """The month's last working day."""
    _, day = month_days(month)
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def _is_renewed(loan: Loan) -> bool:
    return any(other.renews == loan.no for other in LOANS)


def _tape_row(loan: Loan, month: str) -> Row:
    gone = loan.balance(month) == 0
    remark = ""
    if gone:
        remark = "续贷还清，质押转至新借据" if _is_renewed(loan) else "结清"
    return {
        "loan": loan.no,
        "borrower": loan.firm.name,
        "outstanding_fen": yuan(loan.balance(month)),
        "repaid_fen": yuan(loan.reduced(month)),
        "by_compensation_fen": yuan(loan.by_compensation.get(month, 0)),
        "by_recovery_fen": yuan(loan.by_recovery.get(month, 0)),
        "overdue_days": str(loan.overdue_days(month)),
        "grade": loan.grade(month),
        "pledge_released_on": last_workday(month).isoformat() if gone and not _is_renewed(loan) else "",
        "remark": remark,
    }


def tape(bank: str, month: str) -> bytes:
    """A bank's month-end 贷款状况表: every loan in the pool, one row."""
    rows = [_tape_row(loan, month) for loan in TAPE_LOANS if loan.bank == bank and loan.listed(month)]
    return book("tapes", rows, {"bank": BANK_TITLE[bank], "month": month})


def _issued(loan: Loan, policy: Policy) -> Row:
    return {
        "act": "承保",
        "policy": policy.number,
        "loan": loan.no,
        "insured": loan.firm.name,
        "sum_fen": yuan(policy.sum_fen),
        "premium_fen": yuan(policy.premium_fen),
        "from_on": policy.from_on.isoformat(),
        "until_on": policy.until_on.isoformat(),
    }


def _insurance_rows(insurer: str, month: str) -> list[Row]:
    rows: list[Row] = []
    for loan in TAPE_LOANS:
        policy = loan.policy
        if policy is None or policy.insurer != insurer:
            continue
        if f"{loan.filed_on:%Y-%m}" == month and not loan.opening:
            rows.append(_issued(loan, policy))
        acted: Row = {"policy": policy.number, "loan": loan.no, "insured": loan.firm.name}
        if loan.reduced(month) and not loan.balance(month):
            rows.append({**acted, "act": "退保", "acted_on": last_workday(month).isoformat()})
        if loan.no == cases.REDUCED.loan.no and f"{cases.INSURER_PAID_ON:%Y-%m}" == month:
            paid = {"amount_fen": yuan(cases.INSURER_PAID_FEN), "case": cases.REDUCED.no}
            rows.append({**acted, **paid, "act": "理赔", "acted_on": cases.INSURER_PAID_ON.isoformat()})
    return rows


def insurance(insurer: str, month: str) -> bytes | None:
    """An insurer's list of a month; None when it has nothing to say."""
    rows = _insurance_rows(insurer, month)
    return book("insurance", rows, {"insurer": INSURER_TITLE[insurer]}) if rows else None


def application(case: cases.Case) -> bytes:
    """A bank's 风险补偿申请表 for one case. What was not received is said to be 0."""
    loan = case.loan
    assert loan.overdue_since, "an application needs a default"
    nothing = (
        "penalty_interest_fen",
        "recovery_cost_fen",
        "disposal_proceeds_fen",
        "insurer_paid_fen",
        "guarantee_payment_fen",
        "awarded_elsewhere_fen",
    )
    before = f"{case.applied_on - timedelta(days=case.applied_on.day):%Y-%m}"
    held = ("registered_in_city", "in_good_credit", "use_holds", "pledge_registered", "bank_demanded")
    row: Row = {
        "case": case.no,
        "loan": loan.no,
        "borrower": loan.firm.name,
        "applied_on": case.applied_on.isoformat(),
        "accepted_on": case.accepted_on.isoformat(),
        "claimant": "合作银行",
        "due_on": loan.due_on.isoformat(),
        "overdue_since_on": loan.overdue_since.isoformat(),
        "assessed_on": case.accepted_on.isoformat(),
        "principal_fen": yuan(case.principal_fen),
        "interest_fen": yuan(case.interest_fen),
        **dict.fromkeys(nothing, "0.00"),
        "claimed_fen": yuan(case.claimed_fen),
        "grade": loan.grade(before),
        **dict.fromkeys(held, "是"),
        "is_sued": "否",
        "is_disposed": "否",
        "attachments": case.attachments,
    }
    return book("applications", [row], {"bank": BANK_TITLE[loan.bank]})


def recovery() -> bytes:
    """The recovery reported on 28 December: gross, costs, and the principal that the bank takes off."""
    row: Row = {
        "case": cases.APPROVED.no,
        "number": "1",
        "loan": cases.APPROVED.loan.no,
        "notified_on": cases.RECOVERY_ON.isoformat(),
        "gross_fen": yuan(cases.RECOVERY_GROSS_FEN),
        "cost_fen": yuan(cases.RECOVERY_COST_FEN),
        "principal_fen": yuan(cases.RECOVERY_PRINCIPAL_FEN),
        "source": "质物处置",
        "remark": "处置质押专利所得，已扣拍卖费用（虚构）",
    }
    return book("recoveries", [row], {"bank": BANK_TITLE[cases.APPROVED.loan.bank]})


def extension() -> bytes:
    """The term extension filed in July."""
    loan = cases.EXTENDED
    row: Row = {
        "loan": loan.no,
        "borrower": loan.firm.name,
        "due_on": loan.due_on.isoformat(),
        "new_due_on": EXTENDED_TO.isoformat(),
        "filing_no": "ZQ20230712001",
        "filed_on": "2023-07-12",
        "remark": "展期六个月（虚构）",
    }
    return book("extensions", [row], {"bank": BANK_TITLE[loan.bank]})


def paper_statement(account: str, month: str, rows: Sequence[BankRow]) -> bytes:
    """A statement that came on paper, keyed in row by row; the bank prints its own journal numbers."""
    first, last = month_days(month)
    keyed: list[Row] = [
        {
            "on": f"{row.at:%Y-%m-%d}",
            "bank_summary": row.summary,
            "outflow_fen": yuan(-row.fen) if row.fen < 0 else "",
            "inflow_fen": yuan(row.fen) if row.fen > 0 else "",
            "balance_fen": yuan(row.balance_fen),
            "counterparty": row.party,
        }
        for row in rows
    ]
    heading = {
        "number": ACCOUNTS[account].number,
        "month": month,
        "opening_fen": yuan(story.balance_at(account, first - timedelta(days=1))),
        "closing_fen": yuan(story.balance_at(account, last)),
    }
    return book("statement", keyed, heading)


def _balances() -> list[Row]:
    rows: list[Row] = [
        {"account": "银行存款", "party": slug, "debit_fen": yuan(fen)}
        for slug, fen in story.OPENING_CASH.items()
        if fen
    ]
    rows.append({"account": "追偿应收款", "party": BANK_TITLE["boc"], "debit_fen": yuan(cases.RUNNING_NOTIFIED_FEN)})
    rows += [
        {"account": "出资", "party": CONTRIBUTORS[no], "credit_fen": yuan(fen)} for no, fen in story.PAID_IN.items()
    ]
    for no, fen in story.opening_results().items():
        side = "credit_fen" if fen >= 0 else "debit_fen"
        rows.append({"account": "累计结余", "party": CONTRIBUTORS[no], side: yuan(abs(fen))})
    return rows


def _running_case() -> tuple[Row, list[Row]]:
    loan = cases.RUNNING
    case: Row = {
        "case": cases.RUNNING_CASE_NO,
        "loan": loan.no,
        "bank": BANK_TITLE[loan.bank],
        "borrower": loan.firm.name,
        "decided_on": "2022-07-05",
        "unpaid_principal_fen": yuan(loan.outstanding_fen),
        "base_fen": yuan(cases.RUNNING_BASE_FEN),
        "paid_fen": yuan(cases.RUNNING_PAID_FEN),
        "recovered_fen": "0.00",
        "notified_unreceived_fen": yuan(cases.RUNNING_NOTIFIED_FEN),
        "recourse_fen": yuan(cases.RUNNING_PAID_FEN - cases.RUNNING_NOTIFIED_FEN),
        "recovered_gross_fen": yuan(cases.RUNNING_GROSS_FEN),
        "recovered_cost_fen": yuan(cases.RUNNING_COST_FEN),
        "rule_words": "虚构的旧办法第八条：风险池与银行五五分担本金损失",
    }
    shares: list[Row] = [
        {"case": cases.RUNNING_CASE_NO, "sort": "出资方份数", "name": CONTRIBUTORS[no], "amount": yuan(fen)}
        for no, fen in story.contributor_split(cases.RUNNING_PAID_FEN).items()
    ]
    for party, fen in (("pool", cases.RUNNING_PAID_FEN), ("bank", cases.RUNNING_BASE_FEN - cases.RUNNING_PAID_FEN)):
        shares.append({"case": cases.RUNNING_CASE_NO, "sort": "损失分担金额", "name": party, "amount": yuan(fen)})
    return case, shares


def opening() -> bytes:
    """期初建账表: balances, loans, rights, policies and the running case as of 28 February 2023."""
    loans = [loan for loan in LOANS if loan.opening]
    policies: list[Row] = [
        {
            "policy": loan.policy.number,
            "insurer": INSURER_TITLE[loan.policy.insurer],
            "loan": loan.no,
            "insured": loan.firm.name,
            "sum_fen": yuan(loan.policy.sum_fen),
            "premium_fen": yuan(loan.policy.premium_fen),
            "from_on": loan.policy.from_on.isoformat(),
            "until_on": loan.policy.until_on.isoformat(),
        }
        for loan in loans
        if loan.policy
    ]
    case, shares = _running_case()
    tables: dict[str, Sequence[Row]] = {
        "balances": _balances(),
        "loans": [_loan_row(loan) for loan in loans],
        "rights": [row for pledge in _pledges(loans) for row in _right_rows(pledge)],
        "policies": policies,
        "cases": [case],
        "case_shares": shares,
    }
    return book("opening", tables, {"on": OPENING_ON.isoformat()})


TWICE_OFFERED = next(loan for loan in LOANS if loan.bank == "crcb" and f"{loan.filed_on:%Y-%m}" == "2023-05")
"""The loan whose first filing offered a right already pledged to another bank."""


def filing_refused() -> bytes:
    """The filing of May that must be refused: its right stands pledged to 农业银行 under another number."""
    taken = next(loan for loan in LOANS if loan.bank == "abchina" and loan.opening).pledge.rights[0]
    right = _right_rows(TWICE_OFFERED.pledge)[0]
    rights = [{**right, "right": taken.number, "title": taken.title, "owner": taken.owner}]
    return book("loans", {"loans": [_loan_row(TWICE_OFFERED)], "rights": rights})
