"""The invented year, replayed: examples/2023's acts through the same functions the command line calls.

The clock is fixed by the acts' own days, so that two runs give the same bytes.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from desk.acts import cash, closing, corrections, drafting, months, rulings
from desk.acts.corrections import Correction
from desk.acts.intake import Imported, import_path
from desk.acts.office import Actor, Office
from desk.acts.opening import OpeningFiles, open_books
from desk.acts.papers import case_paper, month_papers, write_papers
from desk.acts.rules import adopt
from ledger.casefiles import case_files
from ledger.events import CompensationApplied, CompensationDecided, LoanIncluded, VoucherLine
from ledger.faults import ExitCode, FaultKind, Refusal, refuse
from ledger.money import fen_of_text, yuan_text
from ledger.verify import verify

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "2023"
NO_EXAMPLES = FaultKind(
    "演示-文件-01",
    "找不到示例文件",
    "源码目录中的 examples/2023",
    "演示需在源码目录运行：见 README 第一屏的 make demo。",
    ExitCode.REFUSED,
)
OCCUPIED = FaultKind(
    "演示-位置-01", "演示文件夹不是空的", "空的或尚不存在的文件夹", "换一个位置，或先移走它。", ExitCode.REFUSED
)
KINDS = (NO_EXAMPLES, OCCUPIED)

FIRST_HOUR = time(9)
Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the demonstration did, as lines for the closing table."""

    rows: tuple[tuple[str, str], ...]


@dataclass
class _Replay:
    """The state of one run: the office, the clock, who signs by default, what came in."""

    root: Path
    source: Path
    office: Office
    imported: list[Imported] = field(default_factory=list)
    refused: list[tuple[str, Refusal]] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    on: date = date.min
    minutes: int = 0

    def actor(self, staff_id: str) -> Actor:
        """Somebody acting now; every act is a minute later than the one before, on its own day."""
        self.minutes += 1
        return Actor(staff_id, datetime.combine(self.on, FIRST_HOUR) + timedelta(minutes=self.minutes))

    def step(self, step: Step) -> None:
        """Carry out one act of acts.toml."""
        if step["on"] != self.on:
            self.on, self.minutes = step["on"], 0
        acts: dict[str, Callable[[Step], None]] = {
            "init": self.init,
            "adopt": self.adopt,
            "import": self.import_,
            "review": self.review,
            "post": self.post,
            "place": self.place,
            "transfer": self.transfer,
            "decide": self.decide,
            "pay": self.pay,
            "identify": self.identify,
            "voucher": self.voucher,
            "reverse": self.reverse,
            "reconcile": self.reconcile,
            "report": self.report,
            "close": self.close,
        }
        acts[step["act"]](step)

    def init(self, step: Step) -> None:
        """期初建账."""
        statements = tuple(self.source / "files" / name for name in step["statements"])
        files = OpeningFiles(self.source / "pool.toml", self.source / step["opening"], statements)
        posted = open_books(
            self.office.root,
            files,
            self.on,
            who=self.actor(step["as"]),
            reviewer=step["reviewed_by"],
            bookkeeper=step["posted_by"],
        )
        assert posted.sequence == 0, "the opening is batch 000000"

    def adopt(self, step: Step) -> None:
        """采用办法: the chief decides, the preparer writes."""
        adopt(self.office, step["rule"], self.on, chief=step["chief"], who=self.actor(step["as"]))

    def import_(self, step: Step) -> None:
        """Import files; those expected to be refused must be refused."""
        expected = step.get("expect", "accepted")
        for name in step["files"]:
            path = self.source / "files" / name
            try:
                done = import_path(self.office, path, who=self.actor(step["as"]), account=step.get("account"))
            except Refusal as refusal:
                if expected != "refused":
                    raise
                self.refused.append((name, refusal))
                continue
            assert expected == "accepted", f"{name} should have been refused"
            self.imported.append(done)

    def review(self, step: Step) -> None:
        """Review every draft that waits for it."""
        for draft in self.office.drafts:
            if draft.state == "draft":
                drafting.review(self.office, draft.no, self.actor(step["as"]))

    def post(self, step: Step) -> None:
        """Post every reviewed draft."""
        for draft in self.office.drafts:
            if draft.state == "reviewed":
                posted = drafting.post_draft(self.office, draft.no, self.actor(step["as"]))
                for event in draft.content.events:
                    self.numbers[event.event_id] = posted.vouchers[0] if posted.vouchers else ""

    def place(self, step: Step) -> None:
        """存入定期."""
        self._send(step, step["deposit"])

    def transfer(self, step: Step) -> None:
        """内部划转."""
        self._send(step, step["to_account"])

    def _send(self, step: Step, to: str) -> None:
        amount = _fen(step["amount_yuan"])
        who = self.actor(step["as"])
        cash.transfer(self.office, step["account"], to, amount, step["instruction_no"], self.on, who=who)

    def decide(self, step: Step) -> None:
        """裁决; the figure must be the one the example computed on its own."""
        ruled = rulings.decide(self.office, step["case"], self.on, chief=step["chief"], who=self.actor(step["as"]))
        assert ruled.verdict == rulings.VERDICTS[step["outcome"]], f"{step['case']}: {ruled.verdict}"
        if "approved_yuan" in step:
            assert ruled.approved_fen == _fen(step["approved_yuan"]), f"{step['case']}: {ruled.approved_fen}"

    def pay(self, step: Step) -> None:
        """拨付; the amount must be what the example's own arithmetic says."""
        who = self.actor(step["as"])
        draft = cash.pay(self.office, step["case"], step["account"], step["instruction_no"], self.on, who=who)
        event = draft.content.events[0]
        assert getattr(event, "amount_fen", 0) == _fen(step["amount_yuan"]), f"{step['case']}: another amount"

    def identify(self, step: Step) -> None:
        """认领: the receipt is found by account and amount."""
        amount = _fen(step["amount_yuan"])
        fits = [key for key, slug, fen in self.office.view().unidentified if (slug, fen) == (step["account"], amount)]
        assert len(fits) == 1, f"{len(fits)} receipts fit"
        cash.identify(
            self.office,
            fits[0],
            step["target"],
            step["reason"],
            self.on,
            contributor=step.get("contributor"),
            case=step.get("case"),
            who=self.actor(step["as"]),
        )

    def voucher(self, step: Step) -> None:
        """手工凭证."""
        lines, papers = self._lines(step["lines"]), [self.source / "files" / name for name in step["papers"]]
        written = cash.HandVoucher(step["number"], step["summary"], step["reason"], lines)
        attached = [(path.name, path.read_bytes()) for path in papers]
        draft = cash.manual(self.office, written, self.on, papers=attached, who=self.actor(step["as"]))
        self.events[step["number"]] = draft.content.events[0].event_id

    def reverse(self, step: Step) -> None:
        """红字注销并蓝字订正."""
        no = self.numbers[self.events[step["voucher"]]]
        correct = self._lines(step["lines"])
        corrections.reverse(self.office, Correction(no, step["reason"], self.on, correct), who=self.actor(step["as"]))

    def _lines(self, lines: Sequence[Mapping[str, str]]) -> tuple[VoucherLine, ...]:
        return tuple(
            VoucherLine(
                account=self._account(line["code"], line.get("party", "")), amount_fen=_fen(line["amount_yuan"])
            )
            for line in lines
        )

    def _account(self, code: str, party: str) -> str:
        """A fixed account by its code and, where it has one, its party (an account slug, a bank, a contributor)."""
        chart = self.office.book.chart
        if party and party in {account.slug for account in chart.pool.account}:
            return chart.cash(party)
        bank = next((item for item in chart.pool.bank if item.code == party), None)
        no = bank.no if bank else party
        rows = [row.account for row in chart.fixed() if any(part.startswith(code) for part in row.account.split(":"))]
        fits = [name for name in rows if not no or name.rpartition(":")[2].startswith(no)]
        assert len(fits) == 1, f"{code} {party}: {fits}"
        return fits[0]

    def reconcile(self, step: Step) -> None:
        """对账签认."""
        done = months.reconciliation(self.office, step["account"], step["month"])
        assert len(done.items) == step["in_transit"], f"{step['account']} {step['month']}: {done.items} {done.findings}"
        months.sign_off(self.office, step["account"], step["month"], who=self.actor(step["as"]))

    def report(self, step: Step) -> None:
        """出表, looked at before the close, which keeps them in the books."""
        assert month_papers(self.office, step["month"], prepared_by=step["as"]), "a month has papers"

    def close(self, step: Step) -> None:
        """结账; December first gives its year-end voucher to review and post."""
        closed = closing.close_month(self.office, step["month"], who=self.actor(step["as"]), second=step["reviewed_by"])
        assert (closed.receipt is None) == step.get("year_end", False), f"{step['month']} did not close"


