"""What the seat tells the exchange: whether calls are to come here, who sits here, and the feature codes that say so.
Phone process, main thread.

Codes go as they stand in the settings, past the dial plan; `{number}` in them becomes the number as the plan sends it,
or the agent's work number. What the seat dials of itself (signing in, forwarding) waits until the line is there.

A forwarding whose number the plan cannot map (a plan that was changed under it) is no forwarding: such calls ring here,
and it is a trouble that stands; so is one to a number for a line without `registrar`, which has nobody to send it to.
One that is an address, which no code can carry, is done by the seat's own 302."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from desk.domain.availability import Forward
from desk.domain.commands import DialCode, PauseQueue, SetAvailability
from desk.domain.dial_plan import Dialled, DialPlan
from desk.domain.dial_text import Unmappable
from desk.domain.events import AvailabilityChanged, CodeDialled
from desk.domain.troubles import Trouble
from desk.settings import LineSettings, PhoneSettings
from desk.telephony.calls.availability import AvailabilityNow
from desk.telephony.calls.call_memory import CallMemory
from desk.telephony.calls.codes import TAKEN, Codes
from desk.telephony.calls.deadlines import Deadlines
from desk.telephony.calls.dial_target import CODE, aim_code, uri_of_code
from desk.telephony.calls.forward_codes import ForwardCodes
from desk.telephony.calls.queue_pause import QueuePause
from desk.telephony.calls.queue_sign_in import QueueSignIn
from desk.telephony.companion import Refusal
from desk.telephony.stack import Signal, SipStack
from desk.usecases.ports import Clock

LOOK_EVERY_S = 1.0
OF_THE_EXCHANGE = frozenset(
    {Trouble.FORWARD_UNMAPPED, Trouble.FORWARD_NO_WAY, Trouble.FORWARD_REFUSED, Trouble.SIGN_IN_REFUSED}
)


def local_time(at: datetime) -> time:
    """The wall clock of this computer."""
    return at.astimezone().time()


class Exchange:
    """`line`: the one that codes go by. `ready`: labels of the lines that can dial now. `settle`: of
    `OF_THE_EXCHANGE` exactly these stand now."""

    def __init__(
        self,
        phone: PhoneSettings,
        lines: Mapping[str, LineSettings],
        plan: DialPlan,
        stack: SipStack,
        deadlines: Deadlines,
        publish: Callable[[Any], None],
        settle: Callable[[Mapping[Trouble, str]], None],
        clock: Clock,
        wall_time: Callable[[datetime], time],
        memory: CallMemory,
    ) -> None:
        self._lines, self._plan = lines, plan
        self._publish, self._settle, self._clock = publish, settle, clock
        self.line = lines[phone.codes_line] if phone.codes_line in lines else next(iter(lines.values()))
        self._codes = Codes(stack, self.line.label, lambda code: uri_of_code(code, self.line), publish, deadlines)
        self._forwards = ForwardCodes(phone, memory, self._dial_forwards)
        self._sign_in = QueueSignIn(phone, self._dial_sign_in)
        self._pause = QueuePause(phone, self._dial_pause)
        self.availability = AvailabilityNow(phone, memory, self._seen_to, wall_time)
        self.ready: frozenset[str] = frozenset()
        self._signed_in, self._locked = "", False
        self._look_at = 0.0

    def set_availability(self, command: SetAvailability) -> None:
        """What stands already may be set once more: where the exchange did not take it, it is told again at once.
        Raises `Refusal` for a new number that calls cannot be sent to."""
        standing = self.availability.now.forwards
        for mode, target in command.availability.forwards.items():
            if target and target != standing.get(mode):
                self._check(target)
        self.availability.set(command.availability)
        self._publish(AvailabilityChanged(self.availability.now))
        self._forwards.retry()
        self._look_at = 0.0

    def take_seat(self, agent: str, *, locked: bool = False) -> None:
        """Sign who sat here out, and who sits here in; a lock changes nothing of that."""
        self._locked = locked
        if agent == self._signed_in:
            return
        self._signed_in = agent
        self._sign_in.seat(agent)
        self._pause.seated(somebody=bool(agent))
        self._look_at = 0.0

    def pause_queue(self, command: PauseQueue) -> None:
        self._pause.want(on=command.on if self._signed_in else None)
        self._look_at = 0.0

    def leave(self) -> None:
        """The phone ends: sign out whoever sits here, where the line is there. `idle` tells when it is done."""
        if self.line.label in self.ready:
            self._sign_in.leave()

    @property
    def attended(self) -> bool:
        """Whether an agent sits here who takes calls: signed in, in no pause, the seat not locked."""
        return self._pause.takes_calls and not self._locked

    @property
    def idle(self) -> bool:
        """Whether no code is under way."""
        return self._codes.idle

    def dial_code(self, command: DialCode) -> None:
        """Raises `Refusal`."""
        code = command.code.replace("{number}", self._signed_in)
        aim_code(code, self.line, self.ready)
        self._codes.dial(code)

    def on_signal(self, signal: Signal) -> bool:
        """Whether it concerned a code."""
        return self._codes.on_signal(signal)

    def tick(self, now_s: float) -> None:
        """Night begins and ends by itself, and so does the line's deafness."""
        if now_s < self._look_at:
            return
        self._look_at = now_s + LOOK_EVERY_S
        if self.line.label in self.ready:
            self._sign_in.tell(now_s)
            self._pause.tell(now_s)
            self._forwards.tell(self._by_code(), now_s)
        else:
            self._sign_in.line_was_away()
            self._pause.forgotten()
        self._settle(self._troubles())

    def _seen_to(self, line: str) -> frozenset[Forward]:
        """What the exchange forwards of this line's calls: it was told of the one that the codes go by, of no other."""
        return self._forwards.taken if line == self.line.label else frozenset()

    def _by_code(self) -> dict[Forward, str]:
        """What the exchange is to forward now, as the plan sends it."""
        on = self.availability.forwards_at(self._clock()).items()
        goes = {mode: self._mapped(to) for mode, to in on if mode in self._forwards.codes}
        return {mode: to.send for mode, to in goes.items() if to is not None and CODE.fullmatch(to.send)}

    def _dial_forwards(self, codes: Sequence[str], told: Callable[[bool], None]) -> None:
        self._codes.dial(*codes, tell=lambda dialled: told(dialled.code == TAKEN))

    def _dial_sign_in(self, code: str, told: Callable[[bool], None]) -> None:
        def tell(dialled: CodeDialled) -> None:
            taken = dialled.code == TAKEN
            told(taken)
            if taken:
                self._pause.forgotten()  # it may have changed with it
            if not self._sign_in.refused:  # which is a trouble that stands
                self._publish(dialled)

        self._codes.dial(code, tell=tell)

    def _dial_pause(self, code: str, told: Callable[[bool], None]) -> None:
        def tell(dialled: CodeDialled) -> None:
            self._publish(dialled)
            told(dialled.code == TAKEN)

        self._codes.dial(code.replace("{number}", self._signed_in), tell=tell)

    def _troubles(self) -> dict[Trouble, str]:
        goes = {to: self._mapped(to) for to in self.availability.now.forwards.values()}
        lost = [to for to, dialled in goes.items() if dialled is None]
        present = {Trouble.FORWARD_UNMAPPED: ", ".join(lost)} if lost else {}
        stuck = [label for label, line in self._lines.items() if not line.registrar]
        if stuck and any(dialled is not None and not dialled.is_uri for dialled in goes.values()):
            present[Trouble.FORWARD_NO_WAY] = ", ".join(stuck)
        if self._forwards.refused:
            present[Trouble.FORWARD_REFUSED] = ""
        if self._sign_in.refused:
            present[Trouble.SIGN_IN_REFUSED] = self._signed_in
        return present

    def _mapped(self, target: str) -> Dialled | None:
        """None where no call can be sent there: nobody would type an extension after the answer."""
        try:
            dialled = self._plan.map(target)
        except Unmappable:
            return None
        return None if dialled.post_dial else dialled

    def _check(self, target: str) -> None:
        """Raises `Refusal` where no call can be sent there."""
        try:
            dialled = self._plan.map(target)
        except Unmappable as error:
            raise Refusal("bad_number", error.reason) from None
        if dialled.post_dial:
            raise Refusal("bad_number", "forward_extension")
        if not dialled.is_uri and not any(line.registrar for line in self._lines.values()):
            raise Refusal("bad_number", "no_registrar")
