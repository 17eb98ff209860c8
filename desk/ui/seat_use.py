"""Tells the background service whether somebody works here, so that a new version of Desk waits for a moment that costs
nobody anything; and puts an agent back on the break in which the seat was started anew, do not disturb as it was.

Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desk import wire
from desk.domain.agent_state import PAUSED, AgentState
from desk.ui.hub import Hub
from desk.ui.telephone.availability import AgentStates

AWAY = frozenset({AgentState.BREAK, AgentState.LUNCH})


class SeatUse(QObject):
    """`tell`: to the background service; False where it is away: it asks when it is back. `told(words)`: something for
    the agent to know; `asked(words)`: to do."""

    told = Signal(str)
    asked = Signal(str)

    def __init__(
        self, hub: Hub, states: AgentStates, tell: Callable[[object], bool], left: wire.SeatUse | None = None
    ) -> None:
        """Made last of all that hears of a sign-in: to everybody else a sign-in begins ready. `left`: see
        `UiParts.left`."""
        super().__init__(hub)
        self._hub, self._states, self._tell = hub, states, tell
        self._told: wire.SeatUse | None = None
        self._left = left
        states.left_by(left.agent if left is not None else "")
        for signal in (hub.agent_changed, hub.lock_changed, hub.unfinished.unsaved_changed, states.changed):
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
        self._told = None
        self.say()

    def _resume(self) -> None:
        """Whoever signs in first: a break is theirs alone who was on it."""
        agent, left = self._hub.agent, self._left
        if agent is None or left is None:
            return
        self._left = None
        if agent.number == left.agent and left.state in {one.value for one in PAUSED}:
            self._states.choose(AgentState(left.state))

    def _now(self) -> wire.SeatUse:
        agent, state = self._hub.agent, self._states.state
        is_left = agent is None or self._hub.locked or state in AWAY
        away = is_left and not self._hub.unfinished.is_unsaved  # a new start would lose it
        if agent is None:
            left = self._left
            return wire.SeatUse(away, left.state, left.agent) if left is not None else wire.SeatUse(away)
        return wire.SeatUse(away, state.value if state in PAUSED else "", agent.number)
