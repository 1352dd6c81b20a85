"""Accounts as an officer names them: 科目编码 and 科目名称 from an account's components, and back."""

import re

from ledger.accounts import CNY
from ledger.book import Book, below
from ledger.faults import Fault, FaultKind, Refusal

NO_ACCOUNT = FaultKind(
    "报表-科目-01",
    "没有这个科目",
    "账内的科目全名，或能唯一确定科目的编码，如 1002.01.01",
    "用 riskpool report month 出科目余额表，照抄其科目编码或名称。",
)
KINDS = (NO_ACCOUNT,)

_COMPONENT = re.compile(r"(\d{1,4})(.*)")


def code_of(account: str) -> str:
    """The account's code: its components' leading digits joined by dots, e.g. ``1002.01.01``."""
    return ".".join(_split(part)[0] for part in account.split(":")[1:])


def name_of(account: str) -> str:
    """The last component without its code."""
    return _split(account.rsplit(":", 1)[1])[1]


def full_name(account: str) -> str:
    """All components without their codes: ``银行存款—中国银行—专户``."""
    return "—".join(_split(part)[1] for part in account.split(":")[1:])


def heading_of(account: str) -> str:
    """Code and full name, as a voucher's line shows them."""
    return f"{code_of(account)} {full_name(account)}"


def _split(component: str) -> tuple[str, str]:
    match = _COMPONENT.fullmatch(component)
    # A loan's or a policy's number is code and name at once.
    return (match[1], match[2]) if match and match[2] and not match[2][0].isascii() else (component, component)


def accounts_used(book: Book) -> tuple[str, ...]:
    """Every account with a leg, and every parent of one, in the chart's order."""
    used = {leg.account for voucher in book.vouchers for leg in voucher.legs}
    used |= {":".join(name.split(":")[:depth]) for name in used for depth in range(2, name.count(":") + 1)}
    return tuple(sorted(used, key=chart_order))


def chart_order(account: str) -> tuple[str, ...]:
    """Sorts by code, whatever the root: 1002 before 2241 before 3101."""
    return tuple(account.split(":")[1:])


