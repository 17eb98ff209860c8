"""What a pack tells, and of whom. Over the store in memory and over the real one."""

import pytest

from desk.domain.evidence_mask import MASK
from desk.domain.times import to_text
from tests.usecases.conftest import World
from tests.usecases.evidence_scene import Scene, scene_of


@pytest.fixture
def scene(world: World) -> Scene:
    return scene_of(world)


def test_pack_tells_the_tickets_story_and_names_the_household(scene: Scene) -> None:
    world = scene.world
    wang = world.person("王芳", (world.home("5", "2", "203"), "owner"), numbers=("13800138000",))
    call = world.call("13800138000", person_id=wang, household_id=world.home("5", "2", "203"), display_name="王女士")
    ticket = world.ticket(world.home("5", "2", "203"), call_id=call, person_id=wang, caller_name="王芳")
    world.put("call", call, ticket_id=ticket)
    world.put("ticket", ticket, stage="dispatched", handler_id="s1")
    world.put(
        "comment",
        world.new_id(),
        call_id=call,
        at_ms=500,
        text="承诺上门",
        author="2001",
        written_at=to_text(world.now),
    )
    scene.recorded(call, 2)
    scene.recorded(world.call("1"), 1)
    scene.recorded(world.call("2"), 3)
    evidence = scene.gathered(call)
    (story,) = evidence.tickets
    assert story.own
    assert story.ticket.caller_name == "王芳"
    assert [dict(change.patch).get("stage") for change in story.changes] == ["registered", "dispatched"]
    assert dict(evidence.names)[wang] == "王芳"
    assert "203" in dict(evidence.names)[world.home("5", "2", "203")]
    assert [comment.text for comment in evidence.comments] == ["承诺上门"]
    assert (evidence.neighbours.before, evidence.neighbours.after) == (f"{1:064x}", f"{3:064x}")
    assert evidence.masked == 0


def test_other_residents_are_left_out(scene: Scene) -> None:
    """The call joined a ticket that another household filed, and a third one rang about, too."""
    world = scene.world
    li = world.person("李国强", (world.home("12", "1", "101"), "owner"), numbers=("13911112222",))
    zhao = world.person("赵敏敏", (world.home("12", "2", "101"), "tenant"), numbers=("13733334444",))
    first = world.call("13911112222", person_id=li, household_id=world.home("12", "1", "101"))
    ticket = world.ticket(
        world.home("12", "1", "101"),
        call_id=first,
        person_id=li,
        caller_name="李国强",
        contact_number="13911112222",
        description="李国强家里没水，回电13911112222",
        place_text="12栋1单元101",
    )
    third = world.call("13733334444", person_id=zhao, ticket_id=ticket)
    wang = world.person("王芳", (world.home("12", "2", "203"), "owner"), numbers=("13800138000",))
    call = world.call("13800138000", person_id=wang, household_id=world.home("12", "2", "203"))
    world.log.append(
        [
            world.author.change(
                "call",
                call,
                {"ticket_id": ticket},
                "与李国强、赵敏敏同一故障，王芳13800138000，另一位13733334444，工单20260301-S09-7",
            )
        ]
    )
    scene.recorded(call)
    evidence = scene.gathered(call)
    told = repr(evidence)
    for secret in ("李国强", "赵敏敏", "13911112222", "13733334444", "12栋1单元101", li, zhao, first, third):
        assert secret not in told, secret
    assert not evidence.tickets[0].own
    assert evidence.tickets[0].ticket.caller_name == MASK
    reason = next(change.reason for change in evidence.call_changes if change.reason)
    assert reason == f"与{MASK}、{MASK}同一故障，王芳13800138000，另一位{MASK}，工单20260301-S09-7"
    assert evidence.tickets[0].ticket.number
    assert evidence.masked > 5


