"""A seat as a whole: the real `desk` command with its own folders and settings, followed through its logs."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk.demo.processes import Child, wait_until

STOP_S = 20.0
Step = dict[str, Any]


def toml(tables: Mapping[str, Mapping[str, object]], top: Mapping[str, object]) -> str:
    """A settings file's text. Strings, numbers, booleans and lists of them: JSON's form of these is TOML's too."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in top.items()]
    for name, table in tables.items():
        lines += ["", f"[{name}]"]
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


@dataclass
class Seat:
    """`folder` holds everything of the seat. `env` is added to the environment of its processes."""

    name: str
    folder: Path
    tables: Mapping[str, Mapping[str, object]]
    env: Mapping[str, str] = field(default_factory=dict)
    child: Child | None = None

    @property
    def settings_file(self) -> Path:
        return self.folder / "settings.toml"

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    def write_settings(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        tables = {**self.tables, "seat": {"name": self.name, **self.tables.get("seat", {})}}
        top = {"data_dir": str(self.data_dir), "runtime_dir": str(self.folder / "run")}
        self.settings_file.write_text(toml(tables, top), encoding="utf-8")

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "desk", "--settings", str(self.settings_file), *words]

    def begin(self, *words: str) -> Child:
        """One `desk` command for this seat. Its output goes to `commands.log`."""
        return Child(self.command(*words), self.folder / "commands.log", self.env)

    def run(self, *words: str, timeout_s: float = 120.0) -> int:
        """As `begin`, to its end; the exit code."""
        return self.begin(*words).process.wait(timeout_s)

    def keep_secret(self, entry: str, value: str, timeout_s: float = 30.0) -> None:
        """Into the seat's own keyring, by the `desk` command. Raises `RuntimeError`."""
        done = subprocess.run(
            self.command("secret", "set", entry),
            env={**os.environ, **self.env},
            input=value + "\n",
            text=True,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"desk secret set {entry}: {done.stderr}")

    def start(self) -> Child:
        self.write_settings()
        self.child = Child(self.command(), self.folder / "desk.log", self.env)
        return self.child

    def stop(self) -> int:
        """SIGTERM: the seat's own staged shutdown. Its exit code."""
        return self.child.stop(STOP_S) if self.child else 0

    def log_lines(self, role: str) -> list[Step]:
        """Every structured log line of one process so far (`ui`, `phone`, `sync`, `launcher`)."""
        file = self.data_dir / "log" / f"{role}.jsonl"
        if not file.exists():
            return []
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]

    def step(self, name: str, role: str = "ui", after: int = 0, **fields: object) -> Step | None:
        """The first log line with this message and these fields, behind the first `after` lines."""
        for line in self.log_lines(role)[after:]:
            if line.get("message") == name and all(line.get(key) == value for key, value in fields.items()):
                return line
        return None

    def wait_step(self, name: str, timeout_s: float = 10.0, role: str = "ui", after: int = 0, **fields: object) -> Step:
        """As `step`, waited for. Raises `NotReady`, also when the seat ends."""

        def found() -> Step | None:
            return self.step(name, role, after, **fields)

        what = f"{self.name}: {role} reports {name} {fields or ''}"
        return self.child.wait_until(what, found, timeout_s) if self.child else wait_until(what, found, timeout_s)

    def pid_of(self, role: str) -> int:
        """The process id of this seat's phone, sync or ui, as the latest log line of that process says."""
        lines = self.log_lines(role)
        return int(str(lines[-1]["process"]).rpartition(":")[2]) if lines else 0

    def kill(self, role: str) -> int:
        """SIGKILL one of the seat's processes. Its process id."""
        pid = self.pid_of(role)
        if pid:
            os.kill(pid, signal.SIGKILL)
        return pid
