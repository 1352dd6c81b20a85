"""Month-end statements (对账单) as the 财政部 bkrs XBRL, one namespace a bank.

A statement is another paper than the transaction list: its receipt numbers and journals are its own.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from bank_rows import BankRow, digits, month_days, yuan
from parties import ACCOUNTS, OWN_NAME, UNIT

TAXONOMY = {"boc": "2023-12-31", "abchina": "2023-05-15", "crcb": "2021-11-30"}
_ISSUER = {"boc": "C1010433000001", "abchina": "C1010333000002", "crcb": "C1087033000003"}
_CODE = {"收费": "30011", "利息": "30021", "定期": "30031"}


def _fact(name: str, value: str) -> str:
    return f'<bkrs:{name} contextRef="c1">{escape(value)}</bkrs:{name}>'


def _money(name: str, fen: int) -> str:
    return f'<bkrs:{name} contextRef="c1" unitRef="u1" decimals="2">{yuan(fen)}</bkrs:{name}>'


def _detail(row: BankRow) -> list[str]:
    receipt = f"{row.at:%Y%m%d}{digits(20, 'receipt', row.account, row.no)}"
    notes = " ".join(text for text in (row.summary, row.purpose, row.remark) if text)
    facts = [
        _fact("DateOfBookkeeping", f"{row.at:%Y-%m-%d}"),
        _fact("TypesOfBusinessProducts", row.sort),
        _fact("BusinessSerialNumber", f"S{digits(9, 'journal', row.account, row.at)}"),
        _fact("TypeOfSourceDocument", "电子"),
        _fact("NumberOfSourceDocument", digits(10, "document", row.account, row.no)),
        _fact("NotesOfBankElectronicReceipt", notes),
        _fact("IdentificationOfCreditOrDebit", "1" if row.fen > 0 else "0"),
        _money("TransactionAmount", abs(row.fen)),
        _fact("DebitOrCreditOfBalance", "1"),
        _money("AccountBalance", row.balance_fen),
        _fact("TransactionCode", _CODE.get(row.sort, "42062")),
        _fact("AccountOfCounterparty", row.party_account),
        _fact("NameOfCounterparty", row.party),
        _fact("DepositoryBankOfCounterparty", row.party_bank),
        _fact("Bookkeeper", digits(5, "teller", row.account)),
        _fact("TimeOfBookkeeping", f"{row.at:%H:%M:%S}"),
        _fact("JournalAccountOfBookkeeping", "单位活期存款"),
        _fact("NumberOfBankElectronicReceipt", receipt),
    ]
    inner = [f"    {fact}" for fact in facts]
    return ["  <bkrs:InformationOfReconcileDetailsTuple>", *inner, "  </bkrs:InformationOfReconcileDetailsTuple>"]


def bkrs(account: str, month: str, rows: Sequence[BankRow], closing_fen: int) -> bytes:
    """One account's month as a bkrs instance, UTF-8; ``closing_fen`` also when there are no rows."""
    assert not rows or rows[-1].balance_fen == closing_fen, "the statement does not end where its rows do"
    own = ACCOUNTS[account]
    day = TAXONOMY[own.bank]
    _, last = month_days(month)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- 虚构示例 -->",
        (
            '<xbrl xmlns="http://www.xbrl.org/2003/instance"'
            f' xmlns:bkrs="http://xbrl.mof.gov.cn/taxonomy/{day}/bkrs"'
            ' xmlns:link="http://www.xbrl.org/2003/linkbase" xmlns:iso4217="http://www.xbrl.org/2003/iso4217"'
            ' xmlns:xlink="http://www.w3.org/1999/xlink">'
        ),
        f'  <link:schemaRef xlink:type="simple" xlink:href="bkrs_entry_point_{day}.xsd"/>',
        (
            '  <context id="c1"><entity><identifier scheme="http://xbrl.mof.gov.cn">'
            f"{_ISSUER[own.bank]}</identifier></entity><period><instant>{last}</instant></period></context>"
        ),
        '  <unit id="u1"><measure>iso4217:CNY</measure></unit>',
        f"  {_fact('IdentificationCodeOfIssuer', _ISSUER[own.bank])}",
        f"  {_fact('NumberOfBankBranch', '001')}",
        f"  {_fact('Currency', 'CNY')}",
        f"  {_fact('CustomerSettlementBankAccount', own.number)}",
        f"  {_fact('NameOfCustomerAccount', OWN_NAME)}",
        f"  {_fact('CodeOfBankCustomer', digits(8, UNIT, own.bank))}",
        f"  {_fact('YearOfBankReconciliationStatement', month[:4])}",
        f"  {_fact('MonthOfBankReconciliationStatement', month[5:])}",
        f"  {_fact('PrintTimes', '1')}",
        f"  {_fact('PrintDate', str(last))}",
        *[line for row in rows for line in _detail(row)],
        f"  {_money('AccountBalanceAtTheEndOfReconciliationCycleAmount', closing_fen)}",
        f"  {_money('AvailableBalanceAtTheEndOfReconciliationCycleAmount', closing_fen)}",
        "</xbrl>",
    ]
    return ("\n".join(lines) + "\n").encode()
