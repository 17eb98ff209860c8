"""The lamp of the company's own rules: a file that could not be used and was left out, a year that the calendar does
not know. Not there while there is nothing to tell. Ui process, Qt's thread."""

from collections.abc import Callable, Sequence

from desk.i18n import _, ngettext
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView
from desk.ui.worker import LAMPS_LANE


def view(troubles: Sequence[str]) -> LampView | None:
    """None: all is as it should be."""
    if not troubles:
        return None
    words = ngettext("{n} remark on the rules", "{n} remarks on the rules", len(troubles)).format(n=len(troubles))
    return LampView("warn", words, "\n".join(troubles))


class PolicyLamp(Lamp):
    """`troubles` (`compose.policies.Policies.troubles`) runs on the worker: at start, and whenever somebody signs in,
    because what the calendar knows depends on the day."""

    def __init__(self, hub: Hub, troubles: Callable[[], Sequence[str]]) -> None:
        super().__init__("lamp_policies", _("Rules"), "clipboard-text")
        self._hub, self._troubles = hub, troubles
        hub.agent_changed.connect(self.look)
        self._show(())

    def look(self) -> None:
        self._hub.worker.latest("policy-troubles", self._troubles, self._show, lane=LAMPS_LANE, owner=self)

    def _show(self, troubles: Sequence[str]) -> None:
        found = view(troubles)
        if found is not None:
            self.show_view(found)
            self.setAccessibleDescription(found.hint)
        self.setVisible(found is not None)
