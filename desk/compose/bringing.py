"""What a command wrote that only supervisors write, on its way to the centre. Where people sign in with passwords the
centre takes it over its author's own connection, and whoever runs the command at night sits nowhere. Their password is
taken from the keyring's entry "job:NUMBER@host" or asked for at the terminal, and lent to the seat's background service
until what they wrote is sent, as that of somebody who has left."""

import getpass
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from desk import exit_codes
from desk.domain.sign_in import Answer
from desk.faults import Fault
from desk.i18n import _
from desk.secrets import Secrets
from desk.settings import Settings
from desk.store.sign_in import SqlKeptPasswords
from desk.store.store import Store
from desk.sync.central.access import CentralAccess, access_from, entry_of
from desk.sync.central.gate import CentralGate
from desk.usecases.ports import KeyringWeak
from desk.usecases.sign_in import GateAway

PATIENCE_S, LOOK_S = 30.0, 0.5  # the background service looks every five seconds


class Bringing:
    """Of what `[seat] agent` writes. `prepare` before anything is written, `finish` after it."""

    def __init__(self, settings: Settings, store: Store, secrets: Secrets) -> None:
        self._settings, self._secrets, self._kept = settings, secrets, SqlKeptPasswords(store)
        self._who = settings.seat.agent
        access = access_from(settings.central, secrets.get)
        waits = access is not None and settings.seat.sign_in != "list" and access.user != self._who
        self._access = access if waits else None
        self._password = ""

    def prepare(self) -> None:
        """Raises `Fault` where the centre does not take the password that there is."""
        access = self._access
        if access is None or self._settings.seat.sign_in == "ticket":
            return
        entry = f"job:{self._who}@{access.host}"
        password = self._secrets.get(entry) or ask(_("Password for {entry}: ").format(entry=self._who))
        if not password:
            return
        try:
            answer = CentralGate(replace(access, ticket=False)).judge(self._who, password).answer
        except GateAway:
            return
        if answer is not Answer.ADMITTED:
            raise Fault(
                _("The centre does not let {number} in with this password: nothing was changed.").format(
                    number=self._who
                )
            )
        self._password = password

    def finish(self, say: Callable[[str], None]) -> int:
        """Waits for it; the exit code."""
        access = self._access
        if access is None:
            return exit_codes.OK
        if self._password:
            self._lend(access)
        end = time.monotonic() + PATIENCE_S
        while self._kept.waits(self._who) and time.monotonic() < end:
            time.sleep(LOOK_S)
        if not self._kept.waits(self._who):
            say(_("The centre has it."))
            return exit_codes.OK
        say(
            _(
                "No other seat has it yet: it goes to the centre while this seat runs, once {number} signs in here "
                "with their password. For jobs at night: desk secret set job:{number}@{host}"
            ).format(number=self._who, host=access.host)
        )
        return exit_codes.FAULT

    def _lend(self, access: CentralAccess) -> None:
        if self._settings.seat.keep_passwords == "never":
            return
        try:
            self._secrets.set(entry_of(self._who, access.host), self._password)
        except KeyringWeak:
            return
        self._kept.note(self._who)


def ask(prompt: str) -> str:
    """ "" where nobody sits at a terminal."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else ""
