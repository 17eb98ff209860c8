"""Notices: planned water or power cuts, lift repairs and the like, with their scope and time."""

from dataclasses import dataclass
from datetime import datetime

from desk.domain.identity import BuildingId, EstateId


@dataclass(frozen=True, slots=True)
class Notice:
    """`building_ids` empty = the whole estate. Applies from `start` to `until` (aware UTC, half open). `categories`:
    what an inquiry that it answers is filed under, and what a report of the same is about; () where nobody has said.
    `incident_id`: the incident that it tells of."""

    notice_id: str
    estate_id: EstateId
    title: str
    text: str
    start: datetime
    until: datetime
    building_ids: tuple[BuildingId, ...] = ()
    categories: tuple[str, ...] = ()
    written_by: str = ""
    written_at: datetime | None = None
    incident_id: str | None = None


def applies(notice: Notice, building_id: BuildingId, at: datetime) -> bool:
    in_scope = not notice.building_ids or building_id in notice.building_ids
    return in_scope and notice.start <= at < notice.until
