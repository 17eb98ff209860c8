"""Notices read from the seat store. See `desk.usecases.ports.Notices` and `incident_ports.NoticeBook`."""

from datetime import datetime, timedelta

from desk.domain.identity import EstateId
from desk.domain.notices import Notice
from desk.domain.times import to_text
from desk.store.queries import Reader
from desk.store.store import Store


class SqlNotices:
    def __init__(self, store: Store) -> None:
        self._notices = Reader(store, Notice)

    def current(self, at: datetime, estate_id: EstateId | None = None, ahead: timedelta = timedelta(0)) -> list[Notice]:
        """Those that apply at this time, in whatever building; the ones that began last come first."""
        now, soon = to_text(at), to_text(at + ahead)
        estate, given = ("AND estate_id = ?", (soon, now, estate_id)) if estate_id is not None else ("", (soon, now))
        return self._notices.where(f"start <= ? AND until > ? {estate} ORDER BY start DESC, notice_id", *given)

    def get(self, notice_id: str) -> Notice | None:
        found = self._notices.where("notice_id = ?", notice_id)
        return found[0] if found else None

    def since(self, at: datetime, limit: int) -> list[Notice]:
        return self._notices.where("until > ? ORDER BY start DESC, notice_id LIMIT ?", to_text(at), limit)
