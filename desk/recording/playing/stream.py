"""Opens sealed recordings: the audio is fetched, decrypted and compared with its seal while it arrives, and a reader
gets each span only after it was found to be what was sealed. The seal itself must be the one in the change log.

The plain audio is kept in memory and nowhere else (14 MB for an hour of Opus). `SealedOpener.open` blocks for the seal
and the first block; each stream then fills up on a thread of its own, called `opening`."""

import io
import logging
import threading
from collections.abc import Callable, Iterable, Iterator

from desk.domain.call_log import RecordingEntry
from desk.domain.seal import Seal, next_span_hash
from desk.recording.playing.plain import PLAIN_SUFFIXES, PlainOpener
from desk.recording.sealing import age
from desk.recording.sealing.rotate import MOST_KEY_BYTES, newest_key, read_key
from desk.recording.sealing.seal_file import (
    FIRST_KEY,
    MOST_BYTES,
    SealDamaged,
    SealFile,
    key_name,
    read_seal,
    seal_name,
)
from desk.recording.vault.port import Source, read_all
from desk.usecases.recording_ports import AudioStream, LoadBrokeOff, NotForYou, RecordingAway, StreamBroken

log = logging.getLogger(__name__)

# The private keys of whoever sits here, likeliest first; taken one by one. Raises `KeyringWeak`.
Identities = Callable[[], Iterable[age.Identity]]


class SealedOpener:
    """Implements `recording_ports.Opener`. `plain`: for recordings that were made before there were seals; None: they
    are away."""

    def __init__(self, source: Source, identities: Identities, plain: PlainOpener | None = None) -> None:
        self._source, self._identities, self._plain = source, identities, plain

    def open(self, entry: RecordingEntry) -> AudioStream:
        if entry.file.endswith(PLAIN_SUFFIXES):
            if self._plain is None:
                raise RecordingAway(entry.file)
            return self._plain.open(entry)
        return self.open_sealed(entry)

    def open_sealed(self, entry: RecordingEntry) -> "SealedStream":
        """As `open`, with the seal at hand."""
        sealed = self.seal_of(entry)
        key = self._key(entry.file, sealed)
        blocks = iter(self._source.read(entry.file))
        first = next(blocks, b"")
        return SealedStream(sealed.seal, key, first, blocks)

    def seal_of(self, entry: RecordingEntry) -> SealFile:
        """The recording's seal, proven to be the one that was logged. Raises as `open` does."""
        if not entry.file:
            raise RecordingAway("the log names no file")
        try:
            sealed = read_seal(read_all(self._source, seal_name(entry.file), MOST_BYTES))
        except SealDamaged as error:
            raise StreamBroken(str(error)) from error
        if sealed.seal.call_id != entry.call_id:
            raise StreamBroken("the seal is another call's")
        if entry.seal_hash and sealed.hash != entry.seal_hash:
            raise StreamBroken("the seal is not the one that was logged")
        return sealed

    def _key(self, file: str, sealed: SealFile) -> age.Identity:
        """The first wrapping is the usual one and lies in the seal; later ones cost a look into the vault each."""
        identities = _Kept(self._identities())
        damage = ""
        for wrapped in self._wrapped(file, sealed):
            try:
                return age.unwrap(wrapped, identities)
            except age.NotEncryptedForThese:
                continue
            except age.KeyNotUsable as error:
                damage = str(error)  # another one may open it
        if damage:
            raise StreamBroken(f"the recording's key is damaged: {damage}")
        raise NotForYou(file)

    def _wrapped(self, file: str, sealed: SealFile) -> Iterator[bytes]:
        yield sealed.key
        for number in range(newest_key(self._source, file), FIRST_KEY - 1, -1):
            try:
                wrapped = read_key(read_all(self._source, key_name(file, number), MOST_KEY_BYTES), sealed.hash)
            except (SealDamaged, RecordingAway) as error:
                log.warning("%s is no wrapped key: %s", key_name(file, number), error)
                continue
            yield wrapped.key


class _Kept:
    """Identities asked for once, however often they are gone through."""

    def __init__(self, found: Iterable[age.Identity]) -> None:
        self._coming = iter(found)
        self._seen: list[age.Identity] = []

    def __iter__(self) -> Iterator[age.Identity]:
        yield from list(self._seen)
        for identity in self._coming:
            self._seen.append(identity)
            yield identity


