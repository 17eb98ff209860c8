"""The spool folder: what lies between a call and its sealed recording. For each call a manifest `<call_id>.jsonl` and,
where there was audio, `<call_id>.pcm` (16-bit little endian, two channels interleaved, left the caller, no header).

The phone process alone creates and writes them; the sync process alone takes closed ones away, audio first and manifest
last, so that a call is never without its manifest before it is sealed. What cannot be understood goes to `aside/`,
where a person may look at it; nothing is ever deleted unread."""

import contextlib
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from desk.domain.identity import CallId
from desk.domain.journal import Journal
from desk.recording.spool.interleave import FRAME_BYTES
from desk.recording.spool.manifest import JournalError, encode_line, has_end, interrupted_end, read_journal

log = logging.getLogger(__name__)

MANIFEST = ".jsonl"
AUDIO = ".pcm"


def manifest_file(spool_dir: Path, call_id: CallId) -> Path:
    return spool_dir / f"{call_id}{MANIFEST}"


def audio_file(spool_dir: Path, call_id: CallId) -> Path:
    return spool_dir / f"{call_id}{AUDIO}"


def fsync_dir(folder: Path) -> None:
    """Make the names in this folder durable. Windows keeps them in its journal and cannot open a folder."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(spool_dir: Path, call_id: CallId) -> Journal:
    """The journal of this call. Raises `JournalError` for a manifest that is none or another call's, `OSError`."""
    journal = read_journal(manifest_file(spool_dir, call_id).read_bytes())
    if journal.call_id != call_id:
        raise JournalError("the manifest is another call's")
    return journal


def pending(spool_dir: Path) -> list[CallId]:
    """Calls whose manifest is closed, oldest first (a call's id sorts by its time)."""
    return [call_id for call_id, manifest in _manifests(spool_dir) if has_end(manifest)]


def poisoned(spool_dir: Path) -> list[CallId]:
    """Manifests that nobody can read, although their first line is complete. A first line still being written is
    none of them."""
    found = []
    for call_id, manifest in _manifests(spool_dir):
        if b"\n" not in manifest:
            continue
        try:
            poison = read_journal(manifest).call_id != call_id
        except JournalError:
            poison = True
        if poison:
            found.append(call_id)
    return found


def _manifests(spool_dir: Path) -> list[tuple[CallId, bytes]]:
    try:
        files = sorted(spool_dir.glob(f"*{MANIFEST}"))
    except FileNotFoundError:
        return []
    found = []
    for file in files:
        with contextlib.suppress(FileNotFoundError, IsADirectoryError, PermissionError):
            found.append((CallId(file.stem), file.read_bytes()))
    return found


def remove(spool_dir: Path, call_id: CallId) -> None:
    """The call is sealed and logged: its spool goes, the manifest last. Done again, it does nothing."""
    audio_file(spool_dir, call_id).unlink(missing_ok=True)
    manifest_file(spool_dir, call_id).unlink(missing_ok=True)


def set_aside(spool_dir: Path, call_id: CallId) -> Path:
    """Move what there is of this call to `aside/`, out of everybody's way. Returns that folder."""
    aside = spool_dir / "aside"
    aside.mkdir(exist_ok=True)
    for file in (audio_file(spool_dir, call_id), manifest_file(spool_dir, call_id)):
        with contextlib.suppress(FileNotFoundError):
            file.replace(_free_name(aside / file.name))
    fsync_dir(aside)
    return aside


def _free_name(wanted: Path) -> Path:
    name, count = wanted, 1
    while name.exists():
        count += 1
        name = wanted.with_name(f"{wanted.stem}.{count}{wanted.suffix}")
    return name


def recover(spool_dir: Path, *, on_recovered: Callable[[CallId], None] = lambda _call_id: None) -> list[CallId]:
    """Close what a dead phone process left open: a torn last line is cut off, and an `ended` line with
    `interrupted` and the time of the last write is put in its place. For the phone process at its start, before its
    first call: nobody else may write here. Returns the calls it closed; one file that fails does not stop the rest."""
    closed = []
    for call_id, manifest in _manifests(spool_dir):
        try:
            if _close_left_open(spool_dir, call_id, manifest):
                closed.append(call_id)
                on_recovered(call_id)
        except OSError:
            log.exception("a manifest cannot be closed", extra={"call_id": call_id})
    known = {call_id for call_id, _ in _manifests(spool_dir)}
    for orphan in sorted(spool_dir.glob(f"*{AUDIO}")):
        if orphan.stem not in known:
            log.error("audio without a manifest is set aside", extra={"call_id": orphan.stem})
            with contextlib.suppress(OSError):
                set_aside(spool_dir, CallId(orphan.stem))
    return closed


def _close_left_open(spool_dir: Path, call_id: CallId, manifest: bytes) -> bool:
    if has_end(manifest):
        return False
    audio = audio_file(spool_dir, call_id)
    file = manifest_file(spool_dir, call_id)
    try:
        journal = read_journal(manifest)
    except JournalError as error:
        log.error("a manifest is set aside: %s", error, extra={"call_id": call_id})  # noqa: TRY400 - no fault of ours
        set_aside(spool_dir, call_id)
        return False
    last_write = max(path.stat().st_mtime for path in (file, audio) if path.exists())
    audio_ms = audio.stat().st_size // FRAME_BYTES * 1000 // journal.rate_hz if _has(audio, journal) else 0
    end = encode_line(interrupted_end(datetime.fromtimestamp(last_write, UTC), audio_ms))
    with file.open("r+b") as handle:
        handle.seek(manifest.rfind(b"\n") + 1)
        handle.truncate()
        handle.write(end)
        handle.flush()
        os.fsync(handle.fileno())
    return True


def _has(audio: Path, journal: Journal) -> bool:
    return journal.rate_hz > 0 and audio.exists()
