"""Qt's application, made once in a process, at a scale at which Desk's windows have room on the screen.

The system's scale stands wherever the window has room beside the panels of the desktop. Where it has not (1366x768 at
200 % is 683x384 to a window), parts of it would lie off the screen, and with them a button that somebody needs while a
call rings; there Desk takes the largest scale at which it has. Qt knows the screens only once the application stands,
and reads `QT_SCALE_FACTOR` only while it is made: there it is made twice, and a screen with room never pays for it.
Nothing is remembered: the next start looks at the screen that is there then.

Surprising choice: one factor for all screens, though Qt knows one for each (`QT_SCREEN_SCALE_FACTORS`): Qt 6 passes
over those where all of them are 1, which is 1366x768 at 200 % itself.

Ui process, main thread."""

import logging
import math
import os

from PySide6.QtCore import QSize
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

# What the seat's window takes at least so that nothing in it is cut, in device independent pixels. An agent may make
# it smaller by hand.
ROOM = QSize(1366, 640)
TITLE_BAR = 32  # it stands only once the window does: as high as under Windows and the usual desktops, by their scale
_SCALE = "QT_SCALE_FACTOR"  # on top of what the system says
_log = logging.getLogger("desk.ui")


def application(room: QSize = ROOM) -> QApplication:
    """The process's application, made where there is none, so that a window of size `room` fits the screen it
    opens on: no QObject may stand before it. One that stands keeps its scale."""
    app = QApplication.instance() or _made(room)
    assert isinstance(app, QApplication)  # noqa: S101 - nobody makes another kind in this process
    app.setApplicationName("Desk")
    app.setDesktopFileName("desk")
    return app


def scale_for(available: QSize, scale: float, room: QSize) -> float:
    """The scale, in whole percents, at which a window of size `room` and its title bar fit what is `available` at
    `scale`; `scale` itself where they do, and where no screen is known."""
    height = available.height() - TITLE_BAR
    if available.width() <= 0 or height <= 0:
        return scale
    fit = min(available.width() / room.width(), height / room.height())
    return scale if fit >= 1 else math.floor(scale * fit * 100) / 100


def _made(room: QSize) -> QApplication:
    app = QApplication(["desk"])
    screen = app.screenAt(QCursor.pos()) or app.primaryScreen()  # where Qt puts a first window
    available, scale = screen.availableGeometry().size(), screen.devicePixelRatio()
    taken = scale_for(available, scale, room)
    if taken == scale:
        return app
    del screen
    app.shutdown()
    del app
    app = _made_at(taken / scale)
    sizes = {"width": available.width(), "height": available.height()}
    _log.info("the screen has no room for the window at its scale", extra=sizes | {"scale": scale, "taken": taken})
    return app


def _made_at(times: float) -> QApplication:
    """At this many times the scale that it would have."""
    before = os.environ.get(_SCALE)
    os.environ[_SCALE] = f"{_factor(before) * times:.6f}"
    try:
        return QApplication(["desk"])
    finally:  # programs that this process starts have windows of their own
        if before is None:
            del os.environ[_SCALE]
        else:
            os.environ[_SCALE] = before


def _factor(said: str | None) -> float:
    """What Qt makes of the variable: what is no positive number counts as nothing."""
    try:
        factor = float(said or 1)
    except ValueError:
        return 1.0
    return factor if 0 < factor < math.inf else 1.0
