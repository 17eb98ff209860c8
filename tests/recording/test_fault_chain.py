"""Sixty calls with faults on the way: none is without recording or reason, nothing in the vault is overwritten.
Ten thousand of them are in the benchmark."""

import signal
import sys
from pathlib import Path

import pytest

from tests.recording.fault_chain import Chain, Fault

CALLS = 60


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX's")
def test_whatever_goes_wrong_every_call_has_its_recording_or_a_reason_and_nothing_is_overwritten(
    tmp_path: Path,
) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    outcome = Chain(tmp_path, seed=7).run(CALLS)
    assert outcome.calls == CALLS
    assert outcome.lost == []
    assert outcome.overwritten == []
    assert set(outcome.kinds) == set(Fault)
    assert set(outcome.kinds[Fault.NONE]) == {"recorded"}
    assert set(outcome.kinds[Fault.DISK_FULL]) == {"too_short: not_taken"}
