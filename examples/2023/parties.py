"""Who appears in the invented year: the office, its banks, contributors, insurers and enterprises.

Every person, firm, branch, account number and code here is invented. Codes carry right check digits,
so that a check has something to agree with, in ranges not seen in use.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tomllib import loads

HERE = Path(__file__).parent
REGION = "330282"
INVENTED = "（虚构）"

POOL_TOML = (HERE / "pool.toml").read_text(encoding="utf-8")

SETTINGS = loads(POOL_TOML)
UNIT = SETTINGS["pool"]["unit"]
OWN_NAME = UNIT


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One of the pool's accounts, as its bank knows it. ``bank_name`` is the branch it stands at."""

    slug: str
    bank: str
    number: str
    bank_name: str
    bank_no: str


_BRANCH_NO = {"boc": "10658", "abchina": "103332098765", "crcb": "402332098764"}


def _accounts() -> dict[str, OwnAccount]:
    branches = {bank["code"]: bank["aliases"][0] for bank in SETTINGS["bank"]}
    return {
        row["slug"]: OwnAccount(row["slug"], row["bank"], row["number"], branches[row["bank"]], _BRANCH_NO[row["bank"]])
        for row in SETTINGS["account"]
    }


ACCOUNTS = _accounts()
BANKS = tuple(bank["code"] for bank in SETTINGS["bank"])
BRANCH = {bank["code"]: bank["aliases"][0] for bank in SETTINGS["bank"]}
BANK_TITLE = {bank["code"]: bank["name"] for bank in SETTINGS["bank"]}
CONTRIBUTOR_PAYER = {row["no"]: row["aliases"][0] for row in SETTINGS["contributor"]}
CONTRIBUTOR_ACCOUNT = {
    "01": ("33010000000000000001", "国家金库某支库（虚构）"),
    "02": ("33010000000000000002", "国家金库某县支库（虚构）"),
}
INSURER_TITLE = {row["no"]: row["name"] for row in SETTINGS["insurer"]}
LOSS_ACCOUNT = {"boc": "405299900012", "abchina": "39530001999900017", "crcb": "201009999000011"}
"""Where each bank takes compensation: an internal account of its branch."""

_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def organisation_check(body: str) -> str:
    """The check character of an organisation code's 8 characters (GB 11714)."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(char, 36) for weight, char in zip(weights, body, strict=True))
    return "0123456789X0"[11 - total % 11]


def credit_code(number: int) -> str:
    """The 统一社会信用代码 of invented firm ``number``, with right check characters (GB 32100)."""
    body = f"XX{number:06d}"
    stem = f"91{REGION}{body}{organisation_check(body)}"
    total = sum(_CODE_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(stem))
    return stem + _CODE_ALPHABET[(31 - total % 31) % 31]


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An invented borrower."""

    name: str
    code: str
    town: str
    industry: str


_TRADES = (
    ("智能家电", "家电制造"),
    ("精密轴承", "通用设备"),
    ("汽车部件", "汽车零部件"),
    ("化纤新材", "化学纤维"),
    ("电器科技", "电气机械"),
    ("模具制造", "专用设备"),
    ("医疗器械", "医疗器械"),
    ("食品科技", "农副食品"),
)
_JOINED = (
    "海塘潮声杨梅三北浒山观海沙洲晨曦明湖青瓷越窑长河新浦横河崇寿周巷坎墩"
    "逍林宗汉天元桥头匡堰附海庵东胜山掌起龙山白沙古塘鸣鹤上林杜湖栲栳伏龙"
)
_WORDS = tuple(_JOINED[place : place + 2] for place in range(0, len(_JOINED), 2))  # two characters a firm
_ODD = {5: "慈溪𬭎㛃·五磊精密轴承有限公司（虚构）", 11: "慈溪　长河　电器科技有限公司（虚构）"}


def _enterprise(number: int) -> Enterprise:
    trade, industry = _TRADES[number % len(_TRADES)]
    name = _ODD.get(number, f"慈溪某{_WORDS[number]}{trade}有限公司{INVENTED}")
    return Enterprise(name, credit_code(number), f"某{_WORDS[(number * 7) % len(_WORDS)]}镇", industry)


ENTERPRISES = tuple(_enterprise(number) for number in range(len(_WORDS)))


def _calendar() -> tuple[frozenset[date], frozenset[date]]:
    off: set[date] = set()
    on: set[date] = set()
    for path in sorted((HERE.parents[1] / "riskpool" / "calendars").glob("*.toml")):
        for holiday in loads(path.read_text(encoding="utf-8"))["holiday"]:
            days = (holiday["until_on"] - holiday["from_on"]).days
            off |= {holiday["from_on"] + timedelta(days=step) for step in range(days)}
            on |= set(holiday["works_on"])
    return frozenset(off), frozenset(on)


_OFF, _ON = _calendar()


def is_workday(day: date) -> bool:
    """Whether offices work on ``day``, 调休 counted."""
    return day in _ON or (day.weekday() < 5 and day not in _OFF)
