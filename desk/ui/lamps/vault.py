"""The vault's lamp: finished recordings that cannot go where they are kept for good, and old ones that stay there
though their time is over. Not there while all is well, or while they are simply on their way. Ui process, Qt's
thread."""

from collections.abc import Mapping

from desk.domain.troubles import Trouble, Wrong
from desk.i18n import _, ngettext
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView
from desk.wire import RecordingsState

MANY = 20  # recordings on their way: then it is no longer usual


def view(recordings: RecordingsState, wrongs: Mapping[Trouble, Wrong]) -> LampView | None:
    """None: there is nothing to tell."""
    waiting = recordings.unvaulted
    waits = ngettext("{n} recording waits", "{n} recordings wait", waiting).format(n=waiting)
    if Trouble.SEAL_KEY_MISSING in wrongs:
        count = recordings.unsealed
        words = ngettext("{n} recording without key", "{n} recordings without key", count).format(n=count)
        return LampView("warn", words, wrongs[Trouble.SEAL_KEY_MISSING].detail)
    for trouble in (Trouble.VAULT_REFUSED, Trouble.VAULT_AWAY):
        if trouble in wrongs:
            return LampView("warn", waits if waiting else _("Recordings set aside"), wrongs[trouble].detail)
    if Trouble.SPOOL_AWAY in wrongs:
        count = recordings.withheld
        words = ngettext("{n} recording waits", "{n} recordings wait", count).format(n=count)
        return LampView("warn", words, _("The second folder of recordings is not there: they are sealed when it is."))
    if Trouble.RETENTION_STANDS in wrongs:
        return LampView("warn", _("Old recordings stay"), wrongs[Trouble.RETENTION_STANDS].detail)
    return LampView("busy", waits, _("They are being brought to the recordings store.")) if waiting >= MANY else None


class VaultLamp(Lamp):
    def __init__(self, hub: Hub) -> None:
        super().__init__("lamp_vault", _("Recordings store"), "archive")
        self._hub = hub
        hub.troubles_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        found = view(self._hub.state.recordings, self._hub.state.wrongs)
        if found is not None:
            self.show_view(found)
        self.setVisible(found is not None)
