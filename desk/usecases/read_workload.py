"""How much handlers have to do, seen before one is chosen. Worker's thread; one read however many they are."""

from collections.abc import Sequence
from datetime import tzinfo

from desk.domain.identity import StaffId
from desk.domain.workload import Workload, day_of
from desk.usecases.ports import Clock
from desk.usecases.task_ports import Tasks


class ReadWorkload:
    def __init__(self, tasks: Tasks, clock: Clock, zone: tzinfo) -> None:
        self._tasks, self._clock, self._zone = tasks, clock, zone

    def of(self, ids: Sequence[StaffId]) -> dict[StaffId, Workload]:
        """All of `ids` are in it."""
        now = self._clock()
        return self._tasks.workloads(ids, now, day_of(now, self._zone))
