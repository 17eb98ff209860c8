"""Builds the log that makes follow-ups due, and what a company has set about them. Nobody's start waits for it: the
modules are loaded, and the files read, on the worker that warms the window up, or by the first ticket that is filed."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from desk.compose.clock import now
from desk.compose.policies import OfEstates, Policies
from desk.domain.changes import Change
from desk.domain.promises import Promise
from desk.domain.quiet_hours import QuietHours
from desk.domain.tickets import Ticket
from desk.domain.working_time import CHINA
from desk.i18n import _
from desk.policies.files import Policy, PolicyFolders
from desk.store.store import Store
from desk.usecases.ports import ChangeAuthor, ChangeLog, Tickets

if TYPE_CHECKING:
    from desk.domain.follow_up_rules import FollowUpPolicy
    from desk.domain.questionnaires import Questionnaire

CALLED_FROM, CALLED_UNTIL = time(9), time(20)  # residents, by the clock on their wall


@dataclass(frozen=True)
class _OfEstate:
    policy: "FollowUpPolicy"
    questionnaires: "tuple[Questionnaire, ...]"


class FollowUpRules:
    """What a company has set about follow-ups, and each estate that has a folder of its own in the company's; each read
    once. `building_id`: where the ticket is; "" for what is of no estate, as surveys and spot checks: the seat's rules.
    Any thread but the ui's."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._of: OfEstates[_OfEstate] | None = None
        self._lock = threading.Lock()
        self.hours = QuietHours(CALLED_UNTIL, CALLED_FROM, CHINA)

    def policy(self, building_id: str = "") -> "FollowUpPolicy":
        return self._of_building(building_id).policy

    def questionnaires(self, building_id: str = "") -> "tuple[Questionnaire, ...]":
        return self._of_building(building_id).questionnaires

    def warm(self) -> None:
        """Loads all of it, and has it told where a survey has no questionnaire: it would never come round."""
        import desk.usecases.due_follow_ups  # noqa: F401 - the first ticket that is filed does not wait for it

        with self._lock:
            self._estates().all()
        known = {one.questionnaire_id for one in self.questionnaires()}
        told = _("survey {name}: there is no questionnaire {id}")
        missing = (one for one in self.policy().survey if one.questionnaire not in known)
        remarks = tuple(told.format(name=one.name, id=one.questionnaire) for one in missing)
        self._policies.keep(Policy(None, remarks=remarks))

    def _of_building(self, building_id: str) -> _OfEstate:
        estate = self._policies.estate_of(building_id) if building_id else ""
        with self._lock:
            return self._estates().of(estate)

    def _estates(self) -> OfEstates[_OfEstate]:
        if self._of is None:
            self._of = OfEstates(self._policies.folders, self._read)
        return self._of

    def _read(self, folders: PolicyFolders) -> _OfEstate:
        from desk.policies.follow_up import read_follow_up
        from desk.policies.questionnaires import read_questionnaires

        keep = self._policies.keep
        return _OfEstate(keep(read_follow_up(folders)), keep(read_questionnaires(folders)))


class LateFollowingUp:
    """A `ChangeLog` that is wrapped when something of a ticket is first appended: nothing else makes follow-ups due."""

    def __init__(self, log: ChangeLog, wrap: Callable[[ChangeLog], ChangeLog]) -> None:
        self._log, self._wrap = log, wrap
        self._wrapped: ChangeLog | None = None
        self._lock = threading.Lock()

    def append(self, changes: Sequence[Change]) -> None:
        if all(change.entity != "ticket" for change in changes):
            self._log.append(changes)
            return
        with self._lock:
            wrapped = self._wrapped = self._wrapped or self._wrap(self._log)
        wrapped.append(changes)

    def base_seq(self) -> int:
        return self._log.base_seq()


def following_up(
    store: Store, log: ChangeLog, author: ChangeAuthor, rules: FollowUpRules, tickets: Tickets
) -> ChangeLog:
    """The same log; what is appended makes its follow-ups due in the same transaction."""

    def wrap(log: ChangeLog) -> ChangeLog:
        from desk.store.follow_ups import SqlFollowUps
        from desk.store.incidents import SqlIncidents
        from desk.usecases.call_back_list import waits_for_end
        from desk.usecases.due_follow_ups import DueFollowUps, FollowingUp

        incidents = SqlIncidents(store)

        def waiting(ticket: Ticket) -> list[Promise]:
            return [one for one in incidents.call_backs(ticket.ticket_id) if waits_for_end(ticket, one)]

        due = DueFollowUps(SqlFollowUps(store), tickets, author, now, rules.policy, rules.hours, waiting)
        return FollowingUp(log, due)

    return LateFollowingUp(log, wrap)
