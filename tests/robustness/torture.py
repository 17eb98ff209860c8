"""The torture messages of RFC 4475 as bytes, made from its text in `rfc4475.txt`: one section for each message, in the
RFC's own markup (2.1-2.3: <allOneLine>, <hex>, <repeat>), lines ending in CRLF, the empty line put behind a message
that has only a head.

Some forty of the messages share a branch, and none names where its sender really is. `sent_by_us` gives the topmost Via
what any real sender's has, a branch of its own and `rport` (RFC 3581), and changes nothing else; a Via that is itself
the torture keeps all of it. Pure functions."""

import re
from dataclasses import dataclass
from pathlib import Path

TEXT = Path(__file__).with_name("rfc4475.txt")
KEEPS_ITS_BRANCH = frozenset({"badbranch"})  # a branch that is empty is what it is about

_LINE = re.compile(r"<allOneLine>\n(.*?)\n</allOneLine>", re.DOTALL)
_REPEAT = re.compile(r"<repeat count=(\d+)>(.*?)</repeat>", re.DOTALL)
_HEX = re.compile(r"<hex>([0-9A-Fa-f\s]*)</hex>")
_VIA = re.compile(rb"^(?:via|v)[ \t]*:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
_BRANCH = re.compile(rb"branch\s*=\s*[^\s;,]+")


@dataclass(frozen=True, slots=True)
class Message:
    """`section` and `name` as the RFC has them, `octets` as it prints them."""

    section: str
    name: str
    octets: bytes

    @property
    def head(self) -> bytes:
        return self.octets.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        return self.octets.partition(b"\r\n\r\n")[2]

    @property
    def is_invite(self) -> bool:
        return self.octets.startswith(b"INVITE")

    def sent_by_us(self, unique: str) -> bytes:
        """The same, answerable: with a branch that no other message has, and `rport`."""
        via = _VIA.search(self.octets)
        if via is None or b",;" in via[0] or self.octets.startswith(b"SIP/2.0 "):
            return self.octets
        ours = via[0]
        if self.name not in KEEPS_ITS_BRANCH:
            ours = _BRANCH.sub(lambda branch: branch[0] + unique.encode(), ours, count=1)
        if b"rport" not in ours:
            ours += b";rport"
        return self.octets[: via.start()] + ours + self.octets[via.end() :]


def messages() -> tuple[Message, ...]:
    """All 49, in the RFC's order."""
    _, *sections = re.split(r"^=== ", TEXT.read_text("ascii"), flags=re.MULTILINE)
    found = []
    for section in sections:
        title, _, text = section.partition("\n")
        number, name = title.split()
        found.append(Message(number, name, octets(text)))
    return tuple(found)


def octets(text: str) -> bytes:
    """What this text of the RFC stands for."""
    text = _HEX.sub(lambda found: "<hex>" + "".join(found[1].split()) + "</hex>", text)
    text = _LINE.sub(lambda found: found[1].replace("\n", ""), text)
    while _REPEAT.search(text):
        text = _REPEAT.sub(lambda found: found[2] * int(found[1]), text)
    text = text.replace("\n", "\r\n")
    if "\r\n\r\n" not in text:
        text += "\r\n"
    return _HEX.sub(lambda found: bytes.fromhex(found[1]).decode("latin-1"), text).encode("latin-1")
