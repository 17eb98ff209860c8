"""What the sync process does with the keeper and the agents' keys: who is told, and when old keys go."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.compose import sealing
from desk.compose.clock import now
from desk.compose.keys_here import KEPT_S, KeysHere, own_keys_of
from desk.compose.sealing import OWN_KEYS_EVERY_S, keeper_of, keeper_worker, own_key_worker
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.domain.party import Direction
from desk.domain.reconcile import Fault, Finding, judge
from desk.domain.troubles import Trouble
from desk.recording.sealing import age
from desk.recording.sealing.keeper import CallKeeper, Keeping
from desk.recording.sealing.keys import HotlineKeys, OwnKeys
from desk.recording.spool.folder import audio_file
from desk.recording.spool.segments import AUDIO, segment_file
from desk.secrets import FakeSecrets
from desk.settings import RecordingSettings, SeatSettings, Settings
from desk.settings.recording_values import ScoreSettings
from desk.store.history import SqlSealedLog
from desk.sync.recordings_state import RecordingsBoard
from desk.usecases.log_call import LogCall
from desk.usecases.ports import KeyMissing, KeyringWeak
from desk.wire import RecordingsState
from tests.recording.scene import CALL, Seconds, Sound, at, closed_spool
from tests.recording.sealing.test_keeper import Seat

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


class TornSeat(Seat):
    """The middle second of its call lies on a disk that is away (`gone`, mounted as `disk` when it is there)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.disk, self.gone = folder / "disk", folder / "gone"
        self.gone.mkdir()
        closed_spool(self.spool_dir, Sound.steps([(9000, 0)] * 3))
        whole = audio_file(self.spool_dir, CALL).read_bytes()
        second, third = len(whole) // 3, len(whole) * 2 // 3
        audio_file(self.spool_dir, CALL).write_bytes(whole[:second])
        segment_file(self.gone, CALL, AUDIO, second).write_bytes(whole[second:third])
        segment_file(self.spool_dir, CALL, AUDIO, third).write_bytes(whole[third:])

    def keeper_of(self, *where: Path) -> CallKeeper:
        """As after a start with these folders."""
        self.sealing.where = where
        log_call = LogCall(self.changes, self.author, self.calls, "020")
        return CallKeeper(where, self.sealed_dir, self.sealing.new_sealer().seal, log_call, monotonic=self.seconds)

    def worked(self, work: Callable[[], bool]) -> RecordingEntry | None:
        while work():
            pass
        return self.calls.recording(CALL)


def test_a_call_whose_audio_went_on_in_a_folder_that_is_away_is_logged_and_told_at_once(tmp_path: Path) -> None:
    seat, told = TornSeat(tmp_path), list[RecordingsState]()
    keeper = seat.keeper_of(seat.spool_dir, seat.disk)
    work = keeper_worker(keeper, RecordingsBoard(told.append))
    assert seat.worked(work) is None
    call = seat.calls.get(CALL)
    assert call is not None
    assert call.outcome is Outcome.ANSWERED
    judged = judge(call, None, at(3600))
    assert isinstance(judged, Finding)
    assert judged.fault is Fault.NOT_SEALED  # and so it is in the list of what is at fault
    assert told[-1] == RecordingsState(unsealed=1, withheld=1, trouble=Trouble.SPOOL_AWAY.value)
    seat.gone.rename(seat.disk)
    entry = seat.worked(work)
    assert entry is not None
    assert (entry.kept, entry.length_ms, [m for m in entry.marks if "gap" in m]) == (RecordingKept.KEPT, 3000, [])
    assert told[-1] == RecordingsState(unvaulted=1)
    seat.disk.rename(seat.gone)  # it is sealed: nothing waits for what still lies there, after a new start neither
    for one in (keeper, seat.keeper_of(seat.spool_dir, seat.disk)):
        seat.worked(one.work_once)
        assert one.keeping == Keeping(unvaulted=1)
    seat.store.close()


def test_without_a_folder_that_is_lost_for_good_what_is_here_is_sealed(tmp_path: Path) -> None:
    seat = TornSeat(tmp_path)
    assert seat.worked(seat.keeper_of(seat.spool_dir, seat.disk).work_once) is None
    entry = seat.worked(seat.keeper_of(seat.spool_dir).work_once)
    assert entry is not None
    assert (entry.kept, entry.length_ms) == (RecordingKept.KEPT, 3000)
    assert [mark for mark in entry.marks if "gap" in mark] == ["1.000 gap 1000 ms lost with its folder"]
    seat.store.close()


