"""Fetches a version's file quietly: gone on with where it broke off, no faster than told, and not at all while a call
runs. What has come lies in `<file>.part-<hash>`, named after what it is to become, so that the rest of another file is
never put behind it. Any thread; it may take hours and gives way at every block."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desk.domain.updates import Offer
from desk.updating import archive
from desk.updating.source import Source, SourceAway

PAUSE_S = 0.5  # while a call runs
_PART = ".fetch-"


class Stopped(Exception):
    """The process ends; what has come stays for the next time."""


class Gate(Protocol):
    """When may the network be used? Any thread."""

    def in_call(self) -> bool: ...

    def stopping(self) -> bool: ...


@dataclass(frozen=True)
class Pace:
    """`bytes_s` 0: as fast as it comes."""

    bytes_s: int = 0
    monotonic_s: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def fetch(source: Source, offer: Offer, folder: Path, gate: Gate, pace: Pace) -> Path:
    """The whole file, proven. What was fetched and is not what was signed is removed. Raises `archive.BadArchive`,
    `SourceAway`, `Stopped`, `OSError` (a full disk)."""
    file = folder / offer.file
    if file.exists() and _is_it(file, offer):
        return file
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    part = folder / f"{_PART}{offer.sha256[:16]}"
    _drop_others(folder, part)
    if part.exists() and part.stat().st_size > offer.size:
        part.unlink()
    _append(source, offer, part, gate, pace)
    if part.stat().st_size < offer.size:
        raise SourceAway(_short(part, offer))
    try:
        archive.check(part, offer.size, offer.sha256)
    except archive.BadArchive:
        part.unlink()
        raise
    part.replace(file)
    return file


def fetched_bytes(folder: Path, offer: Offer) -> int:
    """How much of it is there."""
    for file in (folder / offer.file, folder / f"{_PART}{offer.sha256[:16]}"):
        if file.exists():
            return file.stat().st_size
    return 0


def _append(source: Source, offer: Offer, part: Path, gate: Gate, pace: Pace) -> None:
    there = part.stat().st_size if part.exists() else 0
    if there == offer.size:
        return
    began_s, taken = pace.monotonic_s(), 0
    with part.open("ab") as stream:
        for block in source.blocks(offer.file, there):
            stream.write(block[: offer.size + 1 - there - taken])  # a source without end fills no disk
            taken += len(block)
            if there + taken > offer.size:
                break
            began_s += _give_way(gate, pace)
            if pace.bytes_s:
                ahead_s = taken / pace.bytes_s - (pace.monotonic_s() - began_s)
                if ahead_s > 0:
                    pace.sleep(min(ahead_s, PAUSE_S))
        stream.flush()
        os.fsync(stream.fileno())


def _give_way(gate: Gate, pace: Pace) -> float:
    """Wait while a call runs; how long that was. Raises `Stopped`."""
    waited_s = 0.0
    while gate.in_call() and not gate.stopping():
        pace.sleep(PAUSE_S)
        waited_s += PAUSE_S
    if gate.stopping():
        raise Stopped
    return waited_s


def _is_it(file: Path, offer: Offer) -> bool:
    try:
        archive.check(file, offer.size, offer.sha256)
    except archive.BadArchive:
        file.unlink()
        return False
    return True


def _drop_others(folder: Path, part: Path) -> None:
    """What was begun of a version that is not wanted any more."""
    for other in folder.glob(f"{_PART}*"):
        if other != part:
            other.unlink(missing_ok=True)


def _short(part: Path, offer: Offer) -> str:
    from desk.i18n import _

    return _("The update came only in part ({there} of {size} bytes); the rest is fetched later.").format(
        there=part.stat().st_size, size=offer.size
    )
