"""Builds an import of residents: the list, the register it is compared with, the stage between them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from desk.compose.clock import new_id, now
from desk.compose.policies import policy_folders
from desk.domain.import_plan import AUTHOR_PREFIX
from desk.imports.mapping import Mapping
from desk.imports.reading import ResidentList
from desk.policies.tags import read_tags
from desk.settings import Settings
from desk.store.change_log import SqlChangeLog
from desk.store.import_register import SqlImportRegister
from desk.store.import_stage import SqlImportStage
from desk.store.outbox import SqlOutbox
from desk.store.store import Store
from desk.usecases.import_residents import Difference, ImportResidents

MOST_UNSENT = 5_000  # changes that wait for the centre
LOOK_S, PATIENCE_S = 0.2, 5.0
Report = Callable[[str, int], None]  # what is being done, rows done


@dataclass(frozen=True)
class Compared:
    """A list that has been compared. `carry_out` does what was found; nothing else does."""

    file: Path
    mapping: Mapping
    difference: Difference
    stage: SqlImportStage
    store: Store
    log: SqlChangeLog
    seat: str

    def carry_out(self, report: Callable[[int], None], going_on: Callable[[], bool] = lambda: True) -> bool:
        """Whether it came to its end; a later process goes on with what did not."""
        author = f"{AUTHOR_PREFIX}{self.mapping.rules.source}"
        self.stage.decide(author, self.seat, self.file.name[:80], now(), self.log.base_seq())
        return self.stage.carry_out(self.log.append, report, going_on, _Behind(self.store, time.sleep))


@contextmanager
def compared(
    store: Store, settings: Settings, file: Path, mapping: Mapping, ending: bool, report: Report
) -> Iterator[Compared]:
    """Raises `ImportFileError`, `ImportRuns`, and what the store raises."""
    residents = ResidentList(file, mapping)
    stage = SqlImportStage.new(store, new_id)
    try:
        rules = replace(
            mapping.rules,
            sensitive=read_tags(policy_folders(settings)).value,
            takes_sensitive=SqlOutbox(store).takes_tags,
        )
        usecase = ImportResidents(SqlImportRegister(store), stage, rules, frozenset(mapping.columns), report)
        difference = usecase.compare(residents.rows(), ending)
        yield Compared(file, mapping, difference, stage, store, SqlChangeLog(store), settings.seat.name)
    finally:
        stage.close()


def finish_unfinished(
    store: Store, report: Callable[[int], None], going_on: Callable[[], bool] = lambda: True
) -> bool | None:
    """Go on with an import that was decided upon and cut off. None: there is none; else whether it came to its end."""
    stage = SqlImportStage.unfinished(store, new_id)
    if stage is None:
        return None
    try:
        return stage.carry_out(SqlChangeLog(store).append, report, going_on, _Behind(store, time.sleep))
    finally:
        stage.close()


class _Behind:
    """Lets the exchange keep up: changes are sent in the order they were made, so that a ticket would wait behind all
    that an import has written. Where nobody sends (standing alone, the centre away) nobody is waited for."""

    def __init__(self, store: Store, rest: Callable[[float], None]) -> None:
        self._outbox, self._rest = SqlOutbox(store), rest
        self._patience_s = PATIENCE_S

    def __call__(self, pause_s: float) -> None:
        self._rest(pause_s)
        before = self._outbox.unsent_count()
        if before < MOST_UNSENT:
            self._patience_s = PATIENCE_S
        while before >= MOST_UNSENT and self._patience_s > 0:
            self._rest(LOOK_S)
            unsent = self._outbox.unsent_count()
            self._patience_s = PATIENCE_S if unsent < before else self._patience_s - LOOK_S
            before = unsent
