"""The audio benchmark: `.venv/bin/python -m tests.bench.audio [--quick]`. How its figures are made stands in
tests/bench/README.md.

Desk and baresip take the same call, one after the other, first on an idle computer, then on a loaded one."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from pathlib import Path

import psutil

from desk.demo.keyring_session import keyring_session
from desk.demo.virtual_headset import VirtualHeadset, virtual_headset
from tests.bench.audio_call import SETTLE_S, CallResult, Way, measure_call
from tests.bench.audio_devices import AS_SHIPPED, TUNED, BaresipPhone, DeskSeat, Telephone, without_latency
from tests.bench.audio_load import busy_cores, busy_ui
from tests.bench.audio_priority import raised
from tests.bench.audio_signal import NotFound
from tests.bench.figures import Figure

SECONDS = 60
QUICK_SECONDS = 10
EXACT_MS = 1.0  # what the measuring itself may be wrong by


def measure(seconds: int = SECONDS, keep: Path | None = None) -> list[Figure]:
    """Calls of `seconds` under load and of half of it without; five calls in all. Prints each as it ends. Logs and
    sounds go to `keep`, else away."""
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-bench-audio-")))
        secrets = stack.enter_context(keyring_session(folder / "keyring"))
        headset = stack.enter_context(virtual_headset(folder / "headset"))
        _keep_beat()
        env = {**without_latency(headset.env), **secrets, "QT_QPA_PLATFORM": "offscreen"}
        idle_s = max(seconds / 2, 5.0)
        bench = _Bench(headset, folder)
        shipped = bench.call(BaresipPhone(folder / "shipped", headset, AS_SHIPPED, "baresip as shipped"), idle_s)
        tuned = bench.call(BaresipPhone(folder / "tuned", headset, TUNED, "baresip tuned"), idle_s)
        desk = bench.call(DeskSeat(folder / "desk", env), idle_s)
        tuned_loaded = bench.anchor(
            BaresipPhone(folder / "tuned-loaded", headset, TUNED, "baresip tuned, loaded"), seconds, busy=1
        )
        env |= busy_ui(folder / "busy-ui")
        desk_loaded = bench.call(DeskSeat(folder / "desk-loaded", env, "Desk, loaded"), seconds, busy=0)
    return _figures(shipped, tuned, desk, tuned_loaded, desk_loaded)


class _Bench:
    def __init__(self, headset: VirtualHeadset, folder: Path) -> None:
        self._headset, self._folder = headset, folder

    def call(self, telephone: Telephone, seconds: float, busy: int | None = None) -> CallResult:
        """`busy`: None = idle computer, else load with so many busy processes beyond one per core."""
        load = nullcontext() if busy is None else busy_cores(self._folder, busy)
        with load:
            result = measure_call(telephone, self._headset, seconds, self._folder / "sounds")
        for line in described(result):
            print(line, file=sys.stderr, flush=True)
        return result

    def anchor(self, telephone: Telephone, seconds: float, busy: int) -> CallResult | None:
        """The same of one that may fall silent altogether under load; None then, told like the others."""
        try:
            return self.call(telephone, seconds, busy)
        except NotFound:
            print(f"{telephone.name}: its sound was gone within {SETTLE_S:g} s", file=sys.stderr, flush=True)
            return None


def _keep_beat() -> None:
    """The virtual sound card keeps its beat under load, as a real one does."""
    for process in psutil.Process().children(recursive=True):
        if process.name() == "pulseaudio":
            raised(process.pid)


def described(result: CallResult) -> list[str]:
    """For whoever watches the benchmark."""
    ways = [("mouth", result.mouth), ("ear", result.ear)]
    lines = [
        f"{result.name}: CPU {result.cpu_s_per_min:.2f} s/min, both ways {result.delay_ms:.1f} ms",
        f"  measuring side: {result.unclean_frames:g} frames unclean, beat {result.beat_ms:.1f} ms late at worst",
        f"  disturbances: {_disturbances(result)}",
    ]
    lines += [f"  {name}: median {way.median_ms:.1f}, p99 {way.late_ms:.1f} ms, {_frames(way)}" for name, way in ways]
    if result.recorded is not None:
        lines += [
            f"  recording, {name}: {_frames(way)}"
            for name, way in zip(("caller", "agent"), result.recorded, strict=True)
        ]
        ways += [("caller", result.recorded[0]), ("agent", result.recorded[1])]
    for name, way in ways:
        lines += [
            f"    {name} at {fault.original_s:.2f} s: lost {fault.lost_s:.3f} s, added {fault.added_s:.3f} s"
            for fault in [fault for fault in way.faults if not fault.spliced][:8]
        ]
    return lines


def _disturbances(result: CallResult) -> str:
    if result.disturbances is None:
        return "nobody could tell"
    times = f"{len(result.disturbances)}, {_longest_ms(result):.1f} ms at most"
    return f"{times}; {_disturbed(result):g} frames at them; judged by {result.judged_s:.1f} s"


def _frames(way: Way) -> str:
    counted = f"lost {way.lost_frames:g}, repeated {way.added_frames:g} frames"
    return f"{counted}, stretched {way.stretched:.1%}, spliced {way.spliced_ms:.0f} ms"


def _figures(
    shipped: CallResult, tuned: CallResult, desk: CallResult, tuned_loaded: CallResult | None, desk_loaded: CallResult
) -> list[Figure]:
    recorded = desk_loaded.recorded or ()

    def beside(of: Callable[[CallResult], float]) -> float | None:
        return None if tuned_loaded is None else of(tuned_loaded)

    return [
        Figure("audio.lost_frames_loaded", _lost(desk_loaded), "frames", "<= 0", beside(_lost)),
        Figure("audio.repeated_frames_loaded", _added(desk_loaded), "frames", "<= 0", beside(_added)),
        Figure("audio.recording_lost_frames_loaded", sum(way.lost_frames for way in recorded), "frames", "<= 0"),
        Figure("audio.recording_repeated_frames_loaded", sum(way.added_frames for way in recorded), "frames", "<= 0"),
        Figure(
            "audio.measuring_unclean_frames",
            desk_loaded.unclean_frames,
            "frames",
            "",
            beside(lambda call: call.unclean_frames),
        ),
        Figure("audio.measuring_beat_late_ms", desk_loaded.beat_ms, "ms", "", beside(lambda call: call.beat_ms)),
        *_disturbance_figures(desk_loaded, beside),
        _beside("audio.mouth_ms", desk.mouth.median_ms, tuned.mouth.median_ms),
        _beside("audio.ear_ms", desk.ear.median_ms, tuned.ear.median_ms),
        _beside("audio.own_part_ms", desk.delay_ms, tuned.delay_ms),
        Figure("audio.own_part_ms_of_baresip_as_shipped", shipped.delay_ms, "ms"),
        Figure(
            "audio.mouth_p99_loaded_ms", desk_loaded.mouth.late_ms, "ms", "", beside(lambda call: call.mouth.late_ms)
        ),
        Figure("audio.ear_p99_loaded_ms", desk_loaded.ear.late_ms, "ms", "", beside(lambda call: call.ear.late_ms)),
        Figure("audio.stretched_percent", _stretched(desk), "%", "", _stretched(tuned)),
        Figure("audio.spliced_ms", desk.mouth.spliced_ms + desk.ear.spliced_ms, "ms"),
        Figure("audio.cpu_s_per_call_minute", desk.cpu_s_per_min, "s", "", tuned.cpu_s_per_min),
        Figure(
            "audio.cpu_s_per_call_minute_loaded",
            desk_loaded.cpu_s_per_min,
            "s",
            "",
            beside(lambda call: call.cpu_s_per_min),
        ),
    ]


def _disturbance_figures(
    desk: CallResult, beside: Callable[[Callable[[CallResult], float]], float | None]
) -> list[Figure]:
    """What the frames above leave out, and why. Nothing where nobody could tell: then nothing is left out."""
    if desk.disturbances is None:
        return []
    return [
        Figure("audio.disturbances_loaded", len(desk.disturbances), "times"),
        Figure("audio.longest_disturbance_loaded_ms", _longest_ms(desk), "ms", "", beside(_longest_ms)),
        Figure("audio.disturbed_frames_loaded", _disturbed(desk), "frames", "", beside(_disturbed)),
        Figure("audio.judged_s_loaded", desk.judged_s, "s", "", beside(lambda call: call.judged_s)),
    ]


def _longest_ms(result: CallResult) -> float:
    return max((one.ms for one in result.disturbances or ()), default=0.0)


def _disturbed(result: CallResult) -> float:
    ways: list[Way] = [result.mouth, result.ear, *(result.recorded or ())]
    return sum(way.disturbed_frames for way in ways)


def _lost(result: CallResult) -> float:
    return result.mouth.lost_frames + result.ear.lost_frames


def _added(result: CallResult) -> float:
    return result.mouth.added_frames + result.ear.added_frames


def _stretched(result: CallResult) -> float:
    return max(result.mouth.stretched, result.ear.stretched) * 100


def _beside(name: str, value: float, anchor: float) -> Figure:
    """To be no worse than the anchor of the same run."""
    return Figure(name, value, "ms", f"<= {anchor + EXACT_MS:.1f}", anchor)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"calls of {QUICK_SECONDS} s: to try it out, not to quote")
    parser.add_argument("--folder", type=Path, help="keep logs and sounds there")
    arguments = parser.parse_args()
    figures = measure(QUICK_SECONDS if arguments.quick else SECONDS, arguments.folder)
    for figure in figures:
        print(figure.line())
    return 0 if all(figure.met() is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
