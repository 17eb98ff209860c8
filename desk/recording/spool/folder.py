"""The spool: what lies between a call and its sealed recording. For each call a manifest and, where there was audio,
16-bit little endian samples, two channels interleaved, left the caller, no header; how they lie in one folder or in
two is told in `segments`.

The phone process alone creates and writes them; the sync process alone takes closed ones away, audio first and manifest
last, so that a call is never without its manifest before it is sealed. What cannot be understood goes to `aside/`,
where a person may look at it; nothing is ever deleted unread.

`where` is the spool's folder, or the first and the second: see `Settings.spool_dirs`."""

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from desk.domain.identity import CallId
from desk.domain.journal import Journal
from desk.recording.spool import segments
from desk.recording.spool.interleave import FRAME_BYTES
from desk.recording.spool.manifest import (
    OVERFLOWED,
    JournalError,
    Line,
    encode_line,
    gap,
    has_end,
    interrupted_end,
    read_journal,
)
from desk.recording.spool.segments import AUDIO, MANIFEST, Where

log = logging.getLogger(__name__)

LOST = "lost with its folder"


def manifest_file(spool_dir: Path, call_id: CallId) -> Path:
    """Its first segment, in this folder."""
    return segments.segment_file(spool_dir, call_id, MANIFEST)


def audio_file(spool_dir: Path, call_id: CallId) -> Path:
    return segments.segment_file(spool_dir, call_id, AUDIO)


def audio_bytes(where: Where, call_id: CallId) -> int:
    """How long its audio is, as one; 0 = there is none."""
    return max((segment.end for segment in segments.segments(where, call_id, AUDIO)), default=0)


def audio_blocks(where: Where, call_id: CallId, block_frames: int) -> Iterator[bytes]:
    """Its audio as one, in blocks of so many frames of `FRAME_BYTES`, the last one shorter and a torn last frame
    dropped. What nobody has any more is silence. Raises `OSError`."""
    for block in segments.read(segments.pieces(segments.segments(where, call_id, AUDIO)), block_frames * FRAME_BYTES):
        whole = len(block) // FRAME_BYTES * FRAME_BYTES
        if whole:
            yield block[:whole]


def fsync_dir(folder: Path) -> None:
    """Make the names in this folder durable. Windows keeps them in its journal and cannot open a folder."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def manifest_bytes(where: Where, call_id: CallId) -> bytes:
    """Its manifest as one, without the zeros that hold places. Raises `OSError`."""
    return segments.read_text(where, call_id, MANIFEST)


def read(where: Where, call_id: CallId) -> Journal:
    """The journal of this call. Raises `JournalError` for a manifest that is none or another call's, `OSError`."""
    journal = read_journal(manifest_bytes(where, call_id))
    if journal.call_id != call_id:
        raise JournalError("the manifest is another call's")
    return journal


def pending(where: Where) -> list[CallId]:
    """Calls whose manifest is closed, oldest first (a call's id sorts by its time). One that went on in a second
    folder waits until that folder is there."""
    return [
        call_id
        for call_id, manifest in _manifests(where)
        if has_end(manifest) and not (_OVERFLOWED in manifest and _is_away(where))
    ]


_OVERFLOWED = f'"{OVERFLOWED}"'.encode()


def _is_away(where: Where) -> bool:
    return not all(folder.is_dir() for folder in segments.folders(where))


def poisoned(where: Where) -> list[CallId]:
    """Manifests that nobody can read, although their first line is complete. A first line still being written is
    none of them, nor one that may lie in a folder which is away."""
    found = []
    for call_id, manifest in _manifests(where):
        if b"\n" not in manifest or (manifest[:1] == b"\0" and _is_away(where)):
            continue
        try:
            poison = read_journal(manifest).call_id != call_id
        except JournalError:
            poison = True
        if poison:
            found.append(call_id)
    return found


def _manifests(where: Where) -> list[tuple[CallId, bytes]]:
    found = []
    for call_id in segments.calls(where, MANIFEST):
        with contextlib.suppress(FileNotFoundError, IsADirectoryError, PermissionError):
            found.append((call_id, segments.read_text(where, call_id, MANIFEST)))
    return found


def remove(where: Where, call_id: CallId) -> None:
    """The call is sealed and logged: its spool goes, the manifest last. Done again, it does nothing."""
    for suffix in (AUDIO, MANIFEST):
        for file in reversed(segments.files_of(where, call_id, suffix)):
            file.unlink(missing_ok=True)


