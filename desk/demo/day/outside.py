"""Everybody outside the hotline: handlers who take, return, report and finish work, residents who answer a call or do
not, the site's people on the ladder. They know nothing of Desk: they answer when they are called, and send a keyword
by message. What becomes of a task is drawn once, when it is first heard of."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from random import Random

from desk.domain.attempts import Outcome
from desk.domain.identity import TaskId
from desk.domain.replies import Said

RETURNED_SHARE = 0.07  # misdispatched
SILENT_SHARE = 0.15  # never answer by themselves: the hotline calls
SLOW_SHARE = 0.12  # take days, and report only when they are asked
UNSOLVED_SHARE = 0.05
UNSATISFIED_SHARE = 0.06


class Way(Enum):
    """How a handler deals with a task."""

    QUICK = "quick"
    SLOW = "slow"
    RETURNS = "returns"


@dataclass
class Doing:
    """A handler at a task. `done_at` None until it was accepted."""

    way: Way
    is_silent: bool
    done_at: datetime | None = None


class Handlers:
    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 - a sample
        self._doing: dict[TaskId, Doing] = {}

    def doing(self, task_id: TaskId, *, again: bool = False) -> Doing:
        """`again`: it was returned before; nobody returns it twice."""
        if task_id not in self._doing or again:
            draw = self._chance.random()
            way = Way.RETURNS if draw < RETURNED_SHARE and not again else Way.QUICK
            if way is Way.QUICK and draw > 1 - SLOW_SHARE:
                way = Way.SLOW
            self._doing[task_id] = Doing(way, self._chance.random() < SILENT_SHARE)
        return self._doing[task_id]

    def called(self) -> Outcome:
        """Whether a handler can be reached just now."""
        return self._chance.choices([Outcome.REACHED, Outcome.NO_ANSWER, Outcome.BUSY], [78, 15, 7])[0]

    def takes_minutes(self, doing: Doing) -> int:
        """From accepting to done."""
        match doing.way:
            case Way.SLOW:
                return self._chance.randrange(4 * 24 * 60, 7 * 24 * 60)
            case Way.QUICK | Way.RETURNS:
                return self._chance.randrange(30, 9 * 60)

    def accepted(self, doing: Doing, at: datetime) -> datetime:
        """When it will be done."""
        doing.done_at = at + timedelta(minutes=self.takes_minutes(doing))
        return doing.done_at

    def says(self, doing: Doing, at: datetime) -> tuple[Said, str]:
        """What a handler who has accepted says when called about it."""
        if doing.done_at is not None and at >= doing.done_at:
            return Said.DONE, "已修好，现场试过正常。"
        return Said.REPORT, "在等配件，到货就上门。" if doing.way is Way.SLOW else "师傅在路上，今天处理完。"

    def returns_because(self) -> str:
        return self._chance.choice(("不属于工程部，是保洁的事。", "地址是二期，归二期班组。", "这是开发商保修范围。"))


class Residents:
    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 - a sample
        self._is_solved: dict[str, bool] = {}

    def called(self) -> Outcome:
        return self._chance.choices([Outcome.REACHED, Outcome.NO_ANSWER, Outcome.BUSY, Outcome.LATER], [82, 12, 3, 3])[
            0
        ]

    def is_solved(self, ticket_id: str) -> bool:
        """Told at the first follow-up; what was taken up again is solved the next time."""
        if ticket_id in self._is_solved:
            return True
        self._is_solved[ticket_id] = self._chance.random() >= UNSOLVED_SHARE
        return self._is_solved[ticket_id]

    def is_satisfied(self) -> bool:
        return self._chance.random() >= UNSATISFIED_SHARE
