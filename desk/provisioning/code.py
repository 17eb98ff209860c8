"""Enrolment codes: 20 characters that a person reads off a slip and types, "K7Q2M-9XHTA-3WBNC-D5R8Z".

Crockford's base 32 (no I, L, O, U; lower case and the look-alikes are taken as what they look like). 18 characters are
random, 90 bits; the last two are the number they make modulo 1021, a prime: every single wrong character and every
exchange of two neighbours is noticed before anything is tried. Pure functions, any thread."""

import secrets
from collections.abc import Callable

from desk.i18n import _
from desk.provisioning.refusals import Refused

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM, CHECKED = 18, 20
_MODULUS = 1021
_ALIKE = str.maketrans({"I": "1", "L": "1", "O": "0"})
_BETWEEN = "-–—_."


def new_code(random_below: Callable[[int], int] = secrets.randbelow) -> str:
    """In groups of five, as it is printed."""
    number = random_below(32**RANDOM)
    return grouped(_digits(number, RANDOM) + _digits(number % _MODULUS, 2))


def grouped(code: str) -> str:
    return "-".join(code[at : at + 5] for at in range(0, len(code), 5))


def tidy(untrusted: str) -> str:
    """As far as it was typed, for a field that shows it in groups: what a code can hold, at most so much of it."""
    text = _half_width(untrusted).upper().translate(_ALIKE)
    return "".join(sign for sign in text if sign in ALPHABET)[:CHECKED]


def read_code(untrusted: str) -> str:
    """The 20 characters without what stands between them. Raises `Refused`."""
    text = (
        "".join(sign for sign in _half_width(untrusted) if sign not in _BETWEEN and not sign.isspace())
        .upper()
        .translate(_ALIKE)
    )
    if len(text) != CHECKED:
        raise Refused(
            "code",
            _("A code has {needed} characters, these are {got}. Compare it with the slip.").format(
                needed=CHECKED, got=len(text)
            ),
        )
    strange = next((sign for sign in text if sign not in ALPHABET), None)
    if strange is not None:
        raise Refused(
            "code", _("{sign} does not occur in a code. Compare it with the slip.").format(sign=repr(strange))
        )
    if _number(text[:RANDOM]) % _MODULUS != _number(text[RANDOM:]):
        raise Refused("code", _("The code was mistyped somewhere. Compare it with the slip."))
    return text


def _half_width(text: str) -> str:
    """Chinese input methods may give the letters in full width."""
    return "".join(chr(ord(sign) - 0xFEE0) if "！" <= sign <= "～" else sign for sign in text)


def _digits(number: int, length: int) -> str:
    return "".join(ALPHABET[number // 32**place % 32] for place in reversed(range(length)))


def _number(text: str) -> int:
    return sum(ALPHABET.index(sign) * 32**place for place, sign in enumerate(reversed(text)))
