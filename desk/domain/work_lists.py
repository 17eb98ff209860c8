"""Work lists: which open things stand on which list, and how a list is asked for. `CONTENTS` is the table: a list
holds what passes all checks of one of its lines.

Values only; the seat store and the store in memory answer the same questions. Pure, any thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import groupby

from desk.domain.attempts import Attempt
from desk.domain.identity import HouseholdId, StaffId, TaskId
from desk.domain.tasks import Task
from desk.domain.tickets import Priority, Ticket
from desk.domain.what_next import Errand, What

AT_WORK = timedelta(hours=16)  # who signed in longer ago has forgotten to sign out
LAIN = timedelta(minutes=30)  # so long somebody at work may leave lying what is late; then it is everybody's


class WorkList(Enum):
    NEXT = "next"  # what is next: the one queue, `desk.domain.what_next.ORDER`
    MINE = "mine"
    TEAM = "team"  # everybody's
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    UNACCEPTED = "unaccepted"
    PROGRESS = "progress"  # no report of how far it is
    FOLLOW_UPS = "follow_ups"
    PROMISED = "promised"  # by whoever looks
    OWNERLESS = "ownerless"


class Check(Enum):
    """What is asked of a thing, to stand on a list. Of a ticket that asks for several things at once, one has to pass
    all checks (`desk.domain.ticket_errands`)."""

    MINE = "mine"  # whoever looks at the list owns it
    SOON = "soon"  # its limit is near and has not run out
    LATE = "late"
    DUE = "due"  # late or soon
    OWNERLESS = "ownerless"  # nobody owns it, or somebody who has left
    UNACCEPTED = "unaccepted"  # somebody was sent and has not taken it, or has given it back
    NO_REPORT = "no_report"  # the clock of the progress report has run out
    TO_FOLLOW_UP = "to_follow_up"  # done, and the resident has not been asked
    IN_QUEUE = "in_queue"  # it has a line in `ORDER`
    RESTED = "rested"  # nobody has tried of late, or it is time to try again
    # The looker's own, nobody's, or somebody's who is not at work. What presses (`what_next.PRESSING`) also while they
    # are away (lunch, training ...), and once it is late and nobody has touched it for `LAIN`: a seat without power
    # says nothing. Asked of the row, whatever else its ticket asks for.
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Line:
    """Of these things, those that pass every check."""

    whats: tuple[What, ...]
    checks: tuple[Check, ...] = ()


_ALL = tuple(What)

CONTENTS: Mapping[WorkList, tuple[Line, ...]] = {
    WorkList.NEXT: (Line(_ALL, (Check.IN_QUEUE, Check.FREE, Check.RESTED)),),
    WorkList.MINE: (Line(_ALL, (Check.MINE,)),),
    WorkList.TEAM: (Line(_ALL),),
    WorkList.DUE_SOON: (Line(_ALL, (Check.SOON,)),),
    WorkList.OVERDUE: (Line(_ALL, (Check.LATE,)),),
    WorkList.UNACCEPTED: (Line((What.TICKET,), (Check.UNACCEPTED,)),),
    WorkList.PROGRESS: (Line((What.TICKET,), (Check.NO_REPORT,)),),
    WorkList.FOLLOW_UPS: (Line((What.FOLLOW_UP,), (Check.DUE,)), Line((What.TICKET,), (Check.TO_FOLLOW_UP,))),
    WorkList.PROMISED: (Line((What.PROMISE,), (Check.MINE,)),),
    WorkList.OWNERLESS: (Line(_ALL, (Check.OWNERLESS,)),),
}


class Column(Enum):
    """What a list can be sorted by. COST: the order of the queue."""

    COST = "cost"
    DUE = "due"
    NUMBER = "number"
    PRIORITY = "priority"
    ERRAND = "errand"
    PLACE = "place"
    CATEGORY = "category"
    STAGE = "stage"
    OWNER = "owner"
    HANDLER = "handler"
    REGISTERED = "registered"


class GroupBy(Enum):
    NONE = "none"
    ERRAND = "errand"
    DAY = "day"  # of the limit
    BUILDING = "building"
    CATEGORY = "category"
    OWNER = "owner"
    HANDLER = "handler"


@dataclass(frozen=True, slots=True)
class Moment:
    """What time means for a list: `at_hand` ends what is due now, `soon` the time for reminders."""

    now: datetime
    at_hand: datetime
    soon: datetime


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`who`: work number of whoever looks. Equal rows follow their limit, then their id."""

    work_list: WorkList
    who: str
    moment: Moment
    sort: Column = Column.DUE
    descending: bool = False
    group: GroupBy = GroupBy.NONE


@dataclass(frozen=True, slots=True)
class Keys:
    """All rows of a list, in order, slim: `ids` "ticket:ID"; `groups` what the row is grouped by, "" without;
    `texts` what is searched when the list is filtered."""

    ids: list[str]
    groups: list[str]
    texts: list[str]


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One row in full. `owner`: a work number, or a post where nobody is named. `text`: what was promised, asked or
    complained about. `number`: where the resident is called; without one the household may have one. `tried`: the last
    attempt about it. `task`: the one of its tasks that the errand is about; None: about no single one."""

    what: What
    about_id: str
    errand: Errand
    due_at: datetime | None
    owner: str
    ticket: Ticket | None = None
    text: str = ""
    number: str = ""
    caller_name: str = ""
    kind: str = ""
    tried: Attempt | None = None
    household_id: HouseholdId | None = None
    task: Task | None = None

    @property
    def key(self) -> str:
        return key_of(self.what, self.about_id)

    @property
    def belongs_to(self) -> str:
        """Its ticket's id; its own, where it belongs to none."""
        return self.ticket.ticket_id if self.ticket else self.about_id

    @property
    def matter(self) -> tuple[str, Errand, TaskId | None]:
        """What is asked for, of whom: the row of a ticket may ask for something else the next time it is read."""
        return self.key, self.errand, self.task.task_id if self.task else None

    @property
    def handler_id(self) -> StaffId | str | None:
        if self.task is not None:
            return self.task.handler_id
        return self.ticket.handler_id if self.ticket else None

    @property
    def priority(self) -> Priority | None:
        return self.ticket.priority if self.ticket else None


def key_of(what: What, about_id: str) -> str:
    return f"{what.value}:{about_id}"


def read_key(key: str) -> tuple[What, str]:
    """Raises `ValueError` for what is no key."""
    what, _colon, about_id = key.partition(":")
    return What(what), about_id


def runs(groups: Sequence[str]) -> list[tuple[str, int]]:
    """Of what the rows of a list are grouped by: each group in turn, and the place after its last row."""
    end = 0
    return [(group, end := end + len(list(rows))) for group, rows in groupby(groups)]
