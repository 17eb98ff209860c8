"""Builds the log that makes follow-ups due, and what a company has set about them. Nobody's start waits for it: the
modules are loaded, and the files read, on the worker that warms the window up, or by the first ticket that is filed."""

import threading
from collections.abc import Callable, Sequence
from datetime import time
from typing import TYPE_CHECKING

from desk.compose.clock import now
from desk.compose.policies import Policies
from desk.domain.changes import Change
from desk.domain.quiet_hours import QuietHours
from desk.domain.working_time import CHINA
from desk.i18n import _
from desk.policies.files import Policy
from desk.store.store import Store
from desk.usecases.ports import ChangeAuthor, ChangeLog, Tickets

if TYPE_CHECKING:
    from desk.domain.follow_up_rules import FollowUpPolicy
    from desk.domain.questionnaires import Questionnaire

CALLED_FROM, CALLED_UNTIL = time(9), time(20)  # residents, by the clock on their wall


class FollowUpRules:
    """What a company has set about follow-ups, read once each. Any thread but the ui's."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._policy: FollowUpPolicy | None = None
        self._questionnaires: tuple[Questionnaire, ...] | None = None
        self._lock = threading.Lock()
        self.hours = QuietHours(CALLED_UNTIL, CALLED_FROM, CHINA)

    def policy(self) -> "FollowUpPolicy":
        from desk.policies.follow_up import read_follow_up

        with self._lock:
            if self._policy is None:
                self._policy = self._policies.keep(read_follow_up(self._policies.folders))
            return self._policy

    def questionnaires(self) -> "tuple[Questionnaire, ...]":
        from desk.policies.questionnaires import read_questionnaires

        with self._lock:
            if self._questionnaires is None:
                self._questionnaires = self._policies.keep(read_questionnaires(self._policies.folders))
            return self._questionnaires

    def warm(self) -> None:
        """Loads all of it, and has it told where a survey has no questionnaire: it would never come round."""
        import desk.usecases.due_follow_ups  # noqa: F401 - the first ticket that is filed does not wait for it

        known = {one.questionnaire_id for one in self.questionnaires()}
        told = _("survey {name}: there is no questionnaire {id}")
        missing = (one for one in self.policy().survey if one.questionnaire not in known)
        remarks = tuple(told.format(name=one.name, id=one.questionnaire) for one in missing)
        self._policies.keep(Policy(None, remarks=remarks))


class LateFollowingUp:
    """A `ChangeLog` that is wrapped when something is first appended."""

    def __init__(self, log: ChangeLog, wrap: Callable[[ChangeLog], ChangeLog]) -> None:
        self._log, self._wrap = log, wrap
        self._wrapped: ChangeLog | None = None
        self._lock = threading.Lock()

    def append(self, changes: Sequence[Change]) -> None:
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
        from desk.usecases.due_follow_ups import DueFollowUps, FollowingUp

        return FollowingUp(log, DueFollowUps(SqlFollowUps(store), tickets, author, now, rules.policy, rules.hours))

    return LateFollowingUp(log, wrap)
