"""The promise ledger."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.domain.identity import CallId, TicketId
from desk.domain.promise_rules import TEXT_MAX
from desk.domain.promises import Promise, PromiseState
from desk.store.promises import SqlPromises
from desk.usecases.fakes import FakeStore
from desk.usecases.fakes_work import FakePromises
from desk.usecases.promise import KeepPromises, Promised, PromiseRefused, Unattended, WhyNot
from desk.usecases.work_ports import Promises
from tests.usecases.conftest import NOW, World

CALL = CallId("c1")
WANG = Promised("答复停车费", "13800138000", "王建国", CALL)


def ledger(world: World) -> Promises:
    log = world.log
    return FakePromises(log) if isinstance(log, FakeStore) else SqlPromises(log._store)  # type: ignore[attr-defined]


def keeping(world: World, who: str = "1001", here: Callable[[], set[str]] | None = None) -> KeepPromises:
    staff = world.residents.staff
    return KeepPromises(
        world.log, world.author, ledger(world), lambda: who, staff, world.clock, world.new_id, here=here
    )


def test_whose_owner_sits_nowhere_is_told_to_whoever_does(empty_world: World) -> None:
    given = [keeping(empty_world, who).give(replace(WANG, call_id=None)) for who in ("1001", "1002", "1003")]
    empty_world.put("staff", "s3", number="1003", name="赵敏", duty="agent", phone="", active=True)
    here = {"1001", "1002"}
    keep = keeping(empty_world, "1001", lambda: here)
    assert keep.unattended() == [Unattended(given[2], "赵敏")]
    here.discard("1001")  # whoever asks is here
    here.discard("1002")
    assert [one.owner for one in keep.unattended()] == ["1002", "赵敏"]
    keep.keep(given[2].promise_id)
    assert [one.promise for one in keep.unattended()] == [given[1]]
    assert keeping(empty_world, "1001").unattended() == []


def test_one_key_promises_a_call_in_half_an_hour(empty_world: World) -> None:
    given = keeping(empty_world).give(WANG)
    assert given.due_at == NOW + timedelta(minutes=30)
    assert ledger(empty_world).open_of("1001") == [given]
    assert (given.owner, given.made_by, given.number) == ("1001", "1001", "13800138000")


def test_a_second_promise_in_the_same_call_is_the_first_with_another_time(empty_world: World) -> None:
    keep = keeping(empty_world)
    first = keep.give(WANG)
    second = keep.give(WANG, NOW + timedelta(hours=2))
    assert second.promise_id == first.promise_id
    assert [one.due_at for one in ledger(empty_world).open()] == [NOW + timedelta(hours=2)]


def test_what_it_is_about_may_follow_and_its_ticket_too(empty_world: World) -> None:
    keep = keeping(empty_world)
    given = keep.give(Promised(number="13800138000"))
    keep.say(given.promise_id, " 水费账单 ")
    keep.tie(given.promise_id, TicketId("t1"))
    (found,) = ledger(empty_world).of_ticket(TicketId("t1"))
    assert found.text == "水费账单"


@pytest.mark.parametrize(
    ("to", "minutes", "why"),
    [
        (Promised("问物业费"), 30, WhyNot.NOBODY_TO_CALL),
        (WANG, 0, WhyNot.IN_THE_PAST),
        (WANG, -1, WhyNot.IN_THE_PAST),
        (WANG, 60 * 24 * 61, WhyNot.TOO_FAR),
        (Promised("字" * (TEXT_MAX + 1), "13800138000"), 30, WhyNot.TOO_LONG),
    ],
)
def test_what_cannot_be_kept_is_not_promised(empty_world: World, to: Promised, minutes: int, why: WhyNot) -> None:
    with pytest.raises(PromiseRefused) as refused:
        keeping(empty_world).give(to, NOW + timedelta(minutes=minutes))
    assert refused.value.why is why
    assert ledger(empty_world).open() == []


def test_nobody_signed_in_promises_nothing(empty_world: World) -> None:
    with pytest.raises(PromiseRefused) as refused:
        keeping(empty_world, "").give(WANG)
    assert refused.value.why is WhyNot.NO_OWNER


def test_a_kept_promise_is_over_and_stays_over(empty_world: World) -> None:
    keep = keeping(empty_world)
    given = keep.give(WANG)
    assert keep.keep(given.promise_id, CallId("c2")).kept_call_id == "c2"
    assert ledger(empty_world).get(given.promise_id) == keep._promises.get(given.promise_id)
    again: tuple[Callable[[], Promise], ...] = (
        lambda: keep.keep(given.promise_id),
        lambda: keep.release(given.promise_id, "不用了"),
        lambda: keep.put_off(given.promise_id, NOW + timedelta(hours=3)),
    )
    for once_more in again:
        with pytest.raises(PromiseRefused) as refused:
            once_more()
        assert refused.value.why is WhyNot.OVER


def test_letting_go_needs_a_reason_that_is_kept(empty_world: World) -> None:
    keep = keeping(empty_world)
    given = keep.give(WANG)
    with pytest.raises(PromiseRefused):
        keep.release(given.promise_id, "  ")
    keep.release(given.promise_id, "住户已自行解决")
    found = ledger(empty_world).get(given.promise_id)
    assert found is not None
    assert (found.state, found.reason) == (PromiseState.RELEASED, "住户已自行解决")


def test_putting_off_after_the_time_has_run_out_needs_a_reason(empty_world: World) -> None:
    keep = keeping(empty_world)
    given = keep.give(WANG)
    keep.put_off(given.promise_id, NOW + timedelta(minutes=40))
    empty_world.now += timedelta(hours=1)
    with pytest.raises(PromiseRefused) as refused:
        keep.put_off(given.promise_id, empty_world.now + timedelta(hours=1))
    assert refused.value.why is WhyNot.NEEDS_REASON
    later = keep.put_off(given.promise_id, empty_world.now + timedelta(hours=1), "占线")
    assert ledger(empty_world).open() == [later]


def test_taking_over_moves_what_is_open_and_leaves_the_rest(empty_world: World) -> None:
    world = empty_world
    world.put("staff", "s2", number="1002", name="李四", duty="agent", phone="", active=True)
    mine = keeping(world)
    first, second = mine.give(WANG), mine.give(Promised(number="13900139000"))
    mine.keep(second.promise_id)
    colleague = keeping(world, "1002")
    taken = colleague.take_over([first.promise_id, second.promise_id, "none"])
    assert [(one.promise_id, one.owner, one.made_by) for one in taken] == [(first.promise_id, "1002", "1001")]
    assert mine.open_promises("1001") == []
    assert mine.open_promises("1002") == taken
    assert mine.take_over([first.promise_id], "1002") == []


def test_a_promise_goes_to_nobody_who_is_not_there(empty_world: World) -> None:
    world = empty_world
    world.put("staff", "s2", number="1002", name="李四", duty="agent", phone="", active=False)
    given = keeping(world).give(WANG)
    for nobody in ("1002", "9999"):
        with pytest.raises(PromiseRefused) as refused:
            keeping(world).take_over([given.promise_id], nobody)
        assert refused.value.why is WhyNot.NO_SUCH_PERSON
    assert ledger(world).open_of("1001") == [given]


def test_a_call_s_open_promise_is_found_by_it(empty_world: World) -> None:
    keep = keeping(empty_world)
    given = keep.give(WANG)
    assert keep.of_call(CALL) == [given]
    keep.keep(given.promise_id)
    assert keep.of_call(CALL) == []
    again = keep.give(WANG)
    assert again.promise_id != given.promise_id
    kept, still_open = ledger(empty_world).given_in(CALL)
    assert (kept.promise_id, kept.state, still_open) == (given.promise_id, PromiseState.KEPT, again)
