"""Whether the ports for voice are free: each call takes two, an even one and the next. Another program, or a range that
Windows keeps for itself, leaves calls that are answered and silent. Each is taken for a moment and let go; a phone that
finds one taken just then goes on to the next. Any thread; milliseconds."""

import socket
from collections.abc import Sequence

from desk.domain.health import Finding, Level
from desk.i18n import _
from desk.telephony.lines.marks import AUDIO_PORT, AUDIO_PORTS

CHECK = "sip.audio"
PORTS = range(AUDIO_PORT, AUDIO_PORT + AUDIO_PORTS + 2)
FEW = 10  # pairs: a conference, a call that waits, and those that are just being let go


def look() -> Sequence[Finding]:
    free = sum(_is_free(port) and _is_free(port + 1) for port in PORTS[::2])
    figures: dict[str, float | int | str] = {"free_pairs": free, "pairs": len(PORTS) // 2}
    span = f"{PORTS[0]}-{PORTS[-1]}"
    said = _("Of the {pairs} pairs of ports for voice ({span}) {free} are free.").format(
        pairs=len(PORTS) // 2, span=span, free=free
    )
    if free >= FEW:
        return (Finding(CHECK, Level.OK, said, figures=figures),)
    remedy = _("Find the program that holds UDP ports {span} on this PC; on Windows see also: {command}").format(
        span=span, command="netsh int ipv4 show excludedportrange udp"
    )
    return (Finding(CHECK, Level.WARNING if free else Level.WRONG, said, remedy, figures),)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.bind(("", port))
        except OSError:
            return False
    return True
