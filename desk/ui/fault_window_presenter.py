"""What keeps the seat from opening, and what to do about it, for a person without a terminal. No Qt; pure."""

from dataclasses import dataclass

from desk.i18n import _
from desk.secrets import KeyringShut
from desk.settings import SettingsError
from desk.usecases.ports import KeyMissing, KeyringWeak, KeyUnfit, StoreBroken, StoreDamaged, StoreFull, StoreNewer

FAULTS = (KeyMissing, KeyringWeak, StoreFull, StoreBroken, SettingsError)


@dataclass(frozen=True, slots=True)
class FaultView:
    """`what` is wrong, `to_do` about it; `detail` is what IT will ask for."""

    what: str
    to_do: str
    detail: str


def present(error: Exception) -> FaultView | None:
    """The words for this error; None for a bug."""
    match error:
        case KeyringShut():
            words = (
                _("The system keyring is locked or does not answer"),
                _("Unlock it with your login password, then try again."),
            )
        case KeyringWeak():
            words = (
                _("This PC has no safe keyring for passwords"),
                _("Ask IT to install or start the system keyring, then try again."),
            )
        case KeyMissing():
            words = (
                _("The key of this seat's data is missing from the system keyring"),
                _("Sign in to this PC as the usual user, or call IT to put the key back, then try again."),
            )
        case StoreFull():
            words = (
                _("The disk is full"),
                _("Ask IT to free disk space, then try again."),
            )
        case KeyUnfit():
            words = (
                _("The key in the system keyring does not open this seat's data"),
                _("Sign in to this PC as the usual user, or call IT to put the key back, then try again."),
            )
        case StoreNewer():
            words = (
                _("A newer version of Desk has written this seat's data"),
                _("Wait until the window opens, or start the newer version. Nothing is lost."),
            )
        case StoreDamaged():
            words = (
                _("This seat's data is damaged and is being repaired"),
                _("Wait until the window opens. If it does not, call IT and leave everything as it is."),
            )
        case StoreBroken():
            words = (
                _("This seat's data cannot be read or written"),
                _("Call IT before anything is moved or deleted, then try again."),
            )
        case SettingsError():
            words = (_("The settings of this seat cannot be used"), _settings_to_do(error))
        case _:
            return None
    return FaultView(*words, str(error))


def progress(step: str, done: int, total: int) -> str:
    """How far the repair of the seat's data is."""
    words = {
        "waiting": _("Waiting for the other parts of Desk to let go of the data ..."),
        "looking": _("Looking through the data ..."),
        "saving": _("Saving what was not sent yet ..."),
        "copies": _("Taking in the second copy of what was not sent yet ..."),
    }[step]
    return f"{words} {min(100, 100 * done // total)} %" if total else words


def _settings_to_do(error: SettingsError) -> str:
    if error.line:
        return _("Ask IT to correct line {line} of the settings file ({reason}), then try again.").format(
            line=error.line, reason=error.reason
        )
    return _("Ask IT to correct the settings file ({reason}), then try again.").format(reason=error.reason)
