"""The samples page: the week's calls, how far it is, and drawing them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desk.domain.changes import Patch
from desk.domain.identity import CallId
from desk.domain.listening import Listener, Role
from desk.domain.patches import patch_of
from desk.domain.scores import Sample
from desk.ui.score.samples import SamplesPage, SamplesParts
from desk.usecases.draw_samples import WeekRuns
from desk.usecases.read_samples import ReadSamples
from desk.usecases.read_scores import ReadScores
from desk.usecases.recording_ports import SearchAway
from tests.ui.keyless import unkeyed
from tests.ui.score.scenes import BEGAN, CALL, CHINA, Ground


class Drawing:
    """Stands for the drawing of samples: one per agent."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.away, self.runs = ground, False, False

    def __call__(self, period: str, agents: Sequence[str], by: str) -> Sequence[Sample]:
        if self.runs:
            raise WeekRuns(period)
        if self.away:
            raise SearchAway("no centre")
        drawn = [Sample(f"s{agent}", CallId("c1"), agent, "random", period, BEGAN, by) for agent in agents]
        drawn = [sample for sample in drawn if sample not in self.ground.store.scores.samples(period)]
        for sample in drawn:
            self.put(sample)
        return drawn

    def drop(self, sample_id: str, why: str) -> None:
        author = self.ground.author
        self.ground.store.append([author.change("sample", sample_id, {"dropped": True}, why)])

    def put(self, sample: Sample) -> None:
        ground = self.ground
        ground.store.append([ground.author.change("sample", sample.sample_id, patch_of(sample, "sample_id"))])


@pytest.fixture
def ground(qtbot: QtBot) -> Iterator[Ground]:
    ground = Ground()
    qtbot.addWidget(ground.page)
    ground.store.append([ground.author.change("call", CALL.call_id, patch_of(CALL, "call_id"))])
    staff: Patch = {"number": "1001", "name": "王", "duty": "agent", "phone": "", "active": True}
    ground.store.append([ground.author.change("staff", "p1", staff)])
    yield ground
    ground.worker.close()
    assert ground.failures == []


@pytest.fixture
def drawing(ground: Ground) -> Drawing:
    return Drawing(ground)


@pytest.fixture
def page(qtbot: QtBot, ground: Ground, drawing: Drawing) -> SamplesPage:
    page = SamplesPage(
        SamplesParts(
            worker=ground.worker,
            read=ReadSamples(ground.store.scores, ground.store.calls, ground.store, CHINA),
            scores=ReadScores(
                ground.store.scores,
                ground.store.calls,
                lambda: ground.listener,
                lambda: BEGAN + timedelta(days=2),
                14,
            ),
            draw=drawing,
            drop=drawing.drop,
            titles=lambda: {"complaints": "Complaints"},
            listener=lambda: ground.listener,
            clock=lambda: BEGAN + timedelta(days=8),
        )
    )
    qtbot.addWidget(page)
    page.resize(420, 600)
    page.show()
    page.refresh()
    return page


def test_drawing_fills_the_list_and_enter_opens_the_call(qtbot: QtBot, page: SamplesPage) -> None:
    assert page.period == "2026-W47"
    page.draw()
    qtbot.waitUntil(lambda: len(page.list.rows) == 1)
    assert page.list.rows[0].text == "1001  11-20 09:30  13800138000"
    with qtbot.waitSignal(page.opened) as opened:
        page.list.setFocus()
        QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert opened.args == ["c1"]


def test_a_scored_sample_shows_its_points_to_whoever_has_scored_it(
    qtbot: QtBot, page: SamplesPage, ground: Ground
) -> None:
    page.draw()
    qtbot.waitUntil(lambda: [row.lead for row in page.list.rows] == ["to score"])
    first = ground.final()
    page.refresh()
    qtbot.waitUntil(lambda: [row.lead for row in page.list.rows] == ["scored"])
    ground.final(score_id="mine", scored_by="9001", second_of=first.score_id, points_x10=700)
    page.refresh()
    qtbot.waitUntil(lambda: page.list.rows[0].lead.isdecimal())


def said(page: SamplesPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel))


def test_a_week_that_runs_is_refused_in_words(qtbot: QtBot, page: SamplesPage, drawing: Drawing) -> None:
    drawing.runs = True
    page.go(1)
    page.draw()
    qtbot.waitUntil(lambda: "2026-W48 is not over yet" in said(page))


def test_nobody_to_draw_for_is_told_as_such(qtbot: QtBot, page: SamplesPage, ground: Ground) -> None:
    ground.store.append([ground.author.change("staff", "p1", {"active": False})])
    page.draw()
    qtbot.waitUntil(lambda: "The list of staff has no agents" in said(page))


