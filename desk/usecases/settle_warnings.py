"""Two supervisors stepped one warning at once, unseen by each other: the domain's table says whose step stands, and the
seat that wrote last writes it again in the machine's name, and with it the ticket's mark: whoever ended the warning had
taken it off. What the others wrote stays in the log, and both are told on the warning (`read_conflicts`). A worker's,
beside the one that settles stages; sync process."""

import logging
from collections.abc import Callable

from desk.domain.changes import Change
from desk.domain.conflicts import STEP, Findings, Version, find
from desk.domain.early_warnings import OPEN_WARNINGS, WarningStep
from desk.domain.warning_steps import standing_step
from desk.usecases.ports import ChangeAuthor, ChangeLog, Tickets
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
        tickets: Tickets,
        seat: str,
        settled: Callable[[], None] = lambda: None,
    ) -> None:
        self._log, self._author, self._histories, self._warnings = change_log, author, histories, warnings
        self._tickets, self._seat, self._settled = tickets, seat, settled

    def work_once(self) -> bool:
        """Settle what this seat has to settle; whether there was any."""
        done = 0
        for warning_id in self._warnings.steps_to_settle(self._seat, _LOT):
            stands = _standing(find("warning", warning_id, self._histories.of("warning", warning_id)))
            if stands is not None:
                reason = f"{BY_TABLE}: {stands.author}@{stands.seat}"
                change = self._author.change("warning", warning_id, dict(stands.values), reason)
                self._log.append([change, *self._marks(warning_id, WarningStep(stands.values["step"]), reason)])
                _log.info("a warning was stepped twice at once; the rules say which stands")
                done += 1
        if done:
            self._settled()
        return done > 0

    def _marks(self, warning_id: str, step: WarningStep, reason: str) -> list[Change]:
        """Its ticket's mark, where it does not fit. That of a later warning is left alone."""
        warning = self._warnings.get(warning_id)
        ticket = self._tickets.get(warning.ticket_id) if warning is not None else None
        fits = warning_id if step in OPEN_WARNINGS else None
        if ticket is None or ticket.warning_id == fits or ticket.warning_id not in (warning_id, None):
            return []
        return [self._author.change("ticket", ticket.ticket_id, {"warning_id": fits}, reason)]


def _standing(found: Findings) -> Version | None:
    conflict = next((one for one in found.conflicts if one.aspect == STEP), None)
    return standing_step(conflict) if conflict is not None and conflict.is_final else None
