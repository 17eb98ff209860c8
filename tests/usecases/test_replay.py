"""Replay: only the very file that was sealed is heard, and every refusal has its reason."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from desk.domain.call_log import CallEntry, RecordingEntry, RecordingKept
from desk.domain.identity import CallId, HouseholdId, TicketId
from desk.domain.party import Direction
from desk.usecases.replay import Refusal, Replay, ReplayRefused

T0 = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
SOUND = b"sound"
KEPT, MISSING, UNSEALED = CallId("kept"), CallId("missing"), CallId("unsealed")
TICKET = TicketId("t1")


def call(call_id: CallId) -> CallEntry:
    return CallEntry(call_id, "热线", Direction.INCOMING, "", "", "", "", T0, "S01", "1001", ticket_id=TICKET)


class FakeCallLog:
    def __init__(self) -> None:
        self.recordings = {
            KEPT: RecordingEntry(
                KEPT,
                RecordingKept.KEPT,
                "",
                "2026/a.opus",
                hashlib.sha256(SOUND).hexdigest(),
                1234,
                True,
                ("0.5 held",),
            ),
            MISSING: RecordingEntry(MISSING, RecordingKept.MISSING, "not answered"),
        }

    def get(self, call_id: CallId) -> CallEntry | None:
        return call(call_id) if call_id in (KEPT, MISSING, UNSEALED) else None

    def recent(self, limit: int) -> list[CallEntry]:
        raise NotImplementedError

    def of_lookup_keys(self, keys: Sequence[str], limit: int) -> list[CallEntry]:
        raise NotImplementedError

    def of_households(self, ids: Sequence[HouseholdId], limit: int) -> list[CallEntry]:
        raise NotImplementedError

    def of_ticket(self, ticket_id: TicketId) -> list[CallEntry]:
        return [call(call_id) for call_id in (UNSEALED, MISSING, KEPT)] if ticket_id == TICKET else []

    def recording(self, call_id: CallId) -> RecordingEntry | None:
        return self.recordings.get(call_id)


class FakeFiles:
    def __init__(self) -> None:
        self.content: bytes | OSError = SOUND
        self.asked: list[str] = []

    def read(self, file: str) -> bytes:
        self.asked.append(file)
        if isinstance(self.content, OSError):
            raise self.content
        return self.content


@pytest.fixture
def files() -> FakeFiles:
    return FakeFiles()


@pytest.fixture
def replay(files: FakeFiles) -> Replay:
    return Replay(FakeCallLog(), files)


def test_the_sealed_file_is_given_whole_with_what_the_log_knows(replay: Replay, files: FakeFiles) -> None:
    tape = replay.open(KEPT)
    assert (tape.call_id, tape.opus, tape.length_ms, tape.interrupted, tape.marks) == (
        KEPT,
        SOUND,
        1234,
        True,
        ("0.5 held",),
    )
    assert files.asked == ["2026/a.opus"]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"sounD", Refusal.CHANGED),
        (b"", Refusal.CHANGED),
        (FileNotFoundError("gone"), Refusal.AWAY),
        (PermissionError("no"), Refusal.UNREADABLE),
        (OSError("the disk"), Refusal.UNREADABLE),
    ],
)
def test_any_other_file_is_refused_with_the_reason(
    replay: Replay, files: FakeFiles, content: bytes | OSError, refusal: Refusal
) -> None:
    files.content = content
    with pytest.raises(ReplayRefused) as refused:
        replay.open(KEPT)
    assert refused.value.refusal is refusal


def test_what_was_never_recorded_says_why_and_no_file_is_looked_for(replay: Replay, files: FakeFiles) -> None:
    with pytest.raises(ReplayRefused) as refused:
        replay.open(MISSING)
    assert (refused.value.refusal, refused.value.detail) == (Refusal.MISSING, "not answered")
    assert files.asked == []


@pytest.mark.parametrize("call_id", [UNSEALED, CallId("never heard of")])
def test_what_is_not_sealed_yet_is_refused_for_the_moment(replay: Replay, call_id: CallId) -> None:
    with pytest.raises(ReplayRefused) as refused:
        replay.open(call_id)
    assert refused.value.refusal is Refusal.NOT_SEALED


def test_a_tickets_calls_say_which_of_them_can_be_heard(replay: Replay) -> None:
    assert [(one.call.call_id, one.refusal) for one in replay.of_ticket(TICKET)] == [
        (UNSEALED, Refusal.NOT_SEALED),
        (MISSING, Refusal.MISSING),
        (KEPT, None),
    ]
    assert replay.of_ticket(TicketId("other")) == []


def test_one_call_is_looked_up_alike(replay: Replay) -> None:
    found = replay.of_call(KEPT)
    assert found is not None
    assert found.refusal is None
    assert replay.of_call(CallId("never heard of")) is None
