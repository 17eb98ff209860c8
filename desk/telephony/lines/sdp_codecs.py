"""One line's codecs in an SDP (RFC 8866). PJSIP keeps its codecs for the whole process; the lines differ. So every SDP
that PJSIP has made is cut down to the line's own, in the line's order, before it is sent or negotiated. Pure."""

import re
from collections.abc import Sequence

_AUDIO = re.compile(r"^m=audio (\S+) (\S+) ([\d ]+)\r?$", re.MULTILINE)
_RTPMAP = re.compile(r"^a=rtpmap:(\d+) ([A-Za-z0-9_-]+)/(\d+)", re.MULTILINE)
_OF_A_PAYLOAD = re.compile(r"^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) ")
_STATIC = {"0": ("PCMU", "8000"), "3": ("GSM", "8000"), "8": ("PCMA", "8000"), "9": ("G722", "8000")}


def _codecs_in(sdp: str) -> dict[str, tuple[str, str]]:
    """Payload type -> name, clock rate, of the audio."""
    audio = _AUDIO.search(sdp)
    if audio is None:
        return {}
    mapped = {number: (name, clock) for number, name, clock in _RTPMAP.findall(sdp)}
    known = {number: mapped.get(number) or _STATIC.get(number) for number in audio[3].split()}
    return {number: codec for number, codec in known.items() if codec is not None}


def offers_any(untrusted_sdp: str, codecs: Sequence[str]) -> bool:
    """Whether a common codec is there; True where nothing is offered at all (the offer comes with our answer)."""
    if _AUDIO.search(untrusted_sdp) is None:
        return True
    wanted = {codec.lower() for codec in codecs}
    return any(name.lower() in wanted for name, _ in _codecs_in(untrusted_sdp).values())


def only(sdp: str, codecs: Sequence[str]) -> str:
    """The SDP with these codecs, in this order, and telephone-event at their clock rates; unchanged where none of
    them is in it."""
    audio = _AUDIO.search(sdp)
    there = _codecs_in(sdp)
    order = [codec.lower() for codec in codecs]
    kept = sorted(
        (number for number, (name, _) in there.items() if name.lower() in order),
        key=lambda number: order.index(there[number][0].lower()),
    )
    if audio is None or not kept:
        return sdp
    clocks = {there[number][1] for number in kept}
    kept += [number for number, (name, clock) in there.items() if name.lower() == "telephone-event" and clock in clocks]
    gone = set(audio[3].split()) - set(kept)
    sdp = sdp.replace(audio[0].rstrip("\r"), f"m=audio {audio[1]} {audio[2]} {' '.join(kept)}", 1)
    lines = sdp.splitlines(keepends=True)
    return "".join(line for line in lines if (found := _OF_A_PAYLOAD.match(line)) is None or found[1] not in gone)
