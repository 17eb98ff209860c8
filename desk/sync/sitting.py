"""Who sits at the seat, and with whose password the centre is reached: the person signed in, else the seat's own role.

A password is in memory while its owner sits here; in the system's keyring, too, where that is wanted, until they have
left and all they wrote is sent. So whatever a person wrote reaches the centre as theirs, after a power cut as well.
Any thread of the sync process."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from desk.secrets import Secrets
from desk.store.sign_in import SqlKeptPasswords
from desk.sync.central.access import CentralAccess, entry_of
from desk.usecases.ports import KeyringWeak

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sitter:
    number: str
    name: str = ""
    locked: bool = False


class Sitting:
    """`own`: the seat's own role (user "": none). `keeps`: passwords may stay in the keyring. `moved()`: somebody else
    connects from now on."""

    def __init__(
        self,
        own: CentralAccess,
        kept: SqlKeptPasswords,
        secrets: Secrets,
        keeps: bool,
        moved: Callable[[], None] = lambda: None,
    ) -> None:
        self._own, self._kept, self._secrets, self._keeps, self.moved = own, kept, secrets, keeps, moved
        self._lock = threading.Lock()
        self._sitter: Sitter | None = None
        self._password: str | None = None

    @property
    def sitter(self) -> Sitter | None:
        return self._sitter

    def who(self) -> CentralAccess | None:
        """How the exchange reaches the centre now; None: nobody is here, and the seat has no role of its own."""
        with self._lock:
            sitter, password = self._sitter, self._password
        if sitter is not None and password is not None:
            return self._as(sitter.number, password)
        return self._own if self._own.user else None

    def access_of(self, author: str) -> CentralAccess | None:
        """How to bring this author's changes as theirs; None where their password is not at hand."""
        password = self.password_of(author)
        return self._as(author, password) if password is not None else None

    def password_of(self, number: str) -> str | None:
        with self._lock:
            if self._sitter is not None and self._sitter.number == number and self._password is not None:
                return self._password
        if self._own.ticket:
            return None  # nobody else's ticket is here
        return self._from_keyring(number) if number in self._kept.numbers() else None

    def sit(self, number: str, name: str, password: str) -> None:
        """They were let in."""
        with self._lock:
            before = (self._sitter.number if self._sitter else "", self._password)
            self._sitter, self._password = Sitter(number, name), password
        if self._keeps and not self._own.ticket:
            self._into_keyring(number, password)
        if before != (number, password):
            self.moved()

    def adopt(self, sitter: Sitter) -> bool:
        """The window says who sits here, after this process was restarted; whether their password was found."""
        password = "" if self._own.ticket else None
        if password is None and sitter.number in self._kept.numbers():
            password = self._from_keyring(sitter.number)
        with self._lock:
            self._sitter, self._password = sitter, password
        if password is not None:
            self.moved()
        return password is not None

    def lock(self, locked: bool) -> None:
        with self._lock:
            if self._sitter is not None:
                self._sitter = replace(self._sitter, locked=locked)

    def leave(self) -> None:
        """They signed out, or were put out."""
        with self._lock:
            was, self._sitter, self._password = self._sitter, None, None
        if was is not None:
            self.moved()

    def forget_password(self, number: str) -> None:
        """It is no longer right."""
        with self._lock:
            mine = self._sitter is not None and self._sitter.number == number
            if mine:
                self._password = None
        self._out_of_keyring(number)
        if mine:
            self.moved()

    def sweep(self) -> None:
        """Passwords whose owners have left with nothing of theirs unsent go out of the keyring."""
        for number in self._kept.numbers():
            sitter = self._sitter
            if (sitter is None or sitter.number != number) and not self._kept.waits(number):
                self._out_of_keyring(number)

    # ---- inside

    def _as(self, number: str, password: str) -> CentralAccess:
        return replace(self._own, user=number, password=lambda: password)

    def _into_keyring(self, number: str, password: str) -> None:
        try:
            self._secrets.set(entry_of(number, self._own.host), password)
        except KeyringWeak as error:  # then it is only in memory
            _log.warning("a password cannot be kept: %s", error)
            return
        if number != self._own.user:  # that one is IT's, who put it there
            self._kept.note(number)

    def _from_keyring(self, number: str) -> str | None:
        try:
            return self._secrets.get(entry_of(number, self._own.host))
        except KeyringWeak as error:
            _log.warning("a kept password cannot be read: %s", error)
            return None

    def _out_of_keyring(self, number: str) -> None:
        if number == self._own.user:
            return
        try:
            self._secrets.delete(entry_of(number, self._own.host))
        except KeyringWeak as error:  # tried again later
            _log.warning("a kept password cannot be deleted: %s", error)
            return
        self._kept.drop(number)
