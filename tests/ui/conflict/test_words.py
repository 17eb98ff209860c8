"""Every aspect and every refusal has words in both languages."""

from datetime import UTC, datetime

import pytest

from desk.domain.conflicts import ASPECTS
from desk.domain.set_aside import WhyRefused
from desk.store.entities import ENTITIES
from desk.ui.conflict import words

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def test_every_thing_and_every_aspect_of_it_has_a_name() -> None:
    for entity in ENTITIES:
        assert words.thing(entity) != entity
    for entity, aspects in ASPECTS.items():
        for aspect in aspects:
            assert words.aspect(entity, aspect) != aspect


@pytest.mark.parametrize("why", WhyRefused)
def test_every_refusal_says_why_and_what_to_do(why: WhyRefused) -> None:
    said, to_do = words.refused(why)
    assert said
    assert to_do


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"stage": "done", "closed_at": None}, "Done"),
        ({"priority": "urgent"}, "Urgent"),
        ({"description": ""}, "nothing"),
        ({"description": None}, "nothing"),
        ({"tags": []}, "nothing"),
        ({"tags": ["VIP", "独居老人"]}, "VIP, 独居老人"),
        ({"ended": True}, "yes"),
        ({"appointment_start": None, "appointment_until": None}, "nothing"),
        ({"appointment_start": "rubbish", "appointment_until": "rubbish"}, "nothing"),
        ({"start": "2026-11-22T01:00:00.000000Z", "until": "2026-11-22T02:00:00.000000Z"}, "01:00 – 02:00"),
        ({"category": "repair.unknown", "kind": "repair"}, "repair.unknown"),
        ({"stage": "of_a_newer_version"}, "of_a_newer_version"),
    ],
)
def test_a_value_is_told_as_people_read_it(values: dict[str, object], said: str) -> None:
    assert words.value(values, "", lambda _code: "", NOW, UTC) == said  # type: ignore[arg-type]


def test_an_id_is_told_by_what_it_stands_for() -> None:
    assert words.value({"handler_id": "s5"}, "赵师傅", lambda _code: "", NOW, UTC) == "赵师傅"
