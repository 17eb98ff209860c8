"""What became of one ticket over three days: filed, sent to the wrong trade, returned, sent again, tried, accepted,
told, reported, joined by a repeat call, warned of; made with the real moves over the store in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.changes import Change, Patch
from desk.domain.clocks import Clocks
from desk.domain.early_warnings import EarlyWarning, WarningStep
from desk.domain.estate import Duty, Staff
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState
from desk.domain.identity import CallId, StaffId, TicketId
from desk.domain.messages import Delivery, Message
from desk.domain.moves import Given, MoveKind
from desk.domain.patches import patch_of
from desk.domain.promises import Promise
from desk.domain.tickets import Priority, Stage, Ticket
from desk.domain.times import to_text
from desk.ui.ticket.uses import TicketUses
from desk.usecases.fakes import FakeAuthor, FakeStore
from tests.ui import seat
from tests.ui.ticket.uses import fake_uses

PLUMBER = Staff(StaffId("h-1"), "6001", "陈师傅", Duty.HANDLER, "13811112222")
PAINTER = Staff(StaffId("h-2"), "6002", "周师傅", Duty.HANDLER, "13811113333")
TICKET = TicketId("t-story")
CALL, REPEAT = CallId("c-first"), CallId("c-repeat")


class Story:
    """`uses` act as whoever `sits`, at `now`."""

    def __init__(self, store: FakeStore, ids: Callable[[], str] | None = None) -> None:
        numbers = count(1)
        self.store = store
        self.now, self.sits = seat.NOW - timedelta(days=2), "1001"
        self.new_id = ids or (lambda: f"0195a000-0000-7000-8000-{next(numbers):012}")
        self.author = FakeAuthor("1001", "S01", self.clock, self.new_id)
        self.uses: TicketUses = fake_uses(store, self, self.clock, self.new_id, lambda: self.sits)

    def clock(self) -> datetime:
        return self.now

    def change(self, entity: str, entity_id: str, patch: Patch, reason: str = "") -> Change:
        """`ChangeAuthor`, in the name of whoever sits here now."""
        return replace(self.author.change(entity, entity_id, patch, reason), author=self.sits)

    def wait(self, **gap: float) -> None:
        self.now += timedelta(**gap)

    def add(self, entity: str, value: Any, id_field: str) -> None:
        self.store.append([self.change(entity, getattr(value, id_field), patch_of(value, id_field))])

    def write(self, entity: str, entity_id: str, patch: Patch, reason: str = "") -> None:
        self.store.append([self.change(entity, entity_id, patch, reason)])

    def move(self, kind: MoveKind, **given: Any) -> Ticket:
        return self.uses.moves.move(TICKET, kind, Given(**given))

    @property
    def ticket(self) -> Ticket:
        found = self.store.tickets.get(TICKET)
        assert found is not None
        return found


def filed(story: Story, stage: Stage = Stage.REGISTERED) -> None:
    """The ticket with its call and the people who work on it."""
    for staff in (PLUMBER, PAINTER):
        story.add("staff", staff, "staff_id")
    ticket = replace(
        seat.ticket(TICKET, stage, "厨房水龙头下面一直滴水，柜子里已经有积水，楼下也说天花板有水印"),
        number="20261119-S01-042",
        category="repair.water.tap",
        registered_at=story.now,
        call_id=CALL,
        contact_number="13800138000",
        owner="1001",
        priority=Priority.NORMAL,
    )
    story.add("ticket", Clocks().filed(ticket), "ticket_id")
    call = replace(seat.past_call("c-first", 0), offered_at=story.now - timedelta(minutes=4), ticket_id=TICKET)
    answered = call.offered_at + timedelta(seconds=5)
    story.add("call", replace(call, answered_at=answered, ended_at=answered + timedelta(seconds=187)), "call_id")


def tried(story: Story, outcome: Outcome, note: str = "", **more: Any) -> None:
    name = story.new_id()
    attempt = Attempt(
        name, Purpose.DISPATCH, story.now, story.sits, outcome, TICKET, staff_id=PLUMBER.staff_id, number="13811112222"
    )
    story.add("attempt", replace(attempt, note=note, **more), "attempt_id")


def told(story: Story, text: str, delivery: Delivery) -> None:
    name = story.new_id()
    message = Message(name, "短信", "13811112222", "dispatched", text, name, story.now, ticket_id=TICKET)
    story.add("message", message, "message_id")
    story.wait(seconds=4)
    story.write("message", name, {"delivery": delivery.value, "sent_at": to_text(story.now)})


def in_work(story: Story) -> None:
    """Up to the second handler at work, a repeat call and a promised call."""
    filed(story)
    story.wait(minutes=2)
    story.move(MoveKind.DISPATCH, handler_id=PAINTER.staff_id, title="水龙头维修", trade="水电")
    story.wait(minutes=20)
    story.move(MoveKind.RETURN, reason="不是本工种：先修水管", via="call")
    story.wait(minutes=3)
    story.move(MoveKind.DISPATCH, handler_id=PLUMBER.staff_id)
    told(story, "您有新工单 20261119-S01-042：5栋2单元203 厨房水龙头漏水，请尽快联系住户。", Delivery.SENT)
    tried(story, Outcome.NO_ANSWER)
    story.wait(minutes=12)
    tried(story, Outcome.REACHED, "半小时内到")
    story.move(MoveKind.ACCEPT, via="call")
    story.wait(minutes=30)
    story.move(MoveKind.TELL_PLAN, until=story.now + timedelta(days=4))
    promise = Promise(
        "pr-1", "1001", "1001", story.now, story.now + timedelta(minutes=30), "师傅到了告诉住户", ticket_id=TICKET
    )
    story.add("promise", promise, "promise_id")
    story.wait(minutes=25)
    story.write("promise", "pr-1", {"state": "kept", "kept_at": to_text(story.now)})
    story.move(MoveKind.START)
    story.wait(days=1)
    story.sits = "1002"
    repeat = replace(seat.past_call("c-repeat", 0), offered_at=story.now, agent="1002", seat="S01", ticket_id=TICKET)
    story.add("call", replace(repeat, answered_at=story.now, ended_at=story.now + timedelta(seconds=64)), "call_id")
    story.write("call", "c-repeat", {"ticket_id": None})
    story.write("call", "c-repeat", {"ticket_id": TICKET}, "住户催单：柜门已经泡坏了")
    story.move(MoveKind.GRADE, priority=Priority.HIGH, reason="住户第二次来电")
    story.wait(hours=3)
    story.sits = "1001"
    story.move(MoveKind.REPORT, text="配件已到，今天下午装")
    story.move(MoveKind.ADD_TASK, title="天花板补漆")


def warned(story: Story) -> None:
    """An early warning on top."""
    in_work(story)
    story.wait(minutes=40)
    warning = EarlyWarning(
        "w-1",
        TICKET,
        WarningStep.RAISED,
        story.now,
        "1001",
        story.now,
        "supervisor",
        story.now + timedelta(hours=1),
        issue="水龙头三天没修好",
        unhappy_with="师傅两次没来",
        difficulty="要求赔柜门",
    )
    story.add("warning", warning, "warning_id")
    story.write("ticket", TICKET, {"warning_id": "w-1"})


def closed(story: Story) -> None:
    """To the end: done, asked, closed."""
    in_work(story)
    story.wait(hours=2)
    story.move(MoveKind.FINISH, text="更换水龙头和软管，试水正常")
    (second,) = (task for task in story.uses.tasks(TICKET) if task.title == "天花板补漆")
    story.move(MoveKind.DISPATCH, handler_id=PAINTER.staff_id, task_id=second.task_id)
    story.move(MoveKind.ACCEPT)
    story.wait(hours=1)
    story.move(MoveKind.FINISH, text="补漆完成")
    story.wait(hours=4)
    follow_up = FollowUp(
        "f-1",
        FollowUpKind.CLOSING,
        FollowUpState.DONE,
        story.now,
        "1001",
        ticket_id=TICKET,
        solved=True,
        satisfied=True,
    )
    story.add(
        "follow_up", replace(follow_up, score=90, text="师傅很细心", done_at=story.now, done_by="1001"), "follow_up_id"
    )
    story.move(MoveKind.FOLLOW_UP, solved=True, satisfied=True, score=90)
    story.move(MoveKind.CLOSE)


def stories() -> Sequence[Callable[[Story], None]]:
    return (filed, in_work, warned, closed)