def test_who_has_moved_out_is_not_named(scene: Scene) -> None:
    world = scene.world
    home = world.home("5", "2", "203")
    wang = world.person("王芳", (home, "owner"), numbers=("13800138000", "13655556666"))
    zhao = world.person("赵前任", (home, "tenant"), numbers=("13911112222",))
    for member in world.residents.memberships_of_household(home):
        if member.person_id == zhao:
            world.put("membership", member.membership_id, ended=True)
    for number in world.residents.numbers_of_people([wang]):
        if number.raw == "13655556666":  # it is somebody else's by now
            world.put("number", number.number_id, ended=True)
    call = world.call("13800138000", person_id=wang, household_id=home)
    ticket = world.ticket(
        home,
        call_id=call,
        person_id=wang,
        caller_name="王芳",
        contact_number="13800138000",
        description="前租户赵前任 13911112222 留下的东西，旧号13655556666",
    )
    world.put("call", call, ticket_id=ticket)
    scene.recorded(call)
    evidence = scene.gathered(call)
    for secret in ("赵前任", "13911112222", "13655556666", zhao):
        assert secret not in repr(evidence), secret
    assert evidence.tickets[0].ticket.description == f"前租户{MASK} {MASK} 留下的东西，旧号{MASK}"
    assert evidence.tickets[0].ticket.caller_name == "王芳"


def test_caller_who_has_moved_out_since_is_still_the_caller(scene: Scene) -> None:
    world = scene.world
    home = world.home("5", "2", "203")
    wang = world.person("王芳", (home, "tenant"), numbers=("13800138000",))
    (member,) = [m for m in world.residents.memberships_of_household(home) if m.person_id == wang]
    call = world.call("13800138000", person_id=wang, household_id=home)
    world.put("membership", member.membership_id, ended=True)
    scene.recorded(call)
    evidence = scene.gathered(call)
    assert dict(evidence.names)[wang] == "王芳"
    assert evidence.call.person_id == wang


@pytest.mark.parametrize(
    ("diversion", "shown"),
    [("13777776666", MASK), ("8001", MASK), ("", ""), ("+86 138 0013 8000", "+86 138 0013 8000")],
)
def test_number_that_a_call_was_diverted_from_is_another_residents(scene: Scene, diversion: str, shown: str) -> None:
    call = scene.world.call("13800138000", diversion=diversion)
    scene.recorded(call)
    evidence = scene.gathered(call)
    assert evidence.call.diversion == shown
    assert {change.patch["diversion"] for change in evidence.call_changes if "diversion" in change.patch} <= {shown}


def test_person_who_was_tied_by_mistake_is_not_named(scene: Scene) -> None:
    world = scene.world
    wrong = world.person("孙丽", (world.home("5", "1", "101"), "owner"))
    right = world.person("王芳", (world.home("5", "2", "203"), "owner"))
    call = world.call("13800138000", person_id=wrong, household_id=world.home("5", "1", "101"))
    world.put("call", call, person_id=right, household_id=world.home("5", "2", "203"))
    scene.recorded(call)
    evidence = scene.gathered(call)
    assert "孙丽" not in repr(evidence)
    assert wrong not in repr(evidence)
    assert [change.patch.get("person_id") for change in evidence.call_changes] == [MASK, right]


def test_neighbours_whose_leak_the_caller_reports_are_left_out(scene: Scene) -> None:
    """The fault is in their home: the place stays in words, who lives there is nobody the caller may read of."""
    world = scene.world
    own, theirs = world.home("5", "1", "101"), world.home("5", "1", "203")
    wang = world.person("王芳", (own, "owner"), numbers=("13800138000",))
    world.person("王小明", (own, "family"))
    li = world.person("李国强", (theirs, "owner"), numbers=("13911112222",))
    call = world.call("13800138000", person_id=wang, household_id=own)
    ticket = world.ticket(
        theirs,
        call_id=call,
        person_id=wang,
        caller_name="王芳",
        place_text="5栋1单元203",
        description="楼上漏水，李国强 13911112222 不开门，王小明在家",
    )
    world.put("call", call, ticket_id=ticket)
    scene.recorded(call)
    evidence = scene.gathered(call)
    for secret in ("李国强", "13911112222", li, theirs):
        assert secret not in repr(evidence), secret
    (story,) = evidence.tickets
    assert story.own
    assert story.ticket.place_text == "5栋1单元203"
    assert story.ticket.description == f"楼上漏水，{MASK} {MASK} 不开门，王小明在家"
    assert sorted(dict(evidence.names).values()) == sorted(["王芳", "王小明", world.map.home(scene.home(own)).text])


