"""Notices written, changed and ended by people of the hotline: planned cuts and repairs with their scope and time. All
that is wrong is said at once, by field. Worker's thread; durable when it returns."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from desk.domain.changes import FieldValue
from desk.domain.notice_rules import NoticeReason, notice_refusals
from desk.domain.notices import Notice
from desk.domain.patches import patch_of
from desk.domain.times import to_text
from desk.usecases.estate_map import EstateMap
from desk.usecases.incident_ports import NoticeBook
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId

KEPT_IN_VIEW = timedelta(days=2)  # so long after its end a notice is listed: "was there not a cut yesterday?"
LISTED = 200


class NoticeRefused(Exception):
    """Nothing was written. `reasons`: field of `Notice` -> why."""

    def __init__(self, reasons: dict[str, NoticeReason]) -> None:
        super().__init__(", ".join(f"{field}: {reason.value}" for field, reason in reasons.items()))
        self.reasons = reasons


class NoticeUnknown(Exception):
    """There is no such notice here."""


class WriteNotice:
    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        notices: NoticeBook,
        estate_map: EstateMap,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._log, self._author, self._notices = change_log, author, notices
        self._map, self._clock, self._new_id = estate_map, clock, new_id

    def listed(self) -> Sequence[Notice]:
        """Those that stand, those to come and those of the last days, the one that begins last first."""
        return self._notices.since(self._clock() - KEPT_IN_VIEW, LISTED)

    def refusals(self, notice: Notice) -> dict[str, NoticeReason]:
        """Everything that stands against this notice, by field."""
        view = self._map.view()
        estate_of = {key: str(building.estate_id) for key, building in view.buildings.items()}
        return notice_refusals(notice, self._clock(), view.estates, estate_of)

    def write(self, notice: Notice, work_number: str) -> Notice:
        """A new one (`notice_id` "") or one that is changed: only what differs is written. Raises `NoticeRefused`."""
        wanted = replace(
            notice,
            notice_id=notice.notice_id or self._new_id(),
            title=" ".join(notice.title.split()),
            text=notice.text.strip(),
            written_by=work_number,
            written_at=self._clock(),
        )
        reasons = self.refusals(wanted)
        if reasons:
            raise NoticeRefused(reasons)
        before = self._notices.get(wanted.notice_id)
        patch: dict[str, FieldValue] = patch_of(wanted, "notice_id")
        if before is not None:
            old = patch_of(before, "notice_id")
            patch = {field: value for field, value in patch.items() if old[field] != value}
        self._log.append([self._author.change("notice", wanted.notice_id, patch)])
        return wanted

    def end(self, notice_id: str, reason: str = "") -> Notice:
        """It applies no longer: the water is back before the time, or it was a mistake. One that has not begun never
        applies. Raises `NoticeUnknown`."""
        notice = self._notices.get(notice_id)
        if notice is None:
            raise NoticeUnknown(notice_id)
        now = self._clock()
        if notice.until <= now:
            return notice
        until = max(now, notice.start)  # of one that was to come nothing is left
        self._log.append([self._author.change("notice", notice_id, {"until": to_text(until)}, reason.strip())])
        return replace(notice, until=until)
