"""A Windows of the tests' own, by wine: a folder with its drive C, its registry, its programs.

What wine does for real here: running the installer, files, renames (also those of the next start), the registry, who
has a program open. What it does not: rights, the firewall, scheduled tasks, sessions. Windows' programs that would do
such things are stand-ins that write down how they were called (`program.nsi`)."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).parent
SCRIPT = HERE.parents[2] / "installer" / "windows" / "desk.nsi"
STOOD_IN = ("netsh.exe", "icacls.exe", "schtasks.exe")
PATIENCE_S = 200.0


def wait_for(what: Callable[[], object]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until_s, "it did not come about"
        time.sleep(0.02)


def compiled(script: Path, out: Path, defines: Mapping[str, object]) -> Path:
    """What makensis makes of it; a warning is an error."""
    argv = ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", f"-DOUT={out}"]
    argv += [f"-D{name}={value}" for name, value in defines.items()]
    made = subprocess.run([*argv, str(script)], capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert made.returncode == 0, made.stdout + made.stderr
    return out


class Wine:
    """Made whole by `begin`, and again by each `reset`. `close` leaves no process and no folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._kept = folder, folder.with_name("kept")
        self._env = {
            **{name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")},
            "WINEPREFIX": str(folder),
            "WINEDEBUG": "-all",
            # no browser, no .NET, no menus of the host's; the stand-ins instead of wine's own
            "WINEDLLOVERRIDES": "mscoree=;mshtml=;winemenubuilder.exe=;" + ",".join(STOOD_IN) + "=n",
        }

    @property
    def drive(self) -> Path:
        return self.folder / "drive_c"

    @property
    def data(self) -> Path:
        return self.drive / "ProgramData" / "Desk"

    @property
    def program_files(self) -> Path:
        return self.drive / "Program Files"

    def begin(self, program: Path) -> None:
        self.run("wineboot", "-i")
        self.run("winecfg", "-v", "win10")
        for name in STOOD_IN:
            (self.drive / "windows" / "system32" / name).unlink()
            shutil.copy(program, self.drive / "windows" / "system32" / name)
        self._server("-k")
        self._server("-w")
        self._kept.mkdir()
        for file in self.folder.glob("*.reg"):
            shutil.copy(file, self._kept)

    def reset(self) -> None:
        """As it was at the beginning: no Desk, no process."""
        self.kill()
        for file in self._kept.iterdir():
            shutil.copy(file, self.folder)
        for folder in (*self.program_files.glob("Desk*"), *self.drive.glob("Desk*"), self.data):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (*self.drive.glob("*.*"), *self.start_menu.glob("*.lnk")):
            file.unlink()
        self.forget_places()
        self._serve()

    def forget_places(self) -> None:
        """Where installers that stop for the tests have come to."""
        for file in (self.drive / "users").rglob("Temp/desk-*"):
            file.unlink()

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        self._server("-k")
        self._server("-w")

    @staticmethod
    def last(option: str) -> list[str]:
        """An option that NSIS wants last and without quotes, whatever spaces are in it, as wine puts it together."""
        return option.split(" ")

    def start(self, *argv: str, locale: str = "C.UTF-8") -> "subprocess.Popen[bytes]":
        env = {**self._env, "LC_ALL": locale}
        return subprocess.Popen(["wine", *argv], env=env, stdout=subprocess.PIPE)

    @contextmanager
    def running(self, *argv: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Ended by force where it has not ended by then."""
        with self.start(*argv) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *argv: str, locale: str = "C.UTF-8") -> int:
        """Its exit code. The installer's own are what a tool for software distribution goes by. `locale` "C": Chinese
        names cannot be written to the disk."""
        with self.start(*argv, locale=locale) as process:
            process.communicate(timeout=PATIENCE_S)
        return process.returncode

    def printed(self, *argv: str) -> str:
        with self.start(*argv) as process:
            out, _error = process.communicate(timeout=PATIENCE_S)
        return out.decode("utf-8", "replace").replace("\r\n", "\n")

    def values(self, key: str) -> dict[str, str]:
        """Of this key below HKLM, as texts; {} where there is none. Its own value is ""."""
        out = self.drive / "values.reg"
        if self.run("reg", "export", rf"HKLM\{key}", r"C:\values.reg", "/y"):
            return {}
        own = out.read_bytes().decode("utf-16").replace("\r\n", "\n").split("\n\n[")[1]
        found = re.findall(r'^(@|".*?")=(?:"(.*)"|dword:(\w+))$', own, re.MULTILINE)
        return {name[1:-1]: re.sub(r"\\(.)", r"\1", text) or number for name, text, number in found}

    def has_key(self, key: str) -> bool:
        return self.run("reg", "query", rf"HKLM\{key}") == 0

    @property
    def start_menu(self) -> Path:
        return self.drive / "ProgramData" / "Microsoft" / "Windows" / "Start Menu" / "Programs"

    def task(self, name: str) -> "ElementTree.Element":
        """As it was given to Windows last."""
        return ElementTree.fromstring((self.drive / f"{name}.xml").read_bytes())  # noqa: S314 - our own

    def calls(self) -> list[str]:
        """How the stand-ins were called, in their order."""
        file = self.drive / "calls.txt"
        return file.read_bytes().decode("utf-16-le").splitlines() if file.exists() else []

    def log(self) -> str:
        return (self.data / "install.log").read_bytes().decode("utf-16")

    def _serve(self) -> None:
        """Its server, before any program: each would start one itself, and give up where another is about to."""
        served = subprocess.run(["wineserver", "-p"], env=self._env, check=False, timeout=PATIENCE_S)
        assert served.returncode == 0

    def _server(self, word: str) -> None:
        subprocess.run(["wineserver", word], env=self._env, check=False, timeout=PATIENCE_S, capture_output=True)
