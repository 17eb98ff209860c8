"""Sealing one call: its spool becomes two objects, an encrypted audio file `<call_id>.age` and its seal
`<call_id>.seal` (see `desk.domain.seal`), in the folder of sealed recordings that wait for the vault.

Both take their names only when they have been synced, opened again with the recording's own key, compared span by span
and found as long as what was recorded; the audio first, so that a seal always stands for a whole recording. Killed at
any point, sealing is simply done again and gives ONE seal with one place in the chain. The spool is only read.

The sync process's sealing thread. An hour of speech is never in memory as a whole."""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.domain.journal import Journal, WhyMissing
from desk.domain.seal import (
    AUDIO_SUFFIX,
    SEAL_SUFFIX,
    SPAN_BYTES,
    Seal,
    next_span_hash,
    seal_hash,
    span_hashes,
    vault_name,
)
from desk.domain.spans import span_text
from desk.domain.times import to_text
from desk.recording.files import sha256_of, sync_folder
from desk.recording.sealing import age
from desk.recording.sealing.analysis import Analysis, analyse
from desk.recording.sealing.bars import comment_of
from desk.recording.sealing.chain import Chain, Place
from desk.recording.sealing.encode import Codec, EncodeError, comments_of, decoded_length_ms, encode
from desk.recording.sealing.pcm import SpoolAudio
from desk.recording.sealing.seal_file import SealDamaged, SealFile, read_seal, seal_bytes
from desk.recording.spool import folder as spool
from desk.recording.spool import segments
from desk.recording.spool.segments import Where
from desk.usecases.ports import Clock

log = logging.getLogger(__name__)

TOLERANCE_MS = 100
_BLOCK = 1024 * 1024

# Who may open the recording of a call that this agent took at this time. Raises `KeyringWeak`, `KeyMissing`.
RecipientsFor = Callable[[str, datetime], Sequence[age.Recipient]]


class SealError(Exception):
    """The audio could not be encoded, or did not come back as it was recorded. The spool is untouched."""


@dataclass(frozen=True, slots=True)
class _Spooled:
    """A closed spool with audio in it."""

    journal: Journal
    manifest: bytes
    audio: SpoolAudio

    @property
    def manifest_sha256(self) -> str:
        return hashlib.sha256(self.manifest).hexdigest()


