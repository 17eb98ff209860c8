"""Rotation: each recording's key is wrapped anew for other recipients, as `.key2`, `.key3`... beside the audio, which
stays as it is, and so do its seal and the chain. Which recipients a wrapping is for stands in it, because an age file
does not tell; so a rotation that broke off goes on where it was, and one that is done does nothing.

    {"call_id": "...", "key": "base64 of an age file", "seal_hash": "...", "sha256": "...", "to": ["age1..."]}

`seal_hash` is that of the seal it belongs to, `sha256` that of all the rest of it: a flipped bit is noticed without any
key, and the wrapping of another recording.

What was wrapped before is not taken back: nothing in a vault is ever overwritten. Whoever had a key that was dropped,
and can still read the vault, can open the old recordings as before. The command line's thread."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from desk.domain.seal import SEAL_SUFFIX, canonical
from desk.recording.sealing import age
from desk.recording.sealing.seal_file import FIRST_KEY, SealDamaged, key_name, read_seal
from desk.recording.vault.port import Source, Vault
from desk.usecases.ports import RecordingAway

MOST_KEYS = 10_000


class Rotated(Enum):
    """What became of one recording."""

    WRAPPED = "wrapped"
    DONE_BEFORE = "done_before"
    NOT_FOR_US = "not_for_us"  # no key here opens it
    DAMAGED = "damaged"  # its seal or its newest key cannot be read


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
    """The number of the newest `.keyN`; 1 where there is none but the seal's own. Raises what the vault raises."""
    number = FIRST_KEY - 1
    while number < MOST_KEYS and source.stat(key_name(audio_name, number + 1)) is not None:
        number += 1
    return number


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
            for name in self._seals(prefix):
                on_each(name, self._one(name, Path(folder)))

    def _seals(self, prefix: str) -> Iterator[str]:
        """A day's names are held back until the day is through: what is written meanwhile must not be met again."""
        waiting: list[str] = []
        for kept in self._vault.names(prefix):
            if not kept.name.endswith(SEAL_SUFFIX):
                continue
            if waiting and waiting[0].rpartition("/")[0] != kept.name.rpartition("/")[0]:
                yield from waiting
                waiting = []
            waiting.append(kept.name)
        yield from waiting

    def _one(self, seal_name: str, folder: Path) -> Rotated:
        try:
            sealed = read_seal(b"".join(self._vault.read(seal_name)))
            newest = newest_key(self._vault, seal_name)
            wrapped = [sealed.key]
            if newest >= FIRST_KEY:
                last = read_key(b"".join(self._vault.read(key_name(seal_name, newest))), sealed.hash)
                if last.to == self._to:
                    return Rotated.DONE_BEFORE
                wrapped.insert(0, last.key)
            key = self._unwrapped(wrapped)
        except (SealDamaged, age.KeyNotUsable, RecordingAway):
            return Rotated.DAMAGED
        if key is None:
            return Rotated.NOT_FOR_US
        file = folder / "key"
        content = WrappedKey(sealed.seal.call_id, sealed.hash, age.wrap(key, self._recipients), self._to)
        file.write_bytes(key_bytes(content))
        self._vault.put_new(key_name(seal_name, newest + 1), file)
        return Rotated.WRAPPED

    def _unwrapped(self, wrapped: Sequence[bytes]) -> age.Identity | None:
        for one in wrapped:
            try:
                return age.unwrap(one, self._identities)
            except age.NotEncryptedForThese:
                continue
        return None
