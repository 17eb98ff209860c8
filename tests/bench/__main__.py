"""`make bench [ONLY=spine|phone|recording|sync|tickets|seat]`: the figures of a room, or of all, printed beside goal
and anchor and written to build/bench.json. A goal that is missed is told and is no failure: this measures. What could
not be measured is one: it stands among the figures as failed, and the exit code is 1."""

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.bench import figures, phone, recording, seat, seat_doctor, seat_support, spine, spine_store, sync, tickets
from tests.bench.figures import Figure

BUILD = Path("build")
ROOMS = ("spine", "phone", "recording", "sync", "tickets", "seat")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("only", nargs="?", choices=ROOMS, help="one room (default: all)")
    parser.add_argument(
        "--quick", action="store_true", help="without the audio calls, few people: to try it, not to quote"
    )
    arguments = parser.parse_args()
    began_s = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - began_s:6.1f} s] {line}", file=sys.stderr, flush=True)

    measures: dict[str, Callable[[], list[Figure]]] = {
        "spine": lambda: spine.measure(
            BUILD / "bench",
            say,
            households=2200 if arguments.quick else spine_store.HOUSEHOLDS,
            with_audio=not arguments.quick,
        ),
        "phone": lambda: phone.measure(say, quick=arguments.quick),
        "recording": lambda: recording.measure(say, quick=arguments.quick),
        "sync": lambda: sync.measure(say, quick=arguments.quick),
        "tickets": lambda: tickets.measure(say, quick=arguments.quick),
        "seat": lambda: [
            *seat.measure(say, quick=arguments.quick),
            *seat_doctor.measure(say, quick=arguments.quick),
            *seat_support.measure(say, quick=arguments.quick),
        ],
    }
    found: list[Figure] = []
    for room in [arguments.only] if arguments.only else ROOMS:
        try:
            found += measures[room]()
        except Exception:  # noqa: BLE001 - hours of other figures are not to be lost for it
            say(f"FAILED: {room}: no figures of this room\n{traceback.format_exc()}")
            found.append(figures.failed(room))
    figures.write(found, BUILD / "bench.json")
    for figure in found:
        print(figure.line())
    say(f"{len(found)} figures in {BUILD / 'bench.json'}")
    return 0 if all(figure.is_measured for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
