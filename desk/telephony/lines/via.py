"""What the topmost Via of an answer says of us: the address and port that our request was seen to come from (RFC 3581).
Pure."""

import re

_VIA = re.compile(rb"^(?:Via|v)[ \t]*:[ \t]*SIP/2\.0/\w+[ \t]+([^;,\r\n]*)([^,\r\n]*)", re.IGNORECASE | re.MULTILINE)


def seen_as(answer: bytes) -> str:
    """host:port, "" where it does not say."""
    via = _VIA.search(answer)
    if via is None:
        return ""
    host, _, port = via[1].strip().decode("ascii", "replace").partition(":")
    received = re.search(rb";[ \t]*received[ \t]*=[ \t]*([^;\s]+)", via[2], re.IGNORECASE)
    rport = re.search(rb";[ \t]*rport[ \t]*=[ \t]*(\d{1,5})", via[2], re.IGNORECASE)
    if received is not None:
        host = received[1].decode("ascii", "replace")
    return f"{host}:{rport[1].decode() if rport is not None else port or '5060'}"
