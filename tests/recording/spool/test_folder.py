"""The spool folder: what a dead phone process left is closed, what nobody understands is kept aside."""

import os
from pathlib import Path

import pytest

from desk.domain.identity import CallId
from desk.recording.spool import folder as spool
from desk.recording.spool.lines import encode_line, line_of, opening, started
from tests.recording.scene import CALL, RATE, Sound, answered, at, closed_spool, offered

OTHER = CallId("01957000-0000-7000-8000-000000000002")


def left_open(spool_dir: Path, call_id: CallId = CALL, tail: bytes = b"", audio: bytes = b"") -> Path:
    spool_dir.mkdir(exist_ok=True)
    lines = [opening(offered(call_id), "S01", "1001"), line_of(answered(call_id), None)]
    if audio:
        lines.append(started(at(3), RATE, 0))
        spool.audio_file(spool_dir, call_id).write_bytes(audio)
    file = spool.manifest_file(spool_dir, call_id)
    file.write_bytes(b"".join(encode_line(line) for line in lines if line is not None) + tail)
    return file


def test_an_open_manifest_is_closed_as_interrupted_at_its_last_write(tmp_path: Path) -> None:
    file = left_open(tmp_path, audio=bytes(RATE * 4))
    os.utime(file, (at(10).timestamp(), at(10).timestamp()))
    audio = spool.audio_file(tmp_path, CALL)
    os.utime(audio, (at(42).timestamp(), at(42).timestamp()))
    assert spool.pending(tmp_path) == []
    assert spool.recover(tmp_path) == [CALL]
    journal = spool.read(tmp_path, CALL)
    assert (journal.interrupted, journal.ended_at) == (True, at(42))
    assert spool.pending(tmp_path) == [CALL]


@pytest.mark.parametrize("tail", [b'{"event":"he', b"\0\0\0\0", b"\xff" * 40])
def test_a_torn_last_line_is_cut_off_and_nothing_else_is_lost(tmp_path: Path, tail: bytes) -> None:
    left_open(tmp_path, tail=tail)
    spool.recover(tmp_path)
    journal = spool.read(tmp_path, CALL)
    assert (journal.damaged_lines, journal.answered_at, journal.interrupted) == (0, at(3), True)


def test_recovering_twice_changes_nothing(tmp_path: Path) -> None:
    file = left_open(tmp_path)
    spool.recover(tmp_path)
    before = file.read_bytes()
    assert spool.recover(tmp_path) == []
    assert file.read_bytes() == before


def test_a_closed_manifest_is_left_alone(tmp_path: Path) -> None:
    closed_spool(tmp_path, Sound.steps([(8000, 0)]))
    before = spool.manifest_file(tmp_path, CALL).read_bytes()
    assert spool.recover(tmp_path) == []
    assert spool.manifest_file(tmp_path, CALL).read_bytes() == before


@pytest.mark.parametrize("garbage", [b"", b"\n", b"{}\n", b"\0" * 100, b"no json at all\n" * 3])
def test_a_manifest_that_says_nothing_is_set_aside_with_its_audio(tmp_path: Path, garbage: bytes) -> None:
    spool.manifest_file(tmp_path, CALL).write_bytes(garbage)
    spool.audio_file(tmp_path, CALL).write_bytes(b"1234")
    left_open(tmp_path, OTHER)
    assert spool.recover(tmp_path) == [OTHER]
    assert spool.pending(tmp_path) == [OTHER]
    assert (tmp_path / "aside" / f"{CALL}.jsonl").read_bytes() == garbage
    assert (tmp_path / "aside" / f"{CALL}.pcm").read_bytes() == b"1234"


def test_audio_without_a_manifest_is_set_aside(tmp_path: Path) -> None:
    spool.audio_file(tmp_path, CALL).write_bytes(b"1234")
    assert spool.recover(tmp_path) == []
    assert (tmp_path / "aside" / f"{CALL}.pcm").read_bytes() == b"1234"


def test_what_is_set_aside_never_takes_the_place_of_what_is_there(tmp_path: Path) -> None:
    for content in (b"one\n", b"two\n"):
        spool.manifest_file(tmp_path, CALL).write_bytes(content)
        spool.set_aside(tmp_path, CALL)
    assert sorted(file.read_bytes() for file in (tmp_path / "aside").iterdir()) == [b"one\n", b"two\n"]


def test_pending_calls_come_oldest_first_and_running_ones_not_at_all(tmp_path: Path) -> None:
    third = CallId("01957000-0000-7000-8000-000000000003")
    for call_id in (third, CALL):
        closed_spool(tmp_path, None, call_id)
    left_open(tmp_path, OTHER)
    assert spool.pending(tmp_path) == [CALL, third]


def test_a_manifest_being_begun_is_not_called_poison(tmp_path: Path) -> None:
    whole = encode_line(opening(offered(), "S01", "1001"))
    for cut in (0, 10, len(whole) - 1, len(whole)):
        spool.manifest_file(tmp_path, CALL).write_bytes(whole[:cut])
        assert spool.poisoned(tmp_path) == []


def test_a_spool_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert spool.pending(tmp_path / "none") == []
    assert spool.poisoned(tmp_path / "none") == []
    assert spool.recover(tmp_path / "none") == []
