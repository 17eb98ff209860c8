"""A SIP message as it may be kept: which message it is, which way it took, what was agreed upon about the audio. Who
is meant is gone before it is written anywhere: users of all URIs, display names, bodies that are no SDP, keys,
passwords, and every header that is not in the table.

What must be told apart stays so: a user, a Call-ID, a tag and a branch become a short word that is the same for the
same value while this process lives, and means nothing without the key that dies with it.

Untrusted bytes in, a text out, never an error. Some 100 us a message. Pure but for its key; any thread."""

import hashlib
import re
import secrets
from collections.abc import Callable

MOST_BYTES = 4000
_MOST_LINES = 120
_COMPACT = dict(
    zip(
        "vftmiclkoxrb",
        (
            "via",
            "from",
            "to",
            "contact",
            "call-id",
            "content-type",
            "content-length",
            "supported",
            "event",
            "session-expires",
            "refer-to",
            "referred-by",
        ),
        strict=True,
    )
)
_PARTIES = ("from", "to", "contact", "p-asserted-identity", "p-preferred-identity", "remote-party-id", "diversion")
_TARGETS = ("refer-to", "referred-by", "route", "record-route", "call-info", "alert-info")
_FIGURES = ("cseq", "rseq", "rack", "expires", "min-expires", "max-forwards", "content-length", "retry-after", "date")
_PROTOCOL = ("session-expires", "min-se", "content-type", "event", "subscription-state", "user-agent", "server")
_OPTIONS = ("supported", "require", "unsupported", "allow", "accept")
_FIRST = re.compile(r"(?P<method>[A-Z]{3,12}) (?P<uri>\S+) SIP/2\.0$|SIP/2\.0 (?P<code>\d{3})\b")
_URI = re.compile(r"(?P<scheme>sips?|tel|callto|urn)\s*:\s*(?P<rest>[^>\s,\"]*)", re.IGNORECASE)
_HOST = re.compile(r"\[[0-9A-Fa-f:.]+\](?::\d+)?|[A-Za-z0-9.-]+(?::\d+)?")
_PARAMETER = re.compile(r";\s*(?P<name>[A-Za-z-]+)(?:\s*=\s*(?P<value>\"[^\"]*\"|[^;,\s>]*))?")
_NUMBER = re.compile(r"\d{1,10}")
_WORD = re.compile(r"[A-Za-z0-9.,/ ;=+-]{0,80}")
_KEPT_PARAMETERS = frozenset(
    {"transport", "lr", "maddr", "ttl", "rport", "received", "expires", "q", "ob", "refresher", "cause", "reason"}
    | {"answer-after", "info", "method"}
)
_HASHED_PARAMETERS = frozenset({"tag", "branch", "to-tag", "from-tag"})
_MEDIA = re.compile(r"[vtmcb]=[A-Za-z0-9 ./:_-]{0,100}")
_ATTRIBUTE = re.compile(
    r"a=(?:(?:rtpmap|fmtp|ptime|maxptime|rtcp|rtcp-mux|mid|setup):?[A-Za-z0-9 ./:;=_-]{0,80}"
    r"|sendrecv|sendonly|recvonly|inactive)"
)
_ATTRIBUTE_NAME = re.compile(r"a=([a-z-]{1,20})")


