"""One line in which a supervisor types what they know of a call becomes a `CallQuery`, as they type: a number in any
shape, a name, a room, an agent, a ticket, a category, a time, measures ("保持>60"), states ("未录音"), and words of the
ticket's text otherwise.

A word that can be read in several ways gives a chip for each, the likeliest first: that one is in force, and when it
is switched off the next one is. Nothing is asked of whoever types, and nothing that was read is hidden from them.

Each word narrows down what the others have left ("张伟 5-2-203": his calls from there; "138 8000": both in one number).
Agents, categories, kinds, outcomes, whole numbers, people and homes are alternatives among their own kind. Of two
times, directions, ticket numbers or limits the later word counts, and the chip of the other says that it does not.

A few indexed reads; a worker's thread. Odd text never raises; what the store raises comes through."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from desk.domain.call_fits import fold_text
from desk.domain.call_search import CallQuery, Whose
from desk.domain.estate import Duty, Staff
from desk.domain.identity import HouseholdId, PersonId
from desk.domain.numbers import NumberKind, lookup_keys, read_number
from desk.usecases.call_phrases import Meaning, Sought, measure_of, state_of, time_of
from desk.usecases.find_category import CategoryFinder
from desk.usecases.find_person import PersonFinder, PersonHit
from desk.usecases.find_place import PlaceFinder
from desk.usecases.ports import Clock, Residents

PEOPLE_ASKED = 30  # of a name, as in the call log
PLACES_ASKED = 8
CATEGORIES_ASKED = 5
TEXT_LIMIT, WORDS_LIMIT = 300, 16
_FEWEST_DIGITS = 3

_SPLIT = re.compile(r"[^\s,，;；、]+")
_TICKET = re.compile(r"(?:工单|单号)?(\d{8}-[A-Za-z0-9]{1,8}(?:-\d*)?)")
_ENDING = re.compile(r"(?:尾号|号码|电话|含)(\d{2,})")
_WRITTEN_NUMBER = re.compile(r"\+?[\d()*#-]*\d[\d()*#-]*")
_LETTERS = re.compile(r"[a-z]{2,}")
_PLACE_MARK = re.compile(
    r"\d.*[-栋幢座号单元楼室房a-z]|[-栋幢座号单元楼室房].*\d|[a-z]+\d|[一二三四五六七八九十]+[栋幢座]"
)


@dataclass(frozen=True, slots=True)
class Chip:
    """One reading of one word. `key` names it when it is switched off; `start`, `end`: where the word stands in the
    line (cut it out to remove the chip for good). `on`: it is in force. `shown`: what it stands for, `count` how many
    people, homes or categories. `yields_to`: not in force because that chip, of a later word, asks for
    another value of the same."""

    key: str
    sought: Sought
    text: str
    shown: str
    start: int
    end: int
    on: bool
    count: int = 1
    yields_to: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The line as it was understood. `chips`: in the order of the words, those of one word together."""

    query: CallQuery
    chips: tuple[Chip, ...]

    def switched(self, off: Collection[str], key: str) -> frozenset[str]:
        """What is switched off after a click on this chip: one in force goes, another comes in the place of that which
        is in force for its word, or of the word that it yields to."""
        chip = next((chip for chip in self.chips if chip.key == key), None)
        if chip is None:
            return frozenset(off)
        if chip.on:
            return frozenset(off) | {key}
        same = self._of_word(chip)
        later = next((other for other in self.chips if other.key == chip.yields_to), None)
        gone = [*same[: same.index(key)], *(self._of_word(later) if later is not None else ())]
        return (frozenset(off) | frozenset(gone)) - {key}

    def _of_word(self, chip: Chip) -> list[str]:
        return [other.key for other in self.chips if (other.start, other.end) == (chip.start, chip.end)]


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


