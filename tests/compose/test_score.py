"""`desk score` over a real seat store."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from desk import exit_codes
from desk.compose import score
from desk.compose.clock import now
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.domain.scores import Score, ScoreState
from desk.domain.working_time import CHINA
from desk.secrets import FakeSecrets
from desk.settings import Settings
from desk.store.call_index import CallIndexer
from desk.store.change_log import SqlChangeLog
from desk.store.scores import SqlScores
from desk.store.store import Store
from tests.making import change

MONDAY = datetime(2026, 11, 9, 9, tzinfo=CHINA)
WEEK = "2026-W46"


SECRETS = FakeSecrets()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(score, "KeyringSecrets", lambda: SECRETS)
    SECRETS.delete("store")
    return replace(Settings(), data_dir=tmp_path)


def opened(settings: Settings) -> Store:
    return Store.open(settings.store_file, SECRETS)


def calls(store: Store, agent: str, many: int) -> None:
    log = SqlChangeLog(store)
    for number in range(many):
        at = MONDAY + timedelta(minutes=number)
        call = CallEntry(
            CallId(f"{agent}-{number:03}"), "热线", Direction.INCOMING, "138", "138", "", "", at, "S01", agent,
            Outcome.ANSWERED, at, at + timedelta(seconds=90),
        )  # fmt: skip
        recording = RecordingEntry(call.call_id, RecordingKept.KEPT, file="x.age", length_ms=90_000)
        log.append(
            [
                change("call", call.call_id, patch_of(call, "call_id")),
                change("recording", call.call_id, patch_of(recording, "call_id")),
            ]
        )
    indexer = CallIndexer(store)
    while indexer.work_once():
        pass


def test_drawing_says_what_is_new_and_the_second_time_nothing_is(settings: Settings) -> None:
    store = opened(settings)
    calls(store, "1001", 12)
    store.close()
    said: list[str] = []
    assert score.draw(settings, WEEK, said.append) == exit_codes.OK
    assert said[-1] == f"{WEEK}: 3 drawn now, 3 in all."
    assert [line[0] for line in said[:-1]] == ["+", "+", "+"]
    said.clear()
    score.draw(settings, WEEK, said.append)
    assert said[-1] == f"{WEEK}: 0 drawn now, 3 in all."
    assert [line[0] for line in said[:-1]] == [" ", " ", " "]


def test_a_week_that_is_none_is_told_and_opens_no_store(settings: Settings) -> None:
    said: list[str] = []
    assert score.draw(settings, "last", said.append) == exit_codes.FAULT
    assert said == ["'last' is no week. Write it as in 2026-W47."]
    assert not settings.store_file.exists()


def test_a_folder_of_sheets_is_checked_with_line_and_reason(tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "a.toml").write_text('id = "a"\nversion = 1\n')
    assert score.check(tmp_path, said.append) == exit_codes.FAULT
    assert said == [f"{tmp_path / 'a.toml'}:2: version has the wrong kind of value (Expected `str`, got `int`)"]


def test_the_shipped_sheets_are_listed(settings: Settings) -> None:
    said: list[str] = []
    assert score.check(score.SheetFolder(settings).folder, said.append) == exit_codes.OK
    assert len(said) == 6


def test_second_opinions_are_compared(settings: Settings) -> None:
    numbers = count(1)
    store = opened(settings)
    said: list[str] = []
    score.agreement(settings, 4, said.append)
    assert said == ["No call of the last 4 weeks has a second opinion."]
    first = Score(
        "s1", CallId("c1"), "1001", "general", "1", "9001", now() - timedelta(days=1), ScoreState.FINAL, 800,
        ("a.b=4", "a.c=5"),
    )  # fmt: skip
    second = replace(first, score_id="s2", scored_by="9002", answers=("a.b=4", "a.c=3"), points_x10=700, second_of="s1")
    for made in (first, second):
        patch = patch_of(made, "score_id")
        SqlChangeLog(store).append([change("score", made.score_id, patch, number=next(numbers))])
    assert len(SqlScores(store).between(now() - timedelta(days=2), now())) == 2
    said.clear()
    score.agreement(settings, 4, said.append)
    assert said[0].startswith("1 calls scored twice: 50 % of the answers alike")
    assert said[1:] == ["   0 %  a.c", " 100 %  a.b"]
    store.close()
