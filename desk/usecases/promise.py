"""The promise ledger: "I call you back in half an hour" is one key in the call, and from then on a timer that a person
owns. It is a row like any other: it survives the window, the shift and the network. Whoever owns it keeps it, gives it
another time that the resident has agreed to, or lets it go with a reason; or somebody takes it over.

Surprising choice: another time does not wipe out the first one. The change log has both, so a promise that was put off
five times is seen to have been. Worker's thread; durable when it returns."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from desk.domain.changes import Change
from desk.domain.estate import Staff
from desk.domain.identity import CallId, HouseholdId, PersonId, TicketId
from desk.domain.patches import field_value, patch_of
from desk.domain.promise_rules import FURTHEST, SHIPPED, TEXT_MAX, PromiseFigures
from desk.domain.promises import Promise, PromiseState
from desk.domain.times import to_text
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId
from desk.usecases.work_ports import Promises


class WhyNot(Enum):
    """Why a promise was refused. The words for it belong to the ui."""

    NOBODY_TO_CALL = "nobody_to_call"  # neither a number nor a ticket
    NO_OWNER = "no_owner"  # nobody is signed in
    IN_THE_PAST = "in_the_past"
    TOO_FAR = "too_far"
    TOO_LONG = "too_long"
    UNKNOWN = "unknown"
    OVER = "over"  # kept or let go meanwhile
    NEEDS_REASON = "needs_reason"
    NO_SUCH_PERSON = "no_such_person"


class PromiseRefused(Exception):
    """Nothing was written."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Promised:
    """To whom, about what. `number` may be missing where there is a ticket: its contact is called."""

    text: str = ""
    number: str = ""
    caller_name: str = ""
    call_id: CallId | None = None
    ticket_id: TicketId | None = None
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None


@dataclass(frozen=True, slots=True)
class Unattended:
    """A promise whose owner is not at the desk now. `owner`: their name."""

    promise: Promise
    owner: str


