"""Sealing: whole, encrypted, chained, verified before it has a name, and ONE seal however often it is interrupted."""

import errno
import hashlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.domain.call_log import RecordingKept
from desk.domain.events import CallHeld, PromptEnded, PromptPlayed
from desk.domain.identity import CallId
from desk.domain.seal import SPAN_BYTES, seal_hash, span_hashes
from desk.recording.sealing import age, chain, sealer
from desk.recording.sealing.encode import Codec, decoded_length_ms, encode
from desk.recording.sealing.seal_file import SealFile, read_seal, seal_name
from desk.recording.sealing.sealer import SealError
from desk.recording.spool import folder as spool
from desk.recording.spool.lines import encode_line, failed, interrupted_end, line_of, opening, started
from tests.recording.scene import CALL, RATE, Sound, answered, at, closed_spool, ended, offered
from tests.recording.sealed import SealingSeat

OTHER = CallId("01957000-0000-7000-8000-000000000002")
THIRD = CallId("01957000-0000-7000-8000-000000000003")
SECOND = Sound.steps([(9000, 0)])


@pytest.fixture
def seat(tmp_path: Path) -> SealingSeat:
    return SealingSeat(tmp_path)


def seal_of(seat: SealingSeat, call_id: CallId) -> SealFile:
    (file,) = seat.sealed_dir.rglob(f"{call_id}.seal")
    return read_seal(file.read_bytes())


@pytest.mark.parametrize("codec", ["opus", "flac"])
def test_the_entry_and_the_seal_say_the_same(tmp_path: Path, codec: str) -> None:
    seat = SealingSeat(tmp_path, codec=Codec(codec))  # type: ignore[arg-type]
    closed_spool(seat.spool_dir, SECOND)
    entry = seat.seal(CALL)
    encrypted = (seat.sealed_dir / entry.file).read_bytes()
    sealed = seal_of(seat, CALL)
    assert entry.file == f"2026/03/05/{CALL}.age"
    assert (entry.kept, entry.length_ms, entry.interrupted, entry.why) == (RecordingKept.KEPT, 1000, False, "")
    assert entry.sha256 == sealed.seal.sealed_sha256 == hashlib.sha256(encrypted).hexdigest()
    assert entry.size_bytes == sealed.seal.sealed_bytes == len(encrypted)
    assert (entry.codec, sealed.seal.codec, sealed.seal.rate_hz) == (codec, codec, RATE)
    assert (entry.chain, entry.chain_place) == (sealed.seal.chain, sealed.seal.place) == ("S01-abcd0000", 1)
    assert entry.seal_hash == sealed.hash == seal_hash(sealed.seal)
    assert entry.spans == ("0 2026-03-05T09:30:01.000000Z",)
    assert (entry.caller_silent, entry.agent_silent, entry.hold_count) == (False, True, 0)
    plain = seat.plain(entry)
    assert sealed.seal.audio_bytes == len(plain)
    assert sealed.seal.spans == tuple(span_hashes(sealed.seal.manifest_sha256, [plain]))
    assert seat.files() == [entry.file, seal_name(entry.file)]


