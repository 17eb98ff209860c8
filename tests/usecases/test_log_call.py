"""Putting calls into the log: the right outcome by the table, once, and never over what the agent said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept, Tie
from desk.domain.changes import Change, Patch, fold
from desk.domain.identity import CallId, ChangeId
from desk.domain.journal import Journal, WhyMissing, why_missing
from desk.domain.party import Direction, Party
from desk.domain.quality import Quality
from desk.domain.tally import Tally
from desk.usecases.log_call import OF_SOME_CALLS, LogCall, outcome_of

T0 = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
CALL = CallId("01957000-0000-7000-8000-000000000001")
INCOMING = Journal(
    CALL,
    "热线",
    Direction.INCOMING,
    Party("02087654321", "王女士", "4001"),
    "S01",
    "1001",
    T0,
    ended_at=T0 + timedelta(minutes=2),
    cause=200,
)
OUTGOING = replace(INCOMING, direction=Direction.OUTGOING)
ANSWERED_AT = T0 + timedelta(seconds=3)


@pytest.mark.parametrize(
    ("journal", "outcome"),
    [
        (replace(INCOMING, answered_at=ANSWERED_AT), Outcome.ANSWERED),
        (replace(INCOMING, answered_at=ANSWERED_AT, by_us=True), Outcome.ANSWERED),
        (replace(INCOMING, cause=487), Outcome.ABANDONED),
        (replace(INCOMING, cause=200), Outcome.ABANDONED),
        (replace(INCOMING, cause=486, by_us=True), Outcome.REJECTED),
        (replace(INCOMING, cause=603, by_us=True), Outcome.REJECTED),
        (replace(INCOMING, answered_at=ANSWERED_AT, transferred_to="803"), Outcome.TRANSFERRED),
        (replace(INCOMING, answered_at=ANSWERED_AT, transferred_to="803", interrupted=True), Outcome.INTERRUPTED),
        (replace(INCOMING, cause=302, by_us=True), Outcome.FORWARDED),
        (replace(INCOMING, cause=486, by_us=True, rang=False), Outcome.MISSED),
        (replace(INCOMING, cause=302, by_us=True, rang=False), Outcome.FORWARDED),
        (replace(INCOMING, cause=408), Outcome.MISSED),
        (replace(INCOMING, cause=480), Outcome.MISSED),
        (replace(OUTGOING, answered_at=ANSWERED_AT, transferred_to="803"), Outcome.TRANSFERRED),
        (replace(OUTGOING, cause=302), Outcome.FAILED),
        (replace(INCOMING, cause=488), Outcome.FAILED),
        (replace(INCOMING, cause=500), Outcome.FAILED),
        (replace(INCOMING, cause=0, interrupted=True), Outcome.INTERRUPTED),
        (replace(INCOMING, answered_at=ANSWERED_AT, interrupted=True), Outcome.INTERRUPTED),
        (replace(OUTGOING, answered_at=ANSWERED_AT), Outcome.ANSWERED),
        (replace(OUTGOING, cause=486), Outcome.UNANSWERED),
        (replace(OUTGOING, cause=480), Outcome.UNANSWERED),
        (replace(OUTGOING, cause=408), Outcome.UNANSWERED),
        (replace(OUTGOING, cause=487, by_us=True), Outcome.UNANSWERED),
        (replace(OUTGOING, cause=404), Outcome.FAILED),
        (replace(OUTGOING, cause=503), Outcome.FAILED),
    ],
)
def test_the_table_says_how_a_call_went(journal: Journal, outcome: Outcome) -> None:
    assert outcome_of(journal) is outcome


class FakeLog:
    """A change log and a call log in memory: rows are the fold of the changes."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def append(self, changes: Sequence[Change]) -> None:
        self.changes += changes

    def base_seq(self) -> int:
        return 0

    def change(self, entity: str, entity_id: str, patch: Patch, reason: str = "") -> Change:
        return Change(ChangeId(f"{len(self.changes):036}"), entity, entity_id, T0, "1001", "S01", patch, reason)

    def row(self, entity: str) -> dict[str, object]:
        return dict(fold(change for change in self.changes if change.entity == entity))

    def get(self, call_id: CallId) -> CallEntry | None:
        row = self.row("call")
        if "line" not in row:
            return None
        return CallEntry(call_id, "", Direction.INCOMING, "", "", "", "", T0, "", "", outcome=Outcome(row["outcome"]))

    def recording(self, call_id: CallId) -> RecordingEntry | None:
        row = self.row("recording")
        return RecordingEntry(call_id, RecordingKept(row["kept"])) if row else None

    def tie(self, call_id: CallId) -> Tie | None:
        raise NotImplementedError

    def recent(self, limit: int) -> list[CallEntry]:
        raise NotImplementedError

    def of_lookup_keys(self, keys: Sequence[str], limit: int) -> list[CallEntry]:
        raise NotImplementedError

    def of_households(self, ids: Sequence[str], limit: int) -> list[CallEntry]:
        raise NotImplementedError

    def of_ticket(self, ticket_id: str) -> list[CallEntry]:
        raise NotImplementedError


