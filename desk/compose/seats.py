"""`desk seats`: the seat register on the command line. Reads and writes the seat store as the window does; the check is
done by the seat that runs here."""

import csv
import queue
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from desk import exit_codes, wire
from desk.compose.accounts import accounts_of
from desk.compose.clock import new_id, now
from desk.domain.health import Level
from desk.domain.listening import Role
from desk.domain.seat_register import SERVICE, BadService, SeatRecord, from_text, level_of
from desk.domain.working_time import CHINA
from desk.faults import Fault
from desk.health import seat_sheet
from desk.health import words as health_words
from desk.i18n import _
from desk.link.addresses import LinkDown, address_for, token_of
from desk.link.sockets import LinkClient
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.residents import SqlResidents
from desk.store.seats import SqlSeats
from desk.store.store import Store
from desk.usecases.listener import role_of
from desk.usecases.seat_register import SeatRegister

if TYPE_CHECKING:
    from desk.ui.after.seats.uses import SeatUses

CHECK_S = 180.0  # the call, its recording sealed, the centre and back
ATTACH_S = 5.0
Say = Callable[[str], None]


def run(settings: Settings, arguments: Namespace, say: Say = print, secrets: Secrets | None = None) -> int:
    """One of the actions; the exit code. Raises `Fault`, what opening the store raises."""
    if arguments.action == "check":
        return check(settings, say)
    store = Store.open(settings.store_file, secrets or KeyringSecrets())
    try:
        register = _register(settings, store, writes=arguments.action == "set")
        match arguments.action:
            case "list":
                _list(register, say, everything=arguments.all)
            case "show":
                _show(register, _named(register, arguments.seat or settings.seat.name), say)
            case "set":
                _set(register, arguments, say)
            case _:
                export(register, arguments.file)
                say(_("Written: {file}").format(file=arguments.file))
        return exit_codes.OK
    finally:
        store.close()


def _register(settings: Settings, store: Store, *, writes: bool) -> SeatRegister:
    """Whoever can open this store reads what is in it; what people write, supervisors write."""
    log, staff, who = SqlChangeLog(store), SqlResidents(store).staff, settings.seat.sits
    author = SeatAuthor(settings.seat.name, lambda: who, now, new_id, log.base_seq, log.newest_unsent)
    role = role_of(who, staff(), accounts_of(settings, store)()) if writes else Role.SUPERVISOR
    return SeatRegister(log, author, SqlSeats(store, new_id), lambda: role)


def seat_uses(settings: Settings, store: Store, author: SeatAuthor, who: Callable[[], str]) -> "SeatUses":
    """The window's, for whoever sits there."""
    from desk.ui.after.seats.uses import SeatUses  # the command line needs no window

    staff, accounts = SqlResidents(store).staff, accounts_of(settings, store)
    seats = SqlSeats(store, new_id)
    register = SeatRegister(SqlChangeLog(store), author, seats, lambda: role_of(who(), staff(), accounts()))
    return SeatUses(register, lambda file: export(register, file))


def _named(register: SeatRegister, name: str) -> SeatRecord:
    found = [record for record in register.all() if record.seat == name or record.seat_record_id == name]
    if not found:
        raise Fault(_("The register knows no seat {name}.").format(name=name))
    return next((record for record in found if not record.retired), found[0])


def _list(register: SeatRegister, say: Say, *, everything: bool) -> None:
    today = now().astimezone(CHINA).date()
    for record in register.all():
        if everything or not record.retired:
            _level, state = seat_sheet.state(record, today)
            lost = seat_sheet.shown(record, "lost_s", CHINA)
            told = (record.seat, state, record.pc_model or record.pc, record.headset, lost, record.desk_version)
            say("\t".join(told))


def _show(register: SeatRegister, record: SeatRecord, say: Say) -> None:
    for field in seat_sheet.COLUMNS:
        if value := seat_sheet.shown(record, field, CHINA):
            say(f"{seat_sheet.title(field)}: {value}")
    for one in register.checks(record.seat_record_id)[:5]:
        say("")
        say(seat_sheet.check_line(one, CHINA))
        for finding in seat_sheet.findings_of(one):
            say(f"  {health_words.line(finding)}")


def _set(register: SeatRegister, arguments: Namespace, say: Say) -> None:
    typed = {}
    for value in arguments.values:
        field, equals, text = value.partition("=")
        if not equals or field not in SERVICE:
            raise Fault(_("FIELD=VALUE is needed, with one of: {fields}").format(fields=", ".join(SERVICE)))
        typed[field] = text
    if not register.may_edit:  # before it is looked for: agents see no other seat
        raise Fault(
            _(
                "Purchase and service data are written by supervisors and IT. A command is given in the name of [seat] "
                "agent, where people sign in with a password in nobody's: have a supervisor sign in at the window "
                "instead, and press Ctrl+Shift+R, then Ctrl+E."
            )
        )
    record = _named(register, arguments.seat)
    try:
        edited = register.edit(record.seat_record_id, typed)
    except BadService as error:
        raise Fault(seat_sheet.refusal(error)) from error
    for field in typed:
        say(f"{seat_sheet.title(field)}: {seat_sheet.shown(edited, field, CHINA)}")


def export(register: SeatRegister, file: Path) -> None:
    """UTF-8 with a mark, so that spreadsheets read Chinese. Raises `OSError`; a half file is not left."""
    half = file.with_name(f"{file.name}.part")
    try:
        with half.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(seat_sheet.table(register.all(), CHINA))
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)


def check(settings: Settings, say: Say = print) -> int:
    """Ask the running seat, and wait for what it finds. Raises `Fault` where none runs."""
    came: queue.SimpleQueue[object] = queue.SimpleQueue()
    try:
        token = token_of(settings.runtime_dir)
    except LinkDown as error:
        raise Fault(_("No seat runs here: start Desk first.")) from error
    client = LinkClient(address_for(settings.runtime_dir, "sync"), token, "tool", came.put)
    client.start()
    try:
        before = _next(came, ATTACH_S)
        if before is None:
            raise Fault(_("No seat runs here: start Desk first."))
        client.send(wire.CheckSeat())
        told: wire.SeatChecked | None = before
        until_s = time.monotonic() + CHECK_S
        while told is not None and told.at == before.at:
            told = _next(came, until_s - time.monotonic())
    finally:
        client.close()
    if told is None:
        raise Fault(_("The seat did not check itself in time: a call may be running."))
    for text in told.findings:
        if (finding := from_text(text)) is not None:
            say(health_words.line(finding))
    match level_of(told.level):
        case Level.WRONG | None:
            return exit_codes.HEALTH_WRONG
        case Level.WARNING:
            return exit_codes.HEALTH_WARNING
        case _:
            return exit_codes.OK


def _next(came: "queue.SimpleQueue[object]", timeout_s: float) -> wire.SeatChecked | None:
    """The next word about it, None where none comes in time."""
    until_s = time.monotonic() + timeout_s
    while (left_s := until_s - time.monotonic()) > 0:
        try:
            message = came.get(timeout=left_s)
        except queue.Empty:
            return None
        if isinstance(message, wire.SeatChecked):
            return message
    return None
