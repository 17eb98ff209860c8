"""Segments read as one, wherever they lie; overflow and mirror as they are written and read back; what a power cut and
kill -9 leave."""

import contextlib
import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.events import RecordingPaused
from desk.domain.identity import CallId
from desk.domain.troubles import Trouble
from desk.recording.spool import folder as spool
from desk.recording.spool import segments
from desk.recording.spool.file import SpoolFile
from desk.recording.spool.interleave import interleave
from desk.recording.spool.lines import encode_line, line_of, opening, started
from desk.recording.spool.look import Looked, SpoolLook
from desk.recording.spool.mirror import Mirror
from desk.recording.spool.part import Growing, open_growing
from desk.recording.spool.recorder import SpoolRecorder
from desk.recording.spool.space import BYTES_PER_HOUR, Space
from desk.recording.spool.state import SpoolState
from desk.recording.spool.told import told
from desk.recording.spool.track import Folders, Track
from desk.recording.spool.writer import Close, Note, SpoolWriter
from tests.recording.scene import CALL, RATE, Failures, Seconds, answered, at, closed_spool, ended, frame, offered

Make = Callable[..., SpoolRecorder]
WAIT_S = 20.0


class Disks:
    """Real files, but each folder takes no more than so many bytes in all (None = as many as come), or none at all."""

    def __init__(self, **room: int | None) -> None:
        self.room = room

    def open(self, path: Path) -> Growing:
        if self.room.get(path.parent.name, 0) == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return _Limited(self, open_growing(path), path.parent.name)


class _Limited:
    def __init__(self, disks: Disks, file: Growing, folder: str) -> None:
        self._disks, self._file, self._folder = disks, file, folder

    def write(self, data: bytes | bytearray, /) -> int | None:
        room = self._disks.room[self._folder]
        if room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self._file.write(data[:room]) or 0
        if room is not None:
            self._disks.room[self._folder] = room - written
        return written

    def seek(self, offset: int, /) -> int:
        return self._file.seek(offset)

    def truncate(self, size: int, /) -> int:
        return self._file.truncate(size)

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()


def joined(where: segments.Where, suffix: str = segments.AUDIO) -> bytes:
    return b"".join(segments.read(segments.pieces(segments.segments(where, CALL, suffix)), 7))


@given(
    st.lists(st.tuples(st.sampled_from(["first", "second"]), st.integers(0, 30)), max_size=20),
    st.lists(st.integers(1, 12), min_size=20, max_size=20),
)
def test_nothing_is_dropped_while_either_folder_has_one_byte_free(
    tmp_path_factory: pytest.TempPathFactory, freed: list[tuple[str, int]], sizes: list[int]
) -> None:
    base = tmp_path_factory.mktemp("spool")
    disks = Disks(first=5, second=0)
    file = SpoolFile(
        segments.segment_file(base / "first", CALL, segments.AUDIO),
        1_000_000,
        open_file=disks.open,
        overflow=base / "second",
    )
    said = bytearray()
    for (folder, bytes_), size in zip(freed + [("first", 0)] * (20 - len(freed)), sizes, strict=True):
        disks.room[folder] = (disks.room[folder] or 0) + bytes_
        part = bytes((len(said) + place) % 255 + 1 for place in range(size))
        said += part
        file.add(part)
        try:
            file.write()
        except OSError:
            assert disks.room == {"first": 0, "second": 0}  # only where no byte is free anywhere
        where = (base / "first", base / "second")
        assert joined(where) == said[: len(said) - file.waiting_bytes]
    disks.room = {"first": None, "second": None}
    file.write()
    file.close()
    assert joined((base / "first", base / "second")) == said


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=8))
def test_segments_that_overlap_agree_and_what_none_has_is_silence(spans: list[tuple[int, int]]) -> None:
    whole = bytes(range(1, 101))
    found = [segments.Segment(Path(f"{start}"), start, size) for start, size in spans]
    plan = segments.pieces(found)
    assert sum(piece.length for piece in plan) == max((one.end for one in found), default=0)
    read, place = bytearray(), 0
    for piece in plan:
        start = int(str(piece.path)) + piece.offset if piece.path else place
        read += whole[start : start + piece.length] if piece.path else bytes(piece.length)
        place += piece.length
    covered = {at for one in found for at in range(one.start, one.end)}
    assert bytes(read) == bytes(whole[at] if at in covered else 0 for at in range(len(read)))


