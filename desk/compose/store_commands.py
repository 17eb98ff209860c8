"""`desk store`: the seat store looked at and mended by hand, and unsent work carried from one seat to another. Every
action says what it did; nothing is ever deleted."""

import json
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from desk import exit_codes
from desk.compose.clock import now
from desk.compose.store_care import Sealing, repair_of
from desk.domain.times import from_text
from desk.domain.working_time import CHINA
from desk.faults import Fault
from desk.i18n import _
from desk.recording.sealing import age
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.holding import StoreInUse
from desk.store.integrity import Found, IntegrityCheck, Step
from desk.store.key import ENTRY
from desk.store.meta import value_of
from desk.store.outbox import SqlOutbox
from desk.store.refill import file_of, unread_of
from desk.store.repair import Progress, Repaired, last_repair, put, stores_set_aside
from desk.store.salvage import Salvage
from desk.store.second_place import TAKEN, unknown_in, write_sealed
from desk.store.store import Store
from desk.store.unsent_export import Head, NotAnExport, Taken, drafts_of, read, take_in, unsent_of, write
from desk.sync.store_care import CHECK_FOUND, CHECKED

Say = Callable[[str], None]
_AGE = b"age-encryption.org/"


def run(settings: Settings, arguments: Namespace, say: Say = print, secrets: Secrets | None = None) -> int:
    """One of the actions; the exit code. Raises `Fault`, `KeyringWeak`, what opening the store raises."""
    secrets = secrets or KeyringSecrets()
    match arguments.action:
        case "repair":
            return _repair(settings, secrets, arguments, say)
        case "import":
            with _opened(settings, secrets) as store:
                return _import(store, settings, secrets, arguments, say)
        case "export":
            with _opened(settings, secrets) as store:
                return _export(store, settings, secrets, arguments, say)
        case "check":
            with _opened(settings, secrets) as store:
                return _check(store, say)
        case _:
            with _opened(settings, secrets) as store:
                return _show(store, settings, say)


