"""`desk demo`: the main job on real parts, from ring to ticket.

With a display the person is the agent: a simulated resident rings and tells a request in Chinese, and the terminal
says what to do. Without one (or with `--scripted`) an agent made of keystrokes works the real window on a virtual
screen and a virtual headset, and everything is checked: the profile, both voices in their channels, the ticket in
PostgreSQL, the second seat. `--day` plays a whole day instead (`desk.demo.day`). Screenshots, the recording and the
steps stay in a folder that is named."""

import argparse
import os
from datetime import datetime
from functools import partial
from pathlib import Path

from desk.demo.person import play_with_person
from desk.demo.report import Report
from desk.demo.scripted import play_scripted
from desk.i18n import _


def run_demo(arguments: argparse.Namespace) -> int:
    """The exit code: 0 if every check held."""
    runs = (arguments.folder or Path("build") / "demo").absolute()
    folder = runs / f"{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 - local; each run has a folder of its own
    folder.mkdir(parents=True, exist_ok=True)
    report = Report(folder / "steps.txt", partial(print, flush=True))
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if arguments.day:
        from desk.demo.day.run import play_day

        play_day(folder, arguments.households, report)
    elif has_display and not arguments.scripted:
        play_with_person(folder, arguments.households, report)
    else:
        play_scripted(folder, arguments.households, report)
    report.step(_("Everything of this run is in {folder}").format(folder=folder))
    return report.close()
