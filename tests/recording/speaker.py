"""Two programs for the crash tests: a phone process reduced to its recorder. Run as
`python -m tests.recording.speaker talk SPOOL COUNTER SPEED [SECOND BYTES]` or `... fill SPOOL`."""

import json
import mmap
import struct
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from desk.domain.identity import CallId
from desk.domain.troubles import Wrong
from desk.recording.spool import folder as spool
from desk.recording.spool.recorder import SpoolRecorder
from tests.recording.scene import CALL, FRAME_SAMPLES, RATE, answered, ended, offered

FRAME_S = 0.02


def now() -> datetime:
    return datetime.now(UTC)


def numbered(number: int) -> bytes:
    """A frame that says which one it is."""
    return struct.pack("<hh", number % 30_000, number // 30_000) * (FRAME_SAMPLES // 2)


def talk(spool_dir: Path, counter: Path, speed: float, second: Path | None = None, limit: int = 0) -> None:
    """Speak for ever, `speed` times as fast as real, and count in a shared page what was handed over. `limit`: so much
    of a file, and the next one begins in the second folder."""
    recorder = SpoolRecorder(
        spool_dir,
        now,
        seat="S01",
        agent=lambda: "1001",
        on_failed=lambda _call_id, _wrong: None,
        second_folder=second,
    )
    if limit:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    recorder.note(offered())
    recorder.note(answered())
    recorder.start(CALL, RATE)
    with counter.open("r+b") as handle:
        page = mmap.mmap(handle.fileno(), 8)
    due_s = time.monotonic()
    number = 0
    while True:
        recorder.write(CALL, numbered(number), numbered(number))
        number += 1
        page[:8] = struct.pack("<q", number)
        due_s += FRAME_S / speed
        time.sleep(max(0.0, due_s - time.monotonic()))


def fill(spool_dir: Path, limit: int, *, space_returns: bool) -> None:
    """Speak into a disk that takes `limit` bytes per file, and says so as a full one does; print what was told."""
    import resource

    failed = threading.Event()
    told: list[str] = []
    mended: list[str] = []

    def on_failed(_call_id: CallId, wrong: Wrong) -> None:
        told.append(wrong.trouble.value)
        failed.set()

    recorder = SpoolRecorder(
        spool_dir, now, seat="S01", agent=lambda: "1001", on_failed=on_failed, on_mended=mended.append
    )
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    recorder.note(offered())
    recorder.note(answered())
    recorder.start(CALL, RATE)
    said = 0

    def say(frames: int) -> None:
        nonlocal said
        for _ in range(frames):
            recorder.write(CALL, numbered(said), numbered(said))
            said += 1

    def talk_until(condition: Callable[[], bool]) -> None:
        until_s = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < until_s
            say(1)
            time.sleep(FRAME_S / 4)

    say(250)
    talk_until(failed.is_set)
    if space_returns:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        talk_until(lambda: _size(spool_dir) > limit)
        say(50)
    recorder.note(ended())
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    recorder.close()
    print(json.dumps({"told": told, "mended": len(mended), "said": said}))


def _size(spool_dir: Path) -> int:
    file = spool.audio_file(spool_dir, CALL)
    return file.stat().st_size if file.exists() else 0


if __name__ == "__main__":
    what, folder, *rest = sys.argv[1:]
    if what == "talk":
        second, limit = (Path(rest[2]), int(rest[3])) if rest[2:] else (None, 0)
        talk(Path(folder), Path(rest[0]), float(rest[1]), second, limit)
    else:
        fill(Path(folder), int(rest[0]), space_returns=rest[1] == "returns")