def recorder_of(
    first: Path, second: Path, mirror: bool, failures: Failures
) -> tuple[SpoolRecorder, list[set[Trouble]]]:
    told: list[set[Trouble]] = []
    recorder = SpoolRecorder(
        first,
        lambda: at(1),
        seat="S01",
        agent=lambda: "1001",
        on_failed=failures.on_failed,
        on_mended=failures.on_mended,
        monotonic=Seconds(),
        second_folder=second,
        mirror=mirror,
        on_state=lambda troubles: told.append(set(troubles)),
    )
    return recorder, told


def call_of_seconds(recorder: SpoolRecorder, seconds: int = 1) -> bytes:
    recorder.note(offered())
    recorder.note(answered())
    recorder.start(CALL, RATE)
    for number in range(seconds * 50):
        recorder.write(CALL, frame(number + 1), frame(-number - 1))
    recorder.note(ended())
    return b"".join(
        (number + 1).to_bytes(2, "little", signed=True) + (-number - 1).to_bytes(2, "little", signed=True)
        for number in range(seconds * 50)
        for _ in range(320)
    )


def test_a_first_folder_that_refuses_everything_costs_not_a_word(tmp_path: Path, failures: Failures) -> None:
    (tmp_path / "in-the-way").write_text("no folder")
    where = (tmp_path / "in-the-way" / "spool", tmp_path / "second")
    recorder, told = recorder_of(*where, mirror=False, failures=failures)
    said = call_of_seconds(recorder)
    recorder.close()
    assert not failures.failed
    assert {Trouble.SPOOL_SECOND} in told
    assert told[-1] == set()
    assert joined(where) == said
    assert spool.pending(where) == []  # not while the folder that has some of it may be away
    (tmp_path / "in-the-way").unlink()
    where[0].mkdir(parents=True)
    assert spool.pending(where) == [CALL]
    assert [mark.name for mark in spool.read(where, CALL).marks] == ["overflowed"]
    spool.remove(where, CALL)
    assert spool.pending(where) == []
    assert not list((tmp_path / "second").iterdir())


def test_a_mirror_has_all_of_a_call_and_either_folder_alone_is_enough(tmp_path: Path, failures: Failures) -> None:
    where = (tmp_path / "first", tmp_path / "second")
    recorder, told = recorder_of(*where, mirror=True, failures=failures)
    said = call_of_seconds(recorder)
    recorder.close()
    assert told == []
    for folder in where:
        assert joined(folder) == said
        assert spool.read(folder, CALL).cause == 200
    for file in where[0].iterdir():
        file.unlink()
    assert spool.pending(where) == [CALL]
    assert b"".join(spool.audio_blocks(where, CALL, 1000)) == said


def test_a_mirror_that_fails_costs_the_first_folder_nothing_and_is_told(tmp_path: Path, failures: Failures) -> None:
    (tmp_path / "in-the-way").write_text("no folder")
    where = (tmp_path / "first", tmp_path / "in-the-way" / "mirror")
    recorder, told = recorder_of(*where, mirror=True, failures=failures)
    said = call_of_seconds(recorder)
    recorder.close()
    assert joined(where[0]) == said
    assert {Trouble.SPOOL_SECOND} in told
    assert not failures.failed


def test_a_first_folder_that_fails_is_made_good_by_the_mirror(tmp_path: Path, failures: Failures) -> None:
    (tmp_path / "in-the-way").write_text("no folder")
    where = (tmp_path / "in-the-way" / "spool", tmp_path / "mirror")
    recorder, told = recorder_of(*where, mirror=True, failures=failures)
    said = call_of_seconds(recorder)
    recorder.close()
    assert not failures.failed  # the call is recorded
    assert {Trouble.SPOOL_SECOND} in told
    assert joined(where) == said
    assert spool.pending(where) == [CALL]
    assert spool.read(where, CALL).failures == ()


def test_a_mirror_that_is_away_for_a_while_begins_a_segment_behind_what_it_missed(tmp_path: Path) -> None:
    folder, changed = tmp_path / "mirror", threading.Event()
    folder.write_text("no folder")
    mirror = Mirror(folder, lambda error: changed.set() if error else None)
    mirror.start()
    mirror.add(CALL, segments.AUDIO, b"abcd")
    assert changed.wait(WAIT_S)
    folder.unlink()
    mirror.add(CALL, segments.AUDIO, b"efgh")
    mirror.close(CALL)
    mirror.stop(WAIT_S)
    assert joined(folder) == b"abcdefgh"
    assert mirror.healthy


