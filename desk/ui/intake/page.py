"""The form's sheet: head, strip, fields, foot and their keys, laid out; nothing of what they do. Where the window is
too low for all fields they scroll, and the one that has the keyboard is in view. Ui process, Qt's thread."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.intake.fields import Fields
from desk.ui.intake.read_back_bar import ReadBackBar
from desk.ui.intake.strip import Strip
from desk.ui.key_button import KeyButton
from desk.ui.suggest_box import Search
from desk.ui.text_line import TextLine
from desk.ui.theme import Space

LEAST_HEIGHT = 96  # two fields and what is said of them


class _Sheet(QScrollArea):
    def __init__(self, fields: Fields) -> None:
        super().__init__()
        self._fields = fields
        self.setWidget(fields)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._bring_in_view)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._fields.minimumSizeHint().width(), LEAST_HEIGHT)

    def sizeHint(self) -> QSize:
        return self._fields.sizeHint()

    def _bring_in_view(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self._fields.isAncestorOf(new):
            self.ensureWidgetVisible(new, 0, Space.XL)


class Page(QFrame):
    def __init__(self, search_category: Search, search_place: Search, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("intake_form")
        self.strip = Strip()
        self.title = TextLine(_("New ticket"), "title")
        self.title.setObjectName("intake_title")
        self.state = QLabel()
        self.state.setObjectName("intake_state")
        self.undo_button = KeyButton("undo", _("Undo"), "Alt+Z", "arrow-counter-clockwise", "quiet")
        self.clear_button = KeyButton("clear", _("Clear"), "Ctrl+L", "eraser", "quiet")
        self.fields = Fields(search_category, search_place)
        self.file_button = KeyButton("file", _("File"), "Ctrl+Return", "check", "primary")
        self.at_once_button = KeyButton("answered_at_once", _("Answered"), "Ctrl+Shift+Return", "chat-circle-text")
        self.aside_button = KeyButton("set_aside", _("Set aside"), "Ctrl+D", "tray")
        self.read_back = ReadBackBar()
        self.redo_key = QShortcut(QKeySequence("Alt+Y"), self)
        self.raise_key = QShortcut(QKeySequence("Alt+Up"), self)
        self.lower_key = QShortcut(QKeySequence("Alt+Down"), self)
        for key, button in (("Ctrl+Enter", self.file_button), ("Ctrl+Shift+Enter", self.at_once_button)):
            QShortcut(QKeySequence(key), self, button.click)  # the keypad's
        for button in (self.undo_button, self.clear_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # by their keys or the mouse; not in the way of Tab
        self._lay_out()

    def say_whose(self, caller: str) -> None:
        """On top: whose call the form takes down, "" without one."""
        self.title.setText(_("New ticket · {caller}").format(caller=caller) if caller else _("New ticket"))

    def say_state(self, text: str, role: str) -> None:
        """Beside the title: whether what is typed is on disk."""
        self.state.setText(text)
        theme.mark(self.state, role)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.title)
        head.addWidget(self.state, 1)
        head.addWidget(self.undo_button)
        head.addWidget(self.clear_button)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.file_button)
        foot.addWidget(self.at_once_button)
        foot.addStretch()
        foot.addWidget(self.aside_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        layout.setSpacing(Space.S)
        layout.addWidget(self.strip)
        layout.addLayout(head)
        layout.addWidget(_Sheet(self.fields), 1)
        layout.addWidget(self.read_back)
        layout.addLayout(foot)
