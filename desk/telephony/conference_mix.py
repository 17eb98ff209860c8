"""What each side of a conference says and is sent, for the recordings: the headset alone hears but the sum.

The bridge hands out what a far side said after the headset's share of the same tick, so a frame of a far side is paired
with what the agent said one tick before; both channels are late by the same 20 ms. Audio thread, within `FrameClock`'s
tick."""

from collections.abc import Sequence

from desk.domain.identity import CallId
from desk.telephony.frames import SILENCE
from desk.telephony.prompts.played_sound import mix
from desk.telephony.stack import Leg


class ConferenceMix:
    def __init__(self) -> None:
        self._heard: dict[Leg, bytes] = {}
        self._said = SILENCE

    def hear(self, leg: Leg, frame: bytes) -> None:
        """What this far side said in this tick, b"" for nothing."""
        self._heard[leg] = frame or SILENCE

    def shares(self, members: Sequence[tuple[CallId, Leg]], said: bytes) -> dict[CallId, tuple[bytes, bytes]]:
        """For each call: what its far side said, and what that was sent: the agent and the others."""
        said, self._said = self._said, said
        heard, self._heard = self._heard, {}
        found = {}
        for call_id, leg in members:
            sent = said
            for other_id, other in members:
                if other_id != call_id and other in heard:
                    sent = mix(sent, heard[other])
            found[call_id] = (heard.get(leg, SILENCE), sent)
        return found