def test_a_sample_of_no_use_is_dropped_with_its_reason(qtbot: QtBot, page: SamplesPage, ground: Ground) -> None:
    page.draw()
    qtbot.waitUntil(lambda: len(page.list.rows) == 1)
    page.list.setFocus()
    QTest.keyClick(page, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    reason = page.findChild(QLineEdit, "drop_reason")
    assert reason is not None
    assert reason.isVisible()
    QTest.keyClick(reason, Qt.Key.Key_Return)  # without a reason nothing is dropped
    assert reason.isVisible()
    QTest.keyClicks(reason, "wrong number")
    QTest.keyClick(reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.list.rows)
    assert [(change.patch, change.reason) for change in ground.store.changes][-1] == ({"dropped": True}, "wrong number")


def test_a_sample_that_is_being_scored_is_not_dropped(qtbot: QtBot, page: SamplesPage, ground: Ground) -> None:
    page.draw()
    ground.final()
    page.refresh()
    qtbot.waitUntil(lambda: [row.lead for row in page.list.rows] == ["scored"])
    page.list.setFocus()
    page.drop()
    assert "it stays" in said(page)


def test_weeks_are_turned_over(qtbot: QtBot, page: SamplesPage) -> None:
    page.draw()
    qtbot.waitUntil(lambda: len(page.list.rows) == 1)
    page.go(-1)
    assert page.period == "2026-W46"
    qtbot.waitUntil(lambda: not page.list.rows)
    page.go(1)
    qtbot.waitUntil(lambda: len(page.list.rows) == 1)


def test_a_call_that_has_not_come_yet_opens_nothing(qtbot: QtBot, page: SamplesPage, drawing: Drawing) -> None:
    drawing.put(Sample("s9", CallId("c9"), "1009", "complaints", "2026-W47", BEGAN, "9001"))
    page.refresh()
    qtbot.waitUntil(lambda: len(page.list.rows) == 1)
    (row,) = page.list.rows
    assert (row.target, row.tail) == ("", "Complaints")


def test_where_calls_cannot_be_searched_it_says_so_and_can_be_tried_again(
    qtbot: QtBot, page: SamplesPage, drawing: Drawing
) -> None:
    button = page.findChild(QPushButton, "samples_draw")
    assert button is not None
    qtbot.waitUntil(button.isVisible)
    drawing.away = True
    page.draw()
    qtbot.waitUntil(button.isEnabled)
    assert not page.list.rows
    drawing.away = False
    page.draw()
    qtbot.waitUntil(lambda: len(page.list.rows) == 1)


def test_agents_do_not_draw(qtbot: QtBot, page: SamplesPage, ground: Ground) -> None:
    ground.listener = Listener("1001", Role.AGENT)
    page.refresh()
    button = page.findChild(QPushButton, "samples_draw")
    assert button is not None
    qtbot.waitUntil(button.isHidden)


def test_agents_see_the_scores_of_their_own_calls_sampled_or_not(
    qtbot: QtBot, page: SamplesPage, ground: Ground
) -> None:
    ground.listener = Listener("1001", Role.AGENT)
    page.refresh()
    qtbot.waitUntil(lambda: "last 14 days" in page._empty.text())
    final = ground.final()
    page.refresh()
    qtbot.waitUntil(lambda: [(row.lead, row.tail) for row in page.list.rows] == [("80", "not read yet")])
    assert page.list.rows[0].target == "call:c1"
    ground.score.seen(final, ground.listener)
    page.refresh()
    qtbot.waitUntil(lambda: [row.tail for row in page.list.rows] == [""])
    week = page.findChild(QPushButton, "samples_before")
    assert week is not None
    assert week.isHidden()


def test_whoever_gave_a_score_sees_who_has_answered_above_the_samples(
    qtbot: QtBot, page: SamplesPage, ground: Ground
) -> None:
    page.draw()
    ground.final(scored_by="9001", reply="noise on the line", replied_at=BEGAN + timedelta(days=1, hours=1))
    page.refresh()
    qtbot.waitUntil(lambda: [row.tail for row in page.list.rows] == ["1001 has answered", "random"])


def test_samples_are_drawn_and_weeks_turned_over_by_keys(qtbot: QtBot, page: SamplesPage) -> None:
    button = page.findChild(QPushButton, "samples_draw")
    assert button is not None
    page.activateWindow()
    qtbot.waitUntil(lambda: button.isVisible() and page.isActiveWindow())
    QTest.keyClick(page, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(page.list.rows) == 1)
    QTest.keyClick(page, Qt.Key.Key_PageUp, Qt.KeyboardModifier.AltModifier)
    assert page.period == "2026-W46"
    QTest.keyClick(page, Qt.Key.Key_PageDown, Qt.KeyboardModifier.AltModifier)
    assert page.period == "2026-W47"


def test_how_far_second_opinions_agree_stands_below_the_samples(
    qtbot: QtBot, page: SamplesPage, ground: Ground
) -> None:
    agreed = page.findChild(QLabel, "samples_agreed")
    assert agreed is not None
    qtbot.waitUntil(lambda: agreed.isVisible() and "4 weeks" in agreed.text())
    first = ground.final(scored_at=BEGAN + timedelta(hours=1))
    ground.final(score_id="s2", scored_by="9003", second_of=first.score_id, scored_at=BEGAN + timedelta(hours=2))
    page.refresh()
    qtbot.waitUntil(lambda: agreed.text().startswith("1 calls scored twice: 100 % of the answers alike"))
    assert "opening.greeting" in agreed.toolTip()
    ground.listener = Listener("1001", Role.AGENT)
    page.refresh()
    qtbot.waitUntil(agreed.isHidden)


def test_every_button_shows_its_key_or_there_is_a_reason(page: SamplesPage) -> None:
    assert not unkeyed(page)
