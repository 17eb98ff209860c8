"""`SensitiveRows` in memory."""

from collections.abc import Sequence

from desk.domain.estate import Household, Person, SensitiveTag, Subject
from desk.usecases.fakes import FakeStore
from desk.usecases.sensitive_tags import OldTags


class FakeSensitiveTags:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def of(self, subject_ids: Sequence[str]) -> list[SensitiveTag]:
        found = (tag for tag in self._store.all_of(SensitiveTag) if tag.subject_id in subject_ids and not tag.ended)
        return sorted(found, key=lambda tag: tag.sensitive_tag_id)

    def old_of(self, subject: Subject, subject_ids: Sequence[str]) -> list[OldTags]:
        return [old for old in self._all(subject) if old.subject_id in subject_ids]

    def old_after(self, subject: Subject, after: str, limit: int) -> list[OldTags]:
        return [old for old in self._all(subject) if old.subject_id > after and old.tags][:limit]

    def _all(self, subject: Subject) -> list[OldTags]:
        if subject is Subject.PERSON:
            found = [OldTags(subject, p.person_id, p.estate_id or "", p.tags) for p in self._store.all_of(Person)]
        else:
            found = [OldTags(subject, h.household_id, h.estate_id, h.tags) for h in self._store.all_of(Household)]
        return sorted(found, key=lambda old: old.subject_id)
