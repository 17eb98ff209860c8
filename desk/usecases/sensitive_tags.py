"""Tags that not everybody may read: told to those who may, put and taken away by them, and moved to where they belong
from among the tags that everybody reads. Who may is decided here for the window; the centre decides for itself, and
a seat whose role may not read them holds none of it but what was written at it.

Any thread; two indexed reads for a card, none for those who may not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from desk.domain.changes import Change, Patch
from desk.domain.estate import SensitiveTag, Subject
from desk.domain.import_plan import natural_id
from desk.domain.sensitive_tags import SensitiveTags, plain_tag
from desk.usecases.ports import ChangeAuthor, ChangeLog, NewId
from desk.usecases.profile import Candidate, Seen

MOVED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class OldTags:
    """What stands on a person or home for everybody to read. `estate_id` "": of none."""

    subject: Subject
    subject_id: str
    estate_id: str
    tags: tuple[str, ...]


class SensitiveRows(Protocol):
    """Reads of the seat store."""

    def of(self, subject_ids: Sequence[str]) -> Sequence[SensitiveTag]:
        """Those that apply."""
        ...

    def old_of(self, subject: Subject, subject_ids: Sequence[str]) -> Sequence[OldTags]: ...

    def old_after(self, subject: Subject, after: str, limit: int) -> Sequence[OldTags]:
        """Of people or homes with any tag, in the order of their ids."""
        ...


class ResidentTags:
    """`listed`: what is sensitive; `who`: the work number of whoever sits here where they may read it, else None.
    `whole`: whether all that apply are at this seat, which its own account need not be given: what cannot be known is
    neither denied nor put on a second time."""

    def __init__(
        self,
        rows: SensitiveRows,
        listed: SensitiveTags,
        who: Callable[[], str | None],
        log: ChangeLog,
        author: ChangeAuthor,
        new_id: NewId,
        whole: Callable[[], bool] = lambda: True,
    ) -> None:
        self._rows, self._listed, self._who, self._whole = rows, listed, who, whole
        self._log, self._author, self._new_id = log, author, new_id

    def told(self, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The same, with what whoever sits here may read of each."""
        who = self._who() if candidates else None
        if who is None:
            return tuple(replace(one, sensitive=None) for one in candidates)
        found, whole = self._found(candidates), self._whole()
        return tuple(replace(one, sensitive=self._seen(who, one, found, whole=whole)) for one in candidates)

    def toggle(self, candidate: Candidate, tag: str) -> bool:
        """Take this tag away where it applies to them or their home, else put it on the person, on the home where
        nobody knows the person. False: whoever sits here may not, or it may be there unseen. Durable when it
        returns."""
        if self._who() is None:
            return False
        ids = _ids(candidate)
        changes = [
            self._author.change("sensitive_tag", row.sensitive_tag_id, {"ended": True})
            for row in self._rows.of([subject_id for _subject, subject_id in ids])
            if plain_tag(row.tag) == plain_tag(tag)
        ]
        for subject, subject_id in ids:
            for old in self._rows.old_of(subject, [subject_id]):
                left = [one for one in old.tags if plain_tag(one) != plain_tag(tag)]
                if len(left) < len(old.tags):
                    changes.append(self._author.change(subject.value, subject_id, {"tags": left}))
        if not changes and not self._whole():
            return False
        if not changes and ids:
            subject, subject_id = ids[0]
            patch: Patch = {"subject": subject.value, "subject_id": subject_id, "tag": tag, "ended": False}
            changes.append(self._author.change("sensitive_tag", self._new_id(), patch))
        self._log.append(changes)
        return True

    def _found(self, candidates: Sequence[Candidate]) -> dict[str, list[str]]:
        """By whom they are about."""
        ids = [one for candidate in candidates for one in _ids(candidate)]
        found: dict[str, list[str]] = {subject_id: [] for _subject, subject_id in ids}
        for row in self._rows.of(list(found)):
            found[row.subject_id].append(row.tag)
        for subject in Subject:
            for old in self._rows.old_of(subject, [subject_id for kind, subject_id in ids if kind is subject]):
                found[old.subject_id] += self._listed.of(old.tags)
        return found

    def _seen(self, who: str, candidate: Candidate, found: dict[str, list[str]], *, whole: bool) -> Seen:
        tags = [tag for _subject, subject_id in _ids(candidate) for tag in found[subject_id]]
        once = {plain_tag(tag): tag for tag in reversed(tags)}
        applying = tuple(tag for tag in dict.fromkeys(tags) if once[plain_tag(tag)] == tag)
        names = {self._listed.name_of(tag) for tag in applying}
        offered = (name for name in self._listed.names if name not in names) if whole else ()
        return Seen(who, applying, tuple(offered), whole)


def move_old(rows: SensitiveRows, listed: SensitiveTags, log: ChangeLog, author: ChangeAuthor) -> Iterator[int]:
    """Move every tag of the list from where everybody reads it to a row of its own, a lot at a time: how many so far.
    Cut off, it goes on where it is called again; what was moved before is known by its id."""
    moved = 0
    for subject in Subject:
        after = ""
        while page := rows.old_after(subject, after, MOVED_AT_ONCE):
            after = page[-1].subject_id
            there = {(row.subject_id, plain_tag(row.tag)) for row in rows.of([old.subject_id for old in page])}
            changes = [change for old in page for change in _moving(old, listed, author, there)]
            moved += sum(change.entity == subject.value for change in changes)
            if changes:
                log.append(changes)
                yield moved


def _moving(old: OldTags, listed: SensitiveTags, author: ChangeAuthor, there: set[tuple[str, str]]) -> Iterator[Change]:
    tags = listed.of(old.tags)
    for tag in dict.fromkeys(tags):
        if (old.subject_id, plain_tag(tag)) not in there:
            entity_id = natural_id(old.estate_id, "sensitive_tag", old.subject_id, plain_tag(tag))
            patch: Patch = {"subject": old.subject.value, "subject_id": old.subject_id, "tag": tag}
            yield author.change("sensitive_tag", entity_id, patch)
    if tags:
        yield author.change(old.subject.value, old.subject_id, {"tags": list(listed.without(old.tags))})


def _ids(candidate: Candidate) -> list[tuple[Subject, str]]:
    found = []
    if candidate.person is not None:
        found.append((Subject.PERSON, str(candidate.person.person_id)))
    if candidate.household is not None:
        found.append((Subject.HOUSEHOLD, str(candidate.household.household_id)))
    return found
