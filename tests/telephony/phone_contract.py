"""What a phone does, whatever SIP stack is under it: one suite, inherited for `FakeStack` (in this process) and for
`PjStack` (a process of its own, with baresip as the far side). `Scene` is what a suite needs of the two."""

from typing import Any, Protocol, TypeVar

import pytest

from desk.domain import commands, events
from desk.domain.calls import Phase
from desk.domain.commands import Command
from desk.domain.identity import CallId
from desk.domain.snapshots import PhoneSnapshot
from desk.wire import SpoolClosed

_Message = TypeVar("_Message")


class Scene(Protocol):
    """A phone, and two far sides ("a", "b"), each with one call at a time."""

    far_target: str  # what the agent dials to reach "a"

    def do(self, command: Command) -> None: ...
    def mark(self) -> int: ...
    def wait(self, kind: type[_Message], timeout_s: float = ..., after: int = ..., **fields: Any) -> _Message: ...
    def names(self, after: int = ...) -> list[str]: ...
    def snapshot(self) -> PhoneSnapshot:
        """As a client that attaches now is given it."""
        ...

    def far_calls(self, who: str) -> None: ...
    def far_ends(self, who: str) -> None:
        """Hangs up, cancels, or refuses, as fits."""
        ...

    def far_accepts(self, who: str) -> None:
        """Answers the call that the agent dialled, once it rings there."""
        ...

    def far_refuses(self, who: str) -> None: ...
    def far_presses(self, who: str, digit: str) -> None: ...
    def far_heard_digit(self, who: str, digit: str) -> bool: ...


