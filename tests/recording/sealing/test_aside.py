"""A spool that nobody can read: its call is in the log at once, and at fault, and what IT mends is sealed after all."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.domain.call_log import Outcome, RecordingKept
from desk.domain.identity import CallId
from desk.domain.reconcile import Fault, Reason
from desk.domain.troubles import Trouble
from desk.domain.working_time import CHINA
from desk.recording.sealing.aside import SetAside
from desk.recording.spool import folder as spool
from desk.sync.reconciling import Reconciling
from desk.sync.recordings_state import RecordingsBoard
from desk.usecases.log_call import LogCall
from desk.usecases.reconcile import Reconcile
from tests.recording.scene import CALL, Sound, closed_spool
from tests.recording.sealing.test_keeper import OTHER, Seat, work_until_idle

CAME_IN = datetime(2025, 3, 7, 9, 46, 43, 72000, UTC)  # the time in CALL


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    seat = Seat(tmp_path)
    yield seat
    seat.store.close()


def damaged(seat: Seat, call_id: CallId = CALL) -> bytes:
    """A call whose manifest's first line is lost. Returns what the manifest was."""
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]), call_id)
    file = spool.manifest_file(seat.spool_dir, call_id)
    whole = file.read_bytes()
    file.write_bytes(b"\xff" * whole.index(b"\n") + whole[whole.index(b"\n") :])
    return whole


def watching(seat: Seat, told: list[int] | None = None) -> SetAside:
    log_call = LogCall(seat.changes, seat.author, seat.calls, "020")
    return SetAside(seat.spool_dir, "S01", log_call, lambda: told.append(1) if told is not None else None)


def test_a_call_that_nobody_can_read_is_in_the_log_and_lights_the_lamp(seat: Seat) -> None:
    damaged(seat)
    closed_spool(seat.spool_dir, None, OTHER)
    work_until_idle(seat.keeper())
    told: list[int] = []
    aside = watching(seat, told)
    assert not aside.work_once()
    call, recording = seat.calls.get(CALL), seat.calls.recording(CALL)
    assert call is not None
    assert recording is not None
    assert (call.seat, call.offered_at, call.outcome) == ("S01", CAME_IN, Outcome.INTERRUPTED)
    assert call.ended_at is not None
    assert datetime.now(UTC) - call.ended_at < timedelta(minutes=5)  # the last write
    assert (recording.kept, recording.why) == (RecordingKept.MISSING, "manifest not readable")
    assert told == [1]
    reconcile = Reconcile(seat.calls, lambda: CAME_IN + timedelta(days=2), CHINA, "S01")
    (finding,) = reconcile.run().findings
    assert (finding.call_id, finding.fault, finding.reason) == (CALL, Fault.MISSING, Reason.NONE)
    board = RecordingsBoard(lambda _state: None)
    Reconciling(reconcile, board).work_once()
    assert (board.state.trouble, board.state.faulty) == (Trouble.RECORDINGS_FAULTY.value, 1)


def test_it_is_logged_once_however_often_it_is_looked_at(seat: Seat) -> None:
    damaged(seat)
    work_until_idle(seat.keeper())
    told: list[int] = []
    aside = watching(seat, told)
    for again in (aside, aside, watching(seat, told)):
        again.work_once()
    assert told == [1]


def test_audio_without_a_manifest_that_the_phone_put_aside_is_logged_too(seat: Seat) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    spool.manifest_file(seat.spool_dir, CALL).unlink()
    spool.recover(seat.spool_dir)
    watching(seat).work_once()
    assert seat.calls.recording(CALL) is not None


def test_what_could_be_read_and_not_encoded_keeps_its_reason(seat: Seat) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    keeper = seat.keeper()
    work_until_idle(keeper)
    before = seat.calls.recording(CALL)
    spool.set_aside(seat.spool_dir, CALL)
    watching(seat).work_once()
    assert seat.calls.recording(CALL) == before


def test_a_file_that_is_no_calls_makes_no_call(seat: Seat) -> None:
    (seat.spool_dir / "aside").mkdir(parents=True)
    (seat.spool_dir / "aside" / "notes.jsonl").write_text("x")
    watching(seat).work_once()
    assert seat.calls.recent(10) == []


def test_nothing_lies_aside_where_there_is_no_such_folder(seat: Seat) -> None:
    assert spool.aside(seat.spool_dir) == {}
    assert spool.aside((seat.spool_dir, seat.spool_dir / "away")) == {}


def test_what_it_mended_and_put_back_is_sealed_with_all_that_is_known_of_it(seat: Seat) -> None:
    whole = damaged(seat)
    keeper = seat.keeper()
    work_until_idle(keeper)
    watching(seat).work_once()
    for file in (seat.spool_dir / "aside").iterdir():
        file.rename(seat.spool_dir / file.name)
    spool.manifest_file(seat.spool_dir, CALL).write_bytes(whole)
    keeper = seat.keeper()
    work_until_idle(keeper)
    call, recording = seat.calls.get(CALL), seat.calls.recording(CALL)
    assert call is not None
    assert recording is not None
    assert (call.number, call.agent, call.outcome) == ("13800138000", "1001", Outcome.ANSWERED)
    assert (recording.kept, recording.why, recording.length_ms) == (RecordingKept.KEPT, "", 1000)
    seat.bring(keeper)
    assert seat.spool_files() == []
