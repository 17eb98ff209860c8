"""The agent's state on record: each change of it begins a span that the next one ends, with its reason ("headset
broken"), so that time lost to a fault can be told from a break. Worker's thread; durable when it returns."""

from dataclasses import replace
from datetime import datetime

from desk.domain.agent_state import AgentState
from desk.domain.patches import patch_of
from desk.domain.shifts import StateSpan, is_away
from desk.domain.work_lists import AT_WORK
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId
from desk.usecases.shift_ports import Shifts


def at_the_desk(shifts: Shifts, now: datetime) -> set[str]:
    """Work numbers of those who have signed in somewhere and are not away (lunch, training ...)."""
    stays = [stay for stay in shifts.stays(now - AT_WORK, now) if stay.until is None]
    return {stay.who for stay in stays if not is_away(stay, shifts.last_span(stay.who))}


class KeepState:
    def __init__(
        self, change_log: ChangeLog, author: ChangeAuthor, shifts: Shifts, clock: Clock, new_id: NewId, seat: str
    ) -> None:
        self._log, self._author, self._shifts = change_log, author, shifts
        self._clock, self._new_id, self._seat = clock, new_id, seat

    def enter(self, who: str, state: AgentState, reason: str = "") -> StateSpan:
        """They are in this state from now on. The same state again: what was is, with the reason where one is given."""
        stay = self._shifts.open_stay(self._seat)
        stay_id = stay.stay_id if stay is not None and stay.who == who else None
        last = self._shifts.last_span(who)
        if last is not None and last.state == state.value and stay_id is not None and last.stay_id == stay_id:
            return self.because(who, reason) or last
        span = StateSpan(self._new_id(), who, self._seat, state.value, self._clock(), reason.strip(), stay_id)
        self._log.append([self._author.change("state_span", span.state_span_id, patch_of(span, "state_span_id"))])
        return span

    def because(self, who: str, reason: str) -> StateSpan | None:
        """Why they are in the state that they are in; None where they are in none, or no reason was given."""
        last = self._shifts.last_span(who)
        if last is None or not reason.strip():
            return None
        self._log.append([self._author.change("state_span", last.state_span_id, {"reason": reason.strip()})])
        return replace(last, reason=reason.strip())
