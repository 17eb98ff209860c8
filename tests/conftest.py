"""What every test shares: English as the language, and hypothesis without deadlines (timing is the benchmark's)."""

import gc
import itertools
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from desk import i18n

# Of all tests' modules, bytecode is kept even where the environment asks for none: to compile them with pytest's
# assertions takes a third of their collecting, which each worker does anew. What they start is not touched by it.
sys.dont_write_bytecode = False

# Of its own accord hypothesis tries the same examples at every run where the variable CI is set.
_SAME_EVERYWHERE = settings.get_profile("default")
settings.register_profile("desk", _SAME_EVERYWHERE, deadline=None, max_examples=100)
settings.register_profile("thorough", _SAME_EVERYWHERE, deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "desk"))


# Files with processes, servers and sound in them: much of their time is waiting. The longest are first, and between
# any two of them is one that only computes, so that neither the processors wait nor somebody at the end for the last.
_WAITING = (
    "demo/day",
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
COLLECT_ALL_EVERY = 100  # tests
_TESTS = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path.relative_to(_HERE).as_posix(), []).append(item)
    turns = {file: next((turn for turn, name in enumerate(_WAITING) if file.startswith(name)), None) for file in files}
    waiting = sorted((file for file in files if turns[file] is not None), key=lambda file: turns[file] or 0)
    computing = [file for file in files if turns[file] is None]
    woven = itertools.chain.from_iterable(itertools.zip_longest(waiting, computing))
    items[:] = [item for file in woven if file for item in files[file]]


def pytest_configure() -> None:
    """As in the window's process (`desk.ui.collector`): a cycle with widgets in it, of any test before, may not be
    found on a thread of the store's."""
    gc.disable()


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    yield
    number = next(_TESTS)
    gc.collect(2 if number % COLLECT_ALL_EVERY == 0 else 1)


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
