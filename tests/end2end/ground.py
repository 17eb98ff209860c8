"""The ground of the end-to-end tests: the demo's stage (registrar, virtual headset, PostgreSQL), one screen, two tapes,
one sample store, and posts: a seat at which somebody sits. Everything runs once per test run; each test gets a seat of
its own, copied from the sample, so that nothing is left over from the one before."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from desk.demo.baresip import Baresip
from desk.demo.display import Display, virtual_display
from desk.demo.postgres import PrivatePostgres
from desk.demo.processes import wait_until
from desk.demo.sealed import lay_secret
from desk.demo.seat import Seat
from desk.demo.stage import PASSWORD, Stage, stage
from desk.demo.virtual_headset import VirtualHeadset
from desk.demo.voices import Sound
from desk.domain.troubles import Trouble
from desk.i18n import speak
from desk.ui import words
from tests.end2end import continuity, kept
from tests.needed import INSTALL

START_S = 60.0  # of a whole seat, on a machine that is busy
STEP_S = 30.0
TAPE_S = 60.0
HOUSEHOLDS = 10
TITLE = "物业客服"  # of every window of a seat, in part
ROLES = ("phone", "sync", "ui")


@dataclass
class Ground:
    folder: Path
    display: Display
    stage: Stage
    headset: VirtualHeadset
    caller_tape: Path
    caller_sound: Sound
    agent_tape: Path
    agent_sound: Sound
    sample: Path  # a seat store with a sample estate
    sample_key: str
    made: int = 0

    @property
    def central(self) -> PrivatePostgres:
        central = self.stage.central
        if central is None:
            pytest.fail(f"PostgreSQL is missing: {INSTALL} (it is in Debian's postgresql)")
        return central

    @contextlib.contextmanager
    def seat(
        self,
        *,
        on_line: bool = True,
        on_screen: bool = True,
        alone: bool = True,
        agent: str = "1001",
        empty: bool = False,
        tables: Mapping[str, Mapping[str, object]] | None = None,
    ) -> Iterator[Seat]:
        """A seat with the sample in its store (`empty`: without), not started. `tables` go over the stage's own. What
        is left of it at the end is ended."""
        self.made += 1
        with contextlib.ExitStack() as own:
            place = Stage(
                self.folder / "seats", self.stage.registrar, self.stage.central, self.headset, self.display, own
            )
            seat = place.seat(f"E{self.made:03}", agent, on_line=on_line, on_screen=on_screen, alone=alone)
            seat.tables = {
                name: {**seat.tables.get(name, {}), **(tables or {}).get(name, {})}
                for name in {*seat.tables, *(tables or {})}
            }
            if not empty:
                self.fill(seat)
            try:
                yield seat
            finally:
                seat.stop()
                for process in processes_of(seat):
                    process.kill()

    def fill(self, seat: Seat) -> None:
        """Give it the sample."""
        seat.data_dir.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.sample, seat.data_dir / "seat.db")
        lay_secret(seat, kept.STORE_KEY, self.sample_key)

    @contextlib.contextmanager
    def telephone(self, user: str, *, display_name: str = "", sound: Path | None = None) -> Iterator[Baresip]:
        """A telephone that calls from the city: no registration, its number is what it says."""
        self.made += 1
        folder = self.folder / f"telephone-{self.made}"
        with Baresip(folder, user, "127.0.0.1", sound=sound, display_name=display_name) as telephone:
            yield telephone

    @contextlib.contextmanager
    def resident(self) -> Iterator[Baresip]:
        """The telephone of the resident whom the sample knows, its tape in its mouth."""
        self.made += 1
        folder = self.folder / f"resident-{self.made}"
        with Baresip(folder, "resident", self.stage.registrar.address, PASSWORD, self.caller_tape) as telephone:
            yield telephone

    @property
    def line(self) -> str:
        return self.stage.line_uri


@contextlib.contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    with contextlib.ExitStack() as stack:
        display = stack.enter_context(virtual_display(folder))
        on = stack.enter_context(stage(folder, display=display))
        assert on.headset is not None
        caller = continuity.tape(folder / "caller.wav", 11, TAPE_S)
        agent = continuity.tape(folder / "agent.wav", 22, TAPE_S)
        maker = on.seat("MAKER", "1000", on_line=False, on_screen=False, alone=True)
        assert maker.run("demo", "data", "--households", str(HOUSEHOLDS)) == 0
        yield Ground(
            folder,
            display,
            on,
            on.headset,
            folder / "caller.wav",
            caller,
            folder / "agent.wav",
            agent,
            maker.data_dir / "seat.db",
            kept.secret(maker, kept.STORE_KEY) or "",
        )


def put_secret(seat: Seat, entry: str, value: str) -> None:
    """As `desk secret set` does."""
    done = subprocess.run(
        seat.command("secret", "set", entry),
        env={**os.environ, **seat.env},
        input=f"{value}\n",
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def line_entry(seat: Seat) -> str:
    """The keyring's name for the password of this seat's line."""
    return f"sip:{seat.tables['line']['user']}@{seat.tables['line']['registrar']}"


def processes_of(seat: Seat) -> list[psutil.Process]:
    """Everything that runs for this seat: whatever was started with its settings file."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(seat.settings_file) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def running(seat: Seat, role: str) -> psutil.Process | None:
    """The seat's phone, sync or ui; "launcher"."""
    for process in processes_of(seat):
        with contextlib.suppress(psutil.Error):
            words_of = process.cmdline()
            if (words_of[-1] == role) if "--process" in words_of else role == "launcher":
                return process
    return None


