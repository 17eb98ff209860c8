"""What `[dial]` must be. Its rules are regular expressions that run while an agent waits for the call to go out, so
one that could take long is refused here: `ways` counts, before any number is dialled, in how many ways a pattern could
be tried on 32 digits. Pure functions, any thread."""

import importlib
import re
import warnings
from typing import Any

from desk.i18n import _
from desk.settings.phone_values import DialRule, DialSettings
from desk.settings.values import Settings

MOST_WAYS = 100_000  # some milliseconds
MOST_PATTERN = 200  # characters
MOST_RULES = 200
LONGEST = 32  # digits of a number: a repeat without an end ends there
Problem = tuple[str, str]
_parser: Any = importlib.import_module("re._parser")  # not public, and the only one that knows what a pattern means


def problem(settings: Settings) -> Problem | None:
    """Dotted key and reason; None where all is well."""
    dial = settings.dial
    labels = {line.label for line in settings.lines}
    return _words(dial) or next((found for rule in dial.rules if (found := _rule(rule, labels)) is not None), None)


def _words(dial: DialSettings) -> Problem | None:
    if not re.fullmatch(r"[0-9*#]{0,4}", dial.outside_prefix, re.ASCII):
        return "dial.outside_prefix", _("up to four digits, * or #")
    if not re.fullmatch(r"(0\d{1,4})?", dial.area_code, re.ASCII):
        return "dial.area_code", _('an area code begins with 0 and has 2 to 5 digits, as in "0755"')
    for digits in dial.extension_digits:
        if not 1 <= digits <= 10:
            return "dial.extension_digits", _("a number of digits from {least} to {most}").format(least=1, most=10)
    for number in dial.emergency:
        if not re.fullmatch(r"\d{2,6}", number, re.ASCII):
            return "dial.emergency", _("{text} is not an emergency number: 2 to 6 digits").format(text=_short(number))
    if len(dial.rules) > MOST_RULES:
        return "dial.rules", _("more than {most} rules").format(most=MOST_RULES)
    return None


def _rule(rule: DialRule, labels: set[str]) -> Problem | None:
    text = _short(rule.pattern)
    if len(rule.pattern) > MOST_PATTERN:
        return "dial.rules.pattern", _("{text} is longer than {most} characters").format(text=text, most=MOST_PATTERN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # "[[0-9]": another Python will read it in another way
            pattern = re.compile(rule.pattern)
            tried = ways(rule.pattern)
    except (re.error, RecursionError, OverflowError, FutureWarning) as error:
        return "dial.rules.pattern", _("{text} is not a regular expression ({detail})").format(text=text, detail=error)
    if tried > MOST_WAYS:
        return "dial.rules.pattern", _("{text} could take too long: fewer repeats, none inside another").format(
            text=text
        )
    try:
        pattern.sub(rule.send, "")  # compiles `send`, whatever it is used on
    except (re.error, IndexError) as error:
        return "dial.rules.send", _("{text} does not fit the pattern's groups ({detail})").format(
            text=_short(rule.send), detail=error
        )
    if rule.line and rule.line not in labels:
        return "dial.rules.line", _("no line is called {text}").format(text=_short(rule.line))
    return None


def ways(pattern: str) -> int:
    """At most so many ways to match a number of 32 digits, whatever they are; beyond `MOST_WAYS` just something more.
    Raises `re.error`."""
    return _ways(_parser.parse(pattern))


def _ways(sequence: Any) -> int:
    """Of items one after the other: each of one's with each of the next's."""
    product = 1
    for operation, argument in sequence:
        product *= _ways_of(str(operation), argument)
        if product > MOST_WAYS:
            break
    return product


def _ways_of(operation: str, argument: Any) -> int:
    match operation:
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, body = argument
            return _repeated(_ways(body), min(int(least), LONGEST), min(int(most), LONGEST))
        case "SUBPATTERN":
            return _ways(argument[-1])
        case "BRANCH":
            return sum(_ways(one) for one in argument[1])
        case "ASSERT" | "ASSERT_NOT":
            return _ways(argument[1]) + 1
        case "ATOMIC_GROUP":
            return _ways(argument)
        case "GROUPREF_EXISTS":
            return sum(_ways(one) for one in argument[1:] if one is not None)
        case _:
            return 1  # one character, a place, what a group held


def _repeated(of_body: int, least: int, most: int) -> int:
    total = 0
    for times in range(least, most + 1):
        total += min(of_body, MOST_WAYS) ** times
        if total > MOST_WAYS:
            break
    return total


def _short(text: str) -> str:
    return repr(text[:60])
