"""The lamp of the lists of residents that come in by a folder: the last one was not taken, so that the register grows
old. Not there while all is well, and at no seat without such a folder. Ui process, Qt's thread."""

from collections.abc import Mapping

from desk.domain.troubles import Trouble, Wrong
from desk.i18n import _
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView


def view(wrongs: Mapping[Trouble, Wrong]) -> LampView | None:
    """None: there is nothing to tell."""
    wrong = wrongs.get(Trouble.LIST_REFUSED)
    return LampView("warn", _("Residents' list not taken"), wrong.detail) if wrong is not None else None


class ListsLamp(Lamp):
    def __init__(self, hub: Hub) -> None:
        super().__init__("lamp_lists", _("Lists of residents"), "users")
        self._hub = hub
        hub.troubles_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        found = view(self._hub.state.wrongs)
        if found is not None:
            self.show_view(found)
        self.setVisible(found is not None)