def kill(seat: Seat, role: str) -> float:
    """SIGKILL. When that was (monotonic). Returns when it is dead: whoever looks for it next finds its successor."""
    process = running(seat, role)
    assert process is not None, f"no {role} to kill"
    process.send_signal(signal.SIGKILL)
    killed_s = time.monotonic()
    wait_until(f"the end of {role}", lambda: _is_dead(process), STEP_S)
    return killed_s


def _is_dead(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@dataclass
class Post:
    """A seat at work and the keys that its agent presses."""

    ground: Ground
    seat: Seat
    noted: dict[str, int] = field(default_factory=dict)

    def start(self, *, line: str = "registered") -> "Post":
        self.note()
        if self.seat.child is not None:
            self.seat.child.process.wait(STEP_S)  # of an earlier start
        self.seat.start()
        self.after("window_ready", timeout_s=START_S)
        self.after("signed_in", timeout_s=START_S)
        if line:
            self.after(f"line {line}", role="phone", timeout_s=START_S)
        if "DISPLAY" in self.seat.env:
            self.in_front()
        return self

    def in_front(self) -> None:
        """Until the seat's window has the keyboard: a key pressed earlier would be nobody's."""
        display = self.ground.display

        def has_keyboard() -> bool:
            try:
                return display.focused() in display.windows(TITLE)
            except RuntimeError:  # nothing has it yet
                return False

        wait_until("the keyboard in the window", has_keyboard, STEP_S)

    def note(self) -> None:
        """What is waited for by `after` comes after this moment."""
        self.noted = {role: len(self.seat.log_lines(role)) for role in (*ROLES, "launcher")}

    def after(self, name: str, role: str = "ui", timeout_s: float = STEP_S, **fields: object) -> dict[str, object]:
        return self.seat.wait_step(name, timeout_s, role, self.noted.get(role, 0), **fields)

    def press(self, *keys: str) -> None:
        self.ground.display.press(*keys)

    def type(self, text: str) -> None:
        self.ground.display.type(text)

    def rings(self, caller: Baresip) -> str:
        """The caller dials; the id of the call once its card is painted."""
        self.note()
        caller.dial(self.ground.line)
        call_id = str(self.after("call_shown")["call_id"])
        self.after("profile_painted", call_id=call_id)
        return call_id

    def answer(self, caller: Baresip) -> float:
        """When both talk (monotonic)."""
        known = len(caller.events)
        self.press("F2")
        return float(caller.wait_event("CALL_ESTABLISHED", STEP_S, known)["monotonic_s"])

    def talk(self, caller: Baresip) -> str:
        """A call that rang and was answered, its form open."""
        call_id = self.rings(caller)
        self.answer(caller)
        self.after("form_opened", call_id=call_id)
        return call_id

    def hang_up(self, caller: Baresip, call_id: str) -> None:
        """The caller does."""
        caller.hang_up()
        self.after("call_ended", call_id=call_id)

    def told(self, trouble: Trouble | None, timeout_s: float = STEP_S) -> None:
        """The window's line says what is wrong (None: that nothing is), in words in both languages that say what to
        do."""
        name = trouble.value if trouble else ""
        steps = self.seat.log_lines("ui")[self.noted.get("ui", 0) :]
        try:
            self.after("trouble_told", trouble=name, timeout_s=timeout_s)
        except Exception as error:
            error.add_note(f"told so far: {[s['trouble'] for s in steps if s.get('step') == 'trouble_told']}")
            raise
        if trouble:
            assert_in_both_languages(trouble)


def assert_in_both_languages(trouble: Trouble) -> None:
    speak("zh_CN")
    chinese = words.trouble(trouble)
    speak("en")
    english = words.trouble(trouble)
    assert is_chinese(chinese.what)
    assert is_chinese(chinese.to_do)
    assert not is_chinese(english.what + english.to_do)
    assert len(english.to_do.split()) >= 5


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def wait_gone(seat: Seat, timeout_s: float = STEP_S) -> None:
    """Until nothing of the seat runs any more."""
    wait_until(f"{seat.name} to be gone", lambda: not processes_of(seat), timeout_s)


@contextlib.contextmanager
def speaking(ground: Ground) -> Iterator[None]:
    """The agent's tape runs into the microphone."""
    with ground.headset.speak(ground.agent_tape) as mouth:
        try:
            yield
        finally:
            mouth.terminate()
            mouth.wait(10)


def is_turned_away(resident: Baresip, line: str) -> None:
    """A call to it does not stay and ring. The proxy asks contacts of killed seats, too, and once the seat has refused
    it prefers their silence (408) to its word; were the seat to ring, the caller would hear neither so soon."""
    known = len(resident.events)
    resident.dial(line)
    assert resident.wait_event("CALL_CLOSED", STEP_S, known)["param"][:3] in ("486", "408")
