"""The SIP stack as the phone sees it: lines, legs (one per call), what may be asked of them, and what they report.

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
    """An INVITE arrived and 180 went out. `line`: the label of the one it came by. `answer_after_s`: the caller asks to
    be answered by itself after so long (Call-Info answer-after, Alert-Info; None: it does not, or is a stranger).
    `diversions`: the user parts of its Diversion entries, the latest first. `replaces`: it takes the place of this leg
    (RFC 3891), which ends; the stack answers it itself, and does not ring. `marks`: what could be the mark of a call
    that this seat has made (see `dial`); anybody may send some. `turned_away`: the stack has refused it already, and
    `Ended` follows."""

    leg: Leg
    party: Party
    line: str
    answer_after_s: float | None = None
    diversions: tuple[str, ...] = ()
    replaces: Leg | None = None
    marks: tuple[str, ...] = ()
    turned_away: bool = False


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
class FarHold:
    """The far side sends no audio from now on and wants none (`on`), or both again."""

    leg: Leg
    on: bool


@dataclass(frozen=True, slots=True)
class TransferTold:
    """What the far side says of the transfer it was asked for (RFC 3515 2.4.4): the SIP code of its own call, or of its
    refusal of the REFER. `final`: nothing follows."""

    leg: Leg
    code: int
    reason: str
    final: bool


@dataclass(frozen=True, slots=True)
class Messages:
    """Voice mail waiting at this line (RFC 3842)."""

    line: str
    new: int


@dataclass(frozen=True, slots=True)
class Digit:
    """One DTMF digit from the far side (RFC 4733, INFO)."""

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
    UNVERIFIED = "unverified"  # the TLS certificate: `reason` names why
    SEAT_TWICE = "seat_twice"  # the registrar knows another contact of this account


@dataclass(frozen=True, slots=True)
class LineReport:
    """A line as it stands: `ready` = calls reach us. `line` is its label, `registrar` the one in use."""

    ready: bool
    fault: LineFault = LineFault.NONE
    code: int = 0
    reason: str = ""
    registrar: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class LegStatistics:
    """Of a leg's audio stream since it began (RFC 3550 reports), counted by the stack. Times in milliseconds; what the
    far side has not reported yet is None. `discarded`: packets that came too late to be played. `reports`: how often
    the far side has reported."""

    codec: str
    received: int
    lost: int
    discarded: int
    jitter_ms: float
    buffer_ms: float
    sent: int
    sent_lost: int | None
    round_trip_ms: float | None
    reports: int = 0


Signal: TypeAlias = (
    Offered | Progressed | Confirmed | MediaFlows | FarHold | TransferTold | Messages | Digit | Ended | LineReport
)
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

    def redirect(self, leg: Leg, uri: str) -> None:
        """302 Moved Temporarily to an offered leg; `Ended` follows. Raises `NotNow`."""
        ...

    def dial(self, uri: str, line: str = "", mark: str = "") -> Leg:
        """INVITE by this line ("" = the first). Where the far side sends us on (3xx), the stack follows, a few times
        and never in a circle. `mark`: one ASCII word that goes along, by which the call is known if it comes back here.
        Raises `NotNow` where it cannot even be sent."""
        ...

    def transfer(self, leg: Leg, uri: str) -> None:
        """REFER; `TransferTold` follows. Raises `NotNow`."""
        ...

    def transfer_to(self, leg: Leg, other: Leg) -> None:
        """REFER with Replaces: the far sides of the two are connected. `TransferTold` of `leg` follows. Raises
        `NotNow`."""
        ...

    def statistics(self, leg: Leg) -> LegStatistics | None:
        """None while no audio flows."""
        ...

    def hold(self, leg: Leg, on: bool) -> None:
        """Re-INVITE, as soon as the one before it is through; `MediaFlows` follows when taken off hold. The audio is
        cut at once by `connect(None)`, whatever the far side answers. Raises `NotNow`."""
        ...

    def send_digits(self, leg: Leg, digits: str) -> None:
        """RFC 4733 events or INFO, as the line's settings say. Raises `NotNow`."""
        ...

    def connect(self, *legs: Leg) -> None:
        """Whose audio the headset has from now on: several hear each other, too (what each of them says goes to
        `FrameClock.far`); none: nobody's."""
        ...

    def echo(self, leg: Leg) -> None:
        """What its far side says is sent back to it, for as long as it lasts, and nobody here hears it: the leg is not
        one of those that are connected."""
        ...

    def close(self) -> None:
        """Hang up, take the registration back, let the farewells go out (0.4 s). Nothing may be called after it."""
        ...
