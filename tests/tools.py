"""Programs that pip can't install: skipped by name on a plain machine, an error where CI installed them."""

import os
import shutil

import pytest


def require_tool(name: str) -> str:
    """The program's path. Without it the test is skipped naming it; under CI=1 it fails."""
    path = shutil.which(name)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"needs {name}, which .ci/run should have installed")
        pytest.skip(f"needs {name}")
    return path
