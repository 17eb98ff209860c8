"""Errors in plain words: what a person is told when something outside Desk keeps it from working, in the language that
`desk.i18n` speaks, and what to do about it. A bug has no such sentence. Any thread, any process."""

import errno

from desk.faults import Fault
from desk.i18n import _
from desk.link.addresses import LinkBusy, LinkDown
from desk.settings import SettingsError
from desk.usecases.ports import KeyMissing, KeyringWeak, KeyUnfit, StoreBroken, StoreDamaged, StoreFull, StoreNewer
from desk.usecases.recording_ports import RecordingAway, VaultAway, VaultRefused

_NO_SPACE = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_PROXY_ASKS = 407  # RFC 9110
_NO_RIGHT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def explain(error: BaseException) -> str | None:
    """The sentence for this error; None for a bug."""
    match error:
        case Fault() | KeyringWeak():
            return str(error)
        case SettingsError():
            return _about_settings(error)
        case KeyMissing() | StoreFull() | StoreBroken():
            return _about_store(error)
        case VaultAway() | VaultRefused() | RecordingAway():
            return _about_vault(error)
        case LinkBusy():
            return _(
                "Another program uses Desk's runtime folder. Give this seat a runtime_dir of its own in the settings. "
                "({detail})"
            ).format(detail=error)
        case LinkDown():
            return _("The seat is not running. Start it with the command `desk`.")
        case OSError():
            return _about_file(error)
    return None


def why_away(error: BaseException) -> str:
    """Why `urllib` came to no answer, as the end of a sentence that says of what."""
    reason = getattr(error, "reason", None) or error
    if getattr(error, "code", 0) == _PROXY_ASKS or f"failed: {_PROXY_ASKS}" in str(reason):
        return _("the proxy wants a name and a password: https_proxy=http://NAME:PASSWORD@PROXY:PORT")
    code = getattr(error, "code", 0)
    return f"HTTP {code}" if code else str(reason)[:200] or type(error).__name__


def _about_settings(error: SettingsError) -> str:
    if error.line:
        return _("Settings file {file}, line {line}: {reason}. Correct it, then start Desk again.").format(
            file=error.file, line=error.line, reason=error.reason
        )
    return _("Settings file {file}: {reason}. Correct it, then start Desk again.").format(
        file=error.file, reason=error.reason
    )


def _about_store(error: KeyMissing | StoreFull | StoreBroken) -> str:
    match error:
        case KeyMissing():
            return _(
                "The key of this seat's store is not in the keyring. Nothing is lost. Sign in as the user who set this "
                "seat up, or put that user's keyring back, then start Desk again."
            )
        case StoreFull():
            return _("The disk is full; nothing was changed. Free some space, then start Desk again.")
        case KeyUnfit():
            return _(
                "The key in the keyring does not open this seat's store. Nothing is lost. Sign in as the user who set "
                "this seat up, or put that user's keyring back; if the key is lost for good, run "
                "`desk store repair --anew`."
            )
        case StoreNewer():
            return _(
                "A newer Desk has written this seat's store. Start the newer version; or make a store of this version "
                "out of it with `desk store repair --anew`: nothing is lost. ({detail})"
            ).format(detail=error)
        case StoreDamaged():
            return _(
                "The seat's store is damaged. Start the seat: it repairs itself before its window opens; or run "
                "`desk store repair`. ({detail})"
            ).format(detail=error)
        case StoreBroken():
            return _(
                "The seat's store cannot be read or written. Leave it where it is and call your administrator. "
                "({detail})"
            ).format(detail=error)


def _about_vault(error: VaultAway | VaultRefused | RecordingAway) -> str:
    match error:
        case VaultAway():
            return _("The recordings store does not answer. Try again later. ({detail})").format(detail=error)
        case VaultRefused():
            return _(
                "The recordings store refuses. Check [vault] in the settings, the access key's secret in the keyring "
                "and its rights. ({detail})"
            ).format(detail=error)
        case RecordingAway():
            return _("The recordings store does not hold this recording. ({detail})").format(detail=error)


def _about_file(error: OSError) -> str | None:
    if error.errno in _NO_SPACE:
        return _("The disk is full; nothing was changed. Free some space, then start Desk again.")
    if error.errno in _NO_RIGHT and error.filename:
        return _("Desk may not write {file}. Give this user the right to it, then start Desk again.").format(
            file=error.filename
        )
    return None
