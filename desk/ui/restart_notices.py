"""What the agent is told when a part of Desk has died: just now, or in an earlier run, whose crash files are shown once
at the next start. When it was, what is still here, how often, and where the details lie for IT.

Several are one message with their number: each file is marked as shown, so none may be pushed out unseen by the next.
Ui process, Qt's thread; files are moved by the worker."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import PurePath
from typing import Protocol

from PySide6.QtCore import QObject

from desk import wire
from desk.i18n import _
from desk.ui.hub import Hub
from desk.ui.rows_presenter import short_time
from desk.ui.steps import step


class Tell(Protocol):
    """As `TroubleLine.tell`."""

    def __call__(self, message: str, more: str = "", *, stays: bool = False, about: str = "") -> None: ...


class RestartNotices(QObject):
    """`shown(file)`: this crash file is being shown; where it lies from now on. Runs on the worker."""

    def __init__(
        self,
        hub: Hub,
        shown: Callable[[str], str],
        tell: Tell,
        clock: Callable[[], datetime],
        zone: tzinfo,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._hub, self._shown, self._tell, self._clock, self._zone = hub, shown, tell, clock, zone
        self._times: dict[str, int] = {}  # what about -> how often
        hub.restarted.connect(self._restarted)

    def _restarted(self, restarted: wire.Restarted) -> None:
        file = restarted.crash_file
        step("restart_told", restarted=restarted.role)
        of_earlier_run = bool(file) and restarted.exit_code == 0
        about = f"earlier {restarted.role}" if of_earlier_run else restarted.role
        said = earlier_words(restarted.role) if of_earlier_run else words(restarted.role)
        if not file:
            self._say(about, restarted.at, said, "")
            return
        self._hub.worker.run(
            lambda: self._shown(file),
            lambda lies: self._say(about, restarted.at, said, lies),
            lambda error: self._not_moved(error, about, restarted, said),
            owner=self,
        )

    def _not_moved(self, error: Exception, about: str, restarted: wire.Restarted, said: str) -> None:
        """It will be shown again at the next start."""
        self._say(about, restarted.at, said, restarted.crash_file)
        self._hub.failed(error)

    def _say(self, about: str, at: datetime | None, said: str, lies: str) -> None:
        self._times[about] = times = self._times.get(about, 0) + 1
        when = short_time(at or self._clock(), self._clock(), self._zone)
        message = _("{time}: {what}").format(time=when, what=said)
        if times > 1:
            message = _("{n} times, last {time}: {what}").format(n=times, time=when, what=said)
        place = str(PurePath(lies).parent) if lies and times > 1 else lies
        more = _("For IT: {file}").format(file=place) if place else ""
        self._tell(message, more, stays=True, about=f"restart {about}")


def words(role: str) -> str:
    """What was started again just now."""
    said = {
        "ui": _("The window was restarted. What you typed is still here."),
        "phone": _("The telephone part was restarted."),
        "sync": _("The background service was restarted."),
    }
    return said.get(role, said["ui"])


def earlier_words(role: str) -> str:
    """What an earlier run died of."""
    said = {
        "ui": _("The window ended by a fault in an earlier run. What was typed is in the drafts."),
        "phone": _("The telephone part ended by a fault in an earlier run."),
        "sync": _("The background service ended by a fault in an earlier run."),
        "launcher": _("Desk as a whole ended by a fault in an earlier run. What was typed is in the drafts."),
    }
    return said.get(role, said["ui"])
