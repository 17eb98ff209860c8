"""A company's file becomes this seat's: its signature, its number, no secret in it, and that a seat can start with it.
Only then is anything written, beside what is there; what was accepted before holds until the last step.

Any process, one at a time; blocking."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from desk import signed
from desk.i18n import _
from desk.provisioning.no_secrets import refuse_secrets
from desk.provisioning.refusals import Refused, not_signed
from desk.provisioning.source import FILE, SIGNATURE, Source
from desk.settings import Settings, SettingsError
from desk.settings.company import (
    FILES,
    MOST_BYTES,
    STATE,
    CompanyState,
    Enrolled,
    company_folder,
    read_state,
    unpack,
)
from desk.settings.company_file import CompanyFile, company_file
from desk.settings.file import check_layer, read_layers, settle
from desk.settings.layers import Places

MOST_SIGNATURE = 4096


@dataclass(frozen=True)
class Candidate:
    """A proven file that may be accepted. `settings`: what this seat would run with."""

    found: CompanyFile
    data: bytes
    signature: bytes
    seat: str
    keys: tuple[str, ...]
    source: str
    settings: Settings

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class Accepting:
    """For the seat whose user's settings are `settings_file`. `clock`: aware, UTC."""

    def __init__(self, settings_file: Path, places: Places, clock: Callable[[], datetime]) -> None:
        self._file, self._places, self._clock = settings_file, places, clock

    def state(self) -> CompanyState | None:
        """None where the seat is not enrolled, or nothing can be read of it."""
        try:
            return read_state(self._file)
        except SettingsError:
            return None

    def fetch(self, source: Source, seat: str, keys: tuple[str, ...]) -> Candidate:
        """Raises `Refused`; nothing is written."""
        data = source.read(FILE, MOST_BYTES)
        if data is None:
            raise Refused("away", _("There is no company's file at {where}.").format(where=source.shown))
        signature = source.read(SIGNATURE, MOST_SIGNATURE)
        return self.judge(data, signature or b"", seat, keys, source.shown)

    def judge(self, data: bytes, signature: bytes, seat: str, keys: tuple[str, ...], source: str = "") -> Candidate:
        """Raises `Refused`; nothing is written."""
        try:
            signed.proven(data, signature, "company", keys)
        except signed.NotSigned as error:
            raise not_signed(error.reason) from error
        except ValueError as error:
            raise not_signed("foreign") from error
        try:
            found = company_file(Path(FILE), data)
            refuse_secrets(found)
            self._refuse_older(found, data, keys)
            settings = self._tried(found, seat)
        except SettingsError as error:
            raise Refused("settings", _not_usable(error)) from error
        return Candidate(found, data, signature, seat, keys, source, settings)

    def accept(self, candidate: Candidate, enrolled: Enrolled | None = None) -> CompanyState:
        """It holds from the next start on. `enrolled`: by a code just now; None: as before. Raises `OSError`: what was
        there holds."""
        folder, before = company_folder(self._file), self.state()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = _unused(folder, f"v{candidate.found.version}-{candidate.sha256[:12]}")
        beside = folder / f".new-{os.getpid()}"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        _write(beside / FILE, candidate.data)
        _write(beside / SIGNATURE, candidate.signature)
        unpack(candidate.found.files, beside / FILES)
        beside.rename(target)
        company = candidate.settings.company
        state = CompanyState(
            seat=candidate.seat,
            keys=_keys_after(candidate),
            source=company.source or candidate.source,  # a company that moves says so in its file
            current=target.name,
            sha256=candidate.sha256,
            version=candidate.found.version,
            accepted_at=self._clock().isoformat(timespec="seconds"),
            enrolled=enrolled or (before.enrolled if before is not None else None),
            **_previous(before, candidate),
        )
        self.put_state(state)
        for old in folder.iterdir():
            if old.is_dir() and old.name not in (state.current, state.previous):
                shutil.rmtree(old, ignore_errors=True)
        return state

    def put_state(self, state: CompanyState | None) -> None:
        """None: not enrolled. Raises `OSError`."""
        file = company_folder(self._file) / STATE
        if state is None:
            file.unlink(missing_ok=True)
            return
        beside = file.with_name(f".{STATE}.{os.getpid()}")
        _write(beside, msgspec.json.format(msgspec.json.encode(state)))
        beside.replace(file)

    def _refuse_older(self, found: CompanyFile, data: bytes, keys: tuple[str, ...]) -> None:
        """Numbers count among files of one signer: a company that begins anew with another key begins at 1."""
        state = self.state()
        if state is None or not set(state.keys) & set(keys):
            return
        if found.version < state.version:
            raise Refused(
                "older",
                _(
                    "The company's file there is number {got}; this seat already has number {had}. Nothing was "
                    "changed. Ask IT for the newest one."
                ).format(got=found.version, had=state.version),
            )
        if found.version == state.version and hashlib.sha256(data).hexdigest() != state.sha256:
            raise Refused(
                "same_version",
                _(
                    "The company's file was changed but still has number {had}. Nothing was changed here. Ask IT to "
                    "give it the next number and to sign it again."
                ).format(had=state.version),
            )

    def _tried(self, found: CompanyFile, seat: str) -> Settings:
        """The settings that a seat would start with. Raises `SettingsError`."""
        others = read_layers(self._file, self._places, company=False)
        at = next((at for at, layer in enumerate(others) if layer.rank == "user"), len(others))
        with tempfile.TemporaryDirectory(prefix="desk-") as folder:  # some checks look into what they name
            unpack(found.files, Path(folder))
            company = found.layers(seat, Path(folder))
            for layer in company:
                check_layer(layer)
            settings, _merged = settle([*others[:at], *company, *others[at:]], self._file)
        return settings


def _keys_after(candidate: Candidate) -> tuple[str, ...]:
    """Whose signature counts from now on: where the settings name keys, those alone, and the signer's until a file that
    is signed with one of them has come. So a company can change its key without new codes."""
    named = candidate.settings.company.keys
    if not named:
        return candidate.keys
    try:
        signed.proven(candidate.data, candidate.signature, "company", named)
    except signed.NotSigned:
        return tuple(dict.fromkeys((*named, *candidate.keys)))
    return named


def _previous(before: CompanyState | None, candidate: Candidate) -> dict[str, str]:
    if before is None or not set(before.keys) & set(candidate.keys):
        return {}
    if before.sha256 == candidate.sha256:  # perhaps a damaged one is made whole
        return {"previous": before.previous, "previous_sha256": before.previous_sha256}
    return {"previous": before.current, "previous_sha256": before.sha256}


def _unused(folder: Path, name: str) -> Path:
    """What holds is not touched, also where the same comes again."""
    names = (name, *(f"{name}-{number}" for number in range(2, 100)))
    return next(folder / one for one in names if not (folder / one).exists())


def _write(file: Path, data: bytes) -> None:
    with file.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())


def _not_usable(error: SettingsError) -> str:
    where = f"{error.file}, {error.line}" if error.line else f"{error.file}"
    return _("The company's file cannot be used here ({where}: {reason}). Nothing was changed. Tell IT.").format(
        where=where, reason=error.reason
    )
