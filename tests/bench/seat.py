"""The room "seat": what an installation costs. The bundle and the package beside Debian's linphone-desktop, their start
beside the checkout's, and how long a bare system takes to become a registered seat, its code with it.

Most of it is root's, and of a bundle and a package that `make deb` has made. What lacks one of them is left out, and
said with its names and why."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from desk.demo.display import Display, virtual_display
from desk.demo.keyring_session import keyring_session
from desk.demo.processes import Child, NotReady
from desk.demo.seat import Seat
from desk.demo.stage import Stage, stage
from tests.bench.figures import Figure
from tests.bench.seat_enrol import enrolled_s
from tests.installer import roots
from tests.installer.roots import Root

Say = Callable[[str], None]
BUNDLE = roots.BUILD / "bundle" / "desk"
ANCHOR = "linphone-desktop"
RUNS, QUICK_RUNS = 5, 2
START_S = 120.0
SIZES = ("seat.deb_size", "seat.bundle_size")
STARTS = ("seat.start_window_shown_median", "seat.start_cpu_median")
BARE = (
    "seat.added_to_bare_system",
    "seat.installed_on_bare_system",
    "seat.enrolled_in_bare_system",
    "seat.registered_in_bare_system",
    "seat.bare_to_registered",
    "seat.bare_to_registered_steps",
)


@dataclass
class StartedSeat(Seat):
    """A seat whose `desk` is this command."""

    program: Sequence[str] = field(default=())

    def command(self, *words: str) -> list[str]:
        return (
            [*self.program, "--settings", str(self.settings_file), *words] if self.program else super().command(*words)
        )


def measure(say: Say, *, quick: bool = False) -> list[Figure]:
    package = next(iter(sorted(roots.BUILD.glob("desk_*_amd64.deb"), reverse=True)), None)
    for line in left_out(root=os.geteuid() == 0, bundle=BUNDLE.exists(), package=package is not None):
        say(f"seat: {line}")
    figures = []
    if package is not None:
        figures.append(Figure("seat.deb_size", package.stat().st_size / 1e6, "MB"))
    if BUNDLE.exists():
        figures.append(Figure("seat.bundle_size", _size_mb(BUNDLE), "MB"))
    if os.geteuid() != 0 or not (BUNDLE.exists() or package):
        return figures
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-seat-")))
        display = stack.enter_context(virtual_display(folder))
        ground = stack.enter_context(stage(folder, display=display))
        if BUNDLE.exists():
            say("starts")
            figures += _starts(ground, QUICK_RUNS if quick else RUNS, say)
        if package is not None:
            say(f"a bare Debian 12, Desk in it, and {ANCHOR} in another")
            figures += _bare(ground, display, package, folder, say)
    return figures


def left_out(*, root: bool, bundle: bool, package: bool) -> list[str]:
    """Which figures are not measured, and what each wants."""
    wants = (
        (SIZES[:1], {"a package (make deb)": package}),
        (SIZES[1:], {"a bundle (make bundle)": bundle}),
        (STARTS, {"root": root, "a bundle (make bundle)": bundle}),
        (BARE, {"root": root, "a package (make deb)": package}),
    )
    said = []
    for names, needs in wants:
        lacking = [what for what, there in needs.items() if not there]
        if lacking:
            said.append(f"not measured, for want of {' and '.join(lacking)}: {', '.join(names)}")
    return said


def _starts(ground: Stage, runs: int, say: Say) -> list[Figure]:
    """The window shown, from the bundle and from the checkout, in turn; the first of each fills the disk's cache."""
    kinds = {"bundle": (str(BUNDLE / "desk"),), "checkout": ()}
    shown: dict[str, list[float]] = {kind: [] for kind in kinds}
    worked: dict[str, list[float]] = {kind: [] for kind in kinds}
    for run in range(runs + 1):
        for kind, program in kinds.items():
            plain = ground.seat(f"B{len(ground.seats):03}", "1001", on_line=True, on_screen=True, alone=True)
            took = start(StartedSeat(plain.name, plain.folder, plain.tables, plain.env, program=program))
            if run:
                shown[kind].append(took.shown_s)
                worked[kind].append(took.cpu_s)
                say(f"start {run}: {kind} {took.shown_s:.2f} s, {took.cpu_s:.2f} s of CPU")
    return [
        Figure(name, statistics.median(values["bundle"]), "s", "", statistics.median(values["checkout"]))
        for name, values in (("seat.start_window_shown_median", shown), ("seat.start_cpu_median", worked))
    ]


