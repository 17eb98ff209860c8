"""What the use cases need of the world, by its plain name. Adapters carry the technology in theirs (`SqlResidents`,
`PjPhone`), doubles their kind (`FakePhone`). Each port says which thread may call it, what it costs and how it
fails."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from desk.domain.call_log import CallEntry, CallFilter, CallPlace, RecordingEntry, Tie
from desk.domain.changes import Change, Patch
from desk.domain.commands import Command
from desk.domain.drafts import Draft
from desk.domain.estate import (
    Building,
    Estate,
    Household,
    Membership,
    NumberEntry,
    Person,
    PublicArea,
    Staff,
)
from desk.domain.events import CallEvent
from desk.domain.identity import BuildingId, CallId, EstateId, HouseholdId, PersonId, TicketId
from desk.domain.notices import Notice
from desk.domain.tickets import Ticket

Clock = Callable[[], datetime]  # aware UTC
NewId = Callable[[], str]  # UUIDv7, 36 characters


class Phone(Protocol):
    """The phone as the ui commands it. Any thread; returns at once; the outcome comes as an event."""

    def do(self, command: Command) -> None: ...


class Recorder(Protocol):
    """Two-channel recording and the journal (manifest) of the phone's calls. `note`, `start`, `stop` from the phone's
    main thread; `write` from the audio callback: it copies and returns, it never waits for a disk. A failure never
    raises into the phone: it is reported once per call through the callback given at construction."""

    def note(self, event: CallEvent) -> None:
        """Every event of every call, in order. `CallOffered`/`CallDialled` open a manifest, `CallEnded` closes it."""
        ...

    def start(self, call_id: CallId, rate_hz: int) -> None:
        """Audio begins (media is up). Both channels mono, 16-bit little endian, at `rate_hz`."""
        ...

    def write(self, call_id: CallId, caller: bytes, agent: bytes) -> None:
        """One frame of each channel, same length: what the agent hears, what the agent says (silence while muted or
        on hold)."""
        ...

    def stop(self, call_id: CallId) -> None:
        """Audio is over; what was written is on disk when `note(CallEnded)` returns."""
        ...


class Residents(Protocol):
    """Reads of the register, from the seat store. Any thread; a few milliseconds at a million residents."""

    def by_lookup_keys(self, keys: Sequence[str]) -> list[NumberEntry]:
        """Current entries under any of the keys, exact."""
        ...

    def people(self, ids: Sequence[PersonId]) -> dict[PersonId, Person]: ...

    def households(self, ids: Sequence[HouseholdId]) -> dict[HouseholdId, Household]: ...

    def memberships_of_people(self, ids: Sequence[PersonId]) -> list[Membership]: ...

    def memberships_of_household(self, household_id: HouseholdId) -> list[Membership]: ...

    def numbers_of_people(self, ids: Sequence[PersonId]) -> list[NumberEntry]: ...

    def estates(self) -> list[Estate]:
        """All of them (hundreds at most)."""
        ...

    def buildings(self) -> list[Building]:
        """All of them (thousands at most): kept in memory by those who search places."""
        ...

    def public_areas(self) -> list[PublicArea]: ...

    def staff(self) -> list[Staff]: ...

    def households_by_place(self, place_code_prefix: str, limit: int) -> list[Household]:
        """Those whose place code starts with the prefix ("5-2-2"), in the order of the code."""
        ...

    def households_in_building(
        self, building_id: BuildingId, unit: str, room_prefix: str, limit: int
    ) -> list[Household]:
        """`unit` "" = any."""
        ...

    def search_people(self, text: str, limit: int) -> list[Person]:
        """By part of a name, in characters, full pinyin or initials."""
        ...


class Tickets(Protocol):
    """Reads of tickets. Any thread."""

    def get(self, ticket_id: TicketId) -> Ticket | None: ...

    def open_of_households(self, ids: Sequence[HouseholdId]) -> list[Ticket]: ...

    def recent_of_households(self, ids: Sequence[HouseholdId], limit: int) -> list[Ticket]:
        """Newest first, open and closed."""
        ...

    def open_in_building(self, building_id: BuildingId, limit: int) -> list[Ticket]: ...

    def of_call(self, call_id: CallId) -> list[Ticket]:
        """Those taken from this call, newest first."""
        ...

    def recent(self, limit: int) -> list[Ticket]: ...

    def next_number(self, seat: str, day: str) -> int:
        """The next free counter for this seat and day (yyyymmdd), from 1."""
        ...


class CallLog(Protocol):
    """Reads of the call log. Any thread."""

    def get(self, call_id: CallId) -> CallEntry | None: ...

    def tie(self, call_id: CallId) -> Tie | None:
        """Also of a call that still runs, and is no entry yet. None where nobody said who it is."""
        ...

    def recent(self, limit: int) -> list[CallEntry]: ...

    def of_lookup_keys(self, keys: Sequence[str], limit: int) -> list[CallEntry]: ...

    def of_households(self, ids: Sequence[HouseholdId], limit: int) -> list[CallEntry]:
        """Calls tied to any of the households, from whatever number. Newest first, as all lists of calls here."""
        ...

    def of_ticket(self, ticket_id: TicketId) -> list[CallEntry]: ...

    def recording(self, call_id: CallId) -> RecordingEntry | None: ...


class CallPages(Protocol):
    """The call log as a list that is paged through. Any thread; a page of fifty among a hundred thousand calls takes a
    few milliseconds, a search for part of a number that is rare some tenths of a second."""

    def page(self, wanted: CallFilter, after: CallPlace | None, limit: int) -> list[CallEntry]:
        """The newest that fit and are older than `after` (None: the newest of all), newest first."""
        ...

    def recordings(self, ids: Sequence[CallId]) -> dict[CallId, RecordingEntry]: ...


class Notices(Protocol):
    def current(self, at: datetime, estate_id: EstateId | None = None, ahead: timedelta = timedelta(0)) -> list[Notice]:
        """Those that apply at this time, and those that begin within `ahead` of it; of one estate where it is given
        (hundreds of estates have hundreds)."""
        ...


class Drafts(Protocol):
    """Drafts of this seat. Saving is durable when the call returns (a few ms); never called on the ui's thread."""

    def save(self, draft: Draft) -> None: ...

    def drop(self, draft_id: str) -> None: ...

    def of_author(self, author: str) -> list[Draft]:
        """Oldest first."""
        ...


