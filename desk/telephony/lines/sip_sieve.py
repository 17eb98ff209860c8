"""Which SIP messages a stack had better not be given, told from their bytes. Pure but for the times that come in; any
thread.

PJSIP 2.15.1 aborts (a failed assertion) on some messages that anybody may send: an INVITE whose media need more sockets
than its queue has keys (64, each used again half a second after it was freed), an offer of a range of ports, an INFO
that ends with its digit, a response to INVITE that has lost the To tag of those before it. And an INVITE whose answer
would be too long to be sent rings for ever. Here they are kept from it, and with them what RFC 3261 wants
refused and PJSIP lets by: a CSeq that contradicts the start line, header fields given twice, a length beyond the
message, a method that nothing handles."""

import re
from collections import deque

UNENDED, PASS, DROP = -2, -1, 0

LONGEST_AUDIO_LINES = 4  # audio, video, text, application: more is no telephone's
SOCKETS = 52  # of PJSIP's 64: the calls that run have theirs, two each
FREED_AFTER_S = 0.6  # 0.5 s, and a little for PJSIP's own delays
LARGEST_SEQUENCE = 2**31  # RFC 3261 8.1.1.5
LONGEST_ANSWER = 3_200  # octets that an answer must repeat: PJSIP sends none of more than 4,000 in all
UNHANDLED = {"REGISTER": 405, "PUBLISH": 405}
METHODS = frozenset(
    {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "PRACK", "UPDATE", "INFO", "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE"}
)

