"""The days' figures and what is at fault, over the store in memory and the real one."""

from datetime import timedelta

import pytest

from desk.domain.reconcile import Fault, Reason
from desk.domain.times import to_text
from desk.domain.working_time import CHINA
from desk.store.calls import SqlCallLog
from desk.usecases import reconcile as usecase
from desk.usecases.fakes import FakeCallLog
from desk.usecases.reconcile import Reconcile
from tests.usecases.conftest import NOW, World


def answered(world: World, ago_h: float, recorded_ms: int | None = 60_000, **recording: object) -> str:
    at = NOW - timedelta(hours=ago_h)
    call_id = world.call(
        "13800138000",
        ago_h=ago_h,
        answered_at=to_text(at + timedelta(seconds=4)),
        ended_at=to_text(at + timedelta(seconds=64)),
    )
    if recorded_ms is not None:
        world.put("recording", call_id, kept="kept", file=f"{call_id}.age", length_ms=recorded_ms, **recording)
    return call_id


@pytest.fixture
def reconcile(world: World) -> Reconcile:
    assert isinstance(world.calls, FakeCallLog | SqlCallLog)
    return Reconcile(world.calls, lambda: NOW, CHINA)


def test_each_day_counts_its_calls_and_the_findings_come_newest_first(world: World, reconcile: Reconcile) -> None:
    before = reconcile.run(3).days
    whole = [answered(world, 1.0) for _ in range(3)]
    lost = answered(world, 2.0, recorded_ms=None)
    short = answered(world, 30.0, recorded_ms=40_000, interrupted=True)
    world.call("13800138000", ago_h=1.0, outcome="abandoned")
    report = reconcile.run(3)
    found = {str(finding.call_id): (finding.fault, finding.reason) for finding in report.findings}
    assert found[lost] == (Fault.NOT_SEALED, Reason.NONE)
    assert found[short] == (Fault.TOO_SHORT, Reason.INTERRUPTED)
    assert not set(whole) & set(found)
    assert [finding.offered_at for finding in report.findings] == sorted(
        (finding.offered_at for finding in report.findings), reverse=True
    )
    assert sum(day.calls for day in report.days) - sum(day.calls for day in before) == 5
    assert sum(day.recorded for day in report.days) - sum(day.recorded for day in before) == 3
    assert report.without_reason >= 1


def test_pages_are_read_to_their_end(world: World, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usecase, "PAGE", 3)
    before = reconcile.day(NOW.astimezone(CHINA).date())[0].calls
    made = [answered(world, 0.5) for _ in range(10)]
    assert reconcile.day(NOW.astimezone(CHINA).date())[0].calls == before + len(made)


def test_a_seat_watches_over_its_own_calls(world: World) -> None:
    assert isinstance(world.calls, FakeCallLog | SqlCallLog)
    answered(world, 1.0, recorded_ms=None)
    assert Reconcile(world.calls, lambda: NOW, CHINA, "S77").run(2).findings == ()