class SipText:
    """`key`: what makes words of values; another one, and nothing can be told the same any more."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(16)
        self._kept: dict[str, Callable[[str], str]] = {
            **dict.fromkeys((*_PARTIES, *_TARGETS), self._parties),
            **dict.fromkeys((*_FIGURES, *_PROTOCOL, *_OPTIONS), _words),
            "via": self._way,
            "call-id": self.word,
            "replaces": lambda value: self.word(value.partition(";")[0]),
            "reason": _parameters_only,
            "warning": lambda value: " ".join(re.findall(r"\b\d{3}\b(?= )", value)[:3]),
        }

    def text(self, untrusted: bytes) -> str:
        """The lines that stay, one below the other; what it was is said where it is no message at all."""
        head, _blank, body = untrusted[:MOST_BYTES].partition(b"\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8", "replace")).split("\r\n")
        first = _FIRST.match(lines[0])
        if first is None:
            return f"({len(untrusted)} bytes that are no SIP message)"
        start = f"SIP/2.0 {first['code']}" if first["code"] else f"{first['method']} {self._uri(first['uri'])} SIP/2.0"
        kept, kind = [start], ""
        for line in lines[1:_MOST_LINES]:
            name, _colon, value = line.partition(":")
            name = _COMPACT.get(name.strip().lower(), name.strip().lower())
            keep = self._kept.get(name)
            if name == "content-type":
                kind = value.strip().lower()
            if keep is not None:
                kept.append(f"{name}: {keep(value.strip())}")
        if body:
            kept += ["", *_body(kind, body.decode("utf-8", "replace"))]
        return "\n".join(kept)

    def word(self, value: str) -> str:
        """The same for the same value, and nothing but that."""
        return "~" + hashlib.blake2s(value.strip().encode("utf-8", "replace"), key=self._key, digest_size=3).hexdigest()

    def _parties(self, value: str) -> str:
        found = [f"<{self._uri(one[0])}>" for one in _URI.finditer(value)]
        after = value.rpartition(">")[2] if ">" in value else value.partition(";")[1] + value.partition(";")[2]
        return ", ".join(found[:8]) + self._parameters(after) if found else ("*" if value == "*" else "")

    def _uri(self, uri: str) -> str:
        found = _URI.match(uri)
        if found is None:
            return "?"
        scheme, rest = found["scheme"].lower(), found["rest"]
        address, semicolon, parameters = rest.partition(";")
        user, at, host = address.rpartition("@")
        if scheme not in ("sip", "sips"):
            user, at, host = address, "", ""
        elif not at and not re.search(r"[.:\[]|^localhost$", address):
            user, at, host = address, "@", ""  # a bare word may be a user that somebody forgot the host of
        place = _HOST.match(host)
        said = f"{scheme}:{self.word(user) if user else ''}{at}{place[0] if place else ''}"
        return said + self._parameters(semicolon + parameters)

    def _way(self, value: str) -> str:
        hops = []
        for hop in value.split(",")[:8]:
            sent = re.match(r"\s*SIP/2\.0/(\w{2,4})\s+([^\s;]+)", hop)
            if sent:
                place = _HOST.match(sent[2])
                hops.append(f"{sent[1]} {place[0] if place else ''}{self._parameters(hop)}")
        return ", ".join(hops)

    def _parameters(self, text: str) -> str:
        said = ""
        for one in _PARAMETER.finditer(text):
            name, value = one["name"].lower(), one["value"]
            if name in _HASHED_PARAMETERS:
                said += f";{name}={self.word(value or '')}"
            elif name in _KEPT_PARAMETERS:
                said += f";{name}" + (f"={found[0]}" if value and (found := _parameter_value(value)) else "")
        return said


def _parameter_value(value: str) -> re.Match[str] | None:
    """A figure, an address, or a word of a protocol: no digits that could be dialled."""
    return re.fullmatch(r"\d{1,6}|\d{1,3}(?:\.\d{1,3}){3}|[A-Za-z-]{1,20}|[0-9.]{1,5}|\[?[0-9A-Fa-f:]{3,39}\]?", value)


def _words(value: str) -> str:
    """Words of the protocol and names of programs; digits enough for a number are cut down."""
    found = _WORD.match(value)
    return re.sub(r"\d(?:[ .,/;=+-]?\d){6,}", "#", found[0]) if found else ""


def _parameters_only(value: str) -> str:
    cause = re.search(r"cause\s*=\s*(\d{1,3})", value)
    protocol = re.match(r"SIP|Q\.850", value)
    return f"{protocol[0] if protocol else '?'};cause={cause[1] if cause else '?'}"


def _body(kind: str, text: str) -> list[str]:
    if kind.startswith("application/sdp"):
        return [kept for line in text.splitlines()[:_MOST_LINES] if (kept := _session_line(line))]
    if kind.startswith("message/sipfrag") and (code := re.match(r"SIP/2\.0 (\d{3})", text)):
        return [f"SIP/2.0 {code[1]}"]
    return [f"({len(text)} characters)"]


def _session_line(line: str) -> str:
    if _ATTRIBUTE.fullmatch(line) or _MEDIA.fullmatch(line):
        return line
    if line.startswith("o="):
        place = re.search(r" IN IP[46] ([0-9A-Fa-f.:]+)$", line)
        return f"o={place[1]}" if place else "o="
    name = _ATTRIBUTE_NAME.match(line)
    return f"a={name[1]}" if name else ""
