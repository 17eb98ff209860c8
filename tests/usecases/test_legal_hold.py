"""Legal hold: by supervisors, with a reason, on record."""

from collections.abc import Callable
from itertools import count

import pytest

from desk.domain.call_log import RecordingEntry
from desk.domain.identity import CallId
from desk.domain.listening import Access, Listener, Listening, NotAllowed, Role
from desk.usecases.legal_hold import MOST_REASON, HoldRefused, LegalHold, NoHold
from desk.usecases.listening_log import ListeningLog
from tests.usecases.conftest import World

SUPERVISOR, AGENT = Listener("8001", Role.SUPERVISOR), Listener("1001", Role.AGENT)


@pytest.fixture
def hold_of(empty_world: World) -> Callable[[Listener], LegalHold]:
    world, ids = empty_world, count(1)

    def make(listener: Listener) -> LegalHold:
        new_id: Callable[[], str] = lambda: f"0193c000-0000-7000-8000-{next(ids):012d}"  # noqa: E731
        log = ListeningLog(world.log, world.author, world.clock, new_id, "S01", lambda: listener)
        return LegalHold(world.calls, world.recordings, world.author, lambda: listener, log)

    return make


def recorded(world: World, **fields: object) -> CallId:
    call_id = world.call("13800138000")
    world.put("recording", call_id, **({"kept": "kept", "file": "a.age"} | fields))
    return CallId(call_id)


def entry(world: World, call_id: CallId) -> RecordingEntry:
    found = world.calls.recording(call_id)
    assert found is not None
    return found


def test_a_supervisor_puts_and_lifts_it_with_a_reason(
    empty_world: World, hold_of: Callable[[Listener], LegalHold]
) -> None:
    call_id = recorded(empty_world)
    hold_of(SUPERVISOR).put(call_id, "  court\n case 12 ")
    held = entry(empty_world, call_id)
    assert (held.legal_hold, held.legal_hold_by, held.legal_hold_why) == (True, "8001", "court case 12")
    hold_of(SUPERVISOR).put(call_id, "again")  # it is held already: the first reason stays
    assert entry(empty_world, call_id).legal_hold_why == "court case 12"
    hold_of(SUPERVISOR).lift(call_id, "settled" + "x" * 2 * MOST_REASON)
    lifted = entry(empty_world, call_id)
    assert lifted.legal_hold is False
    assert len(lifted.legal_hold_why) == MOST_REASON


@pytest.mark.parametrize(
    ("listener", "why"),
    [(AGENT, NotAllowed.SUPERVISORS_ONLY), (Listener("", Role.SUPERVISOR), NotAllowed.NOT_SIGNED_IN)],
)
def test_nobody_else_may_and_the_try_is_on_record(
    empty_world: World, hold_of: Callable[[Listener], LegalHold], listener: Listener, why: NotAllowed
) -> None:
    call_id = recorded(empty_world)
    for do in (hold_of(listener).put, hold_of(listener).lift):
        with pytest.raises(HoldRefused) as refused:
            do(call_id, "because")
        assert (refused.value.refusal, refused.value.not_allowed) == (NoHold.NOT_ALLOWED, why)
    assert entry(empty_world, call_id).legal_hold is False


def test_a_refused_try_names_what_was_wanted(
    empty_world: World, hold_of: Callable[[Listener], LegalHold], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[Listening | tuple[object, ...]] = []
    monkeypatch.setattr(ListeningLog, "note", lambda _self, *entry: noted.append(entry))
    call_id = recorded(empty_world)
    with pytest.raises(HoldRefused):
        hold_of(AGENT).put(call_id, "because")
    assert noted == [(Access.REFUSED, call_id, "legal hold: supervisors_only")]


def test_without_a_reason_or_a_recording_nothing_changes(
    empty_world: World, hold_of: Callable[[Listener], LegalHold]
) -> None:
    hold = hold_of(SUPERVISOR)
    here, gone = recorded(empty_world), recorded(empty_world, deleted_at="2026-01-01T00:00:00.000000Z")
    missing = recorded(empty_world, kept="missing", file="")
    for call_id, why, refusal in (
        (here, " \n ", NoHold.NO_REASON),
        (gone, "x", NoHold.DELETED),
        (missing, "x", NoHold.NO_RECORDING),
        (CallId("no such call"), "x", NoHold.NO_RECORDING),
    ):
        with pytest.raises(HoldRefused) as refused:
            hold.put(call_id, why)
        assert refused.value.refusal is refusal
    assert entry(empty_world, here).legal_hold is False


class Meanwhile:
    """The call log, with something that another process does right after each look."""

    def __init__(self, world: World, then: Callable[[], None]) -> None:
        self._world, self._then = world, then

    def recording(self, call_id: CallId) -> RecordingEntry | None:
        found = self._world.calls.recording(call_id)
        self._then()
        return found


def test_what_was_deleted_since_the_look_is_refused(
    empty_world: World, hold_of: Callable[[Listener], LegalHold]
) -> None:
    call_id, hold = recorded(empty_world), hold_of(SUPERVISOR)

    def delete() -> None:
        empty_world.put("recording", call_id, deleted_at="2026-01-01T00:00:00.000000Z")

    hold._calls = Meanwhile(empty_world, delete)  # type: ignore[assignment]
    with pytest.raises(HoldRefused) as refused:
        hold.put(call_id, "court")
    assert refused.value.refusal is NoHold.DELETED
    assert entry(empty_world, call_id).legal_hold is False


def test_what_another_window_holds_since_the_look_keeps_the_first_reason(
    empty_world: World, hold_of: Callable[[Listener], LegalHold]
) -> None:
    call_id, hold = recorded(empty_world), hold_of(SUPERVISOR)
    pending = ["first"]

    def first() -> None:
        while pending:
            empty_world.put("recording", call_id, legal_hold=True, legal_hold_why=pending.pop())

    hold._calls = Meanwhile(empty_world, first)  # type: ignore[assignment]
    hold.put(call_id, "second")
    assert entry(empty_world, call_id).legal_hold_why == "first"
