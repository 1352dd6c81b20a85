"""风险补偿审核表: one application, the loan and rights behind it, each clause applied, who bears what, signatures."""

from dataclasses import replace
from datetime import date, timedelta

from ledger.book import Book
from ledger.casefiles import CaseFile, case_files
from ledger.events import (
    BankRowConfirmed,
    CompensationDecided,
    CompensationDeferred,
    CompensationDenied,
    CompensationRedecided,
    InsuranceIssued,
    IpAppraised,
    IpRightListed,
    LoanIncluded,
    TermExtended,
)
from ledger.faults import Fault, FaultKind, Refusal
from ledger.ids import IP_TYPES
from ledger.money import capital_text, yuan_text
from ledger.views import loan_states
from reports.footing import Issue, footnotes, people_of, staff_name, unit_name
from reports.forms.decisions import decision_of, fact_words, steps_of
from reports.render.cells import Cell, Day, Money, Rate, Ref, Total, Words, words
from reports.render.paper import (
    Column,
    KeyValues,
    Note,
    Paper,
    Row,
    Section,
    Signatures,
    Steps,
    Table,
    column_total,
)
from reports.titles import KIND_TITLES
from riskpool.decision import Decision
from riskpool.facts import FACTS, FactValue, title_of, word_text
from riskpool.views import ShareLine, shares

NO_CASE = FaultKind("报表-案件-01", "没有这个案件", "账内已受理的案件号", "核对案件号；用 riskpool serve 看全部案件。")
KINDS = (NO_CASE,)

TAKEN_OVER = "这是期初接收的案件，没有在本系统申请和裁决，没有审核表；用 riskpool trail 案件编号 查看它的经过。"

NUMERALS = "一二三四五六七八九十"
OUTCOMES = {"approved": "同意补偿", "reduced": "核减后补偿"}
AGAIN = {
    "more": "再次裁决：增补",
    "less": "再次裁决：核减",
    "same": "再次裁决：金额不变",
    "denied": "再次裁决：不予补偿",
}


def compensation_review(book: Book, case_no: str, issue: Issue) -> Paper:
    """The form of one application; before the decision its computation is left out and said so.

    Raises:
        Refusal: no such application, or its decision record is missing.
    """
    case = case_files(book, issue.until_on).get(case_no)
    if case is None or case.applied is None:
        raise Refusal([Fault(NO_CASE, case_no, remedy=TAKEN_OVER if case else "")])
    loan = next(event for event in book.events(LoanIncluded) if event.loan == case.loan)
    decision = decision_of(book, case)
    ruling = case.ruling
    # The loan and its rights as the committee saw them; what came after stands in its own part.
    seen_on = ruling.on + timedelta(days=1) if ruling else issue.until_on
    sections: list[Section] = [
        _application(book, case, loan, seen_on),
        _rights(book, loan, seen_on),
        _facts(book, case, decision),
    ]
    sections += _decided(book, case, decision) if decision else [Note(("尚未裁决。",), "逐条审核")]
    sections += _after(book, case)
    sections = _numbered(sections)
    opinions = tuple((title, Words("\n\u3000")) for title in ("经办意见", "复核意见", "主管意见"))
    sections.append(KeyValues(opinions, "审核意见", across=1))
    sections.append(_signatures(book, case))
    # A decided case rests on the text frozen with it, whatever is in force on the paper's day.
    made = replace(issue, assumed=decision.assumed, rules=(decision.rule,)) if decision else issue
    notes = footnotes(book, made, *_decision_notes(decision))
    return Paper(
        "风险补偿审核表", issue.as_of, tuple(sections), (unit_name(book), f"案件 {case_no}"), "金额单位：元", notes
    )


def _numbered(sections: list[Section]) -> list[Section]:
    """Each part's title with its number: a denial has fewer parts than an approval."""
    assert len(sections) <= len(NUMERALS), "more parts than numerals"
    counted = zip(NUMERALS, sections, strict=False)
    return [
        section if isinstance(section, Signatures) else replace(section, title=f"{number}、{section.title}")
        for number, section in counted
    ]


