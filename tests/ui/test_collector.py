import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk.ui.collector import Collector


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    owner = QObject()
    gc.collect()
    gc.enable()
    yield Collector(owner)
    gc.unfreeze()
    gc.disable()
    owner.deleteLater()


@pytest.mark.parametrize("kind", [QObject, QWidget])
def test_what_a_cycle_holds_is_destroyed_on_qts_thread_whoever_makes_objects(
    qtbot: QtBot, collector: Collector, kind: type[QObject]
) -> None:
    where: list[int] = []
    garbage = kind()
    garbage.me = garbage  # type: ignore[attr-defined]
    garbage.destroyed.connect(lambda *_: where.append(threading.get_ident()), Qt.ConnectionType.DirectConnection)
    del garbage
    kept: list[list[int]] = []
    many = gc.get_threshold()[0] * 20
    worker = threading.Thread(target=lambda: kept.extend([] for _ in range(many)))
    worker.start()
    worker.join()
    assert where == []
    qtbot.waitUntil(lambda: where == [threading.get_ident()])


def test_all_is_looked_through_only_once_what_stays_is_set_aside(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected: list[int] = []
    monkeypatch.setattr(gc, "get_count", lambda: (10**9, 10**9, 10**9))
    monkeypatch.setattr(gc, "collect", lambda generation=2: collected.append(generation))
    collector.collect_due()
    collector.settle()
    collector.collect_due()
    assert collected == [1, 2]
    assert gc.get_freeze_count() > 0


def test_what_is_not_due_is_left_alone(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda generation=2: collected.append(generation))
    for counts in ((0, 0, 0), gc.get_threshold()):
        monkeypatch.setattr(gc, "get_count", lambda counts=counts: counts)
        collector.collect_due()
    assert collected == []
