"""The lines' lamps, one for each: whether calls can reach this seat by it, and for how long they cannot. A line's
colour stands in its icon. With one line the lamp says what it is; with several, each says its label, and more only
where something is wrong. Beside them, where the exchange tells of voice mail, how much is new.

Ui process, Qt's thread."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import assert_never

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desk.domain.events import LineState, LineStatus
from desk.domain.troubles import Trouble
from desk.i18n import _, ngettext
from desk.ui import theme
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.lamps.lamp import Lamp, LampView
from desk.ui.telephone import phone_words
from desk.ui.telephone.call_bar_presenter import spoken
from desk.ui.theme import Space

_TICK_MS = 1000


AWAY_S = 5.0  # a telephone part that restarts is back by then


def view(
    line: LineState | None, now: datetime, *, phone_here: bool, alone: bool = True, away_since: datetime | None = None
) -> LampView:
    """No line yet, or the phone's process away (`away_since`): calls cannot reach us. `alone`: it is the only line."""
    away_s = (now - away_since).total_seconds() if away_since is not None else 0.0
    if away_s >= AWAY_S:
        since = spoken(int(away_s))
        away = _("No calls arrive, {time}").format(time=since)
        return LampView("bad", away if alone or line is None else f"{line.label} {since}", away)
    if line is None or not phone_here:
        return LampView("busy", _("Line starting"))
    said = phone_words.line_reason(line.code, line.reason)
    hint = " · ".join(part for part in (line.label, said, line.registrar) if part)
    match line.status:
        case LineStatus.REGISTERED:
            return LampView("ok", _("Line registered") if alone else line.label, hint)
        case LineStatus.DIRECT:
            return LampView("ok", _("Line direct") if alone else line.label, hint)
        case LineStatus.STARTING:
            return LampView("busy", _("Line starting") if alone else line.label, hint)
        case LineStatus.DEAF:
            since = spoken(max(0, int((now - line.since).total_seconds())))
            deaf = _("No calls arrive, {time}").format(time=since)
            return LampView("bad", deaf if alone else f"{line.label} {since}", f"{deaf} · {hint}")
        case _:
            assert_never(line.status)


class LineLamp(Lamp):
    def __init__(self, name: str) -> None:
        super().__init__(name, _("Line"), "phone")

    def show_line(self, view: LampView, colour: str) -> None:
        """`colour`: "#rrggbb", "" as all lamps' icons."""
        self.show_view(view)
        self.show_ink(colour)


class LineLamps(QWidget):
    """The first is named "lamp_line", the others by their number."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self.lamps: list[LineLamp] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.M)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        hub.line_changed.connect(self.refresh)
        hub.troubles_changed.connect(self.refresh)
        timer = QTimer(self, interval=_TICK_MS)
        timer.timeout.connect(self.refresh)
        timer.start()
        self.refresh()

    def refresh(self) -> None:
        state = self._hub.state
        away = state.wrongs.get(Trouble.PHONE_AWAY)
        lines: Sequence[LineState | None] = list(state.lines.values()) or [None]
        while len(self.lamps) < len(lines):
            lamp = LineLamp("lamp_line" if not self.lamps else f"lamp_line_{len(self.lamps) + 1}")
            self.lamps.append(lamp)
            self._row.addWidget(lamp)
        for lamp, line in zip(self.lamps, [*lines, *[None] * len(self.lamps)], strict=False):
            lamp.setVisible(self.lamps.index(lamp) < len(lines))
            shown = view(
                line,
                self._hub.clock(),
                phone_here=state.phone_here,
                alone=len(lines) == 1,
                away_since=away.since if away is not None else None,
            )
            lamp.show_line(shown, theme.line_colour(line.colour) if line and len(lines) > 1 else "")


class VoiceMailLamp(QWidget):
    """New messages, and the key that dials them. Not there while there are none. `numbers`: line's label -> what to
    dial to hear its messages. `call(number, line)` dials."""

    def __init__(self, hub: Hub, numbers: dict[str, str], call: Callable[[str, str], None]) -> None:
        super().__init__()
        self._hub, self._numbers, self._call = hub, numbers, call
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.key = KeyButton("voice_mail", _("Messages"), "Shift+F8", "voicemail", "quiet")
        self.key.clicked.connect(self._dial)
        row.addWidget(self.key)
        hub.line_changed.connect(self.refresh)
        self.refresh()

    def _waiting(self) -> tuple[str, int]:
        """The first line with new messages that can be dialled, and how many there are in all."""
        lines = [line for line in self._hub.state.lines.values() if line.messages and self._numbers.get(line.label)]
        return (lines[0].label, sum(line.messages or 0 for line in lines)) if lines else ("", 0)

    def _dial(self) -> None:
        label, _count = self._waiting()
        if label:
            self._call(self._numbers[label], label)

    def refresh(self) -> None:
        _label, count = self._waiting()
        self.key.say(ngettext("{n} message", "{n} messages", count).format(n=count))
        self.setVisible(count > 0)