def _application(book: Book, case: CaseFile, loan: LoanIncluded, until_on: date) -> KeyValues:
    applied = case.applied
    whole = case.application
    assert applied is not None, "the form is of an application"
    assert whole is not None, "the same with what was said since"
    state = next(item for item in loan_states(book, until_on) if item.loan == case.loan)
    cover = next((event for event in book.events(InsuranceIssued) if event.loan == case.loan), None)
    insured = (
        f"{cover.policy}，{yuan_text(cover.sum_fen)} 元，{cover.from_on} 至 {cover.until_on}" if cover else "未投保"
    )
    extended = [event for event in book.events(TermExtended) if event.loan == case.loan and event.on < until_on]
    grade = word_text(state.grade) if state.grade else "银行尚未确认"
    rate = Rate(int(loan.annual_rate.removeprefix("0.").ljust(8, "0")), 10**8)
    return KeyValues(
        (
            ("案件号", Words(case.case)),
            ("申请银行", Words(book.pool.bank_of(case.bank).name)),
            ("借款企业", Words(loan.borrower)),
            ("统一社会信用代码", Words(loan.uscc)),
            ("借据号", Words(loan.loan)),
            ("借款合同号", Words(loan.contract_no)),
            ("备案号", Words(loan.filing_no)),
            ("贷款类别", Words(word_text(loan.product))),
            ("合同金额", Money(loan.principal_fen)),
            ("年利率", rate),
            ("放款日", Day(loan.disbursed_on)),
            ("到期日", Words(f"{state.due_on}{'（已展期）' if extended else ''}")),
            ("备案日", Day(loan.filed_on)),
            ("受理日", Day(applied.accepted_on)),
            ("最近确认逾期", Words(f"{state.overdue_days} 天，{grade}")),
            ("保证人", Words(loan.guarantor or "无")),
            ("未收回本金", Money(whole.principal_fen)),
            ("未收回利息", Money(whole.interest_fen)),
            ("申请补偿金额", Money(whole.claimed_fen, bold=True)),
            ("申请材料", Words(f"{whole.attachments} 件{_supplemented(case)}")),
            ("保险", Words(insured)),
            ("用途", Words(loan.use or "未填")),
        ),
        "申请与贷款",
    )


def _supplemented(case: CaseFile) -> str:
    """How often the application was supplemented, if it was."""
    return f"（其中补充 {len(case.supplements)} 次）" if case.supplements else ""


def _rights(book: Book, loan: LoanIncluded, until_on: date) -> Table:
    listed = {event.right: event for event in book.events(IpRightListed)}
    appraised = [event for event in book.events(IpAppraised) if event.pledge == loan.pledge and event.on < until_on]
    values = {event.right: event for event in appraised}
    rows = []
    for right in loan.rights:
        known, value = listed.get(right), values.get(right)
        rows.append(
            Row(
                (
                    Words(right),
                    words(IP_TYPES[known.ip_type] if known else ""),
                    Words(known.title if known else ""),
                    Words(known.owner if known else ""),
                    Day(known.expires_on) if known and known.expires_on else words("未登记"),
                    Words(loan.pledge),
                    Money(value.value_fen) if value else words("—"),
                )
            )
        )
    if package := values.get(None):
        rows.append(Row((Words("整包评估", span=6), Money(package.value_fen)), "total"))
    titles = ("权利号", "类型", "名称", "权利人", "有效期至", "质押登记号", "评估值")
    return Table(tuple(map(Column, titles)), tuple(rows), "质押的知识产权")


def _facts(book: Book, case: CaseFile, decision: Decision | None) -> Table:
    if decision:
        shown = [
            (title_of(name), _fact_cell(book, name, value), decision.evidence[name])
            for name, value in sorted(decision.facts.items(), key=_place_of_fact)
        ]
    else:
        whole = case.application
        assert whole is not None, "the form is of an application"
        shown = [
            (
                FACTS[name].title if name in FACTS else name,
                Words(word_text({"true": True, "false": False}.get(text, text))),
                "补偿申请",
            )
            for name, text in whole.facts
        ]
    rows = tuple(
        Row((words(str(at)), Words(title), value, Words(evidence), words("□")))
        for at, (title, value, evidence) in enumerate(shown, 1)
    )
    columns = tuple(map(Column, ("序", "事实", "取值", "依据", "核对")))
    return Table(columns, rows, "审核事实与核对清单")


