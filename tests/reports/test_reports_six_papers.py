"""The review papers of the six texts that stretch the model, read back from their PDF with a pocket calculator."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from calculator import AMOUNT, computed
from review_books import CASE, SIX, Application, book_of

from reports.footing import Issue
from reports.forms import compensation_review
from reports.render.paper import Steps
from reports.render.pdf import to_pdf
from riskpool.provisions import assumptions
from riskpool.ruletext import shipped

_CJK = r"[^\x00-\xff]"


def lines_of(tool: str, pdf: bytes, folder: Path) -> list[str]:
    """The paper's lines as a reader's eye takes them, without the head and foot of each page."""
    (folder / "paper.pdf").write_bytes(pdf)
    done = subprocess.run([tool, "-raw", "paper.pdf", "-"], cwd=folder, capture_output=True, check=True, timeout=60)
    edges = ("截至 20", "风险补偿审核表 ", "序 事实", "步 依据")
    return [line for line in done.stdout.decode().replace("\f", "").splitlines() if not line.startswith(edges)]


def part(lines: list[str], title: str, following: str) -> list[str]:
    starts = next(at for at, line in enumerate(lines) if line.endswith(title))
    ends = next(at for at, line in enumerate(lines) if line.endswith(following))
    return lines[starts + 1 : ends]


def joined(lines: list[str]) -> str:
    """One text of wrapped lines: Chinese goes on without a space, figures keep theirs."""
    text = " ".join(lines)
    return re.sub(rf"(?<={_CJK}) (?=[，。：；」）》])|(?<=[^\x00-\xff＋－×÷元]) (?=[^\x00-\xff＋－×÷])", "", text)


def steps(lines: list[str]) -> Iterator[str]:
    """The text of each step: its lines run on until one begins with the next number."""
    own: list[str] = []
    wanted = 1
    for line in lines:
        if re.match(rf"{wanted}(?= |$)", line):
            if own:
                yield joined(own)
            own, wanted = [line.removeprefix(str(wanted)).strip()], wanted + 1
        else:
            own.append(line)
    yield joined(own)


_RESULT = re.compile(r"(.+?) ?(是|否|\d{4}-\d{2}-\d{2}|-?[\d,]+(?:\.\d+)?%?)(不予补偿|缓付|提示|不适用|不属本档)?$")
_TEXT_GIVES = re.compile(rf"(?:上限|舍五入到|须\D+) ?{AMOUNT}")


def without_head(text: str, made: Application) -> str:
    """A step's line without its article and the words that say what the clause is about."""
    heads = {(clause.article, clause.says) for clause in shipped(made.text).clauses}
    fitting = [(article, says) for article, says in heads if text.strip().startswith(article)]
    assert fitting, f"no article of the text: {text}"
    text = text.strip().removeprefix(fitting[0][0]).strip()
    for _, says in fitting:
        text = text.removeprefix(f"大意：{says}")
    return re.sub(r"^（含假定，见表尾第 [\d、 ]+项）", "", text)


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("made", SIX, ids=[made.text for made in SIX])
def test_every_printed_line_is_recomputed_from_printed_figures_alone(
    made: Application, tool: str, tmp_path: Path
) -> None:
    book = book_of(tmp_path / "books", made)
    paper = compensation_review(book, CASE, Issue(book.last_on, "zhang"))
    lines = lines_of(tool, to_pdf(paper), tmp_path)
    known = set(re.findall(r"-?[\d,]+\.\d\d", joined(part(lines, "审核事实与核对清单", "逐条审核")))) | {"0.00"}
    results = []
    for text in steps(part(lines, "逐条审核", "各方分担")):
        found = _RESULT.fullmatch(without_head(text, made))
        assert found, text
        sentence, result = found[1], found[2]
        assert computed(sentence) == result, text
        operands = re.findall(AMOUNT, _TEXT_GIVES.sub("", sentence))
        assert {item.removesuffix("元").strip() for item in operands} <= known | {result}, text
        known.add(result)
        results.append(result)
    steps_made = next(section for section in paper.sections if isinstance(section, Steps))
    assert len(results) == len(steps_made.steps) > 8
    (settled,) = re.findall(r"核定金额 ([\d,.]+)", joined(part(lines, "审核结论", "审核意见")))
    assert results[-1] == settled
    total = [line for line in part(lines, "各方分担", "审核结论") if line.startswith(("合计", "损失基数", "差额"))]
    assert [line.rpartition(" ")[2] for line in total] == [total[0].rpartition(" ")[2]] * 2 + ["0.00"]


@pytest.mark.parametrize("made", SIX, ids=[made.text for made in SIX])
def test_every_assumption_stands_at_the_foot_and_its_clause_points_to_it(made: Application, tmp_path: Path) -> None:
    book = book_of(tmp_path / "books", made)
    paper = compensation_review(book, CASE, Issue(book.last_on, "zhang"))
    steps_made = next(section for section in paper.sections if isinstance(section, Steps))
    foot = paper.footnotes[-1]
    for number, said in enumerate(assumptions(shipped(made.text)), 1):
        assert f"{number}. {said}" in foot
    pointed = {
        (step.clause, number)
        for step in steps_made.steps
        for numbers in re.findall(r"见表尾第 ([\d、]+) 项", step.text)
        for number in numbers.split("、")
    }
    assert pointed
    for article, number in pointed:
        assert f"{number}. {article}·" in foot
