"""Opening: what is read is what was sealed, span by span, from whatever the vault gives, and nothing else is heard."""

import io
import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.domain.call_log import RecordingEntry
from desk.domain.identity import CallId
from desk.domain.seal import SPAN_BYTES
from desk.recording.playing.decode import RATE_HZ, Decoder
from desk.recording.playing.player import FakeSink, Finished, Player
from desk.recording.playing.reel import Reel
from desk.recording.playing.stream import SealedOpener, SealedStream
from desk.recording.sealing import age
from desk.recording.sealing.encode import Codec
from desk.recording.sealing.rotate import Rotation
from desk.recording.sealing.seal_file import MOST_BYTES, seal_bytes
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Kept
from desk.usecases.recording_ports import LoadBrokeOff, NotForYou, RecordingAway, StreamBroken, VaultAway
from tests.recording.scene import CALL, Sound, closed_spool
from tests.recording.sealed import SealingSeat, supervisor

OTHER = CallId("01957000-0000-7000-8000-000000000002")


class Sealed:
    """A recording of several spans, and the seat that sealed it."""

    def __init__(self, folder: Path) -> None:
        self.seat = SealingSeat(folder, codec=Codec("flac"))
        closed_spool(self.seat.spool_dir, Sound.steps([(9000, 8000)] * 5))
        self.entry = self.seat.seal(CALL)
        self.plain = self.seat.plain(self.entry)
        self.audio = self.seat.sealed_dir / self.entry.file
        self.seal = self.audio.with_suffix(".seal")

    def open(self) -> SealedStream:
        return self.seat.opener().open_sealed(self.entry)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    """Nobody writes to it."""
    return Sealed(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def own(tmp_path: Path) -> Sealed:
    return Sealed(tmp_path)


class Gated:
    """A source that gives the audio block by block, when it is told to."""

    def __init__(self, folder: Path, block: int = 70_000) -> None:
        self.vault, self.block = FolderVault(folder), block
        self.gate = threading.Semaphore(0)
        self.fails = False
        self.given = 0

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        whole = b"".join(self.vault.read(name, start, length))
        return self._slow(whole) if name.endswith(".age") else iter([whole])

    def _slow(self, whole: bytes) -> Iterator[bytes]:
        for at in range(0, len(whole), self.block):
            assert self.gate.acquire(timeout=20)
            if self.fails:
                raise VaultAway("the line is cut")
            self.given += 1
            yield whole[at : at + self.block]

    def stat(self, name: str) -> Kept | None:
        return self.vault.stat(name)


def test_the_whole_file_comes_out_and_says_its_size_before(shared: Sealed) -> None:
    with shared.open() as stream:
        assert stream.size == len(shared.plain) > 3 * SPAN_BYTES
        assert stream.read() == shared.plain
        assert stream.loaded == stream.size
        assert stream.read() == b""
        assert stream.wait_loaded(1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(data=st.data())
def test_any_place_of_it_reads_as_in_the_plain_file(shared: Sealed, data: st.DataObject) -> None:
    with shared.open() as stream:
        for _ in range(4):
            place = data.draw(st.integers(0, len(shared.plain) + 10))
            size = data.draw(st.one_of(st.none(), st.integers(-1, 200_000)))
            assert stream.seek(place) == stream.tell() == place
            wanted = shared.plain[place:] if size is None or size < 0 else shared.plain[place : place + size]
            assert stream.read(size) == wanted


def test_it_seeks_from_the_end_and_from_here(shared: Sealed) -> None:
    with shared.open() as stream:
        assert stream.seek(-10, 2) == len(shared.plain) - 10
        assert stream.read() == shared.plain[-10:]
        assert stream.seek(-20, 1) == len(shared.plain) - 20
        with pytest.raises(ValueError, match="before the start"):
            stream.seek(-1)
        buffer = bytearray(5)
        assert stream.readinto(buffer) == 5
        assert bytes(buffer) == shared.plain[-20:-15]


def test_what_has_come_is_read_while_the_rest_is_on_its_way(shared: Sealed) -> None:
    source = Gated(shared.seat.sealed_dir)
    source.gate.release(3)
    opener = SealedOpener(source, shared.seat.hotline.identities)
    with opener.open_sealed(shared.entry) as stream:
        assert stream.read(SPAN_BYTES) == shared.plain[:SPAN_BYTES]
        assert SPAN_BYTES <= stream.loaded < stream.size
        source.gate.release(1000)
        assert stream.read() == shared.plain[SPAN_BYTES:]


def test_closed_while_it_loads_nothing_more_is_fetched(shared: Sealed) -> None:
    source = Gated(shared.seat.sealed_dir)
    source.gate.release(2)
    stream = SealedOpener(source, shared.seat.hotline.identities).open_sealed(shared.entry)
    assert stream.read(10) == shared.plain[:10]
    stream.close()
    source.gate.release(1000)
    stream._thread.join(20)
    assert not stream._thread.is_alive()
    assert source.given <= 3
    with pytest.raises(ValueError, match="closed"):
        stream.read(1)


def test_a_reader_who_waits_is_let_go_when_it_is_closed(shared: Sealed) -> None:
    source = Gated(shared.seat.sealed_dir)
    source.gate.release(1)
    stream = SealedOpener(source, shared.seat.hotline.identities).open_sealed(shared.entry)
    said: list[str] = []

    def read() -> None:
        try:
            stream.read()
        except ValueError as error:
            said.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    stream.close()
    reader.join(20)
    source.gate.release(1000)
    assert said == ["the recording is closed"]


def test_a_vault_that_breaks_off_is_told_and_nobody_waits_for_ever(shared: Sealed) -> None:
    source = Gated(shared.seat.sealed_dir)
    source.gate.release(2)
    stream = SealedOpener(source, shared.seat.hotline.identities).open_sealed(shared.entry)
    stream.read(10)
    source.fails = True
    source.gate.release(1)
    with pytest.raises(LoadBrokeOff, match=r"broke off.*the line is cut"):
        stream.read()


def test_a_vault_that_breaks_off_is_told_as_no_damage_by_the_player(shared: Sealed) -> None:
    source = Gated(shared.seat.sealed_dir)
    source.gate.release(3)
    stream = SealedOpener(source, shared.seat.hotline.identities).open_sealed(shared.entry)
    ended: queue.Queue[Finished] = queue.Queue()
    player = Player(FakeSink(), ended.put)
    player.play(Reel(stream, shared.entry.length_ms))
    source.fails = True
    source.gate.release(1)
    assert ended.get(timeout=20) is Finished.BROKE_OFF
    player.close()
    stream.close()


@pytest.mark.parametrize("place", [0.0, 0.001, 0.3, 0.6, 0.999])
def test_one_flipped_bit_anywhere_in_the_audio_breaks_it(own: Sealed, place: float) -> None:
    content = bytearray(own.audio.read_bytes())
    content[int(place * len(content))] ^= 1
    own.audio.write_bytes(content)
    with own.open() as stream, pytest.raises(StreamBroken) as raised:
        stream.read()
    assert not isinstance(raised.value, LoadBrokeOff)


@pytest.mark.parametrize("keep", [0, 1, 100, 65_000, -1, -70_000])
def test_a_truncated_recording_is_no_recording(own: Sealed, keep: int) -> None:
    own.audio.write_bytes(own.audio.read_bytes()[:keep])
    with own.open() as stream, pytest.raises(StreamBroken):
        stream.read()


@pytest.mark.parametrize("foreign", [b"", b"OggS" + bytes(5000), b"age-encryption.org/v1\nnonsense", b"\xff" * 70_000])
def test_a_foreign_file_where_the_audio_should_be_is_told(own: Sealed, foreign: bytes) -> None:
    own.audio.write_bytes(foreign)
    with own.open() as stream, pytest.raises(StreamBroken):
        stream.read()


def test_other_audio_encrypted_to_the_same_key_is_found_out_at_its_span(own: Sealed, tmp_path: Path) -> None:
    (identity,) = own.seat.hotline.identities()
    key = age.unwrap(own.seat.opener().seal_of(own.entry).key, [identity])
    forged = bytearray(own.plain)
    forged[2 * SPAN_BYTES + 5] ^= 1
    (tmp_path / "forged").write_bytes(forged)
    with (tmp_path / "forged").open("rb") as source, own.audio.open("wb") as target:
        age.encrypt(source, target, [key.to_public()])
    with own.open() as stream, pytest.raises(StreamBroken, match=r"span 3 of \d+ is not what was sealed"):
        stream.read()


def test_audio_that_goes_on_behind_its_end_is_found_out(own: Sealed, tmp_path: Path) -> None:
    (identity,) = own.seat.hotline.identities()
    key = age.unwrap(own.seat.opener().seal_of(own.entry).key, [identity])
    (tmp_path / "longer").write_bytes(own.plain + bytes(SPAN_BYTES * 2))
    with (tmp_path / "longer").open("rb") as source, own.audio.open("wb") as target:
        age.encrypt(source, target, [key.to_public()])
    with own.open() as stream, pytest.raises(StreamBroken):
        stream.read()


def test_a_seal_that_is_not_the_logged_one_opens_nothing(own: Sealed) -> None:
    with pytest.raises(StreamBroken, match="not the one that was logged"):
        own.seat.opener().open(replace(own.entry, seal_hash="0" * 64))


def test_another_calls_seal_opens_nothing(own: Sealed) -> None:
    closed_spool(own.seat.spool_dir, Sound.steps([(1000, 1000)]), OTHER)
    other = own.seat.seal(OTHER)
    own.seal.write_bytes((own.seat.sealed_dir / other.file).with_suffix(".seal").read_bytes())
    with pytest.raises(StreamBroken, match="another call's"):
        own.seat.opener().open(own.entry)


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"seal": {}, "hash": "", "key": ""}'])
def test_what_is_no_seal_is_told(own: Sealed, damage: bytes) -> None:
    own.seal.write_bytes(damage)
    with pytest.raises(StreamBroken):
        own.seat.opener().open(own.entry)


@pytest.mark.parametrize("field", ["length_ms", "place", "previous", "spans", "sealed_sha256"])
def test_one_field_of_the_seal_changed_is_found_out(own: Sealed, field: str) -> None:
    content = json.loads(own.seal.read_bytes())
    value = content["seal"][field]
    content["seal"][field] = (
        value + 1 if isinstance(value, int) else value[:-1] if isinstance(value, list) else "00" * 32
    )
    own.seal.write_text(json.dumps(content))
    with pytest.raises(StreamBroken, match="was changed"):
        own.seat.opener().open(own.entry)


def test_a_wrong_key_opens_nothing_and_says_so(shared: Sealed) -> None:
    with pytest.raises(NotForYou):
        shared.seat.opener(lambda: [age.new_identity()]).open(shared.entry)


def test_no_key_at_all_opens_nothing(shared: Sealed) -> None:
    with pytest.raises(NotForYou):
        shared.seat.opener(list).open(shared.entry)


def test_a_key_that_a_passphrase_locks_is_not_for_anybody_here(own: Sealed) -> None:
    sealed = own.seat.opener().seal_of(own.entry)
    own.seal.write_bytes(seal_bytes(sealed.seal, age.lock(b"x", "y" * 12)))
    with pytest.raises(NotForYou):
        own.seat.opener().open(own.entry)


@pytest.mark.parametrize("suffix", [".age", ".seal"])
def test_what_is_not_there_is_away(own: Sealed, suffix: str) -> None:
    own.audio.with_suffix(suffix).unlink()
    with pytest.raises(RecordingAway):
        own.seat.opener().open(own.entry)


@pytest.mark.parametrize("file", ["", "2026/03/05/x.age", "../../etc/passwd.age", "/etc/shadow", "2026\\x.age"])
def test_a_name_that_leads_nowhere_is_away(shared: Sealed, file: str) -> None:
    with pytest.raises(RecordingAway):
        shared.seat.opener().open(replace(shared.entry, file=file))


def test_a_plain_recording_is_away_where_nobody_reads_them(shared: Sealed) -> None:
    entry = RecordingEntry(CALL, shared.entry.kept, file="2026/a.opus")
    with pytest.raises(RecordingAway):
        shared.seat.opener().open(entry)


def damage(own: Sealed, place: float) -> None:
    content = bytearray(own.audio.read_bytes())
    content[int(place * len(content))] ^= 1
    own.audio.write_bytes(content)


def test_what_was_proven_before_the_damage_is_still_read(own: Sealed) -> None:
    damage(own, 0.6)
    with own.open() as stream:
        with pytest.raises(StreamBroken):
            stream.wait_loaded(20)
        proven = stream.loaded
        assert 2 * SPAN_BYTES <= proven < len(own.plain)
        assert stream.read(1000) == own.plain[:1000]
        assert stream.seek(proven - 10) == proven - 10
        assert stream.read(1000) == own.plain[proven - 10 : proven]  # and no byte more
        with pytest.raises(StreamBroken):
            stream.read(1000)
        assert stream.seek(0) == 0
        with pytest.raises(StreamBroken):  # the whole must not seem shorter than it was
            stream.read()


def test_a_damaged_recording_is_heard_up_to_the_damage(own: Sealed) -> None:
    damage(own, 0.6)
    stream = own.open()
    with pytest.raises(StreamBroken):
        stream.wait_loaded(20)
    proven = stream.loaded / stream.size
    heard = 0

    def hear(decoder: Decoder) -> None:
        nonlocal heard
        while (samples := decoder.samples()) is not None:
            heard += len(samples)

    with Decoder(Reel(stream, own.entry.length_ms)) as decoder, pytest.raises(StreamBroken):
        hear(decoder)
    assert proven - 0.3 < heard / (RATE_HZ * own.entry.length_ms / 1000) <= proven


@pytest.mark.parametrize("suffix", [".seal", ".key2"])
def test_of_something_huge_in_a_small_ones_place_only_the_beginning_is_read(own: Sealed, suffix: str) -> None:
    class Counting:
        def __init__(self) -> None:
            self.vault, self.bytes_read = FolderVault(own.seat.sealed_dir), 0

        def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
            for block in self.vault.read(name, start, length):
                if name.endswith(suffix):
                    self.bytes_read += len(block)
                yield block

        def stat(self, name: str) -> Kept | None:
            return self.vault.stat(name)

    with own.audio.with_suffix(suffix).open("wb") as handle:
        handle.truncate(MOST_BYTES * 20)
    source = Counting()
    with pytest.raises((StreamBroken, NotForYou)):
        SealedOpener(source, lambda: [age.new_identity()]).open(own.entry)
    assert 0 < source.bytes_read <= MOST_BYTES * 1.2


def rotated(own: Sealed, *, for_number: int) -> age.Identity:
    """A supervisor for whom the key was wrapped by `.key<number>`."""
    identity, recipient = supervisor()
    Rotation(FolderVault(own.seat.sealed_dir), own.seat.hotline.identities(), [recipient]).run()
    own.audio.with_suffix(".key2").rename(own.audio.with_suffix(f".key{for_number}"))
    return identity


@pytest.mark.parametrize("torn", [None, b"torn", b""])
def test_a_key_that_is_missing_or_torn_hides_none_behind_it(own: Sealed, torn: bytes | None) -> None:
    newcomer = rotated(own, for_number=5)
    if torn is not None:
        own.audio.with_suffix(".key2").write_bytes(torn)
        own.audio.with_suffix(".key7").write_bytes(torn)
    with own.seat.opener(lambda: [newcomer]).open_sealed(own.entry) as stream:
        assert stream.read() == own.plain


@pytest.mark.parametrize("torn", [True, False])
def test_where_the_seals_own_key_is_none_a_later_one_opens(own: Sealed, torn: bool) -> None:
    newcomer = rotated(own, for_number=2)
    sealed = own.seat.opener().seal_of(own.entry)
    (hotline,) = own.seat.hotline.identities()
    wrapped = io.BytesIO()
    age.encrypt(io.BytesIO(b"this is no key"), wrapped, [hotline.to_public()])
    own.seal.write_bytes(seal_bytes(sealed.seal, sealed.key[:60] if torn else wrapped.getvalue()))
    with own.seat.opener(lambda: [hotline, newcomer]).open_sealed(own.entry) as stream:
        assert stream.read() == own.plain
    own.audio.with_suffix(".key2").unlink()
    with pytest.raises(NotForYou if torn else StreamBroken):
        own.seat.opener(lambda: [hotline, newcomer]).open(own.entry)