_PLACES = {name: at for at, name in enumerate(FACTS)}


def _place_of_fact(item: tuple[str, FactValue]) -> tuple[int, str]:
    """Facts stand as the table of facts has them, amounts first; those with a name made up of parts come last."""
    return _PLACES.get(item[0], len(_PLACES)), item[0]


def _fact_cell(book: Book, name: str, value: FactValue) -> Cell:
    said = fact_words(book, name, value)
    if said is not None:
        return Words(said)
    assert isinstance(value, int), f"{name} is no amount"
    return Money(value)


def _decided(book: Book, case: CaseFile, decision: Decision) -> list[Section]:
    made: list[Section] = [Steps("逐条审核", steps_of(decision))]
    if decision.verdict == "approved":
        made += [_shares(decision), *_contributors(book, decision)]
    return [*made, _outcome(case, decision), *_earlier(book, case)]


def _shares(decision: Decision) -> Table:
    """Each party's amount; the live sum stands against the base."""
    assert sum(decision.due.values()) == decision.base, "the parties' amounts are not the base"
    rows = [
        Row(
            (
                Words(share.title),
                _role(decision, share.party),
                Money(share.amount_fen, f"due{at}"),
                _part(decision, share, at),
            )
        )
        for at, share in enumerate(shares(decision))
    ]
    total = column_total(rows, "due")
    assert isinstance(total, Total), "there are parties"
    sums = Total(total.value, total.terms, "due-total", bold=True)
    rows.append(Row((Words("合计", span=2, bold=True), sums, None), "total"))
    rows.append(Row((Words("损失基数", span=2), Money(decision.base, "base"), None)))
    gap = Total(0, (Ref("due-total"), Ref("base", -1)), bold=True)
    rows.append(Row((Words("差额（应为 0.00）", span=2), gap, None)))
    return Table(tuple(map(Column, ("承担方", "身份", "金额", "占基数"))), tuple(rows), "各方分担")


def _role(decision: Decision, key: str) -> Words:
    return words("本池" if key == decision.ours else "承担余额" if key == decision.residual else "他方")


def _part(decision: Decision, share: ShareLine, at: int) -> Rate:
    return Rate(share.amount_fen, decision.base, (f"due{at}", "base"))


def _contributors(book: Book, decision: Decision) -> list[Table]:
    names = {party.no: party.name for party in book.pool.contributor}
    rows = [
        Row((Words(names.get(number, number)), Money(amount, f"part{at}")))
        for at, (number, amount) in enumerate(decision.contributors.items())
    ]
    if not rows:
        return []
    rows.append(Row((Words("合计（本池应补）", bold=True), column_total(rows, "part")), "total"))
    return [Table(tuple(map(Column, ("出资方", "金额"))), tuple(rows), "出资方承担")]


def _outcome(case: CaseFile, decision: Decision) -> KeyValues:
    event = case.ruling
    assert event is not None, "a decision was posted"
    head: list[tuple[str, Cell]] = [
        ("裁决日", Day(event.on)),
        ("适用办法", Words(f"《{decision.title}》（{decision.rule}）")),
    ]
    match event:
        case CompensationDecided():
            assert event.approved_fen == decision.settle, "what was posted is not what was decided"
            head += [
                ("结论", Words(OUTCOMES[event.outcome], bold=True)),
                ("核定金额", Money(event.approved_fen, bold=True)),
                ("大写", Words(f"人民币{capital_text(event.approved_fen)}")),
                ("申请与核定差额", Money(event.claimed_fen - event.approved_fen)),
                *([("排队等待资金", Money(event.queued_fen))] if event.queued_fen else []),
            ]
        case CompensationRedecided():
            assert event.approved_fen - event.before_fen == decision.settle, "what was posted is not what was decided"
            head += _settlement(event)
        case CompensationDenied():
            head += [("结论", Words("不予补偿", bold=True)), ("依据条款", Words("、".join(event.clauses)))]
        case CompensationDeferred():
            head += [
                ("结论", Words("暂缓补偿（申请保留受理先后，情形消除后再裁决）", bold=True)),
                ("依据条款", Words("、".join(event.clauses))),
            ]
    return KeyValues(tuple(head), "审核结论")