@pytest.mark.parametrize(("number", "named"), [("13777776666", False), ("13911112222", True), ("075586661234", True)])
def test_home_that_nobody_rang_from_is_not_named_for_a_caller_nobody_knows(
    scene: Scene, number: str, named: bool
) -> None:
    """Nobody said who rang; the call bears the home that the fault is in. Its people are named where the number is
    theirs, or the home's own."""
    world = scene.world
    home = world.home("5", "1", "203")
    li = world.person("李国强", (home, "owner"), numbers=("13911112222",))
    world.number("0755-86661234", household_id=home)
    call = world.call(number, household_id=home)
    ticket = world.ticket(home, call_id=call, caller_name="", contact_number=number, place_text="5栋1单元203")
    world.put("call", call, ticket_id=ticket)
    scene.recorded(call)
    evidence = scene.gathered(call)
    assert (dict(evidence.names).get(li) == "李国强") is named
    assert (evidence.call.household_id == home) is named
    assert evidence.tickets[0].ticket.place_text == "5栋1单元203"


def test_family_that_the_ticket_was_first_filed_for_is_left_out(scene: Scene) -> None:
    """Whose ticket it is was put right; the call stays tied to whom its number named first."""
    world = scene.world
    wrong, right = world.home("5", "1", "101"), world.home("5", "2", "203")
    sun = world.person("孙丽", (wrong, "owner"), numbers=("13800138000",))
    qian = world.person("钱大伟", (wrong, "family"), numbers=("13911112222",))
    wang = world.person("王芳", (right, "owner"))
    call = world.call("13800138000", person_id=sun, household_id=wrong)
    ticket = world.ticket(wrong, call_id=call, person_id=sun, caller_name="孙丽", description="不是孙丽，也不是钱大伟")
    world.put("call", call, ticket_id=ticket)
    world.put("ticket", ticket, person_id=wang, household_id=right, caller_name="王芳")
    scene.recorded(call)
    evidence = scene.gathered(call)
    for secret in ("孙丽", "钱大伟", sun, qian, wrong):
        assert secret not in repr(evidence), secret
    assert dict(evidence.names)[wang] == "王芳"
    assert (evidence.call.person_id, evidence.call.number) == (MASK, "13800138000")


def test_caller_whose_ticket_became_the_neighbours_is_still_the_caller(scene: Scene) -> None:
    """The home was put right to where the fault is; nobody there bears the caller's name."""
    world = scene.world
    own, theirs = world.home("5", "1", "101"), world.home("5", "1", "203")
    wang = world.person("王芳", (own, "owner"), numbers=("13800138000",))
    world.person("李国强", (theirs, "owner"))
    call = world.call("13800138000", person_id=wang, household_id=own)
    ticket = world.ticket(own, call_id=call, person_id=wang, caller_name="王芳")
    world.put("call", call, ticket_id=ticket)
    world.put("ticket", ticket, person_id=None, household_id=theirs)
    scene.recorded(call)
    evidence = scene.gathered(call)
    assert evidence.call.person_id == wang
    assert dict(evidence.names)[own]
    assert "李国强" not in repr(evidence)


def test_pack_tells_who_was_sent_what_was_promised_and_whom_nobody_reached(scene: Scene) -> None:
    """And not what another resident, who rang about the same ticket, was promised; nor a handler's way to answer."""
    world, at = scene.world, to_text(scene.world.now)
    home = world.home("5", "2", "203")
    wang = world.person("王芳", (home, "owner"), numbers=("13800138000",))
    li = world.person("李国强", (world.home("12", "1", "101"), "owner"), numbers=("13911112222",))
    call = world.call("13800138000", person_id=wang, household_id=home)
    ticket = world.ticket(home, call_id=call, person_id=wang, caller_name="王芳", contact_number="13800138000")
    world.put("call", call, ticket_id=ticket)
    other = world.call("13911112222", person_id=li, ticket_id=ticket)
    task = world.put("task", "k1", ticket_id=ticket, title="修水管", stage="dispatched", made_at=at, made_by="1001")
    world.put("task", task, stage="accepted", handler_id="s1")
    tried = {"ticket_id": ticket, "at": at, "by": "1001", "outcome": "no_answer"}
    for one in ("a1", "a2", "a3"):
        world.put("attempt", one, **tried, purpose="chase", staff_id="s1", number="13655556666", task_id=task)
    promise = {"ticket_id": ticket, "owner": "1001", "made_by": "1001", "made_at": at, "due_at": at}
    world.put("promise", "p1", **promise, text="半小时内回电", person_id=wang, call_id=call, number="13800138000")
    world.put("promise", "p2", **promise, text="给楼下回电", person_id=li, call_id=other, caller_name="李先生")
    world.put("attempt", "a4", **tried, purpose="promise", about_id="p2", number="13911112222", note="楼下没人接")
    world.put(
        "message",
        "m1",
        ticket_id=ticket,
        channel="sms",
        recipient="13655556666",
        template="dispatched",
        text="请联系王芳13800138000 https://desk.example/r/AbC-9。",
        dedupe_key="k1 dispatched",
        made_at=at,
        fields=["link=https://desk.example/r/AbC-9"],
    )
    follow_up = {"ticket_id": ticket, "kind": "closing", "state": "done", "made_at": at, "made_by": "1001"}
    world.put("follow_up", "f1", **follow_up, person_id=wang, text="李先生说还漏")
    scene.recorded(call)
    evidence = scene.gathered(call)
    (story,) = evidence.tickets
    told = [(change.entity, change.entity_id) for change in story.changes]
    assert told == [
        ("ticket", ticket),
        *[("task", "k1")] * 2,
        *[("attempt", one) for one in ("a1", "a2", "a3")],
        *[("promise", "p1"), ("message", "m1"), ("follow_up", "f1")],
    ]
    for secret in ("李国强", "李先生", "13911112222", "13655556666", "楼下", "desk.example", "AbC-9", li, other):
        assert secret not in repr(evidence), secret
    assert "半小时内回电" in repr(story)
    message = next(change.patch for change in story.changes if change.entity == "message")
    assert message["text"] == f"请联系王芳13800138000 {MASK}。"
    assert dict(evidence.names)["s1"] == "陈晓燕"


