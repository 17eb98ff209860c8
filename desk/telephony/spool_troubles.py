"""What the recorder tells of its disk, brought to the calls and to the troubles that stand. Phone process, main
thread."""

from collections.abc import Mapping

from desk.domain import events
from desk.domain.identity import CallId
from desk.domain.troubles import Trouble, Wrong
from desk.telephony.companion import Companion, Workplace

OF_THE_FOLDERS = frozenset({Trouble.SPOOL_LOW, Trouble.SPOOL_SECOND})
OF_THE_SPOOL = frozenset({Trouble.SPOOL_FULL, Trouble.SPOOL_UNWRITABLE})


class SpoolTroubles(Companion):
    def __init__(self, workplace: Workplace) -> None:
        self._place = workplace
        self._of: CallId | None = None

    def failed(self, call_id: CallId, wrong: Wrong) -> None:
        self._place.call_happened(events.RecordingFailed(call_id, self._place.clock(), wrong.detail))
        self._of = call_id
        self._place.settle(OF_THE_SPOOL, {wrong.trouble: wrong.detail})

    def mended(self, call_id: CallId) -> None:
        """What was lost stays lost (the manifest says so), the rest is recorded."""
        self._place.call_happened(events.RecordingStarted(call_id, self._place.clock()))
        self._clear()

    def folders_are(self, troubles: Mapping[Trouble, str]) -> None:
        """What stands of the spool's folders, whether a call runs or not."""
        self._place.settle(OF_THE_FOLDERS, troubles)

    def heard(self, event: events.CallEvent) -> None:
        """A call that was recorded to its end says that the disk is well again."""
        if isinstance(event, events.CallEnded) and self._of is not None and self._of != event.call_id:
            self._clear()

    def _clear(self) -> None:
        self._of = None
        self._place.settle(OF_THE_SPOOL, {})
