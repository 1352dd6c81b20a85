"""What takes back, adjusts or amends: their entries."""

from datetime import date

from beancount.core import data
from beancount.core.amount import Amount

from ledger import accounts as acc
from ledger.accounts import Chart
from ledger.events import AccountOpened, EventWithdrawn, NumberExplained, PoolAmended, RedLeg, VoucherAdjusted
from ledger.postings.making import ADJUST, RED, REGISTER, VOUCHER, Making, lines, of


@of(EventWithdrawn)
def _withdraw(event: EventWithdrawn, made: Making, _: Chart) -> None:
    # The wording is prescribed: 会计基础工作规范 51(5).
    for red in event.red:
        legs = [_red_leg(leg) for leg in red.legs]
        what = f"{_day(red.on)}{red.no}号{'凭证' if red.is_money else '登记'}"
        tag = VOUCHER if red.is_money else REGISTER
        words = f"更正以前年度{what}" if red.restated else f"注销{what}"
        made.entry(
            tag, legs, more=(ADJUST if red.restated else RED,), summary=words, of={"cancels": red.no, "of": red.on}
        )
    if event.blue:
        first = event.red[0]
        made.entry(VOUCHER, lines(event.blue), summary=f"订正{_day(first.on)}{first.no}号凭证")
    if not made.made:
        made.note(event.place)
    if event.restores:
        made.made.append(data.Event(made.meta(), event.on, "rule", event.restores))


@of(VoucherAdjusted)
def _adjust(event: VoucherAdjusted, made: Making, _: Chart) -> None:
    what = f"{_day(event.corrects_on)}{event.corrects}号凭证"
    words = {"more": f"调增{what}金额", "less": f"调减{what}金额", "prior_year": f"更正以前年度{what}"}[event.sort]
    more = (ADJUST, RED) if event.sort == "less" else (ADJUST,)
    made.entry(VOUCHER, lines(event.lines), more=more, summary=words)


@of(NumberExplained, PoolAmended)
def _remark(_event: NumberExplained | PoolAmended, made: Making, _: Chart) -> None:
    made.note(acc.YEAR_RESULT)


@of(AccountOpened)
def _account_opened(event: AccountOpened, made: Making, _: Chart) -> None:
    made.open(event.account_name, event.commodity)


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _red_leg(leg: RedLeg) -> data.Posting:
    meta = {"contributor": leg.contributor} if leg.contributor else None
    return data.Posting(leg.account, Amount(leg.number, leg.commodity), None, None, None, meta)
