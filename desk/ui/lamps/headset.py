"""The headset's lamp, with the microphone's live level: an agent sees that the far end can hear them before anybody
asks. Ui process, Qt's thread."""

from collections.abc import Collection

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desk.domain.events import HeadsetState
from desk.domain.troubles import Trouble
from desk.i18n import _
from desk.ui import theme
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView

QUIET_DBFS = -60.0
_LOUD_DBFS = -3.0
_BARS = 8


def view(headset: HeadsetState, wrongs: Collection[Trouble]) -> LampView:
    chosen = headset.microphone or next((d.name for d in headset.microphones if d.is_default), "")
    if not headset.present and headset.microphone_in_use and headset.earpiece_in_use:
        return LampView("warn", _("Another headset"), headset.earpiece_in_use)
    if Trouble.HEADSET_VANISHED in wrongs or not headset.present:
        return LampView("bad", _("Headset unplugged"), chosen)
    if Trouble.NO_MICROPHONE in wrongs:
        return LampView("bad", _("No microphone"), chosen)
    if Trouble.NO_EARPIECE in wrongs:
        return LampView("bad", _("No earpiece"), headset.earpiece)
    return LampView("ok", _("Headset"), chosen or _("the system's default"))


def share(dbfs: float) -> float:
    """A level as a share of the meter, 0 to 1, even steps per decibel."""
    return min(1.0, max(0.0, (dbfs - QUIET_DBFS) / -QUIET_DBFS))


class LevelMeter(QWidget):
    """A level in dBFS as a row of bars."""

    def __init__(self, name: str, words: str, width: int = 64) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setToolTip(words)
        self._lit = 0
        self._hot = False
        self.setFixedSize(QSize(width, 12))

    def show_level(self, dbfs: float) -> None:
        lit, hot = round(share(dbfs) * _BARS), dbfs > _LOUD_DBFS
        if (lit, hot) != (self._lit, self._hot):
            self._lit, self._hot = lit, hot
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        palette = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        step = self.width() / _BARS
        for index in range(_BARS):
            ink = (palette.danger if self._hot else palette.go) if index < self._lit else palette.line
            painter.setBrush(QColor(ink))
            painter.drawRoundedRect(QRectF(index * step, 1, step - 2, self.height() - 2), 1.5, 1.5)


class HeadsetLamp(Lamp):
    def __init__(self, hub: Hub) -> None:
        super().__init__("lamp_headset", _("Headset"), "headset")
        self._hub = hub
        self.meter = LevelMeter("microphone_level", _("Microphone level"))
        self.row.addWidget(self.meter, 0, Qt.AlignmentFlag.AlignVCenter)
        hub.headset_changed.connect(self.refresh)
        hub.troubles_changed.connect(self.refresh)
        hub.levels_measured.connect(self._show_level)
        self.refresh()

    def refresh(self) -> None:
        self.show_view(view(self._hub.state.headset, self._hub.state.wrongs))

    def _show_level(self) -> None:
        levels = self._hub.state.levels
        self.meter.show_level(levels.microphone_dbfs if levels else -100.0)
