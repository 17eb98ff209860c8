"""The doctor's figures: how many of the faults it finds by their names, each brought about alone, with nothing else
raised; how often it raises something where all is well; how long it takes. Part of `make bench ONLY=seat`."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from desk.i18n import speak
from tests.bench.figures import Figure, percentile
from tests.compose.doctor_faults import FAULTS
from tests.compose.doctor_ground import DoctorGround, doctor_ground, raised

Say = Callable[[str], None]
WELL_TIMES = 5


def measure(say: Say, *, quick: bool) -> list[Figure]:
    """`quick`: a few of the faults."""
    speak("en")
    with tempfile.TemporaryDirectory(prefix="desk-doctor-") as folder, doctor_ground(Path(folder)) as ground:
        times_s, false = _well(ground, 1 if quick else WELL_TIMES)
        faults = [fault for fault in FAULTS.values() if os.geteuid() == 0 or not fault.root]
        faults = faults[::6] if quick else faults
        found = other = 0
        for fault in faults:
            seat = ground.patient()
            with fault.spoil(ground, seat):
                names = raised(seat.examine())
            found += fault.found_as in names
            other += len(names - {fault.found_as})
            if names != {fault.found_as}:
                say(f"doctor: {fault.name}: {fault.found_as} wanted, {sorted(names)} raised")
        say(f"doctor: {found} of {len(faults)} faults found, {other} others raised")
    return [
        Figure("doctor_found", 100.0 * found / len(faults), "%", ">= 100"),
        Figure("doctor_faults", len(faults), "", "" if quick else ">= 20"),
        Figure("doctor_raised_falsely", other + false, "", "<= 0"),
        Figure("doctor_takes_p50", percentile(times_s, 0.5), "s", "<= 5"),
    ]


def _well(ground: DoctorGround, times: int) -> tuple[list[float], int]:
    times_s, false = [], 0
    for _ in range(times):
        seat = ground.patient()
        begun_s = time.monotonic()
        false += len(raised(seat.examine()))
        times_s.append(time.monotonic() - begun_s)
    return times_s, false
