"""age (https://age-encryption.org/v1) as sealing and opening need it: files encrypted as a stream, and small keys
wrapped. The only place that names pyrage.

pyrage turns whatever a reader or writer raises into an error of its own with the same text; here the first error comes
out as it was, so that a full disk is still a full disk. Any thread; 64 KiB of a file are in memory at once."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import pyrage
from pyrage.x25519 import Identity, Recipient

__all__ = [
    "Identity",
    "KeyNotUsable",
    "NotEncryptedForThese",
    "Recipient",
    "TooWeak",
    "decrypt",
    "encrypt",
    "identity_of",
    "lock",
    "new_identity",
    "recipient_of",
    "unlock",
    "unwrap",
    "wrap",
]


class KeyNotUsable(ValueError):
    """This text is no age key. Never quotes it: it may be a private one."""


class NotEncryptedForThese(Exception):
    """None of the identities opens it, or it is damaged (age does not tell the two apart in every case)."""


class TooWeak(ValueError):
    """An empty passphrase."""


class Reader(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Writer(Protocol):
    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> object: ...


def new_identity() -> Identity:
    return Identity.generate()


def identity_of(untrusted_text: str) -> Identity:
    """ "AGE-SECRET-KEY-1...". Raises `KeyNotUsable`."""
    try:
        return Identity.from_str(untrusted_text.strip())
    except pyrage.IdentityError:
        raise KeyNotUsable("this is no private age key (AGE-SECRET-KEY-1...)") from None


def recipient_of(untrusted_text: str) -> Recipient:
    """ "age1...". Raises `KeyNotUsable`."""
    try:
        return Recipient.from_str(untrusted_text.strip())
    except pyrage.RecipientError:
        raise KeyNotUsable("this is no age recipient (age1...)") from None


def wrap(key: Identity, recipients: Sequence[Recipient]) -> bytes:
    """A recording's key for those who may open it. One line of text inside, so that `age -d` gives an identity file."""
    return pyrage.encrypt(f"{key}\n".encode(), recipients)


def unwrap(untrusted_wrapped: bytes, identities: Iterable[Identity]) -> Identity:
    """The key inside. Identities are taken one by one, as they are needed. Raises `NotEncryptedForThese`,
    `KeyNotUsable` for a wrapped thing that is no key."""
    for identity in identities:
        try:
            text = pyrage.decrypt(untrusted_wrapped, [identity])
        except pyrage.DecryptError:
            continue
        return identity_of(text.decode("ascii", "replace"))
    raise NotEncryptedForThese("no key here opens it")


def encrypt(source: Reader, target: Writer, recipients: Sequence[Recipient]) -> None:
    """All of `source`, encrypted. Raises what they raise."""
    reader, writer = _Reading(source), _Writing(target)
    try:
        pyrage.encrypt_io(reader, writer, recipients)
    except pyrage.EncryptError as error:
        raise reader.error or writer.error or error from None


def decrypt(source: Reader, target: Writer, identities: Sequence[Identity]) -> None:
    """All of `source` in the clear, written as it comes: what has been written is authentic, but only the end proves
    that it is whole. Raises `NotEncryptedForThese` (also for a damaged or cut file), and what they raise."""
    reader, writer = _Reading(source), _Writing(target)
    try:
        pyrage.decrypt_io(reader, writer, identities)
    except (pyrage.DecryptError, OSError) as error:  # pyrage's own OSError: a block that is damaged or cut off
        raise reader.error or writer.error or NotEncryptedForThese(str(error)) from None


def lock(secret: bytes, passphrase: str) -> bytes:
    """As `age -p` makes it. Takes about a second, and means to. Raises `TooWeak`."""
    if not passphrase:
        raise TooWeak("a passphrase is needed")
    return pyrage.passphrase.encrypt(secret, passphrase)


def unlock(untrusted_locked: bytes, passphrase: str) -> bytes:
    """Raises `NotEncryptedForThese` for a wrong passphrase or a file that is none."""
    try:
        return pyrage.passphrase.decrypt(untrusted_locked, passphrase)
    except pyrage.DecryptError as error:
        raise NotEncryptedForThese(str(error)) from None


class _Reading:
    def __init__(self, source: Reader) -> None:
        self._source = source
        self.error: BaseException | None = None

    def read(self, size: int, /) -> bytes:
        try:
            return self._source.read(size)
        except BaseException as error:
            self.error = error
            raise


class _Writing:
    def __init__(self, target: Writer) -> None:
        self._target = target
        self.error: BaseException | None = None

    def write(self, data: bytes, /) -> int:
        try:
            return self._target.write(data)
        except BaseException as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._target.flush()
