"""A recorder beside the recorder: one call at a time, which is no call of the hotline's, is written by another one into
a folder of its own, so that nothing that lists, seals or counts calls can ever come across it. All others go where they
always go.

`put_aside` and `take_back` on the phone's main thread, `write` on the audio thread; see `ports.Recorder`."""

from typing import Protocol

from desk.domain.events import CallEvent
from desk.domain.identity import CallId
from desk.usecases.ports import Recorder


class ClosingRecorder(Recorder, Protocol):
    def close(self) -> None: ...


class AsideRecorder:
    def __init__(self, recorder: ClosingRecorder) -> None:
        self._recorder = recorder
        self._aside: tuple[CallId, ClosingRecorder] | None = None  # replaced as a whole: the audio thread reads it

    def put_aside(self, call_id: CallId, recorder: ClosingRecorder) -> None:
        """This call goes there from now on."""
        self._aside = (call_id, recorder)

    def take_back(self) -> None:
        """It is over; its recorder is closed."""
        aside, self._aside = self._aside, None
        if aside is not None:
            aside[1].close()

    def _of(self, call_id: CallId) -> ClosingRecorder:
        aside = self._aside
        return aside[1] if aside is not None and aside[0] == call_id else self._recorder

    def note(self, event: CallEvent) -> None:
        self._of(event.call_id).note(event)

    def start(self, call_id: CallId, rate_hz: int) -> None:
        self._of(call_id).start(call_id, rate_hz)

    def write(self, call_id: CallId, caller: bytes, agent: bytes) -> None:
        self._of(call_id).write(call_id, caller, agent)

    def stop(self, call_id: CallId) -> None:
        self._of(call_id).stop(call_id)

    def close(self) -> None:
        self.take_back()
        self._recorder.close()
