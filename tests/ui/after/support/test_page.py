"""Shift+F12 after a bad call: one key, a sentence, a sealed bundle; by keyboard over the whole window."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk.compose.support import opened, own_identities
from desk.domain.party import Party
from desk.secrets import FakeSecrets
from desk.support import bundle
from desk.support.what_happened import WhatHappened
from desk.ui.after.support.page import SupportPage
from desk.ui.after.support.parts import SupportUses
from desk.usecases.ports import KeyringWeak
from tests.ui import harness, seat
from tests.ui.after.support.scenes import SCENES, SHIFT, build, looking


class Seat:
    """`what` looks at what `notes` say."""

    def __init__(self, folder: Path) -> None:
        self.secrets = FakeSecrets()
        self.what: WhatHappened = looking(folder, SCENES["loss"], self.secrets)

    def report(self) -> dict[str, object]:
        """Of the newest bundle."""
        sealed = self.what.shelf.sealed(self.what.shelf.listed()[0])
        found: dict[str, object] = json.loads(
            bundle.members(opened(sealed, own_identities(self.secrets)))["report.json"]
        )
        return found


@pytest.fixture
def at(tmp_path: Path) -> Seat:
    return Seat(tmp_path)


@pytest.fixture
def scene(qtbot: QtBot, at: Seat) -> Iterator[harness.Scene]:
    uses = SupportUses(lambda: at.what)
    with harness.on_screen(qtbot, build("en", "light", uses), seat.snapshot()) as scene:
        yield scene


def press(scene: harness.Scene, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or scene.built.window, key, modifier)


def page(scene: harness.Scene) -> SupportPage:
    found = scene.built.window.findChild(SupportPage)
    assert isinstance(found, SupportPage)
    return found


def look(qtbot: QtBot, scene: harness.Scene) -> SupportPage:
    press(scene, Qt.Key.Key_F12, SHIFT)
    shown = page(scene)
    qtbot.waitUntil(lambda: shown.says.isVisible(), timeout=20_000)
    return shown


def test_one_key_says_what_was_wrong_and_keeps_it_sealed(qtbot: QtBot, scene: harness.Scene, at: Seat) -> None:
    shown = look(qtbot, scene)
    assert shown.why.text() == "The network lost parts of the sound (up to 12 %)."
    assert "cable" in shown.remedy.text()
    assert "sent to nobody" in shown.says.text()
    assert at.report()["diagnosis"] == "network_loss"
    assert at.report()["said"] == ""


def test_a_line_of_the_agents_goes_into_the_same_bundle_without_those_who_called(
    qtbot: QtBot, scene: harness.Scene, at: Seat
) -> None:
    scene.receive(seat.offered("c7", Party("13800138000")))
    qtbot.waitUntil(lambda: bool(scene.built.hub.callers.pop("c7").profile))  # type: ignore[arg-type]
    shown = look(qtbot, scene)
    assert shown.field.hasFocus()
    shown.field.setText(f"{seat.WANG.name} 13800138000 在{seat.BUILDING.name}: 有杂音")
    press(scene, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Your line is in it" in shown.says.text(), timeout=20_000)
    said = str(at.report()["said"])
    assert "有杂音" in said
    assert seat.WANG.name not in said
    assert "13800138000" not in said
    assert len(at.what.shelf.listed()) == 1


def test_an_empty_line_changes_nothing(qtbot: QtBot, scene: harness.Scene, at: Seat) -> None:
    shown = look(qtbot, scene)
    before = at.what.shelf.sealed(at.what.shelf.listed()[0])
    press(scene, Qt.Key.Key_Return)
    assert scene.built.hub.worker.drain(20)
    assert at.what.shelf.sealed(at.what.shelf.listed()[0]) == before
    assert "Your line" not in shown.says.text()


def test_escape_goes_back_to_the_form_with_what_was_typed(qtbot: QtBot, scene: harness.Scene) -> None:
    press(scene, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    form = scene.built.window.panels.middle.form
    assert form.isVisible()
    assert look(qtbot, scene).isVisible()
    press(scene, Qt.Key.Key_Escape)
    assert form.isVisible()


def test_nobody_who_is_not_signed_in_looks_back(scene: harness.Scene) -> None:
    scene.built.wiring.sign_out()
    press(scene, Qt.Key.Key_F12, SHIFT)
    assert scene.built.window.findChild(SupportPage) is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyringWeak("The keyring is locked."), "The keyring is locked."),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
def test_where_nothing_can_be_kept_the_sentence_stands_and_it_is_said(
    qtbot: QtBot, scene: harness.Scene, at: Seat, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(at.what, "keep", fail)
    shown = look(qtbot, scene)
    assert said in shown.says.text()
    assert "lost parts" in shown.why.text()
    assert not shown.add.isEnabled()


def test_the_second_look_is_a_bundle_of_its_own_and_the_first_is_listed(
    qtbot: QtBot, tmp_path: Path, at: Seat, scene: harness.Scene
) -> None:
    shown = look(qtbot, scene)
    press(scene, Qt.Key.Key_Escape)
    first = at.what.shelf.listed()[0]
    at.what = looking(tmp_path, SCENES["nothing"], at.secrets, seat.NOW.replace(minute=(seat.NOW.minute + 1) % 60))
    look(qtbot, scene)
    assert len(at.what.shelf.listed()) == 2
    assert first.why in {label.text() for label in shown.findChildren(type(shown.about))}


def test_it_says_where_it_goes_by_itself(qtbot: QtBot, at: Seat) -> None:
    uses = SupportUses(lambda: at.what, goes_by_itself=True)
    with harness.on_screen(qtbot, build("en", "light", uses), seat.snapshot()) as scene:
        assert "brought to IT by itself" in look(qtbot, scene).says.text()
