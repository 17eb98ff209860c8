"""What the seat tells the exchange: whether calls are to come here, who sits here, and the feature codes that say so.
Phone process, main thread.

Codes go as they stand in the settings, past the dial plan; `{number}` in them becomes the number as the plan sends it,
or the agent's work number. What the seat dials of itself (signing in, forwarding) waits until the line is there."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

from desk.domain.availability import Availability
from desk.domain.commands import DialCode, SetAvailability
from desk.domain.dial_plan import Dialled, DialPlan
from desk.domain.dial_text import Unmappable
from desk.domain.events import AvailabilityChanged
from desk.settings import LineSettings, PhoneSettings
from desk.telephony.calls.availability import AvailabilityNow
from desk.telephony.calls.codes import Codes
from desk.telephony.calls.deadlines import Deadlines
from desk.telephony.calls.dial_target import uri_of
from desk.telephony.companion import Refusal
from desk.telephony.stack import Signal, SipStack
from desk.usecases.ports import Clock

LOOK_EVERY_S = 1.0


def local_time(at: datetime) -> time:
    """The wall clock of this computer."""
    return at.astimezone().time()


class Exchange:
    """`ready`: labels of the lines that can dial now. `remember` keeps what is set."""

    def __init__(
        self,
        phone: PhoneSettings,
        lines: Mapping[str, LineSettings],
        plan: DialPlan,
        stack: SipStack,
        deadlines: Deadlines,
        publish: Callable[[Any], None],
        clock: Clock,
        wall_time: Callable[[datetime], time],
        remembered: Availability | None,
        remember: Callable[[Availability], None],
    ) -> None:
        self._phone, self._plan, self._publish, self._clock = phone, plan, publish, clock
        self._line = lines[phone.codes_line] if phone.codes_line in lines else next(iter(lines.values()))
        self._codes = Codes(stack, self._line.label, self._uri_of, publish, deadlines)
        self.availability = AvailabilityNow(phone, remembered, remember, self._fill_and_dial, wall_time)
        self.ready: frozenset[str] = frozenset()
        self._wanted: list[str] = []  # to be dialled when the line is there
        self._signed_in = ""
        self._look_at = 0.0

    def set_availability(self, command: SetAvailability) -> None:
        """Raises `Refusal` for a number that calls cannot be sent to."""
        for target in command.availability.forwards.values():
            if target:
                self._sent(target)
        self.availability.set(command.availability)
        self._publish(AvailabilityChanged(self.availability.now))
        self.availability.tell_exchange(self._clock())

    def take_seat(self, agent: str) -> None:
        """Sign who sat here out, and who sits here in."""
        if agent == self._signed_in:
            return
        before, self._signed_in = self._signed_in, agent
        for number, code in ((before, self._phone.sign_out_code), (agent, self._phone.sign_in_code)):
            if number and code:
                self._dial_when_ready(code.replace("{number}", number))

    def dial_code(self, command: DialCode) -> None:
        """Raises `Refusal`."""
        code = command.code.replace("{number}", self._signed_in)
        if not self._uri_of(code):
            raise Refusal("bad_number")
        if self._line.label not in self.ready:
            raise Refusal("line_deaf")
        self._codes.dial(code)

    def on_signal(self, signal: Signal) -> bool:
        """Whether it concerned a code."""
        return self._codes.on_signal(signal)

    def tick(self, now_s: float) -> None:
        """Night begins and ends by itself, and so does the line's deafness."""
        if now_s < self._look_at:
            return
        self._look_at = now_s + LOOK_EVERY_S
        self.availability.tell_exchange(self._clock())
        if self._wanted and self._line.label in self.ready:
            wanted, self._wanted = self._wanted, []
            self._codes.dial(*wanted)

    def _dial_when_ready(self, code: str) -> None:
        self._wanted.append(code)
        self._look_at = 0.0

    def _fill_and_dial(self, codes: list[tuple[str, str]]) -> None:
        for code, target in codes:
            self._dial_when_ready(code.replace("{number}", self._sent(target)) if target else code)

    def _sent(self, target: str) -> str:
        """As the plan sends it. Raises `Refusal`."""
        try:
            return self._plan.map(target).send
        except Unmappable as error:
            raise Refusal("bad_number", error.reason) from None

    def _uri_of(self, code: str) -> str:
        text = code.strip()
        if not text or not set(text) <= set("0123456789*#+"):
            return ""
        try:
            return uri_of(Dialled(text, text, text), self._line.registrar)
        except Refusal:
            return ""
