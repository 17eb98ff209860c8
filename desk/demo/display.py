"""A screen where there is none: Xvfb with a window manager, keys and screenshots by xdotool and ImageMagick.

The keys go through the X server like a person's, so focus and shortcuts are the real ones. Chinese text is pasted
(Ctrl+V), because an input method would need a desktop of its own."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.demo.processes import Child, wait_until

START_S = 15.0


class Display:
    """A running X display. `name` as in DISPLAY."""

    def __init__(self, name: str, env: dict[str, str]) -> None:
        self.name = name
        self.env = env

    def _run(self, *argv: str, stdin: str | None = None) -> str:
        done = subprocess.run(
            argv,
            env={**os.environ, **self.env},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{argv[0]}: {done.stderr.strip()}")
        return done.stdout

    def press(self, *keys: str) -> None:
        """Keys by X name, combinations with plus: press("F2"), press("ctrl+Return")."""
        self._run("xdotool", "key", "--clearmodifiers", "--delay", "12", *keys)

    def type(self, text: str, delay_ms: int = 12) -> None:
        """Latin text, key by key."""
        self._run("xdotool", "type", "--delay", str(delay_ms), text)

    def paste(self, text: str) -> None:
        """Any text, through the clipboard (Ctrl+V)."""
        # xclip stays behind as the selection's owner and would hold a captured pipe open.
        subprocess.run(
            ["xclip", "-selection", "clipboard"],
            env={**os.environ, **self.env},
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=10,
            check=True,
        )
        self.press("ctrl+v")

    def windows(self, title: str) -> list[str]:
        """The X ids of the visible windows whose title contains this."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", title],
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout.split()

    def window(self, title: str) -> str:
        """The first of them, "" if there is none."""
        return (self.windows(title) or [""])[0]

    def activate(self, window: str) -> None:
        self._run("xdotool", "windowactivate", "--sync", window)

    def minimize(self, window: str) -> None:
        self._run("xdotool", "windowminimize", "--sync", window)

    def focused(self) -> str:
        return self._run("xdotool", "getwindowfocus").strip()

    def screenshot(self, file: Path) -> Path:
        """The whole screen as PNG."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._run("import", "-window", "root", str(file))
        return file


@contextmanager
def virtual_display(folder: Path, size: str = "1366x768") -> Iterator[Display]:
    """Xvfb on a free display number, with openbox so that windows are focused as on a desktop."""
    log = folder / "xvfb.log"
    read_end, write_end = os.pipe()
    os.set_inheritable(write_end, True)
    command = f"exec Xvfb -displayfd {write_end} -screen 0 {size}x24 -nolisten tcp -noreset"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        server = subprocess.Popen(
            ["/bin/sh", "-c", command], pass_fds=(write_end,), stdout=out, stderr=out, start_new_session=True
        )
    os.close(write_end)
    try:
        os.set_blocking(read_end, False)
        number = wait_until("Xvfb", lambda: _number(read_end, server), START_S)
        env = {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        with Child(["openbox", "--sm-disable"], folder / "openbox.log", env):
            display = Display(f":{number}", env)
            # It lists its windows once it is ready for them; one that comes before that may never be shown.
            wait_until("window manager", lambda: _root(display).count("(WINDOW)") == len(_WHEN_READY), START_S)
            yield display
    finally:
        os.close(read_end)
        server.terminate()
        server.wait(10)


_WHEN_READY = ("_NET_SUPPORTING_WM_CHECK", "_NET_CLIENT_LIST")


def _number(read_end: int, server: subprocess.Popen[bytes]) -> str:
    if server.poll() is not None:
        raise RuntimeError("Xvfb did not start")
    try:
        found = re.match(rb"(\d+)\s", os.read(read_end, 64))
    except BlockingIOError:
        return ""
    return found[1].decode() if found else ""


def _root(display: Display) -> str:
    return display._run("xprop", "-root", *_WHEN_READY)
