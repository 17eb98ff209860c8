"""What a seat has kept, read from outside: its store with the key from its keyring, its spool, its recordings. Also the
keyring itself, so that a test may lose the key and find it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.demo.processes import wait_until
from desk.demo.sealed import plain_recording, secret_items
from desk.demo.sealed import secret as secret
from desk.demo.seat import Seat
from desk.domain.call_log import CallEntry, RecordingEntry
from desk.domain.drafts import Draft
from desk.domain.identity import CallId, TicketId
from desk.domain.tickets import Ticket
from desk.recording.spool.segments import MANIFEST
from desk.recording.vault.marker import MARKER
from desk.secrets import FakeSecrets
from desk.store.calls import SqlCallLog
from desk.store.drafts import SqlDrafts
from desk.store.store import Store
from desk.store.tickets import SqlTickets

WAIT_S = 30.0
STORE_KEY = "store"


def lose_secret(seat: Seat, entry: str) -> str:
    """Take it out of the keyring; what it was."""
    with secret_items(seat, entry) as items:
        value = str(items[0].get_secret().decode())
        items[0].delete()
    return value


@contextmanager
def store(seat: Seat, key: str = "") -> Iterator[Store]:
    """The seat's store, while the seat may run."""
    opened = Store.open(seat.data_dir / "seat.db", FakeSecrets({STORE_KEY: key or secret(seat, STORE_KEY) or ""}))
    try:
        yield opened
    finally:
        opened.close()


def call(seat: Seat, call_id: str) -> CallEntry | None:
    """The call log's entry with its telephone facts; None while they are not there."""
    with store(seat) as opened:
        entry = SqlCallLog(opened).get(CallId(call_id))
    return entry if entry and entry.outcome else None


def recording(seat: Seat, call_id: str) -> RecordingEntry | None:
    with store(seat) as opened:
        return SqlCallLog(opened).recording(CallId(call_id))


def wait_call(seat: Seat, call_id: str) -> CallEntry:
    found = wait_until(f"{call_id} in the call log", lambda: call(seat, call_id), WAIT_S)
    assert found is not None
    return found


def wait_recording(seat: Seat, call_id: str) -> RecordingEntry:
    found = wait_until(f"{call_id} recorded", lambda: recording(seat, call_id), WAIT_S)
    assert found is not None
    return found


def plain(seat: Seat, call_id: str) -> Path:
    """The recording's audio as an ordinary file, opened with the seat's own key and compared with its seal."""
    found = wait_until(f"{call_id} sealed", lambda: plain_recording(seat, call_id), WAIT_S)
    assert found is not None
    return found


def vaulted(seat: Seat, call_id: str) -> list[str]:
    """The names in the vault, once this call is there and its spool has gone."""

    def confirmed() -> bool:
        entry = recording(seat, call_id)
        return entry is not None and entry.vaulted_at is not None and call_id not in spooled(seat)

    wait_until(f"{call_id} in the vault", confirmed, WAIT_S)
    folder = seat.data_dir / "recordings"
    return sorted(file.name for file in folder.rglob("*") if file.is_file() and file.name != MARKER)


def drafts(seat: Seat, author: str = "1001") -> list[Draft]:
    with store(seat) as opened:
        return SqlDrafts(opened).of_author(author)


def typed_in(draft: Draft, field: str) -> str:
    """What stands in this field of the form, resolved or not."""
    found = draft.intake.typed.get(field)
    return found if found is not None else str(getattr(draft.intake, field))


def wait_typed(seat: Seat, field: str, text: str, author: str = "1001") -> Draft:
    """The draft in whose field exactly this text stands, on disk."""

    def found() -> Draft | None:
        return next((draft for draft in drafts(seat, author) if typed_in(draft, field) == text), None)

    try:
        draft = wait_until(f"{text!r} kept in {field}", found, WAIT_S)
    except Exception as error:
        error.add_note(f"drafts: {[draft.intake for draft in drafts(seat, author)]}")
        raise
    assert draft is not None
    return draft


def ticket(seat: Seat, ticket_id: str) -> Ticket | None:
    with store(seat) as opened:
        return SqlTickets(opened).get(TicketId(ticket_id))


def spooled(seat: Seat) -> list[str]:
    """Calls that still lie in the spool."""
    return [file.name.partition(".")[0] for file in (seat.data_dir / "spool").glob(f"*{MANIFEST}")]
