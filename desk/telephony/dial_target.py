"""What an agent types into the dial field, made into a SIP URI. Pure functions; any thread.

Numbers may carry the separators people write and full-width digits; a fixed line's extension ("0755-87654321-803") is
left off, because it is dialled by hand once the other side answers. Anything else with letters in it must be a whole
SIP URI, so that a name typed by mistake calls nobody."""

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s\-‐-―().（）·]+")
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_FIXED_WITH_EXTENSION = re.compile(r"(0\d{2,3}-\d{7,8})-\d{1,8}")
_SIP_URI = re.compile(
    r"sips?:[A-Za-z0-9\-_.!~*'()&=+$,;?/%#]{1,128}@(?:[A-Za-z0-9\-.]{1,253}|\[[0-9A-Fa-f:.]{2,64}\])(?::\d{1,5})?"
    r"(?:;[A-Za-z0-9\-_.!~*'()%]+(?:=[A-Za-z0-9\-_.!~*'()%]+)?)*"
)


def dialled_number(typed: str) -> str:
    """The digits to dial, "" where this is no number."""
    text = unicodedata.normalize("NFKC", typed).strip()
    fixed = _FIXED_WITH_EXTENSION.fullmatch(text)
    digits = _SEPARATORS.sub("", fixed[1] if fixed else text)
    return digits if _NUMBER.fullmatch(digits) else ""


def target_uri(typed: str, registrar: str) -> str:
    """The SIP URI to call, "" where what was typed is neither a number (with a registrar to send it to) nor a URI."""
    number = dialled_number(typed)
    if number:
        return f"sip:{number.replace('#', '%23')}@{registrar}" if registrar else ""
    uri = typed.strip()
    return uri if _SIP_URI.fullmatch(uri) else ""
