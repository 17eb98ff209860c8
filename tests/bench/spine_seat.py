"""The seat under test: the real `desk` command on the stage, on a screen, its line at a port that callers know. Besides
the keyboard it can be answered through the phone's link, as fast as an agent's key would be."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psutil

from desk.demo.display import Display
from desk.demo.processes import free_port, wait_until
from desk.demo.seat import Seat
from desk.demo.stage import Stage
from desk.domain.commands import Answer
from desk.domain.events import CallOffered
from desk.domain.snapshots import PhoneSnapshot
from desk.link.addresses import LinkDown, address_for, token_of
from desk.link.sockets import LinkClient
from tests.bench.audio_devices import FINE_BITRATE
from tests.bench.spine_marks import Mark, Marks

START_S = 90.0
STEP_S = 20.0
Say = Callable[[str], None]


@dataclass
class BenchSeat:
    """`port`: of its line, on 127.0.0.1. `answers`: every call is answered at once."""

    seat: Seat
    port: int
    marks: Marks
    display: Display
    answers: bool = False
    started_ns: int = 0
    _started_at_s: float = 0.0
    _link: LinkClient | None = None
    _up: threading.Event = field(default_factory=threading.Event)

    def start(self) -> Mark:
        """Start `desk`; returns when an agent could work: the window is painted and they are signed in. The later of
        these two marks."""
        self._started_at_s = time.time()
        self.started_ns = time.monotonic_ns()
        child = self.seat.start()
        child.wait_until("a usable window", self._is_usable, START_S)
        both = [self.marks.wait(name, self.started_ns) for name in ("usable", "window_ready")]
        return max(both, key=lambda mark: mark.at_ns)

    def _is_usable(self) -> bool:
        return all(self.marks.first(name, self.started_ns) for name in ("usable", "window_ready"))

    def wait_registered(self) -> float:
        """Seconds from the start of `desk` until its line was registered."""
        lines = self.seat.wait_step
        said = lines("line registered", START_S, role="phone", process=f"phone:{self.seat.pid_of('phone')}")
        return datetime.fromisoformat(said["at"]).timestamp() - self._started_at_s

    def stop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None
        self.seat.stop()

    def attach(self) -> None:
        """To the phone, as a tool; from now on `answers` counts."""
        wait_until("the phone's link", self._attach, STEP_S)
        if not self._up.wait(STEP_S):
            raise LinkDown("the phone's link")

    def _attach(self) -> bool:
        runtime_dir = self.seat.folder / "run"
        try:
            token = token_of(runtime_dir)
        except LinkDown:
            return False
        address = address_for(runtime_dir, "phone")
        self._link = LinkClient(address, token, "tool", self._take)
        self._link.start()
        return True

    def _take(self, message: Any) -> None:
        if isinstance(message, PhoneSnapshot):  # what comes from now on is told as it happens
            self._up.set()
        elif isinstance(message, CallOffered) and self.answers and self._link is not None:
            self._link.try_send(Answer(message.call_id))

    def memory_mib(self) -> dict[str, float]:
        """By process. PSS: what is shared counts in parts."""
        return {role: process.memory_full_info().pss / 2**20 for role, process in self.processes().items()}

    def cpu_s(self) -> dict[str, float]:
        """By process: the processor time it has used so far, its own and the system's for it."""
        times = {role: process.cpu_times() for role, process in self.processes().items()}
        return {role: used.user + used.system for role, used in times.items()}

    def processes(self) -> dict[str, psutil.Process]:
        """launcher, phone, sync, ui, as far as they run."""
        child = self.seat.child
        if child is None:
            return {}
        launcher = psutil.Process(child.pid)
        named = {"launcher": launcher}
        for process in launcher.children(recursive=True):
            words = process.cmdline()
            named[words[words.index("--process") + 1] if "--process" in words else process.name()] = process
        return named


def bench_seat(on: Stage, name: str, agent: str, *, central: bool) -> BenchSeat:
    """A registered seat on the stage's display, not started yet."""
    if on.display is None:
        raise ValueError("a stage without a display")
    file = on.folder / name / "marks.jsonl"
    seat = on.seat(name, agent, on_line=True, on_screen=True, extra_env={"DESK_BENCH_FILE": str(file)})
    port = free_port(socket.SOCK_DGRAM)
    kept = {key: table for key, table in seat.tables.items() if central or key != "central"}
    line = {**seat.tables["line"], "port": port}
    # Sealed fine: at the usual bitrate Opus makes up some of the noise that it hears, which would look like a loss.
    seat.tables = {**kept, "line": line, "recording": {"bitrate": FINE_BITRATE}}
    bench = BenchSeat(seat, port, Marks(file), on.display)
    on.cleanup.callback(bench.stop)
    return bench


def unseen_seat(on: Stage, name: str, agent: str) -> tuple[Seat, Marks]:
    """Another seat of the hotline, without telephone; its window is drawn but on no screen."""
    file = on.folder / name / "marks.jsonl"
    seat = on.seat(name, agent, on_line=False, on_screen=False, extra_env={"DESK_BENCH_FILE": str(file)})
    return seat, Marks(file)
