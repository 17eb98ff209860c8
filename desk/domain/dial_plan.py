"""The dial plan: what the agent types, in any shape, becomes what the trunk wants. A table of cases says more than
prose: `tests/domain/test_dial_plan.py`.

In this order: emergency numbers, which nothing can stop; the office's own rules; feature codes of the exchange; then
the plan that the settings' words make (`desk.domain.numbers` says what kind of number it is). What fits nowhere is
refused with a reason, because a number that is one digit short would ring at somebody else's. Surprising: a fixed
line's extension ("转803") is not part of what is dialled; it comes back as `post_dial`, digits for after the answer.

Pure, any thread; some 50 us a number. `desk.domain.dial_text` reads the text."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal, assert_never

from desk.domain.dial_text import SIP_URI, Unmappable, read_dialled
from desk.domain.numbers import NumberKind, read_number

EMERGENCY = ("110", "119", "120", "122")  # police, fire, ambulance, road accidents: whatever the settings say
_DIALABLE = re.compile(r"\+?[0-9*#]{1,40}")
_CODE = re.compile(r"[0-9*#]{1,40}")
_COUNTRY = re.compile(r"(?:\+|00)86(\d+)")
_GEOGRAPHIC = re.compile(r"(?:10|2\d)[2-8]\d{7}|(?![48]00)[3-9]\d{2}[2-8]\d{6,7}")
_DIGIT_SHORT = re.compile(r"(?:10|2\d)[2-8]\d{6}")  # the big cities' lines have eight
_AREA_SHORT = re.compile(r"0(10|2\d|[3-9]\d{2})(11\d|12[0-2]|1[02]\d{3}|9[56]\d{3,4})")
_LONG_SERVICE = re.compile(r"10\d{3,9}|11[68]\d{3}|12\d{3,6}|9[56]\d{3,14}")  # 10106060, 1008611, 116114, 95013...
_SURELY_SHORT = re.compile(r"11\d|12[0-2]|100[01]\d|10086|12[03]\d{2}|9[56]\d{3}")
_SPEED_DIAL = 2  # 0 for the operator, and the like: the exchange's own


@dataclass(frozen=True, slots=True)
class PlanRule:
    """A number that `pattern` matches as a whole is sent as `send` (\\1 ... are its groups; digits, * and #, or a SIP
    URI), by `line` ("" = whichever is free)."""

    pattern: str
    send: str = "\\g<0>"
    line: str = ""


@dataclass(frozen=True, slots=True)
class Dialled:
    """`send`: digits, * and # (a leading + only from a rule), or a whole SIP URI. `number`: the same as people write
    it, without what only the trunk needs; typed again, it maps to the same. `shown`: for reading. `line`: a rule's
    choice, "" none. `post_dial`: DTMF for after the answer, "" none."""

    send: str
    number: str
    shown: str
    line: str = ""
    post_dial: str = ""
    emergency: bool = False

    @property
    def is_uri(self) -> bool:
        return ":" in self.send


class _Reach(Enum):
    """Which way a number goes."""

    MOBILE = "mobile"
    AREA = "area"  # fixed, with its area code
    LOCAL = "local"  # fixed, and no area code is known
    SERVICE = "service"  # as it is, everywhere: 400, 95598
    FOREIGN = "foreign"
    INSIDE = "inside"  # the exchange's own
    NOWHERE = "nowhere"


def _nowhere(_mobile: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class DialPlan:
    """See `[dial]` in `docs/settings.md`. `area_code` of the office with its 0, "" = not known; `home_area(mobile)`:
    the area code (with its 0) of the city where a mobile number was issued, "" where nobody knows."""

    outside_prefix: str = ""
    area_code: str = ""
    extension_digits: tuple[int, ...] = (3, 4)
    trunk_zero: Literal["other_area", "always", "never"] = "other_area"
    keep_area_code: bool = False
    emergency: tuple[str, ...] = EMERGENCY
    rules: tuple[PlanRule, ...] = ()
    home_area: Callable[[str], str] = _nowhere

    def map(self, typed: str) -> Dialled:
        """Raises `Unmappable`."""
        text = read_dialled(typed)
        if text.uri:
            return Dialled(text.uri, text.uri.partition(":")[2].partition("@")[0], text.uri)
        urgent = self._emergency(text.digits)
        if urgent:
            return Dialled(self.outside_prefix + urgent, urgent, urgent, emergency=True)
        reach, number = self._read(text.digits)
        ruled = self._ruled(text.digits, number)
        if ruled:
            shown = _shown(ruled.number, text.extension)
            return Dialled(ruled.send, ruled.number, shown, ruled.line, text.extension)
        if set(text.digits) & set("*#"):
            if not _CODE.fullmatch(text.digits):
                raise Unmappable("not_a_number")
            return Dialled(text.digits, text.digits, text.digits, post_dial=text.extension)
        return Dialled(self._sent(reach, number), number, _shown(number, text.extension), post_dial=text.extension)

    # ---- what always passes, and what the office's table says

    def _emergency(self, digits: str) -> str:
        """The emergency number in these digits: alone, with the country's code, the own area's, the prefix."""
        urgent = {*EMERGENCY, *self.emergency}
        country = _COUNTRY.fullmatch(digits)
        for bare in (digits, country[1] if country else "", *self._without(self.outside_prefix, digits)):
            for number in (bare, *self._without(self.area_code, bare)):
                if number in urgent:
                    return number
        return ""

    @staticmethod
    def _without(front: str, digits: str) -> tuple[str, ...]:
        return (digits.removeprefix(front),) if front and digits.startswith(front) else ()

    def _ruled(self, digits: str, number: str) -> Dialled | None:
        """By the first rule that fits the digits as they were typed, or else the number as it is written in full."""
        for rule in self.rules:
            for text in dict.fromkeys((digits, number)):
                found = re.fullmatch(rule.pattern, text)
                if found is None:
                    continue
                send = found.expand(rule.send)
                if not (_DIALABLE.fullmatch(send) or SIP_URI.fullmatch(send)):
                    raise Unmappable("rule", rule.pattern)
                return Dialled(send, text, text, rule.line)
        return None

    # ---- what kind of number it is

    def _read(self, digits: str) -> tuple[_Reach, str]:
        """Also with the prefix of an outside line in front, where the digits mean nothing without taking it off."""
        reach, number = self._reach(digits)
        sure = reach in (_Reach.MOBILE, _Reach.AREA, _Reach.SERVICE)
        bare = self._without(self.outside_prefix, digits)
        if bare and bare[0] and not sure:
            behind, bare_number = self._reach(bare[0])
            if behind not in (_Reach.INSIDE, _Reach.NOWHERE):
                return behind, bare_number
        return reach, number

    def _reach(self, digits: str) -> tuple[_Reach, str]:
        if not re.fullmatch(r"\+?\d{1,32}", digits):
            return _Reach.NOWHERE, digits
        if len(digits) in self.extension_digits and digits.isdigit() and not _SURELY_SHORT.fullmatch(digits):
            return _Reach.INSIDE, digits
        if _AREA_SHORT.fullmatch(digits):
            return _Reach.AREA, digits
        read = read_number(digits, self.area_code)
        match read.kind:
            case NumberKind.MOBILE:
                return _Reach.MOBILE, read.key[3:]
            case NumberKind.FIXED:
                return self._reach_fixed(read.key)
            case NumberKind.SHORT:
                return _Reach.SERVICE, read.key
            case NumberKind.FOREIGN:
                return _Reach.FOREIGN, read.key
            case NumberKind.INTERNAL | NumberKind.UNKNOWN | NumberKind.WITHHELD:
                return self._reach_other(digits)
            case _:
                assert_never(read.kind)

    @staticmethod
    def _reach_fixed(key: str) -> tuple[_Reach, str]:
        national = key.removeprefix("+86")
        if national == key:
            return _Reach.LOCAL, key
        if _GEOGRAPHIC.fullmatch(national):
            return _Reach.AREA, f"0{national}"
        return (_Reach.NOWHERE if _DIGIT_SHORT.fullmatch(national) else _Reach.SERVICE), national

    @staticmethod
    def _reach_other(digits: str) -> tuple[_Reach, str]:
        country = _COUNTRY.fullmatch(digits)
        bare = country[1] if country else digits
        if _LONG_SERVICE.fullmatch(bare):
            return _Reach.SERVICE, bare
        return (_Reach.INSIDE if len(digits) <= _SPEED_DIAL and digits.isdigit() else _Reach.NOWHERE), digits

    # ---- what the trunk wants

    def _sent(self, reach: _Reach, number: str) -> str:
        match reach:
            case _Reach.MOBILE:
                return self.outside_prefix + ("0" if self._zero(number) else "") + number
            case _Reach.AREA:
                own = bool(self.area_code) and number.startswith(self.area_code)
                local = number.removeprefix(self.area_code) if own and not self.keep_area_code else number
                return self.outside_prefix + local
            case _Reach.LOCAL | _Reach.SERVICE:
                return self.outside_prefix + number
            case _Reach.FOREIGN:
                return f"{self.outside_prefix}00{number.removeprefix('+')}"
            case _Reach.INSIDE:
                return number
            case _Reach.NOWHERE:
                raise Unmappable("wrong_length")
            case _:
                assert_never(reach)

    def _zero(self, mobile: str) -> bool:
        match self.trunk_zero:
            case "always":
                return True
            case "never":
                return False
            case "other_area":
                home = self.home_area(mobile) if self.area_code else ""
                return bool(home) and home != self.area_code
            case _:
                assert_never(self.trunk_zero)


def _shown(number: str, extension: str = "") -> str:
    shown = number if set(number) & set("*#") else read_number(number).shown or number
    return f"{shown}-{extension}" if extension else shown
