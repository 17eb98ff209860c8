"""Whether the agent takes calls, and why not: what they chose, since when; the phone tells the exchange of it (its
pause and resume codes, where the settings have them). Kept as steps in the log, so that time lost to a fault can be
told from a break; a new sign-in begins ready.

Do not disturb is the agent's who set it: it ends when somebody signs in, too, but not when a window that was started
anew signs the same one in again: they may be away, and calls would ring at an empty desk. Where calls go instead
belongs to the seat, and stands; but whoever signs in is told of it until it ends, by one key. The night's forwarding is
the company's: it is neither told so nor ended by that key.

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

KEY = "Ctrl+Shift+F6"  # calls ring here again
_TAKEN = range(200, 300)


class AgentStates(QObject):
    """`changed()`. `told(words)`: the exchange did not take a code, in the agent's words. `diverted(words)`: whoever
    has signed in finds that calls go elsewhere; "" = they do no more."""

    changed = Signal()
    told = Signal(str)
    diverted = Signal(str)

    def __init__(self, hub: Hub, phone: PhoneSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._phone = hub, phone
        self.state = AgentState.READY
        self.since: datetime = hub.clock()
        self.reason = ""  # why they are in it, as typed
        self._begins = False  # has signed in, and what the phone had from before is not looked at yet
        self._diverted = False  # was told of it
        self._left_by = ""  # who sat here when the window was started anew, until somebody signs in
        self._stays = False  # whoever signs in is who sat here
        hub.agent_changed.connect(self._another_agent)
        hub.phone_joined.connect(self._phone_joined)
        hub.availability_changed.connect(self._ended_by_now)
        hub.code_dialled.connect(self._code_dialled)

    @property
    def exchange_knows(self) -> bool:
        """A pause is told to the exchange; else calls ring on, and only do-not-disturb keeps them away."""
        return bool(self._phone.pause_code)

    def left_by(self, number: str) -> None:
        """Before anybody signs in: whose work number sat here when the window was started anew, "" nobody's."""
        self._left_by = number

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

    def take_calls(self) -> None:
        """Do not disturb and what sends calls away ends; but not at night, where they are to go elsewhere then."""
        if self._hub.agent is not None:
            self._hub.do(SetAvailability(Availability(forwards=self._of_the_night())))

    def _of_the_night(self) -> dict[Forward, str]:
        return {m: t for m, t in self._hub.state.availability.forwards.items() if m is Forward.NIGHT}

    def _phone_joined(self) -> None:
        self._begin()
        self._tell_exchange()

    def _begin(self) -> None:
        """What whoever signs in finds from before."""
        if not (self._begins and self._hub.state.phone_here):
            return
        self._begins = False
        now = self._hub.state.availability
        if now.do_not_disturb and not self._stays:
            self.set_disturbing(do_not_disturb=False)
        forwards: dict[Forward, str] = {m: t for m, t in now.forwards.items() if m is not Forward.NIGHT}
        self._diverted = bool(forwards)
        if forwards:
            where = phone_words.away(Availability(forwards=forwards))
            said = _("{where}. It was set before you signed in: {key} ends it.")
            self.diverted.emit(said.format(where=where, key=KEY))

    def _ended_by_now(self) -> None:
        if self._diverted and self._hub.state.availability.forwards == self._of_the_night():
            self._diverted = False
            self.diverted.emit("")

    def _tell_exchange(self) -> None:
        """What it knows already the phone does not dial again; one that is away is told when it is back. Also where
        there is no code for it: in a pause no call is answered by itself."""
        if self._hub.agent is not None and self._hub.state.phone_here:
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
        agent = self._hub.agent
        self._begins = agent is not None
        if agent is not None:
            self._stays, self._left_by = agent.number == self._left_by, ""
        if self._diverted and not self._begins:
            self._diverted = False
            self.diverted.emit("")
        self._begin()
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
