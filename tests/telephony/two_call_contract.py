"""What a phone does with two calls at once, whatever SIP stack is under it: consulting, transferring, conferring. One
suite, inherited for `FakeStack` and for `PjStack` with far sides that know REFER and Replaces."""

from typing import Protocol

from desk.domain import commands, events
from desk.domain.calls import Call, Phase
from desk.domain.identity import CallId
from desk.wire import SpoolClosed
from tests.telephony.phone_contract import Scene


class TwoCallScene(Scene, Protocol):
    """Far sides "resident" (calls us) and "handler" (is called, rings until `far_accepts`)."""

    handler: str  # what the agent dials for the handler
    nobody: str  # a telephone that is busy

    def far_holds(self, who: str, on: bool) -> None: ...

    def far_answers_by_itself(self, who: str, on: bool) -> None:
        """From now on."""
        ...


class TwoCallContract:
    """Inherit and provide a `scene` fixture. Every test leaves no call behind."""

    def test_consulting_holds_the_caller_and_knows_whom_it_is_about(self, scene: TwoCallScene) -> None:
        resident, handler = self.consulting(scene)
        calls = {call.call_id: call for call in scene.snapshot().calls}
        assert (calls[resident].phase, calls[handler].phase) == (Phase.HELD, Phase.UP)
        assert calls[handler].consults == resident
        self.hung_up(scene, handler, resident)

    def test_nobody_is_consulted_about_a_call_that_is_not_there(self, scene: TwoCallScene) -> None:
        gone = CallId("01890000-0000-7000-8000-000000000000")
        self.refused(scene, commands.Dial(scene.handler, consults=gone), "no_such_call")

    def test_the_consulted_person_hangs_up_and_the_caller_is_back(self, scene: TwoCallScene) -> None:
        resident, handler = self.consulting(scene)
        mark = scene.mark()
        scene.far_ends("handler")
        scene.wait(events.CallEnded, call_id=handler, after=mark)
        scene.wait(events.CallResumed, call_id=resident, after=mark)
        self.hung_up(scene, resident)

    def test_the_consulted_person_refuses_and_the_caller_is_back(self, scene: TwoCallScene) -> None:
        resident = self.up(scene)
        mark = scene.mark()
        scene.do(commands.Dial(scene.nobody, consults=resident))
        assert scene.wait(events.CallEnded, after=mark).cause == 486
        scene.wait(events.CallResumed, call_id=resident, after=mark)
        self.hung_up(scene, resident)

    def test_a_consultation_is_cancelled_while_it_rings_and_when_it_is_up(self, scene: TwoCallScene) -> None:
        resident = self.up(scene)
        for answered in (False, True):
            mark = scene.mark()
            handler = self.dialled(scene, resident)
            if answered:
                scene.far_accepts("handler")
                scene.wait(events.RecordingStarted, call_id=handler)
            scene.do(commands.CancelConsultation(handler))
            scene.wait(events.CallResumed, call_id=resident, after=mark)
            ended = scene.wait(events.CallEnded, call_id=handler)
            assert (ended.cause, ended.by_us) == (200 if answered else 487, True)
        assert [call.phase for call in scene.snapshot().calls] == [Phase.UP]
        self.hung_up(scene, resident)

    def test_the_caller_hangs_up_and_the_consultation_goes_on(self, scene: TwoCallScene) -> None:
        resident, handler = self.consulting(scene)
        scene.far_ends("resident")
        scene.wait(events.CallEnded, call_id=resident)
        assert [call.phase for call in scene.snapshot().calls] == [Phase.UP]
        self.refused(scene, commands.CompleteTransfer(handler), "not_now")
        self.hung_up(scene, handler)

    def test_a_blind_transfer_comes_through(self, scene: TwoCallScene) -> None:
        scene.far_answers_by_itself("handler", on=True)
        resident = self.up(scene)
        mark = scene.mark()
        scene.do(commands.Transfer(resident, scene.handler))
        scene.wait(events.CallTransferred, call_id=resident)
        assert scene.wait(events.CallEnded, call_id=resident).cause == 200
        scene.wait(SpoolClosed, call_id=resident)
        said = [name for name in scene.names(mark) if name != "TransferProgressed"]
        assert said == ["CallHeld", "TransferStarted", "CallTransferred", "CallEnded", "SpoolClosed"]
        scene.far_answers_by_itself("handler", on=False)
        scene.far_ends("resident")

    def test_a_blind_transfer_to_a_busy_telephone_brings_the_caller_back(self, scene: TwoCallScene) -> None:
        resident = self.up(scene)
        mark = scene.mark()
        scene.do(commands.Transfer(resident, scene.nobody))
        assert scene.wait(events.TransferFailed, call_id=resident, after=mark).code == 486
        scene.wait(events.CallResumed, call_id=resident, after=mark)
        (call,) = scene.snapshot().calls
        assert (call.phase, call.transferring) == (Phase.UP, "")
        self.hung_up(scene, resident)

    def test_a_transfer_is_taken_back_while_it_rings(self, scene: TwoCallScene) -> None:
        resident = self.up(scene)
        mark = scene.mark()
        scene.do(commands.Transfer(resident, scene.handler))
        scene.wait(events.TransferStarted, call_id=resident)
        scene.wait(events.TransferProgressed, call_id=resident)
        self.refused(scene, commands.Transfer(resident, scene.handler), "not_now")
        scene.do(commands.Hold(resident, on=False))
        assert scene.wait(events.TransferFailed, call_id=resident, after=mark).code == 487
        scene.wait(events.CallResumed, call_id=resident, after=mark)
        self.hung_up(scene, resident)

    def test_garbage_is_no_transfer_target_and_the_call_stays_as_it_is(self, scene: TwoCallScene) -> None:
        resident = self.up(scene)
        mark = scene.mark()
        for target in ("", "张三", "sip:nobody"):
            self.refused(scene, commands.Transfer(resident, target), "bad_number")
        assert scene.names(mark) == []
        self.hung_up(scene, resident)

    def test_an_attended_transfer_connects_the_two_and_leaves_them_alone(self, scene: TwoCallScene) -> None:
        resident, handler = self.consulting(scene)
        scene.do(commands.CompleteTransfer(handler))
        for call_id in (resident, handler):
            scene.wait(events.CallTransferred, call_id=call_id)
            assert scene.wait(events.CallEnded, call_id=call_id).cause == 200
            scene.wait(SpoolClosed, call_id=call_id)
        scene.far_ends("resident")

    def test_a_transfer_to_a_telephone_that_still_rings_is_made_blind(self, scene: TwoCallScene) -> None:
        resident = self.up(scene)
        handler = self.dialled(scene, resident)
        mark = scene.mark()
        scene.do(commands.CompleteTransfer(handler))
        scene.wait(events.TransferStarted, call_id=resident, after=mark)
        assert scene.wait(events.CallEnded, call_id=handler, after=mark).cause == 487
        scene.far_accepts("handler")
        scene.wait(events.CallTransferred, call_id=resident, after=mark)
        scene.wait(SpoolClosed, call_id=resident)
        scene.far_ends("resident")

    def test_three_confer_and_either_may_leave(self, scene: TwoCallScene) -> None:
        for leaver in ("handler", "resident"):
            ids = dict(zip(("resident", "handler"), self.consulting(scene), strict=True))
            scene.do(commands.Confer(ids["handler"], on=True))
            for call_id in ids.values():
                scene.wait(events.ConferenceJoined, call_id=call_id)
            assert all(call.phase is Phase.UP and call.in_conference for call in scene.snapshot().calls)
            scene.far_ends(leaver)
            scene.wait(events.CallEnded, call_id=ids.pop(leaver))
            (stays,) = ids.values()
            scene.wait(events.ConferenceLeft, call_id=stays)
            assert self.phases(scene) == {stays: Phase.UP}
            self.hung_up(scene, stays)

    def test_a_conference_ends_with_the_one_who_is_talked_to(self, scene: TwoCallScene) -> None:
        resident, handler = self.consulting(scene)
        scene.do(commands.Confer(handler, on=True))
        scene.wait(events.ConferenceJoined, call_id=resident)
        scene.do(commands.Mute(resident, on=True))
        for call_id in (resident, handler):
            scene.wait(events.CallMuted, call_id=call_id)
        scene.do(commands.Confer(resident, on=False))
        scene.wait(events.CallHeld, call_id=handler)
        scene.wait(events.ConferenceLeft, call_id=resident)
        assert self.phases(scene) == {resident: Phase.UP, handler: Phase.HELD}
        self.hung_up(scene, handler)
        self.hung_up(scene, resident)

    def test_what_one_recording_may_not_keep_the_other_of_a_conference_does_not_keep_either(
        self, scene: TwoCallScene
    ) -> None:
        resident, handler = self.consulting(scene)
        scene.do(commands.PauseRecording(resident, on=True))
        scene.wait(events.RecordingPaused, call_id=resident)
        scene.do(commands.Confer(handler, on=True))
        scene.wait(events.RecordingPaused, call_id=handler, on=True)
        mark = scene.mark()
        scene.do(commands.PauseRecording(handler, on=False))
        for call_id in (resident, handler):
            scene.wait(events.RecordingPaused, call_id=call_id, on=False, after=mark)
        scene.do(commands.HangUp(handler))
        scene.wait(SpoolClosed, call_id=handler)
        self.hung_up(scene, resident)

    def test_the_agent_leaves_a_conference_by_transferring(self, scene: TwoCallScene) -> None:
        resident, handler = self.consulting(scene)
        scene.do(commands.Confer(handler, on=True))
        scene.wait(events.ConferenceJoined, call_id=resident)
        scene.do(commands.CompleteTransfer(handler))
        for call_id in (resident, handler):
            scene.wait(SpoolClosed, call_id=call_id)
        scene.far_ends("resident")

    def test_the_two_are_swapped(self, scene: TwoCallScene) -> None:
        resident, handler = self.consulting(scene)
        for to, other in ((resident, handler), (handler, resident)):
            mark = scene.mark()
            scene.do(commands.Hold(to, on=False))
            scene.wait(events.CallHeld, call_id=other, after=mark)
            scene.wait(events.CallResumed, call_id=to, after=mark)
        self.hung_up(scene, handler, resident)

    def test_it_is_told_when_the_far_side_holds(self, scene: TwoCallScene) -> None:
        resident = self.up(scene)
        for on in (True, False):
            mark = scene.mark()
            scene.far_holds("resident", on)
            assert scene.wait(events.FarHeld, call_id=resident, after=mark).on is on
        assert self.phases(scene) == {resident: Phase.UP}
        self.hung_up(scene, resident)

    # ----

    def up(self, scene: TwoCallScene) -> CallId:
        mark = scene.mark()
        scene.far_calls("resident")
        call_id = scene.wait(events.CallOffered, after=mark).call_id
        scene.do(commands.Answer(call_id))
        scene.wait(events.RecordingStarted, call_id=call_id)
        return call_id

    def dialled(self, scene: TwoCallScene, about: CallId) -> CallId:
        mark = scene.mark()
        scene.do(commands.Dial(scene.handler, consults=about))
        return scene.wait(events.CallProgressed, after=mark, code=180).call_id

    def consulting(self, scene: TwoCallScene) -> tuple[CallId, CallId]:
        resident = self.up(scene)
        handler = self.dialled(scene, resident)
        scene.far_accepts("handler")
        scene.wait(events.RecordingStarted, call_id=handler)
        return resident, handler

    def phases(self, scene: TwoCallScene) -> dict[CallId, Phase]:
        calls: tuple[Call, ...] = scene.snapshot().calls
        return {call.call_id: call.phase for call in calls}

    def hung_up(self, scene: TwoCallScene, call_id: CallId, back: CallId | None = None) -> None:
        """`back`: the call that it was about, hung up too."""
        mark = scene.mark()
        scene.do(commands.HangUp(call_id))
        scene.wait(SpoolClosed, call_id=call_id, after=mark)
        if back is not None:
            scene.wait(events.CallResumed, call_id=back, after=mark)
            self.hung_up(scene, back)

    def refused(self, scene: TwoCallScene, command: commands.Command, reason: str) -> None:
        mark = scene.mark()
        scene.do(command)
        answer = scene.wait(events.CommandRefused, after=mark)
        assert (answer.command, answer.reason) == (type(command).__name__, reason)