class KeepPromises:
    """`who`: work number of whoever is signed in. `staff`: those a promise may be given to. `here`: work numbers of
    those who are at the desk now."""

    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        promises: Promises,
        who: Callable[[], str],
        staff: Callable[[], Sequence[Staff]],
        clock: Clock,
        new_id: NewId,
        figures: PromiseFigures = SHIPPED,
        here: Callable[[], Collection[str]] | None = None,
    ) -> None:
        self._log, self._author, self._promises = change_log, author, promises
        self._who, self._staff, self._clock, self._new_id = who, staff, clock, new_id
        self._here = here
        self.figures = figures

    def give(self, to: Promised, due_at: datetime | None = None) -> Promise:
        """A promise of whoever is signed in; `due_at` None: the usual half hour. A second one in the same call is the
        first one with another time; one that was made by joining a ticket stays as it is. Raises `PromiseRefused`."""
        now, who = self._clock(), self._who()
        due = due_at or now + self.figures.usual
        if not who:
            raise PromiseRefused(WhyNot.NO_OWNER)
        if not to.number.strip() and to.ticket_id is None:
            raise PromiseRefused(WhyNot.NOBODY_TO_CALL)
        self._check(to.text, due, now)
        given = [one for one in self._promises.of_call(to.call_id) if one.is_given] if to.call_id else []
        if given:
            return self._patch(replace(given[-1], due_at=due), ("due_at",))
        promise = Promise(
            self._new_id(),
            who,
            who,
            now,
            due,
            to.text.strip(),
            number=to.number.strip(),
            caller_name=to.caller_name.strip(),
            call_id=to.call_id,
            ticket_id=to.ticket_id,
            person_id=to.person_id,
            household_id=to.household_id,
        )
        self._log.append([self._author.change("promise", promise.promise_id, patch_of(promise, "promise_id"))])
        return promise

    def say(self, promise_id: str, text: str) -> Promise:
        """What it is about, typed after the key was pressed. Raises `PromiseRefused`."""
        promise = self._open(promise_id)
        self._check(text, promise.due_at, promise.made_at)
        return self._patch(replace(promise, text=text.strip()), ("text",))

    def tie(self, promise_id: str, ticket_id: TicketId) -> Promise:
        """The call has become this ticket. Raises `PromiseRefused`."""
        return self._patch(replace(self._open(promise_id), ticket_id=ticket_id), ("ticket_id",))

    def put_off(self, promise_id: str, due_at: datetime, reason: str = "") -> Promise:
        """Another time. Before the first one has run out this needs no reason; after it, it does: the resident has
        waited. Raises `PromiseRefused`."""
        promise, now = self._open(promise_id), self._clock()
        self._check(promise.text, due_at, now)
        if promise.due_at <= now and not reason.strip():
            raise PromiseRefused(WhyNot.NEEDS_REASON)
        return self._patch(replace(promise, due_at=due_at), ("due_at",), reason)

    def keep(self, promise_id: str, call_id: CallId | None = None, also: Sequence[Change] = ()) -> Promise:
        """The resident was called. `also`: changes of the same transaction. Raises `PromiseRefused`."""
        promise, now = self._open(promise_id), self._clock()
        patch: dict[str, str | None] = {"state": PromiseState.KEPT.value, "kept_at": to_text(now)}
        if call_id:
            patch["kept_call_id"] = call_id
        kept = self._author.change("promise", promise_id, patch)
        self._log.append([kept, *also])
        return replace(promise, state=PromiseState.KEPT, kept_at=now, kept_call_id=call_id)

    def release(self, promise_id: str, reason: str) -> Promise:
        """The resident no longer needs the call. Raises `PromiseRefused`."""
        if not reason.strip():
            raise PromiseRefused(WhyNot.NEEDS_REASON)
        promise, said = self._open(promise_id), reason.strip()
        return self._patch(replace(promise, state=PromiseState.RELEASED, reason=said), ("state", "reason"), said)

    def take_over(self, promise_ids: Sequence[str], who: str = "") -> list[Promise]:
        """They are this person's now (whoever is signed in, where nobody is named); what is over meanwhile is left out.
        One transaction. Raises `PromiseRefused`."""
        person = who or self._who()
        if not person:
            raise PromiseRefused(WhyNot.NO_OWNER)
        if who and not any(one.number == who and one.active for one in self._staff()):
            raise PromiseRefused(WhyNot.NO_SUCH_PERSON)
        found = [promise for one in promise_ids if (promise := self._promises.get(one)) is not None]
        theirs = [one for one in found if one.state is PromiseState.OPEN and one.owner != person]
        self._log.append([self._author.change("promise", one.promise_id, {"owner": person}) for one in theirs])
        return [replace(one, owner=person) for one in theirs]

    def open_promises(self, owner: str) -> list[Promise]:
        """What keeps this person's shift open, the earliest first."""
        return self._promises.open_of(owner)

    def unattended(self) -> list[Unattended]:
        """Open ones of people who are not at the desk now, the earliest first: nobody else will be reminded of them."""
        if self._here is None:
            return []
        here = {*self._here(), self._who()}
        names = {one.number: one.name for one in self._staff()}
        return [
            Unattended(one, names.get(one.owner, one.owner)) for one in self._promises.open() if one.owner not in here
        ]

    def of_call(self, call_id: CallId) -> list[Promise]:
        return self._promises.of_call(call_id)

    def _open(self, promise_id: str) -> Promise:
        promise = self._promises.get(promise_id)
        if promise is None:
            raise PromiseRefused(WhyNot.UNKNOWN)
        if promise.state is not PromiseState.OPEN:
            raise PromiseRefused(WhyNot.OVER)
        return promise

    @staticmethod
    def _check(text: str, due: datetime, now: datetime) -> None:
        if len(text) > TEXT_MAX:
            raise PromiseRefused(WhyNot.TOO_LONG)
        if due <= now:
            raise PromiseRefused(WhyNot.IN_THE_PAST)
        if due > now + FURTHEST:
            raise PromiseRefused(WhyNot.TOO_FAR)

    def _patch(self, after: Promise, fields: tuple[str, ...], reason: str = "") -> Promise:
        patch = {field: field_value(getattr(after, field)) for field in fields}
        self._log.append([self._author.change("promise", after.promise_id, patch, reason.strip())])
        return after