_ONCE = ("from", "to", "call-id", "cseq", "content-length", "content-type", "max-forwards")
_COMPACT = {
    "m": "contact",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "v": "via",
    "l": "content-length",
    "c": "content-type",
}
_HEADER = re.compile(rb"^([^\s:]+)[ \t]*:[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_FOLD = re.compile(rb"\r?\n[ \t]+")
_RESPONSE = re.compile(rb"SIP/2\.0 +(\d{3})\b", re.IGNORECASE)
_TAG = re.compile(rb";\s*tag\s*=\s*[^\s;,]")
_MEDIA = re.compile(rb"^m=", re.MULTILINE)
# A digit, and what is behind its line: PJSIP skips two octets there, whether or not they are a line's end.
_DIGIT = re.compile(rb"\s*Signal[ \t]*=[ \t]*[0-9A-D*#][ \t]*(?:([\r\n][^\0])|[\r\n]?\Z)", re.IGNORECASE)
_SANE_MEDIA = re.compile(rb"^m=[\w-]+ \d{1,5} [\w/]+( |\r?$)", re.MULTILINE)
_URI = re.compile(rb"(?:^|<)[ \t]*(?:sips?|tel):", re.IGNORECASE)
_TARGET = re.compile(
    rb"sips?:(?:[^@<>\x00]{0,256}@)?(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?(?:[;?&][^;?&<>\x00]{0,253})*",
    re.IGNORECASE,
)
_BRACKETED = re.compile(rb"<[ \t]*([^<>]*?)[ \t]*>")
_SENT_BY = re.compile(rb"SIP\s*/\s*2\.0\s*/\s*\w+\s+[\w.\[\]:-]{1,260}\s*(?:[;,]|$)", re.IGNORECASE)
_LONG_HOST = re.compile(rb"^[co]=[^\r\n]*[^\s]{254}", re.MULTILINE)
_ROUTES = ("contact", "record-route")  # where what we send within the call goes
_WITH_OFFER = frozenset({"INVITE", "UPDATE"})
_ECHOED = ("via", "record-route", "from", "to", "call-id", "cseq")  # what every answer repeats (RFC 3261 8.2.6.2)


class Sieve:
    """`verdict` is asked for each message in the order in which they come."""

    def __init__(self) -> None:
        self._taken: deque[tuple[float, int]] = deque()
        self._tagged: deque[bytes] = deque(maxlen=64)  # Call-IDs of INVITEs of ours whose answers bear a To tag

    def verdict(self, untrusted_message: bytes, now_s: float) -> int:
        """`PASS`, `DROP`, or the status code to refuse it with; `UNENDED`: it may pass with a line's end put behind
        it, else it is to be refused with 400. `now_s`: monotonic."""
        head, _, body = untrusted_message.partition(b"\r\n\r\n")
        fields = _fields(head)
        response = _RESPONSE.match(head)
        if response:
            return DROP if _LONG_HOST.search(body) else self._of_response(int(response[1]), fields)
        method = head.split(b" ", 1)[0].decode("latin-1")
        code = _of_request(method, fields, len(body))
        if code == PASS and method in _WITH_OFFER:
            within = bool(_TAG.search(fields.get("to", [b""])[0]))
            code = self._of_media(body, within, now_s)
        elif code == PASS and method == "INFO" and b"dtmf-relay" in fields.get("content-type", [b""])[0].lower():
            digit = _DIGIT.match(body)
            code = PASS if not body or (digit and digit[1]) else UNENDED if digit else 400
        return DROP if method == "ACK" and code != PASS else code

    def _of_response(self, code: int, fields: dict[str, list[bytes]]) -> int:
        if any(len(fields.get(name, ())) > 1 for name in _ONCE) or not _sane_parties(fields):
            return DROP
        if code in range(101, 300) and fields.get("cseq", [b""])[0].endswith(b"INVITE"):
            call_id = fields.get("call-id", [b""])[0]
            if not _sane_targets(fields, needed=False):
                return DROP
            if not _TAG.search(fields["to"][0]):
                return DROP if code >= 200 or call_id in self._tagged else PASS
            if call_id not in self._tagged:
                self._tagged.append(call_id)
        return PASS

    def _of_media(self, offer: bytes, within: bool, now_s: float) -> int:
        """The sockets that this offer takes: two for each of its media; the first has them already `within` a call."""
        lines = len(_MEDIA.findall(offer))
        if lines != len(_SANE_MEDIA.findall(offer)) or _LONG_HOST.search(offer):
            return 488
        if lines > LONGEST_AUDIO_LINES:
            return 488
        while self._taken and now_s - self._taken[0][0] > FREED_AFTER_S:
            self._taken.popleft()
        wanted = 2 * (max(lines, 1) - within)
        if sum(count for _, count in self._taken) + wanted > SOCKETS:
            return 503
        self._taken.append((now_s, wanted))
        return PASS


def _fields(head: bytes) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for name, value in _HEADER.findall(_FOLD.sub(b" ", head)):
        key = name.decode("latin-1").lower()
        found.setdefault(_COMPACT.get(key, key), []).append(value)
    return found


def _of_request(method: str, fields: dict[str, list[bytes]], body_length: int) -> int:
    if method not in METHODS:
        return UNHANDLED.get(method, 501)
    if any(len(fields.get(name, ())) > 1 for name in _ONCE) or not _sane_length(fields, body_length):
        return 400
    if not _sane_parties(fields) or not _sane_targets(fields, needed=method == "INVITE"):
        return 400
    if not _SENT_BY.match(fields.get("via", [b""])[0]):
        return DROP
    if sum(len(name) + len(value) + 4 for name in _ECHOED for value in fields.get(name, ())) > LONGEST_ANSWER:
        return DROP  # an answer that says so could not be sent, either
    sequence, _, of_method = fields.get("cseq", [b""])[0].partition(b" ")
    if not sequence.isdigit() or int(sequence[:20]) >= LARGEST_SEQUENCE:
        return 400
    return PASS if of_method.strip().decode("latin-1") == method else 400


def _sane_parties(fields: dict[str, list[bytes]]) -> bool:
    """Whether both are addresses of a kind that PJSIP can read: of another it takes the tag for a part."""
    return all(_URI.search(fields.get(name, [b""])[0]) for name in ("from", "to"))


def _sane_targets(fields: dict[str, list[bytes]], needed: bool) -> bool:
    """Whether what we shall send within the call can be sent there: PJSIP aborts where an ACK cannot. `needed`: there
    must be a Contact (RFC 3261 8.1.1.8)."""
    if needed and "contact" not in fields:
        return False
    values = [value for name in _ROUTES for value in fields.get(name, ())]
    uris = [uri for value in values for uri in _BRACKETED.findall(value) or [value.partition(b";")[0]]]
    return all(_TARGET.fullmatch(uri) for uri in uris)


def _sane_length(fields: dict[str, list[bytes]], body_length: int) -> bool:
    said = fields.get("content-length", [b"0"])[0]
    return said.isdigit() and int(said[:10]) <= body_length
