"""The seat store's key: 256 random bits, made once, kept in the keyring (entry "store"), never in a file.

A store whose key is gone is not opened and not replaced: `KeyMissing`. Runs where the store is opened, under its
lock."""

import re
import secrets as randomness
from pathlib import Path
from typing import Protocol

from desk.usecases.ports import KeyMissing, StoreBroken

ENTRY = "store"


class KeyKeeper(Protocol):
    """The part of `desk.secrets.Secrets` that the store needs."""

    def get(self, entry: str, /) -> str | None: ...

    def set(self, entry: str, value: str, /) -> None: ...


def key_for(file: Path, secrets: KeyKeeper) -> str:
    """64 hexadecimal digits. A new one is kept before the store is made, so that no store is without its key."""
    key = secrets.get(ENTRY)
    if key is None:
        if file.exists() and file.stat().st_size > 0:
            raise KeyMissing(f"the keyring has no entry {ENTRY!r} for {file}")
        key = randomness.token_hex(32)
        secrets.set(ENTRY, key)
        if secrets.get(ENTRY) != key:
            raise KeyMissing(f"the keyring took the entry {ENTRY!r} and does not give it back")
    if not re.fullmatch("[0-9a-f]{64}", key):
        raise StoreBroken(f"the keyring's entry {ENTRY!r} is no key")
    return key
