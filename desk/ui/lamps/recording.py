"""The recording's lamp. Ui process, Qt's thread."""

from collections.abc import Collection

from desk.domain.calls import TALKING, Call, RecordingState
from desk.domain.troubles import Trouble
from desk.i18n import _, ngettext
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView

_OF_SPACE = (Trouble.SPOOL_SECOND, Trouble.SPOOL_LOW)


def view(calls: Collection[Call], wrongs: Collection[Trouble], faulty: int = 0, space: str = "") -> LampView:
    """Of the calls that are talked on; a disk that is full counts before the first word, too. `space`: how much is left
    where it is low, for the tooltip."""
    talking = [call for call in calls if call.phase in TALKING]
    failed = any(call.recording is RecordingState.FAILED for call in talking)
    if failed or Trouble.SPOOL_FULL in wrongs or Trouble.SPOOL_UNWRITABLE in wrongs:
        return LampView("bad", _("Not recording"))
    if any(call.recording_paused for call in talking):
        return LampView("warn", _("Recording paused"))
    low = next((trouble for trouble in _OF_SPACE if trouble in wrongs), None)
    if low is not None:
        said = _("Recording space low") if low is Trouble.SPOOL_LOW else _("Recording on one disk")
        return LampView("warn", said, space)
    if Trouble.RECORDINGS_FAULTY in wrongs:
        said = ngettext("{n} recording at fault", "{n} recordings at fault", faulty).format(n=faulty)
        return LampView("warn", said)
    if any(call.recording is RecordingState.RUNNING for call in talking):
        return LampView("ok", _("Recording now"))
    if talking:
        return LampView("busy", _("Recording starts"))
    return LampView("off", _("Ready to record"))


class RecordingLamp(Lamp):
    def __init__(self, hub: Hub) -> None:
        super().__init__("lamp_recording", _("Recording"), "record")
        self._hub = hub
        hub.calls_changed.connect(self.refresh)
        hub.troubles_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        state = self._hub.state
        low = next((wrong for trouble in _OF_SPACE if (wrong := state.wrongs.get(trouble)) is not None), None)
        space = low.detail if low is not None else ""
        self.show_view(view(state.calls.values(), state.wrongs, state.recordings.faulty, space))
