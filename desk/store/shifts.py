"""Roster, stays, states and hand-over notes read from the seat store. See `desk.usecases.shift_ports`. Any thread."""

from datetime import datetime, timedelta

from desk.domain.shifts import DutyTurn, HandOver, StateSpan, Stay
from desk.domain.times import to_text
from desk.store.queries import Reader
from desk.store.store import Store

LONGEST_TURN = timedelta(days=2)  # so far back a turn is looked for that reaches into a time
_LONGEST_STAY = timedelta(days=3)


class SqlShifts:
    def __init__(self, store: Store) -> None:
        self._turns = Reader(store, DutyTurn)
        self._stays = Reader(store, Stay)
        self._spans = Reader(store, StateSpan)
        self._notes = Reader(store, HandOver)

    def turns(self, since: datetime, until: datetime, who: str = "") -> list[DutyTurn]:
        own, given = ("who = ? AND", (who,)) if who else ("", ())
        condition = f"{own} start < ? AND start > ? AND until > ? ORDER BY start, who, duty_turn_id"
        return self._turns.where(condition, *given, to_text(until), to_text(since - LONGEST_TURN), to_text(since))

    def turn(self, duty_turn_id: str) -> DutyTurn | None:
        return next(iter(self._turns.where("duty_turn_id = ?", duty_turn_id)), None)

    def stays(self, since: datetime, until: datetime, who: str = "") -> list[Stay]:
        own, given = ("who = ? AND", (who,)) if who else ("", ())
        condition = f"{own} since < ? AND since > ? AND (until IS NULL OR until > ?) ORDER BY since, stay_id"
        return self._stays.where(condition, *given, to_text(until), to_text(since - _LONGEST_STAY), to_text(since))

    def open_stay(self, seat: str) -> Stay | None:
        condition = "seat = ? AND until IS NULL AND since IS NOT NULL ORDER BY since DESC, stay_id DESC LIMIT 1"
        return next(iter(self._stays.where(condition, seat)), None)

    def spans(self, since: datetime, until: datetime, who: str = "") -> list[StateSpan]:
        own, given = ("who = ? AND", (who,)) if who else ("", ())
        condition = f"{own} since < ? AND since > ? ORDER BY since, state_span_id"
        found = self._spans.where(condition, *given, to_text(until), to_text(since - _LONGEST_STAY))
        on_before = {span.who: span for span in found if span.since < since}  # the last of each
        return [span for span in found if span.since >= since or on_before.get(span.who) is span]

    def last_span(self, who: str) -> StateSpan | None:
        condition = "who = ? AND since IS NOT NULL ORDER BY since DESC, state_span_id DESC LIMIT 1"
        return next(iter(self._spans.where(condition, who)), None)

    def hand_over(self, hand_over_id: str) -> HandOver | None:
        return next(iter(self._notes.where("hand_over_id = ?", hand_over_id)), None)

    def hand_overs(self, since: datetime) -> list[HandOver]:
        return self._notes.where("made_at >= ? ORDER BY made_at DESC, hand_over_id DESC", to_text(since))

    def waiting(self, who: str) -> list[HandOver]:
        condition = "accepted_at IS NULL AND \"to\" IN ('', ?) AND made_at IS NOT NULL ORDER BY made_at, hand_over_id"
        return self._notes.where(condition, who)

    def unaccepted_of(self, who: str) -> HandOver | None:
        condition = "accepted_at IS NULL AND who = ? ORDER BY made_at DESC, hand_over_id DESC LIMIT 1"
        return next(iter(self._notes.where(condition, who)), None)
