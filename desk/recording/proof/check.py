"""Checking ONE recording in a vault: its seal, the encrypted audio against it, and with a key everything inside
(`content`). The encrypted file is read once, in blocks. Nothing plain touches a disk.

Any thread; several at once."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date

from desk.domain.seal import AUDIO_SUFFIX, SEAL_SUFFIX, TOMBSTONE_SUFFIX, Seal
from desk.domain.times import from_text
from desk.recording.proof.checked import Checked, How, Link
from desk.recording.proof.content import PlainContent, check_content
from desk.recording.proof.findings import What
from desk.recording.proof.tombstone import TombstoneDamaged, digest, read_tombstone
from desk.recording.sealing import age
from desk.recording.sealing.rotate import MOST_KEY_BYTES, WrappedKey, read_key
from desk.recording.sealing.seal_file import KEY_SUFFIX, MOST_BYTES, SealDamaged, SealFile, read_seal
from desk.recording.vault.port import Kept, Source, read_all
from desk.usecases.recording_ports import RecordingAway, VaultAway, VaultRefused

_AGE_HEADER = b"age-encryption.org/v1\n"
_MOST_NOTE = 1024 * 1024  # bytes of a note on a deletion
_LOST = (RecordingAway, VaultAway, VaultRefused, OSError)


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
    sealed = _seal(source, kept, checked)
    if checked.deleted:
        _check_tombstone(source, kept, sealed, checked)
    wraps = {} if sealed is None else _wraps(source, kept, sealed, checked)
    if AUDIO_SUFFIX not in kept:
        if not checked.deleted:
            checked.found(What.AUDIO_MISSING, AUDIO_SUFFIX)
        return
    checked.size_bytes = kept[AUDIO_SUFFIX].size
    if sealed is None:
        return
    whole = checked.size_bytes == sealed.seal.sealed_bytes  # the list says so: nothing needs to be read for it
    if not whole:
        checked.found(What.AUDIO_CUT, AUDIO_SUFFIX, f"{checked.size_bytes} / {sealed.seal.sealed_bytes}")
    if not how.audio:
        return
    checked.length_ms = sealed.seal.length_ms
    key = _key(wraps, how, checked)
    if whole:
        _check_audio(source, sealed.seal, key, how, checked)


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
    if seal.call_id != checked.call_id:
        checked.found(What.SEAL_ELSEWHERE, SEAL_SUFFIX, seal.call_id)
    if _days_apart(seal.started_at, checked.stem) > 1:
        checked.found(What.OTHER_DAY, SEAL_SUFFIX, seal.started_at)
    return sealed


def _days_apart(started_at: str, stem: str) -> int:
    """Between the day a recording began and the one it lies under, which is the day that the call came in: one where
    it rang over midnight."""
    try:
        return abs((from_text(started_at).date() - date(*map(int, stem[:10].split("/")))).days)
    except (ValueError, OverflowError):
        return 2  # no such day


def _check_tombstone(source: Source, kept: Mapping[str, Kept], sealed: SealFile | None, checked: Checked) -> None:
    untrusted = read_all(source, checked.stem + TOMBSTONE_SUFFIX, _MOST_NOTE)
    try:
        tombstone = read_tombstone(untrusted, checked.call_id, sealed.seal if sealed else None)
    except TombstoneDamaged as error:
        checked.found(What.TOMBSTONE_DAMAGED, TOMBSTONE_SUFFIX, error)
        return
    checked.tombstone = digest(tombstone)
    told = tombstone.as_dict()
    words = ", ".join(told[name] for name in ("deleted_at", "deleted_by", "deleted_why"))
    checked.found(What.DELETED, TOMBSTONE_SUFFIX, words)
    if AUDIO_SUFFIX in kept:
        checked.found(What.DELETION_UNFINISHED, AUDIO_SUFFIX)


def _wraps(source: Source, kept: Mapping[str, Kept], sealed: SealFile, checked: Checked) -> dict[str, WrappedKey]:
    """The audio's key as it was wrapped, newest first; only those that can be one at all."""
    found = {SEAL_SUFFIX: WrappedKey(sealed.seal.call_id, sealed.hash, sealed.key, ())}
    for suffix in sorted((s for s in kept if s.startswith(KEY_SUFFIX)), key=lambda s: int(s[len(KEY_SUFFIX) :])):
        try:
            wrapped = read_key(read_all(source, checked.stem + suffix, MOST_KEY_BYTES), sealed.hash)
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
    plain = PlainContent(seal.manifest_sha256, seal.span_bytes, seal.audio_bytes)
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
    for what, detail in check_content(plain.file(), seal, decode=how.decode):
        checked.found(what, AUDIO_SUFFIX, detail)


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
