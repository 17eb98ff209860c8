"""Whether a call that comes rings here, is busy, or goes elsewhere: do not disturb, and the forwardings. Phone process,
main thread.

A forwarding never makes a loop: a call is not sent to the number that it comes from, nor on at all when it has been
sent on by this line before, or `MOST_DIVERSIONS` times by anybody (RFC 5806 Diversion). It then rings here.

What the exchange forwards by itself (`forward_codes`, the calls of one line) is let be; all else is done by SIP 302."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time

from desk.domain.availability import Availability, Forward
from desk.domain.numbers import lookup_keys
from desk.settings import PhoneSettings
from desk.telephony.calls.call_memory import CallMemory

MOST_DIVERSIONS = 5

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
    """`by_exchange`: the modes that the exchange of its line sees to itself."""
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
    """What holds at this moment. `by_exchange(line)`: the modes that the exchange sees to, for the calls of that line;
    `wall_time` is the seat's own clock."""

    def __init__(
        self,
        phone: PhoneSettings,
        memory: CallMemory,
        by_exchange: Callable[[str], frozenset[Forward]],
        wall_time: Callable[[datetime], time],
    ) -> None:
        self._phone, self._memory, self._by_exchange, self._wall_time = phone, memory, by_exchange, wall_time
        self._night = time.fromisoformat(phone.night_start), time.fromisoformat(phone.night_end)
        by_settings = {Forward.NIGHT: phone.night_target} if phone.night_target else {}
        remembered = memory.availability()
        self.now = remembered if remembered is not None else Availability(forwards=by_settings)

    def set(self, wanted: Availability) -> None:
        """A night forwarding without a target goes to the settings' one."""
        forwards = {mode: to or self._phone.night_target for mode, to in wanted.forwards.items()}
        self.now = replace(wanted, forwards={mode: to for mode, to in forwards.items() if to})
        self._memory.keep_availability(self.now)

    def judge(self, line: str, incoming: Incoming, at: datetime) -> Verdict:
        """Of a call that comes by this line."""
        return judge(self.now, incoming, self._is_night(at), self._by_exchange(line))

    @property
    def no_answer_s(self) -> float:
        return float(self._phone.no_answer_s)

    def forwards_at(self, at: datetime) -> dict[Forward, str]:
        """What is on now: where to, as typed; the night's only at night."""
        night = self._is_night(at)
        return {mode: to for mode, to in self.now.forwards.items() if night or mode is not Forward.NIGHT}

    def _is_night(self, at: datetime) -> bool:
        return is_night(self._wall_time(at), *self._night)
