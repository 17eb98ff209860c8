"""The keeper: from a closed spool to a call in the log with its recording, whatever stands in between."""

import errno
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.domain.call_log import Outcome, RecordingEntry, RecordingKept
from desk.domain.changes import Change
from desk.domain.diagnosis import Diagnosis
from desk.domain.events import CallEnded, CallTransferred, QualityMeasured
from desk.domain.identity import CallId, TicketId
from desk.domain.quality import Quality
from desk.recording.sealing import sealer as sealing
from desk.recording.sealing.chain import Place
from desk.recording.sealing.keeper import SEAL_TRIES, CallKeeper, Keeping, Seal
from desk.recording.sealing.sealer import Sealer
from desk.recording.spool import folder as spool
from desk.recording.spool.recorder import SpoolRecorder
from desk.recording.vault.folder_vault import FolderVault
from desk.secrets import FakeSecrets
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.history import SqlSealedLog
from desk.store.store import Store
from desk.usecases.log_call import LogCall
from desk.usecases.ports import KeyMissing, StoreFull
from tests.recording.scene import CALL, Seconds, Sound, answered, at, closed_spool, ended, offered
from tests.recording.sealed import SealingSeat

OTHER = CallId("01957000-0000-7000-8000-000000000002")
THIRD = CallId("01957000-0000-7000-8000-000000000003")


class Killed(BaseException):
    """The process ends here, as kill -9 would have it."""


class Seat:
    """A seat's store and folders, with a keeper that can be killed and started anew."""

    def __init__(self, folder: Path) -> None:
        self.spool_dir, self.sealed_dir, self.vault_dir = folder / "spool", folder / "sealed", folder / "recordings"
        self.store = Store.open(folder / "seat.db", FakeSecrets())
        self.calls = SqlCallLog(self.store)
        self.changes = SqlChangeLog(self.store)
        self.seconds = Seconds()
        self.logged = 0
        self.sealing = SealingSeat(
            folder,
            logged_tail=lambda chain: Place(*self.calls.chain_tail(chain)),
            newest_logged=self.calls.newest_chain,
            logged_hash=SqlSealedLog(self.store).hash_at,
        )
        ids = itertools.count(1)
        self.author = SeatAuthor(
            "S01",
            lambda: "1001",
            lambda: datetime(2026, 3, 5, 10, tzinfo=UTC),
            lambda: f"01957000-0000-7000-9000-{next(ids):012d}",
            self.changes.base_seq,
        )

    def keeper(
        self, seal: Seal | None = None, log_call: LogCall | None = None, room: Callable[[], bool] = lambda: True
    ) -> CallKeeper:
        return CallKeeper(
            self.spool_dir,
            self.sealed_dir,
            seal or self.sealing.new_sealer().seal,
            log_call or LogCall(self.changes, self.author, self.calls, "020"),
            on_logged=self._on_logged,
            room=room,
            monotonic=self.seconds,
        )

    def bring(self, keeper: CallKeeper, call_id: CallId = CALL) -> None:
        """As the uploader does it."""
        vault = FolderVault(self.vault_dir, make=True)
        for name in self.sealing.files():
            vault.put_new(name, self.sealed_dir / name)
        keeper.vaulted(call_id, at(90))

    def work_and_bring(self, keeper: CallKeeper) -> None:
        work_until_idle(keeper)
        self.bring(keeper)

    def _on_logged(self) -> None:
        self.logged += 1

    def spool_files(self) -> list[str]:
        return sorted(file.name for file in self.spool_dir.iterdir() if file.is_file())


def work_until_idle(keeper: CallKeeper) -> None:
    for _ in range(50):
        if not keeper.work_once():
            return
    raise AssertionError("the keeper never rests")


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    seat = Seat(tmp_path)
    yield seat
    seat.store.close()


