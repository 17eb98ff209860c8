"""The seat register: what this seat writes of itself, and what people write of any. Rows are changes like all others;
what has not changed is not written, so that a register of thirty seats grows by a few changes a day.

Worker's thread; durable when it returns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from desk.domain.changes import Change
from desk.domain.health import Finding, worst
from desk.domain.listening import Role
from desk.domain.patches import field_value, patch_of
from desk.domain.seat_register import (
    SERVICE,
    BadService,
    CheckKind,
    Machine,
    SeatCheck,
    SeatRecord,
    check_of,
    faults_of,
    level_name,
    service_value,
)
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock, NewId
from desk.usecases.seat_register_ports import Seats, TimeLost

SEEN_EVERY = timedelta(hours=12)  # how old "seen" may be
LOST_EVERY = timedelta(hours=1)  # how long lost time may wait to be told


class NotASupervisor(PermissionError):
    """Purchase and service data are written by supervisors and IT."""


class RecordSeat:
    """What the seat writes by itself. `author` signs as the machine."""

    def __init__(
        self,
        log: ChangeLog,
        author: ChangeAuthor,
        seats: Seats,
        lost: TimeLost,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._log, self._author, self._seats, self._lost = log, author, seats, lost
        self._clock, self._new_id = clock, new_id
        self._lost_told_at: datetime | None = None

    def gather(self, machine: Machine) -> bool:
        """Write what differs; whether there was anything."""
        now, record_id = self._clock(), self._seats.own_id()
        before = self._seats.record(record_id)
        news = machine.news(before)
        if news or before is None or before.seen_at is None or now - before.seen_at >= SEEN_EVERY:
            news["seen_at"] = now
        news.update(self._lost_news(before, now))
        if news:
            patch = {name: field_value(value) for name, value in news.items()}
            self._log.append([self._author.change("seat_record", record_id, patch)])
        return bool(news)

    def _lost_news(self, before: SeatRecord | None, now: datetime) -> dict[str, object]:
        seconds, since, at = self._lost.total()
        if before is not None and (before.lost_s, before.lost_from) == (seconds, since):
            return {}
        told = self._lost_told_at
        if before is not None and before.lost_from is not None and told is not None and now - told < LOST_EVERY:
            return {}
        self._lost_told_at = now
        return {"lost_s": seconds, "lost_from": since, **({"lost_at": at} if at is not None else {})}

    def file(self, kind: CheckKind, findings: Sequence[Finding], seat: str) -> SeatCheck:
        """Keep what a look at this seat's health has found."""
        now, record_id = self._clock(), self._seats.own_id()
        check = check_of(self._new_id(), record_id, seat, kind, now, findings)
        level = level_name(worst(findings))
        patch: dict[str, object] = {"checked_at": now, "level": level, "faults": faults_of(findings)}
        if kind is CheckKind.SELF_CHECK:
            patch = {"self_checked_at": now, "self_check_level": level}
        changes: list[Change] = [
            self._author.change("seat_check", check.seat_check_id, patch_of(check, "seat_check_id")),
            self._author.change(
                "seat_record", record_id, {name: field_value(value) for name, value in {"seat": seat, **patch}.items()}
            ),
        ]
        self._log.append(changes)
        return check


class SeatRegister:
    """What people see and write. `role`: of whoever is signed in."""

    def __init__(self, log: ChangeLog, author: ChangeAuthor, seats: Seats, role: Callable[[], Role]) -> None:
        self._log, self._author, self._seats, self._role = log, author, seats, role

    def all(self) -> list[SeatRecord]:
        """Agents see their own seat alone."""
        if self._role() is not Role.SUPERVISOR:
            own = self._seats.record(self._seats.own_id())
            return [own] if own is not None else []
        return self._seats.all()

    def checks(self, seat_record_id: str) -> list[SeatCheck]:
        may = self._role() is Role.SUPERVISOR or seat_record_id == self._seats.own_id()
        return self._seats.checks(seat_record_id) if may else []

    @property
    def may_edit(self) -> bool:
        return self._role() is Role.SUPERVISOR

    def edit(self, seat_record_id: str, typed: Mapping[str, str]) -> SeatRecord:
        """Keep what was typed, by field; what is as before is not written. Raises `BadService` (nothing is kept then),
        `NotASupervisor`, `KeyError` for a seat that is not there."""
        if not self.may_edit:
            raise NotASupervisor(seat_record_id)
        record = self._seats.record(seat_record_id)
        if record is None:
            raise KeyError(seat_record_id)
        for field in typed:
            if field not in SERVICE:
                raise BadService(field, "field")
        values = {field: service_value(field, text) for field, text in typed.items()}
        news = {field: value for field, value in values.items() if value != getattr(record, field)}
        if news:
            self._log.append([self._author.change("seat_record", seat_record_id, news)])
        return replace(record, **news)  # type: ignore[arg-type]  # each value is its field's kind