def test_joined_ticket_of_another_resident_tells_who_came_and_nothing_that_was_said(scene: Scene) -> None:
    world, at = scene.world, to_text(scene.world.now)
    li = world.person("李国强", (world.home("12", "1", "101"), "owner"), numbers=("13911112222",))
    first = world.call("13911112222", person_id=li)
    ticket = world.ticket(world.home("12", "1", "101"), call_id=first, person_id=li, caller_name="李国强")
    world.put("task", "k1", ticket_id=ticket, title="给李家修", stage="done", made_at=at, made_by="1001", said="很满意")
    tried = {"ticket_id": ticket, "at": at, "by": "1001", "outcome": "reached"}
    world.put("attempt", "a1", **tried, purpose="dispatch", staff_id="s1", note="马上去李家")
    world.put("attempt", "a2", **tried, purpose="plan", number="13911112222", note="李家同意")
    follow_up = {"ticket_id": ticket, "kind": "closing", "state": "done", "made_at": at, "made_by": "1001"}
    world.put("follow_up", "f1", **follow_up, text="李家满意")
    call = world.call("13800138000", ticket_id=ticket)
    scene.recorded(call)
    (story,) = scene.gathered(call).tickets
    assert [change.entity_id for change in story.changes] == [ticket, "k1", "a1"]
    assert "李家" not in repr(story)
    assert "很满意" not in repr(story)


def test_ticket_that_was_split_off_is_in_the_pack(scene: Scene) -> None:
    world = scene.world
    home = world.home("5", "2", "203")
    call = world.call("13800138000", household_id=home)
    ticket = world.ticket(home, call_id=call)
    world.put("call", call, ticket_id=ticket)
    part = world.ticket(home, call_id=call, parent_id=ticket)
    scene.recorded(call)
    evidence = scene.gathered(call)
    assert [(story.ticket.ticket_id, story.own) for story in evidence.tickets] == [(ticket, True), (part, True)]
    assert evidence.tickets[1].ticket.parent_id == ticket


