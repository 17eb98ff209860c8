"""The recorder's promise, kept in real processes: kill -9 at any instant costs half a second at most and leaves
nothing unreadable; a full disk costs what did not fit and nothing else."""

import json
import random
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desk.recording.spool import folder as spool
from desk.recording.spool.interleave import deinterleave
from tests.recording.scene import CALL, FRAME_SAMPLES
from tests.recording.speaker import numbered

ROOT = Path(__file__).parents[3]
LOSS_MOST_S = 0.5
FRAME_S = 0.02
WAIT_S = 30.0

posix = pytest.mark.skipif(sys.platform == "win32", reason="limits and signals are POSIX's")


def speaker(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.recording.speaker", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count_of(counter: Path) -> int:
    return int(struct.unpack("<q", counter.read_bytes())[0])


@posix
def test_kill_9_at_any_instant_costs_half_a_second_at_most(tmp_path: Path) -> None:
    instants = random.Random(9)
    children = []
    for number, speed in enumerate((1.0, 1.0, 4.0, 4.0)):
        folder = tmp_path / str(number)
        folder.mkdir()
        counter = folder / "counter"
        counter.write_bytes(bytes(8))
        child = speaker("talk", str(folder / "spool"), str(counter), str(speed))
        children.append((folder, counter, speed, child))
    for folder, counter, speed, child in children:
        until_s = time.monotonic() + WAIT_S
        while count_of(counter) < 40 and time.monotonic() < until_s:
            time.sleep(0.01)
        time.sleep(instants.uniform(0, 0.3))
        child.kill()
        child.communicate(timeout=WAIT_S)
        said = count_of(counter)
        assert said >= 40
        left, right = deinterleave(spool.audio_file(folder / "spool", CALL).read_bytes())
        assert left == right
        kept = len(left) // (FRAME_SAMPLES * 2)
        assert left[: kept * FRAME_SAMPLES * 2] == b"".join(numbered(number) for number in range(kept))
        # At four times the pace half a second of speech is an eighth of a second of time.
        assert (said - kept) * FRAME_S / speed <= LOSS_MOST_S
        assert spool.recover(folder / "spool") == [CALL]
        journal = spool.read(folder / "spool", CALL)
        assert (journal.interrupted, journal.damaged_lines) == (True, 0)
        assert journal.answered_at is not None


@posix
def test_a_disk_that_fills_up_costs_a_gap_and_the_call_goes_on(tmp_path: Path) -> None:
    limit = 100_000
    child = speaker("fill", str(tmp_path), str(limit), "returns")
    out, err = child.communicate(timeout=WAIT_S)
    assert child.returncode == 0, err
    assert json.loads(out)["told"] == ["spool_full"]
    assert json.loads(out)["mended"] == 1
    journal = spool.read(tmp_path, CALL)
    assert [failure.partition(":")[0] for failure in journal.failures] == ["spool_full"]
    assert journal.ended_at is not None
    gaps = [mark for mark in journal.marks if mark.name == "gap"]
    left, right = deinterleave(spool.audio_file(tmp_path, CALL).read_bytes())
    assert left == right
    spoken = b"".join(numbered(number) for number in range(json.loads(out)["said"]))
    assert len(left) == len(spoken)  # true to time: what is missing is silence of its length
    assert left[: limit // 2 - 2] == spoken[: limit // 2 - 2]
    last = gaps[-1]
    gap_end = (last.audio_ms + int(last.detail.split()[0]) + 1) * 16 * 2
    assert left[gap_end:] == spoken[gap_end:]


@posix
@pytest.mark.parametrize("limit", [100_000, 300, 0])
def test_a_disk_that_stays_full_costs_audio_and_no_line_of_the_manifest(tmp_path: Path, limit: int) -> None:
    child = speaker("fill", str(tmp_path), str(limit), "stays")
    out, err = child.communicate(timeout=WAIT_S)
    assert child.returncode == 0, err
    assert json.loads(out)["told"] == ["spool_full"]
    journal = spool.read(tmp_path, CALL)
    assert (journal.damaged_lines, journal.cause) == (0, 200)
    assert spool.pending(tmp_path) == [CALL]
    audio = spool.audio_file(tmp_path, CALL)
    assert not audio.exists() or audio.stat().st_size <= limit
