"""The line and the headset are not as they should be. Each time the window says what is wrong and what to do, and what
was said is over by itself once it is put right."""

import socket
import time

import pytest

from desk.demo.baresip import Baresip
from desk.demo.kamailio import Kamailio
from desk.demo.processes import NotReady, free_port
from desk.demo.stage import LINE_USER, PASSWORD
from desk.domain.troubles import Trouble
from tests.end2end import continuity, kept
from tests.end2end.ground import Ground, Post, line_entry, put_secret, speaking

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]


def test_wrong_password_is_told_and_a_right_one_is_taken_by_itself(ground: Ground) -> None:
    with ground.seat(on_screen=False) as seat:
        put_secret(seat, line_entry(seat), "not-the-password")
        post = Post(ground, seat).start(line="deaf")
        post.told(Trouble.WRONG_PASSWORD)
        post.note()
        put_secret(seat, line_entry(seat), PASSWORD)
        post.told(None)
        post.after("line registered", role="phone")


def test_missing_password_is_told_and_taken_once_it_is_there(ground: Ground) -> None:
    with ground.seat(on_screen=False) as seat:
        kept.lose_secret(seat, line_entry(seat))
        post = Post(ground, seat).start(line="deaf")
        post.told(Trouble.PASSWORD_MISSING)
        post.note()
        put_secret(seat, line_entry(seat), PASSWORD)
        post.told(None)
        post.after("line registered", role="phone")


def test_registrar_that_is_not_there_is_told_and_found_when_it_comes(ground: Ground) -> None:
    port = free_port(socket.SOCK_DGRAM)
    address = f"127.0.0.1:{port}"
    with ground.seat(on_screen=False, tables={"line": {"registrar": address, "retry_s": 2}}) as seat:
        put_secret(seat, f"sip:{LINE_USER}@{address}", PASSWORD)
        post = Post(ground, seat).start(line="deaf")
        post.told(Trouble.NO_REGISTRAR)
        post.note()
        registrar = Kamailio(seat.folder / "kamailio", {LINE_USER: PASSWORD}, port=port)
        registrar.start()
        try:
            post.told(None)
            post.after("line registered", role="phone")
        finally:
            registrar.kill()


def test_busy_port_is_told_and_taken_once_it_is_free(ground: Ground) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with ground.seat(on_line=False, on_screen=False, tables={"line": {"port": port}}) as seat:
            post = Post(ground, seat).start(line="deaf")
            post.told(Trouble.PORT_BUSY)
            post.note()
            other.close()
            post.told(None)
            post.after("line direct", role="phone")


def test_microphone_that_is_not_there_is_told_and_taken_when_it_comes(ground: Ground) -> None:
    with ground.seat(on_screen=False) as seat:
        ground.headset.unplug_microphone()
        try:
            post = Post(ground, seat).start()
            post.told(Trouble.NO_MICROPHONE)
            post.note()
        finally:
            ground.headset.plug_in_microphone()
        post.told(None)


def test_headset_that_vanishes_mid_call_leaves_call_and_recording(
    ground: Ground, resident: Baresip, post: Post
) -> None:
    call_id = post.talk(resident)
    ended = len(resident.events)
    time.sleep(1.0)
    post.note()
    ground.headset.unplug()
    try:
        post.told(Trouble.HEADSET_VANISHED)
        post.note()
    finally:
        ground.headset.plug_in()
    post.told(None)
    with speaking(ground):
        time.sleep(3.0)
        with pytest.raises(NotReady):
            resident.wait_event("CALL_CLOSED", 0.1, ended)
        post.hang_up(resident, call_id)
    file = kept.plain(post.seat, call_id)
    caller = continuity.way(file, ground.caller_sound, 0)
    assert caller.is_whole, caller  # the resident was recorded all the time
    assert continuity.way(file, ground.agent_sound, 1).ends_s > caller.ends_s - 1.0