def test_a_call_is_logged_sealed_and_its_spool_waits_for_the_vault(seat: Seat) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    keeper = seat.keeper()
    work_until_idle(keeper)
    call, recording = seat.calls.get(CALL), seat.calls.recording(CALL)
    assert call is not None
    assert recording is not None
    assert (call.outcome, call.number, call.seat, call.agent) == (Outcome.ANSWERED, "13800138000", "S01", "1001")
    assert (recording.kept, recording.length_ms, recording.vaulted_at) == (RecordingKept.KEPT, 1000, None)
    assert seat.spool_files() == [f"{CALL}.jsonl", f"{CALL}.pcm"]
    assert seat.logged == 2
    assert seat.sealing.plain(recording).startswith(b"OggS")
    assert keeper.keeping == Keeping(unsealed=0, unvaulted=1)


def test_without_room_a_call_is_logged_and_sealed_later(seat: Seat) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    room = [False]
    keeper = seat.keeper(room=lambda: room[0])
    work_until_idle(keeper)
    assert seat.calls.get(CALL) is not None
    assert (seat.calls.recording(CALL), seat.sealing.files()) == (None, [])
    assert keeper.keeping == Keeping(unsealed=1)
    room[0] = True
    work_until_idle(keeper)
    assert keeper.keeping == Keeping(unvaulted=1)


def test_only_when_the_vault_has_confirmed_spool_and_sealed_recording_go(seat: Seat) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    keeper = seat.keeper()
    work_until_idle(keeper)
    seat.bring(keeper)
    recording = seat.calls.recording(CALL)
    assert recording is not None
    assert recording.vaulted_at == at(90)
    assert seat.spool_files() == []
    assert seat.sealing.files() == []
    assert sorted(file.suffix for file in seat.vault_dir.rglob("*") if file.is_file()) == [".age", ".seal"]
    work_until_idle(keeper)
    assert keeper.keeping == Keeping()
    seat.bring(keeper)  # confirmed twice
    assert seat.calls.recording(CALL) == recording


def test_a_confirmation_of_what_is_not_logged_removes_nothing(seat: Seat) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    seat.keeper().vaulted(CALL, at(90))
    assert seat.spool_files() == [f"{CALL}.jsonl", f"{CALL}.pcm"]


@pytest.mark.parametrize("before", ["spool", "age", "seal"])
def test_killed_while_it_clears_up_the_rest_goes_at_the_next_start(
    seat: Seat, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    work_until_idle(seat.keeper())
    unlink = Path.unlink

    def killed_here(path: Path, missing_ok: bool = False) -> None:
        if (path.suffix in (".jsonl", ".pcm") and before == "spool") or path.suffix == f".{before}":
            raise Killed
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed_here)
        with pytest.raises(Killed):
            seat.bring(seat.keeper())
    keeper = seat.keeper()
    work_until_idle(keeper)
    if seat.sealing.files():
        seat.bring(keeper)
    assert seat.spool_files() == []
    assert seat.sealing.files() == []
    with seat.store.read() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM change WHERE entity = 'recording'").scalar_one()
    assert count == 2


def test_a_key_that_is_missing_holds_up_sealing_and_says_so_until_it_is_back(seat: Seat) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    real = seat.sealing.new_sealer().seal
    missing = True

    def seal(call_id: CallId, _lost: RecordingEntry | None) -> RecordingEntry:
        if missing:
            raise KeyMissing("the keyring has no entry 'recordings-key' any more")
        return real(call_id, None)

    keeper = seat.keeper(seal)
    for _ in range(SEAL_TRIES + 3):  # patience has no end here
        work_until_idle(keeper)
        seat.seconds.now_s += 100
    assert keeper.keeping.unsealed == 1
    assert "recordings-key" in keeper.keeping.key_trouble
    assert seat.spool_files() == [f"{CALL}.jsonl", f"{CALL}.pcm"]
    assert seat.calls.recording(CALL) is None
    missing = False
    work_until_idle(keeper)
    assert keeper.keeping == Keeping(0, 1, "")
    assert seat.calls.recording(CALL) is not None


