"""Calls that come, and codes that go, over the fake stack: turned away, sent on, answered by themselves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Literal

import pytest

from desk.domain import commands, events
from desk.domain.availability import Availability, Forward
from desk.domain.calls import Phase
from desk.domain.party import Party
from desk.domain.troubles import Trouble
from desk.settings import LineSettings, PhoneSettings
from desk.telephony import process
from desk.telephony.calls import auto_answer, codes, retry
from desk.telephony.calls.call_memory import CallMemory, Told
from desk.telephony.companion import Refusal
from desk.telephony.frames import SILENCE
from desk.telephony.stack import LineFault, LineReport
from desk.wire import SpoolClosed
from tests.telephony.test_fake_phone import NO_ANSWER, FakeScene, running

PHONE = PhoneSettings(
    no_answer_s=1, sign_in_code="*50{number}", sign_out_code="*51{number}", night_start="20:00", night_end="08:30"
)


@pytest.fixture
def scene() -> Iterator[FakeScene]:
    with running(FakeScene(phone=PHONE, wall_time=lambda _: time(12))) as ready:
        yield ready


def available(scene: FakeScene, wanted: Availability) -> None:
    mark = scene.mark()
    scene.do(commands.SetAvailability(wanted))
    assert scene.wait(events.AvailabilityChanged, after=mark).availability == wanted
    assert scene.snapshot().availability == wanted


def test_who_is_not_to_be_disturbed_is_busy_and_hears_no_ring(scene: FakeScene) -> None:
    available(scene, Availability(do_not_disturb=True))
    scene.far_calls("a")
    ended = scene.wait(events.CallEnded)
    assert (ended.cause, ended.by_us) == (486, True)
    assert scene.headset.rings == []
    scene.wait(SpoolClosed)
    assert scene.names() == ["CallOffered", "CallEnded", "SpoolClosed"]


def test_a_forwarded_call_goes_where_it_is_sent_and_is_on_record(scene: FakeScene) -> None:
    available(scene, Availability(forwards={Forward.ALWAYS: "8001"}))
    scene.far_calls("a")
    assert not scene.wait(events.CallOffered).rings
    ended = scene.wait(events.CallEnded)
    assert (ended.cause, ended.forwarded_to) == (302, "8001")
    assert scene.stack.redirected == ["sip:8001@pbx.example"]
    assert scene.headset.rings == []


def test_a_call_that_nobody_answers_is_forwarded_in_time(scene: FakeScene) -> None:
    available(scene, Availability(forwards={Forward.NO_ANSWER: "8003"}))
    scene.far_calls("a")
    scene.until(lambda: scene.headset.rings == ["loud"])
    assert scene.wait(events.CallOffered).rings
    ended = scene.wait(events.CallEnded)
    assert (ended.cause, ended.forwarded_to) == (302, "8003")
    mark = scene.mark()
    scene.far_calls("a")
    answered = scene.wait(events.CallOffered, after=mark).call_id
    scene.do(commands.Answer(answered))
    scene.wait(events.RecordingStarted)
    scene.far_calls("b")
    scene.wait(events.CallEnded, after=mark)
    assert [(call.call_id, call.phase) for call in scene.snapshot().calls] == [(answered, Phase.UP)]


def test_a_second_call_is_forwarded_while_the_first_is_there(scene: FakeScene) -> None:
    available(scene, Availability(forwards={Forward.BUSY: "8002"}))
    scene.far_calls("a")
    first = scene.wait(events.CallOffered).call_id
    scene.far_calls("b")
    assert scene.wait(events.CallEnded).call_id != first


@pytest.mark.parametrize("target", ["张三", "sip:nobody", "02087654321转803"])
def test_calls_are_not_forwarded_to_what_is_no_number(scene: FakeScene, target: str) -> None:
    scene.do(commands.SetAvailability(Availability(forwards={Forward.ALWAYS: target})))
    assert scene.wait(events.CommandRefused).reason == "bad_number"
    assert scene.snapshot().availability == Availability()


def seated(scene: FakeScene) -> None:
    """Somebody sits there, who takes calls."""
    scene.do(commands.TakeSeat("1001"))
    scene.until(lambda: scene.phone._exchange.attended)


def test_an_intercom_is_answered_by_itself_after_a_beep(scene: FakeScene) -> None:
    seated(scene)
    leg = scene.stack.far_calls(Party("8100"), answer_after_s=0.0)
    assert leg
    assert scene.wait(events.CallOffered).answers_in_s == auto_answer.LEAST_S
    scene.wait(events.RecordingStarted)
    assert any(frame != SILENCE for frame in scene.headset.heard)


class AnsweringScene(FakeScene):
    line = replace(FakeScene.line, auto_answer=True)


def test_every_call_of_a_line_that_says_so_is_answered_by_itself() -> None:
    with running(AnsweringScene()) as scene:
        seated(scene)
        scene.far_calls("a")
        assert scene.wait(events.CallOffered).answers_in_s == auto_answer.LEAST_S
        scene.wait(events.RecordingStarted)


@pytest.mark.parametrize("away", [None, commands.PauseQueue(on=True), commands.TakeSeat("1001", locked=True)])
def test_no_call_is_answered_by_itself_where_nobody_sits_in_a_pause_or_at_a_locked_seat(
    away: commands.Command | None,
) -> None:
    with running(AnsweringScene()) as scene:
        if away is not None:
            seated(scene)
            scene.do(away)
            scene.until(lambda: not scene.phone._exchange.attended)
        scene.far_calls("a")
        assert scene.wait(events.CallOffered).answers_in_s is None
        scene.until(lambda: scene.headset.rings == ["loud"])


def test_an_outgoing_call_and_one_that_is_answered_by_itself_never_fight_for_the_headset() -> None:
    with running(AnsweringScene()) as scene:
        seated(scene)
        scene.do(commands.Dial("1001"))
        scene.wait(events.CallDialled)
        mark = scene.mark()
        scene.far_calls("a")
        assert scene.wait(events.CallOffered, after=mark).answers_in_s is None


class ManualScene(FakeScene):
    line = replace(FakeScene.line, auto_answer_header=False)


def test_where_the_line_does_not_let_it_no_caller_is_answered_for_asking() -> None:
    with running(ManualScene()) as scene:
        seated(scene)
        scene.stack.far_calls(Party("8100"), answer_after_s=0.0)
        assert scene.wait(events.CallOffered).answers_in_s is None


def test_nothing_is_answered_by_itself_while_somebody_is_talked_to(scene: FakeScene) -> None:
    seated(scene)
    scene.far_calls("a")
    first = scene.wait(events.CallOffered).call_id
    mark = scene.mark()
    scene.stack.far_calls(Party("8100"), answer_after_s=0.6)
    assert scene.wait(events.CallOffered, after=mark).answers_in_s == 0.6
    scene.do(commands.Answer(first))
    scene.wait(events.RecordingStarted, call_id=first)
    mark = scene.mark()
    third = scene.stack.far_calls(Party("8101"), answer_after_s=0.0)
    assert third is not None
    assert scene.wait(events.CallOffered, after=mark).answers_in_s is None
    scene.until(lambda: len(scene.stack.sent) >= 60)
    assert [call.phase for call in scene.snapshot().calls] == [Phase.UP, Phase.RINGING, Phase.RINGING]


# ---- codes


def dialled(scene: FakeScene) -> str:
    scene.until(lambda: scene.stack.legs)
    return max(scene.stack.legs.items())[1].uri


def test_a_code_is_dialled_beside_the_calls_and_hung_up_once_answered(
    scene: FakeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "LISTEN_S", 0.05)
    scene.do(commands.DialCode("*43#"))
    assert dialled(scene) == "sip:*43%23@pbx.example"
    (leg,) = scene.stack.legs
    scene.stack.far_rings(leg)
    scene.stack.far_answers(leg)
    told = scene.wait(events.CodeDialled)
    assert (told.dialled, told.code) == ("*43#", 200)
    assert not scene.stack.legs
    assert scene.names() == []
    assert scene.recorder.events == []
    assert all(frame == SILENCE for frame in scene.headset.heard)


def test_a_code_that_is_refused_or_never_answered_is_told(scene: FakeScene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.do(commands.DialCode("*43"))
    dialled(scene)
    scene.stack.far_ends(max(scene.stack.legs), 404, "Not Found")
    assert scene.wait(events.CodeDialled).code == 404
    monkeypatch.setattr(codes, "ANSWER_S", 0.05)
    scene.do(commands.DialCode("*44"))
    scene.wait(events.CodeDialled, code=408)


def test_a_running_call_keeps_the_headset_while_a_code_is_dialled(
    scene: FakeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "LISTEN_S", 0.05)
    scene.far_calls("a")
    call_id = scene.wait(events.CallOffered).call_id
    scene.do(commands.Answer(call_id))
    scene.wait(events.RecordingStarted)
    scene.do(commands.DialCode("*43"))
    scene.until(lambda: len(scene.stack.legs) == 2)
    scene.stack.far_answers(max(scene.stack.legs))
    scene.wait(events.CodeDialled, code=200)
    assert [call.phase for call in scene.snapshot().calls] == [Phase.UP]
    assert scene.phone._frames.route.active == call_id


@pytest.mark.parametrize("code", ["", "abc", "*4 3", "sip:a@b"])
def test_what_is_no_code_is_not_dialled(scene: FakeScene, code: str) -> None:
    scene.do(commands.DialCode(code))
    assert scene.wait(events.CommandRefused).reason == "bad_number"


def test_who_takes_the_seat_is_signed_in_and_who_leaves_it_out_one_after_the_other(
    scene: FakeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "LISTEN_S", 0.05)
    for agent, said in (("1001", ["*501001"]), ("1001", []), ("1002", ["*511001", "*501002"]), ("", ["*511002"])):
        scene.do(commands.TakeSeat(agent))
        for code in said:
            mark = scene.mark()
            takes_code(scene, code)
            assert scene.wait(events.CodeDialled, after=mark).dialled == code


def test_a_sign_in_that_the_exchange_does_not_take_is_a_trouble_until_it_does(
    scene: FakeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "LISTEN_S", 0.05)
    monkeypatch.setattr(retry, "RETRY_S", 0.1)
    scene.do(commands.TakeSeat("1001"))
    takes_code(scene, "*501001", taken=False)
    wrong = scene.wait(events.TroubleRaised).wrong
    assert (wrong.trouble, wrong.detail) == (Trouble.SIGN_IN_REFUSED, "1001")
    takes_code(scene, "*501001")
    scene.wait(events.TroubleCleared)
    assert scene.wait(events.CodeDialled).code == 200  # what failed was told by the trouble


def test_an_exchange_that_was_away_and_may_have_forgotten_who_sits_here_is_told_anew(queue: FakeScene) -> None:
    queue.do(commands.TakeSeat("1001"))
    takes_code(queue, "*501001")
    takes_code(queue, "*461001")
    mark = queue.mark()
    queue.stack.far_line(NO_ANSWER)
    queue.wait(events.TroubleRaised, after=mark)
    queue.until(lambda: not queue.phone._exchange._sign_in._sure)
    queue.stack.far_line(LineReport(ready=True, line=LineSettings.label))
    takes_code(queue, "*501001")
    takes_code(queue, "*461001")


def test_signing_in_waits_for_the_line_and_a_code_of_the_agents_does_not(scene: FakeScene) -> None:
    scene.stack.far_line(NO_ANSWER)
    scene.wait(events.TroubleRaised)
    scene.do(commands.TakeSeat("1001"))
    scene.do(commands.DialCode("*43"))
    assert scene.wait(events.CommandRefused).reason == "line_deaf"
    assert not scene.stack.legs
    scene.stack.far_line(LineReport(ready=True, line=LineSettings.label))
    assert dialled(scene) == "sip:*501001@pbx.example"
    scene.stack.far_ends(max(scene.stack.legs), 486)
    scene.until(lambda: any(wrong.trouble is Trouble.SIGN_IN_REFUSED for wrong in scene.snapshot().wrongs))


IN_QUEUE = replace(PHONE, pause_code="*45", resume_code="*46{number}")


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeScene]:
    monkeypatch.setattr(codes, "LISTEN_S", 0.05)
    with running(FakeScene(phone=IN_QUEUE)) as ready:
        yield ready


def test_whoever_takes_the_seat_is_signed_in_and_resumed_and_a_window_that_starts_anew_resumes(
    queue: FakeScene,
) -> None:
    queue.do(commands.TakeSeat("1001"))
    takes_code(queue, "*501001")
    takes_code(queue, "*461001")
    queue.do(commands.PauseQueue(on=True))
    takes_code(queue, "*45")
    queue.do(commands.TakeSeat("1001"))  # as a window says that was started anew
    queue.do(commands.PauseQueue(on=False))
    takes_code(queue, "*461001")
    queue.do(commands.TakeSeat("1002"))
    for code in ("*511001", "*501002", "*461002"):
        takes_code(queue, code)


def test_a_pause_while_the_line_is_deaf_is_told_when_it_is_back_and_one_that_is_refused_at_the_next_choice(
    queue: FakeScene,
) -> None:
    queue.do(commands.TakeSeat("1001"))
    takes_code(queue, "*501001")
    takes_code(queue, "*461001")
    queue.stack.far_line(NO_ANSWER)
    queue.wait(events.TroubleRaised)
    queue.do(commands.PauseQueue(on=True))
    queue.do(commands.DialCode("*43"))
    queue.wait(events.CommandRefused, reason="line_deaf")
    assert not queue.stack.legs
    queue.stack.far_line(LineReport(ready=True, line=LineSettings.label))
    takes_code(queue, "*501001")  # an exchange that was away may have forgotten it
    takes_code(queue, "*45", taken=False)
    queue.wait(events.CodeDialled, dialled="*45", code=503)
    queue.do(commands.PauseQueue(on=True))
    takes_code(queue, "*45")


class TwoLinesScene(FakeScene):
    others = (LineSettings(label="分机", registrar="extension.example"),)


@pytest.mark.parametrize(("codes_line", "by", "at"), [("分机", "分机", "extension"), ("", LineSettings.label, "pbx")])
def test_a_supervisors_code_goes_by_the_line_of_the_codes_and_past_the_dial_plan(
    codes_line: str, by: str, at: str
) -> None:
    with running(TwoLinesScene(phone=PhoneSettings(codes_line=codes_line))) as scene:
        scene.stack.far_line(LineReport(ready=True, line="分机"))
        scene.wait(events.LineChanged)
        scene.do(commands.Dial("88221002", as_code=True))  # digits that no dial plan knows
        assert scene.wait(events.CallDialled).line == by
        assert dialled(scene) == f"sip:88221002@{at}.example"
        scene.stack.far_line(LineReport(ready=False, fault=LineFault.NO_ANSWER, line=by))
        scene.wait(events.TroubleRaised)
        scene.do(commands.Dial("88221002", as_code=True))
        assert scene.wait(events.CommandRefused).reason == "line_deaf"


def test_a_colleague_is_asked_by_the_line_of_the_caller_whose_exchange_can_connect_the_two() -> None:
    with running(TwoLinesScene()) as scene:
        scene.stack.far_line(LineReport(ready=True, line="分机"))
        scene.wait(events.LineChanged)
        scene.stack.far_calls(Party("13800138000"), line="分机")
        resident = scene.wait(events.CallOffered).call_id
        scene.do(commands.Answer(resident))
        scene.wait(events.RecordingStarted)
        scene.do(commands.Dial("8001", consults=resident))
        assert scene.wait(events.CallDialled).line == "分机"
        assert dialled(scene) == "sip:8001@extension.example"


def test_what_is_no_code_is_not_called_as_one(scene: FakeScene) -> None:
    scene.do(commands.Dial("sip:a@b", as_code=True))
    assert scene.wait(events.CommandRefused).reason == "bad_number"


def test_a_phone_that_ends_signs_out_who_sits_there(queue: FakeScene) -> None:
    queue.do(commands.TakeSeat("1001"))
    takes_code(queue, "*501001")
    takes_code(queue, "*461001")
    queue.stop.set()
    takes_code(queue, "*511001")
    queue.thread.join(5.0)
    assert queue.wait(events.CodeDialled, dialled="*511001").code == 200


def test_a_phone_that_ends_waits_for_no_exchange_that_is_silent(
    queue: FakeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SIGN_OUT_S", 0.1)
    queue.do(commands.TakeSeat("1001"))
    takes_code(queue, "*501001")
    takes_code(queue, "*461001")
    queue.stop.set()
    queue.thread.join(5.0)
    assert queue.code == 0


BY_CODE = replace(PHONE, forward_by="code", forward_always_code="*72{number}", forward_off_code="*73")


def takes_code(scene: FakeScene, code: str, *, taken: bool = True) -> None:
    assert dialled(scene) == f"sip:{code}@pbx.example"
    leg = max(scene.stack.legs)
    if taken:
        scene.stack.far_answers(leg)
    else:
        scene.stack.far_ends(leg, 503, "Service Unavailable")
    scene.until(lambda: leg not in scene.stack.legs)


def test_what_the_exchange_forwards_at_night_is_taken_back_after_a_restart_in_the_morning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "LISTEN_S", 0.05)
    memory = CallMemory(tmp_path)
    memory.keep_told(Told())
    memory.keep_availability(Availability(forwards={Forward.NIGHT: "8009"}))
    with running(FakeScene(phone=BY_CODE, wall_time=lambda _: time(23), memory=memory)) as night:
        takes_code(night, "*728009", taken=False)
        assert night.wait(events.TroubleRaised).wrong.trouble is Trouble.FORWARD_REFUSED
        night.far_calls("a")
        assert night.wait(events.CallEnded).forwarded_to == "8009"  # the seat does it meanwhile
        night.do(commands.SetAvailability(Availability(forwards={Forward.NIGHT: "8009"})))
        takes_code(night, "*73")
        takes_code(night, "*728009")
        night.wait(events.TroubleCleared)
    with running(FakeScene(phone=BY_CODE, wall_time=lambda _: time(9), memory=memory)) as morning:
        takes_code(morning, "*73")
        morning.until(lambda: memory.told() == Told())


@pytest.mark.parametrize("forward_by", ["code", "redirect"])
@pytest.mark.parametrize("at", [time(12), time(23)])
def test_a_forwarding_that_the_plan_cannot_map_is_told_and_calls_ring(
    forward_by: Literal["code", "redirect"], at: time
) -> None:
    phone = replace(BY_CODE, forward_by=forward_by, forward_off_code="", night_target="80012")
    with running(FakeScene(phone=phone, wall_time=lambda _: at)) as scene:
        (wrong,) = scene.snapshot().wrongs
        assert (wrong.trouble, wrong.detail) == (Trouble.FORWARD_UNMAPPED, "80012")
        scene.far_calls("a")
        assert scene.wait(events.CallOffered).rings
        scene.until(lambda: scene.headset.rings == ["loud"])
        standing = scene.snapshot().availability
        assert standing.forwards == {Forward.NIGHT: "80012"}
        scene.do(commands.SetAvailability(replace(standing, do_not_disturb=True)))  # what stands is not asked again
        scene.wait(events.AvailabilityChanged)
        scene.do(commands.SetAvailability(Availability(forwards={Forward.NIGHT: "8009"})))
        scene.wait(events.TroubleCleared)


@pytest.mark.parametrize(("at", "goes"), [(time(23), True), (time(8, 29), True), (time(8, 30), False)])
def test_calls_of_the_night_are_sent_to_the_monitoring_centre_by_302(at: time, goes: bool) -> None:
    with running(FakeScene(phone=replace(PHONE, night_target="8009"), wall_time=lambda _: at)) as scene:
        scene.far_calls("a")
        assert scene.wait(events.CallOffered).rings is not goes
        if goes:
            ended = scene.wait(events.CallEnded)
            assert (ended.cause, ended.forwarded_to) == (302, "8009")
        assert scene.stack.redirected == ["sip:8009@pbx.example"] * goes


def test_a_forwarding_to_an_address_which_no_code_can_carry_is_done_by_the_seat() -> None:
    phone = replace(BY_CODE, forward_off_code="", night_target="sip:monitor@guard.example")
    with running(FakeScene(phone=phone, wall_time=lambda _: time(23))) as scene:
        scene.far_calls("a")
        assert scene.wait(events.CallEnded).cause == 302
        assert scene.stack.redirected == ["sip:monitor@guard.example"]
        assert scene.snapshot().wrongs == ()


class TrunkScene(FakeScene):
    """Beside the line of the codes another exchange's, which is told nothing."""

    others = (LineSettings(label="中继", registrar="trunk.example"),)


