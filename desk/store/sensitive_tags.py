"""Tags that not everybody may read, as they stand in this store: those the centre gives to this seat, and those that
were written here. See `desk.usecases.sensitive_tags.SensitiveRows`. Any thread."""

from collections.abc import Sequence

import msgspec

from desk.domain.estate import SensitiveTag, Subject
from desk.store.queries import AMONG, Reader, listed
from desk.store.store import Store
from desk.usecases.sensitive_tags import OldTags

_OLD = {
    Subject.PERSON: "SELECT person_id, estate_id, tags FROM person WHERE ",
    Subject.HOUSEHOLD: "SELECT household_id, estate_id, tags FROM household WHERE ",
}
_ID = {Subject.PERSON: "person_id", Subject.HOUSEHOLD: "household_id"}


class SqlSensitiveTags:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._reader = Reader(store, SensitiveTag)

    def of(self, subject_ids: Sequence[str]) -> list[SensitiveTag]:
        if not subject_ids:
            return []
        found = self._reader.where(f"subject_id {AMONG} ORDER BY sensitive_tag_id", listed(subject_ids))
        return [tag for tag in found if not tag.ended]

    def old_of(self, subject: Subject, subject_ids: Sequence[str]) -> list[OldTags]:
        return self._old(subject, f"{_ID[subject]} {AMONG}", listed(subject_ids)) if subject_ids else []

    def old_after(self, subject: Subject, after: str, limit: int) -> list[OldTags]:
        own = _ID[subject]
        condition = f"{own} > ? AND tags IS NOT NULL AND tags <> '[]' ORDER BY {own} LIMIT ?"
        return self._old(subject, condition, after, limit)

    def _old(self, subject: Subject, condition: str, *given: str | int) -> list[OldTags]:
        with self._store.read() as connection:
            rows = connection.exec_driver_sql(_OLD[subject] + condition, given).all()
        return [
            OldTags(subject, subject_id, estate_id or "", tuple(msgspec.json.decode(tags or "[]", type=list[str])))
            for subject_id, estate_id, tags in rows
        ]
