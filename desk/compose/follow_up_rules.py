"""Builds the log that makes follow-ups due, and what a company has set about them. The questionnaires are read when
they are first asked for, on a worker: nobody's start waits for them."""

import threading
from datetime import time

from desk.compose.clock import now
from desk.compose.policies import Policies
from desk.domain.follow_up_rules import FollowUpPolicy
from desk.domain.questionnaires import Questionnaire
from desk.domain.quiet_hours import QuietHours
from desk.i18n import _
from desk.policies.files import Policy
from desk.policies.follow_up import read_follow_up
from desk.policies.questionnaires import read_questionnaires
from desk.store.follow_ups import SqlFollowUps
from desk.store.store import Store
from desk.usecases.due_follow_ups import DueFollowUps, FollowingUp
from desk.usecases.file_ticket import CHINA
from desk.usecases.ports import ChangeAuthor, ChangeLog, Tickets

CALLED_FROM, CALLED_UNTIL = time(9), time(20)  # residents, by the clock on their wall


class FollowUpRules:
    """What a company has set about follow-ups, read once each. Any thread but the ui's."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._policy: FollowUpPolicy | None = None
        self._questionnaires: tuple[Questionnaire, ...] | None = None
        self._lock = threading.Lock()
        self.hours = QuietHours(CALLED_UNTIL, CALLED_FROM, CHINA)

    def policy(self) -> FollowUpPolicy:
        with self._lock:
            if self._policy is None:
                self._policy = self._policies.keep(read_follow_up(self._policies.folders))
            return self._policy

    def questionnaires(self) -> tuple[Questionnaire, ...]:
        with self._lock:
            if self._questionnaires is None:
                self._questionnaires = self._policies.keep(read_questionnaires(self._policies.folders))
            return self._questionnaires

    def warm(self) -> None:
        """Reads both, and has it told where a survey has no questionnaire: it would never come round."""
        known = {one.questionnaire_id for one in self.questionnaires()}
        told = _("survey {name}: there is no questionnaire {id}")
        missing = (one for one in self.policy().survey if one.questionnaire not in known)
        remarks = tuple(told.format(name=one.name, id=one.questionnaire) for one in missing)
        self._policies.keep(Policy(None, remarks=remarks))


def following_up(
    store: Store, log: ChangeLog, author: ChangeAuthor, rules: FollowUpRules, tickets: Tickets
) -> ChangeLog:
    """The same log; what is appended makes its follow-ups due in the same transaction."""
    return FollowingUp(log, DueFollowUps(SqlFollowUps(store), tickets, author, now, rules.policy, rules.hours))
