"""The time, because every promise to a resident has one. Ui process, Qt's thread."""

from datetime import datetime, tzinfo

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel

from desk.i18n import _
from desk.ui.hub import Hub

_TICK_MS = 1000


def text(now: datetime, zone: tzinfo) -> str:
    """ "11-21 周六 14:30"."""
    local = now.astimezone(zone)
    days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return f"{local:%m-%d} {days[local.weekday()]} {local:%H:%M}"


class ClockLamp(QLabel):
    def __init__(self, hub: Hub, zone: tzinfo) -> None:
        super().__init__()
        self.setObjectName("lamp_clock")
        self._hub, self._zone = hub, zone
        timer = QTimer(self, interval=_TICK_MS)
        timer.timeout.connect(self.refresh)
        timer.start()
        self.refresh()

    def refresh(self) -> None:
        now = text(self._hub.clock(), self._zone)
        if now != self.text():
            self.setText(now)
            self.setAccessibleName(now)