class SealedStream(io.RawIOBase):
    """Implements `recording_ports.AudioStream`. Bytes from the start that are loaded are there for good; nothing is
    fetched twice. What was proven before loading failed is still read, and moved about in, so that a player comes as
    far as the recording is whole; a read of what lies behind raises, and so does one of the whole, which must not seem
    shorter."""

    def __init__(self, seal: Seal, key: age.Identity, first: bytes, rest: Iterator[bytes]) -> None:
        super().__init__()
        self.seal = seal
        self._data = bytearray()
        self._position = 0
        self._failure: StreamBroken | None = None
        self._whole = False
        self._stopping = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._load, args=(key, first, rest), name="opening", daemon=True)
        self._thread.start()

    @property
    def size(self) -> int:
        return self.seal.audio_bytes

    @property
    def loaded(self) -> int:
        return len(self._data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        to_the_end = size is None or size < 0
        wanted = self.size if size is None or size < 0 else min(self._position + size, self.size)
        with self._news:
            self._news.wait_for(lambda: len(self._data) >= wanted or self._over)
            if self._stopping or to_the_end or not self._position < len(self._data):
                self._check()
            found = bytes(memoryview(self._data)[self._position : max(wanted, self._position)])
            self._position += len(found)
            return found

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._check_open()
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("a place before the start")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        self._check()
        return self._position

    def wait_loaded(self, timeout_s: float | None = None) -> bool:
        """Until all of it is proven. Raises `StreamBroken`. Any thread."""
        with self._news:
            self._news.wait_for(lambda: self._over, timeout_s)
            self._check()
            return self._whole

    def close(self) -> None:
        with self._news:
            self._stopping = True
            self._news.notify_all()
        super().close()

    @property
    def _over(self) -> bool:
        return self._whole or bool(self._failure) or self._stopping

    def _check(self) -> None:
        if self._failure:
            raise type(self._failure)(str(self._failure))
        self._check_open()

    def _check_open(self) -> None:
        if self._stopping:
            raise ValueError("the recording is closed")

    def _load(self, key: age.Identity, first: bytes, rest: Iterator[bytes]) -> None:
        failure: StreamBroken | None = None
        try:
            proving = _Proving(self.seal, self._append)
            age.decrypt(_Arriving(first, rest, lambda: self._stopping), proving, [key])
            proving.finish()
        except _Stopped:
            pass
        except StreamBroken as error:
            failure = error
        except age.NotEncryptedForThese as error:
            failure = StreamBroken(f"what lies in the vault does not open: {error}")
        except Exception as error:
            # The thread's outermost frame: whatever is raised, the reader must not wait for ever.
            log.warning("a recording cannot be opened", exc_info=True)
            failure = StreamBroken(f"it cannot be opened: {error}")
        with self._news:
            self._failure = failure
            self._whole = failure is None and not self._stopping
            self._news.notify_all()
        if failure is not None:
            log.warning("a recording was not loaded whole: %s", failure, extra={"call_id": self.seal.call_id})

    def _append(self, span: bytes) -> None:
        with self._news:
            self._data += span
            self._news.notify_all()


class _Stopped(Exception):
    """The reader has closed it."""


class _Arriving:
    """Blocks of any size as a file to be read in order. Raises `LoadBrokeOff` for whatever the vault raises."""

    def __init__(self, first: bytes, rest: Iterator[bytes], stopping: Callable[[], bool]) -> None:
        self._rest, self._stopping = rest, stopping
        self._block, self._at = memoryview(bytes(first)), 0

    def read(self, size: int, /) -> bytes:
        while self._at >= len(self._block):
            if self._stopping():
                raise _Stopped
            following = self._next()
            if following is None:
                return b""
            self._block, self._at = memoryview(bytes(following)), 0
        found = bytes(self._block[self._at : self._at + size])
        self._at += len(found)
        return found

    def _next(self) -> bytes | None:
        try:
            return next(self._rest, None)
        except Exception as error:
            raise LoadBrokeOff(f"it broke off while it was loaded: {error}") from error


class _Proving:
    """Gathers what is decrypted into spans and hands on those that are the sealed ones."""

    def __init__(self, seal: Seal, hand_on: Callable[[bytes], None]) -> None:
        self._seal, self._hand_on = seal, hand_on
        self._before = seal.manifest_sha256
        self._number = 0
        self._waiting = bytearray()

    def write(self, data: bytes, /) -> int:
        self._waiting += data
        while len(self._waiting) >= self._seal.span_bytes:
            self._prove(self._seal.span_bytes)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def finish(self) -> None:
        """All is here. Raises `StreamBroken` where something is missing."""
        if self._waiting:
            self._prove(len(self._waiting))
        if self._number != len(self._seal.spans):
            raise StreamBroken(f"{self._number} of {len(self._seal.spans)} spans are there")

    def _prove(self, size: int) -> None:
        span = bytes(self._waiting[:size])
        found = next_span_hash(self._before, span)
        if self._number >= len(self._seal.spans) or found != self._seal.spans[self._number]:
            raise StreamBroken(f"span {self._number + 1} of {len(self._seal.spans)} is not what was sealed")
        self._before = found
        self._number += 1
        del self._waiting[:size]
        self._hand_on(span)
