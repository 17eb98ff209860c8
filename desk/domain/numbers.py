"""Phone numbers as they arrive: any text in, a key to find people by out. The raw text is the caller's to keep and
is never altered; what cannot be understood still gets a key, so that it is found again when it calls again.

Rules are those of the Chinese numbering plan as callers and PBXs write it; the `phonenumbers` library (Google's
metadata) judges what is left: foreign numbers and odd lengths. An extension ("转803") is NOT part of the key: the
caller identification of a company's line never carries it. Surprising: the key of a local number without an area code
is its bare digits; `lookup_keys` gives the other keys the same line may be filed under. Pure, any thread; some 5 us for
a number of digits only, 120 us for the worst."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from urllib.parse import unquote

import phonenumbers


class NumberKind(Enum):
    MOBILE = "mobile"
    FIXED = "fixed"  # with area code, or a service line 400/800
    SHORT = "short"  # public service: 110, 12345, 95598
    INTERNAL = "internal"  # an extension of the PBX, an intercom: 2-6 digits
    FOREIGN = "foreign"
    UNKNOWN = "unknown"  # neither: a SIP user name, a number of no known plan
    WITHHELD = "withheld"  # nothing to go by


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """`raw` exactly as given. `key`: E.164 ("+8613800138000") where the number has one, else its bare digits or the
    lower-case text; "" where withheld. `extension`: digits after the number, "" without. `shown`: as people read it."""

    raw: str
    key: str
    extension: str
    kind: NumberKind
    shown: str


_WITHHELD = frozenset(
    (
        *("", "anonymous", "unknown", "unavailable", "restricted", "private", "withheld", "nobody"),
        *("匿名", "未知", "未知号码", "隐藏号码", "私人号码", "保密", "无主叫", "无"),
    )
)
_SHORT = re.compile(r"11\d|12[0-2]|1[0-2]\d{3}|9[56]\d{3,4}|1[0-2]\d{3}\d?")
_MOBILE = re.compile(r"(?:\+?86|0086)?0?(1[3-9]\d{9})")
_FIXED = re.compile(r"(?:(?:\+?86|0086)0?|0)((10|2\d|[3-9]\d{2})([2-8]\d{6,7}))")
_SERVICE = re.compile(r"(?:\+?86|0086)?([48]00\d{7})")
_LOCAL = re.compile(r"[2-8]\d{6,7}")
_CARRIER = re.compile(r"(?:17951|17911|17909|17901|12593|10193)(0?1[3-9]\d{9}|0[1-9]\d{9,10})")
_OUTSIDE_LINE = re.compile(r"[09](0?1[3-9]\d{9}|0[1-9]\d{9,10}|[2-8]\d{6,7})")

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－～~_", "-"))
_EXTENSION_WORD = re.compile(
    r"(?:转接|转|分机号|分机|内线|ext(?:ension)?|extn|[x#,;])[\s:.号-]*(\d{1,6})\D*$", re.IGNORECASE
)
_EXTENSION_DASH = re.compile(r"(.*\d.*?)\s*-\s*(\d{1,6})")
_LOCAL_DASH = re.compile(r"[2-8]\d{6,7}\s*-\s*\d{1,5}")
_BARE = re.compile(r"\+?[0-9]{1,32}")
_KNOWN_CODES_OF_TWO = ("10", "20", "21", "22", "23", "24", "25", "27", "28", "29")


@lru_cache(4096)  # the same few hundred are shown again with every list that is read
def read_number(raw: str, area_code: str = "") -> PhoneNumber:
    """What this text says. `area_code`: the office's ("0755"), put before local numbers. Never raises."""
    if _BARE.fullmatch(raw):
        kind, key, shown = _judge(raw, area_code)
        return PhoneNumber(raw, key, "", kind, shown)
    text = _plain(raw)
    if text.lower() in _WITHHELD:
        return PhoneNumber(raw, "", "", NumberKind.WITHHELD, "")
    text, extension = _split_extension(text)
    digits = _digits(text)
    if not any(c.isdigit() for c in digits):
        key = " ".join(text.lower().split())[:64]
        kind = NumberKind.UNKNOWN if key and key not in _WITHHELD else NumberKind.WITHHELD
        return PhoneNumber(raw, key if kind is NumberKind.UNKNOWN else "", extension, kind, text[:64])
    kind, key, shown = (
        _judge(digits, area_code) if _numeric(text) else (NumberKind.UNKNOWN, text.lower()[:64], text[:64])
    )
    return PhoneNumber(raw, key, extension, kind, f"{shown}-{extension}" if extension else shown)


def lookup_key(raw: str, area_code: str = "") -> str:
    """The key this number is filed under, "" where it is withheld."""
    return read_number(raw, area_code).key


