"""What the widgets of conflicts are built from, and how they settle one. Ui process, Qt's thread; all reading and
writing is done on the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.identity import ChangeId
from desk.ui.conflict.presenter import Tongue
from desk.ui.hub import Hub
from desk.ui.rows_presenter import CategoryName
from desk.ui.steps import step
from desk.ui.worker import SAVE_LANE
from desk.usecases.look_after_refused import LookAfterRefused
from desk.usecases.read_conflicts import OpenConflict, ReadConflicts
from desk.usecases.settle_conflict import SettleConflict
from desk.usecases.watch_things import WatchThings


@dataclass(frozen=True, kw_only=True)
class ConflictUses:
    """What can be done, from `desk.usecases`."""

    reading: ReadConflicts
    settling: SettleConflict
    watching: WatchThings
    refused: LookAfterRefused


@dataclass(frozen=True, kw_only=True)
class ConflictParts:
    """`written`: something was appended, the centre may have it."""

    hub: Hub
    uses: ConflictUses
    category: CategoryName
    clock: Callable[[], datetime]
    zone: tzinfo
    written: Callable[[], None]

    def tongue(self) -> Tongue:
        return Tongue(self.category, self.clock(), self.zone)

    def work_number(self) -> str:
        return self.hub.agent.number if self.hub.agent else ""

    def settle(
        self, shown: OpenConflict, change_id: str, done: Callable[[], None], failed: Callable[[Exception], None]
    ) -> None:
        """Write this version again. `done` once it is on disk; `failed` with `ConflictMoved`, or what the store
        raises."""
        settling = self.uses.settling

        def settled(_none: None) -> None:
            step("conflict_settled", entity=shown.thing.entity, entity_id=shown.thing.entity_id)
            self.written()
            done()

        self.hub.worker.run(lambda: settling.take(shown.conflict, ChangeId(change_id)), settled, failed, lane=SAVE_LANE)
