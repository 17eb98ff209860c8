"""The incident radar."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.identity import BuildingId, HouseholdId, TicketId
from desk.domain.incidents import Incident, IncidentState
from desk.domain.radar import Alarm, RadarPolicy, Report, Sieve, alarms, incident_id, parent_id

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LIFT, WATER, PRESSURE = "repair.lift.stopped", "repair.water.no_water", "repair.water.low_pressure"
POLICY = RadarPolicy(together={PRESSURE: WATER})


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def report(minutes: float, home: str | None = None, category: str = LIFT, building: str = "b5", **more: str) -> Report:
    name = f"t{minutes}{home}{building}{category}"
    return Report(
        at(minutes), BuildingId(building), category, TicketId(name), None, HouseholdId(home) if home else None, **more
    )


def look(*reports: Report, known: tuple[Incident, ...] = (), now: float = 30) -> list[Alarm]:
    return alarms(reports, known, POLICY, at(now))


def incident(state: IncidentState, first: float = 0, over: float | None = None) -> Incident:
    over_at = None if over is None else at(over)
    name = incident_id("b5", LIFT, at(first), POLICY.window)
    return Incident(name, BuildingId("b5"), LIFT, at(first), state, over_at=over_at)


def test_three_homes_of_one_building_within_twenty_minutes_raise_it() -> None:
    (alarm,) = look(report(0, "h1"), report(9, "h2"), report(20, "h3"))
    assert (alarm.building_id, alarm.category, alarm.reporters) == ("b5", LIFT, 3)
    assert (alarm.first_at, alarm.last_at) == (at(0), at(20))


def test_two_are_not_enough_nor_are_three_in_a_longer_time() -> None:
    assert look(report(0, "h1"), report(1, "h2")) == []
    assert look(report(0, "h1"), report(15, "h2"), report(30, "h3")) == []


def test_one_home_that_calls_three_times_is_one() -> None:
    assert look(report(0, "h1"), report(5, "h1"), report(6, "h1"), report(7, "h2")) == []


def test_callers_without_a_home_count_by_their_number() -> None:
    assert look(report(0, number="1"), report(1, number="1"), report(2, number="1")) == []
    assert len(look(report(0, number="1"), report(1, number="2"), report(2, number="3"))) == 1


def test_another_building_or_another_kind_is_another_matter() -> None:
    assert look(report(0, "h1"), report(1, "h2", building="b6"), report(2, "h3")) == []
    assert look(report(0, "h1"), report(1, "h2", WATER), report(2, "h3")) == []


def test_kinds_that_have_one_cause_count_together() -> None:
    (alarm,) = look(report(0, "h1", WATER), report(1, "h2", PRESSURE), report(2, "h3", PRESSURE))
    assert alarm.category == WATER


def test_praise_is_no_incident_however_much_there_is_of_it() -> None:
    assert look(*(report(n, f"h{n}", "praise.staff.kind") for n in range(9))) == []


def test_it_is_shown_for_some_hours_and_then_no_longer() -> None:
    three = (report(0, "h1"), report(1, "h2"), report(2, "h3"))
    assert look(*three, now=2 + 4 * 60)
    assert look(*three, now=3 + 4 * 60) == []


def test_what_was_noted_has_the_id_it_was_noted_under() -> None:
    three = (report(0, "h1"), report(1, "h2"), report(2, "h3"))
    noted = incident(IncidentState.SEEN, 1)
    (alarm,) = look(*three, known=(noted,))
    assert alarm.id == noted.incident_id
    assert alarm.incident == noted


def test_a_dismissed_one_comes_again_only_with_new_reports() -> None:
    old = (report(0, "h1"), report(1, "h2"), report(2, "h3"))
    dismissed = incident(IncidentState.DISMISSED, 0, over=5)
    assert look(*old, known=(dismissed,)) == []
    assert look(*old, report(6, "h4"), known=(dismissed,)) == []
    new = (report(6, "h1"), report(7, "h2"), report(8, "h3"))
    assert [alarm.first_at for alarm in look(*old, *new, known=(dismissed,))] == [at(6)]


def test_a_confirmed_one_stands_until_it_is_over_and_takes_what_comes() -> None:
    confirmed = incident(IncidentState.CONFIRMED)
    reports = (report(0, "h1"), report(1, "h2"), report(2, "h3"), report(300, "h4"))
    (alarm,) = look(*reports, known=(confirmed,), now=900)
    assert alarm.is_confirmed
    assert alarm.reporters == 4
    over = incident(IncidentState.OVER, 0, over=310)
    assert look(*reports, known=(over,), now=320) == []


def test_the_parent_ticket_is_no_report_of_its_own() -> None:
    confirmed = incident(IncidentState.CONFIRMED)
    parent = Report(at(9), BuildingId("b5"), LIFT, parent_id(confirmed.incident_id))
    (alarm,) = look(parent, known=(confirmed,))
    assert alarm.reports == ()


_REPORTS = st.lists(
    st.builds(
        report,
        st.integers(0, 200),
        st.sampled_from(["h1", "h2", "h3", "h4", None]),
        st.sampled_from([LIFT, WATER, PRESSURE, "praise.staff.kind"]),
        st.sampled_from(["b5", "b6"]),
    ),
    max_size=30,
)


@given(_REPORTS, st.randoms(use_true_random=False))
def test_every_seat_comes_to_the_same_in_whatever_order_the_rows_came(reports: list[Report], random: object) -> None:
    shuffled = list(reports)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert alarms(reports, (), POLICY, at(210)) == alarms(shuffled, (), POLICY, at(210))


@given(_REPORTS)
def test_what_is_raised_has_enough_homes_and_one_building_and_kind(reports: list[Report]) -> None:
    for alarm in alarms(reports, (), POLICY, at(210)):
        assert alarm.reporters >= POLICY.reports
        assert {one.building_id for one in alarm.reports} == {alarm.building_id}
        assert {POLICY.counts_as(one.category) for one in alarm.reports} == {alarm.category}


@given(_REPORTS)
def test_three_in_a_row_are_never_missed(reports: list[Report]) -> None:
    """Brute force: any window that holds three homes of the last hours is in some alarm."""
    found = alarms(reports, (), POLICY, at(210))
    counted = [one for one in reports if POLICY.counts_as(one.category)]
    newest = max((one.at for one in counted), default=START)
    for first in counted:
        key = (first.building_id, POLICY.counts_as(first.category))
        near = [
            one
            for one in counted
            if (one.building_id, POLICY.counts_as(one.category)) == key
            and first.at <= one.at <= first.at + POLICY.window
        ]
        if len({one.who for one in near}) >= 3 and newest - first.at <= POLICY.keep:
            assert any((alarm.building_id, alarm.category) == key for alarm in found)


@given(_REPORTS, st.sampled_from([(), (incident(IncidentState.CONFIRMED),)]))
def test_what_the_sieve_leaves_out_raises_nothing(reports: list[Report], known: tuple[Incident, ...]) -> None:
    sieve = Sieve(POLICY, frozenset((str(one.building_id), one.category) for one in known))
    kept = sieve.keep((one.building_id, one.category) for one in reports)
    sifted = [one for one in reports if (one.building_id, one.category) in kept]
    assert alarms(sifted, known, POLICY, at(210)) == alarms(reports, known, POLICY, at(210))
