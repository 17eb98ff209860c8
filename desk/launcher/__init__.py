"""The launcher: the `desk` process. It starts phone, sync and ui, restarts what dies or hangs, and stops all of it in
order. It imports no Qt, SQL, PJSIP or audio, so that nothing but its own few lines can bring it down."""

from desk.launcher.launcher import Launcher, child_argv
from desk.launcher.seat_lock import AlreadyRunning, SeatLock, hand_to_running_seat, show_running_seat

__all__ = ["AlreadyRunning", "Launcher", "SeatLock", "child_argv", "hand_to_running_seat", "show_running_seat"]
