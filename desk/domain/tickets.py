"""The ticket: kinds, stages, priorities and the moves between stages, as tables."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desk.domain.identity import BuildingId, CallId, HouseholdId, PersonId, TicketId


class Kind(Enum):
    REPAIR = "repair"  # 报修
    COMPLAINT = "complaint"  # 投诉
    INQUIRY = "inquiry"  # 咨询
    SUGGESTION = "suggestion"  # 建议
    PRAISE = "praise"  # 表扬
    BUSINESS = "business"  # 业务办理


class Priority(Enum):
    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Stage(Enum):
    REGISTERED = "registered"  # 登记
    DISPATCHED = "dispatched"  # 派单
    ACCEPTED = "accepted"  # 受理
    IN_PROGRESS = "in_progress"  # 处理中
    DONE = "done"  # 完成
    FOLLOWED_UP = "followed_up"  # 回访
    CLOSED = "closed"  # 关闭/销单
    RETURNED = "returned"  # 误派/反单
    SUSPENDED = "suspended"  # 挂起
    CANCELLED = "cancelled"  # 取消
    JOINED = "joined"  # 并入另一工单


OPEN_STAGES = frozenset(Stage) - {Stage.CLOSED, Stage.CANCELLED, Stage.JOINED}

# stage -> stages that may follow it, whichever move leads there (`desk.domain.moves`); None = a ticket that does not
# exist yet. With several tasks, a return or a drop of one can bring the ticket to where the others are.
MOVES: dict[Stage | None, frozenset[Stage]] = {
    None: frozenset({Stage.REGISTERED, Stage.CLOSED}),  # CLOSED: answered at once (first-contact resolution)
    Stage.REGISTERED: frozenset({Stage.DISPATCHED, Stage.CLOSED, Stage.CANCELLED, Stage.JOINED, Stage.SUSPENDED}),
    Stage.DISPATCHED: frozenset(
        {Stage.ACCEPTED, Stage.RETURNED, Stage.CANCELLED, Stage.JOINED, Stage.SUSPENDED, Stage.REGISTERED}
    ),
    Stage.ACCEPTED: frozenset({Stage.IN_PROGRESS, Stage.DONE, Stage.RETURNED, Stage.CANCELLED, Stage.SUSPENDED}),
    Stage.IN_PROGRESS: frozenset({Stage.DONE, Stage.RETURNED, Stage.CANCELLED, Stage.SUSPENDED, Stage.DISPATCHED}),
    Stage.DONE: frozenset({Stage.FOLLOWED_UP, Stage.DISPATCHED, Stage.REGISTERED}),
    Stage.FOLLOWED_UP: frozenset({Stage.CLOSED, Stage.DISPATCHED, Stage.REGISTERED}),
    Stage.CLOSED: frozenset({Stage.REGISTERED}),
    Stage.RETURNED: frozenset(
        {
            Stage.DISPATCHED,
            Stage.CANCELLED,
            Stage.JOINED,
            Stage.SUSPENDED,
            Stage.REGISTERED,
            Stage.ACCEPTED,
            Stage.IN_PROGRESS,
            Stage.DONE,
        }
    ),
    Stage.SUSPENDED: frozenset(
        {
            Stage.REGISTERED,
            Stage.DISPATCHED,
            Stage.RETURNED,
            Stage.ACCEPTED,
            Stage.IN_PROGRESS,
            Stage.CANCELLED,
        }
    ),
    Stage.CANCELLED: frozenset({Stage.REGISTERED}),
    Stage.JOINED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the fault is: a household's home, or a public area. `text` is what is shown, and all there is when the
    place is not in the register."""

    text: str = ""
    household_id: HouseholdId | None = None
    building_id: BuildingId | None = None
    public_area_id: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """An appointment for a home visit (预约上门), aware UTC, `until` after `start`."""

    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """`number` is spoken on the phone: yyyymmdd-seat-counter. `call_id`: the call it was taken from; further calls
    point to the ticket by their own `ticket_id`. `typed`: when a field of the form got its first character, "place
    2026-11-22T08:00:12.500000Z", so that a recording can be heard from there.

    `owner`: work number of whoever looks after it at the hotline; an open ticket has one. `*_due_at`: when the
    clock of that name runs out, None while it does not run; `next_clock` names the one that comes first
    (`desk.domain.clocks`) and `next_due_at` is its time: while suspended, when it is to be taken up again.
    `stage_before`: where a suspended ticket goes back to. `stage_reason`: why it is in its stage. `warning_id`: the
    early warning that is going on about it. `parent_id`: what it was split from, or the ticket of its incident.
    `solved`, `satisfied`, `score` (0..100): what the resident said at the last follow-up. `read_back_at`: the place
    was read back to the caller, who agreed; `read_back_asked`: why it has to be, before anybody is sent
    (`desk.domain.read_back.Ask`), "" where nothing is in doubt. `notice_id`: the notice that it was answered by.
    `step`: the move that wrote it last, "dispatch ID" (`desk.domain.moves`); what it wrote elsewhere bears the
    same. `late`: the clocks that had run out before they were stopped, "accept DUE STOPPED" with both times as
    text."""

    ticket_id: TicketId
    number: str
    kind: Kind
    category: str
    priority: Priority
    stage: Stage
    description: str
    registered_at: datetime
    registered_by: str
    seat: str
    place_text: str = ""
    household_id: HouseholdId | None = None
    building_id: BuildingId | None = None
    public_area_id: str | None = None
    person_id: PersonId | None = None
    caller_name: str = ""
    contact_number: str = ""
    appointment_start: datetime | None = None
    appointment_until: datetime | None = None
    call_id: CallId | None = None
    joined_to: TicketId | None = None
    handler_id: str | None = None
    closed_at: datetime | None = None
    typed: tuple[str, ...] = ()
    owner: str = ""
    next_clock: str = ""
    next_due_at: datetime | None = None
    accept_due_at: datetime | None = None
    plan_due_at: datetime | None = None
    promise_due_at: datetime | None = None
    progress_due_at: datetime | None = None
    follow_up_due_at: datetime | None = None
    dispatched_at: datetime | None = None
    accepted_at: datetime | None = None
    plan_told_at: datetime | None = None
    progress_at: datetime | None = None
    done_at: datetime | None = None
    followed_up_at: datetime | None = None
    suspended_at: datetime | None = None
    suspended_until: datetime | None = None
    stage_before: Stage | None = None
    stage_reason: str = ""
    parent_id: TicketId | None = None
    incident_id: str | None = None
    reopened: int = 0
    solved: bool | None = None
    satisfied: bool | None = None
    score: int | None = None
    overdue_cause: str = ""
    outcome: str = ""
    read_back_at: datetime | None = None
    warning_id: str | None = None
    read_back_asked: str = ""
    notice_id: str | None = None
    task_due_at: datetime | None = None
    close_due_at: datetime | None = None
    step: str = ""
    late: tuple[str, ...] = ()


def can_move(before: Stage | None, after: Stage) -> bool:
    return after in MOVES[before]
