"""SIP messages that somebody has spoilt: structure-aware, from a seed, so that every run sends the same ones. A message
is taken apart into start line, header fields and body, spoilt in one to three places, and put together again; most are
still read by a parser as far as the fault, which is where the faults of implementations are. Pure functions."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

TEXT_4K = "很长的名字" * 270  # 4,050 octets in UTF-8
NAMES: tuple[bytes, ...] = (
    "王五".encode("gbk"),
    "物业客服中心".encode("gb18030"),
    TEXT_4K.encode(),
    b"A" * 4096,
    "🏠🔧🚰👩‍🔧🇨🇳".encode(),
    b"\xff\xfe\xc3\x28\xe2\x82",  # no UTF-8 at all
    b"\x01\x02\x07\x1b[31mred\x1b[0m\x7f",
    b"nul\\\x00inside",
    "\u202eevil\u202c\u2066\u2067\ufeff".encode(),
    b"&lt;b&gt;<b>%s%n%x</b>",
    b'\\"\\\\\\"',
    b"",
)
USERS: tuple[bytes, ...] = (
    b"",
    b"%00",
    b"%E7%8E%8B",
    b"+8613800138000",
    b"a" * 3000,
    b"1;phone-context=x",
    b"%",
    b"%zz",
)
NUMBERS: tuple[bytes, ...] = (
    b"-1",
    b"0",
    b"4294967296",
    b"99999999999999999999",
    b"2147483648",
    b"0x10",
    b"1e9",
    b"",
    b"five",
    b" 7 7",
)
JUNK: tuple[bytes, ...] = (
    b";;,;,,",
    b'"',
    b"<",
    b">",
    b"\x00",
    b"\t" * 50,
    b"(" * 200,
    b"%",
    b"\\",
    b"=" * 30,
    b"\xff\xff",
)

_ODD_HEADERS: tuple[bytes, ...] = (
    b'P-Asserted-Identity: "%b" <sip:%b@127.0.0.1>',
    b'Diversion: "%b" <sip:%b@pbx>;reason=unconditional;counter=999999999999',
    b'Remote-Party-ID: "%b" <sip:%b@pbx>;party=calling',
    b"Call-Info: <sip:%b>;answer-after=%b",
    b"Alert-Info: <http://%b>;info=%b",
    b"Subject: %b %b",
    b"Replaces: %b;to-tag=%b;from-tag=1;early-only",
    b"Refer-To: <sip:%b@127.0.0.1?Replaces=%b%%3Bto-tag%%3D1>",
    b"Referred-By: <sip:%b@%b>",
    b"Session-Expires: %b;refresher=%b",
    b"Min-SE: %b%b",
    b"Require: %b, %b",
    b"Supported: replaces, timer, 100rel, %b, %b",
    b"Event: %b;id=%b",
    b"Subscription-State: %b;expires=%b",
    b"RAck: %b %b INVITE",
    b"RSeq: %b%b",
    b"Record-Route: <sip:%b@%b;lr>",
    b"Route: <sip:%b@%b;lr>",
    b"Contact: *%b%b",
    b"Privacy: %b;%b",
    b"Answer-Mode: %b%b",
    b"Authorization: Digest username=%b, nonce=%b",
    b"X-\xe5\xa4\xa7: %b%b",
)
_ODD_SDP: tuple[bytes, ...] = (
    b"m=audio 0 RTP/AVP 8",
    b"m=audio 99999 RTP/AVP 8",
    b"m=audio -1 RTP/AVP -8",
    b"m=audio 9 RTP/SAVP 8",
    b"m=audio 9/65535 RTP/AVP 8",
    b"m=video 9 RTP/AVP 31",
    b"m=image 9 udptl t38",
    b"m=",
    b"c=IN IP6 ::",
    b"c=IN IP4 999.999.999.999",
    b"c=IN IP4 255.255.255.255",
    b"c=IN IP4 " + b"a" * 500,
    b"a=rtpmap:8 PCMA/0",
    b"a=rtpmap:8 PCMA/99999999999",
    b"a=rtpmap:999 " + b"X" * 300 + b"/8000/99",
    b"a=rtpmap:101 telephone-event/8000",
    b"a=fmtp:101 0-99999",
    b"a=fmtp:8 " + b"x=1;" * 300,
    b"a=ptime:0",
    b"a=ptime:-20",
    b"a=ptime:99999",
    b"a=maxptime:1",
    b"a=sendonly",
    b"a=inactive",
    b"a=rtcp:99999 IN IP4 1.2.3",
    b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + b"A" * 900,
    b"a=candidate:1 1 UDP 1 999.1.1.1 9 typ host",
    b"a=ice-ufrag:" + b"u" * 600,
    b"b=AS:-5",
    b"t=-1 -1",
    b"a",
    b"=",
    b"\x00\x00",
)


@dataclass
class Parts:
    """A message taken apart. `spoilt_length`: the Content-Length stays as it is; else it is made right at the end."""

    start: bytes
    head: list[bytes]
    body: bytes = b""
    newline: bytes = b"\r\n"
    spoilt_length: bool = False
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, message: bytes) -> Self:
        """A message that is whole."""
        head, _, body = message.partition(b"\r\n\r\n")
        start, *fields = head.split(b"\r\n")
        return cls(start, [line for line in fields if not line.startswith(b"Content-Length")], body)

    def octets(self) -> bytes:
        head = self.head if self.spoilt_length else [*self.head, b"Content-Length: %d" % len(self.body)]
        return self.newline.join((self.start, *head, b"", self.body))


Spoil = Callable[[Parts, random.Random], None]


def _drop(parts: Parts, by: random.Random) -> None:
    if parts.head:
        del parts.head[by.randrange(len(parts.head))]


def _double(parts: Parts, by: random.Random) -> None:
    if parts.head:
        parts.head.insert(by.randrange(len(parts.head)), by.choice(parts.head))


def _hundred(parts: Parts, by: random.Random) -> None:
    if parts.head:
        parts.head += [by.choice(parts.head)] * by.choice((5, 30, 100))


def _shuffle(parts: Parts, by: random.Random) -> None:
    by.shuffle(parts.head)


def _name(parts: Parts, by: random.Random) -> None:
    _replace(parts, by, b"From", lambda value: b'"%b" %b' % (by.choice(NAMES), value[value.find(b"<") :]))


def _bare_name(parts: Parts, by: random.Random) -> None:
    _replace(parts, by, b"From", lambda value: by.choice(NAMES) + value[value.find(b"<") :])


def _user(parts: Parts, by: random.Random) -> None:
    user = by.choice(USERS)
    _replace(parts, by, by.choice((b"From", b"To", b"Contact")), lambda v: v.replace(b"sip:", b"sip:" + user + b"@", 1))


def _no_user(parts: Parts, by: random.Random) -> None:
    def bare(value: bytes) -> bytes:
        before, _, after = value.partition(b"sip:")
        return before + b"sip:" + after.rpartition(b"@")[2]

    _replace(parts, by, b"From", bare)


def _number(parts: Parts, by: random.Random) -> None:
    name = by.choice((b"CSeq", b"Max-Forwards", b"Expires", b"Content-Length", b"Min-Expires", b"Retry-After"))
    value = by.choice(NUMBERS)
    if name == b"CSeq":
        _replace(parts, by, name, lambda old: value + b" " + old.rpartition(b" ")[2])
        return
    parts.spoilt_length = name == b"Content-Length"
    parts.head = [line for line in parts.head if not line.startswith(name)] + [name + b": " + value]


def _odd_header(parts: Parts, by: random.Random) -> None:
    spoils = (*NAMES, *USERS, *NUMBERS, *JUNK)
    parts.head.append(by.choice(_ODD_HEADERS) % (by.choice(spoils), by.choice(spoils)))


def _junk(parts: Parts, by: random.Random) -> None:
    if parts.head:
        at = by.randrange(len(parts.head))
        line = parts.head[at]
        cut = by.randrange(len(line) + 1)
        parts.head[at] = line[:cut] + by.choice(JUNK) + line[cut:]


def _fold(parts: Parts, by: random.Random) -> None:
    if parts.head:
        at = by.randrange(len(parts.head))
        parts.head[at] = parts.head[at].replace(b" ", b"\r\n " * by.choice((1, 1, 20)))


def _huge(parts: Parts, by: random.Random) -> None:
    if parts.head:
        at = by.randrange(len(parts.head))
        parts.head[at] += by.choice((b"x", b";a=b", b",<sip:x@y>")) * by.choice((500, 1500, 8000))


def _charset(parts: Parts, by: random.Random) -> None:
    charset = by.choice((b"gbk", b"utf-16", b"", b"\xff" * 9, b"x" * 900))
    _replace(parts, by, b"Content-Type", lambda value: value + b";charset=" + charset)


def _multipart(parts: Parts, by: random.Random) -> None:
    depth = by.choice((1, 2, 10, 60))
    body = parts.body
    for level in range(depth):
        mark = b"b%d" % level
        body = b"--%b\r\nContent-Type: multipart/mixed;boundary=b%d\r\n\r\n%b\r\n--%b--" % (mark, level - 1, body, mark)
    boundary = by.choice((b"b%d" % (depth - 1), b"", b'"', b"other"))
    parts.head = [line for line in parts.head if not line.startswith(b"Content-Type")]
    parts.head.append(b"Content-Type: multipart/mixed;boundary=" + boundary)
    parts.body = body


def _sdp_line(parts: Parts, by: random.Random) -> None:
    lines = parts.body.split(b"\r\n")
    lines.insert(by.randrange(len(lines) + 1), by.choice(_ODD_SDP))
    parts.body = b"\r\n".join(lines)


def _sdp_drop(parts: Parts, by: random.Random) -> None:
    lines = parts.body.split(b"\r\n")
    del lines[by.randrange(len(lines))]
    parts.body = b"\r\n".join(lines)


def _sdp_many(parts: Parts, by: random.Random) -> None:
    parts.body += by.choice(_ODD_SDP[:8]) + b"\r\n"
    parts.body += (by.choice(_ODD_SDP) + b"\r\n") * by.choice((10, 60, 200))


def _body(parts: Parts, by: random.Random) -> None:
    parts.body = by.choice((b"", b"\x00" * 100, by.randbytes(400), b"v=0", b"\r\n\r\n", b"x" * 20_000, parts.body[:40]))


def _start(parts: Parts, by: random.Random) -> None:
    words = parts.start.split(b" ")
    at = by.randrange(len(words))
    words[at] = by.choice(
        (b"", b"sip:", b"<sip:x>", b"sip:" + b"y" * 2000 + b"@z", b"SIP/3.0", b"\xe7\x8e", b"999", b"tel:1")
    )
    parts.start = b" ".join(words)


def _newlines(parts: Parts, by: random.Random) -> None:
    parts.newline = by.choice((b"\n", b"\r", b"\r\n\r\n", b"\r\r\n"))


def _replace(parts: Parts, by: random.Random, name: bytes, change: Callable[[bytes], bytes]) -> None:
    for at, line in enumerate(parts.head):
        if line.startswith(name + b": "):
            parts.head[at] = name + b": " + change(line[len(name) + 2 :])
            return


SPOILS: tuple[Spoil, ...] = (
    *(
        _drop,
        _double,
        _hundred,
        _shuffle,
        _name,
        _bare_name,
        _user,
        _no_user,
        _number,
        _odd_header,
        _junk,
        _fold,
        _huge,
    ),
    *(_charset, _multipart, _sdp_line, _sdp_drop, _sdp_many, _body, _start, _newlines),
)
_OFTEN = (_name, _bare_name, _odd_header, _odd_header, _number, _sdp_line, _sdp_line, _junk)


def mutated(parts: Parts, by: random.Random) -> bytes:
    """Spoilt in one to three places; one in twelve is cut off or has bits turned as well. At most what one datagram
    carries."""
    for _ in range(by.choice((1, 1, 2, 3))):
        spoil = by.choice((*SPOILS, *_OFTEN))
        parts.notes.append(spoil.__name__.strip("_"))
        spoil(parts, by)
    octets = parts.octets()
    match by.randrange(24):
        case 0:
            octets = octets[: by.randrange(len(octets) + 1)]
        case 1:
            turned = bytearray(octets)
            for _ in range(by.choice((1, 5, 50))):
                turned[by.randrange(len(turned))] ^= 1 << by.randrange(8)
            octets = bytes(turned)
        case _:
            pass
    return octets[:65_000]
