"""The demo as it is started on a machine: by itself where there is no PostgreSQL, and with a person who is away from
the desk at first. (With PostgreSQL its main job is `test_main_job`.)"""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desk.demo import person, stage
from desk.demo.baresip import Baresip
from desk.demo.postgres import PostgresMissing
from desk.demo.processes import wait_until
from desk.demo.report import Report
from desk.demo.scripted import play_scripted
from tests.end2end.ground import STEP_S, Ground, Post

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(300)]


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
