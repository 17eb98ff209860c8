"""The lamp of the company's own rules: there only while there is something to tell."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desk.ui.lamps.policies import PolicyLamp, view
from tests.ui import harness


@pytest.fixture
def scene() -> Iterator[harness.Scene]:
    scene = harness.build("en")
    yield scene
    scene.close()


def test_nothing_is_shown_where_all_is_well() -> None:
    assert view(()) is None


def test_each_remark_is_a_sentence_of_the_tooltip() -> None:
    told = view(("clocks.toml:2: a length is written 30 min", "The calendar does not know 2027"))
    assert told
    assert (told.tone, told.words) == ("warn", "2 remarks on the rules")
    assert told.hint.splitlines() == ["clocks.toml:2: a length is written 30 min", "The calendar does not know 2027"]


def test_it_comes_when_somebody_signs_in_and_goes_when_all_is_well_again(scene: harness.Scene, qtbot: QtBot) -> None:
    troubles = ["clocks.toml:2: a length is written 30 min"]
    lamp = PolicyLamp(scene.built.hub, lambda: tuple(troubles))
    qtbot.addWidget(lamp)
    assert not lamp.isVisible()
    scene.built.hub.agent_changed.emit()
    qtbot.waitUntil(lambda: lamp.isVisible())
    assert lamp.accessibleName() == "Rules: 1 remark on the rules"
    assert troubles[0] in lamp.toolTip()
    troubles.clear()
    scene.built.hub.agent_changed.emit()
    qtbot.waitUntil(lambda: not lamp.isVisible())
