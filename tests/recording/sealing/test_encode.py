"""Sealing: whole, in its own channels, verified before it has a name, and the same however often it is interrupted."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.events import CallHeld
from desk.recording.playing.decode import Decoder
from desk.recording.sealing import encode as sealing
from desk.recording.sealing.encode import SealError, decoded_length_ms, file_of, seal
from desk.recording.spool import folder as spool
from desk.recording.spool.manifest import encode_line, failed, interrupted_end, line_of, opening, started
from tests.recording.scene import CALL, RATE, Sound, answered, at, closed_spool, ended, offered

SILENT_DBFS = -50.0


def decoded(file: Path) -> npt.NDArray[np.float64]:
    with Decoder(file) as decoder:
        blocks = []
        while block := decoder.read():
            blocks.append(block)
    return np.frombuffer(b"".join(blocks), dtype="<i2").reshape(-1, 2) / 32768.0


def dbfs(samples: npt.NDArray[np.float64]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-9))


def sealed(tmp_path: Path, audio: bytes | None, bitrate: int = 32_000, rate_hz: int = RATE) -> RecordingEntry:
    closed_spool(tmp_path / "spool", audio, rate_hz=rate_hz)
    return seal(tmp_path / "spool", CALL, tmp_path / "recordings", bitrate)


@pytest.mark.parametrize("bitrate", [0, 16_000, 24_000, 32_000, 10**9])
def test_who_is_silent_stays_silent_in_his_own_channel(tmp_path: Path, bitrate: int) -> None:
    entry = sealed(tmp_path, Sound.steps([(9000, 0), (9000, 0), (0, 9000), (0, 9000)]), bitrate)
    sound = decoded(tmp_path / "recordings" / entry.file)
    second = 48_000
    assert dbfs(sound[second // 2 : 2 * second - second // 4, 1]) < SILENT_DBFS
    assert dbfs(sound[2 * second + second // 2 : 4 * second, 0]) < SILENT_DBFS
    assert dbfs(sound[: 2 * second, 0]) > -30
    assert dbfs(sound[2 * second :, 1]) > -30


@pytest.mark.parametrize("bitrate", [16_000, 32_000])
def test_two_who_speak_at_once_do_not_leak_into_each_other(tmp_path: Path, bitrate: int) -> None:
    seconds = np.arange(3 * RATE) / RATE
    low = 9000 * np.sin(2 * np.pi * 300 * seconds)
    high = 9000 * np.sin(2 * np.pi * 2500 * seconds)
    audio = np.stack([low, high], axis=1).astype("<i2").tobytes()
    sound = decoded(tmp_path / "recordings" / sealed(tmp_path, audio, bitrate).file)[24_000:96_000]
    power = np.abs(np.fft.rfft(sound, axis=0)) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / 48_000)
    for channel, (own, other) in enumerate(((300, 2500), (2500, 300))):
        mine = power[np.abs(hz - own) < 50, channel].sum()
        leaked = power[np.abs(hz - other) < 50, channel].sum()
        assert 10 * np.log10(leaked / mine) < SILENT_DBFS


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_the_recording_is_as_long_as_the_call_at_any_rate(tmp_path: Path, rate_hz: int) -> None:
    samples = int(2.345 * rate_hz)
    audio = np.stack([np.arange(samples) % 3000, np.zeros(samples)], axis=1).astype("<i2").tobytes()
    entry = sealed(tmp_path, audio, rate_hz=rate_hz)
    assert abs(entry.length_ms - 2345) <= 1
    assert abs(decoded_length_ms(tmp_path / "recordings" / entry.file) - 2345) <= 100


@pytest.mark.parametrize("samples", [1, 100, 320, 959, 961])
def test_even_the_shortest_call_is_kept(tmp_path: Path, samples: int) -> None:
    assert sealed(tmp_path, bytes(4 * samples)).kept is RecordingKept.KEPT


def test_the_entry_says_where_it_is_how_long_and_what_it_must_be(tmp_path: Path) -> None:
    entry = sealed(tmp_path, Sound.steps([(9000, 0)]))
    file = tmp_path / "recordings" / entry.file
    assert entry.file == f"2026/03/05/{CALL}.opus"
    assert entry.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (entry.kept, entry.length_ms, entry.interrupted, entry.why) == (RecordingKept.KEPT, 1000, False, "")
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_marks_and_nothing_about_the_caller_are_in_the_file(tmp_path: Path) -> None:
    spool_dir = tmp_path / "spool"
    spool_dir.mkdir()
    lines = [
        opening(offered(number="13800138000"), "S01", "1001"),
        started(at(3), RATE, 0),
        line_of(answered(), 0),
        line_of(CallHeld(CALL, at(4)), 500),
        line_of(ended(), 1000),
    ]
    spool.manifest_file(spool_dir, CALL).write_bytes(b"".join(encode_line(line) for line in lines if line))
    spool.audio_file(spool_dir, CALL).write_bytes(Sound.steps([(9000, 0)]))
    entry = seal(spool_dir, CALL, tmp_path / "recordings", 32_000)
    assert entry.marks == ("0.000 answered", "0.500 held")
    file = tmp_path / "recordings" / entry.file
    with Decoder(file) as decoder:
        assert decoder.comments["DESK_MARKS"] == "0.000 answered; 0.500 held"
        assert decoder.comments["CALL_ID"] == CALL
    content = file.read_bytes()
    assert b"13800138000" not in content
    assert "王女士".encode() not in content


def test_the_spool_is_left_for_the_one_who_logs_the_call(tmp_path: Path) -> None:
    sealed(tmp_path, Sound.steps([(9000, 0)]))
    assert spool.pending(tmp_path / "spool") == [CALL]
    assert spool.audio_file(tmp_path / "spool", CALL).exists()


def test_sealed_again_it_is_the_same_file(tmp_path: Path) -> None:
    first = sealed(tmp_path, Sound.steps([(9000, 0)]))
    file = tmp_path / "recordings" / first.file
    written = file.stat().st_mtime_ns
    assert seal(tmp_path / "spool", CALL, tmp_path / "recordings", 32_000) == first
    assert file.stat().st_mtime_ns == written


@pytest.mark.parametrize("wreck", [b"", b"OggS", b"\0" * 3000])
def test_a_wreck_under_its_name_is_replaced(tmp_path: Path, wreck: bytes) -> None:
    closed_spool(tmp_path / "spool", Sound.steps([(9000, 0)]))
    target = tmp_path / "recordings" / file_of(spool.read(tmp_path / "spool", CALL))
    target.parent.mkdir(parents=True)
    target.write_bytes(wreck)
    entry = seal(tmp_path / "spool", CALL, tmp_path / "recordings", 32_000)
    assert abs(decoded_length_ms(target) - 1000) <= 100
    assert entry.kept is RecordingKept.KEPT


def test_what_does_not_come_back_whole_never_gets_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "decoded_length_ms", lambda _file: 10)
    with pytest.raises(SealError, match="1000 ms were recorded, 10 ms came back"):
        sealed(tmp_path, Sound.steps([(9000, 0)]))
    assert not [path for path in (tmp_path / "recordings").rglob("*") if path.is_file()]
    assert spool.audio_file(tmp_path / "spool", CALL).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX's")
def test_killed_at_any_point_it_is_simply_done_again(tmp_path: Path) -> None:
    closed_spool(tmp_path / "spool", Sound.steps([(9000, 9000)] * 8))
    recordings = tmp_path / "recordings"
    program = (
        "import sys; from pathlib import Path; from desk.recording.sealing.encode import seal;"
        "print('on', flush=True); seal(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), 32000)"
    )
    for delay_s in (0.0, 0.06, 0.15):
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "spool"), CALL, str(recordings)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay_s)
        child.kill()
        child.communicate()
    entry = seal(tmp_path / "spool", CALL, recordings, 32_000)
    files = [path for path in recordings.rglob("*") if path.is_file()]
    assert [path.relative_to(recordings).as_posix() for path in files] == [entry.file]
    assert abs(decoded_length_ms(files[0]) - 8000) <= 100


def test_a_torn_last_sample_is_left_out(tmp_path: Path) -> None:
    closed_spool(tmp_path / "spool", Sound.steps([(9000, 0)]))
    with spool.audio_file(tmp_path / "spool", CALL).open("ab") as handle:
        handle.write(b"\1\2\3")
    assert seal(tmp_path / "spool", CALL, tmp_path / "recordings", 32_000).length_ms == 1000


MISSING = {
    "not answered": [line_of(ended(cause=487), None)],
    "interrupted before audio": [line_of(answered(), None), interrupted_end(at(5), 0)],
    "no audio came": [line_of(answered(), None), started(at(3), RATE, 0), line_of(ended(), 0)],
    "disk full: No space left on device": [
        line_of(answered(), None),
        started(at(3), RATE, 0),
        failed(at(4), 0, "spool_full: No space left on device"),
        line_of(ended(), 57_000),
    ],
    "spool not writable: Permission denied": [
        line_of(answered(), None),
        started(at(3), RATE, 0),
        failed(at(4), 0, "spool_unwritable: Permission denied"),
        line_of(ended(), 57_000),
    ],
    "audio file lost": [
        line_of(answered(), None),
        started(at(3), RATE, 0),
        line_of(CallHeld(CALL, at(4)), 500),
        line_of(ended(), 57_000),
    ],
}


@pytest.mark.parametrize("why", MISSING)
def test_a_call_without_audio_says_why(tmp_path: Path, why: str) -> None:
    lines = [opening(offered(), "S01", "1001"), *(line for line in MISSING[why] if line)]
    spool.manifest_file(tmp_path, CALL).write_bytes(b"".join(encode_line(line) for line in lines))
    entry = seal(tmp_path, CALL, tmp_path / "recordings", 32_000)
    assert (entry.kept, entry.why, entry.file) == (RecordingKept.MISSING, why, "")
    assert not (tmp_path / "recordings").exists()


def test_a_recording_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows keeps rights in lists, not in modes")
    entry = sealed(tmp_path, Sound.steps([(9000, 0)]))
    assert (tmp_path / "recordings" / entry.file).stat().st_mode & 0o077 == 0
