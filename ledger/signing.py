"""Who acts: staff ids and roles, and the one rule that a maker never checks himself.

Without a login a staff id is a statement by whoever sits at the keyboard, and papers say so.
"""

from datetime import datetime

from ledger.events.base import Frozen
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.pool import Pool, Role

UNKNOWN_STAFF = FaultKind(
    "人员-身份-01", "不在人员名单中", "账套人员名单中的人员编号", "用 --as 写明本人的人员编号。", ExitCode.REFUSED
)
WRONG_ROLE = FaultKind("人员-权限-01", "没有这项权限", "具有相应岗位的人员", "请有此岗位的人员办理。", ExitCode.REFUSED)
SAME_PERSON = FaultKind(
    "人员-权限-02", "制单与复核是同一人", "制单人以外的复核人", "请另一位人员复核。", ExitCode.REFUSED
)
UNSTAFFED = FaultKind(
    "人员-名单-01",
    "照这份名单有的事没有人能办",
    "有主管、有记账，有制单和另一人的复核",
    "在 pool.toml 的 staff 中补上缺的岗位：没有主管，人员也不能再改。",
    ExitCode.REFUSED,
)
KINDS = (UNKNOWN_STAFF, WRONG_ROLE, SAME_PERSON, UNSTAFFED)

ROLE_NAMES: dict[Role, str] = {"preparer": "制单", "reviewer": "复核", "bookkeeper": "记账", "chief": "主管"}


class Signatures(Frozen):
    """The people of one act, by staff id, and when it was posted."""

    preparer: str
    reviewer: str
    bookkeeper: str
    chief: str = ""
    at: datetime

    @property
    def who(self) -> tuple[str, ...]:
        """Everybody who signed, each once, in order of signing."""
        return tuple(
            dict.fromkeys(name for name in (self.preparer, self.reviewer, self.bookkeeper, self.chief) if name)
        )


def require(pool: Pool, staff_id: str, role: Role) -> None:
    """The person exists and holds the role, or the act is refused."""
    person = pool.staff_of(staff_id)
    if person is None:
        known = f"人员编号之一：{'、'.join(item.id for item in pool.staff)}"
        raise Refusal([Fault(UNKNOWN_STAFF, staff_id or "（未写明）", expected=known)])
    if role not in person.roles:
        able = [f"{item.name}（{item.id}）" for item in pool.staff if role in item.roles]
        remedy = f"请有此岗位的人员办理：{'、'.join(able)}。" if able else ""
        raise Refusal([Fault(WRONG_ROLE, f"{staff_id} 没有「{ROLE_NAMES[role]}」岗位", remedy=remedy)])


def refuse_unstaffed(pool: Pool, file: str) -> None:
    """A staff list by which books can be kept: without a chief nobody could ever put the list right again."""
    holders: dict[Role, set[str]] = {
        role: {person.id for person in pool.staff if role in person.roles} for role in ROLE_NAMES
    }
    lacking = [f"没有「{ROLE_NAMES[role]}」" for role, people in holders.items() if not people]
    if not lacking and len(holders["preparer"] | holders["reviewer"]) == 1:
        lacking = ["制单和复核只有同一个人"]
    if lacking:
        raise Refusal([Fault(UNSTAFFED, "、".join(lacking), Place(file))])


def require_signatures(pool: Pool, signed: Signatures) -> None:
    """Everyone is on the staff list with the role they sign for, and the maker is not the checker."""
    require(pool, signed.preparer, "preparer")
    require(pool, signed.reviewer, "reviewer")
    require(pool, signed.bookkeeper, "bookkeeper")
    if signed.chief:
        require(pool, signed.chief, "chief")
    if signed.preparer == signed.reviewer:
        raise Refusal([Fault(SAME_PERSON, signed.preparer)])
