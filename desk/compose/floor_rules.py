"""What a company has set about shifts and knowledge, read once each when it is first asked for: the start of the window
does not wait for it. Any thread but the ui's."""

import threading

from desk.compose.policies import Policies
from desk.domain.roster import ShiftPolicy
from desk.policies.knowledge import read_knowledge
from desk.policies.shift import read_shift
from desk.usecases.ask import KnowledgePolicy


class FloorRules:
    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._shift: ShiftPolicy | None = None
        self._knowledge: KnowledgePolicy | None = None
        self._lock = threading.Lock()

    def shift(self) -> ShiftPolicy:
        with self._lock:
            if self._shift is None:
                self._shift = self._policies.keep(read_shift(self._policies.folders))
            return self._shift

    def knowledge(self) -> KnowledgePolicy:
        with self._lock:
            if self._knowledge is None:
                self._knowledge = self._policies.keep(read_knowledge(self._policies.folders))
            return self._knowledge

    def troubles(self) -> tuple[str, ...]:
        """What is to be told of all rules (`Policies.troubles`), these among them."""
        self.shift()
        self.knowledge()
        return self._policies.troubles()
