"""Replay: heard by those who may, on record before the first sound, and every refusal has its reason."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from desk.domain.call_log import RecordingKept
from desk.domain.identity import CallId, TicketId
from desk.domain.listening import Access, Listener, Listening, NotAllowed, Role
from desk.usecases.fakes import FakeAuthor, FakeOpener, FakeStore
from desk.usecases.listening_log import ListeningLog
from desk.usecases.ports import ChangeLog, KeyringWeak, StoreFull
from desk.usecases.recording_ports import NotForYou, RecordingAway, StreamBroken, VaultAway, VaultRefused
from desk.usecases.replay import Refusal, Replay, ReplayRefused

KEPT, MISSING, UNSEALED, DELETED = CallId("kept"), CallId("missing"), CallId("unsealed"), CallId("deleted")
TICKET = TicketId("t1")
START = datetime(2026, 3, 2, tzinfo=UTC)
OWN_DAYS = 7
SUPERVISOR, TAKER, OTHER = (
    Listener("9001", Role.SUPERVISOR),
    Listener("1001", Role.AGENT),
    Listener("1002", Role.AGENT),
)


class FullLog:
    def append(self, changes: object) -> None:
        raise StoreFull

    def base_seq(self) -> int:
        return 0


class Ground:
    def __init__(self) -> None:
        self.store, self.opener = FakeStore(), FakeOpener()
        self.listener = SUPERVISOR
        self.now = START + timedelta(days=1)
        self._ids = iter(range(1, 1000))
        self.author = FakeAuthor("1001", "S01", lambda: self.now, self.new_id)
        for number, call_id in enumerate((UNSEALED, MISSING, DELETED, KEPT)):
            self.put(
                "call", call_id, line="热线", direction="incoming", number="", lookup_key="", display_name="",
                diversion="", offered_at=f"2026-03-02T0{number}:00:00.000000Z", seat="S01", agent="1001",
                ticket_id=TICKET,
            )  # fmt: skip
        self.put(
            "recording", KEPT, kept="kept", file="a.age", length_ms=1234, interrupted=True, marks=["0.5 held"],
            codec="opus", spans=["0 2026-03-02T03:00:00.000000Z"],
        )  # fmt: skip
        self.put("recording", MISSING, kept="missing", why="not answered")
        self.put(
            "recording", DELETED, kept="kept", file="b.age", deleted_at="2026-03-02T05:00:00.000000Z",
            deleted_by="9001", deleted_why="90 days",
        )  # fmt: skip
        self.opener.files["a.age"] = b"sound"

    def new_id(self) -> str:
        return f"00000000-0000-7000-8000-{next(self._ids):012}"

    def put(self, entity: str, entity_id: str, **fields: object) -> None:
        self.store.append([self.author.change(entity, entity_id, fields)])  # type: ignore[arg-type]

    def replay(self, log: ChangeLog | None = None) -> Replay:
        listening = ListeningLog(
            log or self.store, self.author, lambda: self.now, self.new_id, "S01", lambda: self.listener
        )
        return Replay(self.store.calls, self.opener, listening, lambda: self.listener, lambda: self.now, OWN_DAYS)

    def told(self) -> list[tuple[Access, str, str, str]]:
        """Who did what, as it stands in the log."""
        return [(one.access, one.who, one.call_id, one.detail) for one in self.store.all_of(Listening)]


@pytest.fixture
def ground() -> Ground:
    return Ground()


def test_a_recording_is_given_with_what_the_log_knows_and_is_on_record_as_played(ground: Ground) -> None:
    tape = ground.replay().open(KEPT)
    assert tape.audio.read() == b"sound"
    assert (tape.length_ms, tape.interrupted, tape.marks, tape.codec) == (1234, True, ("0.5 held",), "opus")
    assert tape.spans == ("0 2026-03-02T03:00:00.000000Z",)
    assert ground.told() == [(Access.PLAYED, "9001", KEPT, "")]


def test_what_was_heard_of_it_is_added_to_the_same_entry(ground: Ground) -> None:
    replay = ground.replay()
    replay.heard(replay.open(KEPT), 100, 900)
    (entry,) = ground.store.listenings.of_call(KEPT)
    assert (entry.access, entry.from_ms, entry.until_ms) == (Access.PLAYED, 100, 900)


def test_nothing_is_heard_that_cannot_be_put_on_record(ground: Ground) -> None:
    with pytest.raises(StoreFull):
        ground.replay(FullLog()).open(KEPT)


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (RecordingAway("x"), Refusal.AWAY),
        (VaultAway("x"), Refusal.VAULT_AWAY),
        (VaultRefused("x"), Refusal.UNREADABLE),
        (NotForYou("x"), Refusal.NOT_FOR_YOU),
        (KeyringWeak("x"), Refusal.NOT_FOR_YOU),
        (StreamBroken("x"), Refusal.CHANGED),
    ],
)
def test_a_recording_that_cannot_be_opened_is_a_failed_try_on_record(
    ground: Ground, error: Exception, refusal: Refusal
) -> None:
    ground.opener.files["a.age"] = error
    with pytest.raises(ReplayRefused) as refused:
        ground.replay().open(KEPT)
    assert refused.value.refusal is refusal
    assert ground.told() == [(Access.REFUSED, "9001", KEPT, f"play: {refusal.value}")]


@pytest.mark.parametrize(
    ("call_id", "refusal", "detail"),
    [
        (MISSING, Refusal.MISSING, "not answered"),
        (UNSEALED, Refusal.NOT_SEALED, ""),
        (CallId("never heard of"), Refusal.NOT_SEALED, ""),
    ],
)
def test_where_there_is_nothing_to_hear_no_file_is_looked_for(
    ground: Ground, call_id: CallId, refusal: Refusal, detail: str
) -> None:
    with pytest.raises(ReplayRefused) as refused:
        ground.replay().open(call_id)
    assert (refused.value.refusal, refused.value.detail) == (refusal, detail)
    assert (ground.opener.asked, ground.told()) == ([], [])


def test_a_deleted_recording_says_who_and_why(ground: Ground) -> None:
    with pytest.raises(ReplayRefused) as refused:
        ground.replay().open(DELETED)
    assert refused.value.refusal is Refusal.DELETED
    assert refused.value.entry is not None
    assert (refused.value.entry.deleted_by, refused.value.entry.deleted_why) == ("9001", "90 days")
    assert ground.opener.asked == []


def _other_agent(ground: Ground) -> None:
    ground.listener = OTHER


def _long_ago(ground: Ground) -> None:
    ground.listener, ground.now = TAKER, START + timedelta(days=30)


def _nobody(ground: Ground) -> None:
    ground.listener = Listener("", Role.AGENT)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_other_agent, NotAllowed.NOT_YOURS),
        (_long_ago, NotAllowed.TOO_OLD),
        (_nobody, NotAllowed.NOT_SIGNED_IN),
    ],
)
def test_who_may_not_hear_it_is_refused_before_anything_is_opened(
    ground: Ground, change: Callable[[Ground], None], why: NotAllowed
) -> None:
    change(ground)
    with pytest.raises(ReplayRefused) as refused:
        ground.replay().open(KEPT)
    assert (refused.value.refusal, refused.value.not_allowed) == (Refusal.NOT_ALLOWED, why)
    assert ground.opener.asked == []
    assert ground.told() == [(Access.REFUSED, ground.listener.agent, KEPT, f"play: {why.value}")]


def test_an_agent_hears_a_call_of_their_own(ground: Ground) -> None:
    ground.listener = TAKER
    assert ground.replay().open(KEPT).audio.read() == b"sound"


def test_an_agent_hears_an_old_call_of_their_own_while_a_score_of_it_may_be_answered(ground: Ground) -> None:
    ground.listener = TAKER
    _long_ago(ground)
    scored: set[CallId] = set()
    listening = ListeningLog(ground.store, ground.author, lambda: ground.now, ground.new_id, "S01", lambda: TAKER)
    replay = Replay(
        ground.store.calls, ground.opener, listening, lambda: TAKER, lambda: ground.now, OWN_DAYS, scored.__contains__
    )
    with pytest.raises(ReplayRefused) as refused:
        replay.open(KEPT)
    assert refused.value.not_allowed is NotAllowed.TOO_OLD
    scored.add(KEPT)
    assert replay.open(KEPT).call_id == KEPT


def test_a_tickets_calls_say_which_of_them_can_be_heard(ground: Ground) -> None:
    assert [(one.call.call_id, one.refusal) for one in ground.replay().of_ticket(TICKET)] == [
        (KEPT, None),
        (DELETED, Refusal.DELETED),
        (MISSING, Refusal.MISSING),
        (UNSEALED, Refusal.NOT_SEALED),
    ]
    assert ground.replay().of_ticket(TicketId("other")) == []


def test_one_call_is_looked_up_alike(ground: Ground) -> None:
    found = ground.replay().of_call(KEPT)
    assert found is not None
    assert found.recording is not None
    assert found.recording.kept is RecordingKept.KEPT
    assert ground.replay().of_call(CallId("never heard of")) is None
