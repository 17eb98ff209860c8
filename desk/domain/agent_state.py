"""Whether the agent takes calls, and why not. What they chose; that they are on a call is the call's business."""

from enum import Enum


class AgentState(Enum):
    READY = "ready"
    BREAK = "break"
    LUNCH = "lunch"
    TRAINING = "training"
    FAULT = "fault"  # the seat does not work: time lost to it is logged as such
    WRAP_UP = "wrap_up"  # writing up the call before; longer than the form takes, so that somebody has pressed for it


AWAY = frozenset({AgentState.BREAK, AgentState.LUNCH, AgentState.TRAINING, AgentState.FAULT})  # not at the desk
PAUSED = frozenset(AgentState) - {AgentState.READY}
