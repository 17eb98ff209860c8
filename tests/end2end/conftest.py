"""One ground for all end-to-end tests (see `ground`), and a post per test."""

from collections.abc import Iterator

import pytest

from desk.demo.baresip import Baresip
from tests.end2end import ground as grounds
from tests.end2end.ground import Ground, Post


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with grounds.ground(tmp_path_factory.mktemp("ground")) as made:
        yield made


@pytest.fixture(scope="session")
def resident(ground: Ground) -> Iterator[Baresip]:
    """The resident whom the sample knows."""
    with ground.resident() as telephone:
        yield telephone


@pytest.fixture
def post(ground: Ground) -> Iterator[Post]:
    """A seat that stands alone, on the line, with a window on the screen, registered and signed in."""
    with ground.seat() as seat:
        yield Post(ground, seat).start()