def lookup_keys(raw: str, area_code: str = "") -> tuple[str, ...]:
    """Every key the line behind this number may be filed under, likeliest first: as it reads, with the office's area
    code, without it (entries written before anybody gave one), without a PBX's digit for an outside line."""
    number = read_number(raw, area_code)
    keys = [number.key]
    area = area_code.strip().lstrip("0")
    if area and number.key.startswith(f"+86{area}") and number.kind is NumberKind.FIXED:
        keys.append(number.key[3 + len(area) :])
    outside = _OUTSIDE_LINE.fullmatch(number.key) if number.kind is NumberKind.UNKNOWN else None
    if outside:
        keys.append(_judge(outside[1], area_code)[1])
    return tuple(dict.fromkeys(k for k in keys if k))


def _plain(raw: str) -> str:
    """Without what signalling and forms put around a number: URI scheme, host, parameters, escapes, wide digits."""
    text = unicodedata.normalize("NFKC", raw[:256])
    if "%" in text:
        text = unicodedata.normalize("NFKC", unquote(text))
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf")).translate(_DASHES).strip(" <>\"'")
    scheme = re.match(r"(?:sips?|tel|callto):(?://)?", text, re.IGNORECASE)
    text = text[scheme.end() :] if scheme else text
    context = re.search(r";phone-context=\+(\d+)", text, re.IGNORECASE)
    text = re.sub(r"@.*|;(?=[a-z][\w-]*(?:=|;|$)).*", "", text, flags=re.IGNORECASE | re.DOTALL).strip()
    if context and not text.startswith("+") and text[:1].isdigit():
        text = f"+{context[1]}{text.lstrip('0')}"
    return "".join(str(unicodedata.digit(c, c)) if c.isdigit() else c for c in text)


def _split_extension(text: str) -> tuple[str, str]:
    extension = ""
    while (word := _EXTENSION_WORD.search(text)) and any(c.isdigit() for c in text[: word.start()]):
        text, extension = text[: word.start()].strip(), word[1]  # of several the one that is dialled first
    if extension:
        return text, extension
    dash = _EXTENSION_DASH.fullmatch(text)
    if not dash or _judge(_digits(dash[1]), "")[0] is not NumberKind.FIXED:
        return text, ""
    ambiguous = not _LOCAL_DASH.fullmatch(text) and _judge(_digits(text), "")[0] is not NumberKind.UNKNOWN
    return (text, "") if ambiguous else (dash[1], dash[2])


def _digits(text: str) -> str:
    return ("+" if text.lstrip(" (").startswith(("+", "00+")) else "") + "".join(c for c in text if c.isdecimal())


def _numeric(text: str) -> bool:
    """Whether this is written as a number: no letters but those of a label such as "电话:" in front."""
    return not re.search(r"[A-Za-z]", text)


def _judge(digits: str, area_code: str) -> tuple[NumberKind, str, str]:
    """(kind, key, shown) of bare digits with an optional leading +."""
    carrier = _CARRIER.fullmatch(digits)
    digits = carrier[1] if carrier else digits
    if mobile := _MOBILE.fullmatch(digits):
        return NumberKind.MOBILE, f"+86{mobile[1]}", _shown_mobile(mobile[1])
    if service := _SERVICE.fullmatch(digits):
        return NumberKind.FIXED, f"+86{service[1]}", f"{service[1][:3]} {service[1][3:6]} {service[1][6:]}"
    if (fixed := _FIXED.fullmatch(digits)) and _area_fits(fixed[2], fixed[3]):
        return NumberKind.FIXED, f"+86{fixed[1]}", _shown_fixed(fixed[2], fixed[3])
    if _SHORT.fullmatch(digits):
        return NumberKind.SHORT, digits, digits
    if re.fullmatch(r"\d{1,6}", digits):
        return NumberKind.INTERNAL, digits, digits
    area = area_code.strip().lstrip("0")
    if _LOCAL.fullmatch(digits):
        if area:
            return NumberKind.FIXED, f"+86{area}{digits}", _shown_fixed(area, digits)
        return NumberKind.FIXED, digits, _grouped(digits)
    return _judge_by_library(digits)


def _area_fits(area: str, local: str) -> bool:
    """Cities with two-digit codes have eight-digit lines; the rest have seven or eight."""
    return len(local) == 8 if area in _KNOWN_CODES_OF_TWO else True


def _judge_by_library(digits: str) -> tuple[NumberKind, str, str]:
    try:
        parsed = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return NumberKind.UNKNOWN, digits[:64], digits[:64]
    if not phonenumbers.is_valid_number(parsed):
        return NumberKind.UNKNOWN, digits[:64], digits[:64]
    key = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if parsed.country_code != 86:
        shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        return NumberKind.FOREIGN, key, shown
    national = key[3:]
    again = _FIXED.fullmatch(f"0{national}")
    return NumberKind.FIXED, key, _shown_fixed(again[2], again[3]) if again else _grouped(national)


def _shown_mobile(national: str) -> str:
    return f"{national[:3]} {national[3:7]} {national[7:]}"


def _shown_fixed(area: str, local: str) -> str:
    return f"0{area}-{_grouped(local)}"


def _grouped(local: str) -> str:
    return f"{local[:-4]} {local[-4:]}" if len(local) in (7, 8) else local
