"""The lines that open below the actions: which sound is to be exported, why a recording is to be kept, how far it is.
Ui process, Qt's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QProgressBar, QWidget

from desk.domain.evidence import SoundForm, SoundOrder
from desk.i18n import _
from desk.ui import theme
from desk.ui.key_button import KeyButton
from desk.ui.replay import action_words
from desk.ui.theme import Space
from desk.usecases.legal_hold import MOST_REASON


class _Strip(QFrame):
    """Esc closes it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        theme.mark(self, "card")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        self._row.setSpacing(Space.S)
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
        event.accept()  # what is typed here is nobody else's


class ExportStrip(_Strip):
    """`wanted(SoundOrder)`."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__("export_strip")
        self._form = QComboBox()
        self._form.setObjectName("export_form")
        self._form.setAccessibleName(_("Export as"))
        for form in SoundForm:
            self._form.addItem(action_words.form(form), form.value)
        self._mixed = QCheckBox(_("Both sides in one channel"))
        go = KeyButton("export_go", _("Choose a file"), "Ctrl+Return", "export", "primary")
        go.clicked.connect(self._go)
        self._row.addWidget(self._form)
        self._row.addWidget(self._mixed)
        self._row.addStretch(1)
        self._row.addWidget(go)

    def open(self) -> None:
        self.show()
        self._form.setFocus()

    def _go(self) -> None:
        form = SoundForm(str(self._form.currentData()))
        self.wanted.emit(SoundOrder(form, self._mixed.isChecked()))


class HoldStrip(_Strip):
    """`wanted(reason)`: never empty."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__("hold_strip")
        self.reason = QLineEdit()
        self.reason.setObjectName("hold_reason")
        self.reason.setMaxLength(MOST_REASON)
        self.reason.returnPressed.connect(self._go)
        self._key = KeyButton("hold_go", "", "Enter", "lock-simple", "primary", listens=False)
        self._key.clicked.connect(self._go)
        self._row.addWidget(self.reason, 1)
        self._row.addWidget(self._key)

    def show_way(self, *, lift: bool) -> None:
        asked = (
            _("Why may it be deleted by the rules again?") if lift else _("Why must it be kept? (a case, a dispute)")
        )
        self.reason.setPlaceholderText(asked)
        self.reason.setAccessibleName(asked)
        self._key.say(_("Lift") if lift else _("Keep"), "lock-simple-open" if lift else "lock-simple")

    def open(self) -> None:
        self.reason.clear()
        self.show()
        self.reason.setFocus()

    def _go(self) -> None:
        if self.reason.text().strip():
            self.wanted.emit(self.reason.text().strip())


class ProgressStrip(QFrame):
    """What goes on, or what came of it. `stop_wanted()`, `undo_wanted()`."""

    stop_wanted = Signal()
    undo_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("replay_progress")
        self._words = QLabel()
        self._words.setObjectName("replay_says")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._stop = KeyButton("replay_stop", _("Stop"), "Ctrl+.", "x", "quiet")
        self._undo = KeyButton("replay_undo", _("Undo"), "Ctrl+Shift+Z", "arrow-u-up-left", "quiet")
        self._stop.clicked.connect(lambda: self.stop_wanted.emit())
        self._undo.clicked.connect(lambda: self.undo_wanted.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.S, 0, Space.S, 0)
        row.setSpacing(Space.S)
        row.addWidget(self._words, 2)
        row.addWidget(self._bar, 1)
        row.addWidget(self._undo)
        row.addWidget(self._stop)
        self.hide()

    @property
    def text(self) -> str:
        return self._words.text()

    def begin(self, words: str) -> None:
        self.say(words, "caption", goes_on=True)
        self._bar.setValue(0)

    def show_share(self, share: float) -> None:
        self._bar.setValue(round(share * 1000))

    def say(self, words: str, role: str, *, undo: bool = False, goes_on: bool = False) -> None:
        theme.mark(self._words, role)
        self._words.setText(words)
        self._bar.setVisible(goes_on)
        self._stop.setVisible(goes_on)
        self._undo.setVisible(undo)
        self.setVisible(bool(words))
