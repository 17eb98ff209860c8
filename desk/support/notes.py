"""Notes of what happens in a process of the seat, the last ten minutes of them: in a ring (`desk.support.ring`), one
file per role, so that whoever asks what just happened finds also what a dead process saw.

Nothing of a person is noted in the first place: whoever makes a note gives figures, names of states and ids; free text
goes through `desk.support.masking`, SIP through `desk.support.sip_text`. A note costs some 10 us, and never a disk.

Any process, any thread."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from desk.support import ring
from desk.support.ring import Ring
from desk.usecases.ports import Clock

KEPT = timedelta(minutes=10)
# The phone has every SIP message: some 150 kB in ten quiet minutes, five times that in busy ones.
ROOM = {"phone": 1_000_000, "ui": 300_000, "sync": 300_000}
_encoder = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class Note:
    """`kind`: "call", "sip", "media", "line", "headset", "trouble", "process", ... `fields`: plain values by name."""

    at: datetime
    role: str
    kind: str
    fields: dict[str, Any] = field(default_factory=dict)


_decoder = msgspec.msgpack.Decoder(tuple[datetime, str, dict[str, Any]])


class Notes:
    """This process's. `folder`: the runtime folder's; None: in memory alone."""

    def __init__(self, folder: Path | None, role: str, clock: Clock) -> None:
        self.role, self._clock = role, clock
        self._ring = Ring(file_of(folder, role) if folder else None, ROOM.get(role, 100_000))

    def note(self, kind: str, fields: Mapping[str, Any] | None = None) -> None:
        """Any thread. Of what no note can hold only the kind is noted: nothing is ever raised."""
        at = self._clock()
        try:
            record = _encoder.encode((at, kind, fields or {}))
        except (TypeError, ValueError, OverflowError):
            record = _encoder.encode((at, kind, {"lost": True}))
        self._ring.append(record)

    def started(self) -> None:
        """The first note of a process."""
        self.note("process", {"what": "started", "pid": os.getpid()})

    def close(self) -> None:
        """The process ends well."""
        self.note("process", {"what": "ended", "pid": os.getpid()})
        self._ring.close()


def file_of(folder: Path, role: str) -> Path:
    return folder / f"{role}.ring"


def read(folder: Path, since: datetime) -> list[Note]:
    """Of all processes, in their order in time."""
    found = [note for role in ROOM for note in _of(folder, role) if note.at >= since]
    return sorted(found, key=lambda note: note.at)


def _of(folder: Path, role: str) -> list[Note]:
    notes = []
    for record in ring.read(file_of(folder, role)):
        try:
            at, kind, fields = _decoder.decode(record)
        except msgspec.MsgspecError:
            continue
        notes.append(Note(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), role, kind, fields))
    return notes
