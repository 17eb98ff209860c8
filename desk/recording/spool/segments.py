"""How a call's files lie in the spool: as segments, in one folder or in two. `<call_id>.pcm` begins at the first byte,
`<call_id>.<n>.pcm` at byte n; the manifest's are called `.jsonl` in the same way. A disk that refuses makes the next
segment begin in the other folder; a mirror has segments of its own for the very same bytes.

One rule reads them all: a segment holds the bytes from its start to its size, and where two hold the same ones they
agree; what none holds was given up, or lost with a folder, and is silence. A name appears together with the file, so
that a process killed at any point leaves nothing that this rule cannot read.

Two empty files may stand beside them in the first folder, for as long as the second one may be away: `<call_id>.over`,
some of it is in the second folder alone; `<call_id>.left`, the phone process writes no more of this call,
although its end is not here. Any thread, any process."""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from desk.domain.identity import CallId

MANIFEST = ".jsonl"
AUDIO = ".pcm"
OVER = ".over"
LEFT = ".left"

Where: TypeAlias = Path | tuple[Path, ...]  # the spool's folder; or the first, and the one beside it


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes `start` to `end` of a call's audio or manifest."""

    path: Path
    start: int
    size: int

    @property
    def end(self) -> int:
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class Piece:
    """`length` bytes of this file, from `offset`; `path` None: nobody has them."""

    path: Path | None
    offset: int
    length: int


def folders(where: Where) -> tuple[Path, ...]:
    return (where,) if isinstance(where, Path) else where


def segment_file(folder: Path, call_id: CallId, suffix: str, start: int = 0) -> Path:
    return folder / (f"{call_id}.{start}{suffix}" if start else f"{call_id}{suffix}")


def call_of(file: Path) -> CallId:
    return CallId(file.name.partition(".")[0])


def note(folder: Path, call_id: CallId, suffix: str) -> None:
    """Put an empty file there: a disk without a free byte takes that, too. Where it does not, nothing is said."""
    with contextlib.suppress(OSError):
        segment_file(folder, call_id, suffix).touch(mode=0o600)


class Listing:
    """What lay in the spool's folders when they were looked into: each of them once, however many calls wait there.
    `of`: that call's files alone. `away`: a folder is not there, or cannot be looked into."""

    def __init__(self, where: Where, of: CallId | None = None) -> None:
        self.away = False
        self._files: dict[tuple[CallId, str], list[_Listed]] = {}
        for folder in folders(where):
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        self._take(entry, of)
            except OSError:
                self.away = True
        for found in self._files.values():
            found.sort(key=lambda one: one.start)

    def _take(self, entry: "os.DirEntry[str]", of: CallId | None) -> None:
        if of is not None and not entry.name.startswith(of):
            return
        named = _named(entry.name)
        if named is not None and of in (None, named[0]):
            call_id, start, suffix = named
            self._files.setdefault((call_id, suffix), []).append(_Listed(start, entry))

    def calls(self, suffix: str) -> list[CallId]:
        """Every call with such a file, oldest first."""
        return sorted(call_id for call_id, one in self._files if one == suffix)

    def files(self, call_id: CallId, suffix: str) -> list[Path]:
        return [Path(one.entry.path) for one in self._files.get((call_id, suffix), ())]

    def has(self, call_id: CallId, suffix: str) -> bool:
        return (call_id, suffix) in self._files

    def segments(self, call_id: CallId, suffix: str) -> list[Segment]:
        found = []
        for one in self._files.get((call_id, suffix), ()):
            with contextlib.suppress(OSError):
                found.append(Segment(Path(one.entry.path), one.start, one.entry.stat().st_size))
        return found

    def traces(self, call_id: CallId, suffix: str) -> tuple[tuple[str, int, int], ...]:
        """Path, time of the last change and size of each: what is closed and has them still is what it was. Raises
        `OSError`."""
        listed = self._files.get((call_id, suffix), ())
        found = [(one.entry.path, one.entry.stat()) for one in listed]
        return tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in found)

    def text(self, call_id: CallId, suffix: str) -> bytes:
        """As `read_text`."""
        parts = [(Path(one.entry.path), one.start) for one in self._files.get((call_id, suffix), ())]
        if not parts:
            raise FileNotFoundError(f"{call_id}{suffix}")
        whole = bytearray()
        for path, start in parts:
            content = path.read_bytes().rstrip(b"\0")
            if start + len(content) > len(whole):
                whole = whole.ljust(start, b"\0")
                whole[start:] = content
        return bytes(whole)


@dataclass(frozen=True, slots=True)
class _Listed:
    start: int
    entry: "os.DirEntry[str]"


def _named(name: str) -> tuple[CallId, int, str] | None:
    """Whose file this is, from which byte on; None: no segment."""
    for suffix in (MANIFEST, AUDIO, OVER, LEFT):
        if name.endswith(suffix):
            call_id, dot, start = name.removesuffix(suffix).partition(".")
            if call_id and (start.isdecimal() or not dot):
                return CallId(call_id), int(start or 0), suffix
    return None


def files_of(where: Where, call_id: CallId, suffix: str) -> list[Path]:
    """All its segments' files, in whatever folder, by their start. Folders that are away have none."""
    return Listing(where, call_id).files(call_id, suffix)


def segments(where: Where, call_id: CallId, suffix: str) -> list[Segment]:
    return Listing(where, call_id).segments(call_id, suffix)


def calls(where: Where, suffix: str) -> list[CallId]:
    """Every call with such a file, oldest first."""
    return Listing(where).calls(suffix)


def pieces(found: Sequence[Segment]) -> list[Piece]:
    """What to read from where, one after the other, from the first byte to the last that there is."""
    plan: list[Piece] = []
    at, end = 0, max((segment.end for segment in found), default=0)
    while at < end:
        cover = [segment for segment in found if segment.start <= at < segment.end]
        if cover:
            best = max(cover, key=lambda segment: segment.end)
            plan.append(Piece(best.path, at - best.start, best.end - at))
        else:
            plan.append(Piece(None, 0, min(segment.start for segment in found if segment.start > at) - at))
        at += plan[-1].length
    return plan


def read(plan: Iterable[Piece], block_bytes: int) -> Iterator[bytes]:
    """These bytes in blocks of this size, the last one shorter; what nobody has is zeros."""
    waiting = bytearray()
    for part in _read(plan, block_bytes):
        waiting += part
        while len(waiting) >= block_bytes:
            yield bytes(waiting[:block_bytes])
            del waiting[:block_bytes]
    if waiting:
        yield bytes(waiting)


def _read(plan: Iterable[Piece], block_bytes: int) -> Iterator[bytes]:
    for piece in plan:
        left = piece.length
        if piece.path is not None:
            with piece.path.open("rb") as handle:
                handle.seek(piece.offset)
                while left and (block := handle.read(min(left, block_bytes))):
                    left -= len(block)
                    yield block
        while left:
            zeros = min(left, block_bytes)
            left -= zeros
            yield bytes(zeros)


def read_text(where: Where, call_id: CallId, suffix: str) -> bytes:
    """A manifest as one. Zeros at a segment's end hold the place of lines to come, and are none of it. Raises
    `FileNotFoundError` where there is none, `OSError`."""
    return Listing(where, call_id).text(call_id, suffix)
