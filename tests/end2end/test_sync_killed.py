"""The background service is killed while a call runs, and again and again while its recording is being sealed."""

import time

import pytest

from desk.demo.baresip import Baresip
from desk.demo.processes import wait_until
from desk.domain.call_log import Outcome, RecordingKept
from tests.end2end import continuity, kept
from tests.end2end.ground import STEP_S, Ground, Post, kill, running, speaking

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]
KILLS_AFTER_S = (0.0, 0.3, 0.7)  # after it runs again


def test_sync_killed_mid_call_and_while_it_seals_loses_nothing(ground: Ground, resident: Baresip, post: Post) -> None:
    with speaking(ground):
        call_id = post.talk(resident)
        time.sleep(1.0)
        post.note()
        kill(post.seat, "sync")
        post.after("restart_told", restarted="sync")
        time.sleep(1.0)
        post.hang_up(resident, call_id)
    for pause_s in KILLS_AFTER_S:
        wait_until("sync runs", lambda: running(post.seat, "sync"), STEP_S)
        time.sleep(pause_s)
        kill(post.seat, "sync")
    assert kept.wait_call(post.seat, call_id).outcome is Outcome.ANSWERED
    entry = kept.wait_recording(post.seat, call_id)
    assert entry.kept is RecordingKept.KEPT
    assert not entry.interrupted
    plain = kept.plain(post.seat, call_id)
    for channel, tape in enumerate((ground.caller_sound, ground.agent_sound)):
        assert continuity.way(plain, tape, channel).is_whole
    assert kept.vaulted(post.seat, call_id) == [f"{call_id}.age", f"{call_id}.seal"]
    assert kept.spooled(post.seat) == []
