"""Whole seats where the person's name, and with it every folder, is Chinese, with blanks and quotes in it."""

from collections.abc import Iterator

import pytest

from desk.demo.baresip import Baresip
from desk.demo.seat import Seat
from desk.domain.call_log import RecordingKept
from tests.end2end import continuity, kept
from tests.end2end.ground import Ground, Post, speaking

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]
NAME = "欧阳 娜娜's 坐席 (热线一区) ①"


@pytest.fixture
def at_home(ground: Ground) -> Iterator[Seat]:
    """Settings, data, sockets, recordings and a second folder for them, all below that name; too long for a socket."""
    second = ground.folder / "备用 盘 é"
    tables = {"recording": {"overflow_folder": str(second), "mirror": True}}
    with ground.seat(empty=True, tables=tables) as seat:
        seat.folder = ground.folder / "用户" / NAME / "应用 数据"
        home = ground.folder / "用户" / NAME
        home.mkdir(parents=True)
        second.mkdir()
        seat.env = {**seat.env, "TMPDIR": str(home)}
        ground.fill(seat)
        yield seat


def test_a_call_is_taken_filed_recorded_and_heard_again_in_folders_of_any_name(
    ground: Ground, resident: Baresip, at_home: Seat
) -> None:
    post = Post(ground, at_home).start()
    with speaking(ground):
        call_id = post.talk(resident)
        post.type("slt")
        post.press("Return")
        post.type("dripping since noon")
        post.press("ctrl+Return")
        ticket_id = str(post.after("ticket_filed")["ticket_id"])
        post.hang_up(resident, call_id)
    ticket = kept.ticket(at_home, ticket_id)
    assert ticket is not None
    assert ticket.description == "dripping since noon"
    assert kept.wait_recording(at_home, call_id).kept is RecordingKept.KEPT
    recording = kept.plain(at_home, call_id)
    assert continuity.way(recording, ground.caller_sound, 0).begins_s < 1.0
    assert at_home.run("verify") == 0
    assert at_home.stop() == 0
    assert not [line for role in ("ui", "phone", "sync") for line in at_home.log_lines(role) if line.get("exception")]
