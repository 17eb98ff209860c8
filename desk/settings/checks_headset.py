"""What may stand in [headset]. Whether a device of that name exists is not asked: it may be in a drawer."""

from desk.i18n import _
from desk.settings.values import Settings

LONGEST = 255  # a device's name, miniaudio's own limit


def problem(settings: Settings) -> tuple[str, str] | None:
    """The first value that cannot be: its key, and the reason."""
    table = settings.headset
    names = {"microphone": table.microphone, "earpiece": table.earpiece, "ring_device": table.ring_device}
    for key, name in names.items():
        if len(name.encode("utf-8", "surrogatepass")) > LONGEST or any(ord(sign) < 32 for sign in name):
            return f"headset.{key}", _("not a device's name; the headset page of the window (F10) lists them")
        if name != name.strip():
            return f"headset.{key}", _("a device's name does not begin or end with a space")
    return None
