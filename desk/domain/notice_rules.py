"""Notices: what is wrong with one that somebody writes, which concern a caller, and what becomes of an inquiry
that it answers. Pure, any thread."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from desk.domain.drafts import Intake
from desk.domain.identity import BuildingId
from desk.domain.notices import Notice, applies
from desk.domain.tickets import Kind

TITLE_MAX, TEXT_MAX = 80, 2000
LONGEST = timedelta(days=366)  # a year typed wrongly


class NoticeReason(Enum):
    """Why a field of a notice is refused. The words for it belong to the ui."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    UNKNOWN = "unknown"  # an estate or a building that the register does not have
    ELSEWHERE = "elsewhere"  # a building of another estate
    ENDS_BEFORE_START = "ends_before_start"
    IN_THE_PAST = "in_the_past"
    TOO_LATE = "too_late"  # more than a year long


def notice_refusals(
    notice: Notice, now: datetime, estates: Collection[str], estate_of: dict[str, str]
) -> dict[str, NoticeReason]:
    """Everything that stands against it, by field of `Notice`; {} if nothing does. `estate_of`: building -> estate."""
    found: dict[str, NoticeReason | None] = {
        "title": _text(notice.title, TITLE_MAX),
        "text": NoticeReason.TOO_LONG if len(notice.text) > TEXT_MAX else None,
        "estate_id": None if notice.estate_id in estates else NoticeReason.UNKNOWN,
        "building_ids": _buildings(notice, estate_of),
        "until": _until(notice, now),
    }
    return {field: reason for field, reason in found.items() if reason}


def _text(text: str, longest: int) -> NoticeReason | None:
    if not text.strip():
        return NoticeReason.MISSING
    return NoticeReason.TOO_LONG if len(text) > longest else None


def _buildings(notice: Notice, estate_of: dict[str, str]) -> NoticeReason | None:
    found = [estate_of.get(building) for building in notice.building_ids]
    if None in found:
        return NoticeReason.UNKNOWN
    return NoticeReason.ELSEWHERE if any(one != notice.estate_id for one in found) else None


def _until(notice: Notice, now: datetime) -> NoticeReason | None:
    if notice.until <= notice.start:
        return NoticeReason.ENDS_BEFORE_START
    if notice.until <= now:
        return NoticeReason.IN_THE_PAST
    return NoticeReason.TOO_LATE if notice.until - notice.start > LONGEST else None


def concerning(notices: Iterable[Notice], building_id: BuildingId, at: datetime, ahead: timedelta) -> list[Notice]:
    """Those that apply to this building now, as they come, and after them those that begin within `ahead`, the next one
    first."""
    here = [one for one in notices if not one.building_ids or building_id in one.building_ids]
    now = [one for one in here if applies(one, building_id, at)]
    coming = [one for one in here if at < one.start < at + ahead and one.start < one.until]
    return [*now, *sorted(coming, key=lambda one: (one.start, one.notice_id))]


def answered(intake: Intake, notice: Notice, told: str, answer_category: str) -> Intake:
    """The form as it is filed when the notice answered the caller: an inquiry, unless the agent has chosen otherwise,
    with what they were told after what stands there. Told once, however often the key is pressed."""
    category = intake.category or _category(notice, answer_category)
    description = intake.description.rstrip()
    if told not in description:
        description = f"{description}\n{told}" if description else told
    return replace(
        intake,
        kind=intake.kind or Kind.INQUIRY,
        category=category,
        description=description,
        notice_id=notice.notice_id,
    )


def _category(notice: Notice, answer_category: str) -> str:
    inquiries: Sequence[str] = [one for one in notice.categories if one.startswith(f"{Kind.INQUIRY.value}.")]
    return inquiries[0] if inquiries else answer_category
