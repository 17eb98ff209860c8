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
    with harness.on_screen(qtbot, harness.build(), seat.snapshot()) as scene:
        yield scene
