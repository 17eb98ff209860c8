"""A second call, as a slim strip under the bar: who it is, and the two things that can be done with it. A call that
waits behind a talk, or one that is on hold behind another. One that has rung or been held too long says so and turns
red.

Ui process, Qt's thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desk.domain.calls import Call, Phase
from desk.domain.identity import CallId
from desk.i18n import _
from desk.ui import theme
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.telephone.call_bar_front import LineBadge, LineTag
from desk.ui.telephone.call_bar_presenter import StripView, Timing
from desk.ui.text_line import TextLine
from desk.ui.theme import Space


class CallStrip(QFrame):
    """`keyed` False: a third or fourth call, whose buttons have no keys of their own. `behind`: another call is talked
    on, so that taking this one back puts that one on hold."""

    answered = Signal(str)
    rejected = Signal(str)
    taken_back = Signal(str)

    def __init__(self, call: Call, *, keyed: bool, behind: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"strip_{call.call_id}")
        self._call_id: CallId = call.call_id
        self._rings = call.phase is Phase.RINGING
        self._kind = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.XS, Space.L, Space.XS)
        row.setSpacing(Space.M)
        self._picture = Picture("phone-incoming-fill" if self._rings else "pause-fill", "on_go_soft")
        self._line = LineBadge()
        self._state, self._time, self._note = QLabel(), QLabel(), TextLine()
        self._who, self._detail = QLabel(), TextLine()
        self._state.setObjectName(f"strip_state_{call.call_id}")
        self._note.setObjectName(f"strip_note_{call.call_id}")
        for label in (self._who, self._note):
            label.setProperty("role", "strong")
        self._time.setMinimumWidth(44)
        for widget in (self._picture, self._state, self._time, self._who):
            row.addWidget(widget)
        row.addWidget(self._detail, 3)
        row.addWidget(self._note, 2)
        row.addWidget(self._line)
        for button in self._buttons(keyed=keyed, behind=behind):
            row.addWidget(button)
        self.show_timing(Timing(""))

    def _buttons(self, *, keyed: bool, behind: bool) -> list[KeyButton]:
        name = self._call_id
        if self._rings:
            answer = KeyButton(f"answer_{name}", _("Answer"), "F2" if keyed else "", "phone-fill", "go", listens=False)
            answer.clicked.connect(lambda: self.answered.emit(self._call_id))
            reject = KeyButton(f"reject_{name}", _("Reject"), "Shift+F3" if keyed else "", "phone-x", "")
            reject.clicked.connect(lambda: self.rejected.emit(self._call_id))
            return [answer, reject]
        words, icon = (_("Swap"), "swap") if behind else (_("Take back"), "play-fill")
        back = KeyButton(f"take_back_{name}", words, "Shift+F5" if keyed else "", icon, "")
        back.clicked.connect(lambda: self.taken_back.emit(self._call_id))
        return [back]

    def show_view(self, view: StripView, line: LineTag | None) -> None:
        self._state.setText(view.state)
        self._who.setText(view.who)
        self._detail.setText(view.detail)
        self._line.show_line(line)
        self.setAccessibleName(f"{view.state}: {view.who}")

    def show_timing(self, timing: Timing) -> None:
        self._time.setText(timing.time)
        self._note.setText(timing.note)
        kind = "late" if timing.late else "ringing" if self._rings else "held"
        if kind == self._kind:
            return
        self._kind = kind
        theme.mark(self, f"strip-{kind}")
        ink = {"late": "on_danger_soft", "ringing": "on_go_soft", "held": "on_warn_soft"}[kind]
        self._picture.show_icon("phone-incoming-fill" if self._rings else "pause-fill", ink)
        for label in (self._state, self._time, self._who, self._detail, self._note):
            theme.repolish(label)