def _fen(text: str) -> int:
    fen = fen_of_text(text)
    assert fen is not None, f"{text!r} is no amount"
    return fen


def run_demo(root: Path, *, quiet: bool = False, source: Path = EXAMPLES) -> Replayed:
    """Replay the year into ``root`` (books/ and papers/), which must be empty."""
    if not (source / "acts.toml").is_file():
        raise refuse(NO_EXAMPLES, f"没有 {source}")
    if root.exists() and any(root.iterdir()):
        raise refuse(OCCUPIED, root.name)
    steps = tomllib.loads((source / "acts.toml").read_text(encoding="utf-8"))["step"]
    replay = _Replay(root, source, Office(root / "books"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, disable=quiet) as progress:
        task = progress.add_task("虚构的一年", total=len(steps))
        for step in steps:
            progress.update(task, description=f"{step['on']} {step['act']}", advance=1)
            replay.step(step)
    _case_papers(replay, steps[0]["as"])
    return Replayed(_summary(replay))


def _case_papers(replay: _Replay, prepared_by: str) -> None:
    for case, file in case_files(replay.office.book).items():
        if file.applied is not None:
            papers = case_paper(replay.office, case, prepared_by=prepared_by)
            write_papers(papers, replay.root / "papers")


def _summary(replay: _Replay) -> tuple[tuple[str, str], ...]:
    book = replay.office.book
    money = [voucher for voucher in book.vouchers if voucher.is_money]
    decided = book.events(CompensationDecided)
    cash_total = sum(book.balance_fen(book.chart.cash(account.slug)) for account in book.pool.account)
    return (
        ("导入文件", f"{len(replay.imported)}（另拒收 {len(replay.refused)}）"),
        ("批次", str(len(book.batches))),
        ("记账凭证 / 备查登记", f"{len(money)} / {len(book.vouchers) - len(money)}"),
        ("贷款 / 借款企业", f"{len(book.events(LoanIncluded))} / {len({e.uscc for e in book.events(LoanIncluded)})}"),
        ("补偿申请 / 核定", f"{len(book.events(CompensationApplied))} / {len(decided)}"),
        ("核定补偿", f"{yuan_text(sum(event.approved_fen for event in decided))} 元"),
        ("专户余额合计", f"{yuan_text(cash_total)} 元"),
        ("核验", "未被改动" if not verify(book.root) else "有改动"),
        ("账套", str(book.root)),
        ("各月报表", str(book.root / "papers")),
        ("审核表", str(replay.root / "papers")),
    )
