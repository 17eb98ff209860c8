"""The call, on top: its state in colour and words, who it is, how long, whether it is recorded, and the buttons with
their keys. Further calls stand under it as strips. The bar never takes the keyboard focus by itself: a call may ring
while the agent types.

Keys: F2 answer, F3 hang up or reject, F4 mute, F5 hold, F6 dial field, F7 keypad, Shift+F3 reject the waiting call,
Shift+F5 take the held call back. Ui process, Qt's thread."""

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desk.domain.calls import Call, Phase
from desk.domain.commands import Answer, Dial, HangUp, Hold, Mute, Reject, SendDigits
from desk.domain.identity import CallId
from desk.i18n import _
from desk.ui import icons, theme
from desk.ui.call_bar_keypad import Keypad
from desk.ui.call_bar_presenter import choices, elapsed, idle, present
from desk.ui.call_bar_strip import CallStrip
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.text_line import TextLine
from desk.ui.theme import Space

_TICK_MS = 500
# tone -> (role of the frame, icon, ink of the picture, ground of the picture)
_TONES = {
    "idle": ("strip", "headset", "muted", "window"),
    "ringing": ("strip-ringing", "phone-incoming-fill", "on_go", "go"),
    "dialling": ("strip-up", "phone-outgoing-fill", "on_accent", "accent"),
    "up": ("strip-up", "phone-call-fill", "on_accent", "accent"),
    "held": ("strip-held", "pause-fill", "panel", "warn"),
    "ended": ("strip", "phone", "muted", "window"),
}


class _Picture(QWidget):
    """The state as a round picture."""

    def __init__(self) -> None:
        super().__init__()
        self.tone = "idle"
        self.setFixedSize(QSize(46, 46))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        palette = theme.current()
        _frame, icon, ink, ground = _TONES[self.tone]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(palette, ground)))
        painter.drawEllipse(self.rect())
        icons.paint(painter, QRect(11, 11, 24, 24), icon, getattr(palette, ink))