class Sealer:
    """`where`: the spool; `seat`: its name, as it stands in the seals."""

    def __init__(
        self,
        where: Where,
        sealed_dir: Path,
        seat: str,
        codec: Codec,
        recipients: RecipientsFor,
        chain: Chain,
        clock: Clock,
    ) -> None:
        self._spool, self._sealed_dir, self._seat = where, sealed_dir, seat
        self._codec, self._recipients, self._chain, self._clock = codec, recipients, chain, clock

    def seal(self, call_id: CallId, lost: RecordingEntry | None = None) -> RecordingEntry:
        """Seal this call's audio, or say why it has none. The spool stays. `lost`: as it was sealed and logged before,
        where that was lost on its way to the vault. Raises `SealError`, `JournalError`, `OSError`, `KeyringWeak`,
        `KeyMissing`."""
        journal = spool.read(self._spool, call_id)
        audio = SpoolAudio(self._spool, call_id, journal.rate_hz)
        if not audio.samples or not journal.rate_hz:
            return RecordingEntry(call_id, RecordingKept.MISSING, why_none(journal), interrupted=journal.interrupted)
        manifest = segments.read_text(self._spool, call_id, segments.MANIFEST)
        spooled = _Spooled(journal, manifest, audio)
        found = analyse(audio, journal)
        target = self._sealed_dir / file_of(journal)
        _sweep(target)
        sealed = self._sealed_before(target, spooled) or self._seal_anew(target, spooled, found, lost)
        return _entry(spooled, sealed, found)

    def _sealed_before(self, target: Path, spooled: _Spooled) -> SealFile | None:
        """What an earlier try has left, where it is whole and this recording's."""
        sealed = _left_over(target)
        if sealed is None or sealed.seal.manifest_sha256 != spooled.manifest_sha256:
            return None
        try:
            whole = sha256_of(target) == sealed.seal.sealed_sha256
        except FileNotFoundError:
            return None
        if not whole:
            return None
        if sealed.seal.chain == self._chain.name:  # it may be older than the chain
            self._chain.advance(Place(sealed.seal.place, sealed.hash))
        return sealed

    def _predecessor(self, target: Path, lost: RecordingEntry | None) -> Place:
        """The place before the one that this recording takes. What was the chain's last one already keeps its place:
        nothing stands behind it yet, and the place of a seal that is nowhere would be missing for ever."""
        tail, left = self._chain.tail(), _left_over(target)
        if left is not None and left.seal.chain == self._chain.name and Place(left.seal.place, left.hash) == tail:
            return Place(tail.place - 1, left.seal.previous)
        if lost is not None and lost.chain == self._chain.name and Place(lost.chain_place or 0, lost.seal_hash) == tail:
            return self._chain.before(tail) or tail
        return tail

    def _seal_anew(self, target: Path, spooled: _Spooled, found: Analysis, lost: RecordingEntry | None) -> SealFile:
        journal = spooled.journal
        recipients = self._recipients(journal.agent, journal.offered_at)
        self._sealed_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        key = age.new_identity()
        with _part(target, "plain") as plain, _part(target, "age") as encrypted, _part(target, "seal") as sealed:
            try:
                comments = comments_of(journal, spooled.manifest, comment_of(found.bars))
                encode(plain, spooled.audio, self._codec, comments)
            except EncodeError as error:
                raise SealError(str(error)) from error
            spans = tuple(span_hashes(spooled.manifest_sha256, _blocks(plain)))
            with plain.open("rb") as source, encrypted.open("wb") as handle:
                age.encrypt(source, handle, [key.to_public()])
            _sync(encrypted)
            _prove(encrypted, plain, key, spooled, spans)
            before = self._predecessor(target, lost)
            seal = Seal(
                call_id=journal.call_id,
                seat=self._seat,
                chain=self._chain.name,
                place=before.place + 1,
                previous=before.seal_hash,
                sealed_at=to_text(self._clock()),
                started_at=to_text(journal.starts[0].at if journal.starts else journal.offered_at),
                interrupted=journal.interrupted,
                codec=self._codec.name,
                rate_hz=journal.rate_hz,
                length_ms=spooled.audio.length_ms,
                audio_bytes=plain.stat().st_size,
                manifest_sha256=spooled.manifest_sha256,
                spans=spans,
                sealed_bytes=encrypted.stat().st_size,
                sealed_sha256=sha256_of(encrypted),
            )
            content = seal_bytes(seal, age.wrap(key, recipients))
            sealed.write_bytes(content)
            _sync(sealed)
            encrypted.replace(target)
            sync_folder(target.parent)
            sealed.replace(target.with_suffix(SEAL_SUFFIX))
            sync_folder(target.parent)
        self._chain.advance(Place(seal.place, seal_hash(seal)))
        return read_seal(content)


def file_of(journal: Journal) -> str:
    """The recording's place, relative and with forward slashes: the day is that of the call in UTC, which no clock
    change and no move of the seat makes ambiguous."""
    return vault_name(f"{journal.offered_at:%Y/%m/%d}", journal.call_id, AUDIO_SUFFIX)


def missing(journal: Journal, why: WhyMissing, detail: str = "") -> RecordingEntry:
    """The entry of a call whose audio cannot be kept."""
    text = f"{why.value}: {detail}" if detail else why.value
    return RecordingEntry(journal.call_id, RecordingKept.MISSING, text, interrupted=journal.interrupted)


