"""Rotation: each recording's key is wrapped anew for other recipients, as `.key2`, `.key3`... beside the audio, which
stays as it is, and so do its seal and the chain. Which recipients a wrapping is for stands in it, because an age file
does not tell; so a rotation that broke off goes on where it was, and one that is done does nothing. Two at once take
different numbers. A torn `.keyN` hinders none of the others; of what retention has deleted there is none to be made.

    {"call_id": "...", "key": "base64 of an age file", "seal_hash": "...", "sha256": "...", "to": ["age1..."]}

`seal_hash` is that of the seal it belongs to, `sha256` that of all the rest of it: a flipped bit is noticed without any
key, and the wrapping of another recording.

What was wrapped before is not taken back: nothing in a vault is ever overwritten. Whoever had a key that was dropped,
and can still read the vault, can open the old recordings as before. The command line's thread."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from desk.domain.seal import SEAL_SUFFIX, TOMBSTONE_SUFFIX, canonical
from desk.recording.sealing import age
from desk.recording.sealing.seal_file import (
    FIRST_KEY,
    KEY_SUFFIX,
    MOST_BYTES,
    SealDamaged,
    SealFile,
    key_name,
    read_seal,
)
from desk.recording.vault.port import Source, Vault, read_all
from desk.usecases.recording_ports import RecordingAway, VaultTaken

MOST_KEYS = 10_000
MOST_KEY_BYTES = 1024 * 1024
_MOST_MISSING = 8  # in a row
_NUMBER = re.compile(r"[2-9]|[1-9]\d{1,3}")


class Rotated(Enum):
    """What became of one recording."""

    WRAPPED = "wrapped"
    DONE_BEFORE = "done_before"
    NOT_FOR_US = "not_for_us"  # no key here opens it
    DAMAGED = "damaged"  # its seal, or every key that could be meant for us, cannot be read
    DELETED = "deleted"  # by rule: there is nothing left to open


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """`key`: an age file that holds the identity of the audio; `to`: for whom, in order; `seal_hash`: whose it is."""

    call_id: str
    seal_hash: str
    key: bytes
    to: tuple[str, ...]


class _Json(msgspec.Struct):
    call_id: str
    key: str
    seal_hash: str
    sha256: str
    to: tuple[str, ...]


_decoder = msgspec.json.Decoder(_Json)


def key_bytes(wrapped: WrappedKey) -> bytes:
    """A `.keyN` as it lies in the vault."""
    value: dict[str, object] = {
        "call_id": wrapped.call_id,
        "key": base64.b64encode(wrapped.key).decode("ascii"),
        "seal_hash": wrapped.seal_hash,
        "to": list(wrapped.to),
    }
    value["sha256"] = hashlib.sha256(canonical(value)).hexdigest()
    return canonical(value) + b"\n"


def read_key(untrusted_bytes: bytes, seal_hash: str) -> WrappedKey:
    """Of the recording with this seal. Raises `SealDamaged`: not a wrapped key, not as Desk has written it, or another
    recording's."""
    try:
        found = _decoder.decode(untrusted_bytes)
        wrapped = WrappedKey(found.call_id, found.seal_hash, base64.b64decode(found.key, validate=True), found.to)
        written = key_bytes(wrapped)
    except (msgspec.MsgspecError, UnicodeDecodeError, binascii.Error, ValueError, RecursionError) as error:
        raise SealDamaged(f"this is no wrapped key: {error}") from error
    if untrusted_bytes != written:
        raise SealDamaged("the wrapped key was changed: it is not as Desk has written it")
    if wrapped.seal_hash != seal_hash:
        raise SealDamaged("the wrapped key is another recording's")
    return wrapped


def newest_key(source: Source, audio_name: str) -> int:
    """The number of the newest `.keyN`; 1 where there is none but the seal's own. Some may be missing in between. For
    those who open one recording, and cannot list. Raises what the vault raises."""
    newest = number = FIRST_KEY - 1
    while number < min(newest + _MOST_MISSING, MOST_KEYS):
        number += 1
        if source.stat(key_name(audio_name, number)) is not None:
            newest = number
    return newest