def _settlement(event: CompensationRedecided) -> list[tuple[str, Cell]]:
    """How the difference of a later decision is settled, each part where there is one."""
    parts = (
        ("本次增补（应拨付）", max(event.granted_fen, 0)),
        ("本次增补（排队等待资金）", max(event.queued_fen, 0)),
        ("核减：排队部分不再支付", max(-event.queued_fen, 0)),
        ("核减：未拨付部分", max(-event.granted_fen, 0)),
        ("核减：银行应退回", event.clawback_fen),
        ("核减：已由追偿收回", event.recovered_fen),
    )
    difference = event.approved_fen - event.before_fen
    return [
        ("结论", Words(AGAIN[event.outcome], bold=True)),
        ("整案应补", Money(event.approved_fen)),
        ("此前已核定", Money(event.before_fen)),
        ("本次结算差额", Money(difference, bold=True)),
        ("大写", Words(f"人民币{capital_text(difference)}")),
        *((title, Money(amount)) for title, amount in parts if amount),
    ]


def _earlier(book: Book, case: CaseFile) -> list[Table]:
    """The rulings before the one that stands, with their numbers."""
    rows = []
    for ruling in case.rulings:
        if ruling != case.ruling:
            fen = ruling.approved_fen if isinstance(ruling, CompensationDecided | CompensationRedecided) else 0
            rows.append(_after_row(book, KIND_TITLES[ruling.kind], ruling.on, fen, ruling.event_id, ruling.summary))
    if not rows:
        return []
    columns = ("事项", "日期", "应补金额", "凭证字号", "说明")
    return [Table(tuple(map(Column, columns)), tuple(sorted(rows, key=_day_of)), "历次裁决")]


def _after(book: Book, case: CaseFile) -> list[Table]:
    """Payments and recoveries so far, with their vouchers."""
    rows = []
    confirmed = {event.confirms: event.on for event in book.events(BankRowConfirmed)}
    for paid in case.payments:
        seen = confirmed.get(paid.event_id)
        said = f"指令 {paid.instruction_no}，{f'银行 {seen} 付出' if seen else '尚未见银行付出'}"
        rows.append(_after_row(book, "拨付", paid.on, paid.amount_fen, paid.event_id, said))
    rows += [_after_row(book, "退汇", back.on, -back.amount_fen, back.event_id, back.summary) for back in case.bounced]
    rows += [
        _after_row(book, "保险理赔（付给银行）", claim.on, claim.amount_fen, claim.event_id, claim.summary)
        for claim in case.claims
    ]
    for told in case.notified:
        said = f"第 {told.number} 次，所得 {yuan_text(told.gross_fen)} 元，费用 {yuan_text(told.cost_fen)} 元"
        rows.append(_after_row(book, "追偿通知（本池份额）", told.on, told.pool_fen, told.event_id, said))
    rows += [
        _after_row(book, "追偿到账", come.on, come.amount_fen, come.event_id, come.summary) for come in case.received
    ]
    if not rows:
        return []
    rows.sort(key=_day_of)
    titles = ("事项", "日期", "金额", "凭证字号", "说明")
    return [Table(tuple(map(Column, titles)), tuple(rows), "拨付与追偿（截至本表日期）")]


def _day_of(row: Row) -> date:
    day = row.cells[1]
    assert isinstance(day, Day), "the second cell is the day"
    return day.on


def _after_row(book: Book, title: str, on: date, fen: int, event: str, said: str) -> Row:
    numbers = "、".join(voucher.no for voucher in book.voucher_of(event))
    return Row((Words(title), Day(on), Money(fen), Words(numbers), Words(said)))


def _signatures(book: Book, case: CaseFile) -> Signatures:
    event = case.ruling
    preparer, reviewer = people_of(book, event.event_id) if event else ("", "")
    names = (("经办", preparer), ("复核", reviewer), ("主管", event.chief if event else ""))
    return Signatures((*((role, staff_name(book, who)) for role, who in names), ("日期", "")))


def _decision_notes(decision: Decision | None) -> tuple[str, ...]:
    if decision is None:
        return ()
    record = f"裁决记录 SHA-256 {decision.sha256[:16]}…；办法文本 SHA-256 {decision.rule_sha256[:16]}…"
    return (f"「逐条审核」由裁决记录逐步写出，可用计算器复核。{record}",)
