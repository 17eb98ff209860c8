"""The seat store's lamp: whether what is typed and filed is kept, and how the store is looked after. Ui process, Qt's
thread."""

from collections.abc import Mapping

from desk import wire
from desk.domain.troubles import Trouble, Wrong
from desk.i18n import _
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView

_OURS = (Trouble.STORE_BROKEN, Trouble.STORE_FULL, Trouble.STORE_KEY_MISSING)


def view(wrongs: Mapping[Trouble, Wrong], care: wire.StoreCare | None = None) -> LampView:
    care = care or wire.StoreCare()
    if care.damaged:
        return LampView(
            "bad", _("Data damaged"), _("It is repaired as soon as no call runs; the window then comes again by itself")
        )
    for trouble in _OURS:
        if trouble in wrongs:
            return LampView("bad", _("Not saving"), wrongs[trouble].detail)
    if care.copy_away:
        hint = _("What was not sent yet is kept on this PC only: its second place cannot be written. {detail}")
        return LampView("warn", _("No second copy"), hint.format(detail=care.detail))
    if care.doing:
        return LampView("busy", _("Restoring data"), _("After the repair older tickets and calls come back by and by"))
    return LampView("ok", _("Saving"))


class StoreLamp(Lamp):
    def __init__(self, hub: Hub) -> None:
        super().__init__("lamp_store", _("Data on this PC"), "database")
        self._hub = hub
        hub.troubles_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        self.show_view(view(self._hub.state.wrongs, self._hub.state.store_care))