class PhoneContract:
    """Inherit and provide a `scene` fixture. Every test leaves no call behind."""

    def offered(self, scene: Scene, who: str = "a") -> CallId:
        mark = scene.mark()
        scene.far_calls(who)
        return scene.wait(events.CallOffered, after=mark).call_id

    def answered(self, scene: Scene, who: str = "a") -> CallId:
        call_id = self.offered(scene, who)
        scene.do(commands.Answer(call_id))
        scene.wait(events.RecordingStarted, call_id=call_id)
        return call_id

    def test_pausing_the_recording_is_told_survives_a_hold_and_ends_with_the_call(self, scene: Scene) -> None:
        call_id = self.answered(scene)
        scene.do(commands.PauseRecording(call_id, on=True))
        scene.wait(events.RecordingPaused, call_id=call_id, on=True)
        mark = scene.mark()
        scene.do(commands.PauseRecording(call_id, on=True))
        scene.do(commands.Hold(call_id, on=True))
        scene.wait(events.CallHeld, call_id=call_id, after=mark)
        scene.do(commands.Hold(call_id, on=False))
        scene.wait(events.CallResumed, call_id=call_id, after=mark)
        assert "RecordingPaused" not in scene.names(mark)
        (call,) = scene.snapshot().calls
        assert call.recording_paused
        mark = scene.mark()
        scene.do(commands.PauseRecording(call_id, on=False))
        scene.wait(events.RecordingPaused, call_id=call_id, on=False, after=mark)
        scene.do(commands.PauseRecording(call_id, on=True))
        scene.far_ends("a")
        scene.wait(SpoolClosed, call_id=call_id)
        again = self.answered(scene)
        (call,) = scene.snapshot().calls
        assert not call.recording_paused
        scene.far_ends("a")
        scene.wait(SpoolClosed, call_id=again)

    def test_the_recording_of_a_call_that_only_rings_cannot_be_paused(self, scene: Scene) -> None:
        call_id = self.offered(scene)
        mark = scene.mark()
        scene.do(commands.PauseRecording(call_id, on=True))
        assert scene.wait(events.CommandRefused, after=mark).reason == "not_now"
        scene.far_ends("a")
        scene.wait(SpoolClosed, call_id=call_id)

    def test_a_call_rings_is_answered_and_ended_by_the_caller(self, scene: Scene) -> None:
        mark = scene.mark()
        call_id = self.answered(scene)
        scene.far_ends("a")
        ended = scene.wait(events.CallEnded, call_id=call_id)
        scene.wait(SpoolClosed, call_id=call_id)
        assert (ended.cause, ended.by_us, ended.interrupted) == (200, False, False)
        assert scene.names(mark) == ["CallOffered", "CallAnswered", "RecordingStarted", "CallEnded", "SpoolClosed"]

    def test_a_caller_who_gives_up_leaves_487(self, scene: Scene) -> None:
        call_id = self.offered(scene)
        scene.far_ends("a")
        ended = scene.wait(events.CallEnded, call_id=call_id)
        assert (ended.cause, ended.by_us) == (487, False)

    def test_the_agent_refuses_with_the_code_asked_for(self, scene: Scene) -> None:
        for code in (486, 603):
            call_id = self.offered(scene)
            scene.do(commands.Reject(call_id, code))
            ended = scene.wait(events.CallEnded, call_id=call_id)
            assert (ended.cause, ended.by_us) == (code, True)

    def test_the_agent_hangs_up(self, scene: Scene) -> None:
        call_id = self.answered(scene)
        scene.do(commands.HangUp(call_id))
        ended = scene.wait(events.CallEnded, call_id=call_id)
        assert (ended.cause, ended.by_us) == (200, True)

    def test_hold_and_resume_and_mute_in_between(self, scene: Scene) -> None:
        call_id = self.answered(scene)
        mark = scene.mark()
        for command, happens in (
            (commands.Hold(call_id, on=True), events.CallHeld),
            (commands.Mute(call_id, on=True), events.CallMuted),
            (commands.Hold(call_id, on=False), events.CallResumed),
            (commands.Mute(call_id, on=False), events.CallUnmuted),
            (commands.Hold(call_id, on=True), events.CallHeld),
            (commands.Hold(call_id, on=False), events.CallResumed),
        ):
            before = scene.mark()
            scene.do(command)
            scene.wait(happens, after=before, call_id=call_id)
        assert len(scene.names(mark)) == 6
        self.hung_up(scene, call_id)

    def test_hold_pressed_twice_in_a_row_ends_as_pressed_last(self, scene: Scene) -> None:
        call_id = self.answered(scene)
        scene.do(commands.Hold(call_id, on=True))
        scene.do(commands.Hold(call_id, on=False))
        scene.wait(events.CallResumed, call_id=call_id)
        assert scene.snapshot().calls[0].phase is Phase.UP
        self.hung_up(scene, call_id)

    def test_saying_it_twice_changes_nothing(self, scene: Scene) -> None:
        call_id = self.answered(scene)
        mark = scene.mark()
        scene.do(commands.Mute(call_id, on=True))
        scene.do(commands.Mute(call_id, on=True))
        scene.do(commands.Hold(call_id, on=False))
        self.hung_up(scene, call_id)
        assert scene.names(mark) == ["CallMuted", "CallEnded", "SpoolClosed"]

    def test_digits_go_both_ways(self, scene: Scene) -> None:
        call_id = self.answered(scene)
        scene.far_presses("a", "5")
        assert scene.wait(events.DigitsReceived, call_id=call_id).digits == "5"
        scene.do(commands.SendDigits(call_id, "7"))
        assert scene.wait(events.DigitsSent, call_id=call_id).digits == "7"
        assert scene.far_heard_digit("a", "7")
        self.hung_up(scene, call_id)

    def test_a_second_call_waits_and_answering_it_holds_the_first(self, scene: Scene) -> None:
        first = self.answered(scene, "a")
        second = self.offered(scene, "b")
        assert [call.phase for call in scene.snapshot().calls] == [Phase.UP, Phase.RINGING]
        scene.do(commands.Answer(second))
        scene.wait(events.CallHeld, call_id=first)
        scene.wait(events.CallAnswered, call_id=second)
        assert [call.phase for call in scene.snapshot().calls] == [Phase.HELD, Phase.UP]
        mark = scene.mark()
        scene.do(commands.Hold(first, on=False))
        scene.wait(events.CallResumed, call_id=first, after=mark)
        assert [call.phase for call in scene.snapshot().calls] == [Phase.UP, Phase.HELD]
        self.hung_up(scene, second)
        self.hung_up(scene, first)

    def test_a_dialled_call_is_answered(self, scene: Scene) -> None:
        mark = scene.mark()
        scene.do(commands.Dial(scene.far_target))
        call_id = scene.wait(events.CallDialled, after=mark).call_id
        scene.wait(events.CallProgressed, after=mark, code=180)
        scene.far_accepts("a")
        scene.wait(events.RecordingStarted, call_id=call_id)
        self.hung_up(scene, call_id)
        seen = [name for name in scene.names(mark) if name != "CallProgressed"]
        assert seen == ["CallDialled", "CallAnswered", "RecordingStarted", "CallEnded", "SpoolClosed"]

    def test_a_dialled_call_is_refused(self, scene: Scene) -> None:
        mark = scene.mark()
        scene.do(commands.Dial(scene.far_target))
        scene.wait(events.CallProgressed, after=mark, code=180)
        scene.far_refuses("a")
        ended = scene.wait(events.CallEnded, after=mark)
        assert (ended.cause, ended.by_us) == (486, False)

    def test_a_dialled_call_is_given_up_by_the_agent(self, scene: Scene) -> None:
        mark = scene.mark()
        scene.do(commands.Dial(scene.far_target))
        call_id = scene.wait(events.CallProgressed, after=mark, code=180).call_id
        scene.do(commands.HangUp(call_id))
        ended = scene.wait(events.CallEnded, after=mark)
        assert (ended.cause, ended.by_us) == (487, True)

    def test_dialling_holds_the_running_call(self, scene: Scene) -> None:
        first = self.answered(scene, "b")
        mark = scene.mark()
        scene.do(commands.Dial(scene.far_target))
        scene.wait(events.CallHeld, call_id=first, after=mark)
        second = scene.wait(events.CallProgressed, after=mark, code=180).call_id
        self.hung_up(scene, second)
        self.hung_up(scene, first)

    @pytest.mark.parametrize("target", ["", "张三", "sip:nobody", "138abc", "x" * 5000])
    def test_garbage_is_not_dialled(self, scene: Scene, target: str) -> None:
        self.refused(scene, commands.Dial(target), "bad_number")

    def test_a_call_that_is_not_there_cannot_be_commanded(self, scene: Scene) -> None:
        gone = CallId("01890000-0000-7000-8000-000000000000")
        for command in (
            commands.Answer(gone),
            commands.Reject(gone),
            commands.HangUp(gone),
            commands.Mute(gone, on=True),
            commands.Hold(gone, on=True),
            commands.SendDigits(gone, "1"),
        ):
            self.refused(scene, command, "no_such_call")

    def test_what_does_not_fit_the_phase_is_refused_and_harms_nothing(self, scene: Scene) -> None:
        call_id = self.offered(scene)
        self.refused(scene, commands.Hold(call_id, on=True), "not_now")
        self.refused(scene, commands.SendDigits(call_id, "1"), "not_now")
        self.refused(scene, commands.Reject(call_id, 200), "not_now")
        scene.do(commands.Answer(call_id))
        scene.wait(events.CallAnswered, call_id=call_id)
        self.refused(scene, commands.Answer(call_id), "not_now")
        self.refused(scene, commands.SendDigits(call_id, "12x"), "bad_number")
        self.hung_up(scene, call_id)

    def test_a_client_that_attaches_late_sees_the_running_call(self, scene: Scene) -> None:
        call_id = self.answered(scene)
        (call,) = scene.snapshot().calls
        assert (call.call_id, call.phase) == (call_id, Phase.UP)
        assert call.answered_at is not None
        self.hung_up(scene, call_id)
        assert scene.snapshot().calls == ()

    def refused(self, scene: Scene, command: Command, reason: str) -> None:
        mark = scene.mark()
        scene.do(command)
        answer = scene.wait(events.CommandRefused, after=mark)
        assert (answer.command, answer.reason) == (type(command).__name__, reason)

    def hung_up(self, scene: Scene, call_id: CallId) -> None:
        scene.do(commands.HangUp(call_id))
        scene.wait(SpoolClosed, call_id=call_id)
