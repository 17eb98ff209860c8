"""A recorder on a folder of its own, and what it reported."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk.recording.spool.recorder import SpoolRecorder
from tests.recording.scene import Failures, Seconds, at


@pytest.fixture
def failures() -> Failures:
    return Failures()


@pytest.fixture
def make_recorder(tmp_path: Path, failures: Failures) -> Iterator[Callable[..., SpoolRecorder]]:
    made: list[SpoolRecorder] = []

    def make(
        spool_dir: Path = tmp_path / "spool",
        monotonic: Callable[[], float] | None = None,
        agent: Callable[[], str] = lambda: "1001",
    ) -> SpoolRecorder:
        recorder = SpoolRecorder(
            spool_dir,
            lambda: at(1) if monotonic is None else at(monotonic() - Seconds().now_s + 1),
            seat="S01",
            agent=agent,
            on_failed=failures.on_failed,
            on_mended=failures.on_mended,
            monotonic=monotonic or Seconds(),
        )
        made.append(recorder)
        return recorder

    yield make
    for recorder in made:
        recorder.close()