@dataclass(slots=True)
class _Held:
    """What the vault holds of one recording; `stem` as `stem_of`."""

    stem: str
    suffixes: set[str] = field(default_factory=set)

    @property
    def numbers(self) -> list[int]:
        """Newest first."""
        found = (suffix.removeprefix(KEY_SUFFIX) for suffix in self.suffixes if suffix.startswith(KEY_SUFFIX))
        return sorted((int(number) for number in found if _NUMBER.fullmatch(number)), reverse=True)


class Rotation:
    """`recipients`: to whom everything is to be wrapped. `identities`: those that may open now."""

    def __init__(self, vault: Vault, identities: Iterable[age.Identity], recipients: Sequence[str]) -> None:
        """Raises `KeyNotUsable`, `ValueError` without recipients."""
        if not recipients:
            raise ValueError("nobody could open the recordings any more")
        self._to = tuple(sorted(set(recipients)))
        self._recipients = [age.recipient_of(text) for text in self._to]
        self._vault, self._identities = vault, list(identities)

    def run(self, prefix: str = "", on_each: Callable[[str, Rotated], None] = lambda _name, _done: None) -> None:
        """All recordings whose names begin with this ("2026/11"). Raises what the vault raises; done again, it goes
        on."""
        with TemporaryDirectory(prefix="desk-keys-") as folder:
            for held in self._recordings(prefix):
                on_each(held.stem + SEAL_SUFFIX, self._one(held, Path(folder)))

    def _recordings(self, prefix: str) -> Iterator[_Held]:
        """A day's names are held back until the day is through: what is written meanwhile must not be met again."""
        day, waiting = "", dict[str, _Held]()
        for kept in self._vault.names(prefix):
            stem, dot, suffix = kept.name.rpartition(".")
            if stem.rpartition("/")[0] != day:
                yield from _sealed(waiting)
                day, waiting = stem.rpartition("/")[0], {}
            waiting.setdefault(stem, _Held(stem)).suffixes.add(dot + suffix)
        yield from _sealed(waiting)

    def _one(self, held: _Held, folder: Path) -> Rotated:
        if TOMBSTONE_SUFFIX in held.suffixes:
            return Rotated.DELETED
        try:
            sealed = read_seal(read_all(self._vault, held.stem + SEAL_SUFFIX, MOST_BYTES))
        except (SealDamaged, RecordingAway):
            return Rotated.DAMAGED
        numbers = held.numbers
        wrapped = [key for number in numbers if (key := self._key(sealed, held, number)) is not None]
        if wrapped and wrapped[0].to == self._to:
            return Rotated.DONE_BEFORE
        found = self._unwrapped([*(one.key for one in wrapped), sealed.key])
        if isinstance(found, Rotated):
            return found
        file = folder / "key"
        content = WrappedKey(sealed.seal.call_id, sealed.hash, age.wrap(found, self._recipients), self._to)
        file.write_bytes(key_bytes(content))
        return self._put(sealed, held, max(numbers, default=FIRST_KEY - 1) + 1, file)

    def _put(self, sealed: SealFile, held: _Held, first: int, file: Path) -> Rotated:
        """Under the first number that is free: others may rotate at the same time."""
        for number in range(first, MOST_KEYS):
            try:
                self._vault.put_new(key_name(held.stem + SEAL_SUFFIX, number), file)
            except VaultTaken:
                other = self._key(sealed, held, number)
                if other is not None and other.to == self._to:
                    return Rotated.DONE_BEFORE
            else:
                return Rotated.WRAPPED
        return Rotated.DAMAGED

    def _key(self, sealed: SealFile, held: _Held, number: int) -> WrappedKey | None:
        """None where it cannot be read, or is no wrapped key: it hinders none of the others."""
        try:
            name = key_name(held.stem + SEAL_SUFFIX, number)
            return read_key(read_all(self._vault, name, MOST_KEY_BYTES), sealed.hash)
        except (SealDamaged, RecordingAway):
            return None

    def _unwrapped(self, wrapped: Sequence[bytes]) -> age.Identity | Rotated:
        none = Rotated.NOT_FOR_US
        for one in wrapped:
            try:
                return age.unwrap(one, self._identities)
            except age.NotEncryptedForThese:
                continue
            except age.KeyNotUsable:
                none = Rotated.DAMAGED
        return none


def _sealed(found: dict[str, _Held]) -> Iterator[_Held]:
    return (held for held in found.values() if SEAL_SUFFIX in held.suffixes)
