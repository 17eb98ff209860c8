from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desk.ui.intake.form import IntakeForm
from tests.ui.intake.scene import PROFILE, Scene, scene


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as made:
        yield made


@pytest.fixture
def form(stage: Scene, qtbot: QtBot) -> IntakeForm:
    """A draft of a call whose caller is known."""
    form = stage.form(qtbot)
    form.open(stage.draft("d-1"))
    form.prefill(PROFILE)
    form.focus_first()
    return form
