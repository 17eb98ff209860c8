"""A seat's values made by hand, and its far ends, for the window's tests."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from desk.domain.call_log import CallEntry, Outcome
from desk.domain.calls import Call, Phase
from desk.domain.commands import Command
from desk.domain.estate import Building, Duty, Household, NumberEntry, Person, Role, Staff
from desk.domain.events import (
    AudioDevice,
    CallOffered,
    HeadsetState,
    LineState,
    LineStatus,
)
from desk.domain.identity import BuildingId, CallId, EstateId, HouseholdId, PersonId, StaffId, TicketId
from desk.domain.notices import Notice
from desk.domain.party import Direction, Party
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.usecases.profile import Candidate, Card, Profile

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
ESTATE = EstateId("e1")
BUILDING = Building(BuildingId("b5"), ESTATE, "5", "5栋", phase="一期", area="A")
HOME = Household(HouseholdId("h1"), ESTATE, BUILDING.building_id, "2", "203", "5-2-203", tags=("VIP",))
SHOP = Household(HouseholdId("h2"), ESTATE, BUILDING.building_id, "1", "101", "5-1-101")
WANG = Person(PersonId("p1"), "王建国", tags=("独居老人",), notes="听力不好，请大声说")
LI = Person(PersonId("p2"), "李秀英")
ASSISTANT = Staff(StaffId("s1"), "3007", "赵敏", Duty.AREA_ASSISTANT, "13900139000")
PARTY = Party("013800138000", "")


class FakePhone:
    """Remembers what was asked of it."""

    def __init__(self) -> None:
        self.commands: list[Command] = []

    def do(self, command: Command) -> None:
        self.commands.append(command)


def ticket(name: str = "t1", stage: Stage = Stage.IN_PROGRESS, description: str = "厨房水龙头漏水") -> Ticket:
    return Ticket(
        TicketId(name),
        "20261119-S01-0042",
        Kind.REPAIR,
        "R0101",
        Priority.NORMAL,
        stage,
        description,
        NOW - timedelta(days=2),
        "1001",
        "S01",
        place_text="5栋2单元203",
        household_id=HOME.household_id,
        building_id=BUILDING.building_id,
        person_id=WANG.person_id,
        caller_name="王建国",
    )


def past_call(name: str = "c-old", days: int = 3, outcome: Outcome = Outcome.ANSWERED) -> CallEntry:
    at = NOW - timedelta(days=days)
    return CallEntry(
        CallId(name),
        "热线",
        Direction.INCOMING,
        "013800138000",
        "+8613800138000",
        "",
        "",
        at,
        "S01",
        "1001",
        outcome,
        at + timedelta(seconds=4) if outcome is Outcome.ANSWERED else None,
        at + timedelta(seconds=184),
    )


NOTICE = Notice(
    "n1",
    ESTATE,
    "5栋停水",
    "二次供水水箱清洗，9:00-17:00 停水。",
    NOW - timedelta(hours=2),
    NOW + timedelta(hours=5),
    (BUILDING.building_id,),
)
FIRST = Candidate(WANG, HOME, BUILDING, Role.OWNER)
SECOND = Candidate(LI, SHOP, BUILDING, Role.SHOP)
CARD = Card(
    FIRST,
    (ticket(),),
    (ticket("t0", Stage.CLOSED, "楼道灯不亮"),),
    (past_call(),),
    (NOTICE,),
    (NumberEntry("n", "13800138000", "+8613800138000", WANG.person_id),),
    ((WANG, Role.OWNER), (LI, Role.FAMILY)),
    ASSISTANT,
)
KNOWN = Profile(PARTY, "138 0013 8000", (FIRST, SECOND), CARD, (past_call(),))
UNKNOWN = Profile(Party("02087654321"), "020-8765 4321", (), None, (past_call("c-x", 9),))
WITHHELD = Profile(Party(withheld=True), "", (), None, ())


def profile_of(party: Party, _call_id: CallId | None = None) -> Profile:
    return KNOWN if party == PARTY else WITHHELD if party.withheld else UNKNOWN


def card_of(candidate: Candidate) -> Card:
    return CARD if candidate is FIRST else Card(candidate)


def offered(name: str = "c1", party: Party = PARTY, at: datetime = NOW) -> CallOffered:
    return CallOffered(CallId(name), at, "热线", party)


def call(name: str = "c1", phase: Phase = Phase.UP, party: Party = PARTY) -> Call:
    answered = NOW if phase in (Phase.UP, Phase.HELD) else None
    return Call(CallId(name), "热线", Direction.INCOMING, party, phase, NOW, answered_at=answered)


def snapshot(*calls: Call) -> PhoneSnapshot:
    headset = HeadsetState(
        (AudioDevice("Jabra Evolve 20", True), AudioDevice("内置麦克风")),
        (AudioDevice("Jabra Evolve 20", True), AudioDevice("扬声器")),
    )
    return PhoneSnapshot((LineState("热线", LineStatus.REGISTERED, NOW, 200),), headset, calls)


def ids() -> Iterator[str]:
    return (f"id-{n}" for n in count(1))


class Silence:
    """A recording's bars, with nothing in them, and the reel they are of."""

    caller: Sequence[float] = ()
    agent: Sequence[float] = ()

    def bars(self) -> "Silence":
        return self

    def closer(self, from_ms: int, until_ms: int, count: int) -> "Silence":
        return self

    def share_loaded(self) -> float:
        return 1.0

    def close(self) -> None:
        """Nothing is open."""


class SilentPlayer:
    """Plays nothing, and knows where it is."""

    position_ms = 0

    def __init__(self) -> None:
        self.paused = False
        self.on_finished: Callable[..., None] = lambda *_: None
        self.on_played: Callable[..., None] = lambda *_: None
        self.played: list[object] = []
        self.waiting = False

    def play(self, source: object, from_ms: int = 0, marks: Sequence[int] = ()) -> None:
        self.played.append(source)
        self.position_ms = from_ms
        self.paused = False

    def set_speed(self, speed: float) -> None:
        pass

    def set_skip_silence(self, skip: bool) -> None:
        pass

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        pass

    def set_marks(self, marks: Sequence[int]) -> None:
        pass

    def set_volumes(self, caller: float, agent: float) -> None:
        pass

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def seek_ms(self, position_ms: int) -> None:
        self.position_ms = position_ms

    def stop(self) -> None:
        pass
