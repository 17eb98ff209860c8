"""`desk provision keys|seats|sign|check|codes|pending`: what IT does with the company's file, at any computer. Nothing
of this computer's seat is read or changed."""

import csv
import getpass
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec

from desk import exit_codes, signed
from desk.compose.clock import now
from desk.compose.company_check import BroughtFiles
from desk.faults import Fault
from desk.i18n import _, ngettext
from desk.imports.cells import SheetRow
from desk.imports.files import open_table
from desk.provisioning import making, seat_list
from desk.provisioning.enrol import Used
from desk.provisioning.refusals import not_signed
from desk.provisioning.seal import USED
from desk.provisioning.source import ENROLMENT, FILE, SIGNATURE
from desk.settings import Settings, SettingsError
from desk.settings.company_file import CompanyFile, company_file

Say = Callable[[str], None]


def keys(file: Path, say: Say = print) -> int:
    """A new pair: `file`, and `file`.pub beside it."""
    public = file.with_name(f"{file.name}.pub")
    for one in (file, public):
        if one.exists():
            raise Fault(_("{file} is there already; nothing was changed.").format(file=one))
    password = _password(_("A password for the secret key: "), twice=True)
    pair = signed.new_keys(password)
    file.touch(mode=0o600)
    file.write_text(pair.secret, encoding="utf-8")
    public.write_text(f"untrusted comment: minisign public key of the company\n{pair.public}\n", encoding="utf-8")
    say(_("Secret key: {file}. Keep it where only IT gets at it, and its password elsewhere.").format(file=file))
    say(_("Public key: {file} ({key})").format(file=public, key=pair.public))
    return exit_codes.OK


def check(file: Path, public: Path | None, say: Say = print) -> int:
    """A file that IT writes, or one that is signed already."""
    data = making.packed(file) if public is None else file.read_bytes()
    if public is not None:
        _proven(data, file.with_name(f"{file.name}.minisig"), [_public(public)])
    found, seats = _checked(file, data)
    _say_seats(found, seats, say)
    return exit_codes.OK


def sign(file: Path, key: Path, folder: Path, say: Say = print) -> int:
    data = making.packed(file)
    found, seats = _checked(file, data)
    if folder.resolve() == file.parent.resolve() and data != file.read_bytes():
        raise Fault(_("What the seats read has the files packed in: give another folder than the one you write in."))
    secret, password = key.read_text("utf-8"), _password(_("Password of the secret key: "))
    try:
        target = making.sign_into(folder, data, found, secret, password)
    except ValueError as error:
        raise Fault(
            _("{file} is no secret key, or the password is not its own. Nothing was changed.").format(file=key)
        ) from error
    _say_seats(found, seats, say)
    say(_("Signed: {file}. Seats take it within half an hour; it holds at their next start.").format(file=target))
    return exit_codes.OK


def seats(table: Path, file: Path, say: Say = print) -> int:
    """The seats' tables of a company's file, of a list. Nothing is changed where one seat could not start."""
    rows = seat_list.rows_of([(row.number, row.texts) for row in _whole_rows(table)])
    try:
        text = seat_list.with_tables(making.text_of(file), rows)
        data = making.packed(file, text)
    except SettingsError as error:
        raise Fault(f"{error.file}: {error.reason}") from error
    _checked(file, data)
    making.put(file, text.encode("utf-8"))
    say(
        ngettext("{file} has {n} seat of the list.", "{file} has {n} seats of the list.", len(rows)).format(
            file=file, n=len(rows)
        )
        + " "
        + _("Give it the next number ([company] version), then sign it.")
    )
    return exit_codes.OK


