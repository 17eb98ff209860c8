"""Whether the agent takes calls, and why not: what they chose, since when; the phone tells the exchange of it (its
pause and resume codes, where the settings have them). Kept as steps in the log, so that time lost to a fault can be
told from a break; a new sign-in begins ready.

Ui process, Qt's thread."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from desk.domain.agent_state import PAUSED, AgentState
from desk.domain.availability import Availability, Forward
from desk.domain.commands import PauseQueue, SetAvailability
from desk.domain.events import CodeDialled
from desk.i18n import _
from desk.settings import PhoneSettings
from desk.ui.hub import Hub
from desk.ui.steps import step
from desk.ui.telephone import phone_words

_TAKEN = range(200, 300)


class AgentStates(QObject):
    """`changed()`. `told(words)`: the exchange did not take a code, in the agent's words."""

    changed = Signal()
    told = Signal(str)

    def __init__(self, hub: Hub, phone: PhoneSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._phone = hub, phone
        self.state = AgentState.READY
        self.since: datetime = hub.clock()
        self.reason = ""  # why they are in it, as typed
        hub.agent_changed.connect(self._another_agent)
        hub.phone_joined.connect(self._tell_exchange)
        hub.code_dialled.connect(self._code_dialled)

    @property
    def exchange_knows(self) -> bool:
        """A pause is told to the exchange; else calls ring on, and only do-not-disturb keeps them away."""
        return bool(self._phone.pause_code)

    def choose(self, state: AgentState) -> None:
        """The state that stands already is told to the exchange once more: it may not have taken it."""
        if self._hub.agent is None:
            return
        if state is not self.state:
            self._enter(state)
        self._tell_exchange()

    def give_reason(self, reason: str) -> None:
        """Why the agent is in this state ("headset broken"); said once, it stays on record."""
        if self.state in PAUSED and reason.strip() and reason.strip() != self.reason:
            self.reason = reason.strip()
            step("agent_state_reason", state=self.state.value)
            self.changed.emit()

    def set_disturbing(self, *, do_not_disturb: bool) -> None:
        self._hub.do(SetAvailability(Availability(do_not_disturb, dict(self._hub.state.availability.forwards))))

    def set_forward(self, mode: Forward, target: str) -> None:
        """`target` "": off. What stands already is told to the phone once more: where the exchange did not take it, it
        is dialled again."""
        now = self._hub.state.availability
        forwards = {m: t for m, t in now.forwards.items() if m is not mode}
        if target.strip():
            forwards[mode] = target.strip()
        self._hub.do(SetAvailability(Availability(now.do_not_disturb, forwards)))

    def _tell_exchange(self) -> None:
        """What it knows already the phone does not dial again; one that is away is told when it is back."""
        if self._hub.agent is not None and self._hub.state.phone_here and self.exchange_knows:
            self._hub.do(PauseQueue(self.state in PAUSED))

    def _enter(self, state: AgentState) -> None:
        now = self._hub.clock()
        held_s = round((now - self.since).total_seconds(), 1)
        agent = self._hub.agent.number if self._hub.agent else ""
        step("agent_state", agent=agent, state=state.value, before=self.state.value, held_s=held_s)
        self.state, self.since, self.reason = state, now, ""
        self.changed.emit()

    def _another_agent(self) -> None:
        self._enter(AgentState.READY)
        self._tell_exchange()

    def _code_dialled(self, dialled: CodeDialled) -> None:
        if dialled.code not in _TAKEN:
            self.told.emit(code_refused(dialled, self._meanings()))

    def _meanings(self) -> Sequence[tuple[str, str]]:
        """The codes that the settings name, with what they are for."""
        phone = self._phone
        return (
            (phone.pause_code, _("Pause")),
            (phone.resume_code, _("Ready")),
            (phone.sign_in_code, _("Sign in")),
            (phone.sign_out_code, _("Sign out")),
            (phone.listen_code, _("Listen in")),
            (phone.whisper_code, _("Whisper")),
            (phone.barge_code, _("Barge in")),
        )


def code_refused(dialled: CodeDialled, meanings: Sequence[tuple[str, str]]) -> str:
    """What the exchange did not do, why, and what to do about it."""
    name = next((words for code, words in meanings if _fits(code, dialled.dialled)), dialled.dialled)
    why = phone_words.outcome(dialled.code)
    return _("The exchange did not take “{what}”: {why}. Calls come as before; try again, or tell IT.").format(
        what=name, why=why
    )


def _fits(code: str, dialled: str) -> bool:
    """Whether this is what was dialled; `{number}` stands for any number."""
    before, marker, after = code.partition("{number}")
    if not marker:
        return bool(code) and code == dialled
    return dialled.startswith(before) and dialled.endswith(after)
