"""The phone as a whole, published first on every attach, so that a restarted ui draws a running call as if it had
always been there."""

from dataclasses import dataclass, field

from desk.domain.availability import Availability
from desk.domain.calls import Call
from desk.domain.events import HeadsetState, LineState
from desk.domain.troubles import Wrong


@dataclass(frozen=True, slots=True)
class PhoneSnapshot:
    """`lines` in the order of the settings, never empty. `own_prompts` as in `PromptsChanged`."""

    lines: tuple[LineState, ...]
    headset: HeadsetState
    calls: tuple[Call, ...] = ()
    wrongs: tuple[Wrong, ...] = ()
    availability: Availability = field(default_factory=Availability)
    own_prompts: dict[str, float] = field(default_factory=dict)
