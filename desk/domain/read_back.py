"""The address gate: when the place of a ticket has to be read back to the caller before anybody is sent there. What was
said (as it stands in the description), what the register has of the caller (their home) and what the form has (the
place) should be one; where they differ, somebody goes to a wrong door.

A table of what is in doubt, the gravest first. Nothing is refused here: reading it back takes two seconds and one key;
dispatching without it is what is refused (`desk.domain.moves`). Pure, any thread."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from desk.domain.places import SpokenPlace, parse_place


class Ask(Enum):
    """Why the place has to be read back. The words for it belong to the ui."""

    NOT_IN_REGISTER = "not_in_register"  # a text that no home, building or public area of the estate is called by
    SAID_OTHERWISE = "said_otherwise"  # the description names another address
    ANOTHER_HOME = "another_home"  # than the one that the caller is known by
    ANOTHER_BUILDING = "another_building"  # than the caller's
    NO_ROOM = "no_room"  # somebody is to come home, and only the building is given


@dataclass(frozen=True, slots=True)
class Address:
    """A place of the register, as far as it is one: codes as they are spoken, "" where the place has none. Several
    estates have a 5-2-203: `estate` is the id of this one's, "" where nobody knows."""

    building: str
    unit: str = ""
    room: str = ""
    estate: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """`place`: the form's, None where nothing of the register stands there; `text` what stands there. `home`: the
    caller's, None where nobody knows. `said`: addresses in the description. `at_home`: what is reported is usually
    within a home."""

    text: str
    place: Address | None
    home: Address | None
    said: tuple[SpokenPlace, ...] = ()
    at_home: bool = False


def _is_not_in_register(facts: Facts) -> bool:
    return facts.place is None


def _is_said_otherwise(facts: Facts) -> bool:
    place = facts.place
    return place is not None and bool(facts.said) and not any(_agree(said, place) for said in facts.said)


def _is_another_home(facts: Facts) -> bool:
    place, home = facts.place, facts.home
    return place is not None and home is not None and bool(place.room) and place != home


def _is_another_building(facts: Facts) -> bool:
    place, home = facts.place, facts.home
    return place is not None and home is not None and bool(place.building) and not _same_building(place, home)


def _same_building(one: Address, other: Address) -> bool:
    return (one.estate, one.building) == (other.estate, other.building)


def _has_no_room(facts: Facts) -> bool:
    place = facts.place
    return facts.at_home and place is not None and bool(place.building) and not place.room


# the first that holds is asked
ASKED: tuple[tuple[Callable[[Facts], bool], Ask], ...] = (
    (_is_not_in_register, Ask.NOT_IN_REGISTER),
    (_is_said_otherwise, Ask.SAID_OTHERWISE),
    (_is_another_home, Ask.ANOTHER_HOME),
    (_is_another_building, Ask.ANOTHER_BUILDING),
    (_has_no_room, Ask.NO_ROOM),
)


def ask(facts: Facts) -> Ask | None:
    """Why this place has to be read back, None where nothing is in doubt or no place is given at all."""
    if not facts.text.strip() and facts.place is None:
        return None
    return next((why for holds, why in ASKED if holds(facts)), None)


def _agree(said: SpokenPlace, place: Address) -> bool:
    """What was said of it is so: "2单元203" agrees with 5-2-203, "6栋" does not."""
    pairs = ((said.building, place.building), (said.unit, place.unit), (said.room, place.room))
    return all(not one or not other or one.lower() == other.lower() for one, other in pairs)


_NUMBER = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})"
_ADDRESS = re.compile(
    rf"(?:(?<![\d-])\d{{1,3}}-\d{{1,2}}-\d{{3,4}}(?![\d-]))"
    rf"|(?:(?<!\d)(?:{_NUMBER}|[a-z])(?:栋|幢|(?<=[a-z0-9])座|号楼(?![梯道]))(?:\s*-?{_NUMBER}(?:单元|-))?(?:\s*\d{{3,4}}(?!\d))?)"
    rf"|(?:(?<!\d){_NUMBER}单元\s*\d{{3,4}}(?!\d))"
    r"|(?:(?<!\d)\d{3,4}(?:室|房))"
)
_NEIGHBOURS = re.compile(r"(?:楼上|楼下|隔壁|对门|邻居)[^\d,，。;；]{0,3}$")
_MOST = 6


def addresses_in(text: str) -> tuple[SpokenPlace, ...]:
    """The addresses that a description names: "5-2-203", "六栋二单元", "203室". Those of the neighbours
    ("楼上303室漏下来") are not the place and are left out. Never raises."""
    text = unicodedata.normalize("NFKC", text[:1000]).lower()
    found: list[SpokenPlace] = []
    for match in _ADDRESS.finditer(text):
        if _NEIGHBOURS.search(text[: match.start()]):
            continue
        readings: Sequence[SpokenPlace] = parse_place(match[0])
        if readings and (readings[0].building or readings[0].unit or readings[0].room):
            found.append(readings[0])
    return tuple(dict.fromkeys(found))[:_MOST]