class FindCalls:
    """`zone`: the hotline's, in which a day begins."""

    def __init__(
        self,
        residents: Residents,
        people: PersonFinder,
        places: PlaceFinder,
        categories: CategoryFinder,
        clock: Clock,
        zone: tzinfo,
        area_code: str = "",
    ) -> None:
        self._residents, self._people, self._places, self._categories = residents, people, places, categories
        self._clock, self._zone, self._area_code = clock, zone, area_code

    def read(self, typed: str, off: Collection[str] = (), base: CallQuery | None = None) -> Sentence:
        """`off`: keys of chips that are switched off. `base`: what other means than the line ask for."""
        query, chips = base or CallQuery(), list[Chip]()
        meanings: dict[int, Meaning] = {}  # in force, by the place of their chip
        for word in _words(typed[:TEXT_LIMIT], self._area_code):
            in_force = False
            keys: set[str] = set()
            for meaning, count in self._readings(word.text):
                key = f"{meaning.sought.value}:{word.text}:{meaning.shown}"
                if key in keys:
                    continue
                keys.add(key)
                on = not in_force and key not in off
                in_force = in_force or on
                if on:
                    meanings[len(chips)] = meaning
                chips.append(Chip(key, meaning.sought, word.text, meaning.shown, word.start, word.end, on, count))
        for place, later in _yielding(meanings).items():
            del meanings[place]
            chips[place] = replace(chips[place], on=False, yields_to=chips[later].key)
        whose: dict[tuple[Sought, str], Whose] = {}
        for meaning in meanings.values():
            query = _with(query, meaning)
            if meaning.whose is not None:
                kind = meaning.sought, meaning.shown if meaning.is_part else ""
                whose[kind] = whose.get(kind, Whose()) | meaning.whose
        return Sentence(replace(query, whose=(*query.whose, *whose.values())), tuple(chips))

    def _readings(self, text: str) -> Iterator[tuple[Meaning, int]]:
        """The likeliest first, each with how many things it stands for."""
        folded = fold_text(text)
        for plain in (measure_of(folded), state_of(folded)):
            if plain is not None:
                yield plain, 1
        if (when := time_of(folded, self._clock(), self._zone)) is not None:
            yield when, 1
        if (ticket := _TICKET.fullmatch(folded)) is not None:
            yield Meaning(Sought.TICKET, ticket[1].upper(), {"ticket_number": ticket[1].upper()}), 1
        if _WRITTEN_NUMBER.fullmatch(folded) or _ENDING.fullmatch(folded):
            yield from self._of_digits(folded)
        else:
            yield from self._of_text(text, folded)

    def _of_digits(self, folded: str) -> Iterator[tuple[Meaning, int]]:
        ending = _ENDING.fullmatch(folded)
        digits = ending[1] if ending else re.sub(r"\D", "", folded)
        number = read_number(folded, self._area_code)
        sure = number.kind in (NumberKind.MOBILE, NumberKind.FIXED, NumberKind.FOREIGN) and len(digits) > 6
        place = None if ending or sure else self._place(folded)
        if place is not None and "-" in folded:
            yield place
            place = None
        if not ending and not sure:
            yield from ((self._agent([one]), 1) for one in self._agents() if one.number == folded)
        if len(digits) >= _FEWEST_DIGITS or ending:
            whole = number.kind is NumberKind.MOBILE and not ending
            keys = () if ending else lookup_keys(folded, self._area_code)
            whose = Whose(lookup_keys=keys, digits=() if whole else (digits,))
            shown = number.shown if whole else digits
            yield Meaning(Sought.NUMBER, shown, {}, whose, is_part=bool(ending) or not sure), 1
        if place is not None:
            yield place
        yield _word(folded)

    def _of_text(self, text: str, folded: str) -> Iterator[tuple[Meaning, int]]:
        looks_like_place = _PLACE_MARK.search(folded) is not None
        if looks_like_place and (place := self._place(text)) is not None:
            yield place
        agents, people = self._agents_called(text), self._people_called(text)
        categories = self._categories.find(text, limit=CATEGORIES_ASKED) if len(text) > 1 else []
        leaves = [hit.category for hit in categories]
        exact = [leaf for leaf, hit in zip(leaves, categories, strict=True) if folded == fold_text(hit.shown)]
        by_agent = [(self._agent(agents), len(agents))] if agents else []
        by_person = [(self._person(text, people), len(people))] if people else []
        codes = tuple(leaf.code for leaf in exact or leaves)
        names = "、".join(dict.fromkeys(hit.shown for hit in categories if hit.category.code in codes))
        by_category = [(Meaning(Sought.CATEGORY, names, {"categories": codes}), len(codes))] if codes else []
        by_word = [_word(folded)]
        if agents:
            yield from (*by_agent, *by_person, *by_category, *by_word)
        elif any(hit.person and hit.person.name == text for hit in people):
            yield from (*by_person, *by_agent, *by_category, *by_word)
        elif exact:
            yield from (*by_category, *by_word, *by_person, *by_agent)
        elif _LETTERS.fullmatch(folded):
            yield from (*by_person, *by_agent, *by_category, *by_word)
        else:
            yield from (*by_word, *by_category, *by_person, *by_agent)

    # ---- registers

    def _agents(self) -> list[Staff]:
        return [one for one in self._residents.staff() if one.number and one.duty in (Duty.AGENT, Duty.SUPERVISOR)]

    def _agents_called(self, text: str) -> list[Staff]:
        """By the whole name or work number: a part of it is rather a resident's."""
        plain = text.removesuffix("坐席").removesuffix("号").removeprefix("坐席").removeprefix("工号")
        return [one for one in self._agents() if plain and plain in (one.name, one.number)]

    def _people_called(self, text: str) -> list[PersonHit]:
        if any(char.isdigit() for char in text) or (len(text) < 2 and text.isascii()):
            return []
        return [hit for hit in self._people.find(text, PEOPLE_ASKED) if hit.person is not None]

    def _agent(self, agents: Sequence[Staff]) -> Meaning:
        shown = "、".join(f"{one.name} {one.number}" for one in agents[:3])
        return Meaning(Sought.AGENT, shown, {"agents": tuple(one.number for one in agents)})

    def _person(self, text: str, hits: Sequence[PersonHit]) -> Meaning:
        people = [hit.person for hit in hits if hit.person]
        shown = "、".join(dict.fromkeys(person.name for person in people[:3]))
        whose = self._whose([person.person_id for person in people]) | Whose(shown_names=(text,))
        return Meaning(Sought.PERSON, shown, {}, whose)

    def _whose(self, people: Sequence[PersonId]) -> Whose:
        entries = self._residents.numbers_of_people(people) if people else []
        keys = dict.fromkeys(entry.lookup_key for entry in entries if entry.lookup_key and not entry.ended)
        return Whose(lookup_keys=tuple(keys), person_ids=tuple(people))

    def _place(self, text: str) -> tuple[Meaning, int] | None:
        """Homes, with whoever lives there; else a building."""
        hits = self._places.find(text, PLACES_ASKED)
        homes = {hit.household.household_id: hit for hit in hits if hit.household}
        if homes:
            ids: tuple[HouseholdId, ...] = tuple(homes)
            members = [m for home in ids for m in self._residents.memberships_of_household(home) if not m.ended]
            whose = self._whose(list(dict.fromkeys(m.person_id for m in members))) | Whose(household_ids=ids)
            shown = "、".join(hit.shown for hit in list(homes.values())[:2])
            return Meaning(Sought.PLACE, shown, {}, whose), len(ids)
        building = next((hit for hit in hits if hit.place.building_id and not hit.place.public_area_id), None)
        if building is None:
            return None
        return Meaning(Sought.PLACE, building.shown, {"building_id": building.place.building_id}), 1


