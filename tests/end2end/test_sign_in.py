"""Signing in by password and the lock, with the real programs: the centre judges, keys are pressed, a call runs."""

import pytest

from desk.demo.baresip import Baresip
from desk.demo.outcome import central_ticket
from desk.demo.processes import wait_until
from desk.demo.stage import DATABASE
from tests.end2end.ground import START_S, STEP_S, Ground, Post, kill

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(300)]
PERSON, PASSWORD = "5001", "right-and-long"


def start(ground: Ground, post: Post) -> None:
    """Until the sign-in page has the keyboard."""
    post.note()
    post.seat.start()
    post.after("window_ready", timeout_s=START_S)
    post.after("line registered", role="phone", timeout_s=START_S)
    post.in_front()


def give_password(post: Post, password: str) -> None:
    post.note()
    post.type(password)
    post.press("Return")


def test_a_call_is_taken_locked_and_filed_by_whoever_signed_in_with_their_password(
    ground: Ground, resident: Baresip
) -> None:
    central = ground.central
    central.create_role(PERSON, PASSWORD)
    tables = {"seat": {"sign_in": "password"}}
    with ground.seat(alone=False, agent="5000", tables=tables) as seat:
        post = Post(ground, seat)
        start(ground, post)
        post.type(PERSON)
        post.press("Return")
        give_password(post, "wrong-one")
        judged = post.after("sign-in judged", role="sync")
        assert (judged["agent"], judged["answer"]) == (PERSON, "wrong")
        give_password(post, PASSWORD)
        post.after("signed_in")
        call_id = post.talk(resident)
        post.note()
        post.press("ctrl+shift+l")
        post.after("locked")
        post.press("F4")
        post.after("command", command="Mute", call_id=call_id)
        post.note()
        kill(seat, "ui")  # a crash does not open the lock
        post.after("window_ready", timeout_s=START_S)
        post.after("locked", timeout_s=STEP_S)
        post.in_front()
        give_password(post, PASSWORD)
        post.after("unlocked")
        post.type("slt")
        post.press("Return")
        post.type("dripping since noon")
        post.press("ctrl+Return")
        ticket_id = str(post.after("ticket_filed")["ticket_id"])
        row = wait_until("the row at the centre", lambda: central_ticket(central, DATABASE, ticket_id), STEP_S)
        assert row is not None
        assert row.author == PERSON
        post.hang_up(resident, call_id)
