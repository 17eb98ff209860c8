"""The centre's lamp: connected, standing alone, or waiting with so many changes. Ui process, Qt's thread."""

from desk.domain.troubles import Trouble
from desk.i18n import _, ngettext
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView
from desk.wire import CentralState


def view(central: CentralState | None) -> LampView:
    """None: sync has not spoken yet."""
    if central is None:
        return LampView("busy", _("Centre: connecting"))
    if not central.configured:
        return LampView("off", _("Standing alone"), _("No central database is set up; everything is kept on this PC."))
    waits = ngettext("{n} change to send", "{n} changes to send", central.unsent).format(n=central.unsent)
    if not central.connected:
        return LampView("warn", _("Centre away, {waits}").format(waits=waits), central.detail)
    if central.filled_permille < 1000:
        return LampView(
            "busy",
            _("Fetching the estate's data: {percent} %").format(percent=central.filled_permille // 10),
            _("Work as usual. Whoever calls is fetched first."),
        )
    if central.trouble == Trouble.AUTHOR_AWAITED.value:
        whose = _("What {people} wrote waits at this seat, and no other one has it.").format(people=central.detail)
        return LampView("warn", waits, whose)
    if central.trouble:
        return LampView("warn", _("Centre connected"), central.detail)
    if central.unsent:
        return LampView("busy", waits)
    return LampView("ok", _("Centre connected"), _("last exchange {ms} ms").format(ms=round(central.lag_ms)))


class CentralLamp(Lamp):
    def __init__(self, hub: Hub) -> None:
        super().__init__("lamp_central", _("Centre"), "cloud")
        self._hub = hub
        hub.central_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        self.show_view(view(self._hub.state.central))
