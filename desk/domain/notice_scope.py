"""The scope of a notice as people write it: "5, 6, 8-10栋", "一期", "万达花园 A座". Nothing written means the whole
estate where there is only one. Pure, any thread."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desk.domain.estate import Building, Estate
from desk.domain.identity import BuildingId, EstateId

_PARTS = re.compile(r"[,，、;；\s]+")
_MARK = re.compile(r"(号楼|栋|幢|座|楼)$")
_RANGE = re.compile(r"(.*?)(\d{1,3})(?:号楼|栋|幢|座)?\s*[-~至到]\s*(\d{1,3})(?:号楼|栋|幢|座)?$")
_LONGEST_RANGE = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """`building_ids` () = the whole estate. `unclear`: the part that names nothing, or several things; nothing else
    holds then."""

    estate_id: EstateId | None
    building_ids: tuple[BuildingId, ...] = ()
    unclear: str = ""


def read_scope(text: str, estates: Iterable[Estate], buildings: Iterable[Building]) -> Scope:
    """What this text means in the register. Never raises."""
    known, all_buildings = list(estates), list(buildings)
    parts = [part for part in _PARTS.split(unicodedata.normalize("NFKC", text).lower().strip()) if part]
    estate: Estate | None = known[0] if len(known) == 1 else None
    found: list[Building] = []
    whole = not parts
    for part in parts:
        named = next((one for one in known if one.name.lower() == part), None)
        if named is not None:
            estate, whole = named, True
            continue
        here = [one for one in all_buildings if estate is None or one.estate_id == estate.estate_id]
        hits = _named(part, here)
        if not hits or len({one.estate_id for one in hits}) > 1:
            return Scope(None, unclear=part)
        found.extend(hits)
    if found:
        ids = tuple(dict.fromkeys(one.building_id for one in found))
        return Scope(found[0].estate_id, ids)
    if estate is None or not whole:
        return Scope(None, unclear=text.strip())
    return Scope(estate.estate_id)


def _named(part: str, buildings: Sequence[Building]) -> list[Building]:
    one = [building for building in buildings if part in _names(building)]
    if one:
        return one
    run = _RANGE.match(part)
    if run and int(run[2]) <= int(run[3]) < int(run[2]) + _LONGEST_RANGE:
        codes = {str(number) for number in range(int(run[2]), int(run[3]) + 1)}
        return [one for one in buildings if one.code.lower() in codes and run[1] in ("", one.phase.lower())]
    return [building for building in buildings if building.phase and building.phase.lower() == part]


def _names(building: Building) -> set[str]:
    """What people write for it: 5, 5栋, 5号楼, 一期5栋."""
    code, name, phase = building.code.lower(), building.name.lower(), building.phase.lower()
    bare = {code, name, _MARK.sub("", name), f"{code}栋", f"{code}号楼", f"{code}幢", f"{code}座"}
    return bare | {f"{phase}{one}" for one in bare}
