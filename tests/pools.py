"""The settings of an invented pool, from what one test's pool has and another's has not."""

from collections.abc import Mapping, Sequence
from itertools import chain

BANKS = {"boc": ("01", "中国银行"), "abchina": ("02", "农业银行"), "crcb": ("03", "慈溪农商银行")}
Value = str | Sequence[str]


def pool_toml(
    head: Mapping[str, str],
    *,
    staff: Mapping[str, tuple[str, str]],
    banks: Sequence[str],
    accounts: Mapping[str, tuple[str, str]],
    contributors: Sequence[str],
    insurers: Sequence[str] = (),
    aliases: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """``pool.toml`` of an invented pool.

    ``staff`` gives name and roles by id (``"preparer bookkeeper"``), ``accounts`` number and name by slug: one named
    …定期 is a deposit, every other one dedicated. ``aliases`` are those of a bank or contributor, by its name.
    """
    also = aliases or {}

    def known(no: str, name: str) -> dict[str, Value]:
        return {"no": no, "name": name, **({"aliases": also[name]} if name in also else {})}

    tables = chain(
        (("staff", {"id": who, "name": name, "roles": roles.split()}) for who, (name, roles) in staff.items()),
        (("bank", {"code": code, **known(*BANKS[code])}) for code in banks),
        (
            (
                "account",
                {
                    "slug": slug,
                    "bank": slug.rpartition("-")[0],
                    "no": slug.rpartition("-")[2],
                    "sort": "deposit" if "定期" in name else "dedicated",
                    "number": number,
                    "name": name,
                },
            )
            for slug, (number, name) in accounts.items()
        ),
        (("contributor", known(f"{no:02d}", name)) for no, name in enumerate(contributors, 1)),
        (("insurer", known(f"{no:02d}", name)) for no, name in enumerate(insurers, 1)),
    )
    pool = "[pool]\n" + _lines(head) + "invented = true\n"
    return "\n".join([pool, *(f"[[{table}]]\n{_lines(fields)}" for table, fields in tables)])


def _lines(fields: Mapping[str, Value]) -> str:
    return "".join(f"{key} = {_told(value)}\n" for key, value in fields.items())


def _told(value: Value) -> str:
    return f'"{value}"' if isinstance(value, str) else f"[{', '.join(map(_told, value))}]"
