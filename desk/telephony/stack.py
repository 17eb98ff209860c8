"""The SIP stack as the phone sees it: legs (one per call), what may be asked of them, and what they report.

`SipStack` is the port; `PjStack` is PJSIP, `FakeStack` a far side without a network. Both pass one contract suite. All
methods are called on the phone process's main thread, and every signal is delivered there, from within `pump` only, so
that no handler is ever entered twice. A leg's number is never used again. Codes are SIP status codes (RFC 3261 21)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NewType, Protocol, TypeAlias

from desk.domain.party import Party

Leg = NewType("Leg", int)

MOST_LEGS = 4  # a fifth INVITE is answered 486: PJSIP's own limit as built, and more than one agent can serve


@dataclass(frozen=True, slots=True)
class Offered:
    """An INVITE arrived and 180 went out."""

    leg: Leg
    party: Party


@dataclass(frozen=True, slots=True)
class Progressed:
    """100-199 to our INVITE."""

    leg: Leg
    code: int
    early_media: bool


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Answered by either side, and acknowledged."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class MediaFlows:
    """Audio of this leg may go both ways: first after the answer (or as early media), again when taken off hold."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class Digit:
    """One DTMF digit from the far side (RFC 4733)."""

    leg: Leg
    digit: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Final. `by_us`: we hung up, refused or gave up dialling."""

    leg: Leg
    code: int
    reason: str
    by_us: bool


class LineFault(Enum):
    NONE = "none"
    PORT_BUSY = "port_busy"
    PASSWORD_MISSING = "password_missing"  # noqa: S105 - the name of a fault
    REFUSED = "refused"  # user or password
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class LineReport:
    """The line as it stands: `ready` = calls reach us."""

    ready: bool
    fault: LineFault = LineFault.NONE
    code: int = 0
    reason: str = ""


Signal: TypeAlias = Offered | Progressed | Confirmed | MediaFlows | Digit | Ended | LineReport
OnSignal: TypeAlias = Callable[[Signal], None]


class NotNow(Exception):
    """The leg is in a state in which this cannot be done (it is just ending, say). The text tells why."""


class SipStack(Protocol):
    def open(self, on_signal: OnSignal) -> None:
        """Start. Faults of the line come as `LineReport`, and are retried by the stack itself."""
        ...

    def pump(self, timeout_s: float) -> None:
        """Handle what the network and the timers have; waits up to `timeout_s` for it."""
        ...

    def answer(self, leg: Leg) -> None:
        """200 to an offered leg. Raises `NotNow`."""
        ...

    def hang_up(self, leg: Leg, code: int = 0) -> None:
        """BYE, CANCEL, or a refusal with `code`; `Ended` follows. Never raises for a leg that is ending."""
        ...

    def dial(self, uri: str) -> Leg:
        """INVITE. Raises `NotNow` where it cannot even be sent."""
        ...

    def hold(self, leg: Leg, on: bool) -> None:
        """Re-INVITE, as soon as the one before it is through; `MediaFlows` follows when taken off hold. The audio is
        cut at once by `connect(None)`, whatever the far side answers. Raises `NotNow`."""
        ...

    def send_digits(self, leg: Leg, digits: str) -> None:
        """RFC 4733 events. Raises `NotNow`."""
        ...

    def connect(self, leg: Leg | None) -> None:
        """Whose audio the headset has from now on; None: nobody's."""
        ...

    def close(self) -> None:
        """Hang up, take the registration back, let the farewells go out (0.4 s). Nothing may be called after it."""
        ...
