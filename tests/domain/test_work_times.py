"""Times of the work lists."""

from dataclasses import replace
from datetime import timedelta

from desk.domain.clocks import SHIPPED_FIGURES, ClockPolicy, Clocks, Figure
from desk.domain.identity import BuildingId
from desk.domain.work_times import WorkTimes
from desk.domain.working_time import Span
from tests.domain.walks import ticket
from tests.making import START


def test_it_is_chased_again_as_the_estate_that_it_is_in_has_it() -> None:
    often = Clocks(ClockPolicy(figures={**SHIPPED_FIGURES, Figure.CHASE_EVERY: Span(timedelta(hours=4))}))
    times = WorkTimes(replace(Clocks(), of_building=lambda building: often if building == "b1" else None))
    there, elsewhere = (replace(ticket(START, Clocks()), building_id=BuildingId(name)) for name in ("b1", "b2"))
    assert times.chase_again(START, there) == START + timedelta(hours=4)
    assert times.chase_again(START, elsewhere) == times.chase_again(START, None) == START + timedelta(hours=24)
