"""The note beside the store that it is damaged. Whoever reads something that cannot be right leaves it; no process
opens the store while it is there; the repair takes it away.

A file and not a row: a damaged store is not the place for it. It also carries the name of the folder to which the
damaged store is being moved, so that a repair that was cut anywhere is gone on with and not begun anew. Any thread."""

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Damage:
    """`why` is for IT. `aside`: the name of the folder that the store is moved to, "" while no repair has begun.
    `sure`: the person asked for a new store, so nothing is to be looked at first."""

    why: str
    aside: str = ""
    sure: bool = False


def note_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.damaged")


def noted(file: Path) -> Damage | None:
    try:
        text = note_of(file).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        return Damage(str(error))
    try:
        kept = json.loads(text)
        return Damage(str(kept["why"]), str(kept["aside"]), bool(kept["sure"]))
    except (ValueError, KeyError, TypeError):
        return Damage("the note of the damage cannot be read")


def note(file: Path, damage: Damage) -> None:
    """Durable when it returns. A note that is there already stays, unless this one knows more. Never raises: the disk
    that is failing may refuse this, too, and then the next reader finds the damage again."""
    before = noted(file)
    if before is not None and not damage.aside and not damage.sure:
        return
    target = note_of(file)
    part = target.with_name(f".{target.name}.part")
    with contextlib.suppress(OSError):
        with part.open("w", encoding="utf-8") as handle:
            json.dump({"why": damage.why, "aside": damage.aside, "sure": damage.sure}, handle)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(target)


def forget(file: Path) -> None:
    """The store is whole again. Raises `OSError`."""
    note_of(file).unlink(missing_ok=True)
