"""Moving a ticket over the store in memory and the real one: what is written, refused and undone."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from desk.domain.changes import fold
from desk.domain.clocks import running
from desk.domain.estate import Duty
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.move_effects import Work
from desk.domain.moves import RULES, Given, MoveKind, MoveRefused, Refusal, rule_of
from desk.domain.patches import patch_of
from desk.domain.priority_rules import Facts
from desk.domain.tasks import TaskStage
from desk.domain.tickets import OPEN_STAGES, Kind, Priority, Stage
from desk.store.schema import ROWS
from tests.domain.walks import given_for
from tests.usecases.conftest import World
from tests.usecases.moving import GONE, PAINTER, PLUMBER, Hotline


@pytest.fixture
def hotline(empty_world: World) -> Hotline:
    return Hotline(empty_world)


def refused(hotline: Hotline, ticket_id: TicketId, kind: MoveKind, given: Given | None = None) -> Refusal:
    before = hotline.ticket(ticket_id)
    with pytest.raises(MoveRefused) as caught:
        hotline.moves.move(ticket_id, kind, given)
    assert hotline.ticket(ticket_id) == before
    return caught.value.reason


def test_a_move_and_its_task_are_written_together_and_what_it_gives_back_is_what_stands(hotline: Hotline) -> None:
    ticket_id = hotline.filed()
    moved = hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER, backup_id=PAINTER))
    assert moved == hotline.ticket(ticket_id)
    assert (moved.stage, moved.handler_id) == (Stage.DISPATCHED, PLUMBER)
    (task,) = hotline.tasks.of_ticket(ticket_id)
    assert (task.title, task.stage, task.backup_id) == ("title of repair.water.tap", TaskStage.DISPATCHED, PAINTER)
    assert task.step == moved.step != ""


def test_what_belongs_to_a_move_is_written_in_its_transaction(hotline: Hotline) -> None:
    ticket_id = hotline.filed()
    attempt = {
        "purpose": "dispatch",
        "at": "2026-03-02T01:30:00.000000Z",
        "by": "1001",
        "outcome": "reached",
        "ticket_id": ticket_id,
    }
    also = hotline.change("attempt", "a1", attempt)
    hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER), also=[also])
    assert len(hotline.histories.of("attempt", "a1")) == 1
    assert refused(hotline, ticket_id, MoveKind.CLOSE) is Refusal.NOT_DONE


REFUSED: tuple[tuple[MoveKind, Given, Refusal], ...] = (
    (MoveKind.DISPATCH, Given(), Refusal.NEEDS_HANDLER),
    (MoveKind.DISPATCH, Given(handler_id=StaffId("nobody")), Refusal.UNKNOWN_HANDLER),
    (MoveKind.DISPATCH, Given(handler_id=GONE), Refusal.HANDLER_LEFT),
    (MoveKind.DISPATCH, Given(handler_id=PLUMBER, task_id=TaskId("k9")), Refusal.NO_TASK),
    (MoveKind.ACCEPT, Given(), Refusal.NOT_SENT),
    (MoveKind.FINISH, Given(text="done"), Refusal.NOT_SENT),
    (MoveKind.FOLLOW_UP, Given(solved=True), Refusal.NOT_DONE),
    (MoveKind.REOPEN, Given(reason="again"), Refusal.STILL_OPEN),
    (MoveKind.RESUME, Given(), Refusal.NOT_SUSPENDED),
    (MoveKind.CLOSE, Given(text="told on the telephone"), Refusal.NOT_SENT),
    (MoveKind.CANCEL, Given(reason="  "), Refusal.NEEDS_REASON),
    (MoveKind.SUSPEND, Given(reason="away"), Refusal.NEEDS_DATE),
    (MoveKind.SUSPEND, Given(reason="away", until=datetime(2026, 3, 1, tzinfo=UTC)), Refusal.DATE_PAST),
    (MoveKind.SUSPEND, Given(reason="away", until=datetime(2036, 3, 1, tzinfo=UTC)), Refusal.TOO_FAR),
    (MoveKind.TELL_PLAN, Given(until=datetime(2027, 3, 1, tzinfo=UTC)), Refusal.AFTER_PROMISE),
    (MoveKind.DISPATCH, Given(handler_id=PLUMBER, until=datetime(2027, 3, 1, tzinfo=UTC)), Refusal.AFTER_PROMISE),
    (MoveKind.JOIN, Given(), Refusal.NEEDS_TICKET),
    (MoveKind.JOIN, Given(ticket_id=TicketId("t404")), Refusal.TICKET_NOT_OPEN),
    (MoveKind.HAND_OVER, Given(), Refusal.NEEDS_PERSON),
    (MoveKind.HAND_OVER, Given(person="4711"), Refusal.UNKNOWN_PERSON),
    (MoveKind.HAND_OVER, Given(person="1009"), Refusal.PERSON_LEFT),
    (MoveKind.GRADE, Given(reason="pours"), Refusal.NEEDS_PRIORITY),
    (MoveKind.ADD_TASK, Given(), Refusal.NEEDS_TITLE),
    (MoveKind.SPLIT, Given(), Refusal.NEEDS_TEXT),
    (MoveKind.NOTE, Given(text=" "), Refusal.NEEDS_TEXT),
    (MoveKind.REPEAT, Given(), Refusal.NEEDS_TEXT),
    (MoveKind.CORRECT, Given(reason="wrong"), Refusal.NEEDS_CORRECTION),
)


def test_what_is_not_allowed_is_refused_with_its_reason_and_nothing_is_written(hotline: Hotline) -> None:
    for kind, given, why in REFUSED:
        assert refused(hotline, hotline.filed(), kind, given) is why, kind


def test_an_inquiry_is_closed_by_what_the_resident_was_told_and_a_repair_only_by_somebody_s_work(
    hotline: Hotline,
) -> None:
    for kind in Kind:
        ticket_id = hotline.filed(kind=kind)
        if kind in (Kind.REPAIR, Kind.COMPLAINT):
            assert refused(hotline, ticket_id, MoveKind.CLOSE, Given(text="told")) is Refusal.NOT_SENT
            continue
        assert refused(hotline, ticket_id, MoveKind.CLOSE) is Refusal.NEEDS_TEXT
        assert hotline.moves.move(ticket_id, MoveKind.CLOSE, Given(text="told")).stage is Stage.CLOSED


def test_a_ticket_that_is_not_there_is_said_to_be_so(hotline: Hotline) -> None:
    with pytest.raises(MoveRefused) as caught:
        hotline.moves.move(TicketId("t404"), MoveKind.CANCEL, Given(reason="x"))
    assert caught.value.reason is Refusal.NOT_FOUND


def test_nobody_is_sent_to_a_place_in_doubt_before_it_was_read_back(hotline: Hotline) -> None:
    ticket_id = hotline.filed(read_back_asked="differs")
    assert refused(hotline, ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER)) is Refusal.NOT_READ_BACK
    hotline.world.put("ticket", ticket_id, read_back_at="2026-03-02T01:31:00.000000Z")
    assert hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER)).stage is Stage.DISPATCHED


def test_only_a_supervisor_promises_another_date_and_a_handler_only_answers(hotline: Hotline) -> None:
    ticket_id = hotline.filed()
    hotline.who = "1001"
    later = Given(reason="part is late", until=hotline.world.now + timedelta(days=40))
    assert refused(hotline, ticket_id, MoveKind.PROMISE, later) is Refusal.WRONG_DUTY
    hotline.who = "9001"
    assert hotline.moves.move(ticket_id, MoveKind.PROMISE, later).promise_due_at == later.until
    hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    with pytest.raises(MoveRefused) as caught:
        hotline.moves.move(ticket_id, MoveKind.CANCEL, Given(reason="no"), duties={Duty.HANDLER})
    assert caught.value.reason is Refusal.WRONG_DUTY
    accepted = hotline.moves.move(ticket_id, MoveKind.ACCEPT, Given(via="link"), duties={Duty.HANDLER})
    assert accepted.stage is Stage.ACCEPTED
    assert hotline.tasks.of_ticket(ticket_id)[0].via == "link"


def test_why_another_date_is_promised_stays_on_the_ticket_until_it_is_opened_again(hotline: Hotline) -> None:
    ticket_id = hotline.filed()
    later = Given(reason="缺材料", cause="缺材料", until=hotline.world.now + timedelta(days=40))
    assert hotline.moves.move(ticket_id, MoveKind.PROMISE, later).overdue_cause == "缺材料"
    hotline.moves.move(ticket_id, MoveKind.PROMISE, replace(later, reason="once more", cause=""))
    assert hotline.ticket(ticket_id).overdue_cause == "缺材料"
    hotline.moves.move(ticket_id, MoveKind.CANCEL, Given(reason="it works again"))
    assert hotline.moves.move(ticket_id, MoveKind.REOPEN, Given(reason="it does not")).overdue_cause == ""


def test_of_several_tasks_the_one_that_is_meant_has_to_be_named(hotline: Hotline) -> None:
    ticket_id = hotline.filed()
    hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER, title="Stop the leak"))
    hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PAINTER, title="Paint"))
    leak, paint = hotline.tasks.of_ticket(ticket_id)
    assert refused(hotline, ticket_id, MoveKind.ACCEPT) is Refusal.WHICH_TASK
    hotline.moves.move(ticket_id, MoveKind.ACCEPT, Given(task_id=paint.task_id))
    assert hotline.ticket(ticket_id).stage is Stage.ACCEPTED
    assert "accept" in {clock.value for clock in running(hotline.ticket(ticket_id))}  # the plumber still has to
    hotline.moves.move(ticket_id, MoveKind.RETURN, Given(task_id=leak.task_id, reason="not mine"))
    assert hotline.ticket(ticket_id).stage is Stage.RETURNED


def test_a_joined_ticket_goes_to_the_one_that_is_worked_on(hotline: Hotline) -> None:
    main, first, second = hotline.filed(), hotline.filed(), hotline.filed()
    hotline.moves.move(first, MoveKind.JOIN, Given(ticket_id=main))
    joined = hotline.moves.move(second, MoveKind.JOIN, Given(ticket_id=first))
    assert (joined.stage, joined.joined_to, joined.next_due_at) == (Stage.JOINED, main, None)
    assert refused(hotline, main, MoveKind.JOIN, Given(ticket_id=second)) is Refusal.SAME_TICKET
    assert refused(hotline, second, MoveKind.CANCEL, Given(reason="x")) is Refusal.JOINED


def test_what_is_split_off_is_a_ticket_of_its_own(hotline: Hotline) -> None:
    ticket_id = hotline.filed(place_text="5-2-203", caller_name="王先生")
    part = hotline.moves.move(ticket_id, MoveKind.SPLIT, Given(text="the lamp, too", category="repair.power.lamp"))
    assert part == hotline.ticket(part.ticket_id)
    assert (part.parent_id, part.place_text, part.category) == (ticket_id, "5-2-203", "repair.power.lamp")
    assert part.number != hotline.ticket(ticket_id).number
    assert part.owner == "1001"
    assert part.next_due_at is not None
    undone = hotline.moves.undo(ticket_id)
    assert undone.stage is Stage.REGISTERED
    assert hotline.ticket(part.ticket_id).stage is Stage.CANCELLED


def test_a_ticket_taken_up_again_is_raised_by_the_rules(hotline: Hotline) -> None:
    ticket_id = hotline.filed()
    hotline.moves.move(ticket_id, MoveKind.CANCEL, Given(reason="not needed"))
    assert hotline.moves.move(ticket_id, MoveKind.REOPEN, Given(reason="needed")).priority is Priority.HIGH
    other = hotline.filed()
    assert hotline.moves.raise_by_rules(other, Facts(repeats=1)) is None
    raised = hotline.moves.raise_by_rules(other, Facts(repeats=2))
    assert raised == hotline.ticket(other)
    assert raised.priority is Priority.HIGH


def test_every_move_has_a_reason_beside_its_button_or_none(hotline: Hotline) -> None:
    ticket = hotline.ticket(hotline.filed())
    allowed = hotline.moves.allowed(ticket)
    assert set(allowed) == set(MoveKind)
    assert allowed[MoveKind.DISPATCH] is None
    assert allowed[MoveKind.ACCEPT] is Refusal.NOT_SENT
    assert hotline.moves.allowed(ticket, "H1")[MoveKind.CANCEL] is Refusal.WRONG_DUTY


def test_why_a_move_cannot_be_made_follows_from_where_the_ticket_is(hotline: Hotline) -> None:
    ticket_id = hotline.filed()
    for kind, given in STEPS[:2]:
        hotline.moves.move(ticket_id, kind, given)
    assert refused(hotline, ticket_id, MoveKind.JOIN, Given(ticket_id=hotline.filed())) is Refusal.AT_WORK
    hotline.moves.move(ticket_id, MoveKind.FINISH, Given(text="new washer"))
    assert refused(hotline, ticket_id, MoveKind.CLOSE) is Refusal.NOT_ASKED
    assert refused(hotline, ticket_id, MoveKind.FINISH) is Refusal.DONE_ALREADY
    hotline.moves.move(ticket_id, MoveKind.FOLLOW_UP, Given(solved=False))
    assert refused(hotline, ticket_id, MoveKind.CLOSE) is Refusal.UNSOLVED
    assert refused(hotline, ticket_id, MoveKind.FOLLOW_UP, Given(solved=True)) is Refusal.DONE_ALREADY
    hotline.moves.move(ticket_id, MoveKind.REOPEN, Given(reason="drips"))
    hotline.moves.move(ticket_id, MoveKind.CANCEL, Given(reason="sold"))
    assert refused(hotline, ticket_id, MoveKind.START) is Refusal.ENDED


STEPS: tuple[tuple[MoveKind, Given], ...] = (
    (MoveKind.DISPATCH, Given(handler_id=PLUMBER)),
    (MoveKind.ACCEPT, Given()),
    (MoveKind.REPORT, Given(text="on my way")),
    (MoveKind.SUSPEND, Given(reason="nobody in", until=datetime(2026, 4, 1, tzinfo=UTC))),
    (MoveKind.RESUME, Given()),
    (MoveKind.FINISH, Given(text="new washer")),
    (MoveKind.FOLLOW_UP, Given(solved=True, satisfied=True, score=100)),
    (MoveKind.CLOSE, Given()),
    (MoveKind.REOPEN, Given(reason="drips again")),
)


def test_undoing_a_step_brings_back_every_value_from_before(hotline: Hotline) -> None:
    ticket_id = hotline.filed()
    for kind, given in STEPS:
        hotline.go_on()
        ticket, tasks = hotline.ticket(ticket_id), hotline.tasks.of_ticket(ticket_id)
        hotline.moves.move(ticket_id, kind, given)
        assert hotline.moves.why_not_undo(ticket_id) is None
        undone = hotline.moves.undo(ticket_id)
        assert replace(undone, step=ticket.step) == ticket, kind
        now = {task.task_id: task for task in hotline.tasks.of_ticket(ticket_id)}
        for task in tasks:
            assert replace(now.pop(task.task_id), step=task.step) == task, kind
        assert all(task.stage is TaskStage.CANCELLED for task in now.values()), kind
        assert hotline.moves.why_not_undo(ticket_id) is Refusal.NOTHING_TO_UNDO
        hotline.moves.move(ticket_id, kind, given)


def test_with_a_step_that_is_undone_its_messages_go_that_nobody_has_yet(hotline: Hotline) -> None:
    ticket_id = hotline.filed()
    old = hotline.message("m0", ticket_id)
    hotline.world.log.append([old])
    hotline.go_on()
    told, sent = hotline.message("m1", ticket_id), hotline.message("m2", ticket_id, delivery="sent")
    hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER), also=[told, sent])
    hotline.moves.undo(ticket_id)
    assert fold(hotline.histories.of("message", "m1"))["delivery"] == "dropped"
    assert fold(hotline.histories.of("message", "m2"))["delivery"] == "sent"
    assert "delivery" not in fold(hotline.histories.of("message", "m0"))


def test_a_step_is_not_undone_by_another_nor_after_somebody_went_on_from_it(hotline: Hotline) -> None:
    ticket_id = hotline.filed()
    assert hotline.moves.why_not_undo(ticket_id) is Refusal.NOTHING_TO_UNDO
    hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    hotline.who = "1002"
    assert hotline.moves.why_not_undo(ticket_id) is Refusal.NOT_YOUR_STEP
    hotline.who = "9001"
    task = hotline.tasks.of_ticket(ticket_id)[0].task_id
    hotline.world.put("task", task, said="who is this?")
    assert hotline.moves.why_not_undo(ticket_id) is Refusal.WRITTEN_SINCE
    with pytest.raises(MoveRefused):
        hotline.moves.undo(ticket_id)
    hotline.moves.move(ticket_id, MoveKind.ACCEPT)
    hotline.world.put("ticket", ticket_id, overdue_cause="parts")
    assert hotline.moves.why_not_undo(ticket_id) is Refusal.WRITTEN_SINCE


def test_a_step_is_not_undone_when_another_seat_wrote_at_the_same_time(hotline: Hotline) -> None:
    ticket_id = hotline.filed()
    hotline.moves.move(ticket_id, MoveKind.DISPATCH, Given(handler_id=PLUMBER))
    other = replace(hotline.change("ticket", ticket_id, {"description": "pours"}), seat="S02", central_seq=5)
    hotline.world.log.append([other])  # the centre put it before what this seat has not sent yet
    assert hotline.moves.why_not_undo(ticket_id) is Refusal.WRITTEN_SINCE


@pytest.mark.parametrize("seed", range(6))
def test_along_any_walk_the_fold_of_a_history_is_its_row_and_no_open_ticket_is_ownerless(
    hotline: Hotline, seed: int
) -> None:
    """`made`, for whoever reads a failure: the moves so far, and why one was refused."""
    random = Random(seed)
    ticket_id, target = hotline.filed(), hotline.filed()
    made: list[str] = []
    for _step in range(14):
        hotline.go_on(random.choice((1, 300, 3000)))
        ticket = hotline.ticket(ticket_id)
        work = Work(ticket, tuple(hotline.tasks.of_ticket(ticket_id)))
        kinds = [kind for kind, why in hotline.moves.allowed(ticket).items() if why is None]
        if not kinds:
            break
        if random.random() < 0.15 and hotline.moves.why_not_undo(ticket_id) is None:
            hotline.moves.undo(ticket_id)
            made.append("undo")
        else:
            kind = random.choice(kinds)
            assert rule_of(kind, ticket.stage) in RULES
            given = given_for(kind, work, hotline.world.now, random)
            handler = random.choice((PLUMBER, PAINTER)) if given.handler_id else None
            given = replace(given, handler_id=handler, ticket_id=target)
            made.append(f"{kind.value}{why_not(hotline, ticket_id, kind, given) or ''}")
        after = hotline.ticket(ticket_id)
        if after.stage in OPEN_STAGES:
            assert after.owner, made
            assert after.next_clock, made
            assert after.next_due_at is not None, made
        assert_folds(hotline, "ticket", ticket_id, after)
        for task in hotline.tasks.of_ticket(ticket_id):
            assert_folds(hotline, "task", task.task_id, task)


def why_not(hotline: Hotline, ticket_id: TicketId, kind: MoveKind, given: Given) -> Refusal | None:
    """Make this move; what chance gave may be refused (a date after the promise)."""
    try:
        hotline.moves.move(ticket_id, kind, given)
    except MoveRefused as error:
        return error.reason
    return None


def assert_folds(hotline: Hotline, entity: str, entity_id: str, value: object) -> None:
    """The fold of the history says what the row says, field by field; in the store the row as it is kept, too."""
    row = fold(hotline.histories.of(entity, entity_id))
    kept = patch_of(value, fields(value)[0].name)  # type: ignore[arg-type]
    assert {name: row.get(name) for name in kept} == kept
    store = hotline.world.store
    if store is not None:
        table = ROWS[entity]
        with store.read() as connection:
            found = connection.execute(table.select().where(table.c[f"{entity}_id"] == entity_id)).one()._asdict()
        for name, held in kept.items():
            stored = json.loads(found[name]) if isinstance(held, list) and found[name] else found[name]
            assert stored == (int(held) if isinstance(held, bool) else held), name
