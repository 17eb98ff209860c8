"""The demo's own checks: what is in the recording, in the central database and at the agent's ear, by content."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desk.demo.postgres import PrivatePostgres
from desk.demo.sealed import secret
from desk.demo.seat import Seat
from desk.demo.voices import RATE_HZ, Sound, likeness, read_wav
from desk.domain.identity import CallId, HouseholdId, TicketId
from desk.recording.likeness import HEARD, NOT_HEARD
from desk.recording.playing import decode
from desk.secrets import FakeSecrets
from desk.store.calls import SqlCallLog
from desk.store.key import ENTRY
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets

__all__ = ["HEARD", "NOT_HEARD", "Channels", "both_channels", "channels_of", "heard_in"]


@dataclass(frozen=True, slots=True)
class Channels:
    """Likeness of each voice to each channel of a recording."""

    caller_left: float
    agent_left: float
    caller_right: float
    agent_right: float
    seconds: float

    @property
    def right(self) -> bool:
        """Each voice in its own channel and in no other."""
        return min(self.caller_left, self.agent_right) >= HEARD and max(self.caller_right, self.agent_left) < NOT_HEARD


def channels_of(recording: Path, caller: Path, agent: Path) -> Channels:
    """Raises `DecodeError`."""
    left, right = both_channels(recording)
    said, answered = read_wav(caller)[0], read_wav(agent)[0]
    return Channels(
        likeness(left, said)[0],
        likeness(left, answered)[0],
        likeness(right, said)[0],
        likeness(right, answered)[0],
        len(left) / RATE_HZ,
    )


def heard_in(file: Path, voice: Path, seconds: int | None = None) -> float:
    """Likeness of a voice (of its first seconds) to what a WAV file holds (any rate)."""
    sound, rate = read_wav(file)
    said = read_wav(voice)[0]
    return likeness(_resampled(sound, rate), said[: seconds * RATE_HZ] if seconds else said)[0]


def both_channels(recording: Path) -> tuple[Sound, Sound]:
    """Left and right at `RATE_HZ`. Raises `DecodeError`."""
    pieces = []
    with decode.Decoder(recording) as decoder:
        while piece := decoder.read():
            pieces.append(piece)
    samples = np.frombuffer(b"".join(pieces), dtype="<i2").astype(np.float64).reshape(-1, 2) / 32768
    return _resampled(samples[:, 0], decode.RATE_HZ), _resampled(samples[:, 1], decode.RATE_HZ)


def _resampled(sound: Sound, rate_hz: int) -> Sound:
    if rate_hz == RATE_HZ:
        return sound
    resampled: Sound = np.interp(np.arange(0, len(sound), rate_hz / RATE_HZ), np.arange(len(sound)), sound)
    return resampled


@dataclass(frozen=True, slots=True)
class FiledTicket:
    """A ticket with its call. `author`: who wrote it, as PostgreSQL itself knows; "" where there is none."""

    stage: str
    category: str
    place: str
    description: str
    caller: str
    call_place: str
    author: str = ""


def central_ticket(central: PrivatePostgres, database: str, ticket_id: str) -> FiledTicket | None:
    """The ticket as the centre's own rows show it, None where it has none."""
    rows = central.sql(
        "SELECT concat_ws('|', t.stage, t.category, h.place_code, t.description, p.name, ch.place_code, c.author)"
        " FROM desk.ticket t LEFT JOIN desk.household h USING (household_id)"
        " LEFT JOIN desk.call k ON k.ticket_id = t.ticket_id"
        " LEFT JOIN desk.household ch ON ch.household_id = k.household_id"
        " LEFT JOIN desk.person p ON p.person_id = k.person_id"
        " JOIN desk.change c ON c.entity = 'ticket' AND c.entity_id = t.ticket_id::text"
        " WHERE t.ticket_id::text = :'ticket' LIMIT 1;",
        database,
        {"ticket": ticket_id},
    ).strip()
    fields = rows.split("|")
    return FiledTicket(*fields) if len(fields) == 7 else None


def seat_ticket(seat: Seat, ticket_id: str, call_id: str) -> FiledTicket | None:
    """The ticket as it stands in the store of a seat, None where it has none or its call does not know it yet."""
    with _store_of(seat) as store:
        ticket, call = SqlTickets(store).get(TicketId(ticket_id)), SqlCallLog(store).get(CallId(call_id))
        if ticket is None or call is None or call.ticket_id != ticket_id:
            return None
        residents = SqlResidents(store)
        homes = residents.households([one for one in (ticket.household_id, call.household_id) if one])
        people = residents.people([call.person_id]) if call.person_id else {}

        def code(household_id: HouseholdId | None) -> str:
            return homes[household_id].place_code if household_id in homes else ""

        caller = people[call.person_id].name if call.person_id in people else ""
        return FiledTicket(
            ticket.stage.value,
            ticket.category,
            code(ticket.household_id),
            ticket.description,
            caller,
            code(call.household_id),
        )


def has_estate(seat: Seat, central: PrivatePostgres, database: str) -> bool:
    """Whether the store of a seat has every home and everybody that the centre has. Changes are not counted: a seat is
    not shown all of them, and may be filled with rows instead."""
    wanted = central.sql(
        "SELECT concat_ws('|', (SELECT count(*) FROM desk.household), (SELECT count(*) FROM desk.person));", database
    )
    with _store_of(seat) as store, store.read() as connection:
        asked = ("SELECT count(*) FROM household", "SELECT count(*) FROM person")
        counts = [connection.exec_driver_sql(one).scalar_one() for one in asked]
    return "|".join(str(count) for count in counts) == wanted


@contextmanager
def _store_of(seat: Seat) -> Iterator[Store]:
    store = Store.open(seat.data_dir / "seat.db", FakeSecrets({ENTRY: secret(seat, ENTRY) or ""}))
    try:
        yield store
    finally:
        store.close()