class DialField(QLineEdit):
    """Enter dials, Escape gives the focus back."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
            return
        super().keyPressEvent(event)


class CallBar(QWidget):
    """`focus_left()`: the agent is done with the dial field or the keypad; the window puts the focus back."""

    focus_left = Signal()

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("call_bar")
        self._hub = hub
        self._strips: dict[tuple[CallId, Phase, bool], CallStrip] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._frame = QFrame()
        self._frame.setObjectName("call_frame")
        column.addWidget(self._frame)
        self.keypad = Keypad()
        self.keypad.hide()
        self.keypad.pressed.connect(self._send_digit)
        self.keypad.left.connect(self._close_keypad)
        column.addWidget(self.keypad)
        self._below = QVBoxLayout()
        self._below.setSpacing(0)
        column.addLayout(self._below)
        self._fill_frame()
        hub.calls_changed.connect(self.refresh)
        hub.pop_changed.connect(lambda _call_id: self.refresh())
        hub.line_changed.connect(self.refresh)
        hub.agent_changed.connect(self.refresh)
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.timeout.connect(self._show_times)
        self._clock.start()
        self.refresh()

    def _fill_frame(self) -> None:
        row = QHBoxLayout(self._frame)
        row.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        row.setSpacing(Space.S)
        self._picture = _Picture()
        self._state, self._time, self._recording = QLabel(), QLabel(), QLabel()
        self._state.setObjectName("call_state")
        self._state.setProperty("role", "muted")
        self._time.setObjectName("call_time")
        self._time.setProperty("role", "strong")
        self._recording.setObjectName("call_recording")
        self._who, self._detail = TextLine(role="big"), TextLine(role="muted")
        self._who.setObjectName("call_who")
        self._detail.setObjectName("call_detail")
        words = QVBoxLayout()
        words.setSpacing(0)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for layout in (top, bottom):
            layout.setSpacing(Space.M)
        top.addWidget(self._state)
        top.addWidget(self._time)
        top.addWidget(self._recording)
        top.addStretch(1)
        self._who.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        bottom.addWidget(self._who)
        bottom.addWidget(self._detail, 1)
        words.addLayout(top)
        words.addLayout(bottom)
        row.addWidget(self._picture)
        row.addSpacing(Space.XS)
        row.addLayout(words, 1)
        self._fill_buttons(row)

    def _fill_buttons(self, row: QHBoxLayout) -> None:
        self.answer = KeyButton("answer", _("Answer"), "F2", "phone-fill", "go")
        self.hang_up = KeyButton("hang_up", _("Hang up"), "F3", "phone-disconnect-fill", "danger")
        self.mute = KeyButton("mute", _("Mute"), "F4", "microphone")
        self.hold = KeyButton("hold", _("Hold"), "F5", "pause")
        self.pad = KeyButton("pad", _("Keypad"), "F7", "dots-nine")
        self.dial_field = DialField()
        self.dial_field.setObjectName("dial_field")
        self.dial_field.setAccessibleName(_("Number to dial"))
        self.dial_field.setPlaceholderText(_("Number"))
        self.dial_field.setFixedWidth(132)
        self.dial = KeyButton("dial", _("Dial"), "F6", "phone-outgoing")
        for button in (self.mute, self.hold):
            button.setCheckable(True)
        for widget in (self.answer, self.hang_up, self.mute, self.hold, self.pad, self.dial_field, self.dial):
            row.addWidget(widget)
        for button in (self.answer, self.hang_up, self.mute, self.hold, self.pad, self.dial):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.dial_field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.answer.clicked.connect(lambda: self._answer())
        self.hang_up.clicked.connect(lambda: self._hang_up())
        self.mute.clicked.connect(lambda: self._mute())
        self.hold.clicked.connect(lambda: self._hold())
        self.pad.clicked.connect(lambda: self._open_keypad())
        self.dial.clicked.connect(lambda: self._dial_key())
        self.dial_field.returnPressed.connect(self._dial)
        self.dial_field.left.connect(self.focus_left)

    # What the agent does

    def _answer(self) -> None:
        ringing = self._hub.state.ringing()
        if ringing:
            self._hub.do(Answer(ringing.call_id))

    def _hang_up(self) -> None:
        front = self._hub.state.front()
        if front is None:
            return
        rings = front.phase is Phase.RINGING
        self._hub.do(Reject(front.call_id) if rings else HangUp(front.call_id))

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

    def _take_back(self, call_id: str) -> None:
        front = self._hub.state.front()
        if front and front.phase is Phase.UP and front.call_id != call_id:
            self._hub.do(Hold(front.call_id, on=True))
        self._hub.do(Hold(CallId(call_id), on=False))

    def _dial_key(self) -> None:
        """F6 goes to the field; with a number in it and the focus there, it dials."""
        if self.dial_field.hasFocus() and self.dial_field.text().strip():
            self._dial()
        else:
            self.dial_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.dial_field.selectAll()

    def _dial(self) -> None:
        target = self.dial_field.text().strip()
        if not target:
            return
        self._hub.do(Dial(target))
        self.dial_field.clear()
        self.focus_left.emit()

    def offer_number(self, number: str) -> None:
        """Put a number into the dial field, ready for Enter."""
        self.dial_field.setText(number)
        self.dial_field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_keypad(self) -> None:
        if self.keypad.isVisible():
            self._close_keypad()
        else:
            self.keypad.start()

    def _close_keypad(self) -> None:
        self.keypad.hide()
        self.focus_left.emit()

    def _send_digit(self, digit: str) -> None:
        front = self._hub.state.front()
        if front and front.phase is Phase.UP:
            self._hub.do(SendDigits(front.call_id, digit))

    # What it shows

    def _shown(self) -> Call | None:
        return self._hub.state.front() or self._hub.state.last_ended()

    def refresh(self) -> None:
        state, call = self._hub.state, self._shown()
        label = state.line.label if state.line else ""
        view = present(call, self._hub.pop(call.call_id)) if call else idle(self._hub.agent, label)
        self._picture.tone = view.tone
        self._picture.update()
        theme.mark(self._frame, _TONES[view.tone][0])
        self._state.setText(view.state)
        theme.mark(self._state, "error" if view.tone == "up" and call and call.muted else "muted")
        self._who.setText(view.who)
        self._detail.setText(view.detail)
        self._recording.setText(view.recording)
        self._recording.setVisible(bool(view.recording))
        theme.mark(self._recording, "chip-danger" if view.recording_failed else "chip-go")
        self.setAccessibleName(f"{view.state}: {view.who} {view.detail}")
        self._show_choices()
        self._show_strips()
        self._show_times()

    def _show_choices(self) -> None:
        what = choices(self._hub.state.front(), self._hub.state.ringing())
        self.answer.setEnabled(what.answer)
        self.hang_up.setEnabled(what.hang_up)
        if what.hang_up_words:
            self.hang_up.say(what.hang_up_words)
        self.mute.setEnabled(what.mute)
        self.mute.setChecked(what.muted)
        self.mute.say(_("Unmute") if what.muted else _("Mute"), "microphone-slash" if what.muted else "microphone")
        self.hold.setEnabled(what.hold)
        self.hold.setChecked(what.held)
        self.hold.say(_("Resume") if what.held else _("Hold"), "play" if what.held else "pause")
        self.pad.setEnabled(what.keypad)
        if not what.keypad and self.keypad.isVisible():
            self._close_keypad()

    def _show_strips(self) -> None:
        others = self._hub.state.others()
        keyed: set[Phase] = set()
        wanted: dict[tuple[CallId, Phase, bool], Call] = {}
        for call in others:
            kind = Phase.RINGING if call.phase is Phase.RINGING else Phase.HELD
            wanted[(call.call_id, kind, kind not in keyed)] = call
            keyed.add(kind)
        for key in [k for k in self._strips if k not in wanted]:
            strip = self._strips.pop(key)
            strip.hide()  # and never setParent(None): a show that is queued would open it as a window with the focus
            strip.deleteLater()
        for key, call in wanted.items():
            if key not in self._strips:
                self._strips[key] = self._new_strip(call, keyed=key[2])

    def _new_strip(self, call: Call, *, keyed: bool) -> CallStrip:
        strip = CallStrip(call, keyed=keyed)
        strip.answered.connect(lambda call_id: self._hub.do(Answer(CallId(call_id))))
        strip.rejected.connect(lambda call_id: self._hub.do(Reject(CallId(call_id))))
        strip.taken_back.connect(self._take_back)
        self._below.addWidget(strip)
        return strip

    def _show_times(self) -> None:
        now, call = self._hub.clock(), self._shown()
        self._time.setText(elapsed(call, now) if call else "")
        for (call_id, _phase, _keyed), strip in self._strips.items():
            other = self._hub.state.calls.get(call_id)
            if other:
                strip.show_view(present(other, self._hub.pop(call_id)), elapsed(other, now))
