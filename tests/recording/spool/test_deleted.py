"""Files of a running call are deleted under it, with their folder or without: all of it is in the spool in the end."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.recording.spool import folder as spool
from desk.recording.spool import segments
from desk.recording.spool.file import SpoolFile
from desk.recording.spool.interleave import interleave
from desk.recording.spool.part import Growing, open_growing
from desk.recording.spool.recorder import SpoolRecorder
from tests.recording.scene import CALL, RATE, Failures, Seconds, answered, at, ended, frame, offered

WAIT_S = 20.0


class Talk:
    """A recorder in a call, whose clock is moved by its frames."""

    def __init__(self, first: Path, second: Path | None = None, *, mirror: bool = False) -> None:
        self.failures, self.seconds = Failures(), Seconds()
        self.where = (first,) if second is None else (first, second)
        self.recorder = SpoolRecorder(
            first,
            lambda: at(self.seconds() - Seconds().now_s),
            seat="S01",
            agent=lambda: "1001",
            on_failed=self.failures.on_failed,
            on_mended=self.failures.on_mended,
            monotonic=self.seconds,
            second_folder=second,
            mirror=mirror,
        )
        self.said = b""
        self.recorder.note(offered())
        self.recorder.note(answered())
        self.recorder.start(CALL, RATE)

    def say(self, frames: int) -> None:
        for _ in range(frames):
            number = len(self.said) // 1280 + 1
            self.recorder.write(CALL, frame(number), frame(-number))
            self.seconds.now_s += 0.02
            self.said += interleave(frame(number), frame(-number))

    def written(self, folder: Path) -> bool:
        return len(b"".join(spool.audio_blocks(folder, CALL, RATE))) == len(self.said)

    def hang_up(self) -> None:
        self.recorder.note(ended())
        self.recorder.close()

    def check(self, where: segments.Where) -> None:
        assert b"".join(spool.audio_blocks(where, CALL, RATE)) == self.said
        journal = spool.read(where, CALL)
        assert (journal.cause, journal.answered_at, journal.damaged_lines) == (200, at(3), 0)
        assert not [mark for mark in journal.marks if mark.name == "gap"]
        assert spool.pending(where) == [CALL]


def settled(condition: Callable[[], bool]) -> None:
    until = threading.Event()
    for _ in range(int(WAIT_S / 0.05)):
        if condition():
            return
        until.wait(0.05)
    raise AssertionError("it never came to be")


@pytest.mark.parametrize("whole_folder", [True, False])
def test_a_spool_deleted_under_a_running_call_is_noticed_within_a_second_told_and_written_anew(
    tmp_path: Path, whole_folder: bool
) -> None:
    talk = Talk(tmp_path / "spool")
    talk.say(100)
    settled(lambda: talk.written(tmp_path / "spool"))
    if whole_folder:
        shutil.rmtree(tmp_path / "spool")
    else:
        spool.audio_file(tmp_path / "spool", CALL).unlink()
    talk.say(60)  # more than a second
    settled(lambda: bool(talk.failures.failed))
    settled(lambda: spool.audio_file(tmp_path / "spool", CALL).exists())
    talk.say(300)
    settled(lambda: talk.written(tmp_path / "spool"))
    talk.say(300)
    settled(lambda: bool(talk.failures.mended))
    talk.hang_up()
    talk.check(tmp_path / "spool")


def test_a_spool_deleted_just_before_the_call_ends_is_there_again_when_it_has_ended(tmp_path: Path) -> None:
    talk = Talk(tmp_path / "spool")
    talk.say(30)
    settled(lambda: talk.written(tmp_path / "spool"))
    shutil.rmtree(tmp_path / "spool")
    talk.hang_up()
    talk.check(tmp_path / "spool")


def test_a_call_whose_folder_is_deleted_goes_on_in_the_other_one_with_all_it_had(tmp_path: Path) -> None:
    talk = Talk(tmp_path / "first", tmp_path / "second")
    talk.say(100)
    settled(lambda: talk.written(tmp_path / "first"))
    shutil.rmtree(tmp_path / "first")
    talk.say(60)
    settled(lambda: talk.written(tmp_path / "second"))
    talk.hang_up()
    assert not talk.failures.failed
    (tmp_path / "first").mkdir(exist_ok=True)
    talk.check(talk.where)
    assert "overflowed" in [mark.name for mark in spool.read(talk.where, CALL).marks]


def test_a_mirror_deleted_under_a_running_call_has_all_of_it_again(tmp_path: Path) -> None:
    talk = Talk(tmp_path / "first", tmp_path / "second", mirror=True)
    talk.say(100)
    settled(lambda: talk.written(tmp_path / "second"))
    shutil.rmtree(tmp_path / "second")
    talk.say(60)
    settled((tmp_path / "second").exists)
    settled(lambda: talk.written(tmp_path / "second"))
    talk.hang_up()
    for folder in talk.where:
        talk.check(folder)


def test_what_can_be_brought_back_nowhere_is_given_up_at_the_end_and_told(tmp_path: Path) -> None:
    file = SpoolFile(spool.audio_file(tmp_path / "spool", CALL), 1000)
    file.add(b"12345678")
    file.write()
    shutil.rmtree(tmp_path / "spool")
    (tmp_path / "spool").write_text("no folder")
    file.look()
    file.add(b"abcd")
    with pytest.raises(OSError, match="spool"):
        file.write()
    waits = [file.waits]
    file.give_up_all()
    assert [*waits, file.waits] == [True, False]
    assert file.take_given_up() == [(0, 12)]
    file.close()


def test_a_file_whose_folder_is_away_at_the_end_is_closed_all_the_same(tmp_path: Path) -> None:
    opened: list[Growing] = []

    def opening(path: Path) -> Growing:
        opened.append(open_growing(path))
        return opened[-1]

    file = SpoolFile(spool.manifest_file(tmp_path / "spool", CALL), reserve_bytes=1000, open_file=opening)
    file.add(b"12345678")
    file.write()
    shutil.rmtree(tmp_path / "spool")  # its name cannot be made durable any more
    with pytest.raises(FileNotFoundError):
        file.close()
    with pytest.raises(ValueError, match="closed"):
        opened[0].fileno()
