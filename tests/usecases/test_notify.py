"""Which messages a ticket's move calls for, over the store in memory and the real one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from desk.domain.identity import TicketId
from desk.domain.message_texts import BadTemplate, MessageText, check
from desk.domain.messages import Delivery, Message
from desk.domain.patches import patch_of
from desk.domain.quiet_hours import QuietHours
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.domain.working_time import CHINA
from desk.secrets import FakeSecrets
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.messages import SqlMessages
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.texts import ShippedTexts
from desk.usecases.fakes import FakeStore
from desk.usecases.notify import Messages, Notify, Notifying, NotifyParts, NotifyRule, To
from desk.usecases.ports import ChangeLog
from tests.making import new_id
from tests.usecases.conftest import NOW

TICKET = Ticket(
    TicketId("01900000-0000-7000-8000-00000000d001"),
    "20260302-S01-001",
    Kind.REPAIR,
    "repair.water.tap",
    Priority.NORMAL,
    Stage.REGISTERED,
    "厨房水龙头\n漏水",
    NOW,
    "1001",
    "S01",
    place_text="5栋2单元203",
    caller_name="王建国",
    contact_number="013800138000",
)
RULES = (
    NotifyRule(Stage.REGISTERED, "registered", "sms", To.CONTACT),
    NotifyRule(Stage.DISPATCHED, "dispatched", "sms", To.HANDLER),
    NotifyRule(Stage.DISPATCHED, "dispatched", "group", To.CHANNEL, (Kind.REPAIR,)),
)


class Hotline:
    """A change log with rules before it."""

    def __init__(self, log: ChangeLog, messages: Messages, parts: NotifyParts) -> None:
        self.plain, self.messages, self.parts = log, messages, parts
        self.log = Notifying(log, Notify(parts))

    def put(self, entity: str, entity_id: str, **patch: object) -> None:
        self.log.append([self.parts.author.change(entity, entity_id, patch)])  # type: ignore[arg-type]

    def file(self, ticket: Ticket) -> None:
        self.put("ticket", ticket.ticket_id, **patch_of(ticket, "ticket_id"))

    def move(self, stage: Stage, **patch: object) -> None:
        self.put("ticket", TICKET.ticket_id, stage=stage.value, **patch)

    def told(self, ticket: Ticket = TICKET) -> list[Message]:
        return self.messages.of_ticket(ticket.ticket_id)

    def under(self, **parts: object) -> "Hotline":
        return Hotline(self.plain, self.messages, replace(self.parts, **parts))  # type: ignore[arg-type]


@pytest.fixture(params=["fake", "sql"])
def hotline(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hotline]:
    store: Store | None = None
    if request.param == "fake":
        fake = FakeStore()
        log: ChangeLog = fake
        messages: Messages = fake.messages
        tickets, staff = fake.tickets, fake.staff
    else:
        store = Store.open(tmp_path / "seat.db", FakeSecrets())
        log, messages = SqlChangeLog(store), SqlMessages(store)
        tickets, staff = SqlTickets(store), SqlResidents(store).staff  # type: ignore[assignment]
    author = SeatAuthor("S01", lambda: "1001", lambda: NOW, new_id, log.base_seq)
    parts = NotifyParts(
        rules=RULES,
        texts=ShippedTexts().messages(),
        quiet={},
        tickets=tickets,
        messages=messages,
        staff=staff,
        author=author,
        clock=lambda: NOW,
        category=lambda _code: "水龙头漏水",
        kind=lambda _kind: "报修",
        zone=CHINA,
        hotline="【阳光物业】",
        area_code="0755",
    )
    here = Hotline(log, messages, parts)
    here.put("staff", "w1", number="2001", name="赵师傅", duty="handler", phone="139 0013 9000", active=True)
    yield here
    if store is not None:
        store.close()


def test_a_registered_ticket_tells_the_resident_in_the_same_transaction(hotline: Hotline) -> None:
    hotline.file(TICKET)
    (message,) = hotline.told()
    assert (message.channel, message.recipient, message.delivery) == ("sms", "+8613800138000", Delivery.WAITING)
    assert message.text == (
        "【阳光物业】您好，您反映的“水龙头漏水”已登记，工单号20260302-S01-001，我们会尽快安排处理。如有疑问请致电客服热线。"
    )
    assert "number=20260302-S01-001" in message.fields
    assert "title=您的报修已登记" in message.fields


def test_a_dispatched_ticket_tells_its_handler_and_the_group(hotline: Hotline) -> None:
    hotline.file(TICKET)
    hotline.move(Stage.DISPATCHED, handler_id="w1")
    told = {(one.channel, one.recipient): one.text for one in hotline.told() if one.template == "dispatched"}
    assert set(told) == {("sms", "+8613900139000"), ("group", "")}
    assert "5栋2单元203。厨房水龙头 漏水" in told["group", ""]
    assert "138 0013 8000" in told["group", ""]


def test_a_rule_for_some_kinds_leaves_the_others_alone(hotline: Hotline) -> None:
    hotline.file(replace(TICKET, kind=Kind.COMPLAINT))
    hotline.move(Stage.DISPATCHED)
    assert [one.template for one in hotline.told()] == ["registered"]


@pytest.mark.parametrize("number", ["", "87654321", "anonymous", "110"])
def test_a_number_that_takes_no_message_gets_none(hotline: Hotline, number: str) -> None:
    hotline.file(replace(TICKET, contact_number=number))
    assert hotline.told() == []


def test_each_time_a_ticket_comes_to_a_stage_is_told_once(hotline: Hotline) -> None:
    hotline.file(TICKET)
    hotline.move(Stage.DISPATCHED)
    hotline.move(Stage.DISPATCHED, description="更正")  # no move
    assert len(hotline.told()) == 2
    hotline.move(Stage.RETURNED)
    hotline.move(Stage.DISPATCHED)
    assert [one.template for one in hotline.told()].count("dispatched") == 2


def test_the_same_move_made_at_two_seats_is_one_message(hotline: Hotline) -> None:
    hotline.plain.append([hotline.parts.author.change("ticket", TICKET.ticket_id, patch_of(TICKET, "ticket_id"))])
    move = [hotline.parts.author.change("ticket", TICKET.ticket_id, {"stage": "dispatched"})]
    here = Notify(hotline.parts).called_for(move)
    there = Notify(hotline.parts).called_for(move)
    hotline.plain.append([*here, *there])
    assert len(hotline.told()) == 1


def test_a_late_maker_does_not_call_a_sent_message_back(hotline: Hotline) -> None:
    hotline.file(TICKET)
    (message,) = hotline.told()
    made_elsewhere = Notify(hotline.parts).called_for(
        [hotline.parts.author.change("ticket", "01900000-0000-7000-8000-00000000d002", patch_of(TICKET, "ticket_id"))]
    )
    assert "delivery" not in made_elsewhere[0].patch
    hotline.put("message", message.message_id, delivery="sent")
    hotline.put("message", message.message_id, **{**made_elsewhere[0].patch, "ticket_id": TICKET.ticket_id})
    assert [one.delivery for one in hotline.told()] == [Delivery.SENT]


def test_a_message_of_the_night_waits_unless_it_is_a_handlers_urgent_one(hotline: Hotline) -> None:
    night = QuietHours(time(9, 0), time(10, 0), CHINA)  # it is 09:30
    quiet = hotline.under(quiet={"sms": night})
    quiet.file(replace(TICKET, priority=Priority.URGENT))
    quiet.move(Stage.DISPATCHED, handler_id="w1")
    by_template = {(one.template, one.channel): one for one in quiet.told()}
    assert by_template["registered", "sms"].not_before == NOW + timedelta(minutes=30)
    assert by_template["dispatched", "sms"].not_before is None
    assert by_template["dispatched", "sms"].at_any_hour
    assert by_template["dispatched", "group"].not_before is None


def test_what_has_nothing_to_do_with_tickets_passes_as_it_is(hotline: Hotline) -> None:
    change = hotline.parts.author.change("staff", "w2", {"name": "x"})
    assert Notify(hotline.parts).called_for([change]) == []


@pytest.mark.parametrize(
    "text", ["", "  ", "{nobody}", "{number!r}", "{number:>9}", "{", "{0}", "{number.__class__}", "{number[0]}"]
)
def test_a_template_that_could_fail_later_is_refused_at_once(text: str) -> None:
    with pytest.raises(BadTemplate):
        check(MessageText("t", text))


def test_braces_in_what_a_resident_says_are_text(hotline: Hotline) -> None:
    hotline.file(replace(TICKET, description="{secret} %s \x00"))
    hotline.move(Stage.DISPATCHED)
    assert any("{secret} %s" in one.text for one in hotline.told())


def test_what_waits_for_a_number_that_was_the_wrong_one_goes_to_the_right_one(hotline: Hotline) -> None:
    hotline.file(TICKET)
    hotline.put("ticket", TICKET.ticket_id, contact_number="13900139999")
    wrong, right = sorted(hotline.told(), key=lambda one: one.recipient)
    assert (wrong.recipient, wrong.delivery, wrong.why) == ("+8613800138000", Delivery.DROPPED, "corrected")
    assert (right.recipient, right.delivery, right.text) == ("+8613900139999", Delivery.WAITING, wrong.text)
    hotline.put("ticket", TICKET.ticket_id, contact_number=TICKET.contact_number)
    assert [one.recipient for one in hotline.told() if one.delivery is Delivery.WAITING] == ["+8613800138000"]
    hotline.put("ticket", TICKET.ticket_id, contact_number="87654321")  # no text reaches that one
    assert [one for one in hotline.told() if one.delivery is Delivery.WAITING] == []


def test_what_has_been_sent_is_not_sent_again_to_another_number(hotline: Hotline) -> None:
    hotline.file(TICKET)
    (message,) = hotline.told()
    hotline.put("message", message.message_id, delivery=Delivery.SENT.value)
    hotline.put("ticket", TICKET.ticket_id, contact_number="13900139999")
    assert [one.recipient for one in hotline.told()] == ["+8613800138000"]