def test_what_the_caller_was_promised_about_a_joined_ticket_is_told_without_where_it_is(scene: Scene) -> None:
    """And the tries to reach them; not what the ticket's own resident was promised, nor where they live."""
    world, at = scene.world, to_text(scene.world.now)
    li = world.person("李国强", (world.home("12", "1", "101"), "owner"), numbers=("13911112222",))
    first = world.call("13911112222", person_id=li)
    ticket = world.ticket(
        world.home("12", "1", "101"), call_id=first, person_id=li, caller_name="李国强", place_text="12栋1单元101"
    )
    world.put("ticket", ticket, place_text="翠园12栋1单元101")
    wang = world.person("王芳", (world.home("12", "2", "203"), "owner"), numbers=("13800138000",))
    call = world.call("13800138000", person_id=wang, household_id=world.home("12", "2", "203"), ticket_id=ticket)
    promise = {"ticket_id": ticket, "owner": "1001", "made_by": "1001", "made_at": at, "due_at": at}
    told = "告知进展：翠园12栋1单元101 漏水，李国强家"
    world.put("promise", "p1", **promise, text=told, person_id=wang, call_id=call, number="13800138000")
    world.put("promise", "p2", **promise, text="给李家回电", person_id=li, call_id=first, number="13911112222")
    tried = {"ticket_id": ticket, "at": at, "by": "1001", "outcome": "no_answer"}
    world.put("attempt", "a1", **tried, purpose="promise", about_id="p1", number="13655556666", note="王芳没接")
    world.put("attempt", "a2", **tried, purpose="promise", about_id="p2", number="13911112222", note="李家没接")
    world.put("attempt", "a3", **tried, purpose="plan", number="+8613800138000", note="12栋1单元101的人在")
    world.put("attempt", "a4", **tried, purpose="promise", about_id="p1", staff_id="s1", note="李家的事")
    follow_up = {"ticket_id": ticket, "kind": "closing", "state": "done", "made_at": at, "made_by": "1001"}
    world.put("follow_up", "f1", **follow_up, household_id=world.home("12", "2", "203"), text="王芳说好了")
    world.put("follow_up", "f2", **follow_up, household_id=world.home("12", "1", "101"), text="李家说好了")
    scene.recorded(call)
    evidence = scene.gathered(call)
    (story,) = evidence.tickets
    assert not story.own
    assert [c.entity_id for c in story.changes if c.entity != "ticket"] == ["p1", "a1", "a3", "a4", "f1"]
    said = {change.entity_id: change.patch for change in story.changes}
    assert said["p1"]["text"] == f"告知进展：{MASK} 漏水，{MASK}家"
    assert (said["a1"]["note"], said["a1"]["number"]) == ("王芳没接", MASK)
    assert said["a3"]["note"] == f"{MASK}的人在"
    for secret in ("李国强", "李家", "13911112222", "12栋1单元101", li, first):
        assert secret not in repr(evidence), secret


def test_what_a_neighbour_with_the_same_ending_or_a_withheld_number_was_promised_is_left_out(scene: Scene) -> None:
    world, at = scene.world, to_text(scene.world.now)
    ticket = world.ticket(world.home("12", "1", "101"), call_id=world.call("13911112222"))
    promise = {"ticket_id": ticket, "owner": "1001", "made_by": "1001", "made_at": at, "due_at": at, "text": "回电"}
    world.put("promise", "p1", **promise, number="13900138000")  # the last seven are the caller's
    world.put("promise", "p2", **promise, number="anonymous")
    world.put("promise", "p3", **promise, number="8001")
    told = []
    for number in ("13800138000", "anonymous", "8001"):
        call = world.call(number, ticket_id=ticket)
        scene.recorded(call)
        (story,) = scene.gathered(call).tickets
        told += [change.entity_id for change in story.changes if change.entity == "promise"]
    assert told == []


def test_ticket_that_was_joined_to_another_goes_on_there(scene: Scene) -> None:
    """Who came, and what the caller was promised, stands at the other one; what its resident said does not."""
    world, at = scene.world, to_text(scene.world.now)
    home = world.home("5", "2", "203")
    li = world.person("李国强", (world.home("12", "1", "101"), "owner"), numbers=("13911112222",))
    wang = world.person("王芳", (home, "owner"), numbers=("13800138000",))
    call = world.call("13800138000", person_id=wang, household_id=home)
    first = world.call("13911112222", person_id=li)
    theirs = world.ticket(
        world.home("12", "1", "101"), call_id=first, person_id=li, caller_name="李国强", description="李家没水"
    )
    between = world.ticket(world.home("12", "1", "101"), call_id=first, person_id=li, joined_to=theirs)
    own = world.ticket(home, call_id=call, person_id=wang)
    world.put("call", call, ticket_id=own)
    world.put("ticket", own, stage="joined", joined_to=between)
    world.put("task", "k1", ticket_id=theirs, title="修总管", stage="done", made_at=at, made_by="1001")
    promise = {"ticket_id": theirs, "owner": "1001", "made_by": "1001", "made_at": at, "due_at": at, "text": "来水回电"}
    world.put("promise", "p1", **promise, person_id=wang, call_id=call, number="13800138000")
    scene.recorded(call)
    evidence = scene.gathered(call)
    assert [(s.ticket.ticket_id, s.own) for s in evidence.tickets] == [(own, True), (between, False), (theirs, False)]
    assert [c.entity_id for c in evidence.tickets[2].changes if c.entity != "ticket"] == ["k1", "p1"]
    assert evidence.tickets[0].ticket.joined_to == between
    for secret in ("李国强", "李家", "13911112222", li, first):
        assert secret not in repr(evidence), secret


