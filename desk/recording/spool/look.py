"""What waits in the spool: which calls are closed, which nobody can read. The keeper asks every two seconds, and where
the vault has been away for a day there are thousands: the folders are listed once for each look, and a manifest that
was found closed is read again only when its files have changed. The sync process's worker thread."""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.domain.identity import CallId
from desk.domain.journal import Journal
from desk.recording.spool.interleave import FRAME_BYTES
from desk.recording.spool.manifest import (
    JournalError,
    has_end,
    is_mirrored,
    mirrored_until_ms,
    overflowed,
    read_journal,
)
from desk.recording.spool.segments import AUDIO, LEFT, MANIFEST, Listing, Segment, Where, pieces


@dataclass(frozen=True, slots=True)
class Looked:
    """`pending`: calls whose manifest is closed, oldest first (a call's id sorts by its time); `withheld`: those that
    are over and of which the folder that is away has more, and which wait until it is back; `left`: those that nobody
    has closed although it is. `poisoned`: manifests that nobody can read, although their first line is complete, or
    of which nothing is left but the name; a first line still being written is none of them, nor one that may lie in
    a folder which is away."""

    pending: tuple[CallId, ...] = ()
    poisoned: tuple[CallId, ...] = ()
    withheld: tuple[CallId, ...] = ()
    left: tuple[CallId, ...] = ()


_Traces = tuple[bool, tuple[tuple[str, int, int], ...]]


class SpoolLook:
    def __init__(self, where: Where) -> None:
        self._where = where
        self._closed: dict[CallId, tuple[_Traces, bool]] = {}  # and whether it can be sealed

    def now(self) -> Looked:
        listing = Listing(self._where)
        pending: list[CallId] = []
        withheld: list[CallId] = []
        left: list[CallId] = []
        nameless = [call_id for call_id in listing.calls(LEFT) if not listing.has(call_id, MANIFEST)]
        poisoned = [] if listing.away else nameless
        closed: dict[CallId, tuple[_Traces, bool]] = {}
        for call_id in listing.calls(MANIFEST):
            try:
                traces = listing.away, listing.traces(call_id, MANIFEST)
                before = self._closed.get(call_id)
                if before is None or before[0] != traces:
                    manifest = listing.text(call_id, MANIFEST)
                    if _is_poison(call_id, manifest, listing.away):
                        poisoned.append(call_id)
                        continue
                    if not has_end(manifest):
                        if listing.has(call_id, LEFT):
                            (withheld if listing.away else left).append(call_id)
                        continue
                    before = traces, not listing.away or is_whole(call_id, manifest, listing)
            except OSError:
                continue
            closed[call_id] = before
            (pending if before[1] else withheld).append(call_id)
        self._closed = closed
        withheld += nameless if listing.away else ()
        return Looked(tuple(pending), tuple(poisoned), tuple(withheld), tuple(left))


def _is_poison(call_id: CallId, manifest: bytes, away: bool) -> bool:
    if b"\n" not in manifest or (manifest[:1] == b"\0" and away):
        return False
    try:
        return read_journal(manifest).call_id != call_id
    except JournalError:
        return True


def is_whole(call_id: CallId, manifest: bytes, listing: Listing) -> bool:
    """Whether what is there of a closed call is all there ever was."""
    if b"\0" in manifest or (overflowed(manifest) and not is_mirrored(manifest)):
        return False
    return not any(untold_holes(manifest, read_journal(manifest), listing.segments(call_id, AUDIO)))


def untold_holes(manifest: bytes, journal: Journal, audio: list[Segment]) -> Iterator[tuple[int, int]]:
    """What lies between two segments and is in none, or at the end of what only a mirror had, as (audio_ms,
    length_ms): where the manifest tells of no gap."""
    told = [mark.audio_ms for mark in journal.marks if mark.name == "gap"]
    place = 0
    for piece in pieces(audio):
        start_ms, length_ms = audio_ms(journal, place), audio_ms(journal, piece.length)
        if piece.path is None and not any(start_ms - 1 <= one <= start_ms + length_ms for one in told):
            yield start_ms, length_ms
        place += piece.length
    end_ms = audio_ms(journal, place)
    if (until_ms := mirrored_until_ms(manifest)) > end_ms:
        yield end_ms, until_ms - end_ms


def audio_ms(journal: Journal, audio_bytes: int) -> int:
    return audio_bytes // FRAME_BYTES * 1000 // (journal.rate_hz or 1)
