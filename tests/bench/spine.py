"""The spine: a call from ring to ticket, measured on whole seats with real servers around them. How the figures are
made stands in tests/bench/README.md."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from desk.demo.display import virtual_display
from desk.demo.known import KNOWN
from desk.demo.stage import Stage, stage
from tests.bench import audio, spine_store
from tests.bench.figures import Figure, failed
from tests.bench.spine_demo import measure_demo
from tests.bench.spine_kills import measure_phone_kill, measure_ui_kill
from tests.bench.spine_marks import longest_stall_ms
from tests.bench.spine_pop import measure_pop
from tests.bench.spine_seat import START_S, BenchSeat, Say, bench_seat, unseen_seat
from tests.bench.spine_start import measure_memory, measure_start
from tests.bench.spine_store import BigStore, big_store
from tests.bench.spine_typing import in_call, measure_keys, measure_saves, measure_visible

REFERENCE_HOUSEHOLDS = 2200
FILL_S = 180.0
WARM_S = 60.0


def measure(kept: Path, say: Say, *, households: int = spine_store.HOUSEHOLDS, with_audio: bool = True) -> list[Figure]:
    """All figures of the spine. `kept`: where the big store is kept for the next run. A part that fails is told, stands
    among the figures as failed, and the others are measured all the same."""
    figures: list[Figure] = []
    store = big_store(kept, say, households)
    say(f"the big store has {store.people:,} people")
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as name, contextlib.ExitStack() as cleanup:
        display = cleanup.enter_context(virtual_display(Path(name)))
        on = cleanup.enter_context(stage(Path(name) / "stage", display=display))
        with _told(say, "a seat with a million people", figures):
            _big_seat(on, store, say, figures)
        with _told(say, "two seats of the reference estate", figures):
            _hotline(on, store, say, figures)
    with _told(say, "the scripted demo", figures):
        figures += measure_demo(say)
    with _told(say, "keys of the commonest repair", figures):
        figures.append(_strokes())
    if with_audio:
        with _told(say, "audio", figures):
            figures += audio.measure()
    return figures


@contextlib.contextmanager
def _told(say: Say, part: str, figures: list[Figure]) -> Iterator[None]:
    say(f"== {part}")
    try:
        yield
    except Exception:  # noqa: BLE001 - minutes of other figures are not to be lost for it
        say(f"FAILED: {part}: no more figures of this part\n{traceback.format_exc()}")
        figures.append(failed(part))


def _big_seat(on: Stage, store: BigStore, say: Say, figures: list[Figure]) -> None:
    """One seat with a million residents, standing alone."""
    with _running(bench_seat(on, "BIG", "1003", central=False), store) as bench:
        bench.wait_registered()
        bench.marks.wait("warmed", bench.started_ns, WARM_S)
        say(f"seat with {store.people:,} people: usable after {_usable_s(bench):.2f} s")
        figures += measure_pop(bench, store, say)
        with in_call(bench, KNOWN.number_signalled):
            figures += measure_saves(bench, say)
            figures += measure_keys(bench, say)
        figures.append(Figure("memory.with_a_million_people", sum(bench.memory_mib().values()), "MiB"))
    figures.append(Figure("stall.longest", longest_stall_ms(bench.marks.read()), "ms", "<= 50"))


def _hotline(on: Stage, store: BigStore, say: Say, figures: list[Figure]) -> None:
    """Two seats of the reference estate, over PostgreSQL."""
    first = bench_seat(on, "S01", "1001", central=True)
    other, other_marks = unseen_seat(on, "S02", "1002")
    if first.seat.run("demo", "data", "--households", str(REFERENCE_HOUSEHOLDS), timeout_s=FILL_S):
        raise RuntimeError("desk demo data")
    figures += measure_start(first, say)
    first.seat.wait_step("central in step", FILL_S, role="sync")
    figures += measure_memory(first, [KNOWN.number_signalled, *store.numbers(40, seed=5)], say)
    if on.central is not None:
        other.start()
        other.wait_step("central in step", FILL_S, role="sync")
        other_marks.wait("usable", 0, START_S)
        with in_call(first, KNOWN.number_signalled):
            figures += measure_visible(first, other_marks, say)
        other.stop()
    figures += measure_ui_kill(first, on, say)
    figures += measure_phone_kill(first, say)
    first.stop()
    figures.append(Figure("stall.longest_with_kills", longest_stall_ms(first.marks.read()), "ms", "<= 50"))


@contextlib.contextmanager
def _running(bench: BenchSeat, store: BigStore) -> Iterator[BenchSeat]:
    store.put_under(bench.seat)
    bench.start()
    try:
        yield bench
    finally:
        bench.stop()


def _usable_s(bench: BenchSeat) -> float:
    return (bench.marks.wait("usable", bench.started_ns).at_ns - bench.started_ns) / 1e9


def _strokes() -> Figure:
    """Counted where it is tested, in a process of its own: Qt without a screen."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.spine_strokes"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = re.search(r"^strokes (\d+)$", done.stdout, re.MULTILINE)
    return Figure("strokes.commonest_repair_besides_text", float(found[1]) if found else float("nan"), "keys", "<= 15")
