"""Whether this computer's clock agrees with those that its work is ordered by: the centre's, else the exchange's, else
whether the system itself says that it is kept by a time server. Any thread."""

import ctypes
import sys
from collections.abc import Sequence

from desk.domain.health import Finding, Level
from desk.i18n import _

OFF_S, FAR_OFF_S = 5.0, 60.0
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_TIMEX_BYTES = 256  # more than the structure has


def compared(ahead_s: float | None, *, with_centre: bool) -> Sequence[Finding]:
    """`ahead_s`: this computer's clock before the other one; None where that did not say."""
    if ahead_s is None:
        return by_itself(kept_by_system())
    figures: dict[str, float | int | str] = {"ahead_s": round(ahead_s, 1)}
    off_s = abs(ahead_s)
    other = _("the centre's") if with_centre else _("the exchange's")
    if off_s < OFF_S:
        return (Finding("clock", Level.OK, _("It agrees with {other}.").format(other=other), figures=figures),)
    said = _("It is {seconds:.0f} s ahead of {other}.") if ahead_s > 0 else _("It is {seconds:.0f} s behind {other}.")
    return (
        Finding(
            "clock",
            Level.WRONG if off_s >= FAR_OFF_S else Level.WARNING,
            said.format(seconds=off_s, other=other),
            _("Let the system keep its time: timedatectl set-ntp true (on Windows: w32tm /resync)."),
            figures,
        ),
    )


def by_itself(kept: bool | None) -> Sequence[Finding]:
    if kept:
        return (Finding("clock", Level.OK, _("The system keeps it by a time server.")),)
    return (
        Finding(
            "clock",
            Level.UNCHECKED,
            _("There is nothing to compare it with: no centre, no time from the exchange, no time service."),
            _("Let the system keep its time: timedatectl set-ntp true (on Windows: w32tm /resync)."),
        ),
    )


def kept_by_system() -> bool | None:
    """None where the system does not tell (it does on Linux)."""
    if sys.platform != "linux":
        return None
    asked = ctypes.create_string_buffer(_TIMEX_BYTES)  # all zero: nothing is to be set
    state = ctypes.CDLL(None, use_errno=True).adjtimex(asked)
    return None if state < 0 else state != _TIME_ERROR
