"""Two hundred calls with faults on the way, and some whose vault is a bucket: none is without recording or reason, and
nothing in the vault is overwritten. Ten thousand of each are in the benchmark."""

import signal
import sys
from pathlib import Path

import pytest

from desk.usecases.ports import Clock
from desk.usecases.recording_ports import VaultAway
from tests.recording.fault_chain import Chain, Fault, Layout, Outcome
from tests.recording.kept_vaults import SOMEBODY_ELSES, KeptBucket
from tests.recording.scene import at
from tests.recording.vault import servers
from tests.recording.vault.proxy import proxy

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX's")

CALLS, CALLS_IN_BUCKET = 200, 80
LOSSES = (Fault.DISK_FULL, Fault.SPOOL_REFUSES, Fault.SPOOL_SWEPT, Fault.SHARE_AWAY)


def is_whole(outcome: Outcome, calls: int) -> None:
    assert outcome.calls == calls
    assert outcome.lost == []
    assert outcome.overwritten == []
    assert outcome.left == []
    assert set(outcome.kinds) == set(Fault)
    assert set(outcome.kinds[Fault.NONE]) == {"recorded"}
    assert {layout for layout, _fault in outcome.spooled} == set(Layout)


def test_whatever_goes_wrong_every_call_has_its_recording_or_a_reason_and_nothing_is_overwritten(
    tmp_path: Path,
) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    outcome = Chain(tmp_path, seed=7).run(CALLS)
    is_whole(outcome, CALLS)
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
    assert set(outcome.spooled[Layout.OVERFLOW, Fault.CUT_OFF]) == {"recorded"}


def test_nor_is_anything_lost_or_overwritten_in_a_bucket(tmp_path: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with servers.moto() as bucket, proxy(servers.port_of(bucket)) as between:
        vaults: list[KeptBucket] = []

        def vault_of(clock: Clock) -> KeptBucket:
            vaults.append(KeptBucket(bucket, between, clock))
            return vaults[-1]

        is_whole(Chain(tmp_path, 8, vault_of).run(CALLS_IN_BUCKET), CALLS_IN_BUCKET)
    assert vaults[0].downs >= len(vaults[0].ways)


def test_a_bucket_in_which_something_was_overwritten_or_deleted_tells_of_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"ours")
    with servers.moto() as bucket, proxy(servers.port_of(bucket)) as between:
        vault = KeptBucket(bucket, between, lambda: at(0))
        for name in ("kept", "deleted", "written"):
            vault.put_new(f"2026/03/05/{name}", tmp_path / "file")
        vault.delete("2026/03/05/deleted")
        vault.write_over("2026/03/05/written")
        assert vault.overwritten() == [f"hotline/a/2026/03/05/{name}" for name in ("deleted", "written")]


def test_somebody_else_reaches_the_bucket_while_we_do_not(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"ours")
    with servers.moto() as bucket, proxy(servers.port_of(bucket)) as between:
        vault = KeptBucket(bucket, between, lambda: at(0))
        vault.put_new("2026/03/05/ours", tmp_path / "file")
        vault.go_down()
        vault.take("2026/03/05/theirs")
        vault.take("2026/03/05/ours")
        with pytest.raises(VaultAway):
            vault.stat("2026/03/05/theirs")
        vault.come_up()
        found = vault.stat("2026/03/05/theirs")
        assert found
        assert found.size == len(SOMEBODY_ELSES)
        taken = {f"hotline/a/2026/03/05/{name}" for name in ("ours", "theirs")}
        assert not taken & set(vault.overwritten())  # the server remembers what the tests before wrote