@dataclass(frozen=True, slots=True)
class Start:
    """`cpu_s`: of all its processes, until then."""

    shown_s: float
    cpu_s: float


def start(seat: Seat, what: str = "window_ready", role: str = "ui") -> Start:
    """Until it says so; ended afterwards."""
    began_s = time.monotonic()
    child = seat.start()
    try:
        seat.wait_step(what, START_S, role)
        shown_s = time.monotonic() - began_s
        launcher = psutil.Process(child.process.pid)
        spent = [process.cpu_times() for process in (launcher, *launcher.children(recursive=True))]
        return Start(shown_s, sum(one.user + one.system for one in spent))
    finally:
        seat.stop()


def _bare(ground: Stage, display: Display, package: Path, folder: Path, say: Say) -> list[Figure]:
    with roots.fresh("bookworm", folder / "desk") as root:
        began_s, steps = time.monotonic(), 0  # steps: what a person types
        root.apt("update")
        steps += 1
        updated_s = time.monotonic() - began_s
        empty_mb = _size_mb(root.folder)
        (root.folder / "root" / "desk.deb").write_bytes(package.read_bytes())
        plain = ground.seat("BARE", "1001", on_line=True, on_screen=True, alone=True)
        program = root.argv("/usr/bin/desk")
        began_s = time.monotonic()
        root.apt("install", "/root/desk.deb")
        steps += 1
        installed_s = updated_s + time.monotonic() - began_s
        seat = StartedSeat(plain.name, plain.folder, plain.tables, plain.env, program=program)
        took_s = enrolled_s(seat, folder / "it")
        steps += 1
        registered_s = start(seat, "line registered", "phone").shown_s
        steps += 1
        (root.folder / "root" / "desk.deb").unlink()
        desk_mb = _size_mb(root.folder) - empty_mb
        say(f"Desk: installed {installed_s:.1f} s, enrolled {took_s:.1f} s, registered {registered_s:.1f} s")
    with roots.fresh("bookworm", folder / "anchor") as root:
        began_s = time.monotonic()
        root.apt("update")
        root.apt("install", ANCHOR)
        anchor_installed_s = time.monotonic() - began_s
        anchor_mb = _size_mb(root.folder) - empty_mb
        anchor_start_s = _window_s(root, display, folder, say)
        say(f"{ANCHOR}: installed {anchor_installed_s:.1f} s, {anchor_mb:.0f} MB")
    return [
        Figure("seat.added_to_bare_system", desk_mb, "MB", "", anchor_mb),
        Figure("seat.installed_on_bare_system", installed_s, "s", "", anchor_installed_s),
        Figure("seat.enrolled_in_bare_system", took_s, "s"),
        Figure("seat.registered_in_bare_system", registered_s, "s", "", anchor_start_s),
        Figure("seat.bare_to_registered", installed_s + took_s + registered_s, "s"),
        Figure("seat.bare_to_registered_steps", steps, "steps"),
    ]


def _window_s(root: Root, display: Display, folder: Path, say: Say) -> float | None:
    """The second of two starts of the anchor, until it has a window on the screen. None: it came to none. It is given a
    session bus, as every desktop has one: without one it ends at once."""
    took_s = None
    with keyring_session() as session:
        software = {"QT_QUICK_BACKEND": "software", "LIBGL_ALWAYS_SOFTWARE": "1"}
        environment = {**display.env, **session, "HOME": "/root", "LC_ALL": "C.UTF-8", **software}
        for _run in range(2):
            before = set(display.windows("."))
            began_s = time.monotonic()
            with Child(root.argv("/usr/bin/linphone"), folder / "anchor.log", environment) as child:
                try:
                    child.wait_until("a window", lambda before=before: set(display.windows(".")) - before, START_S)  # type: ignore[misc]
                except NotReady as error:
                    say(f"{ANCHOR}: {error}")
                    return None
                took_s = time.monotonic() - began_s
            say(f"{ANCHOR}: a window after {took_s:.1f} s")
    return took_s


def _size_mb(folder: Path) -> float:
    """On the disk; what is mounted in it, and the cache of packages, left out."""
    device = folder.stat().st_dev
    total = 0
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in ("archives", "proc", "dev")]
        if os.lstat(place).st_dev == device:
            total += sum(os.lstat(os.path.join(place, name)).st_blocks * 512 for name in files)  # noqa: PTH118 - quick
    return total / 1e6
