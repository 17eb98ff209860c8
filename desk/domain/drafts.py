"""A draft: what the agent has typed into an intake form and not filed yet. Local to the seat, one author's own."""

from dataclasses import dataclass, field
from datetime import datetime

from desk.domain.identity import CallId
from desk.domain.tickets import Kind, Place, Priority, Window


@dataclass(frozen=True, slots=True)
class Intake:
    """The form's content, all of it optional until it is filed. `typed` keeps what stands in a field that has not
    been resolved yet (field name -> text), so that no character is lost. `typed_at`: field -> when its first character
    came (`desk.domain.times`). `read_back_at`: the place, as it stands here, was read back to the caller, who agreed.
    `notice_id`: the notice that answers it. `caller_at`: when the caller whom it names was put into it."""

    kind: Kind | None = None
    category: str = ""
    priority: Priority | None = None
    place: Place = field(default_factory=Place)
    description: str = ""
    caller_name: str = ""
    contact_number: str = ""
    appointment: Window | None = None
    person_id: str | None = None
    household_id: str | None = None
    typed: dict[str, str] = field(default_factory=dict)
    typed_at: dict[str, str] = field(default_factory=dict)
    read_back_at: datetime | None = None
    notice_id: str | None = None
    caller_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """`draft_id` is the id the ticket will have. `call_id` None for walk-ins."""

    draft_id: str
    author: str
    started_at: datetime
    saved_at: datetime
    intake: Intake
    call_id: CallId | None = None
