"""What lives beside the calls: the headset's check, prompts, the quality watch, the headset's keys. Each is a
`Companion`: it takes commands of its own, hears every call event, and is given time; the phone process and the
switchboard know none of them. `desk.compose.phone` lists them.

Everything here runs on the phone process's main thread, but for `Workplace.later`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from desk.domain import events
from desk.domain.calls import Call
from desk.domain.commands import Command
from desk.domain.identity import CallId
from desk.domain.troubles import Trouble
from desk.telephony.frame_clock import FrameClock
from desk.telephony.headset.port import Headset
from desk.telephony.stack import Leg, Signal, SipStack
from desk.usecases.ports import Clock, NewId

Does: TypeAlias = Mapping[type[Command], Callable[[Any], None]]  # what is called with such a command


class Refusal(Exception):
    """A command that cannot be done: a reason of `events.CommandRefused`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Workplace:
    """What a companion works with. `publish` tells every client (no call events). `call_happened` takes an event of a
    running call through the state machine, and to clients and recorder. `do` is as if the agent had commanded it;
    raises `Refusal`. `later`: any thread; run this on the main one. `settle`: of these troubles exactly those present
    stand now. `calls`: those that run, oldest first. `leg`: None for a call that has ended. `agent`: the work
    number."""

    clock: Clock
    new_id: NewId
    publish: Callable[[Any], None]
    call_happened: Callable[[events.CallEvent], object]
    do: Callable[[Command], None]
    later: Callable[[Callable[[], None]], None]
    settle: Callable[[frozenset[Trouble], Mapping[Trouble, str]], None]
    calls: Callable[[], tuple[Call, ...]]
    leg: Callable[[CallId], Leg | None]
    agent: Callable[[], str]
    frames: FrameClock
    headset: Headset
    stack: SipStack
    # the headset whose keys work, and its serial number; "" = none
    name_keys: Callable[[str, str], None] = lambda _name, _serial: None


class Companion:
    """Inherit, and do some of it. By default: no command, no interest, no time."""

    @property
    def does(self) -> Does:
        """The commands that it takes; each callable may raise `Refusal`."""
        return {}

    @property
    def snapshot(self) -> Mapping[str, Any]:
        """The fields of a `PhoneSnapshot` that it knows."""
        return {}

    def signalled(self, signal: Signal) -> bool:  # noqa: ARG002 - a companion's own may
        """Every signal of the stack but those of the lines, before anybody else; whether it was its own affair, of
        which nobody else is told."""
        return False

    def heard(self, event: events.CallEvent) -> None:
        """Every call event, in order, after clients and recorder have been told."""

    def headset_changed(self, state: events.HeadsetState) -> None:
        """Devices came, went, or were chosen."""

    def tick(self, now_s: float) -> None:
        """Once before any command, then every round of the loop, 10 to 20 ms. `now_s` is monotonic. Returns at once."""

    def close(self) -> None:
        """The phone ends."""


MakeCompanion: TypeAlias = Callable[[Workplace], Companion]
