"""独立再验证：不装账务系统，只用 Python（3.10 以上）自带的库，从账簿文件把全部结果重算一遍。

致审计人员：本文件不引用账务系统的任何代码，不满四百行，可以逐行读完再运行；它只读账，不改账。
账簿的写法见 docs/format-1.md，下文的「§」都指该页。在任何一台电脑上运行（也可给出解开后的文件夹）：
    python3 -I -S reperform.py books.tar [--csv 余额.csv]
退出码：0 全部相符；1 有不符，最先发现的一处排在最前；2 没有读到账簿。
它证明不了的：整套账连同链被重写（请与另一位保管人手里的结账回执比对链头）；事实与原件是否相符（请看原件）。
"""

import hashlib
import json
import re
import sys
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

LINE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|;[^\n]*|[^";\n])*(?:\n|\Z)', re.DOTALL)
WORD = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|[^\s";]+', re.DOTALL)
DAY, NUMBER = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"-?\d+(\.\d+)?")
ROLES = ("preparer", "reviewer", "bookkeeper", "chief")  # 制单、复核、记账、主管
OUTSIDE = {"pool-sha256": "pool.toml", "main-sha256": "main.beancount", "chart-sha256": "chart.beancount"}
MEMO = (  # 备查账：科目、单位、按什么编号，和使余额增减的各种事项所记的金额（减少的前面有负号）
    ("9001在池贷款本金", "LOAN.CNY", "loan", {"LoanIncluded": "outstanding", "LoanRepaid": "-amount",
        "LoanReleased": "-outstanding", "RecoveryNotified": "-principal", "TapeReducedByCompensation": "-amount"}),
    ("9301待追偿", "RECOURSE.CNY", "case", {"CaseTaken": "recourse", "CompensationPaid": "amount",
        "PaymentBounced": "-amount", "RecoveryNotified": "-pool after-write-off", "ClawbackDecided": "-amount",
        "LossWrittenOff": "-amount", "CompensationRedecided": "-clawback"}),
    ("9303账销案存", "RECOURSE.CNY", "case", {"LossWrittenOff": "amount", "RecoveryNotified": "-after-write-off"}),
)  # fmt: skip


def sha(content: bytes) -> str:
    """SHA-256，小写十六进制。"""
    return hashlib.sha256(content).hexdigest()


def load(source: Path) -> dict[str, bytes]:
    """归档或文件夹里的全部文件：路径 → 内容。"""
    if source.is_dir():
        found = {path.relative_to(source).as_posix(): path.read_bytes() for path in source.rglob("*") if path.is_file()}
    else:
        with tarfile.open(source, "r:") as tar:
            found = {item.name: file.read() for item in tar if (file := tar.extractfile(item))}
    return {name: found[name] for name in sorted(found) if name != ".lock" and not name.endswith(".tmp")}


def value_of(word: str) -> Any:
    """元数据的值（§4）：文字去引号，数和日期另有标记，或是真假。"""
    if word[0] == '"':
        return re.sub(r"\\(.)", r"\1", word[1:-1], flags=re.DOTALL)
    sort = "on" if DAY.fullmatch(word) else "d" if NUMBER.fullmatch(word) else ""
    return {sort: word} if sort else {"TRUE": True, "FALSE": False}[word]


class Entry:
    """账里的一条记录；kind 为「*」的是分录，legs 是它的各行（科目, 数, 单位, 元数据）。"""

    def __init__(self, file: str, sequence: int, row: int, words: list[str], people: dict[str, Any]) -> None:
        self.file, self.sequence, self.row, self.people = file, sequence, row, people
        (self.day, self.kind, *rest), self.meta, self.legs = words, dict[str, Any](), list[tuple[Any, ...]]()
        signs = {"*": "#^", "note": "^", "document": "^"}.get(self.kind, "")
        self.tags, self.links = (sorted(w[1:] for w in rest if w[0] == sign and sign in signs) for sign in "#^")
        self.words = [value_of(word) if word[0] == '"' else word for word in rest if word[0] not in signs]

    def __str__(self) -> str:
        return str(self.meta.get("voucher") or f"{self.file} 第 {self.row} 行（{self.kind}）")

    def fen(self, key: str) -> int:
        """元数据里的一个金额，以分计；没有写的是零。"""
        return int(Decimal(self.meta[f"{key}-yuan"]["d"]) * 100) if f"{key}-yuan" in self.meta else 0

    def canonical(self) -> bytes:
        """规范写法（§4）：一行 JSON，散列就算在它上面。"""
        name, facts, own = self.kind.capitalize(), self.meta, self.words
        match self.kind, self.words:
            case "*", [text]:
                name, facts = "Transaction", self.people | self.meta
                legs = [[*leg, sorted(map(list, meta.items()))] for *leg, meta in self.legs]
                own = ["*", "", text, self.tags, self.links, legs]
            case "open", [account, *commodities]:
                own = [account, commodities]
            case "balance", [account, number, "~", tolerance, commodity]:
                own = [account, number, commodity, tolerance]
            case (("note" | "document"), [account, text]):
                own = [account, text if self.kind == "note" else text.rpartition("/")[2], [], self.links]
            case "custom", ["batch", "1", _, _, _]:
                own = ["batch", ["1"]]
            case kind, words if (kind, len(words)) not in {("commodity", 1), ("price", 3), ("event", 2)}:
                raise ValueError(f"第 {self.row} 行不是格式一的写法")
        line = [name, self.day, *own, sorted([key, value] for key, value in facts.items() if key != "mark")]
        return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()


def read_entries(file: str, sequence: int, text: str) -> list[Entry]:
    """读账（§2）：先认引号里的文字，再分行，分号到行尾是注释。给出一个文件里的全部记录，依书写次序。"""
    entries, people, row, place = list[Entry](), dict[str, str](), 1, 0
    while place < len(text):
        if not (line := LINE.match(text, place)):
            raise ValueError(f"第 {row} 行的引号不成对")
        words = [word for word in WORD.findall(line[0]) if word[0] != ";"]
        indent = len(line[0]) - len(line[0].lstrip(" "))
        if indent == 0 and words[:1] == ["pushmeta"]:
            people = people | {words[1].rstrip(":"): value_of(words[2])}
        elif indent == 0 and words and DAY.fullmatch(words[0]):
            entries.append(Entry(file, sequence, row, words, people))
        elif indent in (2, 4) and len(words) == 2 and words[0][-1] == ":":
            meta = entries[-1].meta if indent == 2 else entries[-1].legs[-1][3]
            meta[words[0][:-1]] = value_of(words[1])
        elif indent == 2 and len(words) == 3 and NUMBER.fullmatch(words[1]) and entries[-1].kind == "*":
            entries[-1].legs.append((*words, {}))
        elif words and (indent, words[0]) != (0, "popmeta"):
            raise ValueError(f"第 {row} 行不是格式一的写法")
        row, place = row + line[0].count("\n"), line.end()
    return entries


def shared(values: list[int], *, half: bool) -> int:
    """按比例：（金额 × 份数 之和）÷ 整体，取到 unit 的整数倍；half 为四舍五入，否则舍去。"""
    whole, unit, *rest = values
    quotient, remainder = divmod(sum(a * b for a, b in zip(rest[::2], rest[1::2], strict=True)), whole * unit)
    return unit * (quotient + (half and 2 * remainder >= whole * unit))


OPERATIONS: dict[str, Any] = {  # 裁决与追偿的十二种运算（docs/rules.md §8），全是整数；repr 使真假与 1、0 不混
    "sum": sum, "min": min, "max": max, "sub": lambda v: v[0] - sum(v[1:]),
    "share": lambda v: shared(v, half=True), "share_down": lambda v: shared(v, half=False),
    "at_least": lambda v: v[0] * v[1] >= v[2] * v[3], "above": lambda v: v[0] * v[1] > v[2] * v[3],
    "at_most": lambda v: v[0] * v[1] <= v[2] * v[3], "below": lambda v: v[0] * v[1] < v[2] * v[3],
    "equal": lambda v: v[0] * v[1] == v[2] * v[3], "one_of": lambda v: repr(v[0]) in map(repr, v[1:]),
}  # fmt: skip


def origin_of(record: dict[str, Any], number: int, origin: Any) -> Any:
    """一个操作数按它所写的来历应是多少：前面某步的结果、常数 k、条款参数 p、事实 f、额度 u、追偿比例 t。"""
    if isinstance(origin, int):
        return record["steps"][origin - 1]["result"] if 0 < origin < number else None
    head, name = origin[0], origin[2:]
    if head == "k":
        return int(origin[1:])
    table = record.get({"f": "facts", "u": "used", "t": "terms"}.get(head, ""), {})
    if head == "p":
        clause, _, name = name.partition(".")
        table = next(item["literals"] for item in record["clauses"] if str(item["no"]) == clause)
    first, _, rest = name.rpartition(".")
    found = table[name] if name in table else table[first][int(rest) if isinstance(table[first], list) else rest]
    return date.fromisoformat(found).toordinal() if head == "f" and name.endswith("_on") else found


def record_faults(record: dict[str, Any]) -> Iterator[str]:
    """一份裁决记录或追偿计算里对不上的地方；没有就是每一步重算相符、步步相接、各方之和等于基数。"""
    for number, step in enumerate(record["steps"], 1):
        for origin, said in step["operands"]:
            if repr(origin_of(record, number, origin)) != repr(int(said) if str(origin)[0] == "k" else said):
                yield f"第 {number} 步：{said} 与其来历 {origin} 不符"
        result = int(OPERATIONS[step["op"]]([said for _, said in step["operands"]]))
        if (step["no"], repr(step["result"])) != (number, repr(result)):
            yield f"第 {number} 步 {step['op']}：重算得 {result}，记为 {step['result']}"
    failed = {(step["effect"], step["clause"]) for step in record["steps"] if not step["result"]}
    refused, deferred = ({clause for effect, clause in failed if effect == word} for word in ("refuse", "defer"))
    verdict = "denied" if refused else "deferred" if deferred else "approved"
    if (record.get("verdict", verdict), set(record.get("refusals", ()))) != (verdict, refused or deferred):
        yield "结论与各条件的结果不符"
    parts, due = record.get("contributors", {}), record.get("due", {})
    word = "instalment" if "pool" in record else "contributor"
    if (due and (sum(due.values()) != record["base"] or min(due.values()) < 0)) or (due and refused):
        yield f"各方金额之和 {sum(due.values())} 不等于损失基数 {record['base']}，或已不予补偿"
    whole = record["pool"] if "pool" in record else due.get(record["ours"], 0)
    if parts and sum(parts.values()) != whole:
        yield f"各出资方金额之和 {sum(parts.values())} 不等于本池金额 {whole}"
    named: dict[str, int] = {name: record[name] for name in ("loss", "base", "settle", "pool") if name in record}
    named |= {f"due.{key}": due[key] for key in due} | {f"{word}.{no}": parts[no] for no in parts}
    last = {step["name"]: step["result"] for step in record["steps"]}
    yield from (f"{name} 记为 {fen}，与步骤不符" for name, fen in named.items() if last.get(name, 0) != fen)


class Books:
    """一套账。每个 check_ 方法再验证一项，返回一句小结；不符的记进 wrong。"""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.at, self.wrong, self.entries, self.chains = files, "", list[str](), list[Entry](), ["0" * 64]

    def expect(self, holds: object, text: str) -> None:
        """应当成立的一件事；不成立就记下来。"""
        self.wrong += [] if holds else [text]

    def held(self, name: str, said: str | None, by: object) -> None:
        """一个文件的散列应与别处所记相同。"""
        self.expect(name in self.files and sha(self.files[name]) == said, f"{name}：缺失或内容已变（{by} 所记）")

    def under(self, folder: str) -> Iterator[tuple[str, bytes]]:
        """一个文件夹下的文件，按名称：（路径, 内容）。at 记着读到哪一个。"""
        for name in (name for name in self.files if name.startswith(f"{folder}/")):
            self.at = name
            yield name, self.files[name]

    def balances(self, until: str = "9999", sequence: int = sys.maxsize) -> dict[tuple[str, str], Decimal]:
        """到 until 那天终了、到第 sequence 批次为止，每个科目每种单位的余额；零不列。"""
        totals = defaultdict[tuple[str, str], Decimal](Decimal)
        for entry in self.entries:
            if entry.day <= until and entry.sequence <= sequence:
                for account, number, unit, _ in entry.legs:
                    totals[account, unit] += Decimal(number)
        return {key: total for key, total in sorted(totals.items()) if total}

    def check_batches(self) -> str:
        """批次与链（§4、§5）：逐条记号、自身散列、序号、前后链、链头；制单与复核不是同一人"""
        for sequence, (name, text) in enumerate(sorted(self.under("batches"), key=lambda item: item[0][13:])):
            self.at, entries = name, read_entries(name, sequence, text.decode())
            forms = [entry.canonical() for entry in entries]
            (_, _, number, before, own), signed = entries[0].words, entries[0].meta
            for entry, form in zip(entries[1:], forms[1:], strict=True):
                self.expect(entry.meta.get("mark") == sha(form)[:12], f"{name}：{entry} 的内容与其记号不符")
            self.expect(sha(b"\n".join([*forms, b""])) == own, f"{name}：内容与批头所记的散列不符")
            self.expect((number, before) == (str(sequence), self.chains[-1]), f"{name}：序号或前一链值不符，链断开")
            self.expect(name[13:] == f"{sequence:06d}-{own[:12]}.beancount", f"{name}：文件被改名")
            self.expect(signed.get("preparer") != signed.get("reviewer"), f"{name}：制单与复核是同一人")
            self.chains.append(sha(f"cixi-riskpool/1\n{before}\n{sequence:06d}\n{own}\n".encode()))
            self.entries += entries
        last = len(self.chains) - 2  # 链头落后一个批次，是程序在最后一步之前中断留下的，不是改动
        heads = [f"; 链头 {no:06d} {self.chains[no + 1]}\n".encode() for no in (last, last - 1)]
        self.expect(self.files.get("head.beancount") in heads, "head.beancount：与链尾不符，尾部可能被删去")
        return f"{last + 1} 个批次，链头 {last:06d} {self.chains[-1]}"

    def check_files(self) -> str:
        """文件（§1）：归档清单一个不多、一个不少；设置、原件、读入记录、办法、对账底稿、经复核的草稿是账里所记的"""
        rows = json.loads(self.files["manifest.json"])["files"] if "manifest.json" in self.files else ()
        listed, drafts = {row["name"]: row["sha256"] for row in rows}, [sha(text) for _, text in self.under("drafts")]
        for name in sorted({*self.files, *listed} - {"manifest.json", "manifest.sha256"}) if rows else ():
            self.held(name, listed.get(name), "清单")
        for entry in self.entries:
            meta, held = entry.meta, {name: entry.meta.get(key) for key, name in OUTSIDE.items()}
            if entry.kind == "document":
                name = entry.words[1].rpartition("/")[2]
                held |= {f"documents/{name}": meta["sha256"], f"readings/{name[:16]}.json": meta.get("reading")}
                held[f"statements/{name[:16]}.json"] = meta.get("paper")
            if meta.get("kind") == "RuleAdopted":
                held[f"rules/{meta['rule'].replace('@', '/')}-{meta['sha256'][:12]}/rule_text.toml"] = meta["sha256"]
            if paper := meta.get("working-paper"):
                held[f"reconciliations/{meta['month']}-{meta['account']}-{paper[:12]}.json"] = paper
            for name in (name for name, said in held.items() if said):
                self.held(name, held[name], entry)
            self.expect(meta.get("draft-sha256") in (None, *drafts), f"drafts/{meta.get('draft')}：缺失或已变")
        return f"清单 {len(listed)} 个文件，账里 {sum(entry.kind == 'document' for entry in self.entries)} 份原件和记录"

    def check_vouchers(self) -> str:
        """凭证（§6）：按月连号（断号的有说明），每种单位借贷恰好相等，凭证只记人民币、登记不记人民币"""
        counts, explained = defaultdict[str, int](int), {entry.meta.get("voucher-no") for entry in self.entries}
        for entry in (item for item in self.entries if item.kind == "*"):
            series = f"{'记' if 'voucher' in entry.tags else '登'}-{entry.day[:7]}"
            counts[series] += 1
            while (number := f"{series}-{counts[series]:04d}") in explained:
                counts[series] += 1
            self.expect(entry.meta.get("voucher") == number, f"{entry}：按次序应为 {number}，有缺号、重号或改号")
            totals = defaultdict[str, Decimal](Decimal)
            for _, amount, unit, _ in entry.legs:
                totals[unit] += Decimal(amount)
            self.expect({unit == "CNY" for unit in totals} == {series[0] == "记"}, f"{entry}：单位与凭证种类不符")
            self.wrong += [f"{entry}：借贷不等，{unit} 相差 {total}" for unit, total in totals.items() if total]
        return f"{sum(counts.values())} 张凭证和登记"

    def check_assertions(self) -> str:
        """余额断言：科目连同下级，在那天开始时恰好是所写的数（签认的银行余额、银行报来的贷款余额）"""
        totals, count = defaultdict[tuple[str, str], Decimal](Decimal), 0
        for entry in sorted(self.entries, key=lambda item: (item.day, item.kind != "balance")):
            if entry.kind == "balance":
                account, number, _, _, unit = entry.words
                now, count = totals[account, unit], count + 1
                self.expect(now == Decimal(number), f"{entry}：{entry.day} {account} 应为 {number}，重算得 {now}")
            for account, amount, unit, _ in entry.legs:
                for depth in range(account.count(":") + 1):
                    totals[account.rsplit(":", depth)[0], unit] += Decimal(amount)
        return f"{count} 条"

    def check_memo(self) -> str:
        """备查：每笔贷款的未还本金，每案待追偿（已付 − 本池应得追偿 − 退回），由事项算得，等于科目余额"""
        told, gone = [], {entry.meta.get("withdraws") for entry in self.entries}  # 撤回了的事项不算
        for title, unit, key, table in MEMO:
            said, ours, banks = (defaultdict[str, Decimal](Decimal) for _ in range(3))
            for entry in (e for e in self.entries if e.meta.get("kind") in table and e.meta["event"] not in gone):
                for name in table[entry.meta["kind"]].split():
                    said[entry.meta[key]] += Decimal(entry.fen(name.lstrip("-")) * (-1) ** name.count("-", 0, 1)) / 100
            for (account, commodity), total in self.balances().items():
                if account.startswith(f"Assets:{title}:") and commodity == unit:
                    ours[account.split(":")[3]] += total
                    banks[account.split(":")[2]] += total
            for name in sorted({*said, *ours}):
                self.expect(said[name] == ours[name], f"{title} {name}：事项合计 {said[name]}，科目余额 {ours[name]}")
            told.append("，".join([f"{title} {sum(banks.values()):,}", *(f"{bank} {banks[bank]:,}" for bank in banks)]))
        return "；".join(told)

    def check_closes(self) -> str:
        """结账（§7）：每次结账、重开的链头和科目余额表按当时的账重算，来源、报表相符；此后没有再记入那个月"""
        seals = [json.loads(content) | {"name": name} for name, content in self.under("seals")]
        seals.sort(key=lambda seal: (seal["month"], seal["step"]))
        closed = {seal["month"]: seal["sequence"] if seal["sort"] == "closed" else sys.maxsize for seal in seals}
        for seal in seals:
            name, until, sequence = seal["name"], f"{seal['month']}-31", seal["sequence"]
            self.expect(self.chains[sequence + 1 : sequence + 2] == [seal["chain"]], f"{name}：链头与账不符")
            said = {account: Decimal(number) for account, number in seal["trial_balance"]}
            ours = {key[0]: total for key, total in self.balances(until, sequence).items() if key[1] == "CNY"}
            for key in (key for key in sorted({*said, *ours}) if said.get(key) != ours.get(key)):
                self.wrong.append(f"{name}：科目余额表 {key} 记为 {said.get(key)}，重算得 {ours.get(key)}")
            kept = [item.meta for item in self.entries if item.kind == "document" and item.sequence <= sequence]
            same = {(meta["name"], meta["sha256"]) for meta in kept} == {tuple(row) for row in seal.get("sources", ())}
            self.expect(same or seal["sort"] != "closed", f"{name}：来源文件与账不符")
            for paper, digest in seal.get("reports", ()):
                self.held(f"papers/{seal['month']}-{seal['step']}/{paper}", digest, name)
        for month, last in closed.items():
            late = [e for e in self.entries if e.kind != "custom" and e.day[:7] <= month and e.sequence > last]
            self.wrong += [f"{entry}：{month} 结账以后记入" for entry in late]
        return f"{len(closed)} 个月，{len(seals)} 次"

    def check_decisions(self) -> str:
        """裁决与追偿：记录里每一步重算，步步相接，各方之和等于基数；金额与凭证、办法、以前各期相符"""
        rules = {e.meta["rule"]: e.meta["sha256"] for e in self.entries if e.meta.get("kind") == "RuleAdopted"}
        steps, terms, known = 0, defaultdict[str, list[Any]](list), dict[str, tuple[str, list[int]]]()
        for entry in self.entries:
            meta, case, kind = entry.meta, entry.meta.get("case", ""), entry.meta.get("kind", "")
            known.pop(meta.get("withdraws", ""), None)
            if kind == "CaseTaken":
                notified = entry.fen("paid") - entry.fen("recourse")
                known[meta["event"]] = case, [entry.fen("recovered-gross"), entry.fen("recovered-cost"), notified]
            if not (digest := meta.get("decision") or meta.get("steps") or meta.get("round")):
                continue
            self.at = name = f"documents/{digest[:16]}"
            record = json.loads(next(text for key, text in self.files.items() if key.startswith(name)))
            self.wrong += [f"{name}（{case}）{fault}" for fault in record_faults(record)]
            steps, parts = steps + len(record["steps"]), record.get("contributors", record.get("drawn", {}).get(case))
            if kind == "RecoveryNotified":
                now, facts = [entry.fen("gross"), entry.fen("cost"), entry.fen("pool")], record["facts"]
                before = [facts["gross_before"], facts["cost_before"], facts["notified_before"]]
                past = [sum(sums[place] for of, sums in known.values() if of == case) for place in range(3)]
                holds = [facts["gross"], facts["cost"], record["pool"], *before] == [*now, *past]
                holds = holds and record["terms"] in (terms[case] or [record["terms"]])
                known[meta["event"]] = case, now
            elif "round" in meta:  # 拨付轮次：本次给的，或不再支付的
                holds = entry.fen("amount") == record["lapsed" if kind == "QueueLapsed" else "paid"][case]
            else:  # 再次裁决结算的是与以前的差额
                said = [entry.fen("approved") - entry.fen("before"), rules[meta["rule"]]]
                holds = [record["settle"], record["rule_sha256"]] == said and entry.fen("base") in (0, record["base"])
                terms[case] += [record["recovery"]]
            split = sorted(f"{no}:{Decimal(fen) / 100:.2f}" for no, fen in parts.items() if fen)  # 先后由办法定
            free = not split or entry.fen("queued") > 0 or kind in ("CompensationRedecided", "QueueLapsed")
            holds = holds and (free or sorted(meta.get("contributors", "").split("、")) == split)
            self.expect(holds, f"{entry}：所记的金额、份额、办法或以前各期，与 {name} 的记录不符")
        return f"{steps} 步"

    def check_log(self) -> str:
        """操作日志（§7）：逐条相接，与批次、回执、草稿互相印证"""
        waiting = {item.words[4]: item.meta for item in self.entries if item.kind == "custom"}
        waiting |= {sha(content): {} for folder in ("seals", "drafts") for _, content in self.under(folder)}
        number, previous, begun = 0, "0" * 64, ""
        for number, (name, content) in enumerate(self.under("log"), 1):
            record = json.loads(content)
            self.expect((record["number"], record["previous"]) == (number, previous), f"{name}：操作日志的链断开")
            given_up = (record["act"], record["what"]) == ("abandon", [f"{number - 1:06d}"])
            self.expect(not begun or given_up, f"{begun}：所记的批次、回执或草稿不在账内")
            begun = name if record["batch"] and record["batch"] not in waiting else ""
            if meta := waiting.pop(record["batch"], {}):
                who = [*dict.fromkeys(meta[role] for role in ROLES if role in meta)]
                same = [meta["log"], meta["act"], meta["posted-at"], who]
                self.expect(same == [previous, record["act"], record["at"], record["who"]], f"{name}：与其批次不符")
            previous = sha(content)
        self.expect(not begun, f"{begun}：最后一次操作没有完成，或它的批次、回执被删去")
        self.wrong += [f"log：没有批次、回执或草稿 {own[:12]} 的记录" for own in waiting]
        return f"{number} 条"


def main(source: str, *options: str) -> int:
    """逐项运行，印出一页结果。"""
    try:
        books = Books(load(Path(source)))
    except (OSError, tarfile.TarError) as error:
        sys.stdout.write(f"没有读到账簿：{error}\n")
        return 2
    sys.stdout.write(f"独立再验证　{source}\n")
    for name in [name for name in vars(Books) if name.startswith("check_")]:
        before, (title, _, what) = len(books.wrong), str(getattr(Books, name).__doc__).partition("：")
        try:
            said = getattr(books, name)()
        except Exception as error:  # noqa: BLE001 - 坏了的文件会以各种方式读不通，都要说出是哪一个
            books.wrong.append(said := f"{books.at} 读不通（{error!r}）")
        found = f"不符 {count} 处" if (count := len(books.wrong) - before) else "相符"
        sys.stdout.write(f"[{found}] {title}：{said}\n        {what}\n")
    if options[:1] == ("--csv",):
        rows = [f"{account},{unit},{total}\n" for (account, unit), total in books.balances().items()]
        Path(options[1]).write_text("科目,单位,余额（借正贷负）\n" + "".join(rows), encoding="utf-8-sig")
    sys.stdout.write("".join(f"不符：{text}\n" for text in books.wrong[:20]))
    sys.stdout.write(f"结论：{f'不符 {len(books.wrong)} 处，最先发现的在前' if books.wrong else '全部相符'}\n")
    return int(bool(books.wrong))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if sys.argv[1:] else __doc__)