def left_behind(where: tuple[Path, Path], lines: bytes, cut: int, audio: list[tuple[int, bytes]]) -> None:
    for folder in where:
        folder.mkdir(exist_ok=True)
    spool.manifest_file(where[0], CALL).write_bytes(lines[:cut] + bytes(100))
    segments.segment_file(where[1], CALL, segments.MANIFEST, cut).write_bytes(lines[cut:] + bytes(50))
    for number, (start, data) in enumerate(audio):
        segments.segment_file(where[number % 2], CALL, segments.AUDIO, start).write_bytes(data)


def a_manifest(folder: Path) -> bytes:
    recorder = SpoolRecorder(
        folder, lambda: at(1), seat="S01", agent=lambda: "1001", on_failed=Failures().on_failed, monotonic=Seconds()
    )
    recorder.note(offered())
    recorder.note(answered())
    recorder.start(CALL, RATE)
    recorder.note(RecordingPaused(CALL, at(4), on=True))
    recorder.note(RecordingPaused(CALL, at(5), on=False))
    recorder.close()
    return spool.manifest_bytes(folder, CALL)


def test_a_call_that_died_across_two_folders_is_closed_as_one_wherever_its_manifest_was_cut(tmp_path: Path) -> None:
    lines = a_manifest(tmp_path / "made")
    for cut in range(1, len(lines), 29):
        where = (tmp_path / f"first{cut}", tmp_path / f"second{cut}")
        left_behind(where, lines, cut, [(0, bytes(64_000)), (128_000, bytes(64_000))])
        assert spool.recover(where) == [CALL]
        journal = spool.read(where, CALL)
        assert (journal.interrupted, journal.damaged_lines) == (True, 0)
        names = [(mark.name, mark.audio_ms, mark.detail) for mark in journal.marks]
        assert ("gap", 1000, f"1000 ms {spool.LOST}") in names
        assert [name for name, _, _ in names if name.startswith("recording_")] == [
            "recording_paused",
            "recording_resumed",
        ]
        assert spool.audio_bytes(where, CALL) == 192_000
        assert spool.recover(where) == []
        assert spool.pending(where) == [CALL]


def test_a_call_that_went_on_in_a_folder_that_is_away_is_left_alone_until_it_is_back(tmp_path: Path) -> None:
    where = (tmp_path / "first", tmp_path / "second")
    lines = a_manifest(tmp_path / "made")
    overflowed = lines + b'{"event":"overflowed","at":"2026-03-05T09:30:01.000000Z"}\n'
    (tmp_path / "first").mkdir(exist_ok=True)
    spool.manifest_file(tmp_path / "first", CALL).write_bytes(overflowed)
    assert spool.recover(where) == []
    assert spool.poisoned(where) == []
    (tmp_path / "second").mkdir()
    assert spool.recover(where) == []  # the keeper's by now, which need not wait for a new phone process
    assert spool.close_left(where, CALL)
    assert spool.pending(where) == [CALL]


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_power_cut_leaves_what_was_synced_and_the_manifest_says_how_much(
    tmp_path_factory: pytest.TempPathFactory, audio_frames: int, line_bytes: int
) -> None:
    """The power fails: of each file only its synced size is there; a manifest's lines are synced one by one."""
    folder = tmp_path_factory.mktemp("cut")
    lines = a_manifest(folder / "made")
    synced = lines[: max(lines.find(b"\n") + 1, len(lines) - line_bytes)]
    spool.manifest_file(folder, CALL).write_bytes(synced)
    spool.audio_file(folder, CALL).write_bytes(bytes(audio_frames * 4 + 2))
    assert spool.recover(folder) == [CALL]
    journal = spool.read(folder, CALL)
    assert journal.interrupted
    assert sum(map(len, spool.audio_blocks(folder, CALL, 50))) == audio_frames * 4


