"""Builds what keeps a seat's version up to date: the sync process's workers, and the updater by itself for
`desk update`."""

import contextlib
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from desk import wire
from desk.compose.clock import new_id, now
from desk.domain.health import Finding, Level
from desk.domain.updates import place_of
from desk.i18n import _
from desk.launcher import making_way
from desk.link.child import ChildLife
from desk.log.crash import role_of
from desk.provisioning import accounts
from desk.settings import Settings
from desk.store.seat_identity import SqlSeatIdentity
from desk.store.store import Store
from desk.sync.process import SyncProcess
from desk.updating import choice as choices
from desk.updating import starter
from desk.updating import state as states
from desk.updating.download import Pace
from desk.updating.resume import Resuming
from desk.updating.source import source_of
from desk.updating.trial import Trial
from desk.updating.updater import Ground, Seat, Updater
from desk.updating.versions import Versions, folder_for, this_platform
from desk.updating.where import told_folder
from desk.version import build

# What an update must not break, by the names of the doctor's checks: what a seat works with. Not the headset itself,
# which its owner takes home; not disk, clock and crash files, which are the computer's.
ESSENTIAL = frozenset(
    {
        "folders",
        "keyring",
        "keyring.entries",
        "store",
        "sound",
        "sip.server",
        "sip.certificate",
        "sip.port",
        "sip.registration",
        "central",
        "central.certificate",
        "central.rights",
        "vault",
        "recordings",
    }
)
_TRIED = "tried"  # the version whose trial was told of


def versions_of(settings: Settings) -> Versions:
    folder = folder_for(settings.update.folder, settings.data_dir)
    return Versions(folder, needed=lambda: accounts.versions_needed(accounts.notes_folder()))


def note_needs(versions: Collection[str]) -> None:
    """Of this account's seat."""
    accounts.note_versions(accounts.notes_folder(), versions)


def ground_of(settings: Settings, place: Callable[[], int | None]) -> Ground:
    return Ground(
        own=told_folder(settings.data_dir),
        versions=versions_of(settings),
        channel=settings.update.channel,
        keys=settings.update.keys,
        platform=this_platform(),
        running=build().version,
        installed=os.environ.get(starter.INSTALLED_VERSION, ""),
        store_file=settings.store_file,
        place=place,
        clock=now,
        every=timedelta(minutes=settings.update.every_minutes),
        pace=Pace(settings.update.kbit_s * 125),
        note_needs=note_needs,
    )


def updater_of(settings: Settings, store: Store | None, seat: Seat) -> Updater:
    """`store` None: a command's, which goes by the place that the seat has kept."""
    identity = SqlSeatIdentity(store, new_id) if store is not None else None
    place = (lambda: place_of(identity.store_id())) if identity is not None else (lambda: None)
    update = settings.update
    return Updater(ground_of(settings, place), lambda: source_of(update.channel, update.ca_file), seat)


@dataclass(frozen=True)
class RunningSeat:
    """The seat as the sync process sees it. Implements `updating.updater.Seat` and `updating.trial.TriedSeat`."""

    settings: Settings
    process: SyncProcess
    life: ChildLife
    resuming: Resuming

    def in_call(self) -> bool:
        return self.process.running_calls.any

    def stopping(self) -> bool:
        return self.life.stop_requested.is_set()

    def is_away(self) -> bool:
        return self.process.window_here and self.process.nobody_works

    def lines_up(self) -> tuple[str, ...]:
        return self.process.lines_up.labels

    def is_whole(self) -> bool:
        return self.window_here() and self.phone_here()

    def window_here(self) -> bool:
        return self.process.window_here

    def phone_here(self) -> bool:
        return self.process.lines_up.phone_here

    def well(self) -> tuple[str, ...]:
        found = self._found()
        return tuple(sorted({one.check for one in found} - {one.check for one in found if one.level is not Level.OK}))

    def crashed(self) -> list[str]:
        import psutil  # only here: 14 ms

        began = psutil.Process(os.getppid()).create_time()  # the launcher
        files = [*self.settings.crash_dir.glob("*.txt"), *self.settings.crash_dir.glob("*/*.txt")]
        return sorted({role_of(file) for file in files if _is_crash(file, began)})

    def wrong(self) -> frozenset[str]:
        return frozenset(one.check for one in self._found() if one.level is Level.WRONG)

    def _found(self) -> tuple[Finding, ...]:
        from desk.compose.doctor import findings  # not at every start

        return findings(self.settings, only=ESSENTIAL)

    def restart(self) -> None:
        self.resuming.begins_anew()
        self.life.ask_restart("another version of Desk is to run")

    def ask(self, version: str, days: int) -> None:
        self.process.tell(
            wire.Updates(
                _(
                    "Version {version} of Desk has waited for {days} days. At your next break press Shift+F9 and "
                    "choose it: that is moment enough."
                ).format(version=version, days=days),
                asks=True,
            )
        )


def keep_up_to_date(settings: Settings, store: Store, process: SyncProcess, life: ChildLife) -> Callable[[bool], None]:
    """Adds the workers, before the process runs; what to call when it has ended, and whether it begins anew."""
    own, running = told_folder(settings.data_dir), build().version
    resuming = Resuming(own, running, lambda: process.seat_use, lambda: process.window_here)
    process.lose_window_by(process.add_worker("resume", resuming.work_once))
    seat = RunningSeat(settings, process, life, resuming)
    greeting = _Greeting(own, settings.seat.language)
    process.greet_by(greeting)
    trial = Trial(own, running, seat, lambda _version: process.tell(greeting.confirmed()))
    process.add_worker("trial", trial.work_once)
    updater = updater_of(settings, store, seat)
    process.add_worker("updates", updater.work_once)

    def at_close(again: bool) -> None:
        updater.at_close()
        resuming.end(comes_again=again or making_way.is_wanted(making_way.mark_file()))  # an installer starts it again

    return at_close


def _is_crash(file: Path, began: float) -> bool:
    """Written since then (seconds since the epoch); a running process keeps an empty file."""
    try:
        about = file.stat()
    except OSError:
        return False
    return about.st_size > 0 and about.st_mtime >= began


class _Greeting:
    """What a window is told when it attaches: once that the version before runs again."""

    def __init__(self, own: Path, language: str) -> None:
        self._own, self._language = own, language

    def __call__(self) -> wire.Updates:
        return wire.Updates(self._news())

    def confirmed(self) -> wire.Updates:
        version = build().version
        offer = states.read(self._own).offer_of(version, this_platform())
        note = offer.note(self._language) if offer is not None else ""
        told = _("Desk has been updated to version {version}.").format(version=version)
        return wire.Updates(f"{told} {note}".strip())

    def _news(self) -> str:
        """Told once: the note of what was told is kept beside the choice."""
        kept = choices.read(self._own)
        told = self._own / _TRIED
        if not kept.went_back:
            return ""
        with contextlib.suppress(OSError):
            if told.exists() and told.read_text("utf-8") == kept.went_back:
                return ""
            told.write_text(kept.went_back, "utf-8")
        return _left_words(kept.failed.get(kept.went_back, "")).format(version=kept.went_back)


def _left_words(why: str) -> str:
    """For the agent; `why` as in `Choice.failed`. Holds `{version}`."""
    match why:
        case "asked":
            return _("Version {version} of Desk was left by hand; the one before runs again.")
        case "withdrawn":
            return _("IT has taken back version {version} of Desk; the one before runs again.")
        case "missing":
            return _("Version {version} of Desk is no longer on this computer; the one before runs again. Tell IT.")
        case _:
            return _("Version {version} of Desk did not work here; the one before runs again. IT can see why.")