def _word(folded: str) -> tuple[Meaning, int]:
    return Meaning(Sought.WORD, folded, {"words": (folded,)}), 1


def _yielding(meanings: Mapping[int, Meaning]) -> dict[int, int]:
    """Those that ask for one value of what a later one asks for otherwise, and which that is."""
    asked: dict[str, tuple[Any, int]] = {}
    found: dict[int, int] = {}
    for place in sorted(meanings, reverse=True):
        single = {name: value for name, value in meanings[place].fields.items() if not _is_list(value)}
        later = next(
            (asked[name][1] for name, value in single.items() if name in asked and asked[name][0] != value), None
        )
        if later is not None:
            found[place] = later
        else:
            asked |= {name: (value, place) for name, value in single.items() if name not in asked}
    return found


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple | frozenset)


def _with(query: CallQuery, meaning: Meaning) -> CallQuery:
    """Lists grow."""
    changes: dict[str, Any] = {}
    for name, value in meaning.fields.items():
        before = getattr(query, name)
        match value:
            case tuple():
                changes[name] = tuple(dict.fromkeys((*before, *value)))
            case frozenset():
                changes[name] = before | value
            case _:
                changes[name] = value
    return replace(query, **changes)


def _words(typed: str, area_code: str) -> list[_Word]:
    """What stands between spaces and commas; a number written in groups is one word."""
    found = [_Word(match[0], match.start(), match.end()) for match in _SPLIT.finditer(typed)]
    words: list[_Word] = []
    index = 0
    while index < len(found) and len(words) < WORDS_LIMIT:
        size = next((size for size in (4, 3, 2) if _one_number(found[index : index + size], size, area_code)), 1)
        some = found[index : index + size]
        words.append(_Word("".join(word.text for word in some), some[0].start, some[-1].end))
        index += size
    return words


def _one_number(words: Sequence[_Word], size: int, area_code: str) -> bool:
    if len(words) < size or not all(re.fullmatch(r"\+?[0-9()-]+", fold_text(word.text)) for word in words):
        return False
    joined = fold_text("".join(word.text for word in words))
    return len(joined) > 6 and read_number(joined, area_code).kind in (
        NumberKind.MOBILE,
        NumberKind.FIXED,
        NumberKind.FOREIGN,
    )
