"""What the sync process adds to updates: what a window is told, and what the doctor has to find right."""

from pathlib import Path

import pytest

from desk import wire
from desk.compose import doctor, updates
from desk.compose.clock import now
from desk.compose.doctor_place import Place
from desk.compose.doctor_table import table
from desk.domain.health import Finding, Level
from desk.domain.updates import Offer
from desk.launcher import making_way
from desk.secrets import FakeSecrets
from desk.settings import CentralSettings, Settings
from desk.sync.running_calls import RunningCalls
from desk.updating import choice as choices
from desk.updating import state as states
from desk.updating.choice import Choice
from desk.updating.resume import noted
from desk.updating.state import UpdateState
from desk.updating.versions import this_platform
from desk.updating.where import told_folder
from desk.version import build


def test_what_an_update_must_not_break_are_checks_of_the_doctors(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, central=CentralSettings(url="postgresql://db.example/desk", user="S01"))
    place = Place(settings, None, FakeSecrets, now, test_call=False)
    assert {check.name for check in table(place)} >= updates.ESSENTIAL
    assert {"sip.registration", "central", "central.rights", "vault"} <= updates.ESSENTIAL


def test_what_was_only_partly_right_before_need_not_be_right_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two lines one has been wrong for long: that is no version's doing."""
    found = (
        Finding("sip.registration", Level.OK, "one"),
        Finding("sip.registration", Level.WRONG, "two"),
        Finding("store", Level.OK, "it opens"),
        Finding("vault", Level.UNCHECKED, "no keyring"),
        Finding("central", Level.WARNING, "slow"),
    )
    monkeypatch.setattr(doctor, "findings", lambda *_of, **_how: found)
    seat = updates.RunningSeat(Settings(data_dir=tmp_path), None, None, None)  # type: ignore[arg-type]  # unused
    assert seat.well() == ("store",)
    assert seat.wrong() == {"sip.registration"}


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("died", "Version 0.2.0 of Desk did not work here"),
        ("asked", "Version 0.2.0 of Desk was left by hand"),
        ("withdrawn", "IT has taken back version 0.2.0 of Desk"),
        ("missing", "Version 0.2.0 of Desk is no longer on this computer"),
    ],
)
def test_a_version_that_was_left_is_told_of_once_and_why(tmp_path: Path, why: str, words: str) -> None:
    choices.write(tmp_path, Choice(failed={"0.2.0": why}, went_back="0.2.0"))
    first, later = updates._Greeting(tmp_path, "en")().told, updates._Greeting(tmp_path, "en")().told
    assert first.startswith(words)
    assert later == ""


def test_a_version_that_is_healthy_is_told_of_with_what_is_new(tmp_path: Path) -> None:
    offer = Offer(
        build().version, this_platform(), "f", 1, "0" * 64, 1, note_zh="修了排班的毛病", note_en="Rosters mended."
    )
    states.write(tmp_path, UpdateState(offers=(offer,)))
    told = updates._Greeting(tmp_path, "en").confirmed().told
    assert told == f"Desk has been updated to version {build().version}. Rosters mended."


class _Process:
    """Of the sync process what is asked of it here."""

    def __init__(self) -> None:
        self.seat_use: wire.SeatUse | None = None
        self.running_calls = RunningCalls()
        self.window_here, self.nobody_works = True, False

    def greet_by(self, greeting: object) -> None: ...

    def add_worker(self, name: str, work_once: object) -> None: ...

    def lose_window_by(self, lost: object) -> None: ...


@pytest.mark.parametrize(("installs", "again"), [(True, False), (False, True), (False, False)])
def test_how_the_seat_was_used_is_kept_where_it_comes_again_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installs: bool, again: bool
) -> None:
    mark, process = tmp_path / "making-way", _Process()
    if installs:
        mark.touch()
    monkeypatch.setattr(making_way, "mark_file", lambda: mark)
    monkeypatch.setattr(updates, "SqlSeatIdentity", lambda *_given: None)
    settings = Settings(data_dir=tmp_path)
    own = told_folder(tmp_path)
    at_close = updates.keep_up_to_date(settings, None, process, None)  # type: ignore[arg-type]  # nothing of them is used
    at_close(again)
    assert noted(own) is None, "no window has said anything"
    process.seat_use = wire.SeatUse(True, "lunch", "1002")
    at_close(again)
    assert noted(own) == (process.seat_use if installs or again else None)
