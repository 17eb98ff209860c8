"""The seat store's lamp: whether what is typed and filed is kept. Ui process, Qt's thread."""

from collections.abc import Mapping

from desk.domain.troubles import Trouble, Wrong
from desk.i18n import _
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView

_OURS = (Trouble.STORE_BROKEN, Trouble.STORE_FULL, Trouble.STORE_KEY_MISSING)


def view(wrongs: Mapping[Trouble, Wrong]) -> LampView:
    for trouble in _OURS:
        if trouble in wrongs:
            return LampView("bad", _("Not saving"), wrongs[trouble].detail)
    return LampView("ok", _("Saving"))


class StoreLamp(Lamp):
    def __init__(self, hub: Hub) -> None:
        super().__init__("lamp_store", _("Data on this PC"), "database")
        self._hub = hub
        hub.troubles_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        self.show_view(view(self._hub.state.wrongs))
