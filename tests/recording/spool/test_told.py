"""What is told of a call while the folder with its rest is away, by what of its manifest is here."""

from pathlib import Path

import pytest

from desk.domain.identity import CallId, made_at
from desk.domain.journal import REST_AWAY
from desk.recording.spool import folder as spool
from desk.recording.spool import segments
from desk.recording.spool.look import Looked, SpoolLook
from desk.recording.spool.manifest import JournalError
from desk.recording.spool.recorder import SpoolRecorder
from desk.recording.spool.told import told
from tests.recording.scene import CALL, RATE, Failures, Seconds, Sound, answered, at, closed_spool, frame, offered


@pytest.fixture
def where(tmp_path: Path) -> tuple[Path, Path]:
    """The second folder is not there."""
    (tmp_path / "first").mkdir()
    return tmp_path / "first", tmp_path / "second"


def manifest(tmp_path: Path) -> bytes:
    closed_spool(tmp_path / "made", Sound.steps([(9000, 9000)]))
    return spool.manifest_bytes(tmp_path / "made", CALL)


def test_the_end_alone_is_here(where: tuple[Path, Path], tmp_path: Path) -> None:
    """The first folder refused at first, and the second one in the middle."""
    lines = manifest(tmp_path)
    second_line = lines.find(b"\n") + 1
    segments.segment_file(where[0], CALL, segments.MANIFEST, second_line).write_bytes(lines[second_line:])
    assert SpoolLook(where).now() == Looked(withheld=(CALL,))
    journal = told(where, CALL, "S01")
    assert (journal.reason, journal.seat, journal.party.number) == (REST_AWAY, "S01", "")
    assert journal.offered_at == journal.answered_at == made_at(CALL)
    where[1].mkdir()
    spool.manifest_file(where[1], CALL).write_bytes(lines[:second_line])
    assert SpoolLook(where).now() == Looked(pending=(CALL,))
    assert spool.read(where, CALL).party.number == "13800138000"


def test_the_middle_is_not_here(where: tuple[Path, Path], tmp_path: Path) -> None:
    lines = manifest(tmp_path)
    second_line, last_line = lines.find(b"\n") + 1, lines[:-1].rfind(b"\n") + 1
    spool.manifest_file(where[0], CALL).write_bytes(lines[:second_line])
    segments.segment_file(where[0], CALL, segments.MANIFEST, last_line).write_bytes(lines[last_line:])
    assert SpoolLook(where).now() == Looked(withheld=(CALL,))
    journal = told(where, CALL, "S01")
    assert (journal.reason, journal.party.number, journal.ended_at) == (REST_AWAY, "13800138000", at(60))
    assert (journal.interrupted, journal.answered_at) == (False, journal.offered_at)  # nobody knows yet


def test_a_call_that_runs_is_not_told_of_and_one_that_ended_elsewhere_is(where: tuple[Path, Path]) -> None:
    """The first folder takes no audio, and the second one goes while they speak."""
    recorder = SpoolRecorder(
        where[0],
        lambda: at(1),
        seat="S01",
        agent=lambda: "1001",
        on_failed=Failures().on_failed,
        monotonic=Seconds(),
        second_folder=where[1],
    )
    recorder.note(offered())
    recorder.note(answered())
    spool.audio_file(where[0], CALL).mkdir()
    recorder.start(CALL, RATE)
    recorder.write(CALL, frame(1), frame(1))
    recorder.close()
    spool.audio_file(where[0], CALL).rmdir()
    where[1].rename(where[1].with_name("away"))
    assert SpoolLook(where).now() == Looked()
    assert spool.recover(where) == []
    assert SpoolLook(where).now() == Looked(withheld=(CALL,))
    where[1].with_name("away").rename(where[1])
    assert spool.recover(where) == []  # the keeper's by now
    assert SpoolLook(where).now() == Looked(left=(CALL,))
    assert spool.close_left(where, CALL)
    assert SpoolLook(where).now() == Looked(pending=(CALL,))
    spool.remove(where, CALL)
    assert not [*where[0].iterdir(), *where[1].iterdir()]


def test_a_name_that_is_no_calls_is_none(where: tuple[Path, Path]) -> None:
    nobody = CallId("nobody")
    segments.note(where[0], nobody, segments.LEFT)
    assert SpoolLook(where).now().withheld == (nobody,)
    with pytest.raises(JournalError):
        told(where, nobody, "S01")
