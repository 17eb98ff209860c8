"""Retention by itself: once a day, and never so much at once that it must be a mistake."""

import pytest

from desk.domain.call_log import CallPlace
from desk.domain.retention import Aging
from desk.sync.retaining import AGAIN_S, EVERY_S, FIRST_S, MOST, Retaining
from desk.usecases.recording_ports import VaultAway, VaultRefused
from desk.usecases.retention import Report, Retention, Tally


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class StubRetention(Retention):
    """`due` recordings are due; `applied` counts the runs."""

    def __init__(self, due: int) -> None:
        self._count, self.applied, self.finished = due, 0, 0
        self.error: Exception | None = None

    def preview(self) -> Report:
        if self.error is not None:
            raise self.error
        return Report({"rule": Tally(self._count)} if self._count else {})

    def apply(self, told: object = None) -> Report:
        self.applied += 1
        report = self.preview()
        self._count = 0
        return report

    def finish(self) -> int:
        self.finished += 1
        return 0


class StubAging:
    def __init__(self, kept: int) -> None:
        self.kept = kept

    def count(self) -> int:
        return self.kept

    def page(self, before: object, after: CallPlace | None, limit: int) -> list[Aging]:
        return []


def retaining(retention: StubRetention, kept: int, seconds: Seconds, told: list[None]) -> Retaining:
    return Retaining(retention, StubAging(kept), lambda: told.append(None), monotonic=seconds)


def test_it_waits_after_the_start_and_then_a_day() -> None:
    retention, seconds, told = StubRetention(3), Seconds(), list[None]()
    worker = retaining(retention, 100, seconds, told)
    applied = []
    for at in (0.0, FIRST_S - 1, FIRST_S, FIRST_S + 1, FIRST_S + EVERY_S - 1, FIRST_S + EVERY_S):
        seconds.now = at
        assert worker.work_once() is False
        applied.append(retention.applied)
    assert applied == [0, 0, 1, 1, 1, 2]
    assert len(told) == 1  # the second time nothing was due


def test_a_vault_that_is_away_is_tried_again_in_an_hour() -> None:
    retention, seconds = StubRetention(3), Seconds()
    worker = retaining(retention, 100, seconds, [])
    retention.error = VaultAway("away")
    seconds.now = FIRST_S
    worker.work_once()
    retention.error = None
    seconds.now = FIRST_S + AGAIN_S
    worker.work_once()
    assert retention.applied == 1


@pytest.mark.parametrize(
    ("due", "kept", "goes"),
    [(MOST, 1_000, True), (MOST + 1, 1_000, False), (20_000, 1_000_000, True), (20_001, 1_000_000, False)],
)
def test_far_too_much_at_once_needs_a_person(due: int, kept: int, goes: bool) -> None:
    retention, seconds, told = StubRetention(due), Seconds(), list[str]()
    worker = Retaining(retention, StubAging(kept), lambda: None, tell=told.append, monotonic=seconds)
    seconds.now = FIRST_S
    worker.work_once()
    assert retention.applied == int(goes)
    assert retention.finished == int(not goes)  # what was interrupted is completed all the same
    assert ["desk retention --apply" in stands for stands in told] == [not goes]


def test_what_may_be_deleted_is_asked_before_every_run_and_why_not_is_told() -> None:
    retention, seconds, told = StubRetention(3), Seconds(), list[str]()
    answers = {"waits": True, "forbidden": ""}
    worker = Retaining(
        retention,
        StubAging(100),
        lambda: None,
        lambda: bool(answers["waits"]),
        lambda: str(answers["forbidden"]),
        told.append,
        seconds,
    )
    seconds.now = FIRST_S
    worker.work_once()
    assert (retention.applied, told) == (0, [])  # the centre is away: its own lamp says so
    answers |= {"waits": False, "forbidden": "no tags"}
    seconds.now += FIRST_S
    worker.work_once()
    assert (retention.applied, told) == (0, ["no tags"])
    answers["forbidden"] = ""
    seconds.now += AGAIN_S
    worker.work_once()
    assert (retention.applied, told) == (1, ["no tags", ""])
    answers["forbidden"] = "no tags any more"  # taken away while it runs
    seconds.now += EVERY_S
    worker.work_once()
    assert (retention.applied, told[-1]) == (1, "no tags any more")
    answers["forbidden"], retention.error = "", VaultRefused("no right to delete")
    seconds.now += AGAIN_S
    worker.work_once()
    assert told[-1] == "no right to delete"
