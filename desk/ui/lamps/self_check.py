"""The lamp of the night's self-check. Not there while there is nothing to tell: the check never ran, or all was well.
Ui process, Qt's thread."""

from datetime import tzinfo

from desk import wire
from desk.domain.health import Level
from desk.domain.seat_register import from_text, level_of
from desk.i18n import _
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView


def view(checked: wire.SeatChecked, zone: tzinfo) -> LampView | None:
    """None: nothing to tell."""
    level = level_of(checked.level)
    if checked.at is None or level not in (Level.WARNING, Level.WRONG):
        return None
    at = checked.at.astimezone(zone).strftime("%m-%d %H:%M")
    bad = [one for text in checked.findings if (one := from_text(text)) is not None and one.level >= Level.WARNING]
    hint = [_("At {time} this seat called itself:").format(time=at)]
    hint += [f"{one.why} {one.remedy}".strip() for one in sorted(bad, key=lambda one: -one.level)]
    hint.append(_("All of it stands in the seat register (Ctrl+Shift+R)."))
    return LampView("bad" if level is Level.WRONG else "warn", _("Self-check failed"), "\n".join(hint))


class SelfCheckLamp(Lamp):
    def __init__(self, hub: Hub, zone: tzinfo) -> None:
        super().__init__("lamp_self_check", _("Self-check"), "checks")
        self._hub, self._zone = hub, zone
        hub.troubles_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        found = view(self._hub.state.seat_checked, self._zone)
        if found is not None:
            self.show_view(found)
            self.setAccessibleDescription(found.hint)
        self.setVisible(found is not None)
