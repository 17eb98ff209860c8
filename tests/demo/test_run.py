"""Which demo is played, and how it ends."""

from argparse import Namespace
from pathlib import Path

import pytest

from desk.demo import run
from desk.demo.report import Report


@pytest.mark.parametrize(
    ("display", "scripted", "played"),
    [(":0", False, "person"), (":0", True, "script"), ("", False, "script"), ("", True, "script")],
)
@pytest.mark.parametrize("holds", [True, False])
def test_the_display_decides_who_the_agent_is_and_a_failed_check_is_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, display: str, scripted: bool, played: str, holds: bool
) -> None:
    plays = list[str]()

    def play(name: str) -> None:
        def one(folder: Path, households: int, report: Report) -> None:
            plays.append(name)
            report.check(holds, f"{households} households in {folder.name}")

        monkeypatch.setattr(run, {"person": "play_with_person", "script": "play_scripted"}[name], one)

    play("person")
    play("script")
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    code = run.run_demo(Namespace(folder=tmp_path, day=False, scripted=scripted, households=20))
    assert plays == [played]
    assert code == (0 if holds else 1)
    [folder] = tmp_path.iterdir()
    assert f"20 households in {folder.name}" in (folder / "steps.txt").read_text(encoding="utf-8")
