"""The agent's state, do not disturb and forwarding, in place under the call: two rows. Digits choose while the panel
has the keyboard; Tab goes on to the reason of a pause and to the numbers, Enter sets one, Escape closes.

Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.agent_state import AgentState
from desk.domain.availability import Forward
from desk.i18n import _
from desk.ui import theme
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.leaving_field import LeavingField
from desk.ui.telephone import phone_words
from desk.ui.telephone.availability import AgentStates
from desk.ui.text_line import TextLine
from desk.ui.theme import Space

ICONS = {
    AgentState.READY: "check-circle",
    AgentState.BREAK: "coffee",
    AgentState.LUNCH: "fork-knife",
    AgentState.TRAINING: "graduation-cap",
    AgentState.FAULT: "wrench",
    AgentState.WRAP_UP: "note-pencil",
}
_STATES = tuple(AgentState)
_DISTURB_KEY = len(_STATES) + 1
_FIELD_WIDTH = 124


class ForwardField(LeavingField):
    """Where calls go in one case; empty: nowhere. Enter sets it, Escape leaves."""


class AvailabilityPanel(QFrame):
    """`left()`: closed; the window puts the focus back. `night_target`: offered for the night."""

    left = Signal()

    def __init__(self, hub: Hub, states: AgentStates, night_target: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("availability_panel")
        self.setAccessibleName(_("My state"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.mark(self, "strip")
        self._hub, self._states = hub, states
        self.states: dict[AgentState, KeyButton] = {}
        self.fields: dict[Forward, ForwardField] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        column.setSpacing(Space.S)
        column.addLayout(self._first_row())
        column.addLayout(self._second_row(night_target))
        states.changed.connect(self.refresh)
        hub.availability_changed.connect(self.refresh)
        self.hide()
        self.refresh()

    def _first_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(_caption(_("My state")))
        for index, state in enumerate(_STATES, 1):
            words = phone_words.agent_state(state)
            button = KeyButton(f"state_{state.value}", words, str(index), ICONS[state], listens=False)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, s=state: self._choose(s))
            self.states[state] = button
            row.addWidget(button)
        self.reason = LeavingField()
        self.reason.setObjectName("state_reason")
        self.reason.setAccessibleName(_("Why: Enter puts it on record"))
        self.reason.setPlaceholderText(_("Why? Enter"))
        self.reason.setFixedWidth(_FIELD_WIDTH)
        self.reason.returnPressed.connect(self._give_reason)
        self.reason.left.connect(self.close_panel)
        self.reason.hide()
        row.addWidget(self.reason)
        self._hint = TextLine(role="warning")
        self._hint.setObjectName("availability_hint")
        row.addWidget(self._hint, 1)
        self.disturb = KeyButton("do_not_disturb", _("Do not disturb"), str(_DISTURB_KEY), "bell-slash", listens=False)
        self.disturb.setCheckable(True)
        self.disturb.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.disturb.clicked.connect(lambda: self._toggle_disturbing())
        row.addWidget(self.disturb)
        return row

    def _second_row(self, night_target: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(_caption(_("Forward calls")))
        for mode in Forward:
            label = QLabel(phone_words.forward(mode))
            label.setProperty("role", "muted")
            field = ForwardField()
            field.setObjectName(f"forward_{mode.value}")
            field.setAccessibleName(_("Forward calls: {mode}").format(mode=phone_words.forward(mode)))
            field.setPlaceholderText(_("off"))
            if mode is Forward.NIGHT and night_target:
                field.setPlaceholderText(_("off ({number})").format(number=night_target))
            field.setFixedWidth(_FIELD_WIDTH)
            field.returnPressed.connect(lambda m=mode: self._set_forward(m))
            field.left.connect(self.close_panel)
            self.fields[mode] = field
            row.addWidget(label)
            row.addWidget(field)
        row.addStretch(1)
        done = KeyButton("availability_close", _("Close"), "Esc", "x", listens=False)
        done.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        done.clicked.connect(self.close_panel)
        row.addWidget(_hint(_("Enter sets a number; empty is off")))
        row.addWidget(done)
        return row

    # What the agent does

    def open(self) -> None:
        self.refresh()
        self._show_forwards()
        self.show()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_panel(self) -> None:
        if self.isVisible():
            self.hide()
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = int(event.text()) if event.text() and event.text() in "123456789" else 0
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        elif 1 <= number <= len(_STATES):
            self._choose(_STATES[number - 1])
        elif number == _DISTURB_KEY:
            self._toggle_disturbing()
        else:
            super().keyPressEvent(event)

    def _choose(self, state: AgentState) -> None:
        self._states.choose(state)
        self.refresh()

    def _give_reason(self) -> None:
        self._states.give_reason(self.reason.text())
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _toggle_disturbing(self) -> None:
        self._states.set_disturbing(do_not_disturb=not self._hub.state.availability.do_not_disturb)
        self.refresh()

    def _set_forward(self, mode: Forward) -> None:
        self._states.set_forward(mode, self.fields[mode].text())
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # What it shows

    def refresh(self) -> None:
        """The buttons show what is, not what was asked."""
        for state, button in self.states.items():
            button.setChecked(state is self._states.state)
            button.setEnabled(self._hub.agent is not None)
        paused = self._states.state is not AgentState.READY
        self.reason.setVisible(paused)
        if not self.reason.hasFocus():
            self.reason.setText(self._states.reason)
        self.disturb.setChecked(self._hub.state.availability.do_not_disturb)
        rings_on = paused and not self._states.exchange_knows and not self._hub.state.availability.do_not_disturb
        self._hint.setText(_("Calls still ring: add “do not disturb”") if rings_on else "")
        self._show_forwards()

    def _show_forwards(self) -> None:
        """A field that is being typed in keeps its text."""
        for mode, field in self.fields.items():
            if not field.hasFocus():
                field.setText(self._hub.state.availability.forwards.get(mode, ""))


def _caption(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "strong")
    label.setMinimumWidth(76)
    return label


def _hint(words: str) -> TextLine:
    return TextLine(words, role="caption")
