"""Two supervisors stepped one warning at once, unseen by each other: the domain's table says whose step stands, and the
seat that wrote last writes it again in the machine's name. What the others wrote stays in the log, and both are told on
the warning (`read_conflicts`). A worker's, beside the one that settles stages; sync process."""

import logging
from collections.abc import Callable

from desk.domain.conflicts import STEP, Findings, Version, find
from desk.domain.warning_steps import standing_step
from desk.usecases.ports import ChangeAuthor, ChangeLog
from desk.usecases.recording_ports import Histories
from desk.usecases.settle_conflict import BY_TABLE
from desk.usecases.warning_ports import Warnings

_LOT = 50
_log = logging.getLogger(__name__)


class SettleWarnings:
    """`author` writes in the seat's name, because nobody has decided anything but the table. `settled`: it has appended
    changes."""

    def __init__(
        self,
        change_log: ChangeLog,
        author: ChangeAuthor,
        histories: Histories,
        warnings: Warnings,
        seat: str,
        settled: Callable[[], None] = lambda: None,
    ) -> None:
        self._log, self._author, self._histories, self._warnings = change_log, author, histories, warnings
        self._seat, self._settled = seat, settled

    def work_once(self) -> bool:
        """Settle what this seat has to settle; whether there was any."""
        done = 0
        for warning_id in self._warnings.steps_to_settle(self._seat, _LOT):
            stands = _standing(find("warning", warning_id, self._histories.of("warning", warning_id)))
            if stands is not None:
                reason = f"{BY_TABLE}: {stands.author}@{stands.seat}"
                self._log.append([self._author.change("warning", warning_id, dict(stands.values), reason)])
                _log.info("a warning was stepped twice at once; the rules say which stands")
                done += 1
        if done:
            self._settled()
        return done > 0


def _standing(found: Findings) -> Version | None:
    conflict = next((one for one in found.conflicts if one.aspect == STEP), None)
    return standing_step(conflict) if conflict is not None and conflict.is_final else None
