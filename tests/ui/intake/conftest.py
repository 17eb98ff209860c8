from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.intake.scene import Scene, scene


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as made:
        yield made
