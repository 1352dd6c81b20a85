"""Every account name of the books, and the fixed part of the chart. Nothing else spells an account.

A component begins with its code, as Chinese 科目 do and as beancount demands (a component must start with a
capital letter or digit). Codes are the key; titles may differ from pool to pool. Source: docs/accounts.md.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ledger.pool import Bank, BankAccount, Contributor, Insurer, Pool

CNY = "CNY"
LOAN = "LOAN.CNY"
COVER = "COVER.CNY"
CLAIM = "CLAIM.CNY"
RECOURSE = "RECOURSE.CNY"
OTHER = "OTHER.CNY"
APPRAISAL = "APPRAISAL.CNY"

DECIDED = "9已裁决"

CASH = "Assets:1002银行存款"
IN_TRANSIT = "Assets:1012在途资金"
RECEIVABLES = "Assets:1221其他应收款"
OWED = "Liabilities:2241其他应付款"
PAYABLES = "Liabilities:2241其他应付款:01应付补偿款"
UNIDENTIFIED = "Liabilities:2241其他应付款:09待查款项"
PAID_IN = "Equity:3101出资"
ACCUMULATED = "Equity:3201累计结余"
YEAR_RESULT = "Equity:3202本年结余"
INTEREST = "Income:4501专户利息"
COMPENSATION = "Expenses:5501风险补偿"
RECOVERY = "Expenses:5502追偿收回"
RETURNED = "Expenses:5503补偿退回"
FEES = "Expenses:5511手续费"

LOANS, LOANS_CONTRA = "Assets:9001在池贷款本金", "Equity:9002在池贷款对应"
PLEDGES, PLEDGES_CONTRA = "Assets:9101质押权利", "Equity:9102质押权利对应"
COVERS, COVERS_CONTRA = "Assets:9201保险保障", "Equity:9202保险保障对应"
RECOURSES, RECOURSES_CONTRA = "Assets:9301待追偿", "Equity:9302待追偿对应"
WRITTEN_OFF, WRITTEN_OFF_CONTRA = "Assets:9303账销案存", "Equity:9304账销案存对应"
QUEUE, QUEUE_CONTRA = "Assets:9403待支付排队", "Equity:9404待支付排队对应"
CLAIMS, CLAIMS_CONTRA = "Assets:9401待裁决申请", "Equity:9402待裁决申请对应"
OTHERS, OTHERS_CONTRA = "Assets:9501他方应担", "Equity:9502他方应担对应"

_SORTS = {"dedicated": "专户", "deposit": "定期"}

Basis = Literal["asset", "liability", "equity", "income", "expense", "memo"]


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One fixed account: its commodity (empty = any), what it is, and how other regimes call it (J)."""

    account: str
    commodity: str
    title: str
    gov: str = ""
    guarantor: str = ""


FIXED = (
    ChartRow(IN_TRANSIT, CNY, "在途资金：已发出尚未到账的内部划转", "受托代理资产", "银行存款"),
    ChartRow(YEAR_RESULT, CNY, "本年结余：年末结转用", "受托代理负债", "本年利润"),
    ChartRow(INTEREST, CNY, "专户利息", "受托代理负债", "利息收入"),
    ChartRow(COMPENSATION, CNY, "风险补偿：每个出资方一笔分录", "受托代理负债", "担保赔偿支出"),
    ChartRow(RECOVERY, CNY, "追偿收回：风险补偿的抵减", "受托代理负债", "应收代偿款"),
    ChartRow(RETURNED, CNY, "补偿退回：与追偿分列", "受托代理负债", "应收代偿款"),
    ChartRow(FEES, CNY, "手续费", "受托代理负债", "手续费支出"),
    ChartRow(LOANS, LOAN, "在池贷款本金：银行的本金，不是池的义务"),
    ChartRow(LOANS_CONTRA, LOAN, "在池贷款对应"),
    ChartRow(PLEDGES, "", "质押权利：按质押登记号"),
    ChartRow(PLEDGES_CONTRA, "", "质押权利对应"),
    ChartRow(COVERS, COVER, "保险保障：按保单"),
    ChartRow(COVERS_CONTRA, COVER, "保险保障对应"),
    ChartRow(RECOURSES, RECOURSE, "待追偿：已付减已收回减已退回"),
    ChartRow(RECOURSES_CONTRA, RECOURSE, "待追偿对应"),
    ChartRow(WRITTEN_OFF, RECOURSE, "账销案存：已核销而仍可追偿"),
    ChartRow(WRITTEN_OFF_CONTRA, RECOURSE, "账销案存对应"),
    ChartRow(CLAIMS, CLAIM, "待裁决申请"),
    ChartRow(CLAIMS_CONTRA, CLAIM, "待裁决申请对应"),
    ChartRow(QUEUE, CLAIM, "待支付排队：已核定、尚无资金"),
    ChartRow(QUEUE_CONTRA, CLAIM, "待支付排队对应"),
    ChartRow(OTHERS, OTHER, "他方应担：保险人等应担而未付的份额"),
    ChartRow(OTHERS_CONTRA, OTHER, "他方应担对应"),
)


@cache
def _titled(no: str, name: str) -> str:
    """A two-digit number and the letters of a name: brackets and blanks can't stand in an account."""
    letters = "".join(char for char in unicodedata.normalize("NFKC", name) if char.isalnum())
    return f"{no}{letters}"


