"""A draft outlives what happens around it; a call that rings takes nothing from the one who types."""

import pytest

from desk.demo.baresip import Baresip
from tests.end2end import kept
from tests.end2end.ground import STEP_S, Ground, Post

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]
TEXT = "the tap in the kitchen drips since yesterday noon and the floor is wet"


def test_draft_survives_the_end_of_its_call_other_calls_and_another_agent(
    ground: Ground, resident: Baresip, post: Post
) -> None:
    call_id = post.talk(resident)
    post.type("lousz")
    first = kept.wait_typed(post.seat, "category", "lousz")
    post.hang_up(resident, call_id)
    with ground.telephone("13911114444") as other:  # another call in between: its form is offered, not forced
        second = post.rings(other)
        post.answer(other)
        post.type("x")
        kept.wait_typed(post.seat, "category", "louszx")
        post.note()
        post.press("ctrl+n")
        post.after("form_opened", call_id=second)
        post.type("dt")
        kept.wait_typed(post.seat, "category", "dt")
        post.hang_up(other, second)
    post.note()
    post.press("ctrl+shift+o")
    post.after("signed_out")
    post.press("ctrl+a")
    post.type("1002")
    post.press("Return")
    post.after("signed_in")
    post.note()
    post.press("ctrl+n")
    post.after("form_opened")
    post.type("qita")
    kept.wait_typed(post.seat, "category", "qita", author="1002")
    post.note()
    post.press("ctrl+shift+o")
    post.after("signed_out")
    post.press("ctrl+a")
    post.type("1001")
    post.press("Return")
    post.after("signed_in")
    assert {kept.typed_in(draft, "category") for draft in kept.drafts(post.seat)} == {"louszx", "dt"}
    post.note()
    post.press("F12", "Down", "Return")  # the list; the newest draft stands first
    post.after("form_opened", draft_id=first.draft_id)
    post.type("y")
    kept.wait_typed(post.seat, "category", "louszxy")


def test_call_that_rings_takes_no_character_from_the_field_that_is_typed_in(
    ground: Ground, resident: Baresip, post: Post
) -> None:
    post.note()
    post.press("ctrl+n")
    post.after("form_opened")
    post.press("Tab", "Tab")  # category, place, description
    known = len(resident.events)
    half = len(TEXT) // 2
    post.type(TEXT[:10])
    resident.dial(ground.line)
    ground.display.type(TEXT[10:half], delay_ms=60)
    call_id = str(post.after("call_shown")["call_id"])
    post.type(TEXT[half:-10])
    post.press("F2")
    post.type(TEXT[-10:])
    resident.wait_event("CALL_ESTABLISHED", STEP_S, known)
    draft = kept.wait_typed(post.seat, "description", TEXT)
    assert draft.call_id is None
    post.hang_up(resident, call_id)