@pytest.mark.parametrize(
    ("forwards", "at"), [({Forward.NIGHT: "8009"}, time(23)), ({Forward.ALWAYS: "8009"}, time(12))]
)
def test_what_one_lines_exchange_forwards_the_seat_forwards_for_the_calls_of_the_others(
    forwards: dict[Forward, str], at: time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "LISTEN_S", 0.05)
    memory = CallMemory(tmp_path)
    memory.keep_told(Told())
    memory.keep_availability(Availability(forwards=forwards))
    with running(TrunkScene(phone=BY_CODE, wall_time=lambda _: at, memory=memory)) as scene:
        takes_code(scene, "*728009")
        scene.until(lambda: memory.told() == Told(dict.fromkeys(forwards, "8009")))
        scene.stack.far_calls(Party("13800138000"), line="中继")
        assert scene.wait(events.CallEnded).forwarded_to == "8009"
        assert scene.stack.redirected == ["sip:8009@trunk.example"]
        mark = scene.mark()
        scene.far_calls("a")  # by the line whose exchange has been told: it knows better
        assert scene.wait(events.CallOffered, after=mark).rings


def test_a_forwarding_to_an_extension_that_nobody_would_type_is_told_and_calls_ring(tmp_path: Path) -> None:
    memory = CallMemory(tmp_path)
    memory.keep_availability(Availability(forwards={Forward.ALWAYS: "02087654321转803"}))
    with running(FakeScene(phone=PHONE, memory=memory)) as scene:
        (wrong,) = scene.snapshot().wrongs
        assert wrong.trouble is Trouble.FORWARD_UNMAPPED
        scene.far_calls("a")
        assert scene.wait(events.CallOffered).rings


