"""Taking a recording out: who may, what is on record before, and what the pack tells of whom. Over the store in memory
and over the real one."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desk.domain.estate import Household
from desk.domain.evidence import Evidence, SoundForm, SoundOrder
from desk.domain.evidence_mask import MASK
from desk.domain.identity import CallId, HouseholdId
from desk.domain.listening import Access, Listener, Listening, NotAllowed, Role
from desk.domain.times import to_text
from desk.recording.proof.pack import HtmlPack
from desk.store.history import SqlHistories, SqlSealedLog
from desk.store.listenings import SqlComments, SqlListenings
from desk.store.store import Store
from desk.store.trails import SqlTrails
from desk.usecases.evidence import EvidenceRefused, ExportAudio, MakePack
from desk.usecases.fakes import FakeOpener, FakeStore
from desk.usecases.fakes_history import FakeHistories, FakeSealedLog
from desk.usecases.fakes_ticket_page import FakeTrails
from desk.usecases.gather_evidence import GatherEvidence
from desk.usecases.listening_log import ListeningLog
from desk.usecases.read_timeline import Trails
from desk.usecases.recording_ports import (
    AudioStream,
    Cancelled,
    Comments,
    Histories,
    Listenings,
    NotForYou,
    Progress,
    SealedLog,
)
from tests.usecases.conftest import World

SUPERVISOR = Listener("1001", Role.SUPERVISOR)
AGENT = Listener("1001", Role.AGENT)


@dataclass
class FakePacks:
    """Packs of nothing but a name; `error` is raised instead."""

    error: Exception | None = None
    asked: list[Evidence] = field(default_factory=list)

    def make(self, evidence: Evidence, progress: Progress) -> HtmlPack:
        if self.error is not None:
            raise self.error
        self.asked.append(evidence)
        progress(0.5)
        return HtmlPack(b"pack of " + evidence.call.call_id.encode())


@dataclass
class FakeSounds:
    def write(self, audio: AudioStream, call_id: CallId, order: SoundOrder, target: Path, progress: Progress) -> None:
        target.write_bytes(audio.read())
        progress(1.0)


@dataclass
class Scene:
    world: World
    histories: Histories
    trails: Trails
    listenings: Listenings
    comments: Comments
    sealed: SealedLog
    packs: FakePacks = field(default_factory=FakePacks)
    opener: FakeOpener = field(default_factory=FakeOpener)

    def __post_init__(self) -> None:
        world = self.world
        log = ListeningLog(world.log, world.author, world.clock, world.new_id, "S01", lambda: SUPERVISOR)
        self.gather = GatherEvidence(
            world.calls,
            world.tickets,
            self.histories,
            self.trails,
            world.residents,
            self.comments,
            self.listenings,
            self.sealed,
            world.map,
        )
        self.pack = MakePack(log, world.clock, "S01", world.calls, self.gather, self.packs)
        self.audio = ExportAudio(log, world.calls, self.opener, FakeSounds())

    def recorded(self, call_id: str, place: int = 1, **fields: object) -> CallId:
        self.world.put(
            "recording",
            call_id,
            kept="kept",
            file=f"2026/03/02/{call_id}.age",
            chain="S01-0badcafe",
            chain_place=place,
            seal_hash=f"{place:064x}",
            **fields,
        )
        return CallId(call_id)

    def entries(self, call_id: str) -> list[Listening]:
        return self.listenings.of_call(CallId(call_id))


@pytest.fixture
def scene(world: World) -> Scene:
    if isinstance(world.log, FakeStore):
        store = world.log
        return Scene(
            world, FakeHistories(store), FakeTrails(store), store.listenings, store.comments, FakeSealedLog(store)
        )
    sql: Store = world.log._store  # type: ignore[attr-defined]
    return Scene(world, SqlHistories(sql), SqlTrails(sql), SqlListenings(sql), SqlComments(sql), SqlSealedLog(sql))


def test_pack_is_on_record_with_its_hash_before_the_file_is_there(scene: Scene, tmp_path: Path) -> None:
    call_id = scene.recorded(scene.world.call("13800138000"))
    target = tmp_path / "pack.html"
    seen: list[bool] = []
    append = scene.world.log.append

    def watching(changes):  # type: ignore[no-untyped-def]
        seen.append(target.exists())
        append(changes)

    scene.world.log.append = watching  # type: ignore[method-assign]
    scene.pack.make(call_id, SUPERVISOR, target)
    entry = scene.entries(call_id)[-1]
    assert (entry.access, entry.who) == (Access.PACKED, "1001")
    assert entry.detail == hashlib.sha256(target.read_bytes()).hexdigest()
    assert seen == [False]


@pytest.mark.parametrize(
    ("listener", "why"),
    [(AGENT, NotAllowed.SUPERVISORS_ONLY), (Listener("", Role.SUPERVISOR), NotAllowed.NOT_SIGNED_IN)],
)
def test_only_supervisors_take_recordings_out(
    scene: Scene, tmp_path: Path, listener: Listener, why: NotAllowed
) -> None:
    call_id = scene.recorded(scene.world.call("13800138000"))
    order = SoundOrder(SoundForm.MP3)
    tries: list[Callable[[], object]] = [
        lambda: scene.pack.make(call_id, listener, tmp_path / "a"),
        lambda: scene.audio.export(call_id, listener, order, tmp_path / "b"),
    ]
    for attempt in tries:
        with pytest.raises(EvidenceRefused) as refused:
            attempt()
        assert refused.value.why is why
    assert [(e.access, e.detail) for e in scene.entries(call_id)] == [
        (Access.REFUSED, f"pack: {why.value}"),
        (Access.REFUSED, f"export mp3 two channels: {why.value}"),
    ]
    assert list(tmp_path.glob("[ab]")) == []


def test_deleted_and_missing_recordings_cannot_be_packed(scene: Scene, tmp_path: Path) -> None:
    deleted = scene.recorded(scene.world.call("1"), deleted_at=to_text(scene.world.now), deleted_why="90 days")
    never = CallId(scene.world.call("2"))
    for call_id, why in ((deleted, "deleted"), (never, "not logged")):
        with pytest.raises(EvidenceRefused) as refused:
            scene.pack.make(call_id, SUPERVISOR, tmp_path / "pack.html")
        assert refused.value.why is None
        assert [(e.access, e.detail) for e in scene.entries(call_id)] == [(Access.REFUSED, f"pack: {why}")]
    assert not scene.packs.asked


def test_failed_tries_are_on_record_and_leave_no_file(scene: Scene, tmp_path: Path) -> None:
    call_id = scene.recorded(scene.world.call("13800138000"))
    scene.packs.error = NotForYou("no key")
    with pytest.raises(NotForYou):
        scene.pack.make(call_id, SUPERVISOR, tmp_path / "pack.html")
    with pytest.raises(Exception, match=f"{call_id}"):
        scene.audio.export(call_id, SUPERVISOR, SoundOrder(SoundForm.WAV), tmp_path / "x.wav")
    assert [e.detail for e in scene.entries(call_id)] == ["pack: NotForYou", "export wav two channels: RecordingAway"]
    assert not list(tmp_path.glob("*.html")) + list(tmp_path.glob("*.wav"))


def test_cancelled_pack_leaves_neither_file_nor_entry(scene: Scene, tmp_path: Path) -> None:
    call_id = scene.recorded(scene.world.call("13800138000"))

    def stop(_share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        scene.pack.make(call_id, SUPERVISOR, tmp_path / "pack.html", stop)
    assert scene.entries(call_id) == []
    assert not (tmp_path / "pack.html").exists()


def test_export_is_on_record_with_its_form(scene: Scene, tmp_path: Path) -> None:
    call_id = scene.recorded(scene.world.call("13800138000"))
    scene.opener.files[f"2026/03/02/{call_id}.age"] = b"sound"
    scene.audio.export(call_id, SUPERVISOR, SoundOrder(SoundForm.WAV, mixed=True), tmp_path / "x.wav")
    assert (tmp_path / "x.wav").read_bytes() == b"sound"
    assert [(e.access, e.detail) for e in scene.entries(call_id)] == [(Access.EXPORTED, "wav mixed")]


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
    evidence = _gathered(scene, call)
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
    evidence = _gathered(scene, call)
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
    evidence = _gathered(scene, call)
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
    evidence = _gathered(scene, call)
    assert dict(evidence.names)[wang] == "王芳"
    assert evidence.call.person_id == wang


@pytest.mark.parametrize(
    ("diversion", "shown"),
    [("13777776666", MASK), ("8001", MASK), ("", ""), ("+86 138 0013 8000", "+86 138 0013 8000")],
)
def test_number_that_a_call_was_diverted_from_is_another_residents(scene: Scene, diversion: str, shown: str) -> None:
    call = scene.world.call("13800138000", diversion=diversion)
    scene.recorded(call)
    evidence = _gathered(scene, call)
    assert evidence.call.diversion == shown
    assert {change.patch["diversion"] for change in evidence.call_changes if "diversion" in change.patch} <= {shown}


def test_person_who_was_tied_by_mistake_is_not_named(scene: Scene) -> None:
    world = scene.world
    wrong = world.person("孙丽", (world.home("5", "1", "101"), "owner"))
    right = world.person("王芳", (world.home("5", "2", "203"), "owner"))
    call = world.call("13800138000", person_id=wrong, household_id=world.home("5", "1", "101"))
    world.put("call", call, person_id=right, household_id=world.home("5", "2", "203"))
    scene.recorded(call)
    evidence = _gathered(scene, call)
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
    evidence = _gathered(scene, call)
    for secret in ("李国强", "13911112222", li, theirs):
        assert secret not in repr(evidence), secret
    (story,) = evidence.tickets
    assert story.own
    assert story.ticket.place_text == "5栋1单元203"
    assert story.ticket.description == f"楼上漏水，{MASK} {MASK} 不开门，王小明在家"
    assert sorted(dict(evidence.names).values()) == sorted(["王芳", "王小明", world.map.home(_home(scene, own)).text])


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
    evidence = _gathered(scene, call)
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
    evidence = _gathered(scene, call)
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
    evidence = _gathered(scene, call)
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
    evidence = _gathered(scene, call)
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
    (story,) = _gathered(scene, call).tickets
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
    evidence = _gathered(scene, call)
    assert [(story.ticket.ticket_id, story.own) for story in evidence.tickets] == [(ticket, True), (part, True)]
    assert evidence.tickets[1].ticket.parent_id == ticket


def _home(scene: Scene, household_id: str) -> Household:
    home = HouseholdId(household_id)
    return scene.world.residents.households([home])[home]


def _gathered(scene: Scene, call: str) -> Evidence:
    entry = scene.world.calls.recording(CallId(call))
    assert entry is not None
    return scene.gather.gather(CallId(call), entry, scene.world.now, "2001", "S01")
