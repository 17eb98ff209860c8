"""The call, on top: the one talked on, large, with the buttons and their keys; below it, in place, what is open of
keypad, transfer, state and supervision; then the other calls as strips. The bar never takes the keyboard focus by
itself: a call may ring while the agent types.

Keys: F2 answer, F3 hang up or reject (while a colleague is asked: back to the resident), F4 mute, F5 hold, F6 dial
field, Ctrl+F6 the line to dial by, Shift+F6 dial the last number again, F7 keypad, Ctrl+T transfer and hand over,
Shift+F2 three-way call, Shift+F3 reject the waiting call, Shift+F4 pause the recording, Shift+F5 swap or take back,
Shift+F7 supervise, Shift+F9 the agent's state, Ctrl+Shift+F6 no calls elsewhere. Ui process, Qt's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desk.domain.agent_state import PAUSED
from desk.domain.calls import Call, Phase
from desk.domain.commands import Answer, HangUp, Hold, Mute, PauseRecording, Reject, SendDigits
from desk.i18n import _
from desk.settings import PhoneSettings
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.suggest_box import Search
from desk.ui.telephone import phone_words
from desk.ui.telephone.availability import KEY as TAKE_CALLS_KEY
from desk.ui.telephone.availability import AgentStates
from desk.ui.telephone.availability_panel import AvailabilityPanel
from desk.ui.telephone.call_bar_front import FrontCall, LineTag
from desk.ui.telephone.call_bar_keypad import Keypad
from desk.ui.telephone.call_bar_presenter import (
    Limits,
    StripView,
    Timing,
    choices,
    idle,
    masked,
    present,
    present_conference,
    spoken,
    timing,
    who_of,
)
from desk.ui.telephone.call_bar_strips import CallStrips
from desk.ui.telephone.dialling import Dialling
from desk.ui.telephone.supervisor_panel import SupervisorPanel, has_codes
from desk.ui.telephone.transfer_panel import KEY as TRANSFER_KEY
from desk.ui.telephone.transfer_panel import TransferPanel

_TICK_MS = 500


@dataclass(frozen=True, kw_only=True)
class BarParts:
    """`numbers(key)`: a search of whom to dial, for the box of this key; `staff`: of whom to supervise."""

    phone: PhoneSettings
    states: AgentStates
    numbers: Callable[[str], Search]
    staff: Search
    is_emergency: Callable[[str], bool]


class CallBar(QWidget):
    """`focus_left()`: the agent is done with a field of the bar; the window puts the focus back. `told(words)`:
    something to be told that changes nothing. `quality_place`: a layout in the bar, beside the buttons, for whoever
    shows how the call is heard."""

    focus_left = Signal()
    told = Signal(str)

    def __init__(self, hub: Hub, parts: BarParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("call_bar")
        self._hub, self._parts = hub, parts
        self.states = parts.states
        self._limits = Limits(parts.phone.hold_too_long_s, parts.phone.ring_too_long_s)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._front = FrontCall()
        self.quality_place = QHBoxLayout()
        self._front.row.addLayout(self.quality_place)
        column.addWidget(self._front)
        self.keypad = Keypad()
        self.transfer_panel = TransferPanel(hub, parts.numbers("transfer"))
        self.availability = AvailabilityPanel(hub, parts.states, parts.phone.night_target)
        self.has_supervision = has_codes(parts.phone)
        self.supervision = SupervisorPanel(hub, parts.phone, parts.staff)
        self.strips = CallStrips(hub, self._limits, self._tag_of)
        for panel in (self.keypad, self.transfer_panel, self.availability, self.supervision, self.strips):
            column.addWidget(panel)
        self.keypad.hide()
        self._make_buttons()
        self._connect()
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.timeout.connect(self._show_times)
        self._clock.start()
        self.refresh()

    def _make_buttons(self) -> None:
        self.answer = KeyButton("answer", _("Answer"), "F2", "phone-fill", "go")
        self.hang_up = KeyButton("hang_up", _("Hang up"), "F3", "phone-disconnect-fill", "danger")
        self.mute = KeyButton("mute", _("Mute"), "F4", "microphone")
        self.hold = KeyButton("hold", _("Hold"), "F5", "pause")
        self.pause = KeyButton("pause_recording", "", "Shift+F4", "record-fill", shows_words=False)
        self.transfer = KeyButton("transfer", _("Transfer"), TRANSFER_KEY, "arrow-bend-up-right")
        self.pad = KeyButton("pad", _("Keypad"), "F7", "dots-nine", shows_words=False)
        self.dialling = Dialling(self._hub, self._parts.numbers("dial"), self._parts.is_emergency, self)
        self.dial_field = self.dialling.field
        for button in (self.mute, self.hold, self.pause):
            button.setCheckable(True)
        buttons = (self.answer, self.hang_up, self.mute, self.pause, self.hold, self.transfer, self.pad)
        for widget in (*buttons, self.dial_field, self.dialling.key):
            self._front.row.addWidget(widget)
        for button in buttons:
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _connect(self) -> None:
        hub = self._hub
        for signal in (hub.calls_changed, hub.line_changed, hub.agent_changed, hub.availability_changed):
            signal.connect(self.refresh)
        hub.lock_changed.connect(self._lock_changed)
        hub.callers.pop_changed.connect(lambda _call_id: self.refresh())
        self.states.changed.connect(self.refresh)
        self.answer.clicked.connect(lambda: self._answer())
        self.hang_up.clicked.connect(lambda: self._hang_up())
        self.mute.clicked.connect(lambda: self._mute())
        self.hold.clicked.connect(lambda: self._hold())
        self.pause.clicked.connect(lambda: self._pause_recording())
        self.transfer.clicked.connect(lambda: self._transfer())
        self.pad.clicked.connect(lambda: self._open_keypad())
        self.dialling.focus_left.connect(self.focus_left)
        self.dialling.told.connect(self.told)
        self.keypad.pressed.connect(self._send_digit)
        self.keypad.left.connect(self._close_keypad)
        for panel in (self.transfer_panel, self.availability, self.supervision):
            panel.left.connect(self.focus_left)
        for box in (self.dial_field, self.transfer_panel):
            box.nobody.connect(self.dialling.nobody)
        self._key("Shift+F6", self.dialling.redial)
        self._key("Ctrl+F6", self.dialling.next_line)
        self._key(TAKE_CALLS_KEY, self.states.take_calls)

    def _key(self, key: str, does: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(does)

    # What the agent does

    def _answer(self) -> None:
        ringing = self._hub.state.ringing()
        if ringing:
            self._hub.do(Answer(ringing.call_id))

    def _hang_up(self) -> None:
        front = self._hub.state.front()
        if front is None:
            return
        if self._asks_colleague():
            self.transfer_panel.take_back()
        elif front.phase is Phase.RINGING:
            self._hub.do(Reject(front.call_id))
        else:
            self._hub.do(HangUp(front.call_id))

    def _asks_colleague(self) -> bool:
        """The hang-up key ends the consultation, and not the resident's call."""
        front, consultation = self._hub.state.front(), self._hub.state.consultation()
        if front is None or consultation is None:
            return False
        return front.in_conference or front.call_id == consultation.consulting.call_id

    def _mute(self) -> None:
        front = self._hub.state.front()
        if front:
            self._hub.do(Mute(front.call_id, not front.muted))
        self.refresh()  # the button shows what is, not what was asked

    def _hold(self) -> None:
        front = self._hub.state.front()
        if front:
            self._hub.do(Hold(front.call_id, front.phase is not Phase.HELD))
        self.refresh()

    def _pause_recording(self) -> None:
        """While a card number is read out."""
        front = self._hub.state.front()
        if front:
            self._hub.do(PauseRecording(front.call_id, not front.recording_paused))
        self.refresh()

    def _transfer(self) -> None:
        self._close_panels(but=self.transfer_panel)
        self.transfer_panel.key_pressed()

    # Panels: one at a time

    def toggle_availability(self) -> None:
        if self.availability.isVisible():
            self.availability.close_panel()
        elif self._hub.agent is not None:
            self._close_panels(but=self.availability)
            self.availability.open()

    def toggle_supervision(self) -> None:
        if self.supervision.isVisible():
            self.supervision.close_panel()
        else:
            self._close_panels(but=self.supervision)
            self.supervision.open()

    def _close_panels(self, but: QWidget) -> None:
        for panel in (self.keypad, self.availability, self.supervision):
            if panel is not but:
                panel.hide()
        if but is not self.transfer_panel:
            self.transfer_panel.close_field()

    def _open_keypad(self) -> None:
        if self.keypad.isVisible():
            self._close_keypad()
        else:
            self._close_panels(but=self.keypad)
            self.keypad.start()

    def _close_keypad(self) -> None:
        self.keypad.hide()
        self.focus_left.emit()

    def _send_digit(self, digit: str) -> None:
        front = self._hub.state.front()
        if front and front.phase is Phase.UP:
            self._hub.do(SendDigits(front.call_id, digit))

    def _lock_changed(self) -> None:
        if self._hub.is_shut:
            self._close_panels(but=self)
            self.dial_field.clear()
        self.refresh()

    # What it shows

    def _shown(self) -> Call | None:
        """The call in front; else the last one, as long as nothing more important is to be seen."""
        paused = self.states.state in PAUSED
        return self._hub.state.front() or (None if paused else self._hub.state.last_ended())

    def _tag_of(self, call: Call) -> LineTag | None:
        """The line it came by; with one line there is nothing to tell."""
        lines = self._hub.state.lines
        line = lines.get(call.line)
        return LineTag(line.label, line.colour) if line is not None and len(lines) > 1 else None

    def refresh(self) -> None:
        state, call = self._hub.state, self._shown()
        away = phone_words.away(state.availability)
        self._front.show_view(self._view(call), self._tag_of(call) if call else None, away)
        self._show_choices()
        self.strips.refresh()
        self._show_times()

    def _view(self, call: Call | None) -> StripView:
        state = self._hub.state
        if call is None:
            label = " · ".join(state.lines)
            view = idle(self._hub.agent, label, self.states.state)
        else:
            view = present(call, self._hub.callers.pop(call.call_id))
            if call.in_conference:
                names = [
                    who_of(other, self._hub.callers.pop(other.call_id))
                    for other in state.calls.values()
                    if other.in_conference and other is not call and other.phase is Phase.UP
                ]
                view = changed(present_conference(view, names), tone="conference")
        if self._hub.is_shut:
            view = masked(view)
        self.setAccessibleName(f"{view.state}: {view.who} {view.detail}")
        return view

    def _pause(self, now: datetime) -> str:
        """How long the agent has been away from the calls."""
        states = self.states
        return spoken(max(0, int((now - states.since).total_seconds()))) if states.state in PAUSED else ""

    def _show_choices(self) -> None:
        consultation = self._hub.state.consultation()
        what = choices(self._hub.state.front(), self._hub.state.ringing())
        self.answer.setEnabled(what.answer)
        self.hang_up.setEnabled(what.hang_up)
        if what.hang_up_words:
            back = self._asks_colleague()
            joined = back and consultation is not None and consultation.about.in_conference
            words = (_("Drop colleague") if joined else _("Take back")) if back else what.hang_up_words
            self.hang_up.say(words, "arrow-u-down-left" if back else "phone-disconnect-fill")
        self.mute.setEnabled(what.mute)
        self.mute.setChecked(what.muted)
        self.mute.say(_("Unmute") if what.muted else _("Mute"), "microphone-slash" if what.muted else "microphone")
        self.hold.setEnabled(what.hold)
        self.hold.setChecked(what.held)
        self.hold.say(_("Resume") if what.held else _("Hold"), "play" if what.held else "pause")
        self.pause.setEnabled(what.pause)
        self.pause.setChecked(what.paused)
        self.pause.say(_("Record again") if what.paused else _("Pause recording"))
        shut = self._hub.is_shut
        self.transfer.setEnabled((what.transfer or consultation is not None) and not shut)
        self.dialling.refresh()
        self.transfer.say(_("Hand over") if consultation is not None else _("Transfer"))
        self.pad.setEnabled(what.keypad and not shut)
        if not what.keypad and self.keypad.isVisible():
            self._close_keypad()

    def _show_times(self) -> None:
        call = self._shown()
        now = self._hub.clock()
        self._front.show_timing(timing(call, now, self._limits) if call else Timing(self._pause(now)))
        self.strips.show_times()
