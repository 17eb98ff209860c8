"""IT's side: a company's file is packed, checked for every seat, signed; and codes are made for a list of seats.

What IT writes is `company.toml`, with the files it brings inline or in a folder `files` beside it. What seats read is
one file with all of that in it, and its signature. Blocking; the main thread of a command."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desk import signed
from desk.i18n import _
from desk.provisioning.code import grouped, new_code, read_code
from desk.provisioning.no_secrets import refuse_secrets
from desk.provisioning.refusals import Refused
from desk.provisioning.seal import SEALED, USED, Enrolment, Slip, opener, read_slip, sealed
from desk.provisioning.seat_list import SeatRow
from desk.provisioning.source import ENROLMENT, FILE, SIGNATURE
from desk.settings import Settings, SettingsError
from desk.settings.company import MOST_BYTES, unpack
from desk.settings.company_file import CompanyFile, company_file
from desk.settings.entries import entries_of
from desk.settings.file import check_layer, settle


@dataclass(frozen=True)
class MadeCode:
    seat: str
    code: str
    until: datetime


def text_of(file: Path) -> str:
    """What IT has written. Raises `SettingsError`."""
    try:
        return file.read_text("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SettingsError(file, 0, _("the file is not text in UTF-8")) from error
    except OSError as error:
        raise SettingsError(file, 0, _("the file cannot be read ({detail})").format(detail=error.strerror)) from error


def packed(file: Path, text: str | None = None) -> bytes:
    """The text that is signed: `company.toml` with the files of the folder beside it. `text`: in the place of what
    stands in the file. Raises `SettingsError`."""
    text = text_of(file) if text is None else text
    folder = file.with_name("files")
    found = sorted(one for one in folder.rglob("*") if one.is_file() and not one.name.startswith("."))
    if found:
        inline = re.search(r"^\s*\[files\]", text, re.MULTILINE)
        if inline:
            line = text.count("\n", 0, inline.end()) + 1
            raise SettingsError(file, line, _("there is a folder files beside it: put these files there, too"))
        text = text.rstrip("\n") + "\n\n[files]\n"
        for one in found:
            name = one.relative_to(folder).as_posix()
            try:
                text += f"{_quoted(name)} = {_quoted(one.read_text('utf-8-sig'))}\n"
            except UnicodeDecodeError as error:
                raise SettingsError(one, 0, _("the file is not text in UTF-8")) from error
    data = text.encode("utf-8")
    if len(data) > MOST_BYTES:
        raise SettingsError(file, 0, _("with all its files it is longer than {most} MB").format(most=MOST_BYTES >> 20))
    return data


def checked(
    file: Path, data: bytes, look: Callable[[Settings, Path], None] = lambda _settings, _files: None
) -> tuple[CompanyFile, dict[str, Settings]]:
    """What it comes to at each seat that it names (at "S01" where it names none). `look` is called for each, while what
    it brings lies in that folder. Raises `SettingsError`, for the first thing that is wrong."""
    found = company_file(file, data)
    refuse_secrets(found)
    seats: dict[str, Settings] = {}
    with _brought(found) as files:
        for seat in found.seats or ("S01",):
            seats[seat] = _settings(found, seat, files)
            look(seats[seat], files)
    return found, seats


def settings_at(found: CompanyFile, seat: str) -> Settings:
    """Raises `SettingsError`."""
    with _brought(found) as files:
        return _settings(found, seat, files)


@contextmanager
def _brought(found: CompanyFile) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        unpack(found.files, Path(folder))
        yield Path(folder)


def _settings(found: CompanyFile, seat: str, files: Path) -> Settings:
    layers = found.layers(seat, files)
    for layer in layers:
        check_layer(layer)
    return settle(layers, found.file)[0]


def sign_into(folder: Path, data: bytes, found: CompanyFile, secret: str, password: str) -> Path:
    """Write file and signature for the seats; the signature last, for it is what they look at. Raises `Refused` where
    what is there has this number or a higher one and other content, `ValueError` where the key cannot be used,
    `OSError`."""
    target = folder / FILE
    if target.exists() and target.read_bytes() != data:
        try:
            there = company_file(target, target.read_bytes()).version
        except SettingsError:
            there = 0
        if found.version <= there and (folder / SIGNATURE).exists():
            raise Refused(
                "same_version",
                _("{file} has number {there} already: give this one a higher number ([company] version).").format(
                    file=target, there=there
                ),
            )
    signature = signed.sign(data, secret, password, "company", f"number {found.version}")
    folder.mkdir(parents=True, exist_ok=True)
    put(target, data)
    put(folder / SIGNATURE, signature)
    return target


def secrets_for(row: SeatRow, settings: Settings) -> tuple[dict[str, str], list[str]]:
    """By their entry in the keyring, and the words that the seat needs and the list has not. Raises `Refused` for a
    column that means nothing."""
    entries = entries_of(settings)
    found: dict[str, str] = {}
    for word, value in row.secrets.items():
        entry = entries.get(word, word if ":" in word or word == "recordings-key" else "")
        if not entry:
            raise Refused(
                "list",
                _("Row {row}: seat {seat} has nothing that the password in column {column} could be for.").format(
                    row=row.row, seat=row.seat, column=word
                ),
            )
        found[entry] = value
    missing = [word for word, entry in entries.items() if entry not in found and not word.startswith("sip:")]
    return found, missing


def make_codes(
    folder: Path,
    company: CompanyFile,
    rows: Sequence[tuple[str, Mapping[str, str]]],
    keys: Sequence[str],
    until: datetime,
    make: Callable[[], str] = new_code,
) -> list[MadeCode]:
    """For each seat (name, secrets) a code, and what it opens in `enrolment`. A code that the seat had before opens
    nothing any more. Raises `OSError`."""
    place = folder / ENROLMENT
    place.mkdir(exist_ok=True)
    withdraw(place, {seat for seat, _secrets in rows})
    made = []
    for seat, secrets in rows:
        code = make()
        by = opener(read_code(code))
        enrolment = Enrolment(keys=tuple(keys), company=company.name, secrets=dict(secrets))
        put(place / f"{by.name}{SEALED}", sealed(by, Slip(seat=seat, until=until), enrolment))
        made.append(MadeCode(seat, grouped(read_code(code)), until))
    return made


def withdraw(place: Path, seats: set[str]) -> None:
    """What codes of these seats would open goes."""
    for file, slip in open_codes(place):
        if slip.seat in seats:
            file.unlink(missing_ok=True)


def open_codes(place: Path) -> list[tuple[Path, Slip]]:
    """What is still there for somebody to open, whoever has the code; by seat."""
    found: list[tuple[Path, Slip]] = []
    for file in place.iterdir() if place.is_dir() else ():
        if file.suffix == USED or file.name.startswith("."):
            continue
        try:
            found.append((file, read_slip(file.read_bytes())))
        except (Refused, OSError):
            continue
    return sorted(found, key=lambda one: (one[1].seat, one[1].until))


def put(file: Path, data: bytes) -> None:
    """Whole or not at all, for whoever reads it meanwhile."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.replace(file)


def _quoted(text: str) -> str:
    """As a basic string of TOML, on one line, so that nothing in it looks like a table to whoever looks for lines."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + "".join(sign if sign.isprintable() else f"\\U{ord(sign):08X}" for sign in escaped) + '"'
