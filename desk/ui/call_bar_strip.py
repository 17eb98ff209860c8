"""A second call, as a slim strip under the bar: who it is, and the two things that can be done with it. A call that
waits behind a talk, or one that is on hold behind another.

Ui process, Qt's thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desk.domain.calls import Call, Phase
from desk.domain.identity import CallId
from desk.i18n import _
from desk.ui import theme
from desk.ui.call_bar_presenter import StripView
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.text_line import TextLine
from desk.ui.theme import Space


class CallStrip(QFrame):
    """`keyed` False: a third or fourth call, whose buttons have no keys of their own."""

    answered = Signal(str)
    rejected = Signal(str)
    taken_back = Signal(str)

    def __init__(self, call: Call, *, keyed: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"strip_{call.call_id}")
        self._call_id: CallId = call.call_id
        rings = call.phase is Phase.RINGING
        theme.mark(self, "strip-ringing" if rings else "strip-held")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.XS, Space.L, Space.XS)
        row.setSpacing(Space.M)
        picture = Picture("phone-incoming-fill", "on_go_soft") if rings else Picture("pause-fill", "on_warn_soft")
        self._state, self._time = QLabel(), QLabel()
        self._who, self._detail = QLabel(), TextLine()
        self._who.setProperty("role", "strong")
        self._time.setMinimumWidth(44)
        for widget in (picture, self._state, self._time, self._who):
            row.addWidget(widget)
        row.addWidget(self._detail, 1)
        if rings:
            answer = KeyButton(
                f"answer_{call.call_id}", _("Answer"), "F2" if keyed else "", "phone-fill", "go", listens=False
            )
            answer.clicked.connect(lambda: self.answered.emit(self._call_id))
            reject = KeyButton(f"reject_{call.call_id}", _("Reject"), "Shift+F3" if keyed else "", "phone-x", "")
            reject.clicked.connect(lambda: self.rejected.emit(self._call_id))
            row.addWidget(answer)
            row.addWidget(reject)
        else:
            back = KeyButton(f"take_back_{call.call_id}", _("Take back"), "Shift+F5" if keyed else "", "play-fill", "")
            back.clicked.connect(lambda: self.taken_back.emit(self._call_id))
            row.addWidget(back)

    def show_view(self, view: StripView, elapsed: str) -> None:
        self._state.setText(view.state)
        self._who.setText(view.who)
        self._detail.setText(view.detail)
        self._time.setText(elapsed)
        self.setAccessibleName(f"{view.state}: {view.who}")
