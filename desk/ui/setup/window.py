"""The window before the first start: a PC without settings becomes a seat, by a code from IT or standing alone, with
the keyboard alone. It stands before the seat's own processes, which read settings once; when it is done they start.

Ui process of its own, main thread; what takes long runs on a worker."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.application import application
from desk.ui.key_button import KeyButton
from desk.ui.setup.pages import AlonePage, CodePage
from desk.ui.setup.parts import Alone, SetupParts, is_of_place, wrong
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.worker import Worker

_SMALLEST = QSize(620, 660)
_LANE = "setup"


class SetupWindow(QFrame):
    """`over(is_set_up)`: the seat can be started, or the person has given up. `language_wanted(language)`."""

    over = Signal(bool)
    language_wanted = Signal(str)
    _told = Signal(str)

    def __init__(self, parts: SetupParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("setup_window")
        self.setWindowTitle(_("Desk"))
        self.setMinimumSize(_SMALLEST)
        self._parts, self._is_set_up, self._is_left = parts, False, False
        self.worker = Worker(self._bug, self)
        self.bug: Exception | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self._pages = QStackedWidget()
        self.code, self.alone = CodePage(parts.source, only=parts.needs_code), AlonePage(parts.language)
        for page in (self.code, self.alone):
            self._pages.addWidget(page)
        column.addWidget(self._pages, 1)
        row = QHBoxLayout()
        other = "en" if parts.language == "zh_CN" else "zh_CN"
        self._language = KeyButton("setup_language", "English" if other == "en" else "中文", "F4", "translate", "quiet")
        self._close = KeyButton("setup_close", _("Close"), "Esc", "x", "quiet")
        row.addWidget(self._language)
        row.addStretch(1)
        row.addWidget(self._close)
        column.addLayout(row)
        self._language.clicked.connect(lambda: self.language_wanted.emit(other))
        self._close.clicked.connect(self.close)
        self.code.other.connect(lambda: self._show(self.alone))
        self.alone.other.connect(lambda: self._show(self.code))
        self.code.wanted.connect(self._enrol)
        self.code.done.connect(self._leave)
        self.alone.wanted.connect(self._stand_alone)
        self._told.connect(lambda words: self.code.say(words, role="muted"))
        self.worker.run(parts.devices, self.alone.offer, lambda _error: None, lane="devices", owner=self)
        self._show(self.code)
        if parts.why:
            self.code.say(parts.why)

    def _show(self, page: CodePage | AlonePage) -> None:
        self._pages.setCurrentWidget(page)
        page.focus_first()

    def _enrol(self, code: str, place: str) -> None:
        def done(lines: object) -> None:
            assert isinstance(lines, list | tuple)  # noqa: S101 - what `SetupParts.enrol` returns
            self._is_set_up = True
            self._language.hide()
            self._close.hide()
            self.code.working(on=False)
            self.code.finish(lines)
            step("set_up", by="code")

        def failed(error: Exception) -> None:
            self.code.working(on=False)
            self._tell(error, lambda sentence: self.code.say(sentence, of_place=is_of_place(error)))

        self.code.working(on=True)
        self._language.setEnabled(False)
        self.worker.run(lambda: self._parts.enrol(code, place, self._told.emit), done, failed, lane=_LANE, owner=self)

    def _stand_alone(self, alone: Alone) -> None:
        def done(_none: None) -> None:
            self._is_set_up = True
            step("set_up", by="alone")
            self._leave()

        def failed(error: Exception) -> None:
            self.alone.working(on=False)
            self._tell(error, self.alone.say)

        self.alone.working(on=True)
        self.worker.run(lambda: self._parts.stand_alone(alone), done, failed, lane=_LANE, owner=self)

    def _tell(self, error: Exception, say: Callable[[str], None]) -> None:
        self._language.setEnabled(True)
        sentence = wrong(error)
        if sentence is None:
            self._bug(error)
            return
        say(sentence)
        step("setup_refused", fault=type(error).__name__)

    def _bug(self, error: Exception) -> None:
        """Is raised where the window was opened."""
        self.bug = error
        self._leave()

    def _leave(self) -> None:
        if not self._is_left:
            self._is_left = True
            self.over.emit(self._is_set_up)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self._leave()


def run_setup(parts: SetupParts) -> bool:
    """Until this PC is set up (True) or the person gives up. Raises what is a bug."""
    app = application(_SMALLEST)
    theme.apply(app, "system")
    return _show_until_over(app, parts)


def _show_until_over(app: QApplication, parts: SetupParts) -> bool:
    outcome: list[bool | str] = []
    while True:
        window = SetupWindow(parts)
        window.over.connect(outcome.append)
        window.language_wanted.connect(outcome.append)
        window.over.connect(lambda _over: app.exit())
        window.language_wanted.connect(lambda _language: app.exit())
        window.show()
        window.activateWindow()
        app.exec()
        window.worker.close()
        window.hide()
        if window.bug is not None:
            raise window.bug
        match outcome[-1] if outcome else False:
            case "zh_CN" | "en" as language:
                parts.speak(language)
                parts = replace(parts, language=language)
            case result:
                return result is True
