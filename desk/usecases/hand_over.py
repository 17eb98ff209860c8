"""Handing over a shift. The note is drafted from what is open in somebody's name; the next person accepts it by name,
and with that everything that stands in it and is open still becomes theirs, in one transaction. While promises are
somebody's that nobody has taken over they do not sign out; who has to go all the same goes with a reason, which is on
record, and the note waits for whoever comes. Worker's thread; durable when it returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from desk.domain.changes import Change, FieldValue
from desk.domain.estate import Staff
from desk.domain.hand_over import OWNED, OpenItem, in_order, keeping, read_ref
from desk.domain.patches import patch_of
from desk.domain.shifts import HandOver
from desk.domain.times import to_text
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId
from desk.usecases.shift_ports import OpenWork, Shifts


class WhyNot(Enum):
    """Why a hand-over was refused. The words for it belong to the ui."""

    UNKNOWN = "unknown"  # no such note
    TAKEN = "taken"  # somebody has accepted it meanwhile
    OWN = "own"  # nobody takes over from themselves
    NO_SUCH_PERSON = "no_such_person"
    REASON_MISSING = "reason_missing"


class HandOverRefused(Exception):
    """Nothing was written. `by`: who has accepted it meanwhile."""

    def __init__(self, why: WhyNot, by: str = "") -> None:
        super().__init__(why.value)
        self.why, self.by = why, by


@dataclass(frozen=True, slots=True)
class HandOverDraft:
    """What would go into the note of this person, urgent things first; `keeping` keeps them from leaving. `note`: what
    they wrote before and nobody has accepted."""

    who: str
    items: tuple[OpenItem, ...]
    keeping: tuple[OpenItem, ...]
    note: HandOver | None = None


@dataclass(frozen=True, slots=True)
class NoteOpened:
    """A note with what of it is open still, as it stands now."""

    note: HandOver
    items: tuple[OpenItem, ...]


class HandOverShift:
    """`words`: a note's text of its items, in the hotline's language."""

    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        shifts: Shifts,
        work: OpenWork,
        staff: Callable[[], Sequence[Staff]],
        clock: Clock,
        new_id: NewId,
        seat: str,
        words: Callable[[Sequence[OpenItem]], str],
    ) -> None:
        self._log, self._author, self._shifts, self._work = change_log, author, shifts, work
        self._staff, self._clock, self._new_id, self._seat, self._words = staff, clock, new_id, seat, words

    def draft(self, who: str) -> HandOverDraft:
        items = in_order(self._work.of(who))
        return HandOverDraft(who, tuple(items), tuple(keeping(items, who)), self._shifts.unaccepted_of(who))

    def text_of(self, items: Sequence[OpenItem]) -> str:
        return self._words(items)

    def make(self, who: str, to: str = "", text: str | None = None) -> HandOver:
        """The note of what is open now, to a person by work number or name ("": to whoever comes). One that nobody has
        accepted yet is written anew and stays one. Raises `HandOverRefused`."""
        person = self._person(to) if to.strip() else ""
        if person == who:
            raise HandOverRefused(WhyNot.OWN)
        draft = self.draft(who)
        refs = tuple(item.ref for item in draft.items)
        said = (self._words(draft.items) if text is None else text).strip()
        note = HandOver(self._new_id(), who, self._seat, self._clock(), said, refs, person)
        if draft.note is not None:
            note = replace(note, hand_over_id=draft.note.hand_over_id)
        patch = patch_of(note, "hand_over_id", "accepted_at", "accepted_by", "remark")
        self._log.append([self._author.change("hand_over", note.hand_over_id, patch)])
        return note

    def waiting(self, who: str) -> list[NoteOpened]:
        """Notes for this person, and for whoever comes; not their own."""
        return [self._opened(note) for note in self._shifts.waiting(who) if note.who != who]

    def read(self, hand_over_id: str) -> NoteOpened | None:
        note = self._shifts.hand_over(hand_over_id)
        return self._opened(note) if note is not None else None

    def accept(self, hand_over_id: str, by: str, remark: str = "") -> HandOver:
        """`by`: work number or name of whoever takes it over. What of it is open still and nobody else's meanwhile is
        theirs now. Raises `HandOverRefused`."""
        note = self._shifts.hand_over(hand_over_id)
        if note is None:
            raise HandOverRefused(WhyNot.UNKNOWN)
        person = self._person(by)
        if note.accepted_at is not None:
            raise HandOverRefused(WhyNot.TAKEN, note.accepted_by)
        if person == note.who:
            raise HandOverRefused(WhyNot.OWN)
        now = self._clock()
        taken = {"accepted_at": to_text(now), "accepted_by": person, "remark": remark.strip()}
        changes = [self._author.change("hand_over", hand_over_id, taken)]
        changes += [self._moved(item, person) for item in self._opened(note).items if item.owner == note.who]
        self._log.append(changes)
        return replace(note, accepted_at=now, accepted_by=person, remark=remark.strip())

    def keeps(self, who: str) -> tuple[OpenItem, ...]:
        """What keeps this person from signing out now; nothing where they may go."""
        return self.draft(who).keeping

    def leave_anyway(self, who: str, reason: str) -> HandOver:
        """They have to go and nobody is there to take over: a note for whoever comes, with the reason. Raises
        `HandOverRefused` without one."""
        if not reason.strip():
            raise HandOverRefused(WhyNot.REASON_MISSING)
        note = self._with_what_came_since(self.draft(who)) or self.make(who)
        self._log.append(
            [self._author.change("hand_over", note.hand_over_id, {"remark": reason.strip()}, reason.strip())]
        )
        return replace(note, remark=reason.strip())

    def leave_note(self, who: str) -> HandOver | None:
        """They are gone without having been asked (the window was closed, the centre put them out): what they promised
        goes into a note for whoever comes. None where nothing is, or a note with all of it waits already."""
        draft = self.draft(who)
        said = draft.note.items if draft.note else ()
        if all(item.ref in said for item in draft.keeping):
            return None
        return self._with_what_came_since(draft) or self.make(who)

    def come_back(self, who: str) -> HandOver | None:
        """They sit down again: a note for whoever comes that nobody has taken over is theirs again."""
        note = self._shifts.unaccepted_of(who)
        if note is None or note.to:
            return None
        now = self._clock()
        patch = {"accepted_at": to_text(now), "accepted_by": who}
        self._log.append([self._author.change("hand_over", note.hand_over_id, patch, "came back")])
        return replace(note, accepted_at=now, accepted_by=who)

    def _with_what_came_since(self, draft: HandOverDraft) -> HandOver | None:
        """The note that waits, with what became theirs after it was written: whoever accepts it takes over no more than
        what stands in it. What they wrote is kept. None where no note waits."""
        note = draft.note
        since = [item for item in draft.items if note is not None and item.ref not in note.items]
        if note is None or not since:
            return note
        text = "\n".join(part for part in (note.text, self._words(since).strip()) if part)
        note = replace(note, text=text, items=(*note.items, *(item.ref for item in since)))
        patch: dict[str, FieldValue] = {"text": note.text, "items": list(note.items)}
        self._log.append([self._author.change("hand_over", note.hand_over_id, patch)])
        return note

    def _moved(self, item: OpenItem, person: str) -> Change:
        entity, field = OWNED[item.what]
        return self._author.change(entity, item.item_id, {field: person})

    def _opened(self, note: HandOver) -> NoteOpened:
        refs = [ref for ref in map(read_ref, note.items) if ref is not None]
        return NoteOpened(note, tuple(in_order(self._work.items(refs))))

    def _person(self, word: str) -> str:
        """The work number of whoever is meant. Raises `HandOverRefused`."""
        wanted = word.strip()
        staff = [one for one in self._staff() if one.active]
        found = [s for s in staff if s.number == wanted] or [s for s in staff if s.name == wanted]
        if len(found) != 1:
            raise HandOverRefused(WhyNot.NO_SUCH_PERSON)
        return found[0].number