def test_space_is_told_low_with_the_hours_that_fit_and_well_only_when_there_is_clearly_more() -> None:
    free = {Path("a"): BYTES_PER_HOUR * 10, Path("b"): 0}
    space = Space([Path("a")], BYTES_PER_HOUR * 4, lambda folder: free[folder])
    assert space.look() == ""
    free[Path("a")] = BYTES_PER_HOUR * 3
    assert "3.0 h" in space.look()
    free[Path("a")] = int(BYTES_PER_HOUR * 4.5)
    assert "4.5 h" in space.look()
    free[Path("a")] = BYTES_PER_HOUR * 5
    assert space.look() == ""
    assert Space([Path("a")], 1, lambda _folder: None).look() == ""


def test_a_state_is_told_when_it_changes_and_not_again() -> None:
    """The hours that are left are those of now, not those of the first warning."""
    told: list[dict[Trouble, str]] = []
    state = SpoolState(lambda troubles: told.append(dict(troubles)))
    for detail in ("1 h", "1 h", "0.5 h", ""):
        state.is_(Trouble.SPOOL_LOW, "space", detail)
    state.is_(Trouble.SPOOL_SECOND, "c1", "")
    assert told == [{Trouble.SPOOL_LOW: "1 h"}, {Trouble.SPOOL_LOW: "0.5 h"}, {}]


def test_a_clock_that_is_set_during_a_call_leaves_a_mark(tmp_path: Path) -> None:
    seconds, ahead = Seconds(), [0.0]
    recorder = SpoolRecorder(
        tmp_path,
        lambda: at(seconds() + ahead[0]),
        seat="S01",
        agent=lambda: "1001",
        on_failed=Failures().on_failed,
        monotonic=seconds,
    )
    recorder.note(offered())
    recorder.note(answered())
    recorder.start(CALL, RATE)
    audio = spool.audio_file(tmp_path, CALL)
    for turn in range(2):
        recorder.write(CALL, frame(1), frame(1))
        until = threading.Event()
        for _ in range(400):
            if audio.exists() and audio.stat().st_size >= 1280 * (turn + 1):
                break
            until.wait(0.05)
        ahead[0] = 3600.0
    recorder.note(ended())
    recorder.close()
    assert [mark.text for mark in spool.read(tmp_path, CALL).marks] == ["0.040 clock_changed +3600.0 s"]


def test_another_calls_segments_are_not_taken_for_this_ones(tmp_path: Path) -> None:
    other = CallId(f"{CALL}9")
    spool.audio_file(tmp_path, other).write_bytes(b"1234")
    (tmp_path / f"{CALL}.x.pcm").write_bytes(b"1234")
    assert segments.segments(tmp_path, CALL, segments.AUDIO) == []
    assert segments.calls(tmp_path, segments.AUDIO) == [other]


def mirrored_call_refused(tmp_path: Path) -> tuple[tuple[Path, Path], bytes]:
    """A mirrored call whose first folder takes nothing between its first second and its end: where it lies, and what
    was said."""
    where = (tmp_path / "first", tmp_path / "share" / "S01")
    where[1].parent.mkdir()
    disks, seconds = Disks(first=None, S01=None), Seconds()
    state = SpoolState(lambda _troubles: None)
    mirror = Mirror(where[1], lambda _error: None)
    mirror.start()
    writer = SpoolWriter(lambda: at(1), seconds, lambda *_: None, lambda _: None, state, Space((), 0))
    track = Track(Folders(where[0], None, mirror), CALL)
    writer.start()
    writer.post(Note(track, opening(offered(), "S01", "1001", mirrored=True)))
    track.begin(RATE, seconds())
    assert track.audio is not None
    track.audio._open_file = disks.open
    writer.post(Note(track, started(at(3), RATE, 0)))
    said = b""
    for number in range(400):
        if number == 50:
            settled(lambda: (where[0] / f"{CALL}.pcm").stat().st_size == 50 * 1280)
            disks.room["first"] = 0
        said += interleave(frame(number + 1), frame(-number - 1))
        seconds.now_s += 0.02
        track.frame(frame(number + 1), frame(-number - 1), seconds())
    done = threading.Event()
    track.running = False
    writer.post(Close(track, line_of(ended(), track.audio_ms), done))
    assert done.wait(WAIT_S)
    writer.stop(WAIT_S)
    mirror.stop(WAIT_S)
    return where, said


def settled(condition: Callable[[], bool]) -> None:
    until = threading.Event()
    for _ in range(400):
        with contextlib.suppress(FileNotFoundError):
            if condition():
                return
        until.wait(0.05)
    raise AssertionError("it never came to be")


