"""Notices read from the seat store. See `desk.usecases.ports.Notices`."""

from datetime import datetime

from sqlalchemy import select

from desk.domain.identity import EstateId
from desk.domain.notices import Notice
from desk.domain.times import to_text
from desk.store.queries import Reader
from desk.store.schema import ROWS
from desk.store.store import Store

_NOTICE = ROWS["notice"]


class SqlNotices:
    def __init__(self, store: Store) -> None:
        self._notices = Reader(store, Notice)

    def current(self, at: datetime, estate_id: EstateId | None = None) -> list[Notice]:
        """Those that apply at this time, in whatever building; the ones that began last come first."""
        now = to_text(at)
        query = select(_NOTICE).where(_NOTICE.c.start <= now, _NOTICE.c.until > now)
        if estate_id is not None:
            query = query.where(_NOTICE.c.estate_id == estate_id)
        return self._notices.many(query.order_by(_NOTICE.c.start.desc(), _NOTICE.c.notice_id))
