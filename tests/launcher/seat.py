"""A launcher with stand-ins for its processes, as a process of its own, followed through what the stand-ins write."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from desk.demo.processes import wait_until

ROOT = Path(__file__).parent.parent.parent
STAND_IN = Path(__file__).with_name("stand_in.py")
WAIT_S = 20.0
RUN = """
import os
import sys
from pathlib import Path
from desk.launcher import Launcher, making_way, watch, launcher
folder, python, stand_in = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
watch.SILENCE_S = dict.fromkeys(watch.SILENCE_S, float(sys.argv[4]))
watch.START_S = float(sys.argv[5])
launcher.ASK_S = dict.fromkeys(launcher.ASK_S, 3.0)
launcher.TERMINATE_S = 0.5
argv = lambda role: [python, stand_in, role, str(folder)]
launcher.LOOK_S, launcher.NOTICE_S = 0.1, 0.2
def way():
    wanted = making_way.is_wanted(folder / "making-way")
    if wanted:
        with (folder / "launcher.log").open("a") as log:
            log.write(f"{os.getpid()} makes way" + chr(10))
    return wanted
sys.exit(Launcher(folder / "run", folder / "crashes", argv, dial=sys.argv[6], is_to_make_way=way).run())
"""


class StandInSeat:
    """`folder` is short, because sockets lie in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.silence_s, self.start_s = folder, 5.0, 30.0
        self.launcher: subprocess.Popen[bytes] | None = None
        self._seen: set[int] = set()

    def order(self, role: str, order: str, text: str = "") -> None:
        (self.folder / f"{role}.{order}").write_text(text, encoding="utf-8")

    def start(self, dial: str = "") -> None:
        self.launcher = subprocess.Popen(
            [
                sys.executable,
                "-c",
                RUN,
                str(self.folder),
                sys.executable,
                str(STAND_IN),
                str(self.silence_s),
                str(self.start_s),
                dial,
            ],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
            cwd=self.folder,
        )

    def said(self, role: str) -> list[tuple[int, str]]:
        """(pid, words) in order."""
        try:
            lines = (self.folder / f"{role}.log").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        out = [(int(pid), words) for pid, _space, words in (line.partition(" ") for line in lines)]
        self._seen |= {pid for pid, _words in out}
        return out

    def until(self, what: str, condition: Callable[[], object]) -> None:
        wait_until(what, condition, WAIT_S)

    def until_said(self, role: str, words: str, times: int = 1) -> list[int]:
        """Wait until this was said so many times; the pids that said it."""
        self.until(f"{role}: {words}", lambda: len(self.who_said(role, words)) >= times)
        return self.who_said(role, words)

    def who_said(self, role: str, words: str) -> list[int]:
        return [pid for pid, said in self.said(role) if said.startswith(words)]

    def until_ready(self) -> dict[str, int]:
        """The pids of all three, once they are ready."""
        return {role: self.until_said(role, "ready")[-1] for role in ("ui", "phone", "sync")}

    def end(self, timeout_s: float = WAIT_S) -> int:
        """Wait for the launcher's own end."""
        assert self.launcher is not None
        return self.launcher.wait(timeout_s)

    def alive(self, pid: int) -> bool:
        """Whether it runs (a zombie does not)."""
        try:
            return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    def clean_up(self) -> None:
        if self.launcher is not None and self.launcher.poll() is None:
            self.launcher.kill()
            self.launcher.wait()
        for role in ("ui", "phone", "sync"):
            self.said(role)
        for pid in self._seen:
            if self.alive(pid) and str(STAND_IN).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
