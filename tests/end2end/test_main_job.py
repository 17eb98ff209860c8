"""From ring to ticket at a seat that stands alone: one call as it is meant to go, looked at from all sides, and the
callers whom nobody knows."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desk.demo.baresip import Baresip
from desk.demo.known import KNOWN
from desk.demo.outcome import both_channels
from desk.demo.voices import RATE_HZ, read_wav
from desk.domain.call_log import Outcome, RecordingKept
from desk.domain.party import Direction
from tests.end2end import continuity, kept
from tests.end2end.ground import STEP_S, Ground, Post, speaking

FIRST_WORD_S = 0.2  # recorded
FIRST_HEARD_S = 0.5  # through the buffers of the network and of the headset
MARK_S = 0.2  # a mark stands up to so much behind what it marks
HEARD_SHARE = 0.8  # of the pieces up to the hold, or from it to the mute; the rest is a busy machine's to lose

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]


@dataclass
class Played:
    """A call that is over, and its ticket."""

    post: Post
    call_id: str
    ticket_id: str
    at_ear: Path
    at_far_end: Path

    @property
    def recording(self) -> Path:
        return kept.plain(self.post.seat, self.call_id)


@pytest.fixture(scope="module")
def post(ground: Ground) -> Iterator[Post]:
    with ground.seat() as seat:
        yield Post(ground, seat).start()


@pytest.fixture(scope="module")
def played(ground: Ground, resident: Baresip, post: Post) -> Played:
    """Rings, is answered, a repair is filed by keyboard while both talk; then held and muted for a second each."""
    at_ear = ground.folder / "at-ear.wav"
    with ground.headset.capture(at_ear), speaking(ground):
        call_id = post.talk(resident)
        post.type("slt")
        post.press("Return")
        post.type("dripping since noon")
        post.press("ctrl+Return")
        ticket_id = str(post.after("ticket_filed")["ticket_id"])
        time.sleep(1.0)
        for key, command in (("F5", "Hold"), ("F4", "Mute")):
            for pause_s in (1.0, 0.7):  # on, and off again
                post.note()
                post.press(key)
                post.after("command", command=command)
                time.sleep(pause_s)
        known = len(resident.events)
        post.hang_up(resident, call_id)
        resident.wait_event("CALL_CLOSED", STEP_S, known)
    return Played(post, call_id, ticket_id, at_ear, resident.heard())


def test_ticket_is_kept_as_it_was_typed(played: Played) -> None:
    ticket = kept.ticket(played.post.seat, played.ticket_id)
    assert ticket is not None
    assert ticket.category == "repair.water.tap"
    assert ticket.description == "dripping since noon"
    assert ticket.caller_name == KNOWN.name
    assert kept.drafts(played.post.seat) == []


def test_call_log_says_who_called_how_it_went_and_what_about(played: Played) -> None:
    entry = kept.wait_call(played.post.seat, played.call_id)
    assert entry.direction is Direction.INCOMING
    assert entry.outcome is Outcome.ANSWERED
    assert (entry.number, entry.lookup_key) == (KNOWN.number_signalled, KNOWN.number_key)
    assert (entry.agent, entry.ticket_id) == ("1001", played.ticket_id)
    assert entry.person_id is not None
    assert entry.household_id is not None
    assert entry.offered_at < (entry.answered_at or entry.offered_at) < (entry.ended_at or entry.offered_at)


def test_call_log_says_how_it_was_heard(played: Played) -> None:
    entry = kept.wait_call(played.post.seat, played.call_id)
    assert entry.codec == "G722"
    assert entry.mos_worst is not None
    assert entry.mos_mean is not None
    assert 2.0 < entry.mos_worst <= entry.mos_mean < 4.5
    assert entry.mos_worst_at is not None
    assert entry.answered_at is not None
    assert entry.ended_at is not None
    assert entry.answered_at < entry.mos_worst_at < entry.ended_at
    assert entry.loss_permille is not None
    assert entry.loss_permille < 300


def test_each_voice_is_in_its_own_channel_from_the_first_word_to_the_last(ground: Ground, played: Played) -> None:
    entry = kept.wait_recording(played.post.seat, played.call_id)
    assert entry.kept is RecordingKept.KEPT
    assert not entry.interrupted
    caller = continuity.way(played.recording, ground.caller_sound, 0)
    assert caller.begins_s < 1.0
    assert caller.from_s <= FIRST_WORD_S  # their tape begins with the call
    held_s = next(float(mark.split()[0]) for mark in entry.marks if mark.split()[1] == "held")
    for channel, tape in ((0, ground.caller_sound), (1, ground.agent_sound)):
        until_held = both_channels(played.recording)[channel][: int((held_s - MARK_S) * RATE_HZ)]
        way = continuity.way_of(until_held, tape)
        assert way.begins_s <= FIRST_WORD_S, (channel, way)  # both speak when the call is answered
        assert way.ends_s > held_s - 1.0, (channel, way)
        assert way.is_whole, (channel, way)
    for channel, other in ((0, ground.agent_sound), (1, ground.caller_sound)):
        with pytest.raises(ValueError, match="not in it"):
            continuity.way(played.recording, other, channel)


def test_hold_and_mute_leave_their_marks_and_silence_the_agent(ground: Ground, played: Played) -> None:
    entry = kept.wait_recording(played.post.seat, played.call_id)
    at_s = {mark.split()[1]: float(mark.split()[0]) for mark in entry.marks}
    assert {"held", "resumed", "muted", "unmuted"} <= set(at_s)
    assert at_s["held"] < at_s["resumed"] < at_s["muted"] < at_s["unmuted"]
    agent = both_channels(played.recording)[1]
    pieces = continuity.follow(agent, ground.agent_sound)
    for name, over in (("held", "resumed"), ("muted", "unmuted")):
        silent = [p for p in pieces if at_s[name] + 0.2 < p.at_s < at_s[over] - 0.3]
        assert silent
        assert all(piece.likeness < continuity.SEEN for piece in silent)
    assert any(piece.likeness >= continuity.SEEN for piece in pieces if piece.at_s > at_s["unmuted"] + 0.2)


def test_both_hear_each_other(ground: Ground, played: Played) -> None:
    """Nearly all of what was said, in order: one tenth of a second by itself proves nothing."""
    ear, rate_hz = read_wav(played.at_ear)
    assert rate_hz == RATE_HZ
    heard = continuity.way_of(ear, ground.caller_sound)
    assert heard.ends_s - heard.begins_s > 3.0, heard
    assert heard.from_s <= FIRST_HEARD_S, heard
    marks = kept.wait_recording(played.post.seat, played.call_id).marks
    held_s = next(float(mark.split()[0]) for mark in marks if mark.split()[1] == "held")
    heard = continuity.way_of(ear[: int((heard.begins_s + held_s - MARK_S) * RATE_HZ)], ground.caller_sound)
    assert heard.ends_s - heard.begins_s > 0.5, heard
    assert heard.share >= HEARD_SHARE, heard
    far, rate_hz = read_wav(played.at_far_end)  # baresip begins a new file when it is taken from hold
    assert rate_hz == RATE_HZ
    heard = continuity.way_of(far, ground.agent_sound)  # but for the second on mute
    assert heard.ends_s - heard.begins_s > 1.0, heard
    assert heard.share >= HEARD_SHARE, heard


def test_unknown_caller_gets_a_card_of_their_own(ground: Ground, post: Post) -> None:
    with ground.telephone("13911112222") as stranger:
        call_id = post.rings(stranger)
        assert post.after("profile_painted", call_id=call_id)["card"] == "unknown"
        stranger.hang_up()
        post.after("call_ended", call_id=call_id)
    entry = kept.wait_call(post.seat, call_id)
    assert (entry.outcome, entry.number) == (Outcome.ABANDONED, "13911112222")
    assert kept.wait_recording(post.seat, call_id).kept is RecordingKept.MISSING


def test_withheld_caller_gets_a_card_of_their_own(ground: Ground, post: Post) -> None:
    with ground.telephone("anonymous", display_name="Anonymous") as hidden:
        call_id = post.rings(hidden)
        assert post.after("profile_painted", call_id=call_id)["card"] == "withheld"
        post.press("F3")
        post.after("call_ended", call_id=call_id)
    entry = kept.wait_call(post.seat, call_id)
    assert (entry.outcome, entry.number) == (Outcome.REJECTED, "")


def test_agent_dials_out_and_is_recorded(ground: Ground, post: Post) -> None:
    with ground.telephone("13911113333") as other, speaking(ground):
        post.note()
        post.press("F6")
        post.type(other.uri)
        post.press("Return")
        call_id = str(post.after("call_shown")["call_id"])
        other.wait_event("CALL_INCOMING", STEP_S)
        other.accept()
        other.wait_event("CALL_ESTABLISHED", STEP_S)
        time.sleep(2.0)
        post.press("F3")
        post.after("call_ended", call_id=call_id)
        other.wait_event("CALL_CLOSED", STEP_S)
        assert continuity.way_of(read_wav(other.heard())[0], ground.agent_sound).ends_s > 1.0
    entry = kept.wait_call(post.seat, call_id)
    assert (entry.outcome, entry.direction) == (Outcome.ANSWERED, Direction.OUTGOING)
    file = kept.plain(post.seat, call_id)
    assert continuity.way(file, ground.agent_sound, 1).ends_s > 1.0
