"""What became of one ticket: every change of it and of what belongs to it (tasks, attempts, promises, follow-ups, early
warnings, messages, questions, the calls that joined it), oldest first, each with what stood there before. The words for
it are the ui's (`desk.ui.ticket.timeline_presenter`).

A seat that was filled with rows instead of history has one change without an author for all that was before: its
steps are read from the times in the row. Handfuls of indexed reads, on a worker's thread."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desk.domain.arrival import Arrival, made_at
from desk.domain.changes import Change, Patch
from desk.domain.estate import Staff
from desk.domain.identity import ChangeId, TicketId
from desk.domain.tickets import Stage
from desk.domain.times import from_text

# entity -> (the field that says when it was made, the field that says by whom): for rows that came without history
_MADE: Mapping[str, tuple[str, str]] = {
    "ticket": ("registered_at", "registered_by"),
    "task": ("made_at", "made_by"),
    "attempt": ("at", "by"),
    "promise": ("made_at", "made_by"),
    "follow_up": ("made_at", "made_by"),
    "warning": ("raised_at", "raised_by"),
    "message": ("made_at", ""),
    "question": ("asked_at", "asked_by"),
}
# the times in a ticket's row that say when it came into a stage
_STAGE_TIMES: Mapping[str, Stage] = {
    "dispatched_at": Stage.DISPATCHED,
    "accepted_at": Stage.ACCEPTED,
    "done_at": Stage.DONE,
    "followed_up_at": Stage.FOLLOWED_UP,
    "suspended_at": Stage.SUSPENDED,
    "closed_at": Stage.CLOSED,
}


class Trails(Protocol):
    """The change log by ticket. Any thread."""

    def of_ticket(self, ticket_id: TicketId) -> list[Change]:
        """All changes of this ticket and of what points to it; those of one thing in the order they count."""
        ...

    def arrivals(self, ticket_id: TicketId) -> Mapping[ChangeId, Arrival]:
        """How those of them came to the centre that it has taken."""
        ...


@dataclass(frozen=True, slots=True)
class Moment:
    """One step. `who`: the work number that wrote it, "" where nobody knows any more. `before`: what stood in its
    thing until then; `patch`: the fields that are others now. `is_first`: the thing was made by it. `brought_by`: the
    role over which it came to the centre, where that is neither its author's nor its seat's. `arrived_at`: where the
    centre's clock says something else than `seat_said`, which is what the seat's said."""

    at: datetime
    who: str
    seat: str
    entity: str
    entity_id: str
    patch: Patch
    before: Patch
    reason: str = ""
    is_first: bool = False
    brought_by: str = ""
    arrived_at: datetime | None = None
    seat_said: datetime | None = None

    @property
    def after(self) -> Patch:
        """The whole thing as it stood from then on."""
        return {**self.before, **self.patch}


@dataclass(frozen=True, slots=True)
class Timeline:
    """`moments` oldest first. `names`: what a work number or the id of a member of staff is called. `whole` False: some
    of it came as rows, step by step it is known elsewhere."""

    ticket_id: TicketId
    moments: tuple[Moment, ...] = ()
    names: Mapping[str, str] | None = None
    whole: bool = True

    def name(self, who: str) -> str:
        """ "1001 张三", "李师傅"; what it was asked for where nobody is known by it."""
        return (self.names or {}).get(who, who)


class ReadTimeline:
    """`staff`: everybody who works here, the former ones too."""

    def __init__(self, trails: Trails, staff: Callable[[], Iterable[Staff]]) -> None:
        self._trails, self._staff = trails, staff

    def read(self, ticket_id: TicketId) -> Timeline:
        changes = self._trails.of_ticket(ticket_id)
        moments = moments_of(changes, self._trails.arrivals(ticket_id))
        names: dict[str, str] = {}
        for one in self._staff():
            names[one.staff_id] = one.name
            names[one.number] = f"{one.number} {one.name}".strip()
        names.pop("", None)
        return Timeline(ticket_id, moments, names, whole=all(change.author for change in changes))


def moments_of(changes: Iterable[Change], arrivals: Mapping[ChangeId, Arrival] | None = None) -> tuple[Moment, ...]:
    """Changes of several things, those of one thing in the order they count, as moments in the order of time."""
    rows: dict[tuple[str, str], dict[str, object]] = {}
    found: list[Moment] = []
    for change in changes:
        key = (change.entity, change.entity_id)
        row = rows.get(key)
        before: Patch = dict(row) if row is not None else {}  # type: ignore[arg-type]
        if not change.author and row is None:
            found += _of_row(change)
        else:
            patch = {field: value for field, value in change.patch.items() if before.get(field) != value}
            arrival = (arrivals or {}).get(change.change_id, Arrival(""))
            found.append(
                Moment(
                    made_at(change.at, arrival.at),
                    change.author,
                    change.seat,
                    change.entity,
                    change.entity_id,
                    patch,
                    before,
                    change.reason,
                    is_first=row is None,
                    brought_by="" if arrival.role in (change.author, change.seat) else arrival.role,
                    arrived_at=arrival.at,
                    seat_said=change.at if arrival.at is not None else None,
                )
            )
        rows.setdefault(key, {}).update(change.patch)
    return tuple(sorted(found, key=lambda moment: moment.at))  # stable: equal times stay in the order they count


def _of_row(change: Change) -> list[Moment]:
    """A row that came without its history: when it was made, and the stages whose times stand in it."""
    at_field, by_field = _MADE.get(change.entity, ("", ""))
    at = _time(change.patch.get(at_field)) or change.at
    who = str(change.patch.get(by_field) or "")
    seat = str(change.patch.get("seat") or "")
    patch = dict(change.patch)
    if change.entity == "ticket":
        patch["stage"] = Stage.REGISTERED.value
    moments = [Moment(at, who, seat, change.entity, change.entity_id, patch, {}, is_first=True)]
    if change.entity != "ticket":
        return moments
    row = dict(change.patch)
    for field, stage in _STAGE_TIMES.items():
        when = _time(change.patch.get(field))
        if when is not None and (when > at or stage is not Stage.CLOSED):
            moments.append(Moment(when, "", "", "ticket", change.entity_id, {"stage": stage.value}, row))
    return moments


def _time(value: object) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    try:
        return from_text(value)
    except ValueError:
        return None
