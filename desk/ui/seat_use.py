"""Tells the background service whether somebody works here, so that a new version of Desk waits for a moment that costs
nobody anything; and puts an agent back on the break in which the seat was started anew.

Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desk import wire
from desk.domain.agent_state import AgentState
from desk.ui.hub import Hub
from desk.ui.telephone.availability import AgentStates

AWAY = frozenset({AgentState.BREAK, AgentState.LUNCH})


class SeatUse(QObject):
    """`tell`: to the background service; False where it is away: it asks when it is back. `told(words)`: something for
    the agent to know; `asked(words)`: to do."""

    told = Signal(str)
    asked = Signal(str)

    def __init__(self, hub: Hub, states: AgentStates, tell: Callable[[object], bool]) -> None:
        super().__init__(hub)
        self._hub, self._states, self._tell = hub, states, tell
        self._told: wire.SeatUse | None = None
        self._resumes = ""
        for signal in (hub.agent_changed, hub.lock_changed, states.changed):
            signal.connect(self.say)
        hub.agent_changed.connect(self._resume)
        hub.updates_told.connect(self._hear)

    def say(self) -> None:
        """How it is now, where that is news."""
        now = self._now()
        if now != self._told:
            self._told = now if self._tell(now) else None

    def _hear(self, message: wire.Updates) -> None:
        if message.told:
            (self.asked if message.asks else self.told).emit(message.told)
        self._resumes = message.resumed
        self._resume()
        self._told = None
        self.say()

    def _resume(self) -> None:
        """Once somebody sits here: a sign-in begins ready."""
        if self._hub.agent is not None and self._resumes:
            resumed, self._resumes = AgentState(self._resumes), ""
            self._states.choose(resumed)

    def _now(self) -> wire.SeatUse:
        state = self._states.state
        away = self._hub.agent is None or self._hub.locked or state in AWAY
        return wire.SeatUse(away, state.value if self._hub.agent is not None and state in AWAY else "")
