"""Passwords and keys, in the operating system's keyring and nowhere else: service "desk", one entry per secret.

Entries: "store" (the key of the seat store), "sip:user@registrar", "central:user@host", "vault:access_key@bucket",
"recordings-key" (private keys that open recordings), "own-key:agent:day" (an agent's own, for some days).

Only the keyrings in `_STRONG` are ever loaded: they keep secrets encrypted under the person's login. What else keyring
would find (plain text files, the null keyring, a chain of them, whatever PYTHON_KEYRING_BACKEND names) is no choice:
keyring takes such a one in silence, and the password of the hotline's line would lie readable on the disk.

Any process, any thread; a call takes a few milliseconds, and longer while the system asks to unlock."""

import importlib
import logging
from typing import Protocol

import keyring.errors
from keyring.backend import KeyringBackend

from desk.i18n import _
from desk.usecases.ports import KeyringWeak

SERVICE = "desk"
_STRONG = (  # module, class
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.libsecret", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
)
_LEAST_PRIORITY = 1  # keyring's own mark of "recommended"
_log = logging.getLogger(__name__)


class KeyringShut(KeyringWeak):
    """The keyring is a good one, but locked, or it refused."""


class Secrets(Protocol):
    """Any thread. Every call raises `KeyringWeak` where there is no keyring to trust."""

    def get(self, entry: str) -> str | None:
        """The secret, None where there is none under this name."""
        ...

    def set(self, entry: str, value: str) -> None:
        """Keep it; an older one of that name is replaced."""
        ...

    def delete(self, entry: str) -> None:
        """Forget it; nothing happens where there is none."""
        ...


class KeyringSecrets:
    """The system's keyring. Raises `KeyringWeak`, at construction, where it offers none that encrypts."""

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        self._backend = _strong_backend() if backend is None else backend
        module = type(self._backend).__module__
        if module not in {name for name, _class in _STRONG}:
            raise _weak(f"{module}.{type(self._backend).__name__}")

    @property
    def name(self) -> str:
        """Which keyring it is, for people."""
        return str(getattr(self._backend, "name", type(self._backend).__name__))

    # Every backend raises what its own library raises, hence the broad clauses.
    def get(self, entry: str) -> str | None:
        try:
            return self._backend.get_password(SERVICE, entry)
        except Exception as error:
            raise _shut(error) from error

    def set(self, entry: str, value: str) -> None:
        try:
            self._backend.set_password(SERVICE, entry, value)
        except Exception as error:
            raise _shut(error) from error

    def delete(self, entry: str) -> None:
        try:
            if self._backend.get_password(SERVICE, entry) is not None:
                self._backend.delete_password(SERVICE, entry)
        except keyring.errors.PasswordDeleteError:
            return  # somebody else was faster
        except Exception as error:
            raise _shut(error) from error


class FakeSecrets:
    """Secrets in memory, gone with the process: for tests and for trying Desk out."""

    def __init__(self, secrets: dict[str, str] | None = None) -> None:
        self._secrets = dict(secrets or {})

    def get(self, entry: str) -> str | None:
        return self._secrets.get(entry)

    def set(self, entry: str, value: str) -> None:
        self._secrets[entry] = value

    def delete(self, entry: str) -> None:
        self._secrets.pop(entry, None)


def _strong_backend() -> KeyringBackend:
    """The strongest keyring that works here. Raises `KeyringWeak`."""
    found: list[tuple[float, type[KeyringBackend]]] = []
    for module, name in _STRONG:
        try:
            backend: type[KeyringBackend] = getattr(importlib.import_module(module), name)
            priority = float(backend.priority)
        except Exception as error:  # noqa: BLE001 - not for this system; each backend says so in its own way
            _log.debug("no keyring by %s: %s", module, error)
            continue
        if priority >= _LEAST_PRIORITY:
            found.append((priority, backend))
    if not found:
        raise _weak("no keyring service")
    return max(found, key=lambda one: one[0])[1]()


def _weak(detail: str) -> KeyringWeak:
    return KeyringWeak(
        _(
            "This computer has no keyring that keeps passwords encrypted. Sign in to a desktop with GNOME Keyring or "
            "KWallet (package gnome-keyring), then start Desk again. ({detail})"
        ).format(detail=detail)
    )


def _shut(error: Exception) -> KeyringShut:
    _log.warning("the keyring refused: %s: %s", type(error).__name__, error)
    return KeyringShut(
        _("The keyring is locked or does not answer. Unlock it, then start Desk again. ({detail})").format(
            detail=type(error).__name__
        )
    )