def test_tickets_that_are_joined_in_a_circle_are_told_once(scene: Scene) -> None:
    world = scene.world
    call = world.call("13800138000")
    one = world.ticket(None, call_id=call)
    other = world.ticket(None, joined_to=one)
    world.put("ticket", one, joined_to=other)
    scene.recorded(call)
    assert [story.ticket.ticket_id for story in scene.gathered(call).tickets] == [one, other]


def test_ticket_of_an_incident_is_told_with_what_the_caller_was_promised(scene: Scene) -> None:
    """Their own was worked on already and stays beside it; the number in the incident's ticket is one of many."""
    world, at = scene.world, to_text(scene.world.now)
    call = world.call("13800138000")
    parent = world.ticket(
        None, incident_id="i1", contact_number="13800138000", place_text="12栋", description="12栋停水"
    )
    own = world.ticket(world.home("12", "2", "203"), call_id=call, incident_id="i1", parent_id=parent)
    promise = {"ticket_id": parent, "owner": "1001", "made_by": "1001", "made_at": at, "due_at": at}
    world.put("promise", "p1", **promise, text="告知进展：12栋 停水", call_id=call, number="13800138000")
    tried = {"ticket_id": parent, "at": at, "by": "1001", "outcome": "reached", "purpose": "progress"}
    world.put("attempt", "a1", **tried, number="13911112222", note="别家同意")
    scene.recorded(call)
    evidence = scene.gathered(call)
    assert [(story.ticket.ticket_id, story.own) for story in evidence.tickets] == [(own, True), (parent, False)]
    assert [c.patch["text"] for c in evidence.tickets[1].changes if c.entity == "promise"] == ["告知进展：12栋 停水"]
    assert "别家" not in repr(evidence)


@pytest.mark.parametrize("own", [True, False])
def test_other_calls_of_the_caller_are_told_and_those_of_others_are_not(scene: Scene, own: bool) -> None:
    world = scene.world
    home = world.home("5", "2", "203")
    wang = world.person("王芳", (home, "owner"), numbers=("13800138000",))
    li = world.person("李国强", (world.home("12", "1", "101"), "owner"), numbers=("13911112222",))
    call = world.call("13800138000", person_id=wang, household_id=home)
    taken = call if own else world.call("13911112222", person_id=li)
    ticket = world.ticket(home if own else world.home("12", "1", "101"), call_id=taken, person_id=wang if own else li)
    world.put("call", call, ticket_id=ticket)
    again = [
        world.call("+86 138 0013 8000", ticket_id=ticket, outcome="abandoned"),
        world.call("13655556666", ticket_id=ticket, person_id=wang),
    ]
    others = [
        world.call("13911112222", ticket_id=ticket, display_name="李国强"),
        world.call("13800138000", ticket_id=ticket, person_id=li),  # with the same telephone
        world.call("13777776666", ticket_id=ticket, household_id=home),  # about the home, from nobody knows where
        world.call("anonymous", ticket_id=ticket),
    ]
    scene.recorded(call)
    evidence = scene.gathered(call)
    (story,) = evidence.tickets
    told = [change for change in story.changes if change.entity == "call"]
    assert [change.entity_id for change in told] == again
    assert [change.patch["outcome"] for change in told] == ["abandoned", "answered"]
    assert [change.patch["number"] for change in told] == ["+86 138 0013 8000", MASK]
    for secret in ("李国强", "13911112222", "13777776666", li, *others):
        assert secret not in repr(evidence), secret


