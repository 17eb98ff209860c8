"""Two supervisors at two seats of one centre step one early warning at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from desk.domain.early_warnings import EarlyWarning, WarningStep
from desk.domain.identity import TicketId
from desk.domain.ladder import LadderMove, LadderPolicy
from desk.domain.warning_moves import WarningFacts
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor
from desk.store.conflicts import SqlConflicts
from desk.store.history import SqlHistories
from desk.store.residents import SqlResidents
from desk.store.tickets import SqlTickets
from desk.store.warnings import SqlWarnings
from desk.usecases.estate_map import EstateMap
from desk.usecases.raise_warning import RaiseWarning, WarningParts
from desk.usecases.read_conflicts import ReadConflicts
from desk.usecases.settle_warnings import SettleWarnings
from desk.usecases.step_warning import Given, StepWarning
from tests.making import START, new_id, ticket
from tests.sync.conftest import Seat

MakeSeat = Callable[..., Seat]
FACTS = WarningFacts("13800138000", "5栋", "漏水三天", "去看过", "没人回话", "要找媒体")


def parts_of(seat: Seat, minutes: float) -> WarningParts:
    """What its user has, so many minutes after the start."""
    residents, who = SqlResidents(seat.store), seat.access.user

    def clock():  # type: ignore[no-untyped-def]
        return START + timedelta(minutes=minutes)

    return WarningParts(
        log=seat.log,
        author=SeatAuthor(seat.name, lambda: who, clock, new_id, seat.log.base_seq),
        warnings=SqlWarnings(seat.store),
        tickets=SqlTickets(seat.store),
        calls=SqlCallLog(seat.store),
        histories=SqlHistories(seat.store),
        staff=residents.staff,
        estate_map=EstateMap(residents),
        who=lambda: who,
        policy=lambda _estate: LadderPolicy(),
        clock=clock,
        new_id=new_id,
    )


def heal(*seats: Seat) -> None:
    for seat in (*seats, *seats):
        seat.exchange()


def row(seat: Seat) -> EarlyWarning:
    (warning,) = SqlWarnings(seat.store).of_ticket(TicketId("t1"))
    return warning


def settle(seat: Seat) -> bool:
    author = SeatAuthor(seat.name, lambda: seat.name, lambda: START, new_id, seat.log.base_seq)
    warnings, histories, tickets = SqlWarnings(seat.store), SqlHistories(seat.store), SqlTickets(seat.store)
    return SettleWarnings(seat.log, author, histories, warnings, tickets, seat.name).work_once()


def test_two_who_approve_apart_make_one_approval_and_both_are_told(make_seat: MakeSeat) -> None:
    one, two = make_seat("S01", "1001"), make_seat("S02", "1002")
    one.log.append([replace(ticket("t1"), author="1001", seat="S01")])
    RaiseWarning(parts_of(one, 0), lambda _code: "").raise_(TicketId("t1"), FACTS, START)
    heal(one, two)
    warning_id = row(one).warning_id
    StepWarning(parts_of(one, 20)).step(warning_id, LadderMove.REVIEW)
    StepWarning(parts_of(two, 10)).step(warning_id, LadderMove.REVIEW)  # away: it arrives later
    heal(one, two)
    assert [SqlConflicts(seat.store).count() for seat in (one, two)] == [1, 1]
    assert (settle(one), settle(two)) == (False, True)
    heal(one, two)
    assert row(one) == row(two)
    assert (row(one).step, row(one).reviewed_by) == (WarningStep.REVIEWED, "1002")
    assert row(one).due_at == START + timedelta(minutes=70)
    assert [SqlConflicts(seat.store).count() for seat in (one, two)] == [0, 0]
    for seat in (one, two):
        reading = ReadConflicts(
            SqlConflicts(seat.store), SqlHistories(seat.store), SqlResidents(seat.store), SqlTickets(seat.store)
        )
        (told,) = reading.of("warning", warning_id, seat.access.user).settled
        assert told.by_rules
        assert [side.version.author for side in told.sides] == ["1001", "1002"]


def test_a_ticket_bears_the_mark_of_a_warning_that_one_ended_and_another_took_further(make_seat: MakeSeat) -> None:
    one, two = make_seat("S01", "1001"), make_seat("S02", "1002")
    one.log.append([replace(ticket("t1"), author="1001", seat="S01")])
    RaiseWarning(parts_of(one, 0), lambda _code: "").raise_(TicketId("t1"), FACTS, START)
    heal(one, two)
    warning_id = row(one).warning_id
    StepWarning(parts_of(one, 20)).step(warning_id, LadderMove.REVIEW)
    StepWarning(parts_of(two, 10)).step(warning_id, LadderMove.WITHDRAW, Given(text="误报"))
    heal(one, two)
    assert any([settle(one), settle(two)])
    heal(one, two)
    for seat in (one, two):
        marked = SqlTickets(seat.store).get(TicketId("t1"))
        assert marked is not None
        assert (row(seat).step, marked.warning_id) == (WarningStep.REVIEWED, warning_id)