class NoExchangeScene(FakeScene):
    others = (LineSettings(label="中继", peers=("10.0.0.5",)),)


@pytest.mark.parametrize("at", [time(12), time(23)])
def test_a_line_that_has_nobody_to_send_calls_on_by_is_told_before_the_night_and_its_calls_ring(at: time) -> None:
    with running(NoExchangeScene(phone=replace(PHONE, night_target="8009"), wall_time=lambda _: at)) as scene:
        (wrong,) = scene.snapshot().wrongs
        assert (wrong.trouble, wrong.detail) == (Trouble.FORWARD_NO_WAY, "中继")
        scene.stack.far_calls(Party("13800138000"), line="中继")
        assert scene.wait(events.CallOffered).rings
        scene.do(commands.SetAvailability(Availability(forwards={Forward.NIGHT: "sip:monitor@guard.example"})))
        scene.wait(events.TroubleCleared)  # an address needs no exchange


def test_what_fails_in_the_phones_round_costs_no_call(scene: FakeScene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.far_calls("a")
    call_id = scene.wait(events.CallOffered).call_id
    failed = []

    def fails(now_s: float) -> None:
        failed.append(now_s)
        raise Refusal("bad_number")

    monkeypatch.setattr(scene.phone._exchange, "tick", fails)
    scene.until(lambda: len(failed) > 1)
    scene.do(commands.Answer(call_id))
    scene.wait(events.RecordingStarted)