def why_none(journal: Journal) -> str:
    """Why this call has no audio, as it stands in `RecordingEntry.why`."""
    if journal.failures:
        kind, _, detail = journal.failures[0].partition(": ")
        why = WhyMissing.DISK_FULL if kind == "spool_full" else WhyMissing.UNWRITABLE
        return f"{why.value}: {detail}" if detail else why.value
    if journal.answered_at is None and not journal.rate_hz:
        return WhyMissing.NOT_ANSWERED.value
    if journal.interrupted:
        return WhyMissing.INTERRUPTED.value
    if any(mark.audio_ms for mark in journal.marks):
        return WhyMissing.LOST.value
    return WhyMissing.NO_AUDIO.value


def _entry(spooled: _Spooled, sealed: SealFile, found: Analysis) -> RecordingEntry:
    journal, seal = spooled.journal, sealed.seal
    return RecordingEntry(
        journal.call_id,
        RecordingKept.KEPT,
        file=file_of(journal),
        sha256=seal.sealed_sha256,
        length_ms=seal.length_ms,
        interrupted=journal.interrupted,
        marks=tuple(mark.text for mark in journal.marks),
        codec=seal.codec,
        size_bytes=seal.sealed_bytes,
        spans=tuple(span_text(start.audio_ms, start.at) for start in journal.starts),
        chain=seal.chain,
        chain_place=seal.place,
        seal_hash=sealed.hash,
        **asdict(found.heard),
    )


def _prove(encrypted: Path, plain: Path, key: age.Identity, spooled: _Spooled, spans: tuple[str, ...]) -> None:
    """That this opens to the very bytes that were encoded, and that they sound as long as the call was. Raises
    `SealError`."""
    hashing = _SpanHashing(spooled.manifest_sha256)
    try:
        with encrypted.open("rb") as source:
            age.decrypt(source, hashing, [key])
        if hashing.spans() != spans:
            raise SealError("what was encrypted did not come back the same")
        found_ms = decoded_length_ms(plain)
    except (age.NotEncryptedForThese, EncodeError) as error:
        raise SealError(str(error)) from error
    length_ms = spooled.audio.length_ms
    if abs(found_ms - length_ms) > TOLERANCE_MS:
        raise SealError(f"{length_ms} ms were recorded, {found_ms} ms came back")


class _SpanHashing:
    """A file that is written to and keeps only the hashes of its spans."""

    def __init__(self, manifest_sha256: str) -> None:
        self._before = manifest_sha256
        self._waiting = bytearray()
        self._hashes: list[str] = []

    def write(self, data: bytes, /) -> int:
        self._waiting += data
        while len(self._waiting) >= SPAN_BYTES:
            self._take(SPAN_BYTES)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def spans(self) -> tuple[str, ...]:
        if self._waiting:
            self._take(len(self._waiting))
        return tuple(self._hashes)

    def _take(self, size: int) -> None:
        self._before = next_span_hash(self._before, bytes(self._waiting[:size]))
        self._hashes.append(self._before)
        del self._waiting[:size]


@contextmanager
def _part(target: Path, suffix: str) -> Iterator[Path]:
    """A file of the owner's only, that goes when it was not renamed."""
    part = target.with_name(f"{target.stem}.{os.getpid()}.{suffix}.part")
    try:
        part.touch(mode=0o600)
        yield part
    finally:
        part.unlink(missing_ok=True)


def _left_over(target: Path) -> SealFile | None:
    """The seal that an earlier try has left beside this audio. Raises `OSError`."""
    try:
        return read_seal(target.with_suffix(SEAL_SUFFIX).read_bytes())
    except (FileNotFoundError, SealDamaged):
        return None


def _sweep(target: Path) -> None:
    """What a try that was killed has left of this call."""
    for stale in target.parent.glob(f"{target.stem}.*.part"):
        stale.unlink(missing_ok=True)


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as handle:
        while block := handle.read(_BLOCK):
            yield block


def _sync(file: Path) -> None:
    with file.open("r+b") as handle:
        os.fsync(handle.fileno())
