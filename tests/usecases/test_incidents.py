"""Incidents: seen by the radar, confirmed by a person, over."""

import pytest

from desk.domain.identity import CallId, HouseholdId
from desk.domain.incidents import IncidentState
from desk.domain.promises import PromiseState
from desk.domain.tickets import Priority, Stage
from desk.domain.work_items import of_other
from desk.usecases.confirm_incident import IncidentGone
from desk.usecases.file_ticket import IntakeRefused
from tests.usecases.conftest import World
from tests.usecases.incident_world import LIFT, POLICY, Hotline, hotline_of

# What is read for it holds in memory and in the seat store: see test_incident_reads.
pytestmark = pytest.mark.parametrize("empty_world", ["in memory"], indirect=True)


@pytest.fixture
def desk(world: World) -> Hotline:
    return hotline_of(world)


def test_three_tickets_of_one_kind_raise_an_alarm_and_two_do_not(desk: Hotline) -> None:
    desk.report("1", "101")
    desk.report("1", "203")
    assert desk.watch.look() == []
    desk.report("2", "101")
    (alarm,) = desk.watch.look()
    assert (alarm.building_id, alarm.category, alarm.reporters) == ("b5", LIFT, 3)


def test_a_repeat_call_from_another_home_counts_as_a_report(desk: Hotline) -> None:
    first = desk.report("1", "101")
    desk.report("1", "203")
    desk.later(1)
    home = desk.world.home("5", "2", "203")
    call = CallId(desk.world.call("13900000001", 0))
    desk.joining.join(call, first.ticket_id, household_id=HouseholdId(home))
    (alarm,) = desk.watch.look()
    assert alarm.reports[-1].call_id == call
    assert alarm.reports[-1].number == "13900000001"


def test_it_is_kept_once_by_the_seat_of_the_newest_report_and_without_a_state(desk: Hotline) -> None:
    desk.three()
    other = hotline_of(desk.world, "S02")
    assert other.watch.note(other.watch.look()) == []
    (noted,) = desk.watch.note(desk.watch.look())
    kept = desk.incidents.get(noted.id)
    assert kept is not None
    assert kept.state is IncidentState.SEEN
    assert kept.estate_id == "e1"
    assert desk.watch.note(desk.watch.look()) == []
    desk.confirming.confirm(desk.watch.look()[0])
    desk.watch.note([noted])  # another seat's, which was without network meanwhile
    assert desk.watch.look()[0].is_confirmed


def test_one_key_makes_the_parent_the_reply_and_those_to_call_back(desk: Hotline) -> None:
    members = desk.three()
    (alarm,) = desk.watch.look()
    made = desk.confirming.confirm(alarm)
    assert made.parent.stage is Stage.REGISTERED
    assert (made.parent.building_id, made.parent.category, made.parent.household_id) == ("b5", LIFT, None)
    assert made.parent.priority in (Priority.HIGH, Priority.URGENT)
    assert made.incident.reply == "一期5栋电梯停运，正在抢修。"
    assert [one.number for one in made.call_backs] == [ticket.contact_number for ticket in members]
    assert {one.owner for one in made.call_backs} == {"1001"}
    assert {one.due_at for one in made.call_backs} == {desk.world.now + POLICY.call_back}
    assert list(made.joined) == [ticket.ticket_id for ticket in members]
    for ticket in members:
        row = desk.world.tickets.get(ticket.ticket_id)
        assert row is not None
        assert (row.stage, row.joined_to, row.parent_id) == (Stage.JOINED, made.parent.ticket_id, made.parent.ticket_id)
    parent = desk.world.tickets.get(made.parent.ticket_id)
    assert parent is not None
    assert parent.incident_id == alarm.id
    assert parent.read_back_at is not None


def test_confirming_twice_makes_nothing_twice(desk: Hotline) -> None:
    desk.three()
    (alarm,) = desk.watch.look()
    first = desk.confirming.confirm(alarm)
    desk.world.put("promise", first.call_backs[0].promise_id, state="kept")
    again = desk.confirming.confirm(alarm)
    assert again.parent.ticket_id == first.parent.ticket_id
    assert [one.promise_id for one in again.call_backs] == [one.promise_id for one in first.call_backs]
    assert again.call_backs[0].state is PromiseState.KEPT


def test_a_ticket_that_somebody_works_on_stays_by_itself_and_belongs_to_it(desk: Hotline) -> None:
    worked_on = desk.three()[0]
    desk.world.put("ticket", worked_on.ticket_id, stage="in_progress")
    made = desk.confirming.confirm(desk.watch.look()[0])
    assert made.left == (worked_on.ticket_id,)
    row = desk.world.tickets.get(worked_on.ticket_id)
    assert row is not None
    assert row.parent_id == made.parent.ticket_id


def test_one_that_has_another_cause_is_left_out(desk: Hotline) -> None:
    other = desk.three()[1]
    made = desk.confirming.confirm(desk.watch.look()[0], "电梯下午四点恢复", {other.ticket_id})
    assert made.incident.reply == "电梯下午四点恢复"
    assert other.ticket_id not in made.joined
    assert other.contact_number not in {one.number for one in made.call_backs}