class ChangeLog(Protocol):
    """The one way that shared data is written. `append` writes the changes and the rows they make in ONE transaction,
    durable when it returns; all or nothing. Raises `StoreFull`, `StoreBroken`."""

    def append(self, changes: Sequence[Change]) -> None: ...

    def base_seq(self) -> int:
        """The highest central sequence folded here (0 = none)."""
        ...


class ChangeAuthor(Protocol):
    """Makes changes in the name of whoever is signed in at this seat."""

    def change(self, entity: str, entity_id: str, patch: Patch, reason: str = "") -> Change: ...


class Texts(Protocol):
    """Shipped texts: the category tree and phrases (see resources/)."""

    def phrases(self) -> Mapping[str, str]: ...


class StoreFull(Exception):
    """No space left for the seat store; nothing was changed."""


class StoreBroken(Exception):
    """The seat store cannot be read or written; nothing was changed."""


class StoreNewer(StoreBroken):
    """A newer Desk has brought the seat store further than this one can go on with."""


class StoreDamaged(StoreBroken):
    """The seat store's file is not what was written into it. It is repaired before anybody opens it again."""


class KeyUnfit(StoreBroken):
    """The keyring's key is not the one of this store; or nothing of the file is left that a key could fit."""


class KeyMissing(Exception):
    """The keyring holds no key for a store that exists."""


class KeyringWeak(Exception):
    """The system offers no keyring that keeps secrets encrypted."""
