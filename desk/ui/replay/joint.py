"""Where the seat's window and the replay window meet: the key, what is chosen when it is pressed, and that only one of
them is heard, and neither into a call. Ui process, Qt's thread."""

from dataclasses import replace

from PySide6.QtWidgets import QApplication

from desk.ui.lamps.scores import ScoreLamp
from desk.ui.main_window import MainWindow
from desk.ui.middle import Middle
from desk.ui.player.bar import PlayerBar
from desk.ui.replay.door import DoorParts, ReplayDoor
from desk.ui.rows import RowList
from desk.ui.ticket.page import TicketView


def join_replay(
    parts: DoorParts, window: MainWindow, ticket: TicketView, player: PlayerBar, lamp: ScoreLamp
) -> ReplayDoor:
    """The window's key opens the door, and so does the lamp of scores; the door's window closes with it."""

    def written() -> None:
        parts.nudge()
        lamp.look()

    door = ReplayDoor(replace(parts, nudge=written), window)
    door.setObjectName("replay_door")
    window.replay_wanted.connect(lambda: door.open(target_here(window.panels.middle, ticket)))
    lamp.wanted.connect(lambda: door.open("scores:"))
    window.closed.connect(door.close)
    parts.hub.lock_changed.connect(lambda: door.pause() if parts.hub.locked else None)
    parts.hub.call_answered.connect(lambda _call: door.pause())
    player.heard.connect(lambda _call_id: door.pause())
    window.offer_replay()
    return door


def target_here(middle: Middle, ticket: TicketView) -> str:
    """ "call:ID", "ticket:ID", or "" where nothing is chosen. A row with the keyboard comes first."""
    focused = QApplication.focusWidget()
    if isinstance(focused, RowList) and focused.chosen is not None:
        what = focused.chosen.target.partition(":")[0]
        if what in ("call", "ticket"):
            return focused.chosen.target
    if ticket.isVisible() and ticket.ticket_id:
        return f"ticket:{ticket.ticket_id}"
    log = middle.call_log
    if log is not None and log.isVisible() and (row := log.chosen()) is not None:
        return f"call:{row.call.call_id}"
    return ""
