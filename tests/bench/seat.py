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
_OF_A_BARE_SYSTEM = (
    "added_to_bare_system",
    "installed_on_bare_system",
    "enrolled_in_bare_system",
    "registered_in_bare_system",
    "bare_to_registered",
    "bare_to_registered_steps",
)


def bare_names(suite: str) -> list[str]:
    """Debian 12 is the one that is compared."""
    room = "seat" if suite == "bookworm" else f"seat.{suite}"
    return [f"{room}.{name}" for name in _OF_A_BARE_SYSTEM]


BARE = tuple(name for suite in roots.SUITES for name in bare_names(suite))


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
            figures += _all_bare(ground, display, package, folder, say)
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


@dataclass(frozen=True, slots=True)
class Bare:
    """What a bare system takes to become a seat, in MB and seconds; `steps`: what a person types."""

    empty_mb: float
    added_mb: float
    installed_s: float
    enrolled_s: float
    registered_s: float
    steps: int


@dataclass(frozen=True, slots=True)
class Anchor:
    added_mb: float
    installed_s: float
    start_s: float | None


def _all_bare(ground: Stage, display: Display, package: Path, folder: Path, say: Say) -> list[Figure]:
    """The anchor is Debian 12's."""
    bare = {suite: _bare(suite, ground, package, folder, say) for suite in roots.SUITES}
    anchor = _anchor("bookworm", display, folder, bare["bookworm"].empty_mb, say)
    return [
        one for suite, took in bare.items() for one in _figures(took, suite, anchor if suite == "bookworm" else None)
    ]


def _figures(took: Bare, suite: str, anchor: Anchor | None) -> list[Figure]:
    whole_s = took.installed_s + took.enrolled_s + took.registered_s
    values: list[tuple[float, str, float | None]] = [
        (took.added_mb, "MB", anchor.added_mb if anchor else None),
        (took.installed_s, "s", anchor.installed_s if anchor else None),
        (took.enrolled_s, "s", None),
        (took.registered_s, "s", anchor.start_s if anchor else None),
        (whole_s, "s", None),
        (took.steps, "steps", None),
    ]
    names = bare_names(suite)
    return [Figure(name, value, unit, "", beside) for name, (value, unit, beside) in zip(names, values, strict=True)]


def _bare(suite: str, ground: Stage, package: Path, folder: Path, say: Say) -> Bare:
    say(f"a bare {roots.SUITES[suite]}, and Desk in it")
    with roots.fresh(suite, folder / suite) as root:
        began_s, steps = time.monotonic(), 0
        root.apt("update")
        steps += 1
        updated_s = time.monotonic() - began_s
        empty_mb = _size_mb(root.folder)
        (root.folder / "root" / "desk.deb").write_bytes(package.read_bytes())
        plain = ground.seat(f"B{len(ground.seats):03}", "1001", on_line=True, on_screen=True, alone=True)
        program = root.argv("/usr/bin/desk")
        began_s = time.monotonic()
        root.apt("install", "/root/desk.deb")
        steps += 1
        installed_s = updated_s + time.monotonic() - began_s
        seat = StartedSeat(plain.name, plain.folder, plain.tables, plain.env, program=program)
        took_s = enrolled_s(seat, folder / f"it-{suite}")
        steps += 1
        registered_s = start(seat, "line registered", "phone").shown_s
        steps += 1
        (root.folder / "root" / "desk.deb").unlink()
        added_mb = _size_mb(root.folder) - empty_mb
        say(f"Desk: installed {installed_s:.1f} s, enrolled {took_s:.1f} s, registered {registered_s:.1f} s")
        return Bare(empty_mb, added_mb, installed_s, took_s, registered_s, steps)


def _anchor(suite: str, display: Display, folder: Path, empty_mb: float, say: Say) -> Anchor:
    with roots.fresh(suite, folder / "anchor") as root:
        began_s = time.monotonic()
        root.apt("update")
        root.apt("install", ANCHOR)
        installed_s = time.monotonic() - began_s
        added_mb = _size_mb(root.folder) - empty_mb
        say(f"{ANCHOR}: installed {installed_s:.1f} s, {added_mb:.0f} MB")
        return Anchor(added_mb, installed_s, _window_s(root, display, folder, say))


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