def test_recordings_of_a_day_are_one_chain_across_starts(seat: Seat) -> None:
    for call_id in (CALL, OTHER):
        closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]), call_id)
    keeper = seat.keeper()
    work_until_idle(keeper)
    for call_id in (CALL, OTHER):
        seat.bring(keeper, call_id)
    (seat.sealed_dir / "chain.json").rename(seat.sealed_dir / "aside.json")
    name = seat.calls.recording(CALL)
    assert name is not None
    # Yesterday's copy of the books: what the log knows is further.
    (seat.sealed_dir / "chain.json").write_text(f'{{"chain": "{name.chain}", "place": 1, "seal_hash": "old"}}')
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]), THIRD)
    work_until_idle(seat.keeper())
    entries = [seat.calls.recording(call_id) for call_id in (CALL, OTHER, THIRD)]
    assert [entry.chain_place for entry in entries if entry] == [1, 2, 3]
    third = entries[2]
    assert third is not None
    assert seat.sealing.opener().seal_of(third).seal.previous == getattr(entries[1], "seal_hash", "")


def test_every_call_is_in_the_log_before_the_first_is_sealed(seat: Seat) -> None:
    for call_id in (CALL, OTHER, THIRD):
        closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]), call_id)
    in_log: list[list[CallId]] = []

    def seal(call_id: CallId, _lost: RecordingEntry | None) -> RecordingEntry:
        in_log.append(sorted(entry.call_id for entry in seat.calls.recent(10)))
        return seat.sealing.seal(call_id)

    assert seat.keeper(seal).work_once()
    assert in_log == [[CALL, OTHER, THIRD]]


def test_a_call_that_ends_while_a_long_one_is_being_sealed_is_logged_at_once(seat: Seat) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    go_on = threading.Event()

    def seal(call_id: CallId, _lost: RecordingEntry | None) -> RecordingEntry:
        assert go_on.wait(30)
        return seat.sealing.seal(call_id)

    keeper = seat.keeper(seal)
    assert keeper.work_once()
    closed_spool(seat.spool_dir, None, OTHER)
    assert keeper.work_once()
    assert seat.calls.get(OTHER) is not None
    assert seat.calls.recording(CALL) is None
    go_on.set()
    work_until_idle(keeper)
    assert seat.calls.recording(CALL) is not None
    assert spool.pending(seat.spool_dir) == [CALL]


def test_a_call_nobody_answered_is_logged_and_its_recording_is_missing_for_that_reason(seat: Seat) -> None:
    closed_spool(seat.spool_dir, None)
    work_until_idle(seat.keeper())
    call, recording = seat.calls.get(CALL), seat.calls.recording(CALL)
    assert call is not None
    assert recording is not None
    assert call.outcome is Outcome.ABANDONED
    assert (recording.kept, recording.why) == (RecordingKept.MISSING, "not answered")
    assert seat.spool_files() == []


def test_a_running_call_is_left_alone(seat: Seat) -> None:
    closed_spool(seat.spool_dir, None)
    manifest = spool.manifest_file(seat.spool_dir, CALL)
    manifest.write_bytes(manifest.read_bytes().splitlines(keepends=True)[0])
    assert not seat.keeper().work_once()
    assert seat.spool_files() == [manifest.name]
    assert seat.calls.get(CALL) is None


