"""What the player shows, as values: bars for a width, times, and in words why something cannot be heard. No Qt; pure
functions."""

from collections.abc import Sequence
from typing import assert_never

from desk.domain.call_log import RecordingEntry
from desk.domain.listening import NotAllowed
from desk.i18n import _
from desk.ui.ticket.presenter import duration, missing
from desk.usecases.replay import Refusal, ReplayRefused


def columns(bars: Sequence[float], count: int) -> list[float]:
    """The bars as `count` columns, each the loudest of those it covers; [] where there is nothing to show."""
    if not bars or count <= 0:
        return []
    total = len(bars)
    out = []
    for column in range(count):
        first = column * total // count
        last = max(first + 1, (column + 1) * total // count)
        out.append(max(bars[first:last]))
    return out


def position(position_ms: int, length_ms: int) -> str:
    return f"{duration(min(position_ms, length_ms))} / {duration(length_ms)}"


def refused(error: ReplayRefused) -> str:
    match error.refusal:
        case Refusal.MISSING:
            return missing(error.detail)
        case Refusal.NOT_SEALED:
            return _("The recording is being made ready. Try again in a moment.")
        case Refusal.DELETED:
            return deleted(error.entry)
        case Refusal.NOT_ALLOWED:
            return not_allowed(error.not_allowed)
        case Refusal.NOT_FOR_YOU:
            return _("This seat holds no key for the recording. A supervisor can hear it.")
        case Refusal.AWAY:
            return _("The recording is not in the vault. Its seat may not have brought it there yet. Tell IT.")
        case Refusal.VAULT_AWAY:
            return _("The vault of recordings does not answer. Try again in a moment.")
        case Refusal.UNREADABLE:
            return _("The recording's file cannot be read. Tell IT: recordings folder.")
        case Refusal.CHANGED:
            return _("The recording was changed after it was sealed, so it is not played. Tell your supervisor.")
    assert_never(error.refusal)


def deleted(entry: RecordingEntry | None) -> str:
    if entry is None or entry.deleted_at is None:
        return _("The recording was deleted.")
    said = _("The recording was deleted on {day} by {who}: {why}")
    return said.format(day=f"{entry.deleted_at:%Y-%m-%d}", who=entry.deleted_by or "-", why=entry.deleted_why or "-")


def not_allowed(why: NotAllowed | None) -> str:
    match why:
        case NotAllowed.NOT_YOURS:
            return _("You may hear your own calls only. Ask your supervisor.")
        case NotAllowed.TOO_OLD:
            return _("This call is too long ago for you to hear it. Ask your supervisor.")
        case NotAllowed.NOT_SIGNED_IN:
            return _("Sign in to hear recordings.")
        case NotAllowed.SUPERVISORS_ONLY | None:
            return _("Only supervisors may do this.")
    assert_never(why)


def speed_text(speed: float) -> str:
    return f"{speed:g}×"


def loop_text(loop: tuple[int, int]) -> str:
    return _("Loop {start} to {end}").format(start=duration(loop[0]), end=duration(loop[1]))


def damaged(at_ms: int = 0) -> str:
    """`at_ms`: how far it could be played."""
    if at_ms >= 1000:
        said = _("It stopped at {time}: from there on the recording is damaged or not what was sealed. Tell IT.")
        return said.format(time=duration(at_ms))
    return _("The recording is damaged and cannot be played. Tell IT.")


def broke_off(at_ms: int = 0) -> str:
    """The vault's fault and not the recording's. `at_ms`: how far it could be played."""
    if at_ms >= 1000:
        said = _(
            "The vault of recordings stopped answering at {time}. What was heard is whole, and nothing says that the"
            " rest is not: play it again in a moment."
        )
        return said.format(time=duration(at_ms))
    return _("The vault of recordings stopped answering. Nothing says that the recording is damaged: try again.")


def no_device() -> str:
    return _("No earpiece to hear it with. Plug in the headset, or choose another one (F10).")
