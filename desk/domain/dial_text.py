"""What the agent types, pastes, or a web page hands over, read as a text: a SIP URI, or digits with an extension. What
the digits mean is the dial plan's business.

Understood are the separators that people write, full-width digits, a label in front ("电话:"), `tel:` (RFC 3966, with
its visual separators, `ext=` and `phone-context=`), `callto:` (number or address), `sip:` with and without a host.
Anything else that has letters in it is no number, so that a name typed by mistake calls nobody. Pure, any thread."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from desk.domain.numbers import read_number

MOST_CHARACTERS = 256
Reason = Literal["empty", "too_long", "not_a_number", "bad_uri", "wrong_length", "rule", "no_registrar"]

# RFC 3261 25.1: scheme, user, host, port, uri-parameters; neither password nor headers, which no person types
SIP_URI = re.compile(
    r"sips?:[A-Za-z0-9\-_.!~*'()&=+$,;?/%#]{1,128}@(?:[A-Za-z0-9\-.]{1,253}|\[[0-9A-Fa-f:.]{2,64}\])(?::\d{1,5})?"
    r"(?:;[A-Za-z0-9\-_.!~*'()%]+(?:=[A-Za-z0-9\-_.!~*'()%]+)?)*"
)
_SCHEME = re.compile(r"\s*(sips?|tel|callto)\s*:\s*(?://)?", re.IGNORECASE)
_LABEL = re.compile(r"(?:联系电话|电话|手机号码|手机号|手机|座机|固话|号码|tel|phone|mobile)[\s:.号]*", re.IGNORECASE)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－～~_ー·", "-"))
_SEPARATORS = re.compile(r"[\s\-.()（）/]+")
_EXTENSION = re.compile(
    r"(?P<base>.*?\d.*?)[\s,;(]*(?:转接|转|分机号|分机|内线|ext(?:ension|n)?|x|,|;)[\s:.号-]*(?P<extension>\d{1,8})[\s)#]*",
    re.IGNORECASE,
)
_HASH_EXTENSION = re.compile(r"(?P<base>[^#*]*\d[^#*]*)#\s*(?P<extension>\d{1,8})\s*")
_EXTENSION_AFTER = 7  # digits that a number has at least before a "#" that begins its extension


class Unmappable(Exception):
    """What was typed cannot be dialled. `reason` is a code that the ui knows in words, `detail` for the log."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class DialText:
    """Either `uri` (a whole SIP URI), or `digits` (0-9, * and #, a + in front only) and maybe an `extension`."""

    digits: str = ""
    extension: str = ""
    uri: str = ""


def read_dialled(typed: str) -> DialText:
    """Raises `Unmappable`: `empty`, `too_long`, `not_a_number`, `bad_uri`."""
    if len(typed) > MOST_CHARACTERS:
        raise Unmappable("too_long")
    text = _clean(typed)
    if not text:
        raise Unmappable("empty")
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _number(_LABEL.sub("", text, count=1) if _LABEL.match(text) else text)
    rest = text[scheme.end() :].strip()
    if scheme[1].lower() == "tel":
        return _tel(rest)
    if scheme[1].lower() == "callto":
        rest = rest.partition("?")[0].rstrip("/")
    if "@" in rest:
        uri = f"{'sips' if scheme[1].lower() == 'sips' else 'sip'}:{rest}"
        if not SIP_URI.fullmatch(uri):
            raise Unmappable("bad_uri")
        return DialText(uri=uri)
    return _number(unquote(rest.partition(";")[0]))


def requested_text(untrusted_uri: str) -> str:
    """What goes into the dial box when a program or a web page asks for this to be dialled: the number in it, and its
    extension, as a person would type them; a SIP URI as it is. A text that is neither is shown as it came, without
    control characters and cut short: the agent sees what was asked for, and nothing is dialled by it."""
    try:
        read = read_dialled(untrusted_uri[:MOST_CHARACTERS])
    except Unmappable:
        return _clean(untrusted_uri[:MOST_CHARACTERS])[:64]
    return read.uri or (f"{read.digits}转{read.extension}" if read.extension else read.digits)


def _clean(typed: str) -> str:
    """Narrow digits and letters, ASCII dashes, one kind of space; what cannot be seen is dropped."""
    kept = []
    for c in unicodedata.normalize("NFKC", typed).translate(_DASHES):
        category = unicodedata.category(c)
        if category == "Nd":
            kept.append(str(unicodedata.decimal(c)))
        elif category in ("Cc", "Zs", "Zl", "Zp"):
            kept.append(" ")
        elif category not in ("Cf", "Cs", "Co", "Cn"):
            kept.append(c)
    return "".join(kept).strip(" <>\"'")


def _number(text: str) -> DialText:
    """A number as people write it."""
    text, extension = _split_extension(text)
    digits = _SEPARATORS.sub("", text)
    digits = digits.removeprefix("00") if digits.startswith("00+") else digits
    if not re.fullmatch(r"\+?[0-9*#]+", digits, re.ASCII) or digits == "+":
        raise Unmappable("not_a_number")
    if len(digits) > 40:
        raise Unmappable("wrong_length")
    return DialText(digits, extension)


def _split_extension(text: str) -> tuple[str, str]:
    found = _EXTENSION.fullmatch(text)
    if found is None:
        found = _HASH_EXTENSION.fullmatch(text)
        if found is not None and sum(c.isdigit() for c in found["base"]) < _EXTENSION_AFTER:
            found = None  # a code such as 1001#2
    if found is not None:
        return found["base"], found["extension"]
    if "-" in text and "*" not in text and "#" not in text:
        read = read_number(text)  # knows which dash begins an extension: 0755-87654321-803
        if read.extension:
            return text[: text.rindex("-")], read.extension
    return text, ""


def _tel(rest: str) -> DialText:
    """RFC 3966 3: a number, then parameters. A local number's context, where it is a prefix (+86), belongs in front."""
    number, *untrusted_parameters = unquote(rest).split(";")
    parameters = dict(one.strip().partition("=")[::2] for one in untrusted_parameters)
    parameters = {name.lower(): _SEPARATORS.sub("", value) for name, value in parameters.items()}
    read = _number(number)
    context = parameters.get("phone-context", "")
    digits = read.digits
    if re.fullmatch(r"\+\d{1,15}", context, re.ASCII) and digits.isdigit():
        digits = context + digits.lstrip("0")
    extension = parameters.get("ext") or parameters.get("postd") or read.extension
    return DialText(digits, extension if re.fullmatch(r"\d{1,8}", extension, re.ASCII) else "")
