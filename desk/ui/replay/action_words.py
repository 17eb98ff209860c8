"""What is said of an export, a pack or a legal hold that was done or could not be. No Qt; pure."""

from collections.abc import Callable
from pathlib import PurePath
from typing import assert_never

from desk.domain.evidence import SoundForm
from desk.domain.listening import NotAllowed
from desk.i18n import _
from desk.ui.player.bar_presenter import not_allowed
from desk.ui.ticket.presenter import missing
from desk.usecases.evidence import EvidenceRefused
from desk.usecases.legal_hold import HoldRefused, NoHold
from desk.usecases.ports import KeyringWeak, StoreBroken, StoreFull
from desk.usecases.recording_ports import (
    Cancelled,
    LoadBrokeOff,
    NotForYou,
    RecordingAway,
    StreamBroken,
    VaultAway,
    VaultRefused,
)


def failed(error: Exception) -> str:
    """ "" for an error that nobody foresaw: it is a bug, and loud."""
    match error:
        case Cancelled():
            return _("Stopped. Nothing was written.")
        case EvidenceRefused():
            return _refused(error)
        case HoldRefused():
            return hold_refused(error.refusal, error.not_allowed)
        case StoreFull() | StoreBroken():
            return _("It could not be put on record, so nothing was done: this seat's disk cannot be written.")
        case OSError():
            return _("The file cannot be written there: {why}. Choose another folder.").format(
                why=error.strerror or error
            )
        case _:
            return next((said() for kind, said in _NOT_OPENED.items() if isinstance(error, kind)), "")


# The first that fits.
_NOT_OPENED: dict[type[Exception], Callable[[], str]] = {
    NotForYou: lambda: _("This seat holds no key for the recording. A supervisor can hear it."),
    KeyringWeak: lambda: _("This seat holds no key for the recording. A supervisor can hear it."),
    RecordingAway: lambda: _("The recording is not in the vault. Its seat may not have brought it there yet. Tell IT."),
    VaultAway: lambda: _("The vault of recordings does not answer. Try again in a moment."),
    VaultRefused: lambda: _("The recording's file cannot be read. Tell IT: recordings folder."),
    LoadBrokeOff: lambda: _(
        "The vault of recordings stopped answering. Nothing was written, and nothing says that the recording was"
        " changed. Try again in a moment."
    ),
    StreamBroken: lambda: _("The recording was changed after it was sealed. Nothing was written. Tell IT."),
}


def _refused(error: EvidenceRefused) -> str:
    if error.why is not None:
        return not_allowed(error.why)
    if error.entry is None:
        return _("The recording is being made ready. Try again in a moment.")
    if error.entry.deleted_at is not None:
        return _("The recording was deleted.")
    return missing(error.entry.why)


def hold_refused(refusal: NoHold, why: NotAllowed | None) -> str:
    match refusal:
        case NoHold.NOT_ALLOWED:
            return not_allowed(why)
        case NoHold.NO_REASON:
            return _("Write down why: it stands in the log.")
        case NoHold.NO_RECORDING:
            return _("There is no recording that could be kept.")
        case NoHold.DELETED:
            return _("The recording was deleted already.")
    assert_never(refusal)


def written(file: PurePath) -> str:
    return _("Written: {file}").format(file=file.name)


def form(value: SoundForm) -> str:
    return {
        SoundForm.WAV: _("WAV (largest, for any program)"),
        SoundForm.MP3: _("MP3 (small, for any telephone)"),
        SoundForm.OPUS: _("Opus (smallest)"),
    }[value]