@pytest.mark.parametrize("step", ["call", "seal", "recording", "vaulted", "remove"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_around_any_step_nothing_is_lost_or_doubled(
    seat: Seat, step: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    with monkeypatch.context() as patch:
        holder, name = {
            "call": (LogCall, "call"),
            "seal": (Sealer, "seal"),
            "recording": (LogCall, "recording"),
            "vaulted": (LogCall, "vaulted"),
            "remove": (spool, "remove"),
        }[step]
        real = getattr(holder, name)

        def killed_here(*arguments: object) -> object:
            if after:
                real(*arguments)
            raise Killed

        patch.setattr(holder, name, killed_here)
        killed = seat.keeper()
        with pytest.raises(Killed):
            seat.work_and_bring(killed)
    keeper = seat.keeper()
    work_until_idle(keeper)
    seat.bring(keeper)
    recording = seat.calls.recording(CALL)
    assert recording is not None
    assert (recording.kept, recording.chain_place) == (RecordingKept.KEPT, 1)
    assert seat.spool_files() == []
    assert seat.sealing.files() == []
    with seat.store.read() as connection:
        counted = connection.exec_driver_sql(
            "SELECT entity, count(*) FROM change GROUP BY entity ORDER BY entity"
        ).all()
    assert [tuple(row) for row in counted] == [("call", 1), ("recording", 2)]


@pytest.mark.parametrize("garbage", [b"nothing\n", b"\n\n", b"{}\n", b"\xff\xfe\n" * 9])
def test_a_poison_manifest_is_set_aside_and_the_rest_goes_on(seat: Seat, garbage: bytes) -> None:
    closed_spool(seat.spool_dir, None, OTHER)
    spool.manifest_file(seat.spool_dir, CALL).write_bytes(garbage)
    spool.audio_file(seat.spool_dir, CALL).write_bytes(b"1234")
    work_until_idle(seat.keeper())
    assert seat.calls.get(OTHER) is not None
    assert seat.spool_files() == []
    assert sorted(file.name for file in (seat.spool_dir / "aside").iterdir()) == [f"{CALL}.jsonl", f"{CALL}.pcm"]


def test_a_manifest_under_another_calls_name_is_set_aside(seat: Seat) -> None:
    closed_spool(seat.spool_dir, None, OTHER)
    spool.manifest_file(seat.spool_dir, OTHER).rename(spool.manifest_file(seat.spool_dir, CALL))
    work_until_idle(seat.keeper())
    assert seat.calls.recent(10) == []
    assert (seat.spool_dir / "aside" / f"{CALL}.jsonl").exists()


def test_audio_that_cannot_be_encoded_is_tried_then_kept_raw_and_said_so(seat: Seat) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    audio = spool.audio_file(seat.spool_dir, CALL).read_bytes()
    tries = 0

    def seal(*_arguments: object) -> RecordingEntry:
        nonlocal tries
        tries += 1
        raise sealing.SealError("the encoder says no")

    keeper = seat.keeper(seal)
    for _ in range(SEAL_TRIES + 3):
        work_until_idle(keeper)
        seat.seconds.now_s += 100
    recording = seat.calls.recording(CALL)
    assert recording is not None
    assert (recording.kept, recording.why) == (
        RecordingKept.MISSING,
        "could not be encoded: the encoder says no",
    )
    assert tries == SEAL_TRIES
    assert (seat.spool_dir / "aside" / f"{CALL}.pcm").read_bytes() == audio


def test_a_bug_that_one_call_meets_is_loud_and_holds_up_no_other(seat: Seat, caplog: pytest.LogCaptureFixture) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]), OTHER)

    def seal(call_id: CallId, _lost: RecordingEntry | None) -> RecordingEntry:
        if call_id == CALL:
            raise ZeroDivisionError
        return seat.sealing.seal(call_id)

    work_until_idle(seat.keeper(seal))
    assert seat.calls.recording(OTHER) is not None
    assert seat.calls.recording(CALL) is None
    assert CALL in spool.pending(seat.spool_dir)
    assert "ZeroDivisionError" in caplog.text


class FullFor:
    """A change log whose store is full for the first so many appends."""

    def __init__(self, real: SqlChangeLog, times: int) -> None:
        self.real, self.times = real, times

    def append(self, changes: list[Change]) -> None:
        if self.times:
            self.times -= 1
            raise StoreFull("no space")
        self.real.append(changes)

    def base_seq(self) -> int:
        return self.real.base_seq()


def test_a_store_that_is_full_is_tried_again_and_nothing_is_lost(seat: Seat) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    keeper = seat.keeper(log_call=LogCall(FullFor(seat.changes, 2), seat.author, seat.calls))  # type: ignore[arg-type]
    work_until_idle(keeper)
    assert seat.calls.get(CALL) is None
    work_until_idle(keeper)  # too early: it waits
    seat.seconds.now_s += 3
    work_until_idle(keeper)
    assert seat.spool_files() != []
    seat.seconds.now_s += 100
    work_until_idle(keeper)
    assert seat.calls.recording(CALL) is not None


