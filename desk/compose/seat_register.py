"""Builds what keeps the seat's own entry in the seat register, and its night self-check. Sync process.

The machine signs what it writes by itself. Where the seat stands alone there is no way to a centre and back to try."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from desk import wire
from desk.compose import self_check_words as words
from desk.compose.clock import new_id, now
from desk.domain.commands import CheckSelf
from desk.domain.events import HeadsetState, SelfChecked
from desk.domain.health import Finding
from desk.domain.seat_register import CheckKind, Machine, SeatCheck, SeatRecord
from desk.domain.times import to_text
from desk.domain.working_time import CHINA
from desk.settings import LineSettings, Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.outbox import SqlOutbox
from desk.store.seats import SqlSeats, SqlTimeLost
from desk.store.store import Store
from desk.sync import machine
from desk.sync.process import SyncProcess
from desk.sync.seat_looks import SeatLooks
from desk.sync.seat_register import SeatKeeper
from desk.sync.self_checking import SelfChecking, Wanted
from desk.usecases.ports import StoreBroken, StoreFull
from desk.usecases.seat_register import RecordSeat

WRITTEN = ("seat_record", "seat_check")
SYNC_S, LOOK_S = 20.0, 0.1


@dataclass(frozen=True)
class _SeatNow:
    """Implements `sync.self_checking.SeatNow`."""

    process: SyncProcess

    def in_call(self) -> bool:
        return self.process.running_calls.any

    def is_quiet(self) -> bool:
        process = self.process
        nobody = process.nobody_works or not process.window_here
        return nobody and not process.running_calls.any and not process.catching_up

    def ask_phone(self, command: CheckSelf) -> bool:
        return self.process.ask_phone(command)


def keep_register(settings: Settings, store: Store, process: SyncProcess) -> Callable[[], None]:
    """Adds the workers, before the process runs; what to call when it has ended, the store being open."""
    log, seats, lost = SqlChangeLog(store), SqlSeats(store, new_id), SqlTimeLost(store, now)
    author = SeatAuthor(settings.seat.name, lambda: settings.seat.machine, now, new_id, log.base_seq, log.newest_unsent)
    record = RecordSeat(log, author, seats, lost, now, new_id)

    def written() -> None:
        process.appended(WRITTEN)

    def look(headset: HeadsetState | None) -> Machine:
        return machine.look(settings, headset)

    def file(findings: Sequence[Finding]) -> None:
        process.tell(_told(record.file(CheckKind.SELF_CHECK, findings, settings.seat.name)))
        written()

    def examined(checked: SelfChecked) -> Sequence[Finding]:
        from desk.compose.self_check import examine  # loads what a night needs, and no start

        findings = list(examine(settings, checked))
        if checked.code == 200 and settings.central.url:
            findings.append(words.synced(there_and_back(log, author, seats, SqlOutbox(store), written)))
        return findings

    def ask_phone_for(command: CheckSelf) -> bool:
        from desk.compose.self_check import clear

        clear(settings)
        return process.ask_phone(command)

    def own() -> SeatRecord | None:
        return seats.record(seats.own_id())

    def looked(findings: Sequence[Finding]) -> None:
        record.file(CheckKind.DOCTOR, findings, settings.seat.name)
        written()

    looks = SeatLooks(
        lambda: _look_over(settings),
        looked,
        lambda: found.checked_at if (found := own()) is not None else None,
        lambda: process.running_calls.any,
        now,
    )
    keeper = SeatKeeper(record, lost, look, now, written)
    seat = _SeatNow(process)
    checking = SelfChecking(
        wanted_of(settings),
        _Cleared(seat, ask_phone_for),
        examined,
        file,
        lambda: found.self_checked_at if (found := own()) is not None else None,
        now,
    )
    process.hear_phone_by(keeper.hear, checking.hear)
    newest = _last_of(seats)
    last = _told(newest) if newest is not None else wire.SeatChecked()
    process.check_by(checking.ask_for, last, looks.take)
    process.add_worker("seat register", keeper.work_once)
    process.add_worker("self-check", checking.work_once)
    process.add_worker("seat looks", looks.work_once)
    return keeper.close


def _look_over(settings: Settings) -> Sequence[Finding]:
    from desk.compose.doctor import findings  # loads what every room looks with

    return findings(settings)


@dataclass(frozen=True)
class _Cleared:
    """The seat, whose sandbox is empty before it calls itself."""

    seat: _SeatNow
    ask: Callable[[CheckSelf], bool]

    def in_call(self) -> bool:
        return self.seat.in_call()

    def is_quiet(self) -> bool:
        return self.seat.is_quiet()

    def ask_phone(self, command: CheckSelf) -> bool:
        return self.ask(command)


def wanted_of(settings: Settings) -> Wanted:
    check = settings.self_check
    line = next((line for line in settings.lines if line.label == check.line), settings.line)
    return Wanted(
        at=check.at,
        seat=settings.seat.name,
        target=check.number or _own(line),
        line=line.label,
        idle=timedelta(minutes=check.idle_minutes),
        own=not check.number,
        codes=settings.phone.forward_by == "code",
        zone=CHINA,
    )


def _last_of(seats: SqlSeats) -> SeatCheck | None:
    """The last self-check; a store that is full keeps no service from starting."""
    try:
        return next((one for one in seats.checks(seats.own_id()) if one.kind is CheckKind.SELF_CHECK), None)
    except (StoreFull, StoreBroken):
        return None


def _own(line: LineSettings) -> str:
    """As an address: a line's user need not be a number."""
    return f"sip:{line.user}@{line.registrar}" if line.registrar else line.user


def _told(check: SeatCheck) -> wire.SeatChecked:
    return wire.SeatChecked(check.at, check.level, check.findings)


def there_and_back(
    log: SqlChangeLog,
    author: SeatAuthor,
    seats: SqlSeats,
    outbox: SqlOutbox,
    written: Callable[[], object],
    limit_s: float = SYNC_S,
) -> float | None:
    """How long the centre took to put a change of this seat into its order, in ms; None: longer than `limit_s`."""
    change = author.change("seat_record", seats.own_id(), {"seen_at": to_text(now())})
    begun_s = time.monotonic()
    log.append([change])
    written()
    while time.monotonic() - begun_s < limit_s:
        if not outbox.waits(change.change_id):
            return (time.monotonic() - begun_s) * 1000
        time.sleep(LOOK_S)
    return None
