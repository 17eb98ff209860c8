"""What goes into a support bundle as free text loses everything that may be about a person: telephone numbers (as in
the log), whatever stands in Chinese, in quotation marks or before the @ of an address, and the name in a home folder.

Desk's own words in its log are English and stand outside quotation marks, so what is Chinese or quoted there is data:
a resident's name, an address, what somebody typed. A figure that touches Chinese ("3栋2单元1201") goes with it.
`known` are the names of those who called lately, for what an agent writes, where Chinese is the language and not the
data.

Pure functions, any thread."""

import re
from collections.abc import Collection, Iterable

from desk.log.redaction import redact

GONE = "▯"
_HAN = (
    r"\u2e80-\u303f\u3040-\u30ff\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
)
_PART = rf"[{_HAN}][{_HAN}0-9A-Za-z#\-·•]*+"
_CHINESE = re.compile(rf"(?<![0-9A-Za-z#\-])[0-9A-Za-z#\-]*+{_PART}(?:[ \t]{_PART})*+")
_QUOTED = re.compile(r"""(?<![A-Za-z0-9])'[^'\n]*'|"[^"\n]*"|`[^`\n]*`|“[^”\n]*”|‘[^’\n]*’|«[^»\n]*»""")
_BEFORE_AT = re.compile(  # from the beginning of a word on, or looking would take the square of a line's length
    r"(?P<scheme>\b(?:sips?|tel|callto|mailto|postgres(?:ql)?|https?|s3):(?://)?)?"
    r"(?<![^\s@<>\"'/:;,])[^\s@<>\"'/:;,]++(?::[^\s@/]{0,200}+)?@"
)
_SHORT_URI = re.compile(r"\b(tel|callto|sips?):(?://)?[^\s@<>;,]++(?=[\s<>;,]|$)")
_HOME = re.compile(r"(?i)(/home/|/Users/|[A-Z]:\\Users\\|[A-Z]:\\\\Users\\\\)[^/\\\s\"']+")
_PLACE = re.compile(r"(?:[0-9A-Za-z]{1,4}[ -]?(?:期|区|栋|幢|号楼|座|单元|号|室|房|楼|层)[ -]?){1,5}[0-9]{0,5}")
_TITLE = "先生|女士|小姐|太太|阿姨|大爷|大妈|叔叔|老师|师傅"
_FRAME = re.compile(r'^\s*File "')  # a line of a traceback: its path is the program's


def masked(text: str, known: Collection[str] = ()) -> str:
    """Free text of a program's: a message, an error, a name that a device or a server gives itself."""
    text = _HOME.sub(r"\1" + GONE, without(text, known))
    text = _QUOTED.sub(lambda found: found[0][0] + GONE + found[0][-1], text)
    text = _BEFORE_AT.sub(lambda found: (found["scheme"] or "") + GONE + "@", text)
    text = _SHORT_URI.sub(rf"\1:{GONE}", text)
    return redact(_CHINESE.sub(GONE, text))


def masked_trace(text: str, known: Collection[str] = ()) -> str:
    """A traceback or a dump of stacks: where the program stood remains, what the error said is masked."""
    return "\n".join(_trace_line(line, known) for line in text.split("\n"))


def masked_words(text: str, known: Collection[str]) -> str:
    """What an agent wrote: numbers, rooms, addresses before an @ go, and the names and rooms in `known`, whole or as
    one speaks of somebody ("王女士")."""
    surnames = "".join({re.escape(word[0]) for word in known if re.fullmatch(rf"[{_HAN}]{{2,4}}", word)})
    text = without(text, known)
    if surnames:
        text = re.sub(rf"[{surnames}](?={_TITLE})", GONE, text)
    text = _BEFORE_AT.sub(lambda found: (found["scheme"] or "") + GONE + "@", _PLACE.sub(GONE, text))
    return redact(_SHORT_URI.sub(rf"\1:{GONE}", text))


def without(text: str, known: Iterable[str]) -> str:
    """Chinese of two letters at least, other words of three, and those only where they stand alone: shorter ones are in
    too many words."""
    for word in sorted({word.strip() for word in known}, key=len, reverse=True):
        if word.isascii() and len(word) >= 3:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", GONE, text, flags=re.IGNORECASE)
        elif not word.isascii() and len(word) >= 2:
            text = text.replace(word, GONE)
    return text


def _trace_line(line: str, known: Collection[str]) -> str:
    if _FRAME.match(line):
        return _HOME.sub(r"\1" + GONE, line)
    if line.startswith(("    ", "Traceback (", "Current thread", "Thread 0x", "Fatal Python error")):
        return redact(_CHINESE.sub(GONE, line))  # a line of source, or faulthandler's own
    return masked(line, known)