def test_ticket_of_a_caller_the_register_does_not_know_is_theirs_by_their_number(scene: Scene) -> None:
    """A tenant rings again; the call is tied to the home, whose people are others."""
    world, at = scene.world, to_text(scene.world.now)
    home = world.home("5", "2", "203")
    li = world.person("李国强", (home, "owner"), numbers=("13911112222",))
    first = world.call("13800138000", household_id=home)
    ticket = world.ticket(
        home,
        call_id=first,
        caller_name="小周",
        contact_number="+86 138 0013 8000",
        place_text="5栋2单元203",
        description="小周说水管漏，房东李国强 13911112222",
    )
    promise = {
        "ticket_id": ticket,
        "owner": "1001",
        "made_by": "1001",
        "made_at": at,
        "due_at": at,
        "text": "给小周回电",
    }
    world.put("promise", "p1", **promise, caller_name="小周", number="13800138000", call_id=first)
    world.put("call", first, ticket_id=ticket)
    call = world.call("013800138000", household_id=home, ticket_id=ticket)
    scene.recorded(call)
    evidence = scene.gathered(call)
    (story,) = evidence.tickets
    assert story.own
    assert (story.ticket.caller_name, story.ticket.place_text) == ("小周", "5栋2单元203")
    assert story.ticket.description == f"小周说水管漏，房东{MASK} {MASK}"
    assert "给小周回电" in repr(story)
    assert [change.entity for change in story.changes] == ["call", "ticket", "promise", "call"]
    for secret in ("李国强", "13911112222", li):
        assert secret not in repr(evidence), secret


def test_names_that_the_caller_gave_with_their_number_stay(scene: Scene) -> None:
    """In other calls, about another resident's ticket; and what the exchange showed for a number of theirs."""
    world, at = scene.world, to_text(scene.world.now)
    wang = world.person("王芳", (world.home("5", "2", "203"), "owner"), numbers=("13800138000",))
    ticket = world.ticket(world.home("12", "1", "101"), caller_name="李国强")
    call = world.call("13800138000", person_id=wang, household_id=world.home("5", "2", "203"), ticket_id=ticket)
    again = world.call("13800138000", display_name="小王", ticket_id=ticket)
    world.call("13655556666", display_name="王家", person_id=wang, ticket_id=ticket)
    promise = {"ticket_id": ticket, "owner": "1001", "made_by": "1001", "made_at": at, "due_at": at}
    said = "给王阿姨（小王、王家）回电，李国强已知"
    world.put("promise", "p1", **promise, text=said, caller_name="王阿姨", number="13800138000", call_id=again)
    scene.recorded(call)
    (story,) = scene.gathered(call).tickets
    patch = next(change.patch for change in story.changes if change.entity == "promise")
    assert (patch["text"], patch["caller_name"]) == (f"给王阿姨（小王、王家）回电，{MASK}已知", "王阿姨")
    assert [c.patch["display_name"] for c in story.changes if c.entity == "call"] == ["小王", MASK]


@pytest.mark.parametrize("number", ["13900138000", "8001", "anonymous", ""])
def test_ticket_with_another_number_is_not_the_callers(scene: Scene, number: str) -> None:
    """One that ends alike, an extension that many ring from, none at all."""
    world = scene.world
    ticket = world.ticket(world.home("5", "2", "203"), caller_name="小周", contact_number=number, place_text="5栋203")
    call = world.call("13800138000" if number == "13900138000" else number, ticket_id=ticket)
    scene.recorded(call)
    evidence = scene.gathered(call)
    assert not evidence.tickets[0].own
    assert "小周" not in repr(evidence)
    assert "5栋203" not in repr(evidence)


@pytest.mark.parametrize("whose", ["of a person", "registered for others too", "a colleague's"])
def test_number_that_rings_for_others_too_makes_no_ticket_the_callers(scene: Scene, whose: str) -> None:
    world = scene.world
    wang = world.person("王芳", (world.home("5", "2", "203"), "owner"), numbers=("13800138000",))
    li = world.person("李国强", (world.home("12", "1", "101"), "owner"))
    person = li if whose == "of a person" else None
    if whose == "registered for others too":
        world.number("138 0013 8000", person_id=li)
    if whose == "a colleague's":
        world.put("staff", "s9", number="1009", name="小吴", duty="handler", phone="138-0013-8000", active=True)
    theirs = world.ticket(
        world.home("12", "1", "101"), person_id=person, caller_name="李先生", contact_number="13800138000"
    )
    call = world.call("13800138000", person_id=wang, household_id=world.home("5", "2", "203"), ticket_id=theirs)
    scene.recorded(call)
    evidence = scene.gathered(call)
    assert not evidence.tickets[0].own
    assert "李先生" not in repr(evidence)
