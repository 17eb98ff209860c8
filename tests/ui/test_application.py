"""The scale of Qt's application: the system's wherever the seat's window has room, else the largest at which it has."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize

from desk.demo.display import virtual_display
from desk.ui.application import ROOM, application, scale_for
from tests.ui.test_focus import ROOT, program

PANEL = 48  # the task bar of Windows 11


@pytest.mark.parametrize(
    ("width", "height", "scale", "taken"),
    [
        (1366, 768, 1.0, 1.0),
        (1366, 768 - PANEL, 1.0, 1.0),
        (1366 / 1.25, 768 / 1.25 - PANEL, 1.25, 1.0),
        (1366 / 1.5, 768 / 1.5 - PANEL, 1.5, 1.0),
        (1366 / 2, 768 / 2 - PANEL, 2.0, 0.95),
        (1920, 1080 - PANEL, 1.0, 1.0),
        (1920 / 1.25, 1080 / 1.25 - PANEL, 1.25, 1.25),
        (1920 / 1.5, 1080 / 1.5 - PANEL, 1.5, 1.4),
        (1920 / 2, 1080 / 2 - PANEL, 2.0, 1.4),
        (2732 / 2, 1536 / 2 - PANEL, 2.0, 2.0),
        (0, 0, 1.0, 1.0),  # no screen is switched on
    ],
)
def test_the_scale_is_the_system_s_wherever_the_window_has_room(
    width: float, height: float, scale: float, taken: float
) -> None:
    assert scale_for(QSize(round(width), round(height)), scale, ROOM) == taken


def ratios(folder: Path, *screens: tuple[int, int, int], said: str = "") -> list[float]:
    """The scales that a process gets on these screens, side by side (width, height, dots per inch); the pointer is on
    the first. `said`: QT_SCALE_FACTOR."""
    lefts = [sum(width for width, _height, _dpi in screens[:n]) for n in range(len(screens))]
    made = [
        {
            "name": f"{n}",
            "x": lefts[n],
            "y": 0,
            "width": w,
            "height": h,
            "logicalDpi": dpi,
            "logicalBaseDpi": 96,
            "dpr": 1,
        }
        for n, (w, h, dpi) in enumerate(screens)
    ]
    file = folder / "screens.json"
    file.write_text(json.dumps({"screens": made}))
    words = (
        "import os, json; from desk.ui.application import application; app = application(); "
        "print(json.dumps([[s.devicePixelRatio() for s in app.screens()], os.environ.get('QT_SCALE_FACTOR', '')]))"
    )
    env = os.environ | {"QT_QPA_PLATFORM": f"offscreen:configfile={file}", "QT_SCALE_FACTOR": said}
    done = subprocess.run(
        [sys.executable, "-c", words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    found, left = json.loads(done.stdout)
    assert left == said  # other programs get what the person said
    return [round(ratio, 3) for ratio in found]


def test_the_system_s_scale_counts_by_the_screen_that_the_window_opens_on(tmp_path: Path) -> None:
    assert ratios(tmp_path, (1366, 768, 192)) == [1.0]
    assert ratios(tmp_path, (1920, 1080, 192)) == [1.4]
    assert ratios(tmp_path, (1920, 1080, 96)) == [1.0]
    assert ratios(tmp_path, (1920, 1080, 96), (1366, 768, 192)) == [1.0, 2.0]


def test_a_scale_that_somebody_set_is_taken_where_there_is_room(tmp_path: Path) -> None:
    assert ratios(tmp_path, (2732, 1536, 96), said="1.5") == [1.5]
    assert ratios(tmp_path, (1920, 1080, 96), said="1.5") == [1.4]
    assert ratios(tmp_path, (1920, 1080, 192), said="0.5") == [1.0]
    assert ratios(tmp_path, (1366, 768, 192), said="large") == [1.0]


def test_an_application_that_stands_keeps_its_scale(qapp: object) -> None:
    assert application(QSize(100_000, 100_000)) is qapp


@pytest.mark.parametrize(
    ("size", "said", "ratio"),
    [("1920x1080", "1", 1.0), ("1920x1080", "2", 1.4), ("1366x768", "2", 1.0), ("1366x768", "1.5", 1.0)],
)
def test_the_seat_s_window_lies_on_the_screen_and_nothing_in_it_is_cut(
    tmp_path: Path, size: str, said: str, ratio: float
) -> None:
    with virtual_display(tmp_path, size) as display:
        display.env["QT_SCALE_FACTOR"] = said
        with program(display, "fitted") as desk:
            seen = desk.until("the whole window", lambda seen: seen["form"] and seen["lies_within"] and not seen["cut"])
            assert seen["ratio"] == ratio