def test_a_sealed_folder_that_is_away_holds_up_sealing_but_not_the_log(seat: Seat) -> None:
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    seat.sealed_dir.write_text("a file where the folder should be")
    keeper = seat.keeper()
    work_until_idle(keeper)
    assert seat.calls.get(CALL) is not None
    assert seat.calls.recording(CALL) is None
    seat.sealed_dir.unlink()
    seat.seconds.now_s += 100
    work_until_idle(keeper)
    assert seat.calls.recording(CALL) is not None


def test_the_ticket_the_agent_tied_to_the_running_call_finds_it_afterwards(seat: Seat) -> None:
    seat.changes.append([seat.author.change("call", CALL, {"ticket_id": "t1"})])
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    work_until_idle(seat.keeper())
    assert [entry.call_id for entry in seat.calls.of_ticket(TicketId("t1"))] == [CALL]


def test_without_a_spool_there_is_nothing_to_do(seat: Seat) -> None:
    assert not seat.keeper().work_once()


def test_how_a_call_was_heard_from_the_recorder_to_the_log(
    seat: Seat, make_recorder: Callable[..., SpoolRecorder]
) -> None:
    recorder = make_recorder(seat.spool_dir)
    recorder.note(offered())
    recorder.note(answered())
    for number in range(40):
        bad = 10 <= number < 20
        quality = Quality(at(4 + 2 * number), "G722", 20.0 * bad, None, 4.0, 30.0, 40.0, 0.0, 2.5 if bad else 4.3)
        recorder.note(QualityMeasured(CALL, quality.at, quality))
    recorder.note(CallTransferred(CALL, at(59), "803"))
    recorder.note(ended())
    work_until_idle(seat.keeper())
    entry = seat.calls.get(CALL)
    assert entry is not None
    assert (entry.outcome, entry.transferred_to) == (Outcome.TRANSFERRED, "803")
    assert (entry.codec, entry.mos_worst, entry.mos_worst_at) == ("G722", 2.5, at(24))
    assert (entry.mos_mean, entry.loss_permille, entry.jitter_ms, entry.round_trip_ms) == (3.85, 50, 4, 30)
    assert entry.diagnosis is Diagnosis.NETWORK_LOSS


def test_a_call_that_was_sent_on_tells_where(seat: Seat, make_recorder: Callable[..., SpoolRecorder]) -> None:
    recorder = make_recorder(seat.spool_dir)
    recorder.note(replace(offered(), rings=False))
    recorder.note(CallEnded(CALL, at(0), 302, "Moved Temporarily", by_us=True, forwarded_to="803"))
    work_until_idle(seat.keeper())
    entry = seat.calls.get(CALL)
    assert entry is not None
    assert (entry.outcome, entry.transferred_to, entry.mos_worst) == (Outcome.FORWARDED, "803", None)


def test_only_what_the_encoder_refuses_uses_up_the_tries(seat: Seat) -> None:
    """A disk that was full for a while and then one odd failure: nothing is given up."""
    closed_spool(seat.spool_dir, Sound.steps([(9000, 0)]))
    tries = 0

    def seal(call_id: CallId, _lost: RecordingEntry | None) -> RecordingEntry:
        nonlocal tries
        tries += 1
        if tries < SEAL_TRIES + 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        if tries == SEAL_TRIES + 3:
            raise sealing.SealError("one odd failure of the encoder")
        return seat.sealing.seal(call_id)

    keeper = seat.keeper(seal)
    for _ in range(SEAL_TRIES + 5):
        work_until_idle(keeper)
        seat.seconds.now_s += 100
    recording = seat.calls.recording(CALL)
    assert recording is not None
    assert recording.kept is RecordingKept.KEPT
    assert seat.spool_files() == [f"{CALL}.jsonl", f"{CALL}.pcm"]
