"""What a headset tells of itself: its two sides, where it rings and how it sounds, in one report. The headset's own
thread."""

from collections.abc import Sequence

from desk.domain.commands import SetComfort
from desk.domain.events import HeadsetState
from desk.telephony.headset.port import HeadsetReport
from desk.telephony.headset.side import Side
from desk.telephony.headset.sound_devices import Found


def report(
    microphone: Side,
    earpiece: Side,
    found: tuple[Sequence[Found], Sequence[Found]],
    ring_chosen: str,
    ring_in_use: str,
    comfort: SetComfort,
) -> HeadsetReport:
    """`found`: microphones and earpieces that are there now. `ring_chosen`, `ring_in_use`: devices by name, "" the
    system's default, and none. `comfort`: of the devices in use."""
    wrongs = dict(wrong for side in (microphone, earpiece) if (wrong := side.wrong) is not None)
    microphones, earpieces = (tuple(one.device for one in devices) for devices in found)
    state = HeadsetState(
        microphones,
        earpieces,
        microphone.chosen,
        earpiece.chosen,
        ring_chosen,
        present=not wrongs,
        microphone_in_use=microphone.name,
        earpiece_in_use=earpiece.name,
        ring_in_use=ring_in_use,
        earpiece_db=comfort.earpiece_db,
        ring_db=comfort.ring_db,
        microphone_db=comfort.microphone_db,
        automatic_gain=comfort.automatic_gain,
    )
    return HeadsetReport(state, wrongs)
