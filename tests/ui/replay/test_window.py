"""The replay window over two thousand calls: found as typed, walked through and heard by keys, by each with their
rights."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desk.domain.changes import FieldValue
from desk.domain.evidence import SoundForm
from desk.domain.identity import CallId, TicketId
from desk.domain.listening import Access, Listener, Listening, Role
from desk.domain.patches import patch_of
from desk.domain.times import to_text
from desk.store.call_index import CallIndexer
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.ui.application import TITLE_BAR
from desk.ui.key_button import KeyButton
from desk.ui.player.marks import MarkKind
from desk.ui.replay.field_marks import field_marks
from desk.ui.replay.filters_presenter import What
from desk.ui.replay.model import NEWEST
from desk.ui.replay.search_pane import DIGIT_MS, TYPED_MS
from desk.usecases.ports import StoreFull
from desk.usecases.recording_ports import SearchAway, VaultAway
from desk.usecases.search_calls import PAGE, FoundCall
from tests.making import call, change
from tests.ui.keyless import unkeyed
from tests.ui.replay.stage import AGENT, CALLS, SUPERVISOR, Stage, call_id, staged
from tests.ui.seat import NOW, past_call

A_SECOND = timedelta(seconds=1)
Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def stage_of_all(tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("replay")) as made:
        yield made


@pytest.fixture
def stage(stage_of_all: Stage, qtbot: QtBot) -> Stage:
    """As it is opened: nothing typed, the newest chosen."""
    window = stage_of_all.window
    window.search.filters.clear()
    window.search.filters.hide()
    window.search.show_text("")
    window.player.close_tape()
    window._playing = None
    window.pages.turn_to(0)
    window.open()
    window.activateWindow()
    settle(stage_of_all, qtbot)
    stage_of_all.asked.clear()
    stage_of_all.player.played.clear()
    return stage_of_all


def settle(stage: Stage, qtbot: QtBot) -> None:
    search = stage.window.search
    qtbot.waitUntil(lambda: search.model.loaded and not search._typed.isActive())
    assert stage.worker.drain(10)
    QApplication.processEvents()


def type_in(stage: Stage, qtbot: QtBot, text: str) -> None:
    before = len(stage.asked)
    stage.window.search.line.setText(text)
    qtbot.waitUntil(lambda: len(stage.asked) > before)
    settle(stage, qtbot)


def one_of(stage: Stage, number: int) -> FoundCall:
    found = stage.window._parts.one(call_id(number))
    assert found is not None
    return found


def shown(stage: Stage) -> list[str]:
    model = stage.window.search.model
    return [found.hit.call.call_id for n in range(model.rowCount()) if (found := model.row(model.index(n)))]


def accesses(stage: Stage, access: Access) -> list[tuple[str, str]]:
    return [(one.call_id, one.detail) for one in stage.listenings if one.access is access]


def test_it_opens_on_the_newest_calls_with_the_keyboard_in_the_line(stage: Stage) -> None:
    assert shown(stage) == [call_id(number) for number in range(PAGE)]
    assert stage.window.search.line.hasFocus()
    assert stage.window.search.current is not None


def test_the_list_goes_on_page_by_page_to_the_last_call(stage: Stage, qtbot: QtBot) -> None:
    model = stage.window.search.model
    pages = 1
    while model.canFetchMore(model.index(-1)):
        model.fetchMore(model.index(-1))
        qtbot.waitUntil(lambda: not model._reading)
        pages += 1
    assert shown(stage) == [call_id(number) for number in range(CALLS)]
    assert pages == CALLS // PAGE + 1  # the last one is empty


def test_what_is_typed_narrows_it_down_and_says_how_it_was_understood(stage: Stage, qtbot: QtBot) -> None:
    type_in(stage, qtbot, "138 0013 8003 漏水")
    assert {found.hit.call.number for n in range(5) if (found := row(stage, n))} == {"13800138003"}
    assert all(
        "漏水" in found.hit.ticket.description for n in range(5) if (found := row(stage, n)) and found.hit.ticket
    )
    assert [chip.on for chip in stage.window.search.chips.shown].count(True) == 2


def row(stage: Stage, number: int) -> FoundCall | None:
    model = stage.window.search.model
    return model.row(model.index(number))


def test_a_chip_that_is_switched_off_widens_the_search(stage: Stage, qtbot: QtBot) -> None:
    type_in(stage, qtbot, "13800138003 漏水")
    narrow = stage.window.search.model.rowCount()
    off = next(chip for chip in stage.window.search.chips.shown if chip.on and "漏水" in chip.text)
    stage.window.search.chips.pressed.emit(off.key)
    settle(stage, qtbot)
    assert stage.window.search.model.rowCount() != narrow
    assert not any(chip.on for chip in stage.window.search.chips.shown if chip.key == off.key)


def test_keys_typed_fast_ask_once_and_older_answers_are_dropped(stage: Stage, qtbot: QtBot) -> None:
    line = stage.window.search.line
    QTest.keyClicks(line, "13800138001")
    settle(stage, qtbot)
    assert [one.text for one in stage.asked] == ["13800138001"]
    assert {found.hit.call.number for n in range(5) if (found := row(stage, n))} == {"13800138001"}


def test_arrows_walk_from_the_line_and_enter_hears(stage: Stage, qtbot: QtBot) -> None:
    line = stage.window.search.line
    heard_before = len(accesses(stage, Access.PLAYED))
    while not is_kept(stage):
        QTest.keyClick(line, Key.Key_Down)
    wanted = stage.window.search.current
    assert wanted is not None
    QTest.keyClick(line, Key.Key_Return)
    qtbot.waitUntil(lambda: bool(stage.player.played))
    assert accesses(stage, Access.PLAYED)[heard_before:] or (wanted.hit.call.call_id, "") in accesses(
        stage, Access.PLAYED
    )
    assert line.hasFocus()


def is_kept(stage: Stage) -> bool:
    found = stage.window.search.current
    recording = found.hit.recording if found is not None else None
    return recording is not None and recording.kept.value == "kept"


def test_browsing_does_not_stop_what_plays(stage: Stage, qtbot: QtBot) -> None:
    while not is_kept(stage):
        stage.window.search.step(1)
    stage.window.play_current()
    qtbot.waitUntil(lambda: stage.window.player.deck.tape is not None)
    playing = stage.window.player.deck.tape
    for _step in range(5):
        QTest.keyClick(stage.window, Key.Key_Down, Control)
    type_in(stage, qtbot, "13800138001")
    assert stage.window.player.deck.tape is playing
    assert stage.window.player.is_playing


def test_closing_stops_the_sound_and_the_size_is_kept(stage: Stage, qtbot: QtBot) -> None:
    while not is_kept(stage):
        stage.window.search.step(1)
    stage.window.play_current()
    qtbot.waitUntil(lambda: stage.window.player.deck.tape is not None)
    stage.window.close()
    assert stage.window.player.deck.tape is None
    assert stage.window._parts.memory().value("geometry") is not None


def test_a_first_window_is_no_larger_than_its_screen_where_it_may_be_smaller(stage: Stage) -> None:
    room, least = stage.window.screen().availableSize(), stage.window.minimumSize()
    assert stage.window.width() == max(least.width(), min(1280, room.width()))
    assert stage.window.height() == max(least.height(), min(720, room.height() - TITLE_BAR))


def test_a_search_for_a_number_is_on_record_before_its_results_are_shown(stage: Stage, qtbot: QtBot) -> None:
    model = stage.window.search.model
    on_record: list[list[str]] = []
    noting = model.came.connect(
        lambda _found: on_record.append([detail for _call, detail in accesses(stage, Access.SEARCHED)])
    )
    told = len(accesses(stage, Access.SEARCHED))
    for text in ("1380013", "13800138006", "13800138006 漏水"):
        type_in(stage, qtbot, text)
    stage.window.search.open_current()
    settle(stage, qtbot)
    QObject.disconnect(noting)
    assert [shown[told:] for shown in on_record] == [["1380013"], *[["1380013", "13800138006"]] * 2]
    assert len(accesses(stage, Access.SEARCHED)) == told + 2


def test_a_number_typed_digit_by_digit_is_one_search(stage: Stage, qtbot: QtBot) -> None:
    """The search waits longer while the number is half typed: longer than between two digits of whoever types."""
    told, search = len(accesses(stage, Access.SEARCHED)), stage.window.search
    waits = []
    for digit in "13800138007":
        search.line.insert(digit)
        waits.append(search._typed.interval())
    assert waits == [*[TYPED_MS] * 3, *[DIGIT_MS] * 7, TYPED_MS]
    settle(stage, qtbot)
    assert [detail for _call, detail in accesses(stage, Access.SEARCHED)[told:]] == ["13800138007"]


def test_where_it_cannot_be_put_on_record_nothing_is_shown(
    stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_number: str) -> None:
        raise StoreFull

    monkeypatch.setattr(stage.window.search._trail, "_note", full)
    with qtbot.captureExceptions() as told:
        stage.window.search.show_text("13800138002")
        qtbot.waitUntil(lambda: "search failed" in stage.window.search.text)
    assert [kind for kind, _error, _trace in told] == [StoreFull]
    assert not stage.window.search.list.isVisible()


def test_an_enter_before_the_answer_plays_what_the_answer_brings(stage: Stage, qtbot: QtBot) -> None:
    line, wanted = stage.window.search.line, call_id(900)
    ticket = one_of(stage, 900).hit.ticket
    assert ticket is not None
    QTest.keyClicks(line, ticket.number)
    QTest.keyClick(line, Key.Key_Return)
    assert chosen_to_play(stage) is None  # not what stood there before
    qtbot.waitUntil(lambda: chosen_to_play(stage) is not None)
    plays = chosen_to_play(stage)
    assert plays is not None
    assert plays.hit.call.call_id in shown(stage)
    assert plays.hit.ticket is not None
    assert plays.hit.ticket.number == ticket.number
    assert wanted in shown(stage)


def chosen_to_play(stage: Stage) -> FoundCall | None:
    return stage.window._playing


@pytest.mark.parametrize("then", ["typing", "arrows", "closing"])
def test_that_debt_is_forgiven_where_something_else_is_done(stage: Stage, qtbot: QtBot, then: str) -> None:
    line = stage.window.search.line
    QTest.keyClicks(line, "13800138001")
    QTest.keyClick(line, Key.Key_Return)
    match then:
        case "typing":
            QTest.keyClick(line, Key.Key_Backspace)
        case "arrows":
            QTest.keyClick(line, Key.Key_Down)
        case _:
            stage.window.close()
    settle(stage, qtbot)
    assert chosen_to_play(stage) is None


def test_filters_narrow_down_and_tell_what_cannot_be_read(stage: Stage, qtbot: QtBot) -> None:
    filters = stage.window.search.filters
    stage.window.search.filter_key.click()
    agents, hold = (filters.findChild(QLineEdit, f"filter_{what.value}") for what in (What.AGENTS, What.HOLD))
    assert agents is not None
    assert hold is not None
    QTest.keyClicks(agents, "1002")
    QTest.keyClicks(hold, "4x")
    qtbot.waitUntil(lambda: bool(filters.note(What.HOLD)))
    settle(stage, qtbot)
    assert {found.hit.call.agent for n in range(10) if (found := row(stage, n))} == {"1002"}
    QTest.keyClick(hold, Key.Key_Backspace)
    qtbot.waitUntil(lambda: not filters.note(What.HOLD))
    settle(stage, qtbot)
    assert all(held_for(found) >= 4_000 for n in range(3) if (found := row(stage, n)))
    QTest.keyClick(hold, Key.Key_Escape)
    assert stage.window.search.line.hasFocus()


def held_for(found: FoundCall) -> int:
    return (found.hit.recording.hold_ms or 0) if found.hit.recording is not None else 0


def test_where_nothing_fits_it_says_what_to_do(stage: Stage, qtbot: QtBot) -> None:
    type_in(stage, qtbot, "13912345678")
    assert "F4" in stage.window.search.text
    assert stage.window.search.current is None


def test_a_centre_that_cannot_be_asked_is_told_in_words(
    stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object) -> None:
        raise SearchAway

    monkeypatch.setattr(stage.window.search.model, "_look", away)
    stage.window.search.show_text("x")
    qtbot.waitUntil(lambda: "central database" in stage.window.search.text)


def test_a_list_that_cannot_be_read_again_stays_and_says_so_until_it_can(
    stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = stage.window.search
    rows = search.model.rowCount()

    def away(*_given: object) -> None:
        raise SearchAway

    with monkeypatch.context() as patch:
        patch.setattr(search.model, "_look", away)
        search.refresh()
        qtbot.waitUntil(lambda: "out of date" in search._count.text())
        assert search.model.rowCount() == rows
    search.refresh()
    qtbot.waitUntil(lambda: "out of date" not in search._count.text())


def test_a_recording_that_cannot_be_had_says_so_and_the_try_is_on_record(stage: Stage, qtbot: QtBot) -> None:
    while not is_kept(stage):
        stage.window.search.step(1)
    found = stage.window.search.current
    assert found is not None
    assert found.hit.recording is not None
    file = found.hit.recording.file
    kept, stage.opener.files[file] = stage.opener.files[file], VaultAway("down")
    stage.window.play_current()
    qtbot.waitUntil(lambda: "does not answer" in stage.window.player.text)
    stage.opener.files[file] = kept
    assert (found.hit.call.call_id, "play: vault_away") in accesses(stage, Access.REFUSED)


def test_an_export_is_written_where_it_was_asked_for(stage: Stage, qtbot: QtBot) -> None:
    while not is_kept(stage):
        stage.window.search.step(1)
    act = stage.window.act
    act.export_key.click()
    act.export_strip._form.setCurrentIndex(act.export_strip._form.findData(SoundForm.MP3.value))
    act.export_strip._go()
    qtbot.waitUntil(lambda: "out.wav" in act.progress.text)
    (exported,) = stage.exported
    assert exported[1].form is SoundForm.MP3
    assert Path(stage.files()).read_bytes() == b"sound"
    stage.exported.clear()


def focus() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def to_a_kept_one(stage: Stage) -> None:
    while not is_kept(stage):
        stage.window.search.step(1)


def test_an_evidence_pack_is_made_by_its_key(stage: Stage, qtbot: QtBot) -> None:
    to_a_kept_one(stage)
    QTest.keyClick(stage.window, Key.Key_P, Control)
    qtbot.waitUntil(lambda: "out.wav" in stage.window.act.progress.text)
    current = stage.window.search.current
    assert current is not None
    assert [one[0] for one in stage.exported] == [current.hit.call.call_id]
    stage.exported.clear()


def test_what_takes_long_is_stopped_by_its_key_and_can_be_asked_for_again(stage: Stage, qtbot: QtBot) -> None:
    to_a_kept_one(stage)
    act = stage.window.act
    stage.stuck.set()
    try:
        QTest.keyClick(stage.window, Key.Key_P, Control)
        qtbot.waitUntil(lambda: act.progress._bar.value() == 900)
        assert not act.pack_key.isEnabled()
        QTest.keyClick(stage.window, Key.Key_Period, Control)
        qtbot.waitUntil(act.pack_key.isEnabled)
    finally:
        stage.stuck.clear()
    assert stage.exported == []
    assert "out.wav" not in act.progress.text


def test_a_chip_is_switched_by_keyboard_alone(stage: Stage, qtbot: QtBot) -> None:
    type_in(stage, qtbot, "13800138003 漏水")
    chips = stage.window.search.chips
    place = next(number for number, chip in enumerate(chips.shown) if chip.on and "漏水" in chip.text)
    for _ in range(20):  # from the line, past the keys beside it
        QTest.keyClick(focus(), Key.Key_Tab)
        if focus().objectName() == f"replay_chip_{place}":
            break
    focused = focus()
    assert focused.objectName() == f"replay_chip_{place}"
    QTest.keyClick(focused, Key.Key_Space)
    settle(stage, qtbot)
    assert not chips.shown[place].on
    assert focus() is focused


def test_from_a_field_of_the_ticket_the_recording_is_heard_from_the_moment_it_was_typed(
    stage: Stage, qtbot: QtBot
) -> None:
    to_a_kept_one(stage)
    QTest.keyClick(stage.window, Key.Key_2, Control)
    qtbot.waitUntil(lambda: bool(stage.window.ticket.findChildren(KeyButton, "hear_field")))
    fields = stage.window.ticket.findChildren(KeyButton, "hear_field")
    place = next(button for button in fields if "0:14" in button.accessibleName())
    place.setFocus()
    QTest.keyClick(place, Key.Key_Space)
    current = stage.window.search.current
    assert current is not None
    deck = stage.window.player.deck
    qtbot.waitUntil(lambda: deck.tape is not None)
    qtbot.waitUntil(lambda: deck.position_ms >= 14_000)
    assert stage.window._playing is not None
    assert stage.window._playing.hit.call.call_id == current.hit.call.call_id


def test_a_legal_hold_is_set_with_its_reason_and_taken_back(stage: Stage, qtbot: QtBot) -> None:
    while not is_kept(stage) or held(stage):
        stage.window.search.step(1)
    act = stage.window.act
    QTest.keyClick(stage.window, Key.Key_L, Control)
    act.hold_strip.reason.setText("业主起诉")
    QTest.keyClick(act.hold_strip.reason, Key.Key_Return)
    qtbot.waitUntil(lambda: held(stage))
    act.progress.undo_wanted.emit()
    qtbot.waitUntil(lambda: not held(stage))


def held(stage: Stage) -> bool:
    found = stage.window.search.current
    return found is not None and found.hit.recording is not None and found.hit.recording.legal_hold


def test_a_remark_is_written_where_it_plays_and_leads_back_there(stage: Stage, qtbot: QtBot) -> None:
    while not is_kept(stage):
        stage.window.search.step(1)
    stage.window.play_current()
    qtbot.waitUntil(lambda: stage.window.player.deck.tape is not None)
    stage.window.pages.turn_to(2)
    stage.window._comment(4_200, "没有报工号")
    comments = stage.window.comments
    qtbot.waitUntil(lambda: [r.text for r in comments.list.rows] == ["没有报工号"])
    with qtbot.waitSignal(comments.moment_requested) as asked:
        comments.list.opened.emit(comments.list.rows[0].target)
    assert asked.args[1] == 4_200


def test_the_calls_above_and_below_are_heard_by_one_key(stage: Stage, qtbot: QtBot) -> None:
    window = stage.window
    window.open()
    window.search.show_text("")
    settle(stage, qtbot)
    qtbot.waitUntil(window.isActiveWindow)
    window.search.list.setCurrentIndex(window.search.model.index(0))

    def heard(key: Qt.Key) -> str:
        """Presses until a call that has a recording plays."""
        while True:
            QTest.keyClick(window.search.line, key, Control)
            assert window._playing is not None
            assert window._playing == window.search.current
            if is_kept(stage):
                call = window._playing.hit.call.call_id
                qtbot.waitUntil(lambda: window.player.deck.tape is not None)
                tape = window.player.deck.tape
                assert tape is not None
                assert tape.call_id == call
                return call

    first, second = heard(Key.Key_PageDown), heard(Key.Key_PageDown)
    assert first != second
    assert heard(Key.Key_PageUp) == first


def remarks(stage: Stage) -> list[str]:
    return [mark.text for mark in stage.window.player.deck.marks if mark.kind is MarkKind.COMMENT]


def test_remarks_are_marks_of_what_plays_whichever_page_is_in_front_and_go_when_they_are_removed(
    stage: Stage, qtbot: QtBot
) -> None:
    window = stage.window
    window.search.show_text("")
    settle(stage, qtbot)
    while not is_kept(stage):
        window.search.step(1)
    window.pages.turn_to(0)
    window.play_current()
    qtbot.waitUntil(lambda: window.player.deck.tape is not None)
    window._comment(2_100, "先报工号")
    qtbot.waitUntil(lambda: "先报工号" in remarks(stage))
    window.player.close_tape()
    window.play_current()
    qtbot.waitUntil(lambda: window.player.deck.tape is not None and "先报工号" in remarks(stage))
    window.pages.turn_to(2)
    rows = window.comments.list
    qtbot.waitUntil(lambda: "先报工号" in [row.text for row in rows.rows])
    rows.choose(next(row.target for row in rows.rows if row.text == "先报工号"))
    window.comments._remove_chosen()
    qtbot.waitUntil(lambda: "先报工号" not in remarks(stage))
    window.comments._restore()
    qtbot.waitUntil(lambda: "先报工号" in remarks(stage))


def test_points_are_found_by_whoever_gave_some_and_hidden_from_who_has_not(stage: Stage, qtbot: QtBot) -> None:
    shown: dict[str, set[bool]] = {}
    try:
        for number in ("9001", "9002"):
            stage.listener = Listener(number, Role.SUPERVISOR)
            stage.window.search.show_text(f"评分>{1 + len(shown)}")
            settle(stage, qtbot)
            model = stage.window.search.model
            rows = [model.row(model.index(at, 0)) for at in range(20)]
            shown[number] = {row.unswayed for row in rows if row is not None}
    finally:
        stage.listener = SUPERVISOR
    assert shown == {"9001": {False}, "9002": {True}}


def test_the_fields_of_all_tickets_of_a_call_are_marks_of_it(stage: Stage, qtbot: QtBot) -> None:
    window = stage.window
    while not is_kept(stage):
        window.search.step(1)
    found = window.search.current
    assert found is not None
    first = found.hit.ticket
    assert first is not None
    second = replace(
        first, ticket_id=TicketId("second"), number="20261121-S01-999", registered_at=first.registered_at - A_SECOND
    )
    ids = (f"01959000-0000-7000-9000-{n:012}" for n in count(1))
    author = SeatAuthor("S01", lambda: "1001", lambda: NOW, lambda: next(ids), lambda: 0)
    SqlChangeLog(stage.store).append([author.change("ticket", "second", patch_of(second, "ticket_id"))])
    names = {mark.text for mark in field_marks(found.hit.call.call_id, found.hit.recording, [first])}
    window.play_current()
    wanted = {f"{name} · {ticket.number}" for name in names for ticket in (first, second)}
    qtbot.waitUntil(lambda: wanted == {mark.text for mark in window.player.deck.marks if mark.kind is MarkKind.FIELD})
    assert len(wanted) == 6


def test_a_remark_that_cannot_be_kept_is_told_where_it_was_written_and_comes_back(stage: Stage, qtbot: QtBot) -> None:
    window = stage.window
    while not is_kept(stage):
        window.search.step(1)
    window.play_current()
    qtbot.waitUntil(lambda: window.player.deck.tape is not None)
    window.player.open_comment()
    line = window.player.comment.line
    QTest.keyClicks(line, "calm first")
    stage.listener = Listener("1009", Role.AGENT)  # somebody else's call by now
    try:
        QTest.keyClick(line, Key.Key_Return)
        qtbot.waitUntil(line.isVisible)
        assert line.text() == "calm first"
        assert len(window.player.text) > 10
    finally:
        stage.listener = SUPERVISOR
    QTest.keyClick(line, Key.Key_Return)
    qtbot.waitUntil(lambda: "calm first" in remarks(stage))
    assert window.player.text == ""


def test_the_listening_log_of_the_chosen_call_is_shown(stage: Stage, qtbot: QtBot) -> None:
    while not is_kept(stage):
        stage.window.search.step(1)
    stage.window.pages.turn_to(3)
    stage.window.play_current()
    qtbot.waitUntil(lambda: any(r.lead == "Heard" for r in stage.window.listenings.rows))


def test_one_call_alone_can_be_asked_for(stage: Stage, qtbot: QtBot) -> None:
    stage.window.show_call(call_id(900))
    settle(stage, qtbot)
    assert shown(stage) == [call_id(900)]
    stage.window.search.chips.pressed.emit(stage.window.search.chips.shown[0].key)
    settle(stage, qtbot)
    assert len(shown(stage)) == PAGE


def test_agents_find_their_own_calls_of_the_last_days_and_take_nothing_out(stage: Stage, qtbot: QtBot) -> None:
    before, stage.listener = stage.listener, AGENT
    try:
        stage.window.look_who_listens()
        type_in(stage, qtbot, "1002")
        stage.window.search.show_text("")
        settle(stage, qtbot)
        assert {found.hit.call.agent for n in range(PAGE) if (found := row(stage, n))} == {"1001"}
        assert not stage.window.act.export_key.isVisible()
        assert not stage.window.act.hold_key.isVisible()
    finally:
        stage.listener = before
        stage.window.look_who_listens()
        settle(stage, qtbot)


def test_nobody_who_is_not_signed_in_finds_calls_that_nobody_took(stage: Stage, qtbot: QtBot) -> None:
    nobodys = CallId("c-nobody")
    taken_by_none = call(nobodys, number="13912340000", lookup_key="+8613912340000", agent="", offered_at=to_text(NOW))
    SqlChangeLog(stage.store).append([taken_by_none])
    while CallIndexer(stage.store).work_once():
        pass
    before = stage.listener
    try:
        for who, found in ((SUPERVISOR, [nobodys]), (Listener("", Role.AGENT), []), (AGENT, [])):
            stage.listener = who
            stage.window.search.show_text("13912340000")
            settle(stage, qtbot)
            assert shown(stage) == found
            stage.window.show_call(nobodys)
            settle(stage, qtbot)
            assert shown(stage) == found
    finally:
        stage.listener = before
        SqlChangeLog(stage.store).append([change("call", nobodys, {"offered_at": to_text(NOW - timedelta(days=400))})])
        stage.window.search.show_text("")
        settle(stage, qtbot)


@pytest.fixture
def small(tmp_path: Path, qtbot: QtBot) -> Iterator[Stage]:
    """Four hundred calls of its own, to write into."""
    with staged(tmp_path, count_of=400) as made:
        made.window.open()
        settle(made, qtbot)
        yield made


def choose(stage: Stage, qtbot: QtBot, number: int) -> CallId:
    """The row of this number, with all that stands above it."""
    search = stage.window.search
    while search.model.rowCount() <= number:
        search.model.fetchMore(search.model.index(-1))
        qtbot.waitUntil(lambda: not search.model._reading)
    search.list.setCurrentIndex(search.model.index(number))
    found = search.current
    assert found is not None
    return found.hit.call.call_id


_NUMBERS = count(1)


def append(stage: Stage, name: str, **fields: FieldValue) -> None:
    author = SeatAuthor(
        "S02", lambda: "1001", lambda: NOW, lambda: f"01959000-0000-7000-9100-{next(_NUMBERS):012}", lambda: 0
    )
    SqlChangeLog(stage.store).append([author.change("call", name, fields)])
    indexer = CallIndexer(stage.store)
    while indexer.work_once():
        pass


def test_a_call_chosen_far_below_stays_beside_the_list_when_one_comes_out_of_order(small: Stage, qtbot: QtBot) -> None:
    """A long call ended after a shorter one: the list is new, and holds the newest only."""
    window, search = small.window, small.window.search
    chosen = choose(small, qtbot, NEWEST + 20)
    seen: list[FoundCall | None] = []
    search.chosen.connect(seen.append)
    late = patch_of(replace(one_of(small, 0).hit.call, offered_at=NOW - timedelta(minutes=30)), "call_id")
    append(small, "late", **late)
    window.rows_changed(("call",))
    qtbot.waitUntil(lambda: "late" in shown(small))
    assert chosen not in shown(small)
    assert seen == []
    assert search.current is not None
    assert search.current.hit.call.call_id == chosen
    assert "further down" in search._count.text()
    while chosen not in shown(small):
        search.model.fetchMore(search.model.index(-1))
        qtbot.waitUntil(lambda: not search.model._reading)
    assert {one.hit.call.call_id for one in seen if one is not None} == {chosen}
    assert search.list.currentIndex() == search.model.index_of(chosen)
    assert "further down" not in search._count.text()


def test_a_call_that_fits_no_more_stays_beside_the_list_until_another_is_chosen(small: Stage, qtbot: QtBot) -> None:
    window, search = small.window, small.window.search
    type_in(small, qtbot, "1001")
    chosen = choose(small, qtbot, 3)
    seen: list[FoundCall | None] = []
    search.chosen.connect(seen.append)
    append(small, chosen, agent="1002")
    window.rows_changed(("call",))
    qtbot.waitUntil(lambda: chosen not in shown(small))
    assert seen == []
    search.step(1)
    assert [one.hit.call.call_id for one in seen if one is not None] == shown(small)[:1]


@pytest.mark.parametrize("how", ["closed", "hidden by the lock"])
def test_what_came_while_it_was_away_is_there_when_it_is_shown_again(small: Stage, qtbot: QtBot, how: str) -> None:
    window = small.window
    chosen = choose(small, qtbot, 3)
    window.pages.turn_to(3)
    settle(small, qtbot)
    assert not window.listenings.rows
    (window.close if how == "closed" else window.hide)()
    append(small, "since", **patch_of(replace(one_of(small, 0).hit.call, offered_at=NOW), "call_id"))
    heard = Listening("l-since", Access.PLAYED, "9001", "S02", NOW, chosen)
    SqlChangeLog(small.store).append([change("listening", "l-since", patch_of(heard, "listening_id"))])
    window.rows_changed(("call", "listening"))
    settle(small, qtbot)
    assert "since" not in shown(small)
    (window.open if how == "closed" else window.show)()
    qtbot.waitUntil(lambda: shown(small)[0] == "since")
    assert window.search.current is not None
    assert window.search.current.hit.call.call_id == chosen
    qtbot.waitUntil(lambda: len(window.listenings.rows) == 1)


def test_a_list_without_calls_gets_its_first_ones_and_says_so_where_the_last_one_goes(
    tmp_path: Path, qtbot: QtBot
) -> None:
    with staged(tmp_path, count_of=0) as empty:
        window, search = empty.window, empty.window.search
        window.open()
        settle(empty, qtbot)
        assert search.text == "No calls yet."
        assert not search.list.isVisible()
        append(empty, "first", **patch_of(past_call("first"), "call_id"))
        window.rows_changed(("call",))
        qtbot.waitUntil(search.list.isVisible)
        assert shown(empty) == ["first"]
        assert search.text == ""
        assert search.current is not None
        type_in(empty, qtbot, "1001")
        assert shown(empty) == ["first"]
        append(empty, "first", agent="1002")
        window.rows_changed(("call",))
        qtbot.waitUntil(lambda: not search.list.isVisible())
        assert search.text.startswith("No call fits.")


def test_every_button_shows_its_key_or_there_is_a_reason(stage: Stage) -> None:
    assert not unkeyed(stage.window)
