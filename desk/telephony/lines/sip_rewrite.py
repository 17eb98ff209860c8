"""What the TLS tunnel changes in a SIP message: it stands between PJSIP, which believes in TCP, and a server that
speaks TLS. Pure functions on bytes; a message in, a message out; bodies are never touched, so that Content-Length stays
true.

The tunnel acts as a record-routing proxy (RFC 3261 16.6) that leaves no Via of its own. Towards PJSIP it puts itself
into the Record-Route, so that whatever PJSIP sends within a dialogue comes by here; towards the server it takes itself
out again. The topmost Via names TLS outside and TCP inside, and PJSIP's own contact is, outside, the address that our
connection comes from: the server can reach us by that connection only."""

import re
from dataclasses import dataclass

_VIA = re.compile(rb"^((?:Via|v)[ \t]*:[ \t]*SIP[ \t]*/[ \t]*2\.0[ \t]*/[ \t]*)(TCP|TLS)\b", re.IGNORECASE)
_ANY_VIA = re.compile(rb"^(?:Via|v)[ \t]*:", re.IGNORECASE)
_ROUTING = re.compile(rb"^(?:Route|Record-Route)[ \t]*:[ \t]*", re.IGNORECASE)
_RECORD_ROUTE = re.compile(rb"^Record-Route[ \t]*:", re.IGNORECASE)
_CONTACT = re.compile(rb"^(?:Contact|m)[ \t]*:", re.IGNORECASE)
_CSEQ = re.compile(rb"^CSeq[ \t]*:[ \t]*\d+[ \t]+([A-Za-z]+)", re.IGNORECASE)
_TRANSPORT = re.compile(rb";transport=[A-Za-z]+", re.IGNORECASE)
_DIALOGUE = frozenset({b"INVITE", b"SUBSCRIBE", b"NOTIFY", b"REFER"})


@dataclass(frozen=True, slots=True)
class Ends:
    """host:port of three sockets: where the tunnel listens for PJSIP, where PJSIP itself listens (its contact), and the
    near end of the tunnel's connection to the server."""

    tunnel: bytes
    inside: bytes
    outside: bytes


def to_server(message: bytes, ends: Ends, former: tuple[bytes, ...] = ()) -> bytes:
    """`former`: host:port of contacts that are ours no longer; a REGISTER takes them back in the same breath."""
    head, lines, body = _taken_apart(message)
    if lines is None:
        return message
    method = head.split(b" ", 1)[0]
    kept = [one for line in _with_via(lines, b"TLS") if (one := _without_us(line, ends.tunnel))]
    out = []
    for line in kept:
        if not _CONTACT.match(line):
            out.append(line)
            continue
        moved = _moved(line, ends.inside, ends.outside, b"tls")
        out.append(moved)
        if method == b"REGISTER" and ends.outside in moved:
            out += [_taken_back(moved, ends.outside, old) for old in former]
    return _put_together(head, out, body)


def to_phone(message: bytes, ends: Ends) -> bytes:
    head, lines, body = _taken_apart(message)
    if lines is None:
        return message
    answer = head.startswith(b"SIP/2.0 ")
    if not answer:
        method, _, rest = head.partition(b" ")
        uri, _, version = rest.rpartition(b" ")
        head = b" ".join((method, _moved(uri, ends.outside, ends.inside, b"tcp"), version))
    out = [
        _moved(line, ends.outside, ends.inside, b"tcp") if _CONTACT.match(line) else line
        for line in _with_via(lines, b"TCP")
    ]
    if _method(head, lines) in _DIALOGUE:
        out = _with_us(out, ends.tunnel, last=answer)
    return _put_together(head, out, body)


# ---- one header line at a time


def _taken_apart(message: bytes) -> tuple[bytes, list[bytes] | None, bytes]:
    """Start line, unfolded header lines, body (with the empty line before it). No lines: not a message."""
    end = message.find(b"\r\n\r\n")
    if end < 0:
        return b"", None, b""
    head = re.sub(rb"\r\n[ \t]+", b" ", message[:end])
    first, *lines = head.split(b"\r\n")
    return first, lines, message[end:]


def _put_together(head: bytes, lines: list[bytes], body: bytes) -> bytes:
    return b"\r\n".join((head, *lines)) + body


def _with_via(lines: list[bytes], transport: bytes) -> list[bytes]:
    """The topmost Via names this transport."""
    at = next((number for number, line in enumerate(lines) if _ANY_VIA.match(line)), len(lines))
    return [*lines[:at], *(_VIA.sub(rb"\g<1>" + transport, line) for line in lines[at : at + 1]), *lines[at + 1 :]]


def _moved(line: bytes, here: bytes, there: bytes, transport: bytes) -> bytes:
    """Every URI at host:port `here` put at `there`."""
    whole = re.compile(rb"(sip:(?:[^@\s<>;?,\"]*@)?)" + re.escape(here) + rb"(?=[;?>,\s]|$)([^>,?\s]*)", re.IGNORECASE)

    def put(found: re.Match[bytes]) -> bytes:
        rest = _TRANSPORT.sub(b"", found[2])
        return found[1] + there + b";transport=" + transport + rest

    return whole.sub(put, line)


def _taken_back(contact: bytes, own: bytes, old: bytes) -> bytes:
    uri = re.search(rb"sip:[^>,?\s]*", contact, re.IGNORECASE)
    return b"Contact: <" + (uri[0] if uri else b"").replace(own, old) + b">;expires=0"


def _entry(tunnel: bytes) -> bytes:
    return b"<sip:" + tunnel + b";transport=tcp;lr>"


def _without_us(line: bytes, tunnel: bytes) -> bytes:
    """A Route or Record-Route without the tunnel; b"" where nothing is left of it."""
    found = _ROUTING.match(line)
    if found is None or b"sip:" + tunnel not in line:
        return line
    entries = [entry.strip() for entry in re.findall(rb"<[^>]*>[^,]*", line[found.end() :])]
    others = [entry for entry in entries if not re.match(rb"<sip:" + re.escape(tunnel) + rb"[;>]", entry)]
    return line[: found.end()] + b", ".join(others) if others else b""


def _with_us(lines: list[bytes], tunnel: bytes, last: bool) -> list[bytes]:
    """Record-Route with the tunnel nearest to PJSIP: on top of a request that came in, at the end of an answer (whose
    list is read from its end, RFC 3261 12.1.2)."""
    ours = b"Record-Route: " + _entry(tunnel)
    at = [number for number, line in enumerate(lines) if _RECORD_ROUTE.match(line)]
    where = (at[-1] + 1 if last else at[0]) if at else len(lines)
    return [*lines[:where], ours, *lines[where:]]


def _method(head: bytes, lines: list[bytes]) -> bytes:
    if not head.startswith(b"SIP/2.0 "):
        return head.split(b" ", 1)[0]
    return next((found[1] for line in lines if (found := _CSEQ.match(line))), b"")
