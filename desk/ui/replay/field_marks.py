"""The moments at which the fields of the form were typed, as marks of a recording. No Qt; pure."""

from collections.abc import Sequence

from desk.domain.call_log import RecordingEntry
from desk.domain.identity import CallId
from desk.domain.tickets import Ticket
from desk.ui.player.marks import MarkKind, PlayerMark
from desk.ui.ticket.presenter import field_moments, field_name


def field_marks(call_id: CallId, recording: RecordingEntry | None, tickets: Sequence[Ticket]) -> list[PlayerMark]:
    """Of the tickets that were taken from this call; of several, each mark says whose it is."""
    taken = [ticket for ticket in tickets if ticket.call_id == call_id]
    return [
        PlayerMark(at_ms, MarkKind.FIELD, f"{name} · {ticket.number}" if len(taken) > 1 else name)
        for ticket in taken
        for field, at_ms in field_moments(ticket.typed, recording).items()
        if (name := field_name(field))
    ]
