"""The ui's tests run without a screen unless one is asked for."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.ui import harness, seat


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[harness.Scene]:
    """A window with the little estate, the phone attached, agent 1001 signed in, on the screen."""
    scene = harness.build()
    window = scene.built.window
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    scene.receive(seat.snapshot())
    scene.built.wiring.sign_in("1001")
    qtbot.waitUntil(lambda: scene.built.hub.agent is not None and scene.built.hub.state.phone_here)
    yield scene
    scene.close()
