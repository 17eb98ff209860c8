"""The line's lamp: whether calls can reach this seat. Ui process, Qt's thread."""

from typing import assert_never

from desk.domain.events import LineState, LineStatus
from desk.i18n import _
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView


def view(line: LineState | None, *, phone_here: bool) -> LampView:
    """No line yet, or the phone's process away: calls cannot reach us."""
    if line is None or not phone_here:
        return LampView("busy", _("Line starting"))
    said = f"{line.code} {line.reason}".strip() if line.code else ""
    hint = " · ".join(part for part in (line.label, said) if part)
    match line.status:
        case LineStatus.REGISTERED:
            return LampView("ok", _("Line registered"), hint)
        case LineStatus.DIRECT:
            return LampView("ok", _("Line direct"), hint)
        case LineStatus.STARTING:
            return LampView("busy", _("Line starting"), hint)
        case LineStatus.DEAF:
            return LampView("bad", _("No calls arrive"), hint)
        case _:
            assert_never(line.status)


class LineLamp(Lamp):
    def __init__(self, hub: Hub) -> None:
        super().__init__("lamp_line", _("Line"), "phone")
        self._hub = hub
        hub.line_changed.connect(self.refresh)
        hub.troubles_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        self.show_view(view(self._hub.state.line, phone_here=self._hub.state.phone_here))
