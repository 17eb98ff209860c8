"""Whether calls come to this seat: do not disturb, and where they go instead. Values only; how the exchange is told
(SIP 302 or its feature codes) is the telephone's business."""

from dataclasses import dataclass, field
from enum import Enum


class Forward(Enum):
    ALWAYS = "always"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    NIGHT = "night"  # outside the hotline's hours


@dataclass(frozen=True, slots=True)
class Availability:
    """`forwards`: where to, as typed; a mode that is not in it is off. Do not disturb answers 486 to every call that no
    forwarding takes."""

    do_not_disturb: bool = False
    forwards: dict[Forward, str] = field(default_factory=dict)
