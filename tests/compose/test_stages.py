"""The stage settler as the sync process builds it."""

from dataclasses import replace
from pathlib import Path

from desk.compose.clock import new_id, now
from desk.compose.conflicts import conflict_uses
from desk.compose.policies import Policies
from desk.compose.stages import stage_settler, ticket_mender
from desk.domain.follow_ups import FollowUpKind, FollowUpState
from desk.domain.identity import TicketId
from desk.domain.tickets import Stage
from desk.domain.times import to_text
from desk.secrets import FakeSecrets
from desk.settings import SeatSettings, Settings
from desk.settings.values import ChannelSettings, NotifyRuleSettings, NotifySettings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.follow_ups import SqlFollowUps
from desk.store.messages import SqlMessages
from desk.store.outbox import Ordered, SqlOutbox
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from tests.making import START, change, ticket

START_TEXT = to_text(START)
SEAT = Settings(seat=SeatSettings(name="S01"))


def test_a_stage_moved_twice_is_put_right_in_the_seats_name_and_told_to_the_windows(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    changes = (
        replace(ticket("t1"), central_seq=1, seat="S00"),
        replace(change("ticket", "t1", {"stage": "done"}, 2, 2), author="1002", seat="S02", base_seq=1),
        replace(change("ticket", "t1", {"stage": "suspended"}, 3, 3), author="1001", seat="S01", base_seq=1),
    )
    SqlOutbox(store).apply([Ordered(one, one.author) for one in changes], 3)
    told: list[None] = []
    settler = stage_settler(store, "S01", now, new_id, lambda: told.append(None), Policies(Settings(), None))
    assert settler.work_once()
    assert told == [None]
    row = SqlTickets(store).get(TicketId("t1"))
    assert row is not None
    assert row.stage is Stage.DONE
    (due,) = SqlFollowUps(store).of_ticket(TicketId("t1"))
    assert (due.kind, due.state) == (FollowUpKind.CLOSING, FollowUpState.DUE)
    log = SqlChangeLog(store)
    author = SeatAuthor("S01", lambda: "1001", now, new_id, log.base_seq, log.newest_unsent)
    uses = conflict_uses(
        Settings(data_dir=tmp_path, seat=SeatSettings(name="S01")),
        store,
        author,
        lambda: "1001",
        now,
        lambda: True,
        lambda: True,
    )
    (settled,) = uses.reading.of("ticket", "t1", "1001").settled
    assert (settled.by_rules, settled.by.version.author) == (True, "S01")
    assert uses.reading.count() == 0
    assert uses.refused.read() == []
    store.close()


def test_a_ticket_whose_last_tasks_were_done_at_two_seats_is_done_and_its_follow_up_due(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    done = {"stage": "done", "made_at": START_TEXT, "made_by": "1001", "title": "pipe", "ticket_id": "t1"}
    changes = (
        replace(ticket("t1", stage="in_progress", owner="1001", step="finish x"), central_seq=1, seat="S01"),
        replace(change("task", "k1", done, 2, 2), seat="S01"),
        replace(change("task", "k2", done, 3, 3), seat="S02"),
    )
    SqlOutbox(store).apply([Ordered(one, one.author) for one in changes], 3)
    told: list[None] = []
    mender = ticket_mender(SEAT, store, Policies(SEAT, None), now, new_id, lambda: told.append(None))
    assert mender.work_once()
    row = SqlTickets(store).get(TicketId("t1"))
    assert row is not None
    assert (row.stage, row.next_clock) == (Stage.DONE, "follow_up")
    (asked,) = SqlFollowUps(store).of_ticket(TicketId("t1"))
    assert asked.kind is FollowUpKind.CLOSING
    assert told == [None]
    store.close()


def test_a_handler_whose_task_is_called_off_by_the_mending_hears_of_it_once(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "seat.db", FakeSecrets())
    rule = NotifyRuleSettings(when="dispatched", template="dispatched", channel="短信", to="handler")
    settings = replace(
        SEAT, channels=(ChannelSettings(name="短信", quiet=False),), notify=NotifySettings(rules=(rule,))
    )
    sent = {"stage": "dispatched", "made_at": START_TEXT, "made_by": "1001", "title": "pipe", "ticket_id": "t1"}
    told = {"channel": "短信", "recipient": "+8613800138000", "template": "dispatched", "text": "go", "ticket_id": "t1"}
    changes = (
        replace(
            change("staff", "h1", {"number": "H1", "name": "李工", "duty": "handler", "phone": "13800138000"}, 1, 1)
        ),
        replace(ticket("t1", stage="cancelled", owner="1001", step="cancel x"), central_seq=2, seat="S01"),
        replace(change("task", "k1", {**sent, "handler_id": "h1", "dispatched_at": START_TEXT}, 3, 3), seat="S02"),
        replace(
            change("message", "m1", {**told, "dedupe_key": "k1/x", "made_at": START_TEXT, "delivery": "sent"}, 4, 4),
            seat="S02",
        ),
    )
    SqlOutbox(store).apply([Ordered(one, one.author) for one in changes], 4)
    mender = ticket_mender(settings, store, Policies(settings, None), now, new_id, lambda: None)
    while mender.work_once():
        pass
    messages = SqlMessages(store).of_ticket(TicketId("t1"))
    assert [one.template for one in messages] == ["dispatched", "called_off"]
    assert messages[1].recipient == "+8613800138000"
    store.close()