@pytest.fixture
def log() -> FakeLog:
    return FakeLog()


@pytest.fixture
def log_call(log: FakeLog) -> LogCall:
    return LogCall(log, log, log, area_code="020")


def test_a_call_becomes_one_change_with_its_telephone_facts(log: FakeLog, log_call: LogCall) -> None:
    assert log_call.call(replace(INCOMING, answered_at=ANSWERED_AT, reason="Normal"))
    (change,) = log.changes
    assert (change.entity, change.entity_id) == ("call", CALL)
    assert change.patch == {
        "line": "热线",
        "direction": "incoming",
        "number": "02087654321",
        "lookup_key": "+862087654321",
        "display_name": "王女士",
        "diversion": "4001",
        "offered_at": "2026-03-05T09:30:00.000000Z",
        "seat": "S01",
        "agent": "1001",
        "outcome": "answered",
        "answered_at": "2026-03-05T09:30:03.000000Z",
        "ended_at": "2026-03-05T09:32:00.000000Z",
        "cause": 200,
        "reason": "Normal",
    }


def test_a_call_tells_how_it_was_heard(log: FakeLog, log_call: LogCall) -> None:
    spans = [
        Quality(T0 + timedelta(seconds=2 * n), "PCMA", loss, None, 3.4, 30.0 if n else None, 40.0, 0.0, mos)
        for n, (loss, mos) in enumerate([(0.0, 4.31), (20.0, 2.5), (20.0, 2.4), (0.0, 4.3)])
    ]
    log_call.call(replace(INCOMING, answered_at=ANSWERED_AT, transferred_to="803", heard=Tally.of(spans)))
    row = log.row("call")
    assert {name: row[name] for name in OF_SOME_CALLS} == {
        "transferred_to": "803",
        "codec": "PCMA",
        "mos_mean_x100": 338,
        "mos_worst_x100": 240,
        "mos_worst_at": "2026-03-05T09:30:04.000000Z",
        "loss_permille": 100,
        "jitter_ms": 3,
        "round_trip_ms": 30,
        "diagnosis": "network_loss",
    }


def test_figures_that_no_network_has_stay_within_what_the_log_holds(log: FakeLog, log_call: LogCall) -> None:
    mad = Tally(spans=1, codec="x", mos_sum=1e300, loss_sum=-5.0, jitter_sum=1e300, worst_mos=-1e9)
    log_call.call(replace(INCOMING, answered_at=ANSWERED_AT, heard=mad))
    row = log.row("call")
    assert (row["mos_mean_x100"], row["mos_worst_x100"], row["loss_permille"], row["jitter_ms"]) == (
        450,
        0,
        0,
        3_600_000,
    )


def test_a_local_number_is_filed_under_the_offices_area(log: FakeLog, log_call: LogCall) -> None:
    log_call.call(replace(INCOMING, party=Party("87654321")))
    assert log.row("call")["lookup_key"] == "+862087654321"


def test_a_withheld_number_is_filed_under_none(log: FakeLog, log_call: LogCall) -> None:
    log_call.call(replace(INCOMING, party=Party("", withheld=True)))
    assert (log.row("call")["number"], log.row("call")["lookup_key"]) == ("", "")


def test_a_call_is_logged_once(log: FakeLog, log_call: LogCall) -> None:
    assert log_call.call(INCOMING)
    assert not log_call.call(INCOMING)
    assert len(log.changes) == 1


def test_what_the_agent_said_of_the_call_before_it_ended_stays(log: FakeLog, log_call: LogCall) -> None:
    log.append([log.change("call", CALL, {"ticket_id": "t1", "person_id": "p1"})])
    assert log_call.call(INCOMING)
    assert (log.row("call")["ticket_id"], log.row("call")["person_id"]) == ("t1", "p1")
    assert log.row("call")["outcome"] == "abandoned"


def test_a_recording_is_logged_once_with_its_marks(log: FakeLog, log_call: LogCall) -> None:
    entry = RecordingEntry(CALL, RecordingKept.KEPT, "", "2026/a.opus", "ab", 1000, False, ("0.500 held",))
    assert log_call.recording(entry)
    assert not log_call.recording(entry)
    (change,) = log.changes
    assert change.patch == {
        "kept": "kept",
        "why": "",
        "file": "2026/a.opus",
        "sha256": "ab",
        "length_ms": 1000,
        "interrupted": False,
        "marks": ["0.500 held"],
    }


@pytest.mark.parametrize("why", WhyMissing)
def test_why_there_is_no_recording_is_read_back_with_its_detail(why: WhyMissing) -> None:
    assert why_missing(why.value) == (why, "")
    assert why_missing(f"{why.value}: detail: more") == (why, "detail: more")


def test_a_reason_of_another_make_is_kept_as_it_is() -> None:
    assert why_missing("eaten by the dog: twice") == (None, "eaten by the dog: twice")