def test_a_long_recording_has_a_hash_for_each_span(tmp_path: Path) -> None:
    seat = SealingSeat(tmp_path, codec=Codec("flac"))
    closed_spool(seat.spool_dir, Sound.steps([(9000, 9000)] * 6))
    entry = seat.seal(CALL)
    sealed = seal_of(seat, CALL).seal
    assert len(sealed.spans) == -(-sealed.audio_bytes // SPAN_BYTES) > 3
    assert len(seat.plain(entry)) == sealed.audio_bytes


def test_nothing_about_the_caller_is_readable_from_outside(seat: SealingSeat) -> None:
    closed_spool(seat.spool_dir, SECOND)
    seat.seal(CALL)
    for file in seat.sealed_dir.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"13800138000" not in content
            assert "王女士".encode() not in content
            assert b"AGE-SECRET-KEY" not in content
            assert b"OggS" not in content


def test_marks_are_in_the_entry(seat: SealingSeat) -> None:
    seat.spool_dir.mkdir()
    lines = [
        opening(offered(), "S01", "1001"),
        started(at(3), RATE, 0),
        line_of(answered(), 0),
        line_of(CallHeld(CALL, at(4)), 500),
        line_of(ended(), 1000),
    ]
    spool.manifest_file(seat.spool_dir, CALL).write_bytes(b"".join(encode_line(line) for line in lines if line))
    spool.audio_file(seat.spool_dir, CALL).write_bytes(SECOND)
    entry = seat.seal(CALL)
    assert entry.marks == ("0.000 answered", "0.500 held")
    assert (entry.hold_count, entry.hold_ms) == (1, 500)


def test_a_greeting_in_the_agents_channel_is_not_taken_for_the_agent(seat: SealingSeat) -> None:
    """Of somebody whose microphone is dead, and whose seat greets."""
    seat.spool_dir.mkdir()
    lines = [
        opening(offered(), "S01", "1001"),
        started(at(3), RATE, 0),
        line_of(answered(), 0),
        line_of(PromptPlayed(CALL, at(3), "greeting"), 20),
        line_of(PromptEnded(CALL, at(5), "greeting"), 2_000),
        line_of(ended(), 6_000),
    ]
    spool.manifest_file(seat.spool_dir, CALL).write_bytes(b"".join(encode_line(line) for line in lines if line))
    spool.audio_file(seat.spool_dir, CALL).write_bytes(Sound.steps([(0, 9000)] * 2 + [(9000, 0)] * 4))
    entry = seat.seal(CALL)
    assert (entry.agent_silent, entry.agent_talk_ms, entry.caller_silent) == (True, 0, False)
    assert entry.marks[1:] == ("0.020 prompt_played greeting", "2.000 prompt_ended greeting")


def test_sealed_again_it_is_the_same_with_the_same_place(seat: SealingSeat) -> None:
    closed_spool(seat.spool_dir, SECOND)
    first = seat.seal(CALL)
    before = {name: (seat.sealed_dir / name).stat().st_mtime_ns for name in seat.files()}
    seat.later(hours=1)
    assert seat.seal(CALL) == first
    assert seat.new_sealer().seal(CALL) == first
    assert {name: (seat.sealed_dir / name).stat().st_mtime_ns for name in seat.files()} == before


@pytest.mark.parametrize("codec", ["opus", "flac"])
def test_each_recording_is_linked_to_the_one_before(tmp_path: Path, codec: str) -> None:
    seat = SealingSeat(tmp_path, codec=Codec(codec))  # type: ignore[arg-type]
    for call_id in (CALL, OTHER, THIRD):
        closed_spool(seat.spool_dir, SECOND, call_id)
        seat.new_sealer().seal(call_id)
    seals = [seal_of(seat, call_id) for call_id in (CALL, OTHER, THIRD)]
    assert [one.seal.place for one in seals] == [1, 2, 3]
    assert [one.seal.previous for one in seals] == ["", seals[0].hash, seals[1].hash]
    assert len({one.seal.chain for one in seals}) == 1


def test_a_clock_set_back_between_two_seals_leaves_the_chain_in_order(seat: SealingSeat) -> None:
    closed_spool(seat.spool_dir, SECOND)
    closed_spool(seat.spool_dir, SECOND, OTHER)
    seat.seal(OTHER)
    seat.now -= timedelta(days=400)
    seat.new_sealer().seal(CALL)
    first, second = seal_of(seat, OTHER), seal_of(seat, CALL)
    assert (second.seal.place, second.seal.previous) == (2, first.hash)
    assert second.seal.sealed_at < first.seal.sealed_at


# What is killed where; the ending of the name, for those that give one.
KILLS: dict[str, tuple[object, str, str]] = {
    "encode": (sealer, "encode", ""),
    "encrypt": (age, "encrypt", ""),
    "prove": (sealer, "_prove", ""),
    "write seal": (sealer, "seal_bytes", ""),
    "name audio": (Path, "replace", ".age"),
    "name seal": (Path, "replace", ".seal"),
    "write chain": (Path, "replace", ".json"),
}


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at_step", KILLS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_every_step_there_is_one_seal_with_one_place(
    seat: SealingSeat, at_step: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_spool(seat.spool_dir, SECOND)
    closed_spool(seat.spool_dir, SECOND, OTHER)
    seat.seal(OTHER)
    holder, name, ending = KILLS[at_step]
    real = getattr(holder, name)

    def killed_here(*arguments: object) -> object:
        here = not ending or Path(str(arguments[1])).suffix == ending
        done = real(*arguments) if after or not here else None
        if here:
            raise Killed
        return done

    with monkeypatch.context() as patch:
        patch.setattr(holder, name, killed_here)
        # kill -9 tidies nothing up
        patch.setattr(Path, "unlink", lambda *_arguments, **_named: None)
        with pytest.raises(Killed):
            seat.new_sealer().seal(CALL)
    entry = seat.new_sealer().seal(CALL)
    assert entry.chain_place == 2
    assert seal_of(seat, CALL).seal.previous == seal_of(seat, OTHER).hash
    assert [name for name in seat.files() if CALL in name] == [entry.file, seal_name(entry.file)]
    assert seat.plain(entry).startswith(b"OggS")
    closed_spool(seat.spool_dir, SECOND, THIRD)
    assert seat.new_sealer().seal(THIRD).chain_place == 3


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX's")
def test_killed_for_real_it_is_simply_done_again(tmp_path: Path) -> None:
    seat = SealingSeat(tmp_path)
    closed_spool(seat.spool_dir, Sound.steps([(9000, 9000)] * 8))
    program = (
        "import sys; from pathlib import Path; from tests.recording.sealed import SealingSeat;"
        "seat = SealingSeat(Path(sys.argv[1]), recipients=(sys.argv[2],));"
        "print('on', flush=True); seat.seal(sys.argv[3])"
    )
    seat.keys.of_hotline()
    (identity,) = seat.hotline.identities()
    for delay_s in (0.0, 0.06, 0.15):
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), str(identity.to_public()), CALL],
            cwd=Path(__file__).parents[3],
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay_s)
        child.kill()
        child.communicate()
    entry = seat.new_sealer().seal(CALL)
    assert seat.files() == [entry.file, seal_name(entry.file)]
    assert entry.chain_place == 1
    assert len(seat.plain(entry)) > 1000


