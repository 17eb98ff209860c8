"""Who is calling, read from the bytes of an INVITE: the number from P-Asserted-Identity (RFC 3325) where the network
vouches for one, else from From (RFC 3261 20.20), with Diversion (RFC 5806) and Privacy (RFC 3323).

Everything here is untrusted and much of it is broken in the field: GBK bytes, unclosed quotes, control and
direction-override characters, users that are missing. So nothing is refused: what can be read is read, cleaned and cut
to length; what cannot is "". Pure functions; any thread."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from desk.domain.party import Party

LENGTH_LIMIT = 256  # characters of a name or number that is shown
MOST_ENTRIES = 20
LONGEST_ANSWER_AFTER_S = 600.0
JOINERS = "\u200c\u200d"  # invisible, but letters and emoji are written with them

_COMPACT = {"f": "from", "t": "to", "v": "via", "m": "contact"}
_URI = re.compile(r"\s*(?P<scheme>sips?|tel):(?P<rest>[^>?\s]*)", re.IGNORECASE)
_EXTENSION = re.compile(r";ext=(\d{1,8})", re.IGNORECASE)
_ANSWER_AFTER = re.compile(r";\s*answer-after\s*=\s*\"?(\d{1,6})", re.IGNORECASE)
_ALERTS_TO_ANSWER = re.compile(r"alert-autoanswer|ring[ -]?answer|auto[ -]?answer|intercom", re.IGNORECASE | re.ASCII)
_AUTO = re.compile(r"\s*auto\s*(;|$)", re.IGNORECASE)
_Q = re.compile(r";?\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)(?![\d.])", re.IGNORECASE)
_CONTACT = re.compile(r"sips?:[!-;=?-~]{1,400}", re.IGNORECASE)  # visible ASCII but < and >
_WITHHOLDING = frozenset({"id", "user"})  # the other privacy values do not concern the caller's identity
_ANONYMOUS = frozenset({"anonymous", "unknown", "unavailable", "restricted", "private"})


@dataclass(frozen=True, slots=True)
class Address:
    """One name-addr of a header, cleaned. `user` "" where it has none."""

    user: str = ""
    display_name: str = ""
    host: str = ""


def decode(untrusted_bytes: bytes) -> str:
    """Text of unknown encoding: UTF-8, else GB 18030 (old PBXs send GBK), else UTF-8 with marks for what is lost."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return untrusted_bytes.decode(encoding)
        except UnicodeDecodeError:
            continue
    return untrusted_bytes.decode("utf-8", "replace")


def clean(text: str) -> str:
    """One line of what can be shown: no control, format (direction override), surrogate or private characters; runs of
    space made one; at most `LENGTH_LIMIT` characters."""
    shown = "".join(map(_shown, text[: LENGTH_LIMIT * 32]))
    return " ".join(shown.split())[:LENGTH_LIMIT].rstrip()


def _shown(char: str) -> str:
    if char.isascii() and char.isprintable():
        return char
    match unicodedata.category(char):
        case "Cc" | "Zs" | "Zl" | "Zp":
            return " "
        case "Cf":
            return char if char in JOINERS else ""
        case "Cs" | "Co" | "Cn":
            return ""
        case _:
            return char