def set_aside(where: Where, call_id: CallId) -> Path:
    """Move what there is of this call to `aside/` in its folder, out of everybody's way. Returns the first folder's."""
    asides = []
    for folder in segments.folders(where):
        aside = folder / "aside"
        files = [file for suffix in (AUDIO, MANIFEST) for file in segments.files_of(folder, call_id, suffix)]
        if files:
            aside.mkdir(exist_ok=True)
            for file in files:
                with contextlib.suppress(FileNotFoundError):
                    file.replace(_free_name(aside / file.name))
            fsync_dir(aside)
            asides.append(aside)
    return asides[0] if asides else segments.folders(where)[0] / "aside"


def _free_name(wanted: Path) -> Path:
    name, count = wanted, 1
    while name.exists():
        count += 1
        name = wanted.with_name(f"{wanted.stem}.{count}{wanted.suffix}")
    return name


def recover(where: Where, *, on_recovered: Callable[[CallId], None] = lambda _call_id: None) -> list[CallId]:
    """Close what a dead phone process left open: a torn last line is cut off, and an `ended` line with
    `interrupted` and the time of the last write is put in its place. For the phone process at its start, before its
    first call: nobody else may write here. Returns the calls it closed; one file that fails does not stop the rest."""
    closed = []
    for call_id, manifest in _manifests(where):
        try:
            if _close_left_open(where, call_id, manifest):
                closed.append(call_id)
                on_recovered(call_id)
        except OSError:
            log.exception("a manifest cannot be closed", extra={"call_id": call_id})
    known = {call_id for call_id, _ in _manifests(where)}
    for orphan in () if _is_away(where) else segments.calls(where, AUDIO):
        if orphan not in known:
            log.error("audio without a manifest is set aside", extra={"call_id": orphan})
            with contextlib.suppress(OSError):
                set_aside(where, orphan)
    return closed


def _close_left_open(where: Where, call_id: CallId, manifest: bytes) -> bool:
    if has_end(manifest):
        return False
    try:
        journal = read_journal(manifest)
    except JournalError as error:
        if _is_away(where):
            return False
        log.error("a manifest is set aside: %s", error, extra={"call_id": call_id})  # noqa: TRY400 - no fault of ours
        set_aside(where, call_id)
        return False
    if _OVERFLOWED in manifest and _is_away(where):
        return False
    files = segments.files_of(where, call_id, MANIFEST)
    audio = segments.segments(where, call_id, AUDIO) if journal.rate_hz else []
    last_write = max(path.stat().st_mtime for path in (*files, *(segment.path for segment in audio)))
    at = datetime.fromtimestamp(last_write, UTC)
    last = [*_lost(journal, audio, at), interrupted_end(at, _ms(journal, max((s.end for s in audio), default=0)))]
    whole, end = manifest[: manifest.rfind(b"\n") + 1], b"".join(map(encode_line, last))
    if len(files) == 1 and files[0] == manifest_file(files[0].parent, call_id):
        with files[0].open("r+b") as handle:
            handle.seek(len(whole))
            handle.write(end)  # into what was reserved: a full disk takes it, too
            handle.truncate()
            handle.flush()
            os.fsync(handle.fileno())
    else:
        _write_as_one(where, call_id, files, whole + end)
    return True


def _lost(journal: Journal, audio: list[segments.Segment], at: datetime) -> Iterator[Line]:
    """What lies between two segments and is in none, as gaps: those that the manifest does not tell of already."""
    told = [mark.audio_ms for mark in journal.marks if mark.name == "gap"]
    place = 0
    for piece in segments.pieces(audio):
        start_ms, length_ms = _ms(journal, place), _ms(journal, piece.length)
        if piece.path is None and not any(start_ms - 1 <= one <= start_ms + length_ms for one in told):
            yield gap(at, start_ms, length_ms, LOST)
        place += piece.length


def _ms(journal: Journal, audio_bytes: int) -> int:
    return audio_bytes // FRAME_BYTES * 1000 // (journal.rate_hz or 1)


def _write_as_one(where: Where, call_id: CallId, files: list[Path], manifest: bytes) -> None:
    """One file in the first folder that takes it, in the place of all segments. Killed in between, there is a whole
    manifest beside segments that it holds already."""
    failure: OSError | None = None
    for folder in segments.folders(where):
        target = manifest_file(folder, call_id)
        part = target.with_suffix(".part")
        try:
            part.touch(mode=0o600)
            with part.open("wb") as handle:
                handle.write(manifest)
                handle.flush()
                os.fsync(handle.fileno())
            part.replace(target)
            fsync_dir(folder)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            failure = failure or error
            continue
        for file in files:
            if file != target:
                file.unlink(missing_ok=True)
        return
    if failure is not None:
        raise failure
