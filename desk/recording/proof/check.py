"""Checking ONE recording in a vault: its seal, the encrypted audio against it, and with a key everything inside. The
encrypted file is read once, in blocks; the plain one is in memory for as long as it is looked at (an hour of Opus is 15
MB, of FLAC some 100). Nothing plain touches a disk.

What the seal proves is that the bytes are those that were sealed; that they can be heard was tried when they were
sealed. So the length is what the file says of itself, which costs a thousandth of decoding it; `decode` asks for all.

Any thread; several at once."""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import av

from desk.domain.seal import AUDIO_SUFFIX, SEAL_SUFFIX, TOMBSTONE_SUFFIX, Seal, next_span_hash
from desk.recording.proof.findings import Finding, What
from desk.recording.sealing import age
from desk.recording.sealing.encode import MANIFEST_TAG, EncodeError, manifest_of
from desk.recording.sealing.rotate import WrappedKey, read_key
from desk.recording.sealing.seal_file import KEY_SUFFIX, MOST_BYTES, SealDamaged, SealFile, read_seal
from desk.recording.vault.port import Kept, Source
from desk.usecases.ports import RecordingAway, VaultAway, VaultRefused

TOLERANCE_MS = 100
_AGE_HEADER = b"age-encryption.org/v1\n"
_MOST_SMALL = 1024 * 1024
_OF_NO_USE = frozenset({"call_id", "sha256"})  # of a tombstone, to people
_RATE_OF_OPUS_HZ = 48_000
_LOST = (RecordingAway, VaultAway, VaultRefused, OSError)


@dataclass(frozen=True, slots=True)
class Link:
    """A recording's place in its seat's chain."""

    chain: str
    place: int
    seal_hash: str
    previous: str


@dataclass(slots=True)
class Checked:
    """`stem`: "2026/11/22/<call_id>". `link` None where there is no seal to be read."""

    stem: str
    findings: list[Finding] = field(default_factory=list)
    link: Link | None = None
    is_recording: bool = False
    opened: bool = False
    deleted: bool = False
    size_bytes: int = 0
    length_ms: int = 0
    out_of_reach: bool = False  # the vault itself did not answer

    def found(self, what: What, suffix: str = "", detail: object = "") -> None:
        self.findings.append(Finding(what, self.stem + suffix, str(detail)[:300]))


@dataclass(frozen=True, slots=True)
class How:
    """`identities` none: without a key, nothing is opened. `audio` False: nor is the audio read at all."""

    identities: Sequence[age.Identity] = ()
    audio: bool = True
    decode: bool = False


def check(source: Source, stem: str, kept: Mapping[str, Kept], how: How) -> Checked:
    """`kept`: what the vault lists of this recording, by suffix. Raises nothing that the vault may cause."""
    checked = Checked(stem)
    try:
        _check(source, kept, how, checked)
    except _LOST as error:
        checked.out_of_reach = isinstance(error, VaultAway | VaultRefused)
        checked.found(What.UNREADABLE, "", f"{type(error).__name__}: {error}")
    return checked


def _check(source: Source, kept: Mapping[str, Kept], how: How, checked: Checked) -> None:
    checked.is_recording = AUDIO_SUFFIX in kept or SEAL_SUFFIX in kept
    checked.deleted = TOMBSTONE_SUFFIX in kept
    if checked.deleted:
        _check_tombstone(source, kept, checked)
    sealed = _seal(source, kept, checked)
    if AUDIO_SUFFIX not in kept:
        if not checked.deleted:
            checked.found(What.AUDIO_MISSING, AUDIO_SUFFIX)
        return
    checked.size_bytes = kept[AUDIO_SUFFIX].size
    wraps = {} if sealed is None else _wraps(source, kept, sealed, checked)
    if sealed is None or not how.audio:
        return
    checked.length_ms = sealed.seal.length_ms
    _check_audio(source, sealed.seal, _key(wraps, how, checked), how, checked)


def _seal(source: Source, kept: Mapping[str, Kept], checked: Checked) -> SealFile | None:
    if SEAL_SUFFIX not in kept:
        checked.found(What.SEAL_MISSING, AUDIO_SUFFIX)
        return None
    try:
        sealed = read_seal(read_all(source, checked.stem + SEAL_SUFFIX, MOST_BYTES))
    except SealDamaged as error:
        checked.found(What.SEAL_DAMAGED, SEAL_SUFFIX, error)
        return None
    seal = sealed.seal
    checked.link = Link(seal.chain, seal.place, sealed.hash, seal.previous)
    if seal.call_id != checked.stem.rpartition("/")[2]:
        checked.found(What.SEAL_ELSEWHERE, SEAL_SUFFIX, seal.call_id)
    return sealed