def codes(table: Path, folder: Path, publics: Sequence[Path], days: int, out: Path | None, say: Say = print) -> int:
    """Nothing is made where one row is wrong."""
    publics_keys = [_public(one) for one in publics]
    file = folder / FILE
    if not file.exists():
        raise Fault(_("There is no company's file at {where}.").format(where=folder))
    data = file.read_bytes()
    _proven(data, folder / SIGNATURE, publics_keys)
    found = company_file(file, data)
    rows = seat_list.rows_of([(row.number, row.texts) for row in _whole_rows(table)])
    without = seat_list.known(rows, found.seats)
    secrets, lacking = [], []
    for row in rows:
        entries, missing = making.secrets_for(row, making.settings_at(found, row.seat))
        secrets.append((row.seat, entries))
        lacking += [f"{row.seat}: {word}" for word in missing]
    if out is not None and out.exists():
        raise Fault(_("{file} is there already; nothing was changed.").format(file=out))
    made = making.make_codes(folder, found, secrets, publics_keys, now() + timedelta(days=days))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["seat", "code", "until"])
    writer.writerows([one.seat, one.code, one.until.astimezone().strftime("%Y-%m-%d %H:%M")] for one in made)
    if out is None:
        say(text.getvalue().rstrip())
    else:
        out.touch(mode=0o600)
        out.write_text(text.getvalue(), encoding="utf-8-sig")
        say(ngettext("{n} code is in {file}.", "{n} codes are in {file}.", len(made)).format(n=len(made), file=out))
    if lacking:
        words = _("Passwords that the list has not, to be set at the seat (`desk secret set`): {words}")
        sys.stderr.write(words.format(words=", ".join(lacking)) + "\n")
    if without:
        words = _("Seats of the company's file that the list has not, and that got no new code: {seats}")
        sys.stderr.write(words.format(seats=", ".join(without)) + "\n")
    return exit_codes.OK


def pending(folder: Path, withdrawn: Sequence[str], say: Say = print) -> int:
    place = folder / ENROLMENT
    unknown = sorted(set(withdrawn) - {slip.seat for _file, slip in making.open_codes(place)})
    if unknown:
        words = _("There is no code to withdraw for {seats}. Nothing was withdrawn.")
        raise Fault(words.format(seats=", ".join(unknown)))
    making.withdraw(place, set(withdrawn))
    moment = now()
    for _file, slip in making.open_codes(place):
        state = _("open until") if moment < slip.until else _("over since")
        say(f"{slip.seat}\t{state} {slip.until.astimezone():%Y-%m-%d %H:%M}")
    for file in sorted(place.glob(f"*{USED}")) if place.is_dir() else ():
        try:
            used = msgspec.json.decode(file.read_bytes(), type=Used)
        except (msgspec.MsgspecError, OSError):
            continue
        say(f"{used.seat}\t{_('used')} {used.used_at.astimezone():%Y-%m-%d %H:%M} {used.by}")
    return exit_codes.OK


def _checked(file: Path, data: bytes) -> tuple[CompanyFile, dict[str, Settings]]:
    brought = BroughtFiles()
    try:
        found = making.checked(file, data, brought.look)
    except SettingsError as error:
        where = f"{error.file}, {error.line}" if error.line else f"{error.file}"
        raise Fault(_("{where}: {reason}. Nothing was signed.").format(where=where, reason=error.reason)) from error
    if brought.troubles:
        told = "\n".join(brought.troubles)
        raise Fault(_("{troubles}\nThe seats could not use these files. Nothing was signed.").format(troubles=told))
    return found


def _say_seats(found: CompanyFile, seats: dict[str, Settings], say: Say) -> None:
    say(
        ngettext(
            "Number {number}: {n} seat can start with it.", "Number {number}: {n} seats can start with it.", len(seats)
        ).format(number=found.version, n=len(seats))
    )
    if any(name.startswith("policies/") for name in found.files) and not any(
        settings.policies.folder for settings in seats.values()
    ):
        say(_('It brings policy files that no setting names: [settings.policies] folder = "company:policies"'))


def _whole_rows(table: Path) -> Iterator[SheetRow]:
    """A password that a spreadsheet has shortened or worked out is none."""
    for row in open_table(table).rows():
        if row.faults:
            raise Fault(
                _(
                    "Row {row}: a cell holds a formula, or a number that the spreadsheet has shortened. Make that "
                    "column text, type it again, then try again."
                ).format(row=row.number)
            )
        yield row


def _proven(data: bytes, signature: Path, public_keys: list[str]) -> None:
    try:
        signed.proven(data, signature.read_bytes() if signature.exists() else b"", "company", public_keys)
    except signed.NotSigned as error:
        raise not_signed(error.reason) from error


def _public(file: Path) -> str:
    """minisign's own file: the key is the last line."""
    key = (file.read_text("utf-8").strip().splitlines() or [""])[-1].strip()
    try:
        signed.proven(b"", b"", "company", [key])
    except signed.NotSigned:
        return key
    except ValueError as error:
        raise Fault(_("{file} is no public key of minisign.").format(file=file)) from error
    return key


def _password(prompt: str, *, twice: bool = False) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(prompt)
    if twice and getpass.getpass(_("Once more: ")) != password:
        raise Fault(_("The two are not alike; nothing was changed."))
    if not password:
        raise Fault(_("Nothing was entered; nothing was changed."))
    return password
