"""What just happened: the notes of the last minutes are looked at, a sentence is made of them, and a sealed bundle is
put on the shelf for IT. Nothing leaves the seat by this.

The bundle is made at once, because the notes are gone in ten minutes; when the agent has written a line it is made anew
from the same look. Worker threads of the ui, and the command line; a second or so."""

import platform
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from desk.domain.health import Finding
from desk.domain.mishaps import CallSeen, Mishap, Seen, mishaps
from desk.support import bundle, log_lines, notes, words
from desk.support.masking import masked, masked_words
from desk.support.notes import KEPT, Note
from desk.support.seen import seen_of
from desk.support.shelf import SUFFIX, Shelf, Shelved
from desk.usecases.ports import Clock

MOST_WORDS = 500
_AROUND_CALL = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the seat keeps what is looked at. `rings`: the runtime folder."""

    rings: Path
    log_dir: Path
    crash_dir: Path
    seat: str


@dataclass(frozen=True, slots=True)
class Look:
    """One look back. `mishaps`: the likeliest first, never empty. `knows_call` False: nothing names the call that was
    asked about."""

    at: datetime
    since: datetime
    until: datetime
    seen: Seen
    mishaps: tuple[Mishap, ...]
    notes: Sequence[Note] = ()
    call_id: str = ""
    knows_call: bool = True

    @property
    def why(self) -> str:
        return words.sentence(self.mishaps[0], self.seen)

    @property
    def remedy(self) -> str:
        return words.remedy(self.mishaps[0])

    def about(self, call: CallSeen) -> "Look":
        """The same, about a call whose notes are gone and that the call log remembers. What else the notes say is of
        another time."""
        seen = Seen(call=call, ids=(call.call_id,))
        return replace(self, seen=seen, mishaps=mishaps(seen), notes=(), call_id=call.call_id, knows_call=True)

    @property
    def also(self) -> tuple[str, ...]:
        """What else was wrong, a sentence each."""
        return tuple(words.sentence(mishap, self.seen) for mishap in self.mishaps[1:])


class WhatHappened:
    """`seal`: for those who may open it; raises `KeyringWeak`, `ValueError`. `facts`: what this seat is (versions,
    settings, the disk), nothing of people in it."""

    def __init__(
        self,
        place: Place,
        shelf: Shelf,
        seal: Callable[[bytes], bytes],
        facts: Callable[[], Mapping[str, Any]],
        clock: Clock,
    ) -> None:
        self._place, self._seal, self._facts, self._clock = place, seal, facts, clock
        self.shelf = shelf

    def look(self, back: timedelta = KEPT, call_id: str = "") -> Look:
        """At the last minutes; or at this call, whose lines may be in the log still when its notes are gone."""
        at = self._clock()
        since, until = at - back, at
        span = log_lines.spans_of_call(self._place.log_dir, call_id) if call_id else None
        if span is not None:
            since, until = span[0] - _AROUND_CALL, span[1] + _AROUND_CALL
        found = [note for note in notes.read(self._place.rings, since) if note.at <= until]
        seen = seen_of(found, call_id)
        of_call = seen.call.call_id if seen.call is not None else call_id
        knows = not call_id or span is not None or seen.call is not None
        return Look(at, since, until, seen, mishaps(seen), found, of_call, knows)

    def keep(self, look: Look, said: str = "", known: Collection[str] = (), health: Sequence[Finding] = ()) -> Shelved:
        """On the shelf, in the place of what was kept of the same look before. `said`: what the agent wrote; `known`:
        names and rooms of who called lately; `health`: what the doctor found. Raises `KeyringWeak`, `OSError`,
        `ValueError`."""
        name = f"{look.at:%Y%m%dT%H%M%SZ}-{self._place.seat}{SUFFIX}"  # as the log's masking knows a stamp
        one = Shelved(name, look.at, look.mishaps[0].value, look.why, look.call_id)
        return self.shelf.put(one, self.sealed(look, said, known, health))

    def sealed(self, look: Look, said: str = "", known: Collection[str] = (), health: Sequence[Finding] = ()) -> bytes:
        """The sealed bundle itself. Raises `KeyringWeak`, `ValueError`."""
        place = self._place
        material = bundle.Material(
            report=self._report(look, masked_words(said, known)[:MOST_WORDS]) | {"health": _plain(health)},
            notes=look.notes,
            logs=log_lines.log_lines(place.log_dir, look.since, look.until, known),
            crashes=log_lines.crash_files(place.crash_dir, look.since, known),
        )
        return self._seal(bundle.pack(material))

    def _report(self, look: Look, said: str) -> dict[str, Any]:
        call = look.seen.call
        return {
            "made_at": look.at.isoformat(),
            "seat": self._place.seat,
            "since": look.since.isoformat(),
            "until": look.until.isoformat(),
            "diagnosis": look.mishaps[0].value,
            "why": look.why,
            "remedy": look.remedy,
            "also": [mishap.value for mishap in look.mishaps[1:]],
            "said": said,
            "call": {**asdict(call), "heard": call.heard.value} if call is not None else None,
            "calls": list(look.seen.ids),
            "troubles": sorted(trouble.value for trouble in look.seen.troubles),
            "restarted": sorted(look.seen.restarted),
            "longest_stall_ms": look.seen.stall_ms,
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "frozen": bool(getattr(sys, "frozen", False)),
            **self._facts(),
        }


def _plain(health: Sequence[Finding]) -> list[dict[str, Any]]:
    """Names, levels and figures: a sentence may name who is registered."""
    return [
        {
            "check": finding.check,
            "level": finding.level.name.lower(),
            "figures": {
                name: masked(value) if isinstance(value, str) else value for name, value in finding.figures.items()
            },
        }
        for finding in health
    ]
