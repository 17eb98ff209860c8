"""The vault as the rest of recording sees it: objects under names with slashes, written once and never again.

Any thread but the ui's; every method may take as long as a network does, and raises `VaultAway` where it does not
answer, `VaultRefused` where it answers and will not. Their texts are for IT, in English, and hold no secret."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

# Called for each so many bytes that go to the vault or come back to be compared; waits as long as the limit wants. True
# where there is one: then nothing may gather in a cache of the system's, to go in a burst later.
Pace = Callable[[int], bool | None]


def unhurried(_bytes: int) -> bool:
    """The pace without a limit."""
    return False


@dataclass(frozen=True, slots=True)
class Kept:
    """What the vault says it holds under a name."""

    name: str
    size: int


class Source(Protocol):
    """Where sealed objects are read from: the vault, or what still waits at this seat to be brought there."""

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """In blocks as they arrive, none empty. A range that begins at the end or beyond is empty. Raises
        `RecordingAway` where there is none, also for a name that leads out of the vault."""
        ...

    def stat(self, name: str) -> Kept | None: ...


def read_all(source: Source, name: str, most: int) -> bytes:
    """A small object, whatever somebody has put in its place: of one that is larger than `most` only the beginning,
    which will not do. Raises what `Source.read` raises."""
    content = bytearray()
    for block in source.read(name):
        content += block
        if len(content) > most:
            break
    return bytes(content)


class Vault(Source, Protocol):
    def put_new(self, name: str, file: Path, pace: Pace = unhurried) -> None:
        """Bring this file there. Where the same content is there already it is done; where other content is, raises
        `VaultTaken`: nothing is ever overwritten. Broken off, it goes on where it was, or leaves nothing behind. When
        it returns, the object is whole and durable. Raises `OSError` for `file` itself."""
        ...

    def names(self, prefix: str = "") -> Iterator[Kept]:
        """In the order of their names, without holding them all in memory. `prefix`: whole parts of a name, as in
        "2026/11"."""
        ...

    def delete(self, name: str) -> None:
        """Nothing happens where there is none."""
        ...

    def try_writing(self) -> None:
        """Whether something could be brought there now: the beginning of it is done and taken back, nothing is left."""
        ...
