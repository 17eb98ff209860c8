"""What this seat knows of updates, as a small file beside its choice: for the next start, for `desk update status`, for
the seat's check. Whatever cannot be read is not known. One writer, the sync process or a command while no seat runs;
any reader."""

import contextlib
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from desk.domain.updates import Offer
from desk.updating.channel import Seen

FILE = "state.json"
LIMIT_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class UpdateState:
    """`seen`: the newest list of `channel`, issued at `issued_at`, looked at last at `looked_at`; `offers` what it
    says. `ready`: the version that waits, since `ready_at`, for a moment to be tried. `place`: this seat's, None: not
    yet known. `wanted`: the version that is meant for this seat, since `wanted_at`, on the disk or not. `trouble`: a
    sentence, why nothing is taken now; "" none. `waits`: why the version that is ready is not tried yet, a sentence.
    `lines`, `well`: the labels of the lines that were up and the doctor's checks that found all right when the seat
    last ran whole; what the next version is held against, whichever way it comes."""

    channel: str = ""
    seen: Seen = field(default_factory=Seen)
    issued_at: datetime | None = None
    looked_at: datetime | None = None
    offers: tuple[Offer, ...] = ()
    ready: str = ""
    ready_at: datetime | None = None
    place: int | None = None
    wanted: str = ""
    wanted_at: datetime | None = None
    trouble: str = ""
    waits: str = ""
    lines: tuple[str, ...] = ()
    well: tuple[str, ...] = ()

    def offer_of(self, version: str, platform: str) -> Offer | None:
        return next((one for one in self.offers if (one.version, one.platform) == (version, platform)), None)


def read(folder: Path) -> UpdateState:
    """Never raises."""
    try:
        with (folder / FILE).open("rb") as stream:
            return msgspec.json.decode(stream.read(LIMIT_BYTES), type=UpdateState)
    except (OSError, ValueError):
        return UpdateState()


def write(folder: Path, state: UpdateState) -> None:
    """Raises `OSError`; then what was there stands."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f".{FILE}.{os.getpid()}"
    try:
        part.write_bytes(msgspec.json.format(msgspec.json.encode(state)))
        part.replace(folder / FILE)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
