"""What the ui process has beside its window while it runs: the launcher's request to end, the repair that wants another
window, Qt's own words, keys that work while another program is in front, and errors that nobody expected. Ui process,
Qt's thread."""

import logging
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QLibraryInfo, QObject, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from desk import exit_codes
from desk.ui.hub import Hub
from desk.ui.main_window import MainWindow
from desk.ui.steps import step
from desk.ui.telephone.global_keys import GlobalKey, GlobalKeys, holder_of_this_system

_log = logging.getLogger("desk.ui")


class Ender(QObject):
    """Brings the launcher's request to end onto Qt's thread."""

    wanted = Signal()

    def __init__(self, stop_requested: threading.Event) -> None:
        super().__init__()
        self._stop = stop_requested
        threading.Thread(target=self._wait, name="ui-ender", daemon=True).start()

    def _wait(self) -> None:
        self._stop.wait()
        self.wanted.emit()


class RepairWish(QObject):
    """Sync has let go of the damaged seat store: this window ends, and the next one repairs it (`code`, the process's
    exit code, says so). An agent who stays over text that is not on disk is asked no more until it is there."""

    def __init__(self, hub: Hub, window: MainWindow) -> None:
        super().__init__(window)
        self._hub, self._window = hub, window
        self.code = exit_codes.OK
        self._has_asked = False
        hub.troubles_changed.connect(self._look)
        hub.unfinished.unsaved_changed.connect(self._saved)
        window.stayed.connect(self._stay)

    def _look(self) -> None:
        if self._hub.state.store_care.restart and not self._has_asked:
            self._has_asked, self.code = True, exit_codes.AGAIN
            step("coming_again")
            self._window.close_unless_lost()

    def _stay(self) -> None:
        """Whoever closes the window later wants the seat closed."""
        self.code = exit_codes.OK

    def _saved(self) -> None:
        if self.code == exit_codes.OK and not self._hub.unfinished.is_unsaved and self._window.isVisible():
            self._has_asked = False
            self._look()


def global_keys_of(app: QApplication, window: MainWindow, wanted: bool) -> GlobalKeys | None:
    holder = holder_of_this_system(app.platformName()) if wanted else None
    bar = window.panels.call_bar
    buttons = {GlobalKey.ANSWER: bar.answer, GlobalKey.HANG_UP: bar.hang_up, GlobalKey.MUTE: bar.mute}
    return GlobalKeys(holder, buttons, window.panels.trouble_line.tell, window) if holder is not None else None


def qt_words(app: QApplication, language: str) -> QTranslator:
    """Qt's own words (the context menu of a field) in the agent's language."""
    translator = QTranslator(app)
    if translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
    return translator


def tell_bugs(hub: Hub) -> None:
    """An exception that reaches Qt's loop is logged, kept by whoever listened before, and told in the window."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _log.critical("unhandled error", exc_info=(kind, error, trace))
        before(kind, error, trace)
        hub.bug_seen.emit(kind.__name__)

    sys.excepthook = hook
