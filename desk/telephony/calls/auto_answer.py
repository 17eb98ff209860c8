"""Calls that are answered by themselves: of a line that says so, or of an intercom that asks for it in its INVITE
(`party_headers.read_answer_after`; the stack believes the line's own exchange and its peers only). Never where nobody
sits, in a pause, or beside another call, one that is being dialled included; and never without the agent hearing a beep
before the microphone opens. Pure; phone process."""

import numpy as np

from desk.settings import LineSettings
from desk.telephony.frames import RATE_HZ

BEEP_HZ, BEEP_S, BEEP_PEAK = 1000, 0.2, 0.2
LEAST_S = 0.4  # the beep is over, and the agent has understood it


def answers_in_s(line: LineSettings, asked_s: float | None, free: bool) -> float | None:
    """Seconds from now, None where it is answered by hand. `asked_s`: what the caller's headers ask for. `free`: an
    agent sits there and has nothing else to do."""
    if not free:
        return None
    if line.auto_answer:
        return LEAST_S
    if line.auto_answer_header and asked_s is not None:
        return max(asked_s, LEAST_S)
    return None


def beep() -> bytes:
    """PCM as in `frames`, without a click at either end."""
    seconds = np.arange(int(RATE_HZ * BEEP_S)) / RATE_HZ
    swell = np.minimum(1.0, np.minimum(seconds, BEEP_S - seconds) / 0.01)
    return (np.sin(2 * np.pi * BEEP_HZ * seconds) * swell * BEEP_PEAK * 32767).astype(np.int16).tobytes()
