"""The demo as it is started on a machine: as a command with all its parts, by itself where there is no PostgreSQL, and
with a person who is away from the desk at first."""

import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desk.demo import person, stage
from desk.demo.baresip import Baresip
from desk.demo.postgres import PostgresMissing
from desk.demo.processes import wait_until
from desk.demo.report import Report
from desk.demo.scripted import play_scripted
from tests.bench.spine_demo import stuck_ms
from tests.end2end.ground import STEP_S, Ground, Post

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(300)]


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """The keyring's socket lies in it, whose whole name may have a hundred characters."""
    with tempfile.TemporaryDirectory(prefix="desk-") as name:
        yield Path(name)


def test_the_command_plays_the_main_job_between_two_seats_and_ends_well(tmp_path: Path, short_folder: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[seat]\nlanguage = "en"\n', encoding="utf-8")
    demo = ["demo", "--scripted", "--households", "20", "--folder", str(short_folder)]
    ran = subprocess.run(
        [sys.executable, "-m", "desk", "--settings", str(settings), *demo],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for outcome in (
        "The ticket is filed while they are still talking",
        "The ticket is in PostgreSQL",
        "Seat S02 shows it",
        "The profile was the right one",
        "PostgreSQL itself vouches for its author",
        "The recording plays from the ticket",
        "Everything held",
    ):
        assert re.search(f"✓ {outcome}", ran.stdout), ran.stdout
    assert not math.isnan(stuck_ms(ran.stdout)), ran.stdout
    [folder] = short_folder.iterdir()
    assert (folder / "steps.txt").read_text(encoding="utf-8").splitlines() == ran.stdout.splitlines()
    assert len(list(folder.glob("*.png"))) == 5


def test_without_postgresql_it_stands_alone_and_checks_its_outcome_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_folder: Path) -> None:
        raise PostgresMissing("no initdb")

    monkeypatch.setattr(stage, "private_postgres", missing)
    said: list[str] = []
    report = Report(tmp_path / "steps.txt", said.append)
    play_scripted(tmp_path, 10, report)
    told = "\n".join(said)
    assert report.close() == 0, told
    assert "the seat stands alone in this run" in told
    for outcome in (
        "The profile was the right one",
        "The ticket says what was said",
        "The recording has the resident left and the agent right",
        "The recording plays from the ticket",
        "The window has told how long it was ever stuck",
    ):
        assert re.search(f"✓ {outcome}", told), told
    assert (tmp_path / "recording.opus").stat().st_size > 0


def test_the_resident_rings_again_until_somebody_answers(
    ground: Ground, resident: Baresip, post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person, "RING_S", 2.0)
    monkeypatch.setattr(person, "REST_S", 0.1)
    said: list[str] = []
    report = Report(tmp_path / "steps.txt", said.append)

    def rings() -> int:
        return sum(line["message"] == "call_shown" for line in post.seat.log_lines("ui"))

    before = rings()
    with ThreadPoolExecutor(1) as beside:
        answered = beside.submit(person.ring_until_answered, ground.stage, post.seat, resident, report)
        wait_until("the second ring", lambda: rings() >= before + 2, STEP_S)
        post.in_front()

        def answers() -> bool:
            post.press("F2")  # a ring may end just now: the next one is answered
            return answered.done()

        wait_until("the answer", answers, STEP_S)
        call_id = answered.result()
    assert any("rings again" in line for line in said)
    post.hang_up(resident, call_id)
