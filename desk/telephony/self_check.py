"""The seat calls itself: out through the exchange and in again by its own number, or to a number that sends back what
it hears. What it says is known, and both voices are recorded as in any call, so that whoever listens to the recording
knows whether this seat could serve a resident right now.

It is no call of the hotline's. The switchboard never hears of its two legs, so that nothing rings, pops up, is logged,
counted or shown; its recording goes into a folder of its own; the earpiece stays silent. Any real call, in or out,
ends it in the same instant.

What comes in while it runs is taken for its own where it brings the word that went out with this very call, whatever
the exchange has made of the caller's number; where the exchange lets no such word through, by the number that was
dialled a moment ago. Once a word has come through, the number alone is not enough any more: whatever else an exchange
may show as the caller of a resident's call, it rings.

The outgoing leg is the caller: what it hears is sent back, so that the seat's own voice comes in as the caller's, late
by the way there and back. A companion of the phone process: main thread."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from desk.domain import commands, events
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.telephony.aside_recorder import AsideRecorder, ClosingRecorder
from desk.telephony.calls.dial_target import Aim
from desk.telephony.companion import Companion, Does, Refusal, Workplace
from desk.telephony.frames import RATE_HZ
from desk.telephony.prompts.played_sound import PlayedSound
from desk.telephony.stack import Confirmed, Ended, Leg, LegStatistics, NotNow, Offered, Signal
from desk.telephony.whole_call import quality_of

RING_S = 15.0  # until it has been answered
AFTER_S = 1.5  # what was said last has come back by then
FAREWELL_S = 8.0  # for both legs to end
BUSY = 486
_log = logging.getLogger(__name__)


@dataclass
class _Run:
    call_id: CallId
    line: str
    outgoing: Leg | None
    begun_s: float
    mark: str  # by which it is known when it comes back
    numbers: frozenset[str]  # by which it may come back, where no mark does
    pcm: bytes
    incoming: Leg | None = None
    came_in: bool = False
    number: str = ""
    offered_ms: float | None = None
    confirmed: int = 0
    talks_s: float | None = None
    sound: PlayedSound | None = None
    statistics: LegStatistics | None = None
    leaves_s: float | None = None
    yielded: bool = False
    code: int = 0  # of the end of the outgoing leg, where it was never talked
    reason: str = ""

    @property
    def legs(self) -> tuple[Leg, ...]:
        return tuple(leg for leg in (self.outgoing, self.incoming) if leg is not None)

    @property
    def ours(self) -> Leg | None:
        """The leg that is the seat's side of the conversation."""
        return self.incoming if self.came_in else self.outgoing


