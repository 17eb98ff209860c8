"""How the call in front is heard: quiet while it is good, plain while it is not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.calls import Phase
from desk.domain.diagnosis import FINE_MOS
from desk.domain.events import CallEnded, QualityMeasured
from desk.domain.quality import Quality
from desk.i18n import speak
from desk.ui.beside.quality_presenter import SHOWN_S, STAYS_S, Histories, History, QualityView, present
from tests.ui import seat
from tests.ui.beside_scenes import C1, bad_minute, good_minute, quality, talk
from tests.ui.harness import Scene

ZONE = ZoneInfo("Asia/Shanghai")
NOW = seat.NOW


def view(measured: Sequence[Quality], now_s: float = 0.0) -> QualityView:
    history = History()
    for one in measured:
        history.add(one)
    return present(history, NOW + timedelta(seconds=now_s), ZONE)


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


def test_a_good_call_says_one_word_and_asks_nothing() -> None:
    shown = view(good_minute())
    assert (shown.tone, shown.word, shown.sentence, shown.worst) == ("go", "Good", "", "")
    assert len(shown.points) == 31
    assert (shown.points[0].at, shown.points[-1].at) == (0.0, 1.0)


def test_a_bad_network_says_so_with_its_figures_and_the_worst_moment() -> None:
    shown = view(bad_minute())
    assert (shown.tone, shown.word) == ("danger", "Poor")
    assert "network" in shown.sentence.lower()
    assert "6.4" in shown.figures
    assert "buffer 73 ms" in view([replace(quality(0), buffer_ms=73.2)]).figures
    assert shown.worst.startswith("worst 2.4 at 14:")


def test_a_dead_microphone_is_grave_however_good_the_network_is() -> None:
    shown = view([*good_minute(), replace(quality(-2), silent_microphone=True)])
    assert shown.tone == "danger"
    assert "microphone" in shown.sentence.lower()


def test_a_sentence_stays_long_enough_to_be_read_and_then_goes() -> None:
    bad = quality(2, loss=9.0, mos=2.0)
    assert view([bad, quality(0)]).sentence
    assert view([bad, quality(0)], now_s=STAYS_S).sentence == ""


def test_the_worst_moment_is_kept_when_it_has_left_the_graph() -> None:
    early = quality(SHOWN_S + 30, loss=9.0, mos=2.0)
    shown = view([early, *good_minute()])
    assert len(shown.points) == 31
    assert shown.worst.startswith("worst 2.0")


def test_the_same_measurement_is_drawn_once() -> None:
    histories = Histories()
    call = replace(seat.call(), quality=quality(0))
    for _ in range(3):
        histories.see([call])
    history = histories.of(C1)
    assert history is not None
    assert len(history.recent) == 1
    histories.see([replace(call, phase=Phase.ENDED, quality=quality(-2))])
    assert len(history.recent) == 1
    histories.see([])
    assert histories.of(C1) is None


spans = st.lists(
    st.builds(
        lambda loss, jitter, mos: (loss, jitter, mos),
        st.floats(0, 100),
        st.floats(0, 5000),
        st.floats(1.0, 4.5),
    ),
    min_size=1,
    max_size=60,
)


@given(spans)
def test_whatever_was_measured_fits_the_graph(measured: list[tuple[float, float, float]]) -> None:
    count = len(measured)
    shown = view([quality(2 * (count - n), loss=p, jitter_ms=j, mos=m) for n, (p, j, m) in enumerate(measured)])
    for point in shown.points:
        assert all(0.0 <= share <= 1.0 for share in (point.at, point.mos, point.loss, point.jitter))
    assert (shown.worst == "") == (min(m for _p, _j, m in measured) >= FINE_MOS)


# in the window


def part(scene: Scene, name: str) -> QWidget:
    found = scene.built.window.findChild(QWidget, name)
    assert found is not None
    return found


def test_the_band_is_there_only_while_something_is_wrong(scene: Scene, qtbot: QtBot) -> None:
    talk(scene)
    assert not part(scene, "quality_glance").isVisible()
    for measured in good_minute():
        scene.receive(QualityMeasured(C1, measured.at, measured))
    qtbot.waitUntil(lambda: part(scene, "quality_glance").isVisible())
    assert not part(scene, "quality_band").isVisible()
    scene.receive(QualityMeasured(C1, NOW, quality(-2, loss=9.0, mos=2.0)))
    qtbot.waitUntil(lambda: part(scene, "quality_band").isVisible())
    assert not part(scene, "quality_glance").isVisible()
    said = scene.built.window.findChild(QLabel, "quality_sentence")
    assert said is not None
    assert said.text()
    scene.receive(CallEnded(C1, NOW, 200, "", by_us=True))
    qtbot.waitUntil(lambda: not part(scene, "quality_band").isVisible())
