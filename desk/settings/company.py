"""The company's file as this seat keeps it: proven when it came, and proven again at each start.

It lies beside the user's settings file, in `company/`: `state.json` says who this seat is, whose signature counts and
which of the kept files holds; each kept one has a folder of its own, with its signature and the files that it brought.
A new one is written beside the old and holds from the moment that `state.json` is replaced, so that nothing that ends
in between leaves half of it. One that is damaged is passed over for the one before it, and that is told.

What fetches and accepts one is `desk.provisioning`. Reads files; any process, any thread."""

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from desk.i18n import _
from desk.settings.company_file import CompanyFile, company_file
from desk.settings.layers import Layer
from desk.settings.source import SettingsError

FOLDER, STATE, FILE, SIGNATURE, FILES = "company", "state.json", "company.toml", "company.toml.minisig", "files"
MOST_BYTES = 4 << 20
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Enrolled:
    """By the code whose mark this is, at this computer."""

    mark: str
    computer: str


@dataclass(frozen=True, kw_only=True)
class CompanyState:
    """`seat`: its name in the hotline. `keys`: whose signature counts, minisign's public keys. `source`: where newer
    files are looked for, "" nowhere. `current`, `previous`: folders of kept files; `sha256` of the current one's.
    `enrolled`: by which code, and where; None at a seat of a Desk that did not write it down."""

    seat: str
    keys: tuple[str, ...]
    source: str = ""
    current: str
    sha256: str
    version: int
    accepted_at: str = ""
    previous: str = ""
    previous_sha256: str = ""
    enrolled: Enrolled | None = None


class CompanyDamaged(Exception):
    """A kept file is not what was accepted. The text says what is wrong, for the log."""


def company_folder(settings_file: Path) -> Path:
    return settings_file.parent / FOLDER


def company_texts(settings_file: Path) -> list[Path]:
    """The kept file that holds, unproven: for a hint of its language."""
    try:
        state = read_state(settings_file)
    except SettingsError:
        return []
    return [company_folder(settings_file) / state.current / FILE] if state else []


def company_layers(settings_file: Path, *, prove: bool = True) -> list[Layer]:
    """None where this seat is not enrolled. Raises `SettingsError` where no kept file can be used."""
    state = read_state(settings_file)
    if state is None:
        return []
    found, folder, _trouble = kept_file(settings_file, state, prove=prove)
    return found.layers(state.seat, folder / FILES)


def read_state(settings_file: Path) -> CompanyState | None:
    """None where this seat is not enrolled. Raises `SettingsError`."""
    file = company_folder(settings_file) / STATE
    try:
        return msgspec.json.decode(file.read_bytes(), type=CompanyState)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:  # somebody else's: nothing is wrong with it
        raise SettingsError(file, 0, _("the file cannot be read ({detail})").format(detail=error.strerror)) from error
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SettingsError(
            file, 0, _("what this seat keeps of its enrolment cannot be read: enrol it again with a new code")
        ) from error


def kept_file(settings_file: Path, state: CompanyState, *, prove: bool = True) -> tuple[CompanyFile, Path, str]:
    """The kept file that holds, its folder, and what is wrong with the newest where that one is not it ("" nothing).
    `prove` False: by its hash alone, which costs no library. Raises `SettingsError`."""
    folder, trouble = company_folder(settings_file), ""
    for name, sha256 in ((state.current, state.sha256), (state.previous, state.previous_sha256)):
        if not name:
            continue
        try:
            found = _proven(folder / name, sha256, state.keys, prove=prove)
        except (CompanyDamaged, SettingsError) as error:
            trouble = trouble or str(error)
            _log.error("the company's file cannot be used: %s", error)
            continue
        if prove:
            unpack(found.files, folder / name / FILES)
        return found, folder / name, trouble
    raise SettingsError(
        folder / state.current / FILE,
        0,
        _("the company's file was changed or is damaged on this computer: enrol the seat again with a new code"),
    )


def _proven(folder: Path, sha256: str, keys: tuple[str, ...], *, prove: bool) -> CompanyFile:
    file = folder / FILE
    try:
        data, signature = file.read_bytes(), (folder / SIGNATURE).read_bytes()
    except OSError as error:
        raise CompanyDamaged(f"{file}: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise CompanyDamaged(f"{file}: not what was accepted")
    if prove:
        from desk import signed  # 40 ms: the launcher does without

        try:
            signed.proven(data, signature, "company", keys)
        except (signed.NotSigned, ValueError) as error:
            raise CompanyDamaged(f"{file}: {error}") from error
    return company_file(file, data)


def unpack(files: Mapping[str, str], folder: Path) -> None:
    """Write what is not there, or is not as it should be. Raises `OSError`."""
    for name, content in files.items():
        target, data = folder / name, content.encode("utf-8")
        try:
            if target.read_bytes() == data:
                continue
        except OSError:
            target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{os.getpid()}")  # several processes of a seat start at once
        beside.write_bytes(data)
        beside.replace(target)
