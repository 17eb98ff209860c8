"""One Chromium for the tests of a process: starting it costs more than a page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recording.proof.browser import Browser, Page
from tests.recording.proof.sealed import SealedVault


@pytest.fixture
def vault(tmp_path: Path) -> SealedVault:
    return SealedVault(tmp_path / "vault")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.page()
    yield opened
    browser.call("Target.closeTarget", targetId=opened.target)
