"""What can be told of a call whose rest lies in a folder that is away. It belongs into the call log at once: nobody
knows whether the folder ever comes back. Any thread."""

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from desk.domain.identity import CallId, made_at
from desk.domain.journal import REST_AWAY, Journal
from desk.domain.party import Direction, Party
from desk.recording.spool.manifest import JournalError, has_end, read_journal
from desk.recording.spool.segments import AUDIO, LEFT, MANIFEST, OVER, Listing, Where


def told(where: Where, call_id: CallId, seat: str) -> Journal:
    """What its manifest tells, as far as it is here. Where its end is not, the call is told as interrupted at the last
    write that is seen; where it goes on elsewhere, as answered; where not even its first one is here, by its id
    alone, as `seat`'s. All of this has `REST_AWAY` for its reason. Raises `JournalError` for what is no call's id,
    `OSError`."""
    listing = Listing(where, call_id)
    manifest = listing.text(call_id, MANIFEST) if listing.has(call_id, MANIFEST) else b""
    ended, torn = has_end(manifest), b"\0" in manifest
    if ended and not torn:
        return read_journal(manifest)
    try:
        journal = read_journal(manifest)
    except JournalError:
        journal = _nameless(call_id, seat)
    if torn or listing.has(call_id, OVER):
        journal = replace(journal, answered_at=journal.answered_at or journal.offered_at)
    if journal.ended_at is None:
        files = (file for suffix in (MANIFEST, AUDIO, OVER, LEFT) for file in listing.files(call_id, suffix))
        seen = max(journal.answered_at or journal.offered_at, _last_write(files))
        journal = replace(journal, ended_at=seen, interrupted=True)
    return replace(journal, reason=REST_AWAY)


def _nameless(call_id: CallId, seat: str) -> Journal:
    """Nobody knows whether it was answered: it is taken for answered, so that its recording is missed."""
    began = made_at(call_id)
    if began is None:
        raise JournalError("this is no call's id")
    return Journal(call_id, "", Direction.INCOMING, Party(), seat, "", offered_at=began, answered_at=began)


def _last_write(files: Iterable[Path]) -> datetime:
    found = [datetime.fromtimestamp(0, UTC)]
    for file in files:
        with contextlib.suppress(OSError):
            found.append(datetime.fromtimestamp(file.stat().st_mtime, UTC))
    return max(found)
