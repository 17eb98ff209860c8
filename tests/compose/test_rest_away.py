"""The phone process is killed while a call goes on in the second folder, and the folder is gone when it starts again:
the call is in the log all the same, at once, and put right when the folder is back. The phone process is a real one."""

import contextlib
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk.compose.clock import now
from desk.compose.sealing import keeper_worker
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.journal import REST_AWAY, WhyMissing
from desk.domain.reconcile import Fault, Finding, judge
from desk.domain.troubles import Trouble
from desk.recording.sealing.aside import SetAside
from desk.recording.sealing.keeper import CallKeeper
from desk.recording.spool import folder as spool
from desk.recording.spool.segments import AUDIO, LEFT, MANIFEST, OVER, files_of
from desk.sync.recordings_state import RecordingsBoard
from desk.usecases.log_call import LogCall
from desk.wire import RecordingsState
from tests.recording.scene import CALL
from tests.recording.sealing.test_keeper import Seat

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits, signals and namespaces are Linux's")

ROOT = Path(__file__).parents[2]
WAIT_S = 30.0
FIRST_BYTES = 200_000
NOTHING_FREE = 'mount -t tmpfs -o size=4k full "$0" && head -c 4096 /dev/zero >"$0"/ballast && exec "$@"'
WAITS = RecordingsState(unsealed=1, withheld=1, trouble=Trouble.SPOOL_AWAY.value)


class CutSeat(Seat):
    """`second` is a disk; `gone` is where it is when it is not there, and a file stands in its place."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.second, self.gone, self.counter = folder / "second", folder / "gone", folder / "counter"
        self.where = self.sealing.where = (self.spool_dir, self.second)
        self.counter.write_bytes(bytes(8))
        self.told: list[RecordingsState] = []
        self.spool_dir.mkdir()

    @contextlib.contextmanager
    def talking(self, *before: str, limit: int = 0) -> Iterator[subprocess.Popen[bytes]]:
        words = [sys.executable, "-m", "tests.recording.speaker", "talk", str(self.spool_dir), str(self.counter), "4"]
        child = subprocess.Popen([*before, *words, str(self.second), str(limit)], cwd=ROOT)
        try:
            yield child
        finally:
            child.kill()
            child.wait(WAIT_S)

    def said_s(self) -> float:
        return float(struct.unpack("<q", self.counter.read_bytes())[0]) * 0.02

    def pull(self) -> None:
        self.second.rename(self.gone)
        self.second.write_text("no disk")

    def plug(self) -> None:
        self.second.unlink()
        self.gone.rename(self.second)

    def settle(self, *where: Path) -> tuple[CallEntry, RecordingEntry | None]:
        """The sync process starts with these folders, and works until nothing is left to do."""
        log_call = LogCall(self.changes, self.author, self.calls, "020")
        self.sealing.where = where
        seal = self.sealing.new_sealer().seal
        keeper = CallKeeper(where, self.sealed_dir, seal, log_call, monotonic=self.seconds, seat="S01")
        work = keeper_worker(keeper, RecordingsBoard(self.told.append))
        while work():
            pass
        SetAside(where, "S01", log_call, lambda: None).work_once()
        call = self.calls.get(CALL)
        assert call is not None
        return call, self.calls.recording(CALL)


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[CutSeat]:
    seat = CutSeat(tmp_path)
    yield seat
    seat.store.close()


def wait_for(condition: Callable[[], bool]) -> None:
    until_s = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < until_s
        time.sleep(0.005)


def size_of(where: Path) -> int:
    return sum(file.stat().st_size for file in files_of(where, CALL, AUDIO))


def killed_after_overflow(seat: CutSeat) -> None:
    with seat.talking(limit=FIRST_BYTES):
        wait_for(lambda: size_of(seat.second) > 60_000)
    seat.pull()
    assert spool.recover(seat.where) == []


def missed(call: CallEntry, recording: RecordingEntry | None) -> bool:
    """What is said of it where nobody looks at once."""
    judged = judge(call, recording, now() + timedelta(hours=1))
    return isinstance(judged, Finding) and judged.fault is Fault.NOT_SEALED


def test_a_call_cut_off_in_a_folder_that_is_gone_is_logged_at_once_and_whole_when_it_is_back(seat: CutSeat) -> None:
    killed_after_overflow(seat)
    call, recording = seat.settle(*seat.where)
    assert (call.outcome, call.reason, call.number) == (Outcome.INTERRUPTED, REST_AWAY, "13800138000")
    assert missed(call, recording)
    assert seat.told[-1] == WAITS
    seat.plug()  # and the phone process runs all the while: it closes nothing
    call, recording = seat.settle(*seat.where)
    assert (call.outcome, call.reason) == (Outcome.INTERRUPTED, "phone process died")
    assert recording is not None
    assert (recording.kept, recording.interrupted) == (RecordingKept.KEPT, True)
    assert recording.length_ms / 1000 >= seat.said_s() - 0.5 * 4  # spoken four times as fast
    assert [mark for mark in recording.marks if "gap" in mark] == []
    assert seat.told[-1] == RecordingsState(unvaulted=1)


def test_a_call_cut_off_is_closed_with_what_is_here_where_the_folder_is_lost_for_good(seat: CutSeat) -> None:
    killed_after_overflow(seat)
    seat.settle(*seat.where)
    call, recording = seat.settle(seat.spool_dir)
    assert call.reason == "phone process died"
    assert recording is not None
    assert recording.length_ms == FIRST_BYTES // 4 * 1000 // 16_000


def killed_all_elsewhere(seat: CutSeat) -> None:
    """The disk of the first folder takes no byte from the first ring on, and what is on it afterwards is its names."""
    with seat.talking("unshare", "-Urm", "sh", "-c", NOTHING_FREE, str(seat.spool_dir)) as child:
        wait_for(lambda: size_of(seat.second) > 60_000)
        inside = Path(f"/proc/{child.pid}/root{seat.spool_dir}")
        wait_for(lambda: bool(files_of(inside, CALL, OVER)))
        child.send_signal(signal.SIGSTOP)
        shutil.copytree(inside, seat.spool_dir, dirs_exist_ok=True)
    assert not files_of(seat.spool_dir, CALL, MANIFEST)
    seat.pull()
    assert spool.recover(seat.where) == []


def test_a_call_of_which_the_first_folder_has_but_the_name_is_logged_by_it(seat: CutSeat) -> None:
    killed_all_elsewhere(seat)
    call, recording = seat.settle(*seat.where)
    assert (call.outcome, call.reason, call.number, call.seat) == (Outcome.INTERRUPTED, REST_AWAY, "", "S01")
    assert missed(call, recording)
    assert seat.told[-1] == WAITS
    seat.plug()
    call, recording = seat.settle(*seat.where)
    assert (call.reason, call.number) == ("phone process died", "13800138000")
    assert recording is not None
    assert recording.kept is RecordingKept.KEPT


def test_a_call_lost_with_its_folder_but_for_the_name_is_told_as_unreadable(seat: CutSeat) -> None:
    killed_all_elsewhere(seat)
    seat.settle(*seat.where)
    call, recording = seat.settle(seat.spool_dir)
    assert call.reason == WhyMissing.UNREADABLE.value
    assert recording is not None
    assert (recording.kept, recording.why) == (RecordingKept.MISSING, WhyMissing.UNREADABLE.value)
    assert {file.suffix for file in (seat.spool_dir / spool.ASIDE).iterdir()} == {OVER, LEFT}