def test_the_windows_are_told_what_waits_to_be_sealed_and_why(tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    real = seat.sealing.new_sealer().seal
    missing = True

    def seal(call_id: CallId, _lost: RecordingEntry | None) -> RecordingEntry:
        if missing:
            raise KeyMissing("no such key")
        return real(call_id, None)

    told: list[RecordingsState] = []
    keeper = seat.keeper(seal)
    work = keeper_worker(keeper, RecordingsBoard(told.append))
    while work():
        pass
    assert told[-1] == RecordingsState(unsealed=1, trouble=Trouble.SEAL_KEY_MISSING.value, detail="no such key")
    missing = False
    seat.seconds.now_s += 100
    while work():
        pass
    assert told[-1] == RecordingsState(unvaulted=1)
    seat.bring(keeper)
    while work():
        pass
    assert told[-1] == RecordingsState()
    seat.store.close()


@pytest.mark.parametrize(
    ("free_mb", "in_call", "seals"),
    [(1_999, True, False), (1_999, False, True), (2_000, True, True), (None, True, True)],
)
def test_nothing_new_is_sealed_on_a_disk_that_is_low_while_a_call_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_mb: int | None, in_call: bool, seals: bool
) -> None:
    free = None if free_mb is None else free_mb * 1_000_000
    monkeypatch.setattr(sealing, "free_bytes", lambda _folder: free)
    settings, secrets, seat = Settings(data_dir=tmp_path), FakeSecrets(), Seat(tmp_path)
    settings.sealed_dir.mkdir(parents=True, exist_ok=True)
    closed_spool(settings.spool_dir, Sound.steps([(9000, 0)]))
    keeper = keeper_of(
        settings,
        secrets,
        own_keys_of(settings, secrets),
        seat.changes,
        seat.author,
        seat.calls,
        SqlSealedLog(seat.store),
        lambda: None,
        in_call=lambda: in_call,
    )
    while keeper.work_once():
        pass
    assert seat.calls.get(CALL) is not None
    assert (seat.calls.recording(CALL) is not None) is seals
    seat.store.close()


class ShutSecrets(FakeSecrets):
    """A keyring that is locked for deleting."""

    def delete(self, entry: str) -> None:
        raise KeyringWeak("locked")


def test_old_keys_go_at_the_start_and_every_so_often(tmp_path: Path) -> None:
    days = [NOW]
    own = OwnKeys(FakeSecrets(), tmp_path, 1, lambda: days[0])
    own.recipient("1001", NOW)
    seconds = Seconds()
    work = own_key_worker(own, seconds)
    assert not work()
    assert len(own.listed()) == 1
    days[0] = datetime(2026, 3, 8, tzinfo=UTC)
    assert not work()
    assert len(own.listed()) == 1  # not yet: it looks every so often
    seconds.now_s += OWN_KEYS_EVERY_S
    assert not work()
    assert own.listed() == []


def test_a_locked_keyring_is_told_and_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    days = [NOW]
    own = OwnKeys(ShutSecrets(), tmp_path, 1, lambda: days[0])
    own.recipient("1001", NOW)
    days[0] = datetime(2026, 3, 8, tzinfo=UTC)
    assert not own_key_worker(own, Seconds())()
    assert "cannot be destroyed now" in caplog.text
    assert len(own.listed()) == 1


def test_a_call_that_is_not_there_is_no_news(tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    told: list[RecordingsState] = []
    assert not keeper_worker(seat.keeper(), RecordingsBoard(told.append))()
    assert told == []
    assert seat.calls.get(CALL) is None
    seat.store.close()


@pytest.mark.parametrize(("own_days", "answer_days", "kept"), [(7, 14, True), (7, 0, False), (0, 14, False)])
def test_day_keys_last_as_long_as_a_scored_call_may_be_heard(
    tmp_path: Path, own_days: int, answer_days: int, kept: bool
) -> None:
    settings = Settings(
        data_dir=tmp_path,
        recording=RecordingSettings(own_days=own_days),
        score=ScoreSettings(answer_days=answer_days),
    )
    settings.sealed_dir.mkdir(parents=True)
    keys = own_keys_of(settings, FakeSecrets())
    assert (keys.recipient("1001", now() - timedelta(days=15)) is not None) is kept


def call(agent: str = "1001", seat: str = "S01", days_ago: int = 0) -> CallEntry:
    at = now() - timedelta(days=days_ago)
    return CallEntry(CallId("c"), "热线", Direction.INCOMING, "", "", "", "", at, seat, agent)


def test_a_seat_knows_for_which_recordings_it_has_no_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, seat=SeatSettings(name="S01"))
    settings.sealed_dir.mkdir(parents=True)
    secrets, time_s = FakeSecrets(), [0.0]
    own_keys_of(settings, secrets).recipient("1001", now())
    here = KeysHere(settings, lambda: "1001", lambda: secrets, lambda: time_s[0])
    assert here.may_open(call())
    assert not here.may_open(call(seat="S02"))
    assert not here.may_open(call(agent="1002"))
    assert not here.may_open(call(days_ago=9))
    HotlineKeys(secrets).add(age.new_identity())
    time_s[0] = KEPT_S
    assert here.may_open(call(agent="1002", seat="S02", days_ago=99))