def test_what_only_the_mirror_has_is_waited_for_while_its_folder_is_away(tmp_path: Path) -> None:
    where, said = mirrored_call_refused(tmp_path)
    assert spool.read(where[0], CALL).cause == 200  # its manifest is closed in the first folder, its audio is not whole
    assert len(joined(where[0])) < len(said)
    assert joined(where) == said
    assert spool.pending(where) == [CALL]
    look = SpoolLook(where)
    assert look.now().pending == (CALL,)
    where[1].parent.rename(tmp_path / "away")
    assert look.now() == Looked(withheld=(CALL,))
    assert told(where, CALL, "S01").cause == 200  # what the call log wants to know is here
    for read in (spool.read, spool.audio_bytes):  # nor by whoever found it pending just before
        with pytest.raises(spool.FolderAway):
            read(where, CALL)
    (tmp_path / "away").rename(where[1].parent)
    assert look.now().pending == (CALL,)
    for file in where[1].glob("*.pcm"):
        file.unlink()  # nobody has it any more
    lost = spool.read(where, CALL).marks[-1]
    kept_ms = len(joined(where)) // 64
    assert (lost.name, lost.audio_ms, lost.detail) == ("gap", kept_ms, f"{8000 - kept_ms} ms {spool.LOST}")


def test_a_hole_that_no_line_tells_of_is_waited_for_and_told_where_nobody_has_it(tmp_path: Path) -> None:
    where = (tmp_path / "first", tmp_path / "share")
    closed_spool(where[0], bytes(RATE * 4) * 3)
    audio = spool.audio_file(where[0], CALL)
    whole = audio.read_bytes()
    audio.write_bytes(whole[: RATE * 4])
    segments.segment_file(where[0], CALL, segments.AUDIO, RATE * 8).write_bytes(whole[RATE * 8 :])
    assert spool.pending(where) == []
    where[1].mkdir()
    assert spool.pending(where) == [CALL]
    assert [mark.text for mark in spool.read(where, CALL).marks][-1] == f"1.000 gap 1000 ms {spool.LOST}"


def test_a_mirrored_call_is_not_called_interrupted_while_its_end_may_be_in_the_mirror(tmp_path: Path) -> None:
    where = (tmp_path / "first", tmp_path / "share")
    closed_spool(where[0], None)
    manifest = spool.manifest_file(where[0], CALL)
    opened = encode_line(opening(offered(), "S01", "1001", mirrored=True))
    whole = opened + b"".join(manifest.read_bytes().splitlines(keepends=True)[1:])
    manifest.write_bytes(opened)  # the first folder took no more
    assert spool.recover(where) == []
    where[1].mkdir()
    spool.manifest_file(where[1], CALL).write_bytes(whole)
    assert spool.recover(where) == []
    assert not spool.read(where, CALL).interrupted
    spool.manifest_file(where[1], CALL).write_bytes(opened)
    assert spool.close_left(where, CALL)  # it is not in there


def test_a_look_at_many_calls_lists_each_folder_once_and_reads_no_closed_manifest_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_spool(tmp_path, None)
    manifest = spool.manifest_file(tmp_path, CALL).read_bytes()
    many = [CallId(f"01957000-0000-7000-8000-{number:012d}") for number in range(1, 201)]
    for call_id in many:
        spool.manifest_file(tmp_path, call_id).write_bytes(manifest.replace(CALL.encode(), call_id.encode()))
    listed: list[Path] = []
    read: list[Path] = []
    scandir, read_bytes = os.scandir, Path.read_bytes

    def listing(folder: Path) -> Any:
        listed.append(folder)
        return scandir(folder)

    def reading(path: Path) -> bytes:
        read.append(path)
        return read_bytes(path)

    monkeypatch.setattr(os, "scandir", listing)
    monkeypatch.setattr(Path, "read_bytes", reading)
    look = SpoolLook(tmp_path)
    assert list(look.now().pending) == many
    assert (len(listed), len(read)) == (1, len(many))
    assert list(look.now().pending) == many
    assert (len(listed), len(read)) == (2, len(many))
    assert spool.recover(tmp_path) == []
    assert len(listed) == 3
    changed = spool.manifest_file(tmp_path, many[7])
    changed.write_bytes(manifest[: len(manifest) // 2])
    assert many[7] not in look.now().pending
