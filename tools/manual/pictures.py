"""The manual's pictures of the window: drawn by the scenes that the ui's tests are looked at with, when the manual is
made. None is kept in the repository, so that none is of a window that was. `python -m tools.manual.pictures FOLDER
[NAME ...]`."""

import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

DRAWN_S = 120.0
AT_ONCE = 2
SIZE = "1366x768"

# File name without .png -> module below tests.ui, its scene.
PICTURES: dict[str, tuple[str, str]] = {
    "first-start": ("setup_scenes", "code"),
    "sign-in": ("sign_in_scenes", "sign_in"),
    "ringing": ("harness", "ringing"),
    "call": ("harness", "call"),
    "second-call": ("harness", "second"),
    "transfer": ("phone_scenes", "transfer"),
    "ticket": ("ticket_scenes", "page"),
    "call-log": ("beside_scenes", "log"),
    "headset": ("beside_scenes", "checked"),
    "bad-line": ("beside_scenes", "bad"),
    "shift": ("floor_scenes", "today"),
    "hand-over": ("floor_scenes", "hand_over"),
    "roster": ("floor_scenes", "roster"),
    "supervise": ("phone_scenes", "supervise"),
    "recordings": ("replay_scenes", "search"),
    "key-map": ("ticket_scenes", "keys"),
    "seats": ("after.seats.scenes", "seats"),
    "health": ("after.health.scenes", "ill"),
    "just-happened": ("after.support.scenes", "loss"),
}


def draw(folder: Path, name: str, language: str = "zh_CN") -> Path:
    """The file. Raises `RuntimeError` with what the scene said."""
    module, scene = PICTURES[name]
    file = folder / f"{name}.png"
    done = subprocess.run(
        [sys.executable, "-m", f"tests.ui.{module}", scene, str(file), language, "light", SIZE],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=DRAWN_S,
        check=False,
    )
    if done.returncode or not file.exists():
        raise RuntimeError(f"{name}: {done.stderr[-2000:]}")
    return file


def main(folder: Path, names: Iterable[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for file in pool.map(lambda name: draw(folder, name), list(names) or PICTURES):
            print(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
