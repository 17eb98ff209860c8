"""What keeps the seat's store from opening is told in a window, because an agent has no terminal; a key tries again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desk import exit_codes
from desk.i18n import speak
from desk.secrets import KeyringShut
from desk.settings import SettingsError
from desk.ui import fault_window_presenter
from desk.usecases.ports import KeyMissing, KeyringWeak, KeyUnfit, StoreBroken, StoreFull
from tests.end2end import kept
from tests.end2end.ground import START_S, STEP_S, Ground, Post, is_chinese, put_secret, wait_gone

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]


@contextmanager
def refused(post: Post, fault: str) -> Iterator[None]:
    """The seat starts, says this, and says it again when it is tried again; afterwards the agent gives up."""
    post.note()
    post.seat.start()
    post.after("fault_told", fault=fault, timeout_s=START_S)
    post.in_front()
    post.note()
    post.press("Return")
    post.after("fault_told", fault=fault)
    yield


def gives_up(post: Post) -> None:
    post.press("Escape")
    assert post.seat.child is not None
    assert post.seat.child.process.wait(STEP_S) == exit_codes.FAULT
    wait_gone(post.seat, 1.0)


def test_missing_store_key_is_told_in_a_window_and_taken_once_it_is_back(ground: Ground) -> None:
    with ground.seat() as seat:
        post = Post(ground, seat)
        key = kept.lose_secret(seat, kept.STORE_KEY)
        before = (seat.data_dir / "seat.db").read_bytes()
        with refused(post, "KeyMissing"):
            assert (seat.data_dir / "seat.db").read_bytes() == before
            put_secret(seat, kept.STORE_KEY, key)
            post.note()
            post.press("Return")
            post.after("window_ready")
            post.after("signed_in")
            post.seat.wait_step("line registered", STEP_S, role="phone")


def test_seat_whose_store_key_is_missing_ends_when_the_agent_gives_up(ground: Ground) -> None:
    with ground.seat() as seat:
        post = Post(ground, seat)
        kept.lose_secret(seat, kept.STORE_KEY)
        with refused(post, "KeyMissing"):
            gives_up(post)


def test_store_that_no_key_fits_is_told_in_a_window_and_left_as_it_is(ground: Ground) -> None:
    with ground.seat() as seat:
        damaged = b"this was a store once" * 1000
        (seat.data_dir / "seat.db").write_bytes(damaged)
        post = Post(ground, seat)
        with refused(post, "KeyUnfit"):
            gives_up(post)
        assert (seat.data_dir / "seat.db").read_bytes() == damaged


def test_computer_without_a_keyring_is_told_in_a_window(ground: Ground) -> None:
    with ground.seat() as seat:
        seat.env = {**seat.env, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere/bus"}
        post = Post(ground, seat)
        with refused(post, "KeyringWeak"):
            gives_up(post)


FAULTS = [
    KeyMissing("detail"),
    KeyringWeak("detail"),
    KeyringShut("detail"),
    KeyUnfit("detail"),
    StoreBroken("detail"),
    StoreFull("detail"),
    SettingsError(Path("settings.toml"), 3, "detail"),
    SettingsError(Path("settings.toml"), 0, "detail"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_every_fault_that_has_a_window_has_words_in_both_languages(fault: Exception) -> None:
    speak("zh_CN")
    chinese = fault_window_presenter.present(fault)
    speak("en")
    english = fault_window_presenter.present(fault)
    assert chinese is not None
    assert english is not None
    assert is_chinese(chinese.what)
    assert is_chinese(chinese.to_do)
    assert "again" in english.to_do
    assert "detail" in english.detail


def test_a_bug_is_no_fault() -> None:
    assert fault_window_presenter.present(LookupError("?")) is None
