"""What every test shares: English as the language, and hypothesis without deadlines (timing is the benchmark's)."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from desk import i18n

settings.register_profile("desk", deadline=None, max_examples=100)
settings.register_profile("thorough", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "desk"))


# Files with processes, servers and sound in them come first, so that nobody waits for the last one at the end.
_SLOW_FIRST = (
    "sync/faults",
    "end2end",
    "installer",
    "telephony",
    "robustness",
    "sync",
    "recording",
    "launcher",
    "demo",
    "test_",
)
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        place = item.path.relative_to(_HERE).as_posix()
        return next((turn for turn, name in enumerate(_SLOW_FIRST) if place.startswith(name)), len(_SLOW_FIRST))

    items.sort(key=turn)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Texts are compared in English; a test of the Chinese calls `i18n.speak` itself."""
    i18n.speak("en")
    yield
    i18n.speak("en")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test has logged may hold halves of surrogate pairs, and must still reach the process that reports."""
    report = yield
    report.sections = [(name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections]
    return report
