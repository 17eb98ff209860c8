"""The disk of the seat's data is full: told in the window, and over by itself once there is space again. Whoever may
mount no disk plays it in a namespace of their own, where they may."""

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desk.demo.baresip import Baresip
from desk.demo.processes import wait_until
from desk.demo.seat import Seat
from desk.domain.call_log import Outcome, RecordingKept
from desk.domain.troubles import Trouble
from tests.end2end import continuity, kept
from tests.end2end.ground import Ground, Post, speaking

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]
DISK_MIB = 32
ROOT = Path(__file__).parents[2]
OWN_NAMESPACE = ["unshare", "--user", "--map-current-user", "--mount", "--keep-caps"]
_CAP_SYS_ADMIN, _MNT_DETACH = 21, 2


def may_mount() -> bool:
    status = Path("/proc/self/status")
    if not status.exists():
        return False
    held = next(line for line in status.read_text().splitlines() if line.startswith("CapEff:"))
    return bool(int(held.split()[1], 16) >> _CAP_SYS_ADMIN & 1)


mounts = pytest.mark.skipif(not may_mount(), reason="played in a namespace, see below")


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of its own for this folder. By the kernel's own call: `mount` obeys nobody but root."""
    folder.mkdir(parents=True, exist_ok=True)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"desk-test", os.fsencode(folder), b"tmpfs", 0, b"size=%dm" % DISK_MIB):
        raise OSError(ctypes.get_errno(), "mount", str(folder))
    try:
        yield
    finally:
        assert libc.umount2(os.fsencode(folder), _MNT_DETACH) == 0


class Ballast:
    def __init__(self, folder: Path) -> None:
        self._file = folder / "ballast"

    def fill(self) -> None:
        """Until not a byte more can be written."""
        with self._file.open("wb", buffering=0) as out:
            for size in (1 << 20, 4096, 1):
                try:
                    while out.write(b"\0" * size):
                        pass
                except OSError:
                    continue

    def drop(self) -> None:
        os.unlink(self._file)  # noqa: PTH108 - at once


def has_no_room_left(seat: Seat) -> bool:
    """Cut the store's write-ahead log off: what it has grown to before it would take some hundred letters yet."""
    with kept.store(seat) as store, store.read() as connection:
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    return not busy


@contextmanager
def post_on_small_disk(ground: Ground) -> Iterator[tuple[Post, Ballast]]:
    # A disk as small as this is always low: that warning is tried elsewhere.
    unwarned = {"recording": {"warn_free_mb": 0}}
    with ground.seat(empty=True, tables=unwarned) as seat, small_disk(seat.data_dir):
        # The test follows the seat by its log, which therefore may not lie on the disk that is going to be full.
        elsewhere = seat.folder / "log"
        elsewhere.mkdir()
        (seat.data_dir / "log").symlink_to(elsewhere)
        ground.fill(seat)
        try:
            yield Post(ground, seat).start(), Ballast(seat.data_dir)
        finally:
            seat.stop()


@mounts
def test_full_disk_mid_call_is_told_and_the_recording_stays_true_to_time(ground: Ground, resident: Baresip) -> None:
    with post_on_small_disk(ground) as (post, ballast):
        with speaking(ground):
            call_id = post.talk(resident)
            time.sleep(1.0)
            post.note()
            ballast.fill()
            post.told(Trouble.SPOOL_FULL)
            time.sleep(2.0)
            post.note()
            ballast.drop()
            post.told(None)
            time.sleep(1.0)
            post.hang_up(resident, call_id)
        assert kept.wait_call(post.seat, call_id).outcome is Outcome.ANSWERED
        entry = kept.wait_recording(post.seat, call_id)
        assert entry.kept is RecordingKept.KEPT
        file = kept.plain(post.seat, call_id)
        for channel, tape in enumerate((ground.caller_sound, ground.agent_sound)):
            way = continuity.way(file, tape, channel)
            assert way.begins_s < 1.0, (channel, way)
            assert way.ends_s * 1000 > entry.length_ms - 1000, (channel, way)
            assert way.worst_jump_ms <= 700, (channel, way, entry.marks)


@mounts
def test_full_disk_is_told_while_typing_and_the_text_is_saved_once_there_is_space(ground: Ground) -> None:
    with post_on_small_disk(ground) as (post, ballast):
        post.note()
        post.press("ctrl+n")
        post.after("form_opened")
        post.press("Tab", "Tab")
        text = "drips"
        post.type(text)
        kept.wait_typed(post.seat, "description", text)
        wait_until("a store that needs space for the next letter", lambda: has_no_room_left(post.seat), kept.WAIT_S)
        post.note()
        ballast.fill()
        post.type(" since noon")
        text += " since noon"
        post.told(Trouble.STORE_FULL)
        ballast.drop()
        post.told(None)  # or before: a byte that was given back may do for one more letter
        kept.wait_typed(post.seat, "description", text)


@pytest.mark.skipif(may_mount(), reason="played above")
@pytest.mark.timeout(600)
def test_both_are_played_by_whoever_may_mount_no_disk() -> None:
    if subprocess.run([*OWN_NAMESPACE, "true"], capture_output=True, check=False).returncode:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("this user may have no namespace of their own")
    played = subprocess.run(
        [*OWN_NAMESPACE, sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-rs", __file__],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )
    assert played.returncode == 0, played.stdout[-4000:]
    assert "2 passed" in played.stdout
