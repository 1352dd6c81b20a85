"""Our own command in a process of its own; and programs that pip can't install, skipped by name without them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent


def run_command(*args: str, check: bool = False, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the real command line in a process of its own."""
    command = [str(Path(sys.executable).with_name("riskpool")), *args]
    return subprocess.run(
        command, check=check, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **env}, cwd=REPO
    )


def require_tool(name: str) -> str:
    """The program's path. Without it the test is skipped naming it; under CI=1 it fails."""
    path = shutil.which(name)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"needs {name}, which .ci/run should have installed")
        pytest.skip(f"needs {name}")
    return path
