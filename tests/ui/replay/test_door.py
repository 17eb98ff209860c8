"""From the seat's window to the replay window: built when it is first asked for, with what was chosen in front."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desk import wire
from desk.compose.clock import now
from desk.compose.replay import Ground, uses_of
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.events import CallAnswered
from desk.domain.identity import CallId
from desk.domain.listening import Listener, Role
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.domain.scores import Score, ScoreState
from desk.domain.sheets import answer_texts
from desk.domain.sign_in import Answer
from desk.resources import resources_dir
from desk.sheets import read_sheets
from desk.store.call_search import SqlCallSearch
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.scores import SqlScores
from desk.store.store import Store
from desk.ui.lamps.scores import ScoreLamp
from desk.ui.parts import UiParts
from desk.ui.player.bar import PlayerBar
from desk.ui.replay.door import ReplayDoor
from desk.ui.replay.uses import ReplayUses
from desk.ui.replay.window import ReplayWindow
from desk.ui.score.page import LANE, ScorePage
from desk.ui.score.samples import SamplesPage
from desk.usecases.fakes import FakeOpener, FakeStore
from desk.usecases.listening_log import ListeningLog
from desk.usecases.read_scores import ReadScores
from desk.usecases.replay import Replay, Tape
from tests.making import new_id
from tests.ui import harness, seat, sign_in_scenes
from tests.ui.intake.scene import Keys
from tests.ui.seat import NOW
from tests.ui.sign_in_scenes import Guarded


class Seat:
    """Whoever sits there, and what stands in the store."""

    def __init__(self, store: Store) -> None:
        self.store, self.who = store, Listener("1001", Role.SUPERVISOR)
        self.log = SqlChangeLog(store)
        self.author = SeatAuthor("S01", lambda: self.who.agent, lambda: NOW, new_id, self.log.base_seq)

    def listener(self) -> Listener:
        return self.who

    def put(self, entity: str, entity_id: str, value: CallEntry | Score, id_field: str) -> None:
        self.log.append([self.author.change(entity, entity_id, patch_of(value, id_field))])


@pytest.fixture
def at_seat(tmp_path: Path) -> Iterator[Seat]:
    store = Store.open(tmp_path / "seat.db", Keys())
    yield Seat(store)
    store.close()


def with_recordings(at_seat: Seat, parts: UiParts) -> UiParts:
    """Recordings are looked for in a real store, which is empty."""
    store = at_seat.store
    supervisor, calls = at_seat.listener, SqlCallLog(store)
    listening = ListeningLog(at_seat.log, at_seat.author, lambda: NOW, new_id, "S01", supervisor)
    scores = ReadScores(SqlScores(store), calls, supervisor, now, 14)
    ground = Ground(
        settings=parts.settings,
        store=store,
        author=at_seat.author,
        listener=supervisor,
        listening_log=listening,
        replay=Replay(calls, FakeOpener(), listening, supervisor, lambda: NOW, 7),
        scores=scores,
        estate_map=parts.estate_map,
        find_person=parts.find_person,
        find_place=parts.find_place,
        find_category=parts.find_category,
        categories=parts.categories,
        central_search=SqlCallSearch(store),  # standing alone: not asked
    )

    def uses() -> ReplayUses:
        return replace(uses_of(ground), reel=lambda _tape: seat.Silence(), player=seat.SilentPlayer())

    return replace(parts, replay=uses, score_news=scores.news)


@pytest.fixture
def scene(qtbot: QtBot, at_seat: Seat) -> Iterator[harness.Scene]:
    """The seat's window over its store in memory."""
    memory = FakeStore()
    made = harness.Scene(harness.window_of(with_recordings(at_seat, harness.parts(memory))), memory, [], [])
    with harness.on_screen(qtbot, made, seat.snapshot()) as shown:
        yield shown