class _opened:  # noqa: N801 - used as a word
    """The store, closed at the end."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._store = Store.open(settings.store_file, secrets)

    def __enter__(self) -> Store:
        return self._store

    def __exit__(self, *_given: object) -> None:
        self._store.close()


def _show(store: Store, settings: Settings, say: Say) -> int:
    outbox = SqlOutbox(store)
    say(_("Store: {file}, {megabytes} MB").format(file=store.file, megabytes=round(store.file.stat().st_size / 1e6, 1)))
    say(
        _("Waiting to be sent: {unsent}; refused by the centre: {refused}; drafts: {drafts}").format(
            unsent=outbox.unsent_count(), refused=outbox.refused_count(), drafts=len(drafts_of(store))
        )
    )
    with store.read() as connection:
        checked = value_of(connection, CHECKED)
        copies = connection.exec_driver_sql("SELECT count(*), coalesce(sum(changes), 0) FROM copy_file").one()
        found = json.loads(value_of(connection, CHECK_FOUND) or "{}")
    say(_("Last checked: {at}").format(at=_day(from_text(checked)) if checked else _("never")))
    if found.get("mended") or found.get("orphans"):
        say(
            _("It found {mended} rows that were not what their changes say, and {orphans} without changes.").format(
                mended=found.get("mended", 0), orphans=found.get("orphans", 0)
            )
        )
    say(
        _("Second copy: {changes} changes in {files} files in {folder}").format(
            changes=copies[1], files=copies[0], folder=settings.second_dir
        )
    )
    _show_left(store, settings, say)
    return exit_codes.OK


def _show_left(store: Store, settings: Settings, say: Say) -> None:
    done = last_repair(store)
    if done is not None:
        say(_("Last repaired: {at} ({why})").format(at=_day(datetime.fromisoformat(done.at)), why=done.why))
    if (still := file_of(store)) is not None:
        say(_("Still being brought back from {file}").format(file=still))
    if unread := unread_of(store):
        say(_("{count} changes could not be read from the damaged store").format(count=unread))
    for file in stores_set_aside(settings.store_file):
        say(_("Set aside: {file}").format(file=file))
    for file in unknown_in(store, settings.second_dir):
        say(_("Sealed work of an earlier store, not taken in yet: {file}").format(file=file))


def _check(store: Store, say: Say) -> int:
    check = IntegrityCheck(store)
    line = _Line(say)
    for step in check.steps():
        line.step(step)
    line.end()
    found = check.found
    _tell_found(found, say)
    return exit_codes.OK if found.whole else exit_codes.FAULT


def _tell_found(found: Found, say: Say) -> None:
    for damage in found.damage:
        say(_("Damaged: {what}").format(what=damage))
    for entity, entity_id in found.mended:
        say(_("A row was not what its changes say, and was made anew: {row}").format(row=f"{entity} {entity_id}"))
    for entity, entity_id in found.orphans:
        say(_("A row has no change in the log: {row}").format(row=f"{entity} {entity_id}"))
    if found.whole:
        say(
            _("All well: {changes} changes, {entities} rows are what their changes say.").format(
                changes=found.changes, entities=found.entities
            )
        )
    elif found.damage:
        say(_("Close the seat and run `desk store repair`, or start it: it repairs itself."))


def _repair(settings: Settings, secrets: Secrets, arguments: Namespace, say: Say) -> int:
    if not settings.store_file.exists() and not stores_set_aside(settings.store_file):
        say(_("There is no store yet: nothing to repair."))
        return exit_codes.OK
    if arguments.anew and not arguments.yes:
        say(_("A new store is made; the present one is set aside in {folder}.").format(folder=settings.data_dir))
        if not settings.central.url:
            say(_("This seat stands alone: what its key no longer opens comes back from nowhere else."))
        if _asked(_("Type yes to go on: ")).strip().lower() != "yes":
            return _refused(_("Nothing was changed."))
    line = _Line(say)
    if not arguments.anew and (whole := _looked_through(settings, secrets, line)) is not None:
        line.end()
        _tell_found(whole, say)
        return exit_codes.OK
    try:
        done = repair_of(settings, secrets, line.progress).run(anew=arguments.anew, why="desk store repair")
    except StoreInUse as error:
        raise Fault(_("The seat is running. Close its window first; nothing was changed.")) from error
    finally:
        line.end()
    _tell_repaired(done, settings, say)
    return exit_codes.OK


def _looked_through(settings: Settings, secrets: Secrets, line: "_Line") -> Found | None:
    """What a look at the whole found where there is nothing to repair."""
    from desk.store import damage
    from desk.usecases.ports import StoreDamaged

    if damage.noted(settings.store_file) is not None:
        return None  # the repair looks for itself
    try:
        with _opened(settings, secrets) as store:
            check = IntegrityCheck(store)
            for step in check.steps():
                line.step(step)
    except StoreDamaged:
        return None
    if check.found.damage:
        damage.note(settings.store_file, damage.Damage("; ".join(check.found.damage[:3])))
        return None
    return check.found


def _tell_repaired(done: Repaired, settings: Settings, say: Say) -> None:
    if done.was_whole:
        say(_("Nothing is wrong with the store: it was left as it is."))
        return
    say(_("The damaged store is kept in {folder}.").format(folder=settings.data_dir / "set-aside" / done.aside))
    say(
        _("Saved: {from_file} unsent changes from it, {from_copies} from the second copy, {drafts} drafts.").format(
            from_file=done.from_file, from_copies=done.from_copies, drafts=done.drafts
        )
    )
    if done.lost:
        say(_("{count} unsent changes could not be read yet.").format(count=len(done.lost)))
    if done.readable:
        say(_("What else can be read of it comes back while the seat runs."))
    if settings.central.url:
        say(_("The rest comes from the centre when the seat is started."))


def _export(store: Store, settings: Settings, secrets: Secrets, arguments: Namespace, say: Say) -> int:
    sealing = Sealing(settings, secrets)
    try:
        recipients = [*sealing.hotline(), *(age.recipient_of(text) for text in arguments.to)]
    except age.KeyNotUsable as error:
        raise Fault(_("This is no key that can be used: {detail}").format(detail=error)) from error
    if not recipients:
        raise Fault(_("Nobody is named who could open the file. Name a recipient with --to."))
    head = Head(settings.seat.name, now().isoformat())
    try:
        amount = write_sealed(
            arguments.file,
            lambda target: write(target, head, unsent_of(store), drafts_of(store)),
            lambda plain, sealed: age.encrypt(plain, sealed, [sealing.own().to_public(), *recipients]),
        )
    except FileExistsError as error:
        raise Fault(
            _("{file} exists. Choose another name; nothing was written.").format(file=arguments.file)
        ) from error
    except OSError as error:
        detail = error.strerror or error
        raise Fault(_("{file} cannot be used: {detail}").format(file=arguments.file, detail=detail)) from error
    say(
        _("Written to {file}: {changes} unsent changes, {drafts} drafts.").format(
            file=arguments.file, changes=amount.changes, drafts=amount.drafts
        )
    )
    say(_("It can be opened with the private key of:"))
    for recipient in dict.fromkeys(map(str, recipients)):
        say(f"  {recipient}")
    return exit_codes.OK


def _import(store: Store, settings: Settings, secrets: Secrets, arguments: Namespace, say: Say) -> int:
    code = exit_codes.OK
    for file in arguments.file:
        try:
            with file.open("rb") as handle:
                sealed = handle.read(len(_AGE)) == _AGE
            if sealed:
                _tell_taken(file, _take_sealed(store, settings, secrets, file, arguments.key), say)
                if file.parent == settings.second_dir:
                    file.rename(file.with_name(file.name + TAKEN))
            else:
                _take_store(store, secrets, file, arguments.key, say)
        except (NotAnExport, age.NotEncryptedForThese, age.KeyNotUsable) as error:
            code = _refused(_about(file, error))
        except OSError as error:
            code = _refused(_("{file} cannot be used: {detail}").format(file=file, detail=error.strerror or error))
    return code


def _take_sealed(store: Store, settings: Settings, secrets: Secrets, file: Path, key: Path | None) -> Taken:
    sealing = Sealing(settings, secrets)
    identities = list(_identities_in(key)) if key is not None else sealing.identities()
    return take_in(store, read(sealing.opened(file, identities)))


def _identities_in(file: Path) -> Iterator[age.Identity]:
    for line in file.read_text(encoding="ascii", errors="replace").splitlines():
        if line.strip() and not line.startswith("#"):
            yield age.identity_of(line)


def _take_store(store: Store, secrets: Secrets, file: Path, key_file: Path | None, say: Say) -> None:
    """A store that was set aside, if the key opens it: all that can be read of it."""
    key = secrets.get(ENTRY) if key_file is None else key_file.read_text(encoding="ascii", errors="replace").strip()
    if key_file is not None and not re.fullmatch("[0-9a-f]{64}", key or ""):
        raise NotAnExport("the key file does not hold the 64 digits of a store's key")
    salvage = Salvage(file, key or "")
    try:
        if key is None or not salvage.readable:
            raise NotAnExport("it is neither sealed work nor a store that this keyring opens")
        new = seen = 0
        for lot in salvage.changes():
            new += put(store, lot)
            seen += len(lot)
        say(
            _("{file}: {new} changes taken in, {known} were here already.").format(file=file, new=new, known=seen - new)
        )
        if salvage.gaps or salvage.spoilt:
            say(_("Parts of {file} are damaged and could not be read.").format(file=file))
    finally:
        salvage.close()


def _tell_taken(file: Path, taken: Taken, say: Say) -> None:
    say(
        _("{file}, of seat {seat}: {new} changes taken in, {known} were here already; {drafts} drafts.").format(
            file=file, seat=taken.seat, new=taken.new, known=taken.known, drafts=taken.drafts
        )
    )
    if taken.unfit:
        say(
            _("{count} changes fit no row of this version and stay in the file: update Desk.").format(count=taken.unfit)
        )


def _about(file: Path, error: Exception) -> str:
    match error:
        case NotAnExport():
            return _("{file} is no whole file of unsent work: {detail}").format(file=file, detail=error)
        case age.NotEncryptedForThese():
            return _(
                "{file} cannot be opened with the keys in this keyring, or is damaged. A supervisor's key opens it: "
                "run this at their seat, or name the key with --key."
            ).format(file=file)
        case _:
            return _("This is no key that can be used: {detail}").format(detail=error)


class _Line:
    """One line on a terminal that is written over and over; nothing where nobody watches."""

    def __init__(self, say: Say) -> None:
        self._say, self._shown = say, False

    def step(self, step: Step) -> None:
        words = {"structure": _("Checking the file"), "rows": _("Comparing rows with their changes")}[step.part]
        self._show(words, step.done, step.total)

    def progress(self, at: Progress) -> None:
        words = {
            "waiting": _("Waiting for the seat to let go"),
            "looking": _("Checking the file"),
            "saving": _("Saving unsent work"),
            "copies": _("Taking in the second copy"),
        }[at.step]
        self._show(words, at.done, at.total)

    def end(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            self._shown = False

    def _show(self, words: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            percent = f" {min(100, 100 * done // total)} %" if total else ""
            sys.stderr.write(f"\r\x1b[K{words}{percent}")
            sys.stderr.flush()
            self._shown = True


def _day(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _asked(prompt: str) -> str:
    return input(prompt) if sys.stdin.isatty() else sys.stdin.readline()


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - a command's own words
    return exit_codes.FAULT
