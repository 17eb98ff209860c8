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
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from desk.domain.identity import CallId
from desk.domain.journal import Journal, Mark
from desk.recording.files import sync_folder
from desk.recording.spool import segments
from desk.recording.spool.interleave import FRAME_BYTES
from desk.recording.spool.lines import encode_line, gap, interrupted_end
from desk.recording.spool.look import SpoolLook, audio_ms, is_whole, untold_holes
from desk.recording.spool.manifest import JournalError, has_end, is_mirrored, overflowed, read_journal
from desk.recording.spool.segments import AUDIO, LEFT, MANIFEST, OVER, Where

fsync_dir = sync_folder

log = logging.getLogger(__name__)

LOST = "lost with its folder"
ASIDE = "aside"
SUFFIXES = (AUDIO, MANIFEST, OVER, LEFT)


class FolderAway(OSError):
    """Some of this call lies in the second folder, which is not there now."""


def manifest_file(spool_dir: Path, call_id: CallId) -> Path:
    """Its first segment, in this folder."""
    return segments.segment_file(spool_dir, call_id, MANIFEST)


def audio_file(spool_dir: Path, call_id: CallId) -> Path:
    return segments.segment_file(spool_dir, call_id, AUDIO)


def audio_bytes(where: Where, call_id: CallId) -> int:
    """How long its audio is, as one; 0 = there is none. Raises `FolderAway`."""
    return max((segment.end for segment in _audio(where, call_id)), default=0)


def audio_blocks(where: Where, call_id: CallId, block_frames: int) -> Iterator[bytes]:
    """Its audio as one, in blocks of so many frames of `FRAME_BYTES`, the last one shorter and a torn last frame
    dropped. What nobody has any more is silence. Raises `FolderAway`, `OSError`."""
    for block in segments.read(segments.pieces(_audio(where, call_id)), block_frames * FRAME_BYTES):
        whole = len(block) // FRAME_BYTES * FRAME_BYTES
        if whole:
            yield block[:whole]


def _audio(where: Where, call_id: CallId) -> list[segments.Segment]:
    listing = segments.Listing(where, call_id)
    _need_all(listing, call_id)
    return listing.segments(call_id, AUDIO)


def _need_all(listing: segments.Listing, call_id: CallId) -> None:
    """Not even where the folder has gone away since the call was found pending is its part taken for silence."""
    if not listing.away:
        return
    manifest = listing.text(call_id, MANIFEST)
    if has_end(manifest) and not is_whole(call_id, manifest, listing):
        raise FolderAway(f"{call_id}: some of it lies in a folder that is away")


def manifest_bytes(where: Where, call_id: CallId) -> bytes:
    """Its manifest as one, without the zeros that hold places. Raises `OSError`."""
    return segments.read_text(where, call_id, MANIFEST)


def read(where: Where, call_id: CallId) -> Journal:
    """The journal of this call. What its audio lacks and no line tells of was lost with a folder: it is told as a gap.
    Raises `JournalError` for a manifest that is none or another call's, `FolderAway`, `OSError`."""
    listing = segments.Listing(where, call_id)
    _need_all(listing, call_id)
    manifest = listing.text(call_id, MANIFEST)
    journal = read_journal(manifest)
    if journal.call_id != call_id:
        raise JournalError("the manifest is another call's")
    audio = listing.segments(call_id, AUDIO) if journal.rate_hz else []
    holes = untold_holes(manifest, journal, audio)
    lost = tuple(Mark(start_ms, "gap", f"{length_ms} ms {LOST}") for start_ms, length_ms in holes)
    return replace(journal, marks=journal.marks + lost) if lost else journal


def pending(where: Where) -> list[CallId]:
    """See `Looked`."""
    return list(SpoolLook(where).now().pending)


def poisoned(where: Where) -> list[CallId]:
    """See `Looked`."""
    return list(SpoolLook(where).now().poisoned)


def remove(where: Where, call_id: CallId) -> None:
    """The call is sealed and logged: its spool goes, the manifest last. Done again, it does nothing."""
    for suffix in (AUDIO, OVER, LEFT, MANIFEST):
        for file in reversed(segments.files_of(where, call_id, suffix)):
            file.unlink(missing_ok=True)


