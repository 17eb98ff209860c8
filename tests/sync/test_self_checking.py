"""The night's self-check: when it is begun, whom it waits for, what is filed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from desk.domain.availability import Availability, Forward
from desk.domain.commands import CheckSelf
from desk.domain.events import AvailabilityChanged, CommandRefused, SelfChecked
from desk.domain.health import Finding, Level
from desk.domain.identity import CallId
from desk.domain.self_check import PATIENCE, SOON_AGAIN, SPREAD
from desk.domain.working_time import CHINA
from desk.sync.self_checking import ANSWER_S, CALL, SelfChecking, Wanted

EVENING = datetime(2026, 11, 21, 22, 0, tzinfo=CHINA).astimezone(UTC)
NIGHT = datetime(2026, 11, 22, 3, 30, tzinfo=CHINA).astimezone(UTC)
GOOD = SelfChecked(CallId("c1"), 200, own=True, number="8001")
IDLE = timedelta(minutes=30)


class Scene:
    def __init__(self, *, at: str = "03:30", codes: bool = False, own: bool = True) -> None:
        self.now, self.now_s = EVENING, 0.0
        self.calls, self.quiet, self.phone_here = False, True, True
        self.asked: list[CheckSelf] = []
        self.filed: list[tuple[datetime, Sequence[Finding]]] = []
        wanted = Wanted(at, "S01", "8001", "热线", IDLE, own=own, codes=codes, zone=CHINA)
        self.checking = SelfChecking(
            wanted,
            self,
            lambda told: [Finding(CALL, Level.OK, str(told.code))],
            self._file,
            lambda: self.filed[-1][0] if self.filed else None,
            lambda: self.now,
            lambda: self.now_s,
        )

    def in_call(self) -> bool:
        return self.calls

    def is_quiet(self) -> bool:
        return self.quiet and not self.calls

    def ask_phone(self, command: CheckSelf) -> bool:
        if self.phone_here:
            self.asked.append(command)
        return self.phone_here

    def _file(self, findings: Sequence[Finding]) -> None:
        self.filed.append((self.now, findings))

    def until(self, when: datetime) -> None:
        """A minute is a step; until the phone is asked, at the latest."""
        asked = len(self.asked)
        while self.now < when and len(self.asked) == asked:
            self.now += timedelta(minutes=1)
            self.now_s += 60.0
            self.checking.work_once()

    def answers(self, told: SelfChecked | CommandRefused = GOOD) -> None:
        self.checking.hear(told)
        self.checking.work_once()

    @property
    def levels(self) -> list[Level]:
        return [finding.level for _at, findings in self.filed for finding in findings]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_once_a_night_when_nobody_is_there(scene: Scene) -> None:
    scene.until(NIGHT)
    assert scene.asked == []
    scene.until(NIGHT + SPREAD)
    assert scene.asked == [CheckSelf("8001", "热线")]
    scene.answers()
    assert scene.levels == [Level.OK]
    scene.until(NIGHT + timedelta(hours=20))
    assert len(scene.asked) == 1
    scene.until(NIGHT + timedelta(days=1) + SPREAD)
    assert len(scene.asked) == 2


def test_by_default_never() -> None:
    scene = Scene(at="")
    scene.until(NIGHT + timedelta(days=2))
    assert (scene.asked, scene.filed) == ([], [])


def test_whoever_sits_there_is_waited_for_and_for_half_an_hour_after(scene: Scene) -> None:
    scene.quiet = False
    scene.until(NIGHT + timedelta(hours=1))
    scene.quiet = True
    scene.until(NIGHT + timedelta(hours=1) + IDLE - timedelta(minutes=1))
    assert scene.asked == []
    scene.until(NIGHT + timedelta(hours=1) + IDLE + timedelta(minutes=2))
    assert len(scene.asked) == 1


def test_a_seat_that_is_used_all_night_is_not_checked_and_says_so_once(scene: Scene) -> None:
    scene.quiet = False
    scene.until(NIGHT + SPREAD + PATIENCE + timedelta(hours=5))
    assert scene.asked == []
    assert scene.levels == [Level.UNCHECKED]


def test_a_resident_who_calls_in_between_costs_the_check_and_it_is_tried_again(scene: Scene) -> None:
    scene.until(NIGHT + SPREAD)
    scene.answers(SelfChecked(CallId(""), 0))
    assert scene.filed == []
    scene.until(scene.now + SOON_AGAIN)
    assert len(scene.asked) == 1
    scene.until(scene.now + IDLE + SOON_AGAIN)
    assert len(scene.asked) == 2


def test_a_call_that_runs_is_never_disturbed(scene: Scene) -> None:
    scene.calls = True
    scene.checking.ask_for()
    scene.until(NIGHT + timedelta(hours=1))
    assert scene.asked == []
    scene.calls = False
    scene.until(scene.now + timedelta(minutes=1))
    assert len(scene.asked) == 1  # asked for by hand: it waits for nothing but calls


def test_it_does_not_ring_elsewhere_where_the_exchange_forwards() -> None:
    for own, asked in ((True, 0), (False, 1)):
        scene = Scene(codes=True, own=own)
        scene.checking.hear(AvailabilityChanged(Availability(forwards={Forward.NIGHT: "8999"})))
        scene.until(NIGHT + SPREAD)
        assert len(scene.asked) == asked
        assert scene.levels == ([Level.UNCHECKED] if own else [])


def test_a_phone_that_is_away_or_never_answers_is_wrong(scene: Scene) -> None:
    scene.phone_here = False
    scene.until(NIGHT + SPREAD)
    assert scene.levels == [Level.WRONG]
    silent = Scene()
    silent.until(NIGHT + SPREAD)
    silent.until(silent.now + timedelta(seconds=ANSWER_S + 90))
    assert silent.levels == [Level.WRONG]


def test_a_call_that_somebody_else_has_asked_for_is_not_taken_for_the_night_s(scene: Scene) -> None:
    """The doctor's test call is one of these, too."""
    scene.checking.hear(SelfChecked(CallId("other"), 404, "Not Found"))
    scene.until(NIGHT + SPREAD)
    scene.checking.work_once()
    assert (len(scene.asked), scene.filed) == (1, [])
    scene.answers()
    scene.answers(SelfChecked(CallId("other"), 404, "Not Found"))
    assert scene.levels == [Level.OK]


def test_what_the_phone_refuses_is_filed_and_what_it_cannot_do_now_is_tried_again(scene: Scene) -> None:
    scene.until(NIGHT + SPREAD)
    scene.answers(CommandRefused("CheckSelf", "not_now"))
    scene.answers(CommandRefused("Dial", "failed"))
    assert scene.filed == []
    scene.until(scene.now + SOON_AGAIN)
    assert len(scene.asked) == 2
    scene.answers(CommandRefused("CheckSelf", "bad_number", "no_registrar"))
    assert scene.levels == [Level.WRONG]
    assert "no_registrar" in scene.filed[0][1][0].why
