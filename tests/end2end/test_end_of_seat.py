"""The end of a seat, as the agent wants it, and a second start."""

import os
import subprocess

import pytest

from desk import exit_codes
from desk.demo.baresip import Baresip
from desk.demo.processes import wait_until
from desk.domain.call_log import Outcome
from tests.end2end import kept
from tests.end2end.ground import STEP_S, TITLE, Ground, Post, is_chinese, wait_gone

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]


def test_closing_the_window_ends_all_and_the_call_counts_as_ended(
    ground: Ground, resident: Baresip, post: Post
) -> None:
    call_id = post.talk(resident)
    known = len(resident.events)
    post.press("alt+F4")  # asked inside the window, because a call runs
    post.press("ctrl+shift+q")
    resident.wait_event("CALL_CLOSED", STEP_S, known)
    assert post.seat.child is not None
    assert post.seat.child.process.wait(STEP_S) == exit_codes.OK
    wait_gone(post.seat, 1.0)
    post.start()
    entry = kept.wait_call(post.seat, call_id)
    assert entry.outcome is Outcome.ANSWERED
    assert not kept.wait_recording(post.seat, call_id).interrupted
    post.press("alt+F4")
    assert post.seat.child.process.wait(STEP_S) == exit_codes.OK
    wait_gone(post.seat, 1.0)


def test_second_start_says_so_and_brings_the_window_to_the_front(ground: Ground, post: Post) -> None:
    display = ground.display
    window = wait_until("the window", lambda: display.window(TITLE), STEP_S)
    assert window
    display.minimize(window)
    wait_until("the window to be gone", lambda: not display.window(TITLE), STEP_S)
    second = subprocess.run(
        post.seat.command(),
        env={**os.environ, **post.seat.env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == exit_codes.ALREADY_RUNNING
    assert is_chinese(second.stderr)
    wait_until("the window", lambda: display.window(TITLE), STEP_S)
    wait_until("the keyboard in it", lambda: display.focused() == window, STEP_S)
