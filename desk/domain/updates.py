"""Versions of Desk on offer, and which of them a seat takes: the rules, pure.

A channel offers versions to a part of the seats first: each seat has a place from 0 to 99, a hash of its store's id, so
that it is always the same part that goes ahead, and whoever widens the part never takes anybody back out."""

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){1,3}", re.ASCII)
PLACES = 100


def is_version(text: str) -> bool:
    """As Desk counts: two to four numbers, "0.2.0". Anything else is no name of a folder, and no version."""
    return _VERSION.fullmatch(text) is not None


def order(version: str) -> tuple[int, ...]:
    """To compare by: "0.10" is after "0.9", and the same as "0.10.0". What is no version is before all."""
    if not is_version(version):
        return ()
    numbers = [int(part) for part in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def is_newer(version: str, than: str) -> bool:
    return order(version) > order(than)


@dataclass(frozen=True, slots=True)
class Offer:
    """One version for one platform. `file`: beside the channel's list; `size` and `unpacked` in bytes; `sha256` of the
    file in hexadecimal. `percent`: to whose places it is offered, from `earliest` on (None: now), and to whom already
    has `least_from` ("": anybody). `withdrawn`: nobody takes it any more, and who has it goes back."""

    version: str
    platform: str
    file: str
    size: int
    sha256: str
    unpacked: int
    percent: int = 100
    earliest: datetime | None = None
    least_from: str = ""
    note_zh: str = ""
    note_en: str = ""
    withdrawn: bool = False

    def note(self, language: str) -> str:
        return (self.note_zh or self.note_en) if language == "zh_CN" else (self.note_en or self.note_zh)


def place_of(store_id: str) -> int:
    """This seat's, from 0 to 99."""
    return int.from_bytes(hashlib.sha256(store_id.encode("utf-8")).digest()[:8], "big") % PLACES


def fitting(offers: Iterable[Offer], platform: str, running: str) -> list[Offer]:
    """What a computer may hold ready: newer than what runs, for it, not withdrawn; the newest first. Who takes it is
    each seat's own business."""
    found = [one for one in offers if one.platform == platform and not one.withdrawn and is_newer(one.version, running)]
    return sorted(found, key=lambda one: order(one.version), reverse=True)


def for_everybody(
    offers: Collection[Offer], platform: str, installed: str, at: datetime, asked: Collection[str] = ()
) -> list[Offer]:
    """What a computer gets ready, whoever sits there: for every place what is offered to it, now (`at`) and when the
    rest is due, with what is needed first on the way to it; and of what is offered the versions that its seats have
    `asked` for. In the order in which seats would take them."""
    fit = fitting(offers, platform, installed)
    places = {0, *(one.percent for one in fit if one.percent < PLACES)}  # the first of each part
    times = {at, *(one.earliest for one in fit if one.earliest is not None and one.earliest > at)}
    wanted = {one.version for one in fit if one.version in asked}
    for place in places:
        for time in times:
            wanted |= _way(fit, platform, installed, place, time)
    return [one for one in reversed(fit) if one.version in wanted]


def _way(offers: Collection[Offer], platform: str, running: str, place: int, at: datetime) -> set[str]:
    """The versions that a seat goes through, one after the other."""
    found: set[str] = set()
    while offer := chosen(offers, platform, running, (), place, at):
        running = offer.version
        found.add(running)
    return found


def chosen(
    offers: Iterable[Offer], platform: str, running: str, failed: Collection[str], place: int, at: datetime
) -> Offer | None:
    """The version that this seat goes to next; None: it has what it should have."""
    for offer in fitting(offers, platform, running):
        due = offer.earliest is None or offer.earliest <= at
        reaches = not offer.least_from or order(running) >= order(offer.least_from)
        if due and reaches and place < offer.percent and offer.version not in failed:
            return offer
    return None


def is_withdrawn(offers: Iterable[Offer], platform: str, version: str) -> bool:
    """Whether whoever has it is to go back."""
    return any(one.withdrawn and one.platform == platform and order(one.version) == order(version) for one in offers)
