"""The audible reminders: twice a second it is looked whether one is due, and then a short sound is played on the device
that rings, never into the call. What is due when is in `reminders_presenter`; what it means stands in the call bar.

Ui process, Qt's thread; the sound is played by a thread of the chime's own."""

from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from desk.domain.calls import RUNNING
from desk.settings import PhoneSettings
from desk.ui.beside.reminders_presenter import Due, Reminder, Reminders
from desk.ui.hub import Hub
from desk.ui.steps import step

EVERY_MS = 500
QUIET_DB = -12.0


class Chime(Protocol):
    """Plays one short shipped sound ("held", "rings") on the device of this name ("" = the system's default). Returns
    at once; while one plays another one is left out. Never raises."""

    def __call__(self, sound: str, device: str, gain_db: float) -> None: ...


def no_chime(sound: str, device: str, gain_db: float) -> None:
    """A seat without sound."""


class ReminderBell(QObject):
    """Owns no widget: lives as long as the window."""

    def __init__(self, hub: Hub, settings: PhoneSettings, chime: Chime, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._chime = hub, chime
        self._reminders = Reminders(settings.hold_too_long_s, settings.ring_too_long_s)
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        hub.calls_changed.connect(self._calls_changed)

    def _calls_changed(self) -> None:
        runs = any(call.phase in RUNNING for call in self._hub.state.calls.values())
        if runs and not self._timer.isActive():
            self._timer.start()

    def look(self) -> None:
        """Play what is due."""
        calls = self._hub.state.calls.values()
        due = self._reminders.due(calls, self._hub.clock())
        if due is not None:
            self._ring(due)
        elif not any(call.phase in RUNNING for call in calls):
            self._timer.stop()

    def _ring(self, due: Due) -> None:
        headset = self._hub.state.headset
        step("reminded", reminder=due.reminder.value, call_id=due.call_id)
        gain_db = headset.ring_db + (QUIET_DB if due.quiet else 0.0)
        sound = Reminder.HELD if due.reminder is Reminder.PAUSED else due.reminder  # something waits for the agent
        self._chime(sound.value, headset.ring_in_use or headset.ring_device, gain_db)