def test_whoever_calls_later_joins_the_parent_and_is_called_back_once(desk: Hotline) -> None:
    desk.three()
    made = desk.confirming.confirm(desk.watch.look()[0])
    home = HouseholdId(desk.world.home("5", "2", "203"))
    for number in ("13900000001", "13900000001"):
        call = CallId(desk.world.call(number, 0))
        joined = desk.joining.join(call, made.parent.ticket_id, "很急", None, home, number, "李女士")
        assert joined.ticket_id == made.parent.ticket_id
    backs = desk.incidents.call_backs(made.parent.ticket_id)
    assert [one.number for one in backs].count("13900000001") == 1
    assert desk.watch.look()[0].reporters == 4


def test_when_it_is_over_those_not_yet_called_are_due_now(desk: Hotline) -> None:
    desk.three()
    made = desk.confirming.confirm(desk.watch.look()[0])
    kept, *open_ones = made.call_backs
    desk.world.put("promise", kept.promise_id, state="kept")
    desk.later(10)
    ended = desk.confirming.over(made.incident.incident_id, "主板已更换")
    assert ended.state is IncidentState.OVER
    backs = {one.promise_id: one for one in desk.incidents.call_backs(made.parent.ticket_id)}
    assert {backs[one.promise_id].due_at for one in open_ones} == {desk.world.now}
    assert {backs[one.promise_id].text for one in open_ones} == {"好了 主板已更换"}
    assert backs[kept.promise_id].due_at == kept.due_at
    assert desk.watch.look() == []
    with pytest.raises(IncidentGone):
        desk.confirming.over(made.incident.incident_id)


def test_who_left_no_number_is_on_the_list_with_what_is_known(desk: Hotline) -> None:
    desk.three()
    home = HouseholdId(desk.world.home("5", "2", "203"))
    made = desk.confirming.confirm(desk.watch.look()[0])
    call = CallId(desk.world.call("anonymous", 0))
    desk.joining.join(call, made.parent.ticket_id, "", None, home, "anonymous", "李女士")
    nobody = CallId(desk.world.call("", 0))
    desk.joining.join(nobody, made.parent.ticket_id, "", None, None, "", "")
    backs = {one.call_id: one for one in desk.incidents.call_backs(made.parent.ticket_id)}
    assert (backs[call].number, backs[call].caller_name, backs[call].household_id) == ("", "李女士", home)
    assert (backs[nobody].number, backs[nobody].household_id) == ("", None)
    item = of_other(backs[call], desk.world.tickets.get(made.parent.ticket_id))
    assert (item.number, item.caller_name, item.household_id) == ("", "李女士", home)  # not the first caller's number
    later = CallId(desk.world.call("13900000002", 0))
    desk.joining.join(later, made.parent.ticket_id, "", None, home, "13900000002", "李女士")
    assert [one.number for one in desk.incidents.call_backs(made.parent.ticket_id) if one.household_id == home] == [
        "13900000002"
    ]
    desk.later(5)
    desk.confirming.over(made.incident.incident_id, "已更换")
    backs = {one.call_id: one for one in desk.incidents.call_backs(made.parent.ticket_id)}
    assert {backs[call].due_at, backs[nobody].due_at} == {desk.world.now}


def test_a_dismissed_one_is_gone_with_its_reason_until_others_report(desk: Hotline) -> None:
    desk.three()
    (alarm,) = desk.watch.look()
    gone = desk.confirming.dismiss(alarm, "三户各有各的原因")
    assert desk.watch.look() == []
    kept = desk.incidents.get(gone.incident_id)
    assert kept is not None
    assert (kept.state, kept.reason) == (IncidentState.DISMISSED, "三户各有各的原因")
    desk.later(1)
    desk.three()
    assert len(desk.watch.look()) == 1


def test_the_reply_can_be_said_otherwise_while_it_lasts(desk: Hotline) -> None:
    desk.three()
    made = desk.confirming.confirm(desk.watch.look()[0])
    desk.confirming.say(made.incident.incident_id, " 配件明早到 ")
    kept = desk.incidents.get(made.incident.incident_id)
    assert kept is not None
    assert kept.reply == "配件明早到"
    with pytest.raises(IncidentGone):
        desk.confirming.say("nowhere", "x")


def test_where_nobody_left_a_number_nothing_is_made_and_it_is_said(desk: Hotline) -> None:
    """Three asked about the water and were answered at once, their numbers withheld."""
    for unit, room in (("1", "101"), ("1", "203"), ("2", "101")):
        home = desk.world.home("5", unit, room)
        fields = {"kind": "inquiry", "stage": "closed", "contact_number": ""}
        desk.world.ticket(home, "inquiry.service.outage", 0.1, **fields)
    (alarm,) = desk.watch.look()
    with pytest.raises(IntakeRefused) as refused:
        desk.confirming.confirm(alarm)
    assert set(refused.value.reasons) == {"contact_number"}
    assert desk.incidents.get(alarm.id) is None
