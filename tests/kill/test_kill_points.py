"""Acts broken at their writing calls: a seeded slice of what ``make kill`` runs whole."""

import os
import subprocess
import sys
from pathlib import Path

from acts import STORIES, Act
from killing import Warm, points, tracing
from run import SEED, sampled
from stage import KILL, Stage, Trial

KILLS, ERRORS = 45, 15


def test_there_are_at_least_five_hundred_points(trials: list[Trial]) -> None:
    assert sum(len(trial.points) for trial in trials) >= 500
    tried = {f"{story}: {act.name}" for story, acts in STORIES.items() for act in acts if act.is_tried}
    assert {trial.name for trial in trials} == tried
    names = {point.name for trial in trials for point in trial.points}
    assert {"openat", "write", "fsync", "rename", "mkdir"} <= names


def test_sixty_seeded_points_lose_nothing_and_double_nothing(stage: Stage, trials: list[Trial]) -> None:
    assert list(sampled(stage, trials, SEED, KILLS, ERRORS)) == []


def test_a_cold_start_makes_the_same_writes(stage: Stage, trials: list[Trial], tmp_path: Path) -> None:
    """The program as an officer starts it, its own process from the first instruction, children followed."""
    for name in ("month: import a list", "month: post a list"):
        trial = next(trial for trial in trials if trial.name == name)
        stage.fresh(trial)
        traced = tmp_path / "cold.strace"
        command = ["strace", "-y", "-o", str(traced), *tracing(), str(Path(sys.executable).with_name("riskpool"))]
        env = {**os.environ, "RISKPOOL_NOW": trial.now}
        done = subprocess.run(
            [*command, *trial.act.arguments(stage.area, stage.files)], check=False, capture_output=True, env=env
        )
        assert done.returncode == 0, done.stderr
        found = points(traced.read_text(encoding="utf-8", errors="replace"), stage.area)
        assert [str(point) for point in found] == [str(point) for point in trial.points]


def test_the_stage_notices_a_wrong_order_of_writes(tmp_path: Path) -> None:
    """The program spoiled on purpose: a step is signed before the log says so, and a kill between the two is seen."""
    with Warm(tmp_path / "said", "spoiled") as warm:
        folder = tmp_path / "stage"
        folder.mkdir()
        stage = Stage(folder, warm)
        acts = (*STORIES["month"][:2], Act("review", "review D000001 -b {books} --as lu"))
        (trial,) = list(stage.trials({"month": tuple(_only(act, "review") for act in acts)}, verified=False))
        wrong = [str(wrong.point).split()[0] for point in trial.points for wrong in stage.broken(trial, point, KILL)]
    assert wrong


def _only(act: Act, name: str) -> Act:
    return Act(act.name, act.line, act.now, act.again, act.name == name, act.code)
