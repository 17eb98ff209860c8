import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desk.ui.worker import Worker


class Gate:
    """Work that waits until it is let through."""

    def __init__(self, result: str = "") -> None:
        self.entered, self._open, self._result = threading.Event(), threading.Event(), result

    def __call__(self) -> str:
        self.entered.set()
        assert self._open.wait(10)
        return self._result

    def let_through(self) -> None:
        self._open.set()


@pytest.fixture
def failures() -> list[Exception]:
    return []


@pytest.fixture
def worker(qtbot: QtBot, failures: list[Exception]) -> Iterator[Worker]:
    worker = Worker(failures.append)
    yield worker
    assert worker.close(10)


def test_work_runs_elsewhere_and_its_result_comes_back_on_qts_thread(qtbot: QtBot, worker: Worker) -> None:
    here, seen = threading.get_ident(), []
    worker.run(threading.get_ident, lambda there: seen.append((there, QThread.currentThread(), threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    there, _, delivered_on = seen[0]
    assert there != here
    assert delivered_on == here


def test_a_lane_is_waited_for_no_longer_than_was_said(qtbot: QtBot, worker: Worker) -> None:
    gate, done = Gate("profile"), list[str]()
    worker.run(gate, done.append, lane="pop")
    assert not worker.wait_for("pop", 0.001)
    gate.let_through()
    assert worker.wait_for("pop", 10)
    assert not done  # it is for Qt's loop to deliver
    qtbot.waitUntil(lambda: done == ["profile"])


def test_a_newer_suggestion_drops_the_older_ones(qtbot: QtBot, worker: Worker) -> None:
    first, done, worked = Gate("first"), list[str](), list[str]()

    def work(name: str) -> str:
        worked.append(name)
        return name

    worker.latest("place", first, done.append)
    assert first.entered.wait(10)
    worker.latest("place", lambda: work("second"), done.append)
    worker.latest("place", lambda: work("third"), done.append)
    first.let_through()
    qtbot.waitUntil(lambda: bool(done))
    assert done == ["third"]
    assert worked == ["third"]


def test_suggestions_of_two_fields_do_not_drop_each_other(qtbot: QtBot, worker: Worker) -> None:
    done: list[str] = []
    worker.latest("place", lambda: "place", done.append)
    worker.latest("category", lambda: "category", done.append)
    qtbot.waitUntil(lambda: len(done) == 2)
    assert sorted(done) == ["category", "place"]


def test_what_is_forgotten_is_not_delivered(qtbot: QtBot, worker: Worker) -> None:
    gate, done = Gate("late"), list[str]()
    worker.latest("place", gate, done.append)
    assert gate.entered.wait(10)
    worker.forget("place")
    gate.let_through()
    worker.drain(10)
    worker.latest("category", lambda: "marker", done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert done == ["marker"]


def test_saves_keep_their_order_and_only_the_newest_waits(qtbot: QtBot, worker: Worker) -> None:
    gate, saved = Gate(), []
    worker.save("a", gate)
    assert gate.entered.wait(10)
    for text in ("1", "12", "123"):
        worker.save("draft-1", lambda text=text: saved.append(text))  # type: ignore[misc]
    worker.save("draft-2", lambda: saved.append("other"))
    worker.save("draft-1", lambda: saved.append("1234"))
    gate.let_through()
    assert worker.drain(10)
    assert saved == ["1234", "other"]


def test_a_failure_reaches_whoever_asked_for_it_else_everybody(
    qtbot: QtBot, worker: Worker, failures: list[Exception]
) -> None:
    told: list[Exception] = []

    def fail() -> None:
        raise OSError("no space")

    worker.run(fail, None, told.append)
    worker.run(fail)
    qtbot.waitUntil(lambda: bool(told) and bool(failures))
    assert [str(e) for e in (*told, *failures)] == ["no space", "no space"]


def test_nothing_is_delivered_to_a_widget_that_is_gone(qtbot: QtBot, worker: Worker) -> None:
    owner, gate, done = QObject(), Gate("late"), list[str]()
    worker.run(gate, done.append, owner=owner)
    assert gate.entered.wait(10)
    delete(owner)
    gate.let_through()
    worker.run(lambda: "marker", done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert done == ["marker"]


def test_closing_finishes_what_waits(qtbot: QtBot) -> None:
    saved: list[str] = []
    worker = Worker(lambda error: None)
    worker.save("draft", lambda: saved.append("last words"))
    assert worker.close(10)
    assert saved == ["last words"]


def test_qts_thread_waits_for_no_lane_to_start(qtbot: QtBot, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    started_by, start = dict[str, int](), threading.Thread.start

    def noted(thread: threading.Thread) -> None:
        started_by[thread.name] = threading.get_ident()
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", noted)
    done = list[str]()
    worker.run(lambda: "one", done.append, lane="one")
    worker.latest("two", lambda: "two", done.append)
    qtbot.waitUntil(lambda: sorted(done) == ["one", "two"])
    assert {name: who == threading.get_ident() for name, who in started_by.items()} == {
        "ui-lanes": True,
        "ui-one": False,
        "ui-latest-two": False,
    }
