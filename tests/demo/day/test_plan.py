"""The day's plan: as many calls as asked for, within the hotline's hours, and the same for the same seed."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from desk.demo.data import sample
from desk.demo.day.plan import INCIDENTS, MATTERS, About, Temper, day_end, day_start, plan_day
from desk.demo.history import Caller
from desk.texts import ShippedTexts

DAY = date(2026, 11, 9)


@pytest.fixture(scope="module")
def estate() -> tuple[list[Caller], dict[str, str]]:
    changes, callers = sample(180, 1, datetime(2026, 11, 9, 0, 20, tzinfo=UTC))
    buildings = {str(c.patch["code"]): c.entity_id for c in changes if c.entity == "building"}
    return callers, buildings


@pytest.mark.parametrize("calls", [60, 300])
def test_all_calls_lie_within_the_hours_and_every_kind_of_them_is_there(
    estate: tuple[list[Caller], dict[str, str]], calls: int
) -> None:
    callers, buildings = estate
    planned = plan_day(callers, buildings, [buildings["5"]], DAY, 3, calls)
    assert len(planned) == calls
    assert all(day_start(DAY) <= call.at < day_end(DAY) for call in planned)
    assert [call.at for call in planned] == sorted(call.at for call in planned)
    count = Counter(call.about for call in planned)
    assert set(count) == set(About)
    assert count[About.INCIDENT] == sum(incident.calls for incident in INCIDENTS)
    assert any(call.spoken_elsewhere for call in planned)
    assert any(call.temper is Temper.ANGRY for call in planned)
    assert planned == plan_day(callers, buildings, [buildings["5"]], DAY, 3, calls)
    assert planned != plan_day(callers, buildings, [buildings["5"]], DAY, 4, calls)


def test_every_matter_is_of_the_category_tree_and_of_its_kind() -> None:
    tree = ShippedTexts(language="zh_CN").categories()
    for category, kind in [(matter.category, matter.kind) for matter in MATTERS]:
        leaf = tree.get(category)
        assert leaf is not None, category
        assert leaf.kind is kind, category
    assert all(tree.get(incident.category) is not None for incident in INCIDENTS)
