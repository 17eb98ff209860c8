"""Promises, follow-ups, warnings and questions that were late, read from a store, and whether anybody was called."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from desk.demo.day.other_clocks import Missed, missed, untried, was_tried
from desk.domain.attempts import Attempt, Outcome, Purpose
from desk.domain.times import to_text
from desk.secrets import FakeSecrets
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.store import Store

SINCE = datetime(2026, 11, 9, 0, 30, tzinfo=UTC)
NOW = SINCE + timedelta(days=3)


class Rows:
    def __init__(self, store: Store) -> None:
        ids = (f"01900000-0000-7000-8000-{n:012x}" for n in count(1))
        self.store, self.log = store, SqlChangeLog(store)
        self.at = SINCE
        self.author = SeatAuthor("S01", lambda: "1001", lambda: self.at, lambda: next(ids), lambda: 0)

    def put(self, entity: str, entity_id: str, **fields: Any) -> None:
        given = {name: to_text(value) if isinstance(value, datetime) else value for name, value in fields.items()}
        self.log.append([self.author.change(entity, entity_id, given)])

    def promise(self, promise_id: str, kept_h: float | None, state: str = "kept") -> None:
        """Due in an hour."""
        kept = {} if kept_h is None else {"kept_at": SINCE + timedelta(hours=kept_h)}
        self.put(
            "promise",
            promise_id,
            owner="1001",
            made_by="1001",
            made_at=SINCE,
            text="",
            state=state,
            due_at=SINCE + timedelta(hours=1),
            **kept,
        )

    def follow_up(self, follow_up_id: str, done_h: float) -> None:
        """Due in an hour, of ticket t1."""
        self.put(
            "follow_up",
            follow_up_id,
            kind="in_process",
            state="done",
            made_at=SINCE,
            made_by="1001",
            ticket_id="t1",
            due_at=SINCE + timedelta(hours=1),
            done_at=SINCE + timedelta(hours=done_h),
        )

    def tried(self, about_id: str, purpose: str, *hours: float) -> None:
        for number, hour in enumerate(hours):
            at = SINCE + timedelta(hours=hour)
            fields = {"purpose": purpose, "at": at, "by": "1001", "outcome": "no_answer", "about_id": about_id}
            self.put("attempt", f"{about_id}-{number}", **fields)

    def missed(self) -> list[str]:
        return [one.about_id for one in missed(self.store, SINCE, SINCE + timedelta(hours=12), NOW)]

    def untried(self) -> list[str]:
        found = missed(self.store, SINCE, SINCE + timedelta(hours=12), NOW)
        return [one.about_id for one in untried(self.store, found)]


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    store = Store.open(tmp_path / "seat.db", FakeSecrets({"store": "5a" * 32}))
    yield Rows(store)
    store.close()


def test_a_promise_that_was_not_kept_in_time_has_to_have_been_tried(rows: Rows) -> None:
    rows.promise("in-time", 0.5)
    rows.promise("late", 5)
    rows.promise("late-and-tried", 5)
    rows.promise("never", None, "open")
    rows.promise("released", None, "released")
    rows.tried("late-and-tried", "promise", 1.5, 5)
    rows.tried("late", "chase", 2)  # about the handler's work
    assert sorted(rows.missed()) == ["late", "late-and-tried", "never"]
    assert sorted(rows.untried()) == ["late", "never"]


def test_a_follow_up_of_what_was_suspended_is_owed_from_when_it_was_taken_up(rows: Rows) -> None:
    rows.follow_up("f1", 50)
    rows.tried("f1", "follow_up", 50)
    assert rows.untried() == ["f1"]
    rows.at = SINCE + timedelta(hours=49)
    rows.put("ticket", "t1", step="resume s1", stage="in_progress")
    assert rows.missed() == ["f1"]
    assert rows.untried() == []


@pytest.mark.parametrize(
    ("hours", "late_h", "holds"),
    [((0.5,), 1, True), ((-0.5,), 1, True), ((), 1, False), ((1, 13, 25), 30, True), ((1, 25), 30, False)],
)
def test_it_is_tried_every_day_until_it_is_kept(hours: tuple[float, ...], late_h: float, holds: bool) -> None:
    about = Missed("warning review", "w1", SINCE, SINCE + timedelta(hours=late_h), frozenset({Purpose.WARNING}))
    calls = [
        Attempt(f"a{hour}", Purpose.WARNING, SINCE + timedelta(hours=hour), "1001", Outcome.REACHED) for hour in hours
    ]
    assert was_tried(about, calls) is holds
