"""Where support bundles wait at the seat: sealed files in a folder of the data folder, each with a small one beside it
that tells what it is without opening it. At most so many, and so many bytes; the oldest go.

Worker threads of the ui, the sync process and the command line; files are put in place whole."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MOST_BYTES = 20_000_000
SUFFIX = ".deskbundle"
Write = Callable[[Path, bytes], None]  # in the place of what was there, whole or not at all; raises `OSError`


@dataclass(frozen=True, slots=True)
class Shelved:
    """`name`: of the file. `mishap`: the value of the likeliest, `why`: its sentence. `sent_at`: when it was brought to
    where the settings say, None: it was not. `size`: bytes."""

    name: str
    at: datetime
    mishap: str
    why: str = ""
    call_id: str = ""
    size: int = 0
    sent_at: datetime | None = None


class Shelf:
    """`keep`: how many bundles, at least one."""

    def __init__(self, folder: Path, keep: int, write: Write) -> None:
        self.folder, self._keep, self._write = folder, max(1, keep), write

    def put(self, one: Shelved, sealed: bytes) -> Shelved:
        """In the place of an earlier one of this name. Raises `OSError`."""
        kept = replace(one, size=len(sealed), sent_at=None)
        self._write(self.folder / one.name, sealed)
        self._tell(kept)
        self._tidy()
        return kept

    def listed(self) -> list[Shelved]:
        """The newest first."""
        found = [self._told(file) for file in self.folder.glob(f"*{SUFFIX}")]
        return sorted((one for one in found if one is not None), key=lambda one: (one.at, one.name), reverse=True)

    def sealed(self, one: Shelved) -> bytes:
        """Raises `OSError`."""
        return (self.folder / one.name).read_bytes()

    def sent(self, one: Shelved, at: datetime) -> None:
        """It was brought away. One that was made anew meanwhile is to be brought once more. Raises `OSError`."""
        if any(now == one for now in self.listed()):
            self._tell(replace(one, sent_at=at))

    def _told(self, file: Path) -> Shelved | None:
        try:
            stat = file.stat()
        except OSError:  # just tidied away
            return None
        bare = Shelved(file.name, datetime.fromtimestamp(stat.st_mtime, UTC), "", size=stat.st_size)
        try:
            fields: dict[str, Any] = json.loads(_beside(file).read_text("utf-8"))
            sent = fields.get("sent_at")
            return replace(
                bare,
                at=datetime.fromisoformat(fields["at"]),
                mishap=str(fields["mishap"]),
                why=str(fields.get("why", "")),
                call_id=str(fields.get("call_id", "")),
                sent_at=datetime.fromisoformat(sent) if sent else None,
            )
        except (OSError, ValueError, TypeError, KeyError):
            return bare

    def _tell(self, one: Shelved) -> None:
        self._write(_beside(self.folder / one.name), json.dumps(asdict(one), default=str).encode())

    def _tidy(self) -> None:
        total = 0
        for number, one in enumerate(self.listed()):
            total += one.size
            if number and (number >= self._keep or total > MOST_BYTES):
                for file in (self.folder / one.name, _beside(self.folder / one.name)):
                    with contextlib.suppress(OSError):
                        file.unlink(missing_ok=True)


def _beside(file: Path) -> Path:
    return file.with_suffix(".json")