def _check_tombstone(source: Source, kept: Mapping[str, Kept], checked: Checked) -> None:
    try:
        told = json.loads(read_all(source, checked.stem + TOMBSTONE_SUFFIX, _MOST_SMALL))
        words = ", ".join(str(told[name]) for name in sorted(told) if name not in _OF_NO_USE)
    except (ValueError, TypeError, RecursionError) as error:
        checked.found(What.TOMBSTONE_DAMAGED, TOMBSTONE_SUFFIX, error)
        return
    checked.found(What.DELETED, TOMBSTONE_SUFFIX, words)
    if AUDIO_SUFFIX in kept:
        checked.found(What.DELETION_UNFINISHED, AUDIO_SUFFIX)


def _wraps(source: Source, kept: Mapping[str, Kept], sealed: SealFile, checked: Checked) -> dict[str, WrappedKey]:
    """The audio's key as it was wrapped, newest first; only those that can be one at all."""
    found = {SEAL_SUFFIX: WrappedKey(sealed.seal.call_id, sealed.hash, sealed.key, ())}
    for suffix in sorted((s for s in kept if s.startswith(KEY_SUFFIX)), key=lambda s: int(s[len(KEY_SUFFIX) :])):
        untrusted = read_all(source, checked.stem + suffix, _MOST_SMALL)
        try:
            wrapped = read_key(untrusted, sealed.hash)
            for recipient in wrapped.to:
                age.recipient_of(recipient)
        except (SealDamaged, age.KeyNotUsable) as error:
            checked.found(What.KEY_DAMAGED, suffix, error)
            continue
        if wrapped.call_id != sealed.seal.call_id:
            checked.found(What.KEY_DAMAGED, suffix, "it names another call")
        found[suffix] = wrapped
    for suffix, wrapped in list(found.items()):
        if not wrapped.key.startswith(_AGE_HEADER):
            checked.found(What.KEY_DAMAGED, suffix, "it holds no age file")
            del found[suffix]
    return dict(reversed(found.items()))


def _key(wraps: Mapping[str, WrappedKey], how: How, checked: Checked) -> age.Identity | None:
    """The audio's own key, by whichever wrapped one opens; two that open must hold the same, and one that says it is
    for a key at hand must open."""
    if not how.identities:
        return None
    ours = {str(identity.to_public()) for identity in how.identities}
    keys: dict[str, age.Identity] = {}
    for suffix, wrapped in wraps.items():
        try:
            keys[suffix] = age.unwrap(wrapped.key, how.identities)
        except age.NotEncryptedForThese:
            if ours & set(wrapped.to):
                checked.found(What.KEY_DAMAGED, suffix, "it is for a key given here, which does not open it")
        except age.KeyNotUsable as error:
            checked.found(What.KEY_DAMAGED, suffix, error)
    if len({str(key) for key in keys.values()}) > 1:
        checked.found(What.KEY_DAMAGED, KEY_SUFFIX, "two of its keys differ")
    if not keys:
        checked.found(What.NOT_OPENED, AUDIO_SUFFIX)
        return None
    return next(iter(keys.values()))


def _check_audio(source: Source, seal: Seal, key: age.Identity | None, how: How, checked: Checked) -> None:
    encrypted = _Hashed(source.read(checked.stem + AUDIO_SUFFIX))
    plain = _Plain(seal.manifest_sha256, seal.span_bytes)
    trouble = ""
    if key is not None:
        try:
            age.decrypt(encrypted, plain, [key])
        except age.NotEncryptedForThese as error:
            trouble = str(error)
    encrypted.drain()
    whole = encrypted.size == seal.sealed_bytes and encrypted.sha256 == seal.sealed_sha256
    if encrypted.size != seal.sealed_bytes:
        checked.found(What.AUDIO_CUT, AUDIO_SUFFIX, f"{encrypted.size} / {seal.sealed_bytes}")
    elif not whole:
        checked.found(What.AUDIO_CHANGED, AUDIO_SUFFIX)
    if key is None:
        return
    checked.opened = True
    if trouble:
        if whole:
            checked.found(What.CANNOT_DECRYPT, AUDIO_SUFFIX, trouble)
        return
    wrong = plain.first_wrong(seal.spans)
    if wrong is not None:
        checked.found(What.SPAN_CHANGED, AUDIO_SUFFIX, f"{wrong} / {len(seal.spans)}")
        return
    for what, detail in check_content(plain.content, seal, decode=how.decode):
        checked.found(what, AUDIO_SUFFIX, detail)


