"""The tests' own settings."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_other_examples_are_tried_at_every_run_also_before_a_change_lands() -> None:
    asked = (
        "import tests.conftest; from hypothesis import settings as s; print(s.default.derandomize, s.default.database)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, "CI": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("False Directory")


def test_the_run_before_a_change_lands_says_so() -> None:
    assert "export CI=1" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
