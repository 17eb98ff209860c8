"""The ui process: it builds the window from what `desk.compose` hands in, runs Qt's loop, and ends with an exit code.

Start: the window is shown as soon as it can be drawn; the agent of the settings (after an update: whoever sat here, or
nobody) is signed in by the worker, with their drafts, and what the searches need is read beside it. End: whatever waits
to be saved is saved first. Qt's thread never touches the store, the network or a disk; how long its loop was ever stuck
is watched (`StallWatch`).

Exit code 0: the agent closed the window, or the launcher asked for the end; `AGAIN`: the seat store is to be repaired
before the next window. Anything else is a crash."""

import logging
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desk.ui import theme
from desk.ui.application import application
from desk.ui.build import Built, build_window
from desk.ui.collector import Collector
from desk.ui.hub import Hub
from desk.ui.parts import UiParts
from desk.ui.running import Ender, RepairWish, global_keys_of, qt_words, tell_bugs
from desk.ui.seat_state import Detached
from desk.ui.stall_watch import StallWatch
from desk.ui.steps import mark, open_marks, step

BEAT_MS = 1000
PHONE_EXPECTED_MS = 4000  # by then the phone has published its snapshot, or it is told as away
LAST_SAVES_S = 5.0
WARM_AFTER_MS = 500  # until whoever signs in is seated: what is read ahead would take its turns from them
SWITCH_INTERVAL_S = 0.001  # a busy worker thread gives the interpreter back to Qt's within a millisecond
_log = logging.getLogger("desk.ui")


def run_ui(parts: UiParts) -> int:
    """Run the window until it is closed. Called on the process's main thread; returns the exit code."""
    open_marks()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = application()
    collector = Collector(app)
    translator = qt_words(app, parts.settings.seat.language)
    built = theme.dressed(app, parts.settings.seat.theme, lambda: build_window(parts))
    window, hub = built.window, built.hub
    tell_bugs(hub)
    stalls = StallWatch(window)
    keys = global_keys_of(app, window, parts.settings.phone.global_keys)
    beat = QTimer(window, interval=BEAT_MS)
    beat.timeout.connect(parts.beat)

    def warmed() -> None:
        collector.settle()
        mark("warmed")

    def warm() -> None:
        hub.worker.run(parts.warm, lambda _none: warmed(), lane="warm")
        if keys is not None:
            hub.worker.run(lambda: None, lambda _none: keys.start(), lane="warm")  # behind it, also where it failed

    def painted() -> None:
        step("window_ready")
        stalls.start()

    def shown() -> None:
        parts.ready()
        beat.start()
        parts.subscribe(hub.receive)
        if not hub.is_guarded:
            built.wiring.begin(parts.left)
        QTimer.singleShot(WARM_AFTER_MS, window, warm)
        QTimer.singleShot(PHONE_EXPECTED_MS, window, lambda: _expect_phone(hub))

    window.first_shown.connect(shown)
    window.first_painted.connect(painted)
    window.closed.connect(lambda: _finish(app, built))
    repair = RepairWish(hub, window)
    ender = Ender(parts.stop_requested)
    ender.wanted.connect(window.close_unasked)
    window.showMaximized()
    code = app.exec()
    if keys is not None:
        keys.stop()
    stalls.stop()
    app.removeTranslator(translator)
    step("window_closed")
    return code or repair.code


def _finish(app: QApplication, built: Built) -> None:
    """The window is closed: everything typed and chosen is on disk before the process ends, or the agent has agreed
    that it is lost."""
    worker = built.hub.worker
    built.ties.write_now()
    built.window.panels.middle.form.hold_back()
    built.window.hide()
    if not worker.drain(LAST_SAVES_S):
        _log.error("the last saves did not finish in time")
    app.sendPostedEvents(worker)  # what became of them
    if built.window.comes_back():
        return
    if built.hub.unfinished.is_unsaved:
        _log.error("something typed is not on disk")
    worker.close(LAST_SAVES_S)
    app.exit(0)


def _expect_phone(hub: Hub) -> None:
    if not hub.state.phone_here:
        hub.receive(Detached("phone"))