def check_content(untrusted_audio: bytes, seal: Seal, *, decode: bool) -> Iterator[tuple[What, str]]:
    """The plain audio file against its seal: codec, length, and the manifest in its comments."""
    try:
        with av.open(io.BytesIO(untrusted_audio), "r") as container:
            stream = container.streams.audio[0]
            codec = stream.codec_context.name
            comments = {name.upper(): text for name, text in {**container.metadata, **stream.metadata}.items()}
            length_ms = _decoded_ms(container) if decode else _told_ms(stream)
    except (av.error.FFmpegError, IndexError, ValueError, OSError) as error:
        yield What.NO_AUDIO_FILE, str(error)
        return
    if codec not in (seal.codec, f"lib{seal.codec}"):
        yield What.CODEC_DIFFERS, f"{codec} / {seal.codec}"
    if abs(length_ms - seal.length_ms) > TOLERANCE_MS:
        yield What.LENGTH_DIFFERS, f"{length_ms / 1000:.3f} / {seal.length_ms / 1000:.3f}"
    try:
        manifest = manifest_of(comments.get(MANIFEST_TAG, ""))
    except EncodeError as error:
        yield What.MANIFEST_CHANGED, str(error)
        return
    if hashlib.sha256(manifest).hexdigest() != seal.manifest_sha256:
        yield What.MANIFEST_CHANGED, ""


def _told_ms(stream: av.AudioStream) -> int:
    """As the file's last page (Opus) or its header (FLAC) says. Opus starts before 0 by what its decoder needs to come
    to itself (RFC 7845 section 4.2)."""
    if stream.duration is None or stream.time_base is None:
        raise ValueError("it does not say how long it is")
    return int((stream.duration + min(0, stream.start_time or 0)) * stream.time_base * 1000)


def _decoded_ms(container: av.container.InputContainer) -> int:
    samples, rate_hz = 0, _RATE_OF_OPUS_HZ
    for frame in container.decode(audio=0):
        samples, rate_hz = samples + frame.samples, frame.sample_rate
    return samples * 1000 // rate_hz


def read_all(source: Source, name: str, most: int) -> bytes:
    """A small object. Of one that is larger than `most` only the beginning, which will not do."""
    content = bytearray()
    for block in source.read(name):
        content += block
        if len(content) > most:
            break
    return bytes(content)


class _Hashed:
    """Blocks as a file to read from, hashed and counted on the way."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = iter(blocks)
        self._hash = hashlib.sha256()
        self._block = memoryview(b"")
        self.size = 0

    def read(self, size: int, /) -> bytes:
        while not self._block:
            block = next(self._blocks, None)
            if block is None:
                return b""
            self._hash.update(block)
            self.size += len(block)
            self._block = memoryview(block)
        given, self._block = self._block[:size], self._block[size:]
        return bytes(given)

    def drain(self) -> None:
        """To the end, whatever became of who was reading."""
        self._block = memoryview(b"")
        while self.read(1 << 30):
            pass

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class _Plain:
    """What comes out, kept, with the hashes of its spans."""

    def __init__(self, manifest_sha256: str, span_bytes: int) -> None:
        self._before, self._span_bytes = manifest_sha256, span_bytes
        self._content = bytearray()
        self._hashed = 0
        self._hashes: list[str] = []

    def write(self, data: bytes, /) -> int:
        self._content += data
        while len(self._content) - self._hashed >= self._span_bytes:
            self._take(self._hashed + self._span_bytes)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    @property
    def content(self) -> bytes:
        return bytes(self._content)

    def first_wrong(self, spans: Sequence[str]) -> int | None:
        """The number, from 1, of the first span that is not as it was sealed; None: all are."""
        if self._hashed < len(self._content):
            self._take(len(self._content))
        for number, (found, sealed) in enumerate(zip(self._hashes, spans, strict=False), 1):
            if found != sealed:
                return number
        shorter = min(len(self._hashes), len(spans))
        return None if len(self._hashes) == len(spans) else shorter + 1

    def _take(self, until: int) -> None:
        self._before = next_span_hash(self._before, bytes(self._content[self._hashed : until]))
        self._hashes.append(self._before)
        self._hashed = until