def set_aside(where: Where, call_id: CallId) -> Path:
    """Move what there is of this call to `aside/` in its folder, out of everybody's way. Returns the first folder's."""
    asides = []
    for folder in segments.folders(where):
        target = folder / ASIDE
        files = [file for suffix in SUFFIXES for file in segments.files_of(folder, call_id, suffix)]
        if files:
            target.mkdir(exist_ok=True)
            for file in files:
                with contextlib.suppress(FileNotFoundError):
                    file.replace(_free_name(target / file.name))
            sync_folder(target)
            asides.append(target)
    return asides[0] if asides else segments.folders(where)[0] / ASIDE


def aside(where: Where) -> dict[CallId, datetime]:
    """Whose spools lie aside, and when each was written last. A folder that is away has none."""
    found: dict[CallId, datetime] = {}
    for folder in segments.folders(where):
        for suffix in SUFFIXES:
            for file in (folder / ASIDE).glob(f"*{suffix}"):
                with contextlib.suppress(OSError):
                    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
                    call_id = CallId(file.name.partition(".")[0])
                    found[call_id] = max(at, found.get(call_id, at))
    return found


def _free_name(wanted: Path) -> Path:
    name, count = wanted, 1
    while name.exists():
        count += 1
        name = wanted.with_name(f"{wanted.stem}.{count}{wanted.suffix}")
    return name


def recover(where: Where, *, on_recovered: Callable[[CallId], None] = lambda _call_id: None) -> list[CallId]:
    """Close what a dead phone process left open: a torn last line is cut off, and an `ended` line with
    `interrupted` and the time of the last write is put in its place. What may have its end in a folder that is away is
    left to the keeper, which closes it when the folder is back. For the phone process at its start, before its
    first call: nobody else may write here. Returns the calls it closed; one file that fails does not stop the rest."""
    closed = []
    listing = segments.Listing(where)
    for call_id in listing.calls(MANIFEST):
        if listing.has(call_id, LEFT):
            continue
        try:
            if _close_left_open(where, call_id, listing):
                closed.append(call_id)
                on_recovered(call_id)
        except OSError:
            log.exception("a manifest cannot be closed", extra={"call_id": call_id})
    for call_id in listing.calls(OVER):
        if not listing.has(call_id, MANIFEST):
            segments.note(segments.folders(where)[0], call_id, LEFT)
    known = set(listing.calls(MANIFEST))
    for orphan in () if listing.away else listing.calls(AUDIO):
        if orphan not in known:
            log.error("audio without a manifest is set aside", extra={"call_id": orphan})
            with contextlib.suppress(OSError):
                set_aside(where, orphan)
    return closed


def close_left(where: Where, call_id: CallId) -> bool:
    """Close what the phone process left to the keeper; every folder is there again. Raises `OSError`."""
    return _close_left_open(where, call_id, segments.Listing(where, call_id))


def _close_left_open(where: Where, call_id: CallId, listing: segments.Listing) -> bool:
    manifest = listing.text(call_id, MANIFEST)
    if has_end(manifest):
        return False
    may_have_more = overflowed(manifest) or is_mirrored(manifest) or listing.has(call_id, OVER)
    if listing.away and may_have_more:  # its end, for one
        segments.note(segments.folders(where)[0], call_id, LEFT)
        return False
    try:
        journal = read_journal(manifest)
    except JournalError as error:
        if listing.away:
            segments.note(segments.folders(where)[0], call_id, LEFT)
            return False
        log.error("a manifest is set aside: %s", error, extra={"call_id": call_id})  # noqa: TRY400 - no fault of ours
        set_aside(where, call_id)
        return False
    files = listing.files(call_id, MANIFEST)
    audio = listing.segments(call_id, AUDIO) if journal.rate_hz else []
    last_write = max(path.stat().st_mtime for path in (*files, *(segment.path for segment in audio)))
    at = datetime.fromtimestamp(last_write, UTC)
    lost = [gap(at, start_ms, length_ms, LOST) for start_ms, length_ms in untold_holes(manifest, journal, audio)]
    last = [*lost, interrupted_end(at, audio_ms(journal, max((s.end for s in audio), default=0)))]
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
            sync_folder(folder)
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
