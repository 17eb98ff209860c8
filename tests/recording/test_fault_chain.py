"""Two hundred calls with faults on the way: none is without recording or reason, nothing in the vault is overwritten.
Ten thousand of them are in the benchmark."""

import signal
import sys
from pathlib import Path

import pytest

from tests.recording.fault_chain import Chain, Fault, Layout

CALLS = 200
LOSSES = (Fault.DISK_FULL, Fault.SPOOL_REFUSES, Fault.SPOOL_SWEPT, Fault.SHARE_AWAY)


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX's")
def test_whatever_goes_wrong_every_call_has_its_recording_or_a_reason_and_nothing_is_overwritten(
    tmp_path: Path,
) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    outcome = Chain(tmp_path, seed=7).run(CALLS)
    assert outcome.calls == CALLS
    assert outcome.lost == []
    assert outcome.overwritten == []
    assert outcome.left == []
    assert set(outcome.kinds) == set(Fault)
    assert set(outcome.kinds[Fault.NONE]) == {"recorded"}
    assert {layout for layout, _fault in outcome.spooled} == set(Layout)
    alone, overflow, mirror = ({fault: set(outcome.spooled[one, fault]) for fault in LOSSES} for one in Layout)
    assert alone == {
        Fault.DISK_FULL: {"too_short: not_taken"},
        Fault.SPOOL_REFUSES: {"missing: stated"},
        Fault.SPOOL_SWEPT: {"recorded"},
        Fault.SHARE_AWAY: {"recorded"},
    }
    assert overflow == {fault: {"recorded"} for fault in LOSSES}
    # Each file is limited, the mirror's too; one that is slower than the call gets all of it when the limit is gone.
    assert mirror.pop(Fault.DISK_FULL) <= {"recorded", "too_short: not_taken"}
    assert mirror == {fault: {"recorded"} for fault in mirror}
