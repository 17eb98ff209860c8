"""What `[recording]` must be. An age recipient is checked down to its last letter (bech32, BIP 173), because a typing
mistake would be found out when a recording is to be opened and nobody can. Pure functions, any thread."""

from pathlib import Path

from desk.i18n import _
from desk.settings.recording_values import RecordingSettings
from desk.settings.values import Settings

MOST_RECIPIENTS = 20
MOST_DAYS = 3650
MOST_WARN_MB = 1_000_000
LEAST_BITRATE, MOST_BITRATE = 8_000, 256_000
Problem = tuple[str, str]

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_HUMAN = "age"
_LENGTH = len("age1") + 52 + 6  # a key of 32 bytes in letters of five bits, and the checksum


def problem(settings: Settings) -> Problem | None:
    """Dotted key and reason; None where all is well."""
    recording = settings.recording
    return _numbers(recording) or _recipients(recording) or _folders(settings)


def _numbers(recording: RecordingSettings) -> Problem | None:
    bits = _("a number of bits per second from {least} to {most}")
    bounds = (
        ("bitrate", recording.bitrate, LEAST_BITRATE, MOST_BITRATE, bits),
        ("own_days", recording.own_days, 0, MOST_DAYS, _("a number of days from {least} to {most}")),
        ("warn_free_mb", recording.warn_free_mb, 0, MOST_WARN_MB, _("a number of megabytes from {least} to {most}")),
    )
    for name, value, least, most, said in bounds:
        if not least <= value <= most:
            return f"recording.{name}", said.format(least=least, most=most)
    return None


def _recipients(recording: RecordingSettings) -> Problem | None:
    if len(recording.recipients) > MOST_RECIPIENTS:
        return "recording.recipients", _("more than {most} recipients").format(most=MOST_RECIPIENTS)
    for number, recipient in enumerate(recording.recipients):
        short = recipient if len(recipient) <= 16 else f"{recipient[:12]}…"
        if recipient.upper().startswith("AGE-SECRET-KEY-"):
            return "recording.recipients", _(
                "a secret key does not belong into this file: put the recipient here, which begins with age1"
            )
        if not is_recipient(recipient):
            return "recording.recipients", _("{text} is no age recipient: copy all 62 letters, from age1 on").format(
                text=short
            )
        if recipient in recording.recipients[:number]:
            return "recording.recipients", _("{text} stands there twice").format(text=short)
    return None


def is_recipient(text: str) -> bool:
    """Whether this is an X25519 recipient of age, all letters right."""
    if len(text) != _LENGTH or not text.startswith(f"{_HUMAN}1") or any(one not in _LETTERS for one in text[4:]):
        return False
    known = [ord(one) >> 5 for one in _HUMAN] + [0] + [ord(one) & 31 for one in _HUMAN]
    return _checksum(known + [_LETTERS.index(one) for one in text[4:]]) == 1


def _checksum(values: list[int]) -> int:
    sum_ = 1
    for value in values:
        top = sum_ >> 25
        sum_ = (sum_ & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            sum_ ^= generator if top >> bit & 1 else 0
    return sum_


def _folders(settings: Settings) -> Problem | None:
    recording = settings.recording
    if "\0" in recording.folder:
        return "recording.folder", _("not a folder's name")
    if recording.mirror and not recording.overflow_folder:
        return "recording.mirror", _("name the folder of the mirror as overflow_folder")
    if not recording.overflow_folder:
        return None
    overflow = Path(recording.overflow_folder)
    if "\0" in recording.overflow_folder or not overflow.is_absolute():
        return "recording.overflow_folder", _("a folder's whole name is needed, from the root on")
    for other in (settings.data_dir, settings.spool_dir):
        if overflow == other:
            return "recording.overflow_folder", _("a folder on another disk is needed, not the data folder itself")
    if overflow == settings.recordings_dir:
        return "recording.overflow_folder", _("a folder of its own is needed, not the one of finished recordings")
    return None
