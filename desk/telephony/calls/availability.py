"""Whether a call that comes rings here, is busy, or goes elsewhere: do not disturb, and the forwardings. Phone process,
main thread.

A forwarding never makes a loop: a call is not sent to the number that it comes from, nor on at all when it has been
sent on by this line before, or `MOST_DIVERSIONS` times by anybody (RFC 5806 Diversion). It then rings here.

Where the exchange forwards by itself (`forward_by = "code"`, and a code is set for that mode), its codes are dialled
when something changes, and this module lets those calls be; all else is done by SIP 302."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path

import msgspec

from desk.domain.availability import Availability, Forward
from desk.domain.numbers import lookup_keys
from desk.settings import PhoneSettings

MOST_DIVERSIONS = 5
FILE = "availability.json"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Incoming:
    """What is asked of a call that comes. `diversions`: the user parts of its Diversion entries. `own`: our user part
    on that line. `busy`: another call is there."""

    number: str
    diversions: tuple[str, ...]
    own: str
    busy: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """`target`: where it goes, as typed, "" = it stays. `refused`: 486. `later_target`: where it goes when nobody has
    answered it for `no_answer_s`."""

    target: str = ""
    refused: bool = False
    later_target: str = ""


def is_night(at: time, start: time, end: time) -> bool:
    """By the wall clock; over midnight where the end is earlier than the start. Never, where both are the same."""
    if start <= end:
        return start <= at < end
    return at >= start or at < end


def judge(availability: Availability, incoming: Incoming, night: bool, by_exchange: frozenset[Forward]) -> Verdict:
    """`by_exchange`: the modes that the exchange sees to itself."""
    wanted = {mode: to for mode, to in availability.forwards.items() if mode not in by_exchange and to}
    fits = {mode: to for mode, to in wanted.items() if not _makes_a_loop(incoming, to)}
    if len(fits) < len(wanted):
        _log.warning("a call is not forwarded: it would come back")
    if Forward.ALWAYS in fits:
        return Verdict(fits[Forward.ALWAYS])
    if night and Forward.NIGHT in fits:
        return Verdict(fits[Forward.NIGHT])
    if incoming.busy and Forward.BUSY in fits:
        return Verdict(fits[Forward.BUSY])
    if availability.do_not_disturb:
        return Verdict(refused=True)
    return Verdict(later_target=fits.get(Forward.NO_ANSWER, ""))


def _makes_a_loop(incoming: Incoming, target: str) -> bool:
    if len(incoming.diversions) >= MOST_DIVERSIONS or incoming.own in incoming.diversions:
        return True
    return bool(incoming.number) and bool(set(lookup_keys(incoming.number)) & set(lookup_keys(target)))


class AvailabilityNow:
    """What holds at this moment. `remember` keeps it; `dial_codes([(code, target)...])` dials feature codes of
    the exchange, one after the other; `wall_time` is the seat's own clock."""

    def __init__(
        self,
        phone: PhoneSettings,
        remembered: Availability | None,
        remember: Callable[[Availability], None],
        dial_codes: Callable[[list[tuple[str, str]]], None],
        wall_time: Callable[[datetime], time],
    ) -> None:
        self._phone, self._remember, self._dial_codes, self._wall_time = phone, remember, dial_codes, wall_time
        self._night = time.fromisoformat(phone.night_start), time.fromisoformat(phone.night_end)
        by_settings = {Forward.NIGHT: phone.night_target} if phone.night_target else {}
        self.now = remembered if remembered is not None else Availability(forwards=by_settings)
        self._told_exchange: dict[Forward, str] = {}  # what its codes were dialled for

    def set(self, wanted: Availability) -> None:
        """A night forwarding without a target goes to the settings' one."""
        forwards = {mode: to or self._phone.night_target for mode, to in wanted.forwards.items()}
        self.now = replace(wanted, forwards={mode: to for mode, to in forwards.items() if to})
        self._remember(self.now)

    def judge(self, incoming: Incoming, at: datetime) -> Verdict:
        return judge(self.now, incoming, self._is_night(at), self._by_exchange)

    @property
    def no_answer_s(self) -> float:
        return float(self._phone.no_answer_s)

    def tell_exchange(self, at: datetime) -> None:
        """Dial what has changed for the exchange; asked again and again, because night begins by itself."""
        wanted = {mode: to for mode, to in self.now.forwards.items() if mode in self._by_exchange}
        if Forward.NIGHT in wanted and not self._is_night(at):
            del wanted[Forward.NIGHT]
        if wanted == self._told_exchange:
            return
        gone = self._told_exchange.keys() - wanted.keys()
        new = wanted.items() - (set() if gone else self._told_exchange.items())
        codes = [(self._phone.forward_off_code, "")] if gone else []
        # the exchange knows one number for all calls: the night's, when both are on, is the one that is not needed
        for mode, to in sorted(new, key=lambda one: one[0] is not Forward.NIGHT):
            codes.append((self._codes[mode], to))
        self._told_exchange = wanted
        self._dial_codes([(code, to) for code, to in codes if code])

    @property
    def _codes(self) -> dict[Forward, str]:
        phone = self._phone
        return {
            Forward.ALWAYS: phone.forward_always_code,
            Forward.NIGHT: phone.forward_always_code,
            Forward.BUSY: phone.forward_busy_code,
            Forward.NO_ANSWER: phone.forward_no_answer_code,
        }

    @property
    def _by_exchange(self) -> frozenset[Forward]:
        if self._phone.forward_by != "code":
            return frozenset()
        return frozenset(mode for mode, code in self._codes.items() if code)

    def _is_night(self, at: datetime) -> bool:
        return is_night(self._wall_time(at), *self._night)


def remembered(data_dir: Path) -> Availability | None:
    """What was set at this seat last, None where nothing was. A file that cannot be read costs the memory of it."""
    try:
        return msgspec.json.decode((data_dir / FILE).read_bytes(), type=Availability)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        _log.warning("the availability is not known: %s", error)
        return None


def remember(data_dir: Path, availability: Availability) -> None:
    file = data_dir / FILE
    new = file.with_suffix(".new")
    try:
        new.write_bytes(msgspec.json.encode(availability))
        new.replace(file)
    except OSError as error:
        _log.warning("the availability is not kept: %s", error)
