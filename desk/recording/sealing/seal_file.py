"""The `.seal` object: a recording's seal, its hash, and the key of the audio wrapped for those who may open it; and the
`.key2`, `.key3`... beside it, each the same key wrapped anew for others. Bytes and values, no files; any thread.

    {"hash": "...", "key": "base64 of an age file", "key_sha256": "of that age file", "seal": {...}}

A private key never stands in it. Everything that is read here comes from a vault, which others can write. So only the
very bytes that Desk would write are taken, not all that reads the same: then one flipped bit is noticed wherever it is,
in the wrapped key, too, which nobody without the right private key could try."""

import base64
import binascii
import hashlib
from dataclasses import asdict, dataclass

import msgspec

from desk.domain.seal import FORMAT, SEAL_SUFFIX, SPAN_BYTES, Seal, canonical, seal_hash

KEY_SUFFIX = ".key"  # with a number behind it, from 2
FIRST_KEY = 2
MOST_BYTES = 16 * 1024 * 1024  # the spans of a week of FLAC
_MOST_COUNT = 2**53  # what every JSON reader and every database takes as a whole number


class SealDamaged(ValueError):
    """This is no seal, or one that was changed."""


@dataclass(frozen=True, slots=True)
class SealFile:
    """`key`: an age file that holds the identity of the audio. `hash`: `seal_hash(seal)`, checked, as the key's is."""

    seal: Seal
    hash: str
    key: bytes


class _Json(msgspec.Struct):
    seal: Seal
    hash: str
    key: str
    key_sha256: str


_decoder = msgspec.json.Decoder(_Json)


def seal_bytes(seal: Seal, wrapped_key: bytes) -> bytes:
    key_sha256 = hashlib.sha256(wrapped_key).hexdigest()
    key = base64.b64encode(wrapped_key).decode("ascii")
    value = {"seal": asdict(seal), "hash": seal_hash(seal), "key": key, "key_sha256": key_sha256}
    return canonical(value) + b"\n"


def read_seal(untrusted_bytes: bytes) -> SealFile:
    """Raises `SealDamaged`: not a seal, of a format that this Desk does not know, or not as Desk has written it."""
    try:
        found = _decoder.decode(untrusted_bytes)
        key = base64.b64decode(found.key, validate=True)
        own_hash = seal_hash(found.seal)
    except (msgspec.MsgspecError, UnicodeDecodeError, binascii.Error, ValueError, RecursionError) as error:
        raise SealDamaged(f"this is no seal: {error}") from error
    if found.seal.format != FORMAT:
        raise SealDamaged(f"a seal of format {found.seal.format}, this Desk knows {FORMAT}")
    if found.hash != own_hash:
        raise SealDamaged("the seal was changed: its hash is another")
    if not _is_sane(found.seal):
        raise SealDamaged("the seal's figures contradict each other")
    if found.key_sha256 != hashlib.sha256(key).hexdigest():
        raise SealDamaged("the wrapped key was changed: its hash is another")
    if untrusted_bytes != seal_bytes(found.seal, key):
        raise SealDamaged("it is not written as Desk writes it")
    return SealFile(found.seal, found.hash, key)


def _is_sane(seal: Seal) -> bool:
    hashes = (seal.manifest_sha256, seal.sealed_sha256, *seal.spans)
    return (
        seal.span_bytes == SPAN_BYTES
        and all(0 <= count < _MOST_COUNT for count in (seal.audio_bytes, seal.sealed_bytes, seal.length_ms))
        and 1 <= seal.place < _MOST_COUNT
        and len(seal.spans) == -(-seal.audio_bytes // SPAN_BYTES)
        and all(len(text) == 64 and not set(text) - set("0123456789abcdef") for text in hashes)
    )


def stem_of(name: str) -> str:
    """ "2026/11/22/<call_id>" of any of a recording's names in the vault."""
    return name.rsplit(".", 1)[0]


def seal_name(audio_name: str) -> str:
    return stem_of(audio_name) + SEAL_SUFFIX


def key_name(audio_name: str, number: int) -> str:
    """The key as it was wrapped for the `number`th time; the first stands in the seal itself."""
    return f"{stem_of(audio_name)}{KEY_SUFFIX}{number}"
