"""The vault's lamp: there when recordings cannot go where they are kept, and else not."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk import wire
from desk.domain.troubles import Trouble, Wrong
from desk.ui.lamps.vault import MANY, view
from tests.ui import harness, seat


def wrongs(*troubles: Trouble) -> dict[Trouble, Wrong]:
    return {trouble: Wrong(trouble, seat.NOW, "no route") for trouble in troubles}


@pytest.mark.parametrize(
    ("state", "troubles", "tone", "words"),
    [
        (wire.RecordingsState(unvaulted=3), (Trouble.VAULT_AWAY,), "warn", "3 recordings wait"),
        (wire.RecordingsState(unvaulted=1), (Trouble.VAULT_REFUSED,), "warn", "1 recording waits"),
        (wire.RecordingsState(), (Trouble.VAULT_REFUSED,), "warn", "Recordings set aside"),
        (wire.RecordingsState(unsealed=2), (Trouble.SEAL_KEY_MISSING,), "warn", "2 recordings without key"),
        (wire.RecordingsState(unsealed=3, withheld=2), (Trouble.SPOOL_AWAY,), "warn", "2 recordings wait"),
        (
            wire.RecordingsState(unvaulted=9, withheld=1),
            (Trouble.SPOOL_AWAY, Trouble.VAULT_AWAY),
            "warn",
            "9 recordings wait",
        ),
        (wire.RecordingsState(), (Trouble.RETENTION_STANDS,), "warn", "Old recordings stay"),
        (wire.RecordingsState(unvaulted=MANY), (), "busy", f"{MANY} recordings wait"),
    ],
)
def test_what_waits_and_why(state: wire.RecordingsState, troubles: tuple[Trouble, ...], tone: str, words: str) -> None:
    shown = view(state, wrongs(*troubles))
    assert shown is not None
    assert (shown.tone, shown.words) == (tone, words)
    if troubles and troubles != (Trouble.SPOOL_AWAY,):
        assert shown.hint == "no route"


def test_recordings_on_their_way_are_nothing_to_tell() -> None:
    assert view(wire.RecordingsState(), {}) is None
    assert view(wire.RecordingsState(unvaulted=MANY - 1, unsealed=2), {}) is None
    assert view(wire.RecordingsState(faulty=2), wrongs(Trouble.RECORDINGS_FAULTY)) is None


def test_it_comes_and_goes_with_the_trouble(scene: harness.Scene, qtbot: QtBot) -> None:
    lamp = scene.built.window.findChild(QWidget, "lamp_vault")
    assert lamp is not None
    shown = [lamp.isVisible()]
    scene.receive(wire.RecordingsState(unvaulted=2, trouble="vault_away", detail="no route"))
    qtbot.waitUntil(lamp.isVisible)
    shown.append(lamp.isVisible())
    assert "no route" in lamp.toolTip()
    scene.receive(wire.RecordingsState())
    qtbot.waitUntil(lambda: not lamp.isVisible())
    assert shown == [False, True]
