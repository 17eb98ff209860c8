"""Masks phone numbers in text that is kept for engineers: only the last two digits stay.

Whatever has seven digits or more, with the separators people put between them, counts as a number; identifiers, dates
and ticket numbers are known by their form and stay, because a log without them is no use. Extensions of three to six
digits cannot be told from other figures, so they are masked where the words or the field around them say what they
are. Figures worth reading (bytes, microseconds) therefore belong in fields of their own, not in the message.

Pure functions, any thread."""

import re
from typing import Any

_SEPARATOR = r"[\s\-\u2010-\u2015\u2212\uff0d()\uff08\uff09/\u00b7]"
_DAY = r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_KEPT = (
    r"(?<![0-9a-fA-F])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-fA-F])",  # UUID
    r"(?<!\d)20\d\d-[01]\d-[0-3]\d(?=T\d\d:|[ ]\d\d:|(?!\d|" + _SEPARATOR + r"))",  # ISO 8601 day, alone or with a time
    rf"(?<!\w){_DAY}T\d{{6}}Z(?!\w)",  # the stamp in a file's name
    rf"(?<!\w)[A-Z][A-Z0-9]{{0,7}}-{_DAY}-\d{{3,6}}(?![\d-])",  # ticket number
)
_NUMBER = rf"\d(?:{_SEPARATOR}{{0,3}}\d){{6,}}"
_CONTEXT = (
    r"(?:sips?:|tel:|number|caller|callee|dial|extension|ext\.?|转|分机|号码|主叫|被叫|来电|电话)"
    r"""[\s='":：*+,]{0,4}"""
)
_ANY = re.compile(
    rf"(?P<kept>{'|'.join(_KEPT)})|(?P<number>{_NUMBER})|(?P<context>{_CONTEXT})(?P<short>\d(?:{_SEPARATOR}{{0,3}}\d){{2,}})",
    re.IGNORECASE,
)
_FIELDS = frozenset(
    {"number", "numbers", "caller", "callee", "party", "target", "diversion", "phone", "contact", "digits"}
)
_DIGITS = re.compile(r"\d")


def redact(text: str) -> str:
    """The text with its phone numbers masked: "138 0013 8000" -> "***00"."""
    return _ANY.sub(_masked, text)


def redact_field(name: str, value: Any) -> Any:
    """A structured value for the log: texts are redacted, in a field that holds a number also the shortest; figures and
    truth values stay, all else becomes redacted text."""
    if value is None or isinstance(value, bool | int | float):
        return value if name not in _FIELDS or value is None else _mask(str(value))
    if isinstance(value, dict):
        return {redact(str(key)): redact_field(str(key), one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_field(name, one) for one in value]
    text = value if isinstance(value, str) else str(value)
    return _mask(text) if name in _FIELDS and _DIGITS.search(text) else redact(text)


def _masked(found: re.Match[str]) -> str:
    if found["kept"] is not None:
        return found["kept"]
    if found["number"] is not None:
        return _mask(found["number"])
    return found["context"] + _mask(found["short"])


def _mask(text: str) -> str:
    """Only the last two digits: a length, too, tells something."""
    return "***" + "".join(_DIGITS.findall(text)[-2:])
