"""Reads what a company has set about its hotline's work, once, at start: a few milliseconds. What cannot be used is
left out and told (`Policies.troubles`): the lamp shows it. Ui and sync process."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from desk.compose.clock import now
from desk.domain.clocks import Clocks
from desk.domain.priority_rules import RaiseRule
from desk.domain.tickets import Ticket
from desk.domain.working_time import CHINA, WorkingTime
from desk.i18n import _
from desk.policies.calendar import read_calendar, remarks_for
from desk.policies.clocks import read_clocks, without_effect
from desk.policies.files import Policy, PolicyFolders
from desk.resources import resources_dir
from desk.settings import Settings
from desk.usecases.estate_map import EstateMap

T = TypeVar("T")


def policy_folders(settings: Settings) -> PolicyFolders:
    """Where this seat's policy files lie."""
    own = settings.policies
    company = Path(own.folder).expanduser() if own.folder else None
    return PolicyFolders(resources_dir() / "policies", company, own.estate)


def _nobodys(_building_id: str) -> str:
    return ""


class OfEstates(Generic[T]):
    """One noun's rules: for an estate that has a folder of its own in the company's, those of this folder on top of the
    company's; for all others the seat's. A folder is read when it is first asked for. Any thread."""

    def __init__(self, folders: PolicyFolders, read: Callable[[PolicyFolders], T]) -> None:
        self._folders, self._read = folders, read
        self._others = tuple(estate for estate in folders.estates() if estate != folders.estate)
        self.own = read(folders)
        self._of: dict[str, T] = {}

    def of(self, estate: str) -> T:
        """`estate`: its name, "" where nobody knows."""
        if estate not in self._others:
            return self.own
        if estate not in self._of:
            self._of[estate] = self._read(replace(self._folders, estate=estate))
        return self._of[estate]

    def all(self) -> list[T]:
        """The seat's first."""
        return [self.own, *map(self.of, self._others)]


class Policies:
    """`keep` takes the value out of what another noun has read, and what is to be told of it. Tickets of an estate that
    has a folder of its own have its clocks, whichever seat they are moved at: `estate_map` tells whose a building is.
    None where no ticket is moved. `estate_of`: the name of the estate a building stands in, "" where nobody knows."""

    def __init__(self, settings: Settings, estate_map: EstateMap | None, clock: Callable[[], datetime] = now) -> None:
        self.folders = policy_folders(settings)
        self._told: list[str] = [str(error) for error in self.folders.troubles()]
        self._clock = clock
        self._map = estate_map
        self.estate_of: Callable[[str], str] = estate_map.estate_of if estate_map is not None else _nobodys
        calendar = self.keep(read_calendar(self.folders))
        rules = self.keep(read_clocks(self.folders))
        self.clocks = Clocks(rules.policy, WorkingTime(calendar, CHINA))
        self._told += map(str, without_effect(self.folders))
        self._raises = {"": rules.raises}  # by the estate's name
        if estate_map is not None and (own := self._of_estates()):
            self.clocks = replace(self.clocks, of_building=lambda building: own.get(self.estate_of(building)))

    def raises(self, ticket: Ticket) -> tuple[RaiseRule, ...]:
        """When its priority goes up by itself."""
        estate = self.estate_of(ticket.building_id) if ticket.building_id else ""
        return self._raises.get(estate, self._raises[""])

    def _of_estates(self) -> dict[str, Clocks]:
        """Estates with files of their own for clocks or calendar, by name."""
        found = dict[str, Clocks]()
        for estate in self.folders.estates():
            folders = replace(self.folders, estate=estate)
            if not any((folders.all()[-1] / f"{name}.toml").exists() for name in ("clocks", "calendar")):
                continue
            calendar, rules = self.keep(read_calendar(folders)), self.keep(read_clocks(folders))
            found[estate] = Clocks(rules.policy, WorkingTime(calendar, CHINA))
            self._raises[estate] = rules.raises
        return found

    def strange_folders(self) -> tuple[str, ...]:
        """One sentence for each folder of the company's that bears no estate's name: nothing in it would ever hold.
        Reads the register of estates: not for the ui's thread."""
        known = {estate.name for estate in self._map.view().estates.values()} if self._map is not None else set()
        folders = [
            name for name in self.folders.estates() if known and name not in known and name != self.folders.estate
        ]
        return tuple(
            _("{name}: no estate has this name, nothing in this folder holds").format(name=name) for name in folders
        )

    def keep(self, policy: Policy[T]) -> T:
        told = [*map(str, policy.troubles), *policy.remarks]
        self._told += [sentence for sentence in told if sentence not in self._told]
        return policy.value

    def troubles(self) -> tuple[str, ...]:
        """One sentence each, in the language that was spoken at start: files that were left out, folders that are not
        there, and what holds but may surprise (a year that the calendar does not know)."""
        return (*self._told, *remarks_for(self.clocks.time.calendar, self._clock().astimezone(CHINA).date()))