def _bank(bank: Bank) -> str:
    return _titled(bank.no, bank.name)


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts of one pool: names that depend on its banks, accounts and contributors."""

    pool: Pool

    def cash(self, slug: str) -> str:
        """银行存款 of one bank account: 1002, by bank, 专户 or 定期."""
        account = self.pool.account_of(slug)
        return self._cash(account)

    def _cash(self, account: BankAccount) -> str:
        bank = self.pool.bank_of(account.bank)
        return f"{CASH}:{_bank(bank)}:{account.no}{_SORTS[account.sort]}"

    def slug_of(self, cash_account: str) -> str | None:
        """The bank account's slug behind a 1002 account name, or None."""
        return next((item.slug for item in self.pool.account if self._cash(item) == cash_account), None)

    def receivable(self, bank: str) -> str:
        """其他应收款 of one bank: recoveries notified."""
        return f"{RECEIVABLES}:{_bank(self.pool.bank_of(bank))}"

    def payable(self, bank: str) -> str:
        """应付补偿款 to one bank: decided, not yet paid."""
        return f"{PAYABLES}:{_bank(self.pool.bank_of(bank))}"

    def unidentified(self, bank: str) -> str:
        """待查款项 at one bank."""
        return f"{UNIDENTIFIED}:{_bank(self.pool.bank_of(bank))}"

    def paid_in(self, contributor: str) -> str:
        """出资 of one contributor (3101)."""
        return f"{PAID_IN}:{self._contributor(contributor)}"

    def accumulated(self, contributor: str) -> str:
        """累计结余 of one contributor (3201)."""
        return f"{ACCUMULATED}:{self._contributor(contributor)}"

    def _contributor(self, no: str) -> str:
        party: Contributor | None = next((item for item in self.pool.contributor if item.no == no), None)
        assert party is not None, f"no contributor {no!r} in pool.toml"
        return _titled(party.no, party.name)

    def loans_of(self, bank: str) -> str:
        """在池贷款本金 of one bank: the parent of its loans."""
        return f"{LOANS}:{_bank(self.pool.bank_of(bank))}"

    def loan(self, bank: str, loan: str) -> str:
        """One loan's principal; the balance with its child equals the bank's tape."""
        return f"{self.loans_of(bank)}:{loan}"

    def decided(self, bank: str, loan: str) -> str:
        """The part of a loan that a decision has taken over (已裁决)."""
        return f"{self.loan(bank, loan)}:{DECIDED}"

    def pledge(self, reg_no: str) -> str:
        """One pledge registration."""
        return f"{PLEDGES}:{reg_no}"

    def cover(self, insurer: str, policy: str) -> str:
        """One policy's sum insured."""
        party: Insurer | None = next((item for item in self.pool.insurer if item.no == insurer), None)
        assert party is not None, f"no insurer {insurer!r} in pool.toml"
        return f"{COVERS}:{_titled(party.no, party.name)}:{policy}"

    def recourse(self, bank: str, case: str) -> str:
        """What may still come back in one case."""
        return f"{RECOURSES}:{_bank(self.pool.bank_of(bank))}:{case}"

    def written_off(self, bank: str, case: str) -> str:
        """What was written off in one case and may still come back (账销案存)."""
        return f"{WRITTEN_OFF}:{_bank(self.pool.bank_of(bank))}:{case}"

    def queue(self, bank: str, case: str) -> str:
        """What of one approved compensation waits for money (待支付排队)."""
        return f"{QUEUE}:{_bank(self.pool.bank_of(bank))}:{case}"

    def claim(self, bank: str, case: str) -> str:
        """One application awaiting its decision."""
        return f"{CLAIMS}:{_bank(self.pool.bank_of(bank))}:{case}"

    def other(self, case: str, party: str) -> str:
        """Another party's share in one case, until it pays."""
        return f"{OTHERS}:{case}:{party.upper().replace('_', '-')}"

    def fixed(self) -> tuple[ChartRow, ...]:
        """All accounts opened by ``init``, in chart order."""
        rows: list[ChartRow] = [
            ChartRow(self._cash(item), CNY, f"{item.name}", "银行存款—受托代理资产", "银行存款")
            for item in self.pool.account
        ]
        for bank in self.pool.bank:
            rows += [
                ChartRow(self.receivable(bank.code), CNY, f"应收{bank.name}追偿款", "受托代理资产", "应收代偿款"),
                ChartRow(self.payable(bank.code), CNY, f"应付{bank.name}补偿款", "受托代理负债", "应付代偿款"),
                ChartRow(self.unidentified(bank.code), CNY, f"{bank.name}待查款项", "其他应付款", "其他应付款"),
                ChartRow(self.loans_of(bank.code), LOAN, f"{bank.name}在池贷款"),
            ]
        for party in self.pool.contributor:
            rows += [
                ChartRow(self.paid_in(party.no), CNY, f"{party.name}出资", "受托代理负债", "担保扶持基金"),
                ChartRow(self.accumulated(party.no), CNY, f"{party.name}累计结余", "受托代理负债", "未分配利润"),
            ]
        return tuple(sorted([*rows, *FIXED], key=lambda row: row.account.split(":", 1)[1]))
