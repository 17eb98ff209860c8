"""Shifts: who is on duty when, who was there, in which state, and what was handed over. Values as they are kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.agent_state import AWAY
from desk.domain.identity import EstateId


class Post(Enum):
    """What somebody is on duty as."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    HANDLER = "handler"  # the night's and the holidays'
    LEAD = "lead"
    MONITORING = "monitoring"  # 20:00-08:30


@dataclass(frozen=True, slots=True)
class DutyTurn:
    """One line of the duty roster. `who`: work number. `trade`, `area`: what a handler's turn is for, "" = all."""

    duty_turn_id: str
    who: str
    post: Post
    start: datetime
    until: datetime
    trade: str = ""
    area: str = ""
    estate_id: EstateId | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """From a sign-in to its sign-out. `duty_turn_id`: the turn it belongs to, where the roster has one."""

    stay_id: str
    who: str
    seat: str
    since: datetime
    until: datetime | None = None
    duty_turn_id: str | None = None
    why_ended: str = ""


@dataclass(frozen=True, slots=True)
class StateSpan:
    """An agent's state from a moment on; the next one ends it. `state` of `desk.domain.agent_state`."""

    state_span_id: str
    who: str
    seat: str
    state: str
    since: datetime
    reason: str = ""
    stay_id: str | None = None


def is_away(stay: Stay, last: StateSpan | None) -> bool:
    """Whoever has signed in is not at the desk. `last`: the state that they entered last."""
    return last is not None and last.since >= stay.since and last.state in {state.value for state in AWAY}


@dataclass(frozen=True, slots=True)
class HandOver:
    """The hand-over note of a shift. `items`: what goes to `to`, each "ticket ID", "promise ID", "warning ID" or
    "question ID". `accepted_by` is a person by name, not a post."""

    hand_over_id: str
    who: str
    seat: str
    made_at: datetime
    text: str
    items: tuple[str, ...] = ()
    to: str = ""
    accepted_at: datetime | None = None
    accepted_by: str = ""
    remark: str = ""