class SelfCheck(Companion):
    """`aim(target, line)`: where to call, raises `Refusal`. `own_number(line)`: its user. `make_recorder`: into the
    folder of its own. `sound()`: what is said, as in `frames`; b"" = nothing can be said, and no call is made."""

    def __init__(
        self,
        place: Workplace,
        aside: AsideRecorder,
        make_recorder: Callable[[], ClosingRecorder],
        aim: Callable[[str, str], Aim],
        own_number: Callable[[str], str],
        sound: Callable[[], bytes],
    ) -> None:
        self._at, self._aside, self._make_recorder = place, aside, make_recorder
        self._aim, self._own_number, self._sound = aim, own_number, sound
        self._run: _Run | None = None
        self._now_s = 0.0
        self._marks_come_through = False

    @property
    def does(self) -> Does:
        return {commands.CheckSelf: self._check}

    def _check(self, command: commands.CheckSelf) -> None:
        if self._run is not None or self._at.calls() or self._at.frames.tapped:
            raise Refusal("not_now")
        pcm = self._sound()
        if not pcm:
            raise Refusal("failed", "sound")
        to = self._aim(command.target, command.line)
        numbers = frozenset({self._own_number(to.line), command.target, to.dialled.number, to.dialled.send}) - {""}
        call_id, mark = CallId(self._at.new_id()), self._at.new_id()
        try:
            leg = self._at.stack.dial(to.uri, to.line, mark)
        except NotNow as error:
            raise Refusal("failed", str(error)) from None
        self._run = _Run(call_id, to.line, leg, self._now_s, mark, numbers, pcm)
        _log.info("the seat calls itself", extra={"call_id": call_id})

    # ---- what happens

    def signalled(self, signal: Signal) -> bool:
        run = self._run
        if run is None:
            return False
        if isinstance(signal, Offered):
            return self._offered(run, signal)
        leg = getattr(signal, "leg", None)
        if leg is None or leg not in run.legs:
            return False
        match signal:
            case Confirmed():
                run.confirmed += 1
                if run.confirmed == len(run.legs):
                    self._talk(run)
            case Ended():
                self._leg_ended(run, signal)
            case _:
                pass
        return True

    def _offered(self, run: _Run, signal: Offered) -> bool:
        if signal.replaces is not None or not self._is_own(run, signal):
            return False
        if run.came_in or run.leaves_s is not None:  # by a second way, or too late
            self._at.stack.hang_up(signal.leg, BUSY)
            return True
        run.incoming, run.came_in, run.number = signal.leg, True, signal.party.number
        run.offered_ms = (self._now_s - run.begun_s) * 1000
        try:
            self._at.stack.answer(signal.leg)
        except NotNow as error:
            _log.info("the seat's own call had gone before it was answered: %s", error)
        return True

    def _is_own(self, run: _Run, signal: Offered) -> bool:
        if run.mark in signal.marks:
            self._marks_come_through = True
            return True
        return not self._marks_come_through and signal.party.number in run.numbers

    def _talk(self, run: _Run) -> None:
        """Both sides are there. Said a second time where an exchange answers first and rings here afterwards."""
        ours = run.ours
        if ours is None or run.leaves_s is not None:
            return
        frames = self._at.frames
        if run.talks_s is None:
            self._start_recording(run)
            frames.hush(True)
            frames.connect(run.call_id, muted=True)
            frames.record((run.call_id,))
        run.talks_s, run.sound = self._now_s, PlayedSound(run.pcm)
        self._at.stack.connect(ours)
        if run.came_in and run.outgoing is not None:
            self._at.stack.echo(run.outgoing)
        frames.play(run.call_id, run.sound)

    def _start_recording(self, run: _Run) -> None:
        now = self._at.clock()
        self._aside.put_aside(run.call_id, self._make_recorder())
        self._aside.note(events.CallOffered(run.call_id, now, run.line, Party(run.number)))
        self._aside.note(events.CallAnswered(run.call_id, now))
        self._aside.start(run.call_id, RATE_HZ)
        self._aside.note(events.RecordingStarted(run.call_id, now))

    def heard(self, event: events.CallEvent) -> None:
        """A real call: it has the headset, the recorder and the line from here on."""
        run = self._run
        if run is not None and not run.yielded and isinstance(event, events.CallOffered | events.CallDialled):
            _log.info("a call comes in between the seat's call of itself", extra={"call_id": event.call_id})
            run.yielded = True
            self._leave(run)

    def tick(self, now_s: float) -> None:
        self._now_s, run = now_s, self._run
        if run is None:
            return
        if not run.legs or (run.leaves_s is not None and now_s - run.leaves_s >= FAREWELL_S):
            self._over(run)
        elif run.leaves_s is None and run.talks_s is None and now_s - run.begun_s >= RING_S:
            self._leave(run)
        elif run.leaves_s is None and run.talks_s is not None and run.ours is not None:
            run.statistics = self._at.stack.statistics(run.ours) or run.statistics
            if run.sound is not None and now_s - run.talks_s >= run.sound.length_s + AFTER_S:
                self._leave(run)

    def close(self) -> None:
        if self._run is not None:
            self._leave(self._run)
            self._stop_recording(self._run)

    # ---- its end

    def _leg_ended(self, run: _Run, signal: Ended) -> None:
        if signal.leg == run.incoming:
            run.incoming = None
        else:
            run.outgoing = None
            run.code, run.reason = signal.code, signal.reason
        if run.leaves_s is None:
            self._leave(run)

    def _leave(self, run: _Run) -> None:
        """Now: what comes next may be a resident."""
        if run.leaves_s is not None:
            return
        run.leaves_s = self._now_s
        frames = self._at.frames
        frames.stop_playing()
        if run.talks_s is not None:
            frames.record(())
            frames.connect(None, muted=False)
            self._at.stack.connect()
        frames.hush(False)
        for leg in run.legs:
            self._at.stack.hang_up(leg, BUSY)

    def _over(self, run: _Run) -> None:
        self._run = None
        self._stop_recording(run)
        talked = run.talks_s is not None
        if run.yielded:
            code = 0
        elif talked:
            code = 200
        else:
            code = 408 if run.code in (0, 200, 487) else run.code
        spool = run.call_id if talked else CallId("")
        length_s = 0.0 if run.talks_s is None or run.leaves_s is None else run.leaves_s - run.talks_s
        quality = quality_of(run.statistics, self._at.clock(), length_s)
        told = events.SelfChecked(spool, code, run.reason, run.came_in, run.number, run.offered_ms, quality)
        _log.info("the seat's call of itself is over", extra={"call_id": run.call_id, "code": code})
        self._at.publish(told)

    def _stop_recording(self, run: _Run) -> None:
        if run.talks_s is None:
            return
        self._aside.stop(run.call_id)
        self._aside.note(events.CallEnded(run.call_id, self._at.clock(), 200, by_us=True))
        self._aside.take_back()
