"""Who a caller may be, from one text of the agent's: somebody the register has, a household (its number, and nobody
knows whose), or somebody new. A place and a name in one text, in either order ("5-2-203 赵敏"), are somebody of that
home: who lives there and is called so, else a newcomer to it.

A name in Latin letters is told from letters typed for pinyin by its capital, or by the room beside it. Any thread."""

import re
from dataclasses import dataclass

from desk.domain.pinyin import match, query_form, read_name
from desk.usecases.find_person import Home, PersonFinder, PersonHit

_NAME = re.compile(r"(?=.{2,40}$)[^\W\d_]+(?:[ ·.'’-]{1,2}[^\W\d_]+){0,4}\.?")
_AFTER = re.compile(r"(?P<place>.*\d(?:\s*(?:室|号|房|户))?)(?P<space>\s*)(?P<name>\D+)")
_BEFORE = re.compile(r"(?P<name>\D+)\s(?P<place>\S*\d.*)")
_OF_PLACES = re.compile(r"[栋幢座门梯层楼期]$|号楼|单元")


@dataclass(frozen=True, slots=True)
class Callers:
    """`homes`: those that the text names. `newcomer`: the name of somebody new, who may live in any of them; "" where
    the text holds none."""

    people: tuple[PersonHit, ...] = ()
    homes: tuple[Home, ...] = ()
    newcomer: str = ""


def find_callers(finder: PersonFinder, text: str, limit: int = 8) -> Callers:
    """The likeliest first; nobody for an empty text."""
    text = text.strip()
    place, name = _apart(finder, text)
    if place:
        homes = tuple(finder.homes(place))
        people = [hit for hit in finder.find(place, limit) if hit.person]
        called = [hit for hit in people if hit.person and match(query_form(name), read_name(hit.person.name))]
        known = {hit.person.person_id for hit in called if hit.person}
        others = [hit for hit in finder.find(name, limit) if hit.person and hit.person.person_id not in known]
        return Callers((*called, *others), homes, name)
    people = finder.find(text, limit)
    return Callers(tuple(people), tuple(finder.homes(text)), text if _is_name(text, found=bool(people)) else "")


def _apart(finder: PersonFinder, text: str) -> tuple[str, str]:
    """(place, name) where the text holds both and the place has homes, else ("", "")."""
    after = _AFTER.fullmatch(text)
    if after is not None:
        name = after["name"].strip()
        if (after["space"] or not name.isascii()) and _is_beside_place(name) and finder.homes(after["place"], 1):
            return after["place"], name
    before = _BEFORE.fullmatch(text)
    if before is not None and _is_beside_place(before["name"].strip()) and not finder.homes(text, 1):
        return (before["place"], before["name"].strip()) if finder.homes(before["place"], 1) else ("", "")
    return "", ""


def _is_beside_place(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and not _OF_PLACES.search(name)


def _is_name(text: str, *, found: bool) -> bool:
    """Whether this alone can be somebody's name. `found`: somebody has it, or letters that stand for it."""
    if not _NAME.fullmatch(text) or not text.isascii():
        return bool(_NAME.fullmatch(text))
    capital = text[:1].isupper() and any(letter.islower() for letter in text)
    return capital or (" " in text and not found)