def headers(untrusted_message: bytes) -> dict[str, list[bytes]]:
    """The header fields of a SIP message by lower-case name, in order, folded lines joined (RFC 3261 7.3.1)."""
    head = re.split(rb"\r?\n\r?\n", untrusted_message, maxsplit=1)[0]
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", head)
    found: dict[str, list[bytes]] = {}
    for line in re.split(rb"\r?\n", unfolded)[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            key = name.strip().decode("latin-1").lower()
            found.setdefault(_COMPACT.get(key, key), []).append(value.strip())
    return found


def _elements(text: str) -> list[str]:
    """A header value split at the commas that separate its elements: not those inside quotes or angle brackets."""
    parts, start, quoted, bracketed, skip = [], 0, False, False, False
    for at, char in enumerate(text):
        if skip:
            skip = False
        elif quoted:
            skip, quoted = char == "\\", char != '"'
        elif char == '"':
            quoted = True
        elif char in "<>":
            bracketed = char == "<"
        elif char == "," and not bracketed:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def read_address(text: str) -> Address:
    """`"Name" <sip:user@host>;params`, or what is left of it. A quote that never closes ends before the last `<`."""
    name, bracket, rest = _split_name(text)
    uri = rest.partition(">")[0] if bracket else rest
    found = _URI.match(uri)
    if found is None:
        return Address(display_name=clean(name))
    scheme, body = found["scheme"].lower(), found["rest"]
    if scheme == "tel":
        extension = _EXTENSION.search(body)
        user = body.partition(";")[0] + (f"-{extension[1]}" if extension else "")
        return Address(clean(_unescape(user)), clean(name))
    user, at, host = body.rpartition("@")
    user = user.partition(";")[0].partition(":")[0] if at else ""
    return Address(clean(_unescape(user)), clean(name), clean(host.partition(";")[0]).lower())


def _split_name(text: str) -> tuple[str, str, str]:
    """Display name, "<" where there is one, and what follows it."""
    text = text.strip()
    if text.startswith('"'):
        closed = re.match(r'"((?:[^"\\]|\\.)*)"\s*(<?)', text, re.DOTALL)
        if closed:
            return re.sub(r"\\(.)", r"\1", closed[1], flags=re.DOTALL), closed[2], text[closed.end() :]
        name, bracket, rest = text[1:].rpartition("<")
        return name, bracket, rest
    name, bracket, rest = text.partition("<")
    return (name, bracket, rest) if bracket else ("", "", text)


def _unescape(text: str) -> str:
    return decode(unquote_to_bytes(text)) if "%" in text else text


def read_party(untrusted_message: bytes) -> Party:
    """The caller in this INVITE. Never raises."""
    fields = headers(untrusted_message)
    asserted = _asserted(fields)
    came_from = _first(fields, "from")
    anonymous = came_from.user.lower() in _ANONYMOUS or came_from.host.endswith("anonymous.invalid")
    withheld = _private(fields) or (anonymous and not asserted.user)
    number = "" if withheld else asserted.user or came_from.user
    name = asserted.display_name or came_from.display_name
    return Party(number, name, _first(fields, "diversion").user, withheld)


def read_diversions(untrusted_message: bytes) -> tuple[str, ...]:
    """The user parts of the Diversion entries (RFC 5806), the latest first; a `counter` of n stands for n of them. At
    most `MOST_ENTRIES`. Never raises."""
    found: list[str] = []
    for value in headers(untrusted_message).get("diversion", ())[:MOST_ENTRIES]:
        for element in _elements(decode(value)):
            counter = re.search(r";\s*counter\s*=\s*(\d{1,3})", element, re.IGNORECASE)
            found += [read_address(element).user] * max(1, int(counter[1]) if counter else 1)
    return tuple(found[:MOST_ENTRIES])


def read_contacts(untrusted_message: bytes) -> tuple[str, ...]:
    """The SIP URIs that a 3xx answer sends us to (RFC 3261 8.1.3.4), the best first by their q. At most `MOST_ENTRIES`;
    without those that hold what no URI may hold. Never raises."""
    found: list[tuple[float, str]] = []
    for value in headers(untrusted_message).get("contact", ())[:MOST_ENTRIES]:
        for element in _elements(decode(value)):
            _, bracket, rest = _split_name(element)
            uri, _, parameters = rest.partition(">") if bracket else rest.partition(";")
            quality = _Q.search(parameters)
            if _CONTACT.fullmatch(uri.strip()):
                found.append((float(quality[1]) if quality else 1.0, uri.strip()))
    return tuple(uri for _, uri in sorted(found, key=lambda one: -one[0])[:MOST_ENTRIES])


def read_answer_after_s(untrusted_message: bytes) -> float | None:
    """How soon the caller asks to be answered without anybody's doing, in seconds; None where it does not.

    There is no one way to ask: `Call-Info: <...>;answer-after=2` (Broadsoft, Snom, Grandstream), `Alert-Info` with
    `info=alert-autoanswer` or `Ring Answer` or `Auto Answer` (Polycom, Cisco, Yealink), and `Answer-Mode: Auto`
    (RFC 5373, also as Priv-Answer-Mode). Never raises."""
    fields = headers(untrusted_message)
    for value in fields.get("call-info", ()):
        found = _ANSWER_AFTER.search(decode(value))
        if found:
            return min(float(found[1]), LONGEST_ANSWER_AFTER_S)
    if any(_ALERTS_TO_ANSWER.search(decode(value)) for value in fields.get("alert-info", ())):
        return 0.0
    modes = (*fields.get("answer-mode", ()), *fields.get("priv-answer-mode", ()))
    return 0.0 if any(_AUTO.match(decode(value)) for value in modes) else None


def _asserted(fields: dict[str, list[bytes]]) -> Address:
    """P-Asserted-Identity may hold a sip and a tel URI: the first that names a user counts."""
    found = [
        read_address(element) for value in fields.get("p-asserted-identity", ()) for element in _elements(decode(value))
    ]
    named = next((address for address in found if address.user), Address())
    display_name = next((address.display_name for address in found if address.display_name), "")
    return Address(named.user, display_name, named.host) if named.user else Address()


def _first(fields: dict[str, list[bytes]], name: str) -> Address:
    values = fields.get(name, ())
    return read_address(_elements(decode(values[0]))[0]) if values else Address()


def _private(fields: dict[str, list[bytes]]) -> bool:
    said = {word.strip().lower() for value in fields.get("privacy", ()) for word in re.split("[;,]", decode(value))}
    return bool(said & _WITHHOLDING)


def raw_message(swig_text: str) -> bytes:
    """The bytes of a message as SWIG hands it over: UTF-8 where it was, surrogate escapes where it was not."""
    return swig_text.encode("utf-8", "surrogateescape")
