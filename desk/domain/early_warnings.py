"""Complaint early warnings (投诉预警) as they are kept; the ladder with its clocks is in `desk.domain.ladder`."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import TicketId


class WarningStep(Enum):
    """Where on the ladder it stands: what has to happen next."""

    RAISED = "raised"  # the supervisor reviews it
    RETURNED = "returned"  # a poor one: whoever raised it writes it better
    REVIEWED = "reviewed"  # the site office acts
    ACTED = "acted"  # the site head gives guidance
    GUIDED = "guided"  # the guidance is fed back
    FED_BACK = "fed_back"  # the supervisor talks to the resident again
    ESCALATED = "escalated"  # the site cannot: vice president and general manager
    UNSATISFIED = "unsatisfied"  # one warning a day, one action a day
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


OPEN_WARNINGS = frozenset(WarningStep) - {WarningStep.CLOSED, WarningStep.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """`turn`: whose turn it is by work number, or the name of a post ("site_head") where nobody is named, and `due_at`
    until when. `recognised_at`: when the agent saw it coming. `evidence`: call ids. `close_due_at`: 48 h after
    `guided_at`. `day`: which day of being unsatisfied it is in. `said`: what belongs to the last step (why it was
    returned, what was done), `heard_from` whose words they are where somebody without a seat said them. `warned_at`,
    `acted_at`: the last warning and the last action of an unsatisfied day. `late`: limits that were missed, "review
    2026-11-22T08:00:00.000000Z 35": which, when it ran out, by how many minutes. `returned`: how often it was."""

    warning_id: str
    ticket_id: TicketId
    step: WarningStep
    raised_at: datetime
    raised_by: str
    recognised_at: datetime
    turn: str
    due_at: datetime
    caller_number: str = ""
    area: str = ""
    issue: str = ""
    verified: str = ""
    unhappy_with: str = ""
    difficulty: str = ""
    evidence: tuple[str, ...] = ()
    stepped_at: datetime | None = None
    stepped_by: str = ""
    said: str = ""
    reviewed_by: str = ""
    guidance: str = ""
    guided_at: datetime | None = None
    close_due_at: datetime | None = None
    day: int = 0
    closed_at: datetime | None = None
    closed_by: str = ""
    estate_id: str | None = None
    heard_from: str = ""
    warned_at: datetime | None = None
    acted_at: datetime | None = None
    late: tuple[str, ...] = ()
    returned: int = 0