class FullDisk:
    """Writing fails from the n-th byte on, as ENOSPC."""

    def __init__(self, handle: object) -> None:
        self.handle = handle

    def write(self, data: bytes, /) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def flush(self) -> None:
        """Nothing was written."""


def test_a_disk_full_while_it_encrypts_leaves_nothing_and_is_no_fault_of_the_encoder(
    seat: SealingSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_spool(seat.spool_dir, SECOND)
    real = age.encrypt
    with monkeypatch.context() as patch:
        patch.setattr(age, "encrypt", lambda source, target, to: real(source, FullDisk(target), to))
        with pytest.raises(OSError, match="No space left"):
            seat.seal(CALL)
    assert seat.files() == []
    assert seat.seal(CALL).chain_place == 1


@pytest.mark.skipif(sys.platform != "linux" or not Path("/dev/full").exists(), reason="Linux's full device")
def test_a_disk_full_while_it_encodes_is_the_disks_fault(seat: SealingSeat, monkeypatch: pytest.MonkeyPatch) -> None:
    closed_spool(seat.spool_dir, SECOND)
    real = encode
    with monkeypatch.context() as patch:
        patch.setattr(sealer, "encode", lambda _target, *rest: real(Path("/dev/full"), *rest))
        with pytest.raises(OSError, match="No space left"):
            seat.seal(CALL)
    assert seat.files() == []


def test_what_does_not_come_back_whole_never_gets_a_name(seat: SealingSeat, monkeypatch: pytest.MonkeyPatch) -> None:
    closed_spool(seat.spool_dir, SECOND)
    with monkeypatch.context() as patch:
        patch.setattr(sealer, "decoded_length_ms", lambda _file: 10)
        with pytest.raises(SealError, match="1000 ms were recorded, 10 ms came back"):
            seat.seal(CALL)
    assert seat.files() == []
    assert spool.audio_file(seat.spool_dir, CALL).exists()


@pytest.mark.parametrize("wreck", [b"", b"age-encryption.org/v1\n", b"\0" * 3000])
@pytest.mark.parametrize("suffix", [".age", ".seal"])
def test_a_wreck_under_its_name_is_replaced(seat: SealingSeat, wreck: bytes, suffix: str) -> None:
    closed_spool(seat.spool_dir, SECOND)
    first = seat.seal(CALL)
    (seat.sealed_dir / first.file).with_suffix(suffix).write_bytes(wreck)
    entry = seat.new_sealer().seal(CALL)
    assert seat.plain(entry).startswith(b"OggS")
    assert read_seal((seat.sealed_dir / seal_name(entry.file)).read_bytes()).hash == entry.seal_hash


def test_a_torn_last_sample_is_left_out(seat: SealingSeat) -> None:
    closed_spool(seat.spool_dir, SECOND)
    with spool.audio_file(seat.spool_dir, CALL).open("ab") as handle:
        handle.write(b"\1\2\3")
    assert seat.seal(CALL).length_ms == 1000


def test_a_call_that_broke_off_is_sealed_as_interrupted(seat: SealingSeat) -> None:
    closed_spool(seat.spool_dir, SECOND)
    file = spool.manifest_file(seat.spool_dir, CALL)
    lines = file.read_bytes().splitlines(keepends=True)[:-1]
    file.write_bytes(b"".join([*lines, encode_line(interrupted_end(at(5), 1000))]))
    assert seat.seal(CALL).interrupted
    assert seal_of(seat, CALL).seal.interrupted


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
def test_a_call_without_audio_says_why_and_takes_no_place(seat: SealingSeat, why: str) -> None:
    seat.spool_dir.mkdir()
    lines = [opening(offered(), "S01", "1001"), *(line for line in MISSING[why] if line)]
    spool.manifest_file(seat.spool_dir, CALL).write_bytes(b"".join(encode_line(line) for line in lines))
    entry = seat.seal(CALL)
    assert (entry.kept, entry.why, entry.file) == (RecordingKept.MISSING, why, "")
    assert not seat.sealed_dir.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in lists, not in modes")
def test_what_is_sealed_is_readable_by_its_owner_only(seat: SealingSeat) -> None:
    closed_spool(seat.spool_dir, SECOND)
    seat.seal(CALL)
    assert seat.sealed_dir.stat().st_mode & 0o077 == 0
    for name in seat.files():
        assert (seat.sealed_dir / name).stat().st_mode & 0o077 == 0, name


def test_the_plain_file_is_an_ordinary_one(seat: SealingSeat, tmp_path: Path) -> None:
    closed_spool(seat.spool_dir, SECOND)
    (tmp_path / "plain.opus").write_bytes(seat.plain(seat.seal(CALL)))
    assert abs(decoded_length_ms(tmp_path / "plain.opus") - 1000) <= 100


def test_another_seats_books_in_the_folder_begin_a_chain_of_its_own(tmp_path: Path) -> None:
    first = SealingSeat(tmp_path)
    closed_spool(first.spool_dir, SECOND)
    first.seal(CALL)
    second = SealingSeat(tmp_path, seat="S02")
    second.secrets = first.secrets
    closed_spool(second.spool_dir, SECOND, OTHER)
    second.keys = first.keys
    entry = second.new_sealer().seal(OTHER)
    assert entry.chain.startswith("S02-")
    assert entry.chain_place == 1


BOOKS_DAMAGED = [None, b"", b"{", b"[]", b'{"chain": 1}', b'{"chain": "S01-x", "place": "y"}']


def damage_books(seat: SealingSeat, damage: bytes | None) -> None:
    books = seat.sealed_dir / chain.FILE
    books.unlink() if damage is None else books.write_bytes(damage)


@pytest.mark.parametrize("damage", BOOKS_DAMAGED)
def test_without_its_books_the_chain_goes_on_by_what_waits_here(
    seat: SealingSeat, damage: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    for call_id in (CALL, OTHER, THIRD):
        closed_spool(seat.spool_dir, SECOND, call_id)
    first, second = seat.seal(CALL), seat.seal(OTHER)
    damage_books(seat, damage)
    third = seat.new_sealer().seal(THIRD)
    assert (third.chain, third.chain_place) == (first.chain, 3)
    assert seal_of(seat, THIRD).seal.previous == second.seal_hash
    assert "lost; the chain goes on" in caplog.text


@pytest.mark.parametrize("damage", BOOKS_DAMAGED)
def test_without_its_books_the_chain_goes_on_by_what_is_logged(tmp_path: Path, damage: bytes | None) -> None:
    seat = SealingSeat(
        tmp_path,
        logged_tail=lambda name: chain.Place(7, "ab" * 32) if name == "S01-12345678" else chain.Place(),
        newest_logged=lambda seat: f"{seat}-12345678",
    )
    seat.sealed_dir.mkdir()
    if damage is not None:
        damage_books(seat, damage)
    closed_spool(seat.spool_dir, SECOND)
    entry = seat.seal(CALL)
    assert (entry.chain, entry.chain_place) == ("S01-12345678", 8)
    assert seal_of(seat, CALL).seal.previous == "ab" * 32


def test_without_books_waiting_seals_and_a_log_a_new_chain_begins(seat: SealingSeat) -> None:
    closed_spool(seat.spool_dir, SECOND)
    first = seat.seal(CALL)
    damage_books(seat, None)
    for name in seat.files():
        (seat.sealed_dir / name).unlink()
    entry = seat.new_sealer().seal(CALL)
    assert entry.chain_place == 1
    assert entry.chain != first.chain


def test_what_is_left_of_an_older_chain_moves_no_other(seat: SealingSeat) -> None:
    """Killed before it was logged, then the books became those of another chain of this seat."""
    for call_id in (CALL, OTHER, THIRD):
        closed_spool(seat.spool_dir, SECOND, call_id)
    seat.seal(CALL)
    older = seat.seal(OTHER)
    (seat.sealed_dir / chain.FILE).write_text('{"chain": "S01-00000001", "place": 0, "seal_hash": ""}')
    started_anew = seat.new_sealer()
    assert started_anew.seal(OTHER) == older
    third = started_anew.seal(THIRD)
    assert (third.chain, third.chain_place) == ("S01-00000001", 1)
    assert seal_of(seat, THIRD).seal.previous == ""


def flip_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[200] ^= 1
    file.write_bytes(content)


def test_sealed_again_before_it_was_logged_it_keeps_its_place(seat: SealingSeat) -> None:
    """The disk damaged the audio, or the manifest grew by what the second folder brought back."""
    for call_id in (CALL, OTHER, THIRD):
        closed_spool(seat.spool_dir, SECOND, call_id)
    first, lost = seat.seal(CALL), seat.seal(OTHER)
    flip_bit(seat.sealed_dir / lost.file)
    again = seat.new_sealer()
    second = again.seal(OTHER)
    assert (second.chain_place, seal_of(seat, OTHER).seal.previous) == (2, first.seal_hash)
    assert second.seal_hash != lost.seal_hash
    for sealing in (again, seat.new_sealer()):  # and as after a start
        third = sealing.seal(THIRD)
        assert third.chain_place == 3
        assert seal_of(seat, THIRD).seal.previous == second.seal_hash


def test_sealed_again_when_others_stand_behind_it_takes_a_place_of_its_own(seat: SealingSeat) -> None:
    for call_id in (CALL, OTHER):
        closed_spool(seat.spool_dir, SECOND, call_id)
    lost, second = seat.seal(CALL), seat.seal(OTHER)
    flip_bit(seat.sealed_dir / lost.file)
    again = seat.new_sealer().seal(CALL)
    assert again.chain_place == 3
    assert seal_of(seat, CALL).seal.previous == second.seal_hash


def test_killed_after_it_was_sealed_again_the_chain_goes_on_from_what_waits(tmp_path: Path) -> None:
    """The books and the log know the seal that is no more, at the same place."""
    known: dict[str, chain.Place] = {}
    seat = SealingSeat(tmp_path, logged_tail=lambda name: known.get(name, chain.Place()))
    closed_spool(seat.spool_dir, SECOND)
    for _ in range(8):  # whichever hash is the greater
        lost = seat.seal(CALL)
        known[lost.chain] = chain.Place(lost.chain_place or 0, lost.seal_hash)
        books = (seat.sealed_dir / chain.FILE).read_bytes()
        flip_bit(seat.sealed_dir / lost.file)
        again = seat.new_sealer().seal(CALL)
        (seat.sealed_dir / chain.FILE).write_bytes(books)
        seat.sealer = seat.new_sealer()
        assert seat.sealer._chain.tail() == chain.Place(1, again.seal_hash)


def test_the_log_may_know_more_than_the_books(tmp_path: Path) -> None:
    seat = SealingSeat(tmp_path, logged_tail=lambda _chain: chain.Place(41, "ab" * 32))
    closed_spool(seat.spool_dir, SECOND)
    entry = seat.seal(CALL)
    assert entry.chain_place == 42
    assert seal_of(seat, CALL).seal.previous == "ab" * 32
    assert replace(entry, chain_place=1) != entry