def test_the_other_party_of_a_found_call_is_called_from_there(
    scene: harness.Scene, at_seat: Seat, qtbot: QtBot
) -> None:
    at_seat.put("call", CallId("c-1"), replace(seat.past_call(), call_id=CallId("c-1"), agent="1001"), "call_id")
    asked: list[str] = []
    scene.built.hub.call_requested.connect(asked.append)
    door = scene.built.window.findChild(ReplayDoor, "replay_door")
    assert door is not None
    door.open("call:c-1")
    qtbot.waitUntil(lambda: door.window is not None and door.window.isVisible(), timeout=15_000)
    replay = door.window
    assert replay is not None
    qtbot.waitUntil(lambda: replay.search.current is not None)
    QTest.keyClick(replay.search.line, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: asked == ["138 0013 8000"])
    number = next(label for label in replay.facts.findChildren(QLabel) if label.text() == "138 0013 8000")
    at = number.mapTo(replay, QPoint(8, number.height() // 2))
    QTest.mouseClick(replay.windowHandle(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: asked == ["138 0013 8000"] * 2)


def test_its_key_opens_the_window_and_leaving_the_seat_closes_it(scene: harness.Scene, qtbot: QtBot) -> None:
    window = scene.built.window
    door = window.findChild(ReplayDoor, "replay_door")
    assert door is not None
    QTest.keyClick(window, Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: door.window is not None and door.window.isVisible(), timeout=15_000)
    replay = door.window
    assert replay is not None
    qtbot.waitUntil(lambda: replay.search.model.loaded)
    assert replay.search.line.text() == ""
    door.open("call:c-1")
    qtbot.waitUntil(lambda: replay.search.model.loaded and replay.search.model.asked.call_id == "c-1")
    assert "not here" in replay.search.text or "这里没有" in replay.search.text
    scene.built.wiring.sign_out()
    assert door.window is None


@pytest.fixture
def guarded(qtbot: QtBot, at_seat: Seat) -> Iterator[Guarded]:
    """The same where the centre checks passwords; 1001 sits there."""
    scene = sign_in_scenes.build(more=lambda parts: with_recordings(at_seat, parts))
    window = scene.built.window
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    scene.receive(seat.snapshot(), wire.Seated())
    qtbot.waitUntil(lambda: scene.built.hub.state.phone_here)
    sign_in(qtbot, scene, "1001")
    yield scene
    scene.close()


def sign_in(qtbot: QtBot, scene: Guarded, number: str) -> None:
    def asked() -> int:
        return sum(isinstance(message, wire.SignIn) for message in scene.sync.told)

    before = asked()
    scene.built.window.panels.sign_in.offered.emit(number, "right")
    qtbot.waitUntil(lambda: asked() > before)
    scene.answer()
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None)


def unlock(qtbot: QtBot, scene: Guarded) -> None:
    scene.built.window.panels.lock.offered.emit("right")
    scene.answer()
    qtbot.waitUntil(lambda: not scene.built.hub.locked)


def opened(qtbot: QtBot, scene: harness.Scene) -> ReplayWindow:
    """By its key."""
    door = scene.built.window.findChild(ReplayDoor, "replay_door")
    assert door is not None
    scene.built.window.replay_wanted.emit()
    qtbot.waitUntil(lambda: door.window is not None and door.window.isVisible(), timeout=15_000)
    assert door.window is not None
    return door.window


def test_the_lock_hides_the_window_and_whoever_opens_it_has_it_back(qtbot: QtBot, guarded: Guarded) -> None:
    replay = opened(qtbot, guarded)
    guarded.built.window.lock_wanted.emit()
    assert guarded.built.hub.locked
    assert not replay.isVisible()
    unlock(qtbot, guarded)
    assert replay.isVisible()


@pytest.mark.parametrize("how", ["somebody else", "put out"])
def test_a_seat_taken_over_while_the_lock_hid_the_window_can_be_unlocked_by_the_next(
    qtbot: QtBot, guarded: Guarded, how: str
) -> None:
    replay = opened(qtbot, guarded)
    guarded.built.window.lock_wanted.emit()
    with qtbot.waitSignal(replay.destroyed):
        if how == "put out":
            guarded.receive(wire.PutOut("1001", Answer.DISABLED))
        else:
            guarded.built.window.panels.lock.other_wanted.emit()
    sign_in(qtbot, guarded, "1002")
    guarded.built.window.lock_wanted.emit()
    assert guarded.built.hub.locked
    unlock(qtbot, guarded)


def test_nothing_opens_over_the_lock_though_it_was_asked_for_before(qtbot: QtBot, guarded: Guarded) -> None:
    door = guarded.built.window.findChild(ReplayDoor, "replay_door")
    assert door is not None
    guarded.built.window.replay_wanted.emit()
    with qtbot.waitSignal(door.built, timeout=15_000):
        guarded.built.window.lock_wanted.emit()
    assert door.window is not None
    assert not door.window.isVisible()
    unlock(qtbot, guarded)
    assert opened(qtbot, guarded) is door.window


def test_the_sheet_and_the_samples_stand_beside_the_call(scene: harness.Scene, qtbot: QtBot) -> None:
    door = scene.built.window.findChild(ReplayDoor, "replay_door")
    assert door is not None
    door.open()
    qtbot.waitUntil(lambda: door.window is not None and door.window.isVisible(), timeout=15_000)
    replay = door.window
    assert replay is not None
    for key, name in ((Qt.Key.Key_6, "samples_page"), (Qt.Key.Key_5, "score_page")):
        QTest.keyClick(replay, key, Qt.KeyboardModifier.ControlModifier)
        page = replay.findChild(QWidget, name)
        assert page is not None
        qtbot.waitUntil(page.isVisible)


def test_a_call_that_is_answered_hushes_both_players_and_a_press_plays_on(scene: harness.Scene, qtbot: QtBot) -> None:
    door = scene.built.window.findChild(ReplayDoor, "replay_door")
    bar = scene.built.window.findChild(PlayerBar, "player_bar")
    assert door is not None
    assert bar is not None
    door.open()
    qtbot.waitUntil(lambda: door.window is not None and door.window.isVisible(), timeout=15_000)
    assert door.window is not None
    recording = RecordingEntry(CallId("c9"), RecordingKept.KEPT, length_ms=60_000)
    decks = [door.window.player.deck, bar.deck]
    for deck in decks:
        with qtbot.waitSignal(deck.loaded):
            deck.show_tape(Tape(CallId("c9"), io.BytesIO(), recording, "play-1"))  # type: ignore[arg-type]
    assert [deck.is_going for deck in decks] == [False, True]  # one of them is heard
    decks[0].toggle()
    with qtbot.waitSignal(scene.built.hub.call_opened):
        scene.receive(seat.offered())
    assert [deck.is_going for deck in decks] == [True, True]
    scene.receive(CallAnswered(CallId("c1"), NOW))
    qtbot.waitUntil(lambda: [deck.is_going for deck in decks] == [False, False])
    decks[0].toggle()
    assert decks[0].is_going


def scored(at_seat: Seat) -> None:
    """A call of 1001's, older than agents hear their own, scored yesterday by 9001."""
    offered = now() - timedelta(days=20)
    call = CallEntry(
        CallId("c1"), "热线", Direction.INCOMING, "13800138000", "+8613800138000", "", "", offered, "S01", "1001",
        Outcome.ANSWERED, offered, offered + timedelta(minutes=3),
    )  # fmt: skip
    sheet = read_sheets(resources_dir() / "sheets")[-1]
    answers = answer_texts({sheet.name_of(question): 1 for question in sheet.questions})
    score = Score(
        "s1", call.call_id, "1001", sheet.sheet_id, sheet.version, "9001", now() - timedelta(days=1), ScoreState.FINAL,
        200, answers, remarks="语速过快",
    )  # fmt: skip
    at_seat.put("call", call.call_id, call, "call_id")
    at_seat.put("score", score.score_id, score, "score_id")


def test_an_agent_is_told_of_a_score_reads_it_and_answers_and_whoever_gave_it_is_told(
    scene: harness.Scene, at_seat: Seat, qtbot: QtBot
) -> None:
    at_seat.who = Listener("1001", Role.AGENT)
    lamp = scene.built.window.findChild(ScoreLamp, "lamp_scores")
    door = scene.built.window.findChild(ReplayDoor, "replay_door")
    assert lamp is not None
    assert door is not None
    assert not lamp.isVisible()
    scored(at_seat)
    scene.receive(wire.Pushed(("score",)))
    qtbot.waitUntil(lamp.isVisible)
    QTest.mouseClick(lamp, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: door.window is not None and door.window.isVisible(), timeout=15_000)
    replay = door.window
    assert replay is not None
    page = replay.findChild(SamplesPage, "samples_page")
    assert page is not None
    qtbot.waitUntil(lambda: len(page.list.rows) == 1)
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    reply = replay.findChild(QPlainTextEdit, "score_reply")
    assert reply is not None
    qtbot.waitUntil(reply.isVisible)
    qtbot.waitUntil(lambda: not lamp.isVisible())
    QTest.keyClicks(reply, "noise on ")
    scene.receive(wire.Pushed(("call", "score")))  # a call has ended at another seat
    replay.player.heard.emit("c1")
    read: list[None] = []
    scene.built.hub.worker.run(lambda: None, read.append, lane=LANE)
    qtbot.waitUntil(lambda: bool(read))
    QTest.keyClicks(reply, "the line")
    send = replay.findChild(QPushButton, "score_send_reply")
    assert send is not None
    send.click()
    sheet = replay.findChild(ScorePage, "score_page")
    assert sheet is not None
    qtbot.waitUntil(lambda: sheet.paper is not None and sheet.paper.score.reply == "noise on the line")
    door.close()  # else whoever sits there next reads it at once
    assert scene.built.hub.worker.drain(10)
    at_seat.who = Listener("9001", Role.SUPERVISOR)
    scene.receive(wire.Pushed(("score",)))
    qtbot.waitUntil(lamp.isVisible)
