"""The vault as the rest of recording sees it: objects under names with slashes, written once and never again.

Any thread but the ui's; every method may take as long as a network does, and raises `VaultAway` where it does not
answer, `VaultRefused` where it answers and will not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Pace = Callable[[int], None]  # called before so many bytes are sent; waits as long as the limit wants


@dataclass(frozen=True, slots=True)
class Kept:
    """What the vault says it holds under a name."""

    name: str
    size: int


class Source(Protocol):
    """Where sealed objects are read from: the vault, or what still waits at this seat to be brought there."""

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """In blocks as they arrive. Raises `RecordingAway` where there is none."""
        ...

    def stat(self, name: str) -> Kept | None: ...


class Vault(Source, Protocol):
    def put_new(self, name: str, file: Path, pace: Pace = lambda _bytes: None) -> None:
        """Bring this file there. Where the same content is there already it is done; where other content is, raises
        `VaultTaken`: nothing is ever overwritten. Broken off, it goes on where it was, or leaves nothing behind."""
        ...

    def names(self, prefix: str = "") -> Iterator[Kept]:
        """In the order of their names, without holding them all in memory."""
        ...

    def delete(self, name: str) -> None:
        """Nothing happens where there is none."""
        ...
