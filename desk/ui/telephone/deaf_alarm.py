"""A line by which no calls arrive is told by a sound as well, because nobody looks at a lamp while nothing rings: once
when it has been deaf for some seconds, then every minute, never while a call is talked on. So is a telephone part that
is away, with which every line is. Which line it is and why stands in the window. Ui process, Qt's thread."""

from datetime import datetime

from PySide6.QtCore import QObject, QTimer

from desk.domain.calls import RUNNING
from desk.domain.events import LineStatus
from desk.domain.troubles import Trouble
from desk.ui.beside.reminders import Chime
from desk.ui.hub import Hub
from desk.ui.steps import step

SOUND = "deaf"
FIRST_S = 5.0  # a registration that is refreshed or a phone that restarts is not worth a sound
EVERY_S = 60.0
_LOOK_MS = 1000


class DeafAlarm(QObject):
    def __init__(self, hub: Hub, chime: Chime, parent: QObject) -> None:
        super().__init__(parent)
        self._hub, self._chime = hub, chime
        self._told_at: datetime | None = None
        timer = QTimer(self, interval=_LOOK_MS)
        timer.timeout.connect(self.look)
        timer.start()

    def look(self) -> None:
        """Play the sound where it is due."""
        state, now = self._hub.state, self._hub.clock()
        away = state.wrongs.get(Trouble.PHONE_AWAY)
        since = [line.since for line in state.lines.values() if line.status is LineStatus.DEAF]
        since = [away.since] if away is not None else since  # what is known of lines is from before
        if not since:
            self._told_at = None
            return
        if (now - min(since)).total_seconds() < FIRST_S:
            return
        if away is None and any(call.phase in RUNNING for call in state.calls.values()):
            return
        if self._told_at is None or (now - self._told_at).total_seconds() >= EVERY_S:
            self._told_at = now
            step("deaf_told", lines=len(since))
            headset = state.headset
            self._chime(SOUND, headset.ring_in_use or headset.ring_device, headset.ring_db)
