"""What the ui process has beside its window while it runs: the launcher's request to end, Qt's own words, keys that
work while another program is in front, and errors that nobody expected. Ui process, Qt's thread."""

import logging
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QLibraryInfo, QObject, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from desk.ui.hub import Hub
from desk.ui.main_window import MainWindow
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