def account_named(book: Book, text: str) -> str:
    """The account that an officer means by a full name, a code or a part of the name; else refused."""
    known = accounts_used(book)
    for found in (
        [account for account in known if account == text],
        [account for account in known if code_of(account) == text],
        [account for account in known if text and text in (name_of(account), full_name(account))],
        _outermost([account for account in known if text and text in account]),
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise Refusal([Fault(NO_ACCOUNT, f"{text}：有不止一个，{'、'.join(map(code_of, found[:5]))}")])
    raise Refusal([Fault(NO_ACCOUNT, text)])


def _outermost(found: list[str]) -> list[str]:
    return [account for account in found if not any(below(account, other) for other in found if other != account)]


def commodity_title(commodity: str) -> str:
    """What a commodity counts, for the column 「计量」."""
    titles = {
        CNY: "人民币元",
        "LOAN.CNY": "贷款本金，元",
        "COVER.CNY": "保险金额，元",
        "CLAIM.CNY": "申请金额，元",
        "RECOURSE.CNY": "追偿权，元",
        "OTHER.CNY": "他方份额，元",
    }
    return titles.get(commodity, "件")


KIND_TITLES = {
    "ContributionReceived": "出资到账",
    "InterestReceived": "专户利息",
    "FeeCharged": "手续费",
    "TransferSent": "内部划转转出",
    "TransferArrived": "内部划转转入",
    "DepositPlaced": "存入定期",
    "DepositMatured": "定期到期",
    "ReceiptUnidentified": "待查款项",
    "ReceiptIdentified": "待查款项认领",
    "PaymentBounced": "退汇",
    "BankRowConfirmed": "银行行佐证",
    "ManualVoucher": "手工凭证",
    "EventWithdrawn": "撤回",
    "VoucherAdjusted": "更正",
    "NumberExplained": "断号说明",
    "PoolAmended": "修改设置",
    "AccountOpened": "开设科目",
    "ContributionReturned": "出资退回",
    "ReceiptReturned": "待查款项退回",
    "MatchConfirmed": "人工确认对应",
    "OpeningTaken": "期初建账",
    "StatementFiled": "对账单入档",
    "ReceiptFiled": "回单入档",
    "AccountReconciled": "对账签认",
    "YearClosed": "年终结转",
    "LoanIncluded": "贷款入库",
    "LoanRepaid": "还本",
    "LoanReleased": "出池",
    "TapeConfirmed": "月报余额确认",
    "TermExtended": "展期",
    "IpRightListed": "权利登记",
    "PledgeRegistered": "质押登记",
    "PledgeReleased": "质押注销",
    "IpAppraised": "评估",
    "IpLapsed": "权利终止",
    "SuspensionTripped": "熔断",
    "SuspensionLifted": "恢复",
    "InsuranceIssued": "保险承保",
    "InsuranceLapsed": "保单终止",
    "InsuranceClaimPaid": "保险理赔",
    "InsuranceEndorsed": "批改",
    "InsuranceClaimRefused": "拒赔",
    "CompensationApplied": "补偿申请",
    "ApplicationSupplemented": "补充申请",
    "CompensationDeferred": "暂缓补偿",
    "CompensationDecided": "补偿裁决",
    "CompensationRedecided": "再次裁决",
    "CompensationDenied": "不予补偿",
    "QueueFunded": "排队补偿到位",
    "QueueLapsed": "不再支付",
    "CompensationPaid": "补偿款拨付",
    "TapeReducedByCompensation": "补偿款冲减本金",
    "RecoveryNotified": "追偿通知",
    "RecoveryReceived": "追偿款到账",
    "ClawbackDecided": "补偿退回",
    "LossWrittenOff": "核销",
    "CaseTaken": "期初在办案件",
    "RuleAdopted": "采用管理办法",
}
"""An event's class in the officers' words."""


ELEMENT_TITLES = {
    "DateOfBookkeeping": "记账日期",
    "TimeOfBookkeeping": "记账时间",
    "TypesOfBusinessProducts": "业务种类",
    "BusinessSerialNumber": "业务流水号",
    "TypeOfSourceDocument": "凭证种类",
    "NumberOfSourceDocument": "凭证号码",
    "TypeOfBankElectronicReceipt": "回单种类",
    "NumberOfBankElectronicReceipt": "回单编号",
    "NotesOfBankElectronicReceipt": "摘要",
    "IdentificationOfCreditOrDebit": "借贷标识",
    "IdentificationOfCashOrTransfer": "现转标识",
    "TransactionAmount": "交易金额",
    "TransactionAmountInFigures": "交易金额",
    "TransactionAmountInWords": "交易金额大写",
    "DebitOrCreditOfBalance": "余额借贷标识",
    "AccountBalance": "余额",
    "TransactionCode": "交易代码",
    "AccountOfCounterparty": "对方账号",
    "NameOfCounterparty": "对方户名",
    "DepositoryBankOfCounterparty": "对方开户行",
    "Bookkeeper": "记账员",
    "JournalAccountOfBookkeeping": "记账账户",
    "OtherAccountingInformation": "其他记账信息",
    "IdentifyingCode": "验证码",
    "IssueDate": "出具日期",
    "Currency": "币种",
    "Usage": "用途",
    "Notes": "附言",
    "AccountNameOfPayer": "付款人户名",
    "AccountNumberOfPayer": "付款人账号",
    "OpeningBankOfPayer": "付款人开户行",
    "AccountNameOfPayee": "收款人户名",
    "AccountNumberOfPayee": "收款人账号",
    "OpeningBankOfPayee": "收款人开户行",
    "PrintTimes": "打印次数",
    "PrintDate": "打印日期",
}
"""An element of 财政部's statements and receipts, which have no Chinese in them, in our words."""

_GLOSS = re.compile(r"\s*\[[ -~]*\]\s*$")
"""The English that 中国银行 puts behind its own Chinese heading."""


def column_title(title: str) -> str:
    """The heading of a file's column as an officer reads it; the file's own words stay in the reading."""
    return ELEMENT_TITLES.get(title, "") or _GLOSS.sub("", title) or title
