"""How values look on the local sockets between Desk's processes: one MessagePack array
`[protocol, type name, fields]` per message, encoded and decoded in this place only.

Every type that may travel is in `TYPES`; the rest is refused. A process that speaks another protocol version is told
apart at its first message. Pure functions, any thread."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from desk.domain import commands, events, snapshots
from desk.domain.call_log import CallPlace
from desk.domain.call_search import CallHit, CallQuery
from desk.domain.import_plan import ListsStand
from desk.domain.sign_in import Answer, Verdict

PROTOCOL = 4


class WireError(Exception):
    """Bytes that are no message of this protocol. The connection that sent them is not to be trusted further."""


@dataclass(frozen=True, slots=True)
class Hello:
    """First message of every client, and the server's answer to it. `role`: launcher, phone, sync, ui, tool."""

    role: str
    pid: int


@dataclass(frozen=True, slots=True)
class Ready:
    """A process has done its start-up and serves."""

    role: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Sent once a second by a process's MAIN loop (not by a helper thread), so that silence means it is stuck."""

    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StopRequested:
    """The launcher asks a process to finish: calls are hung up, files closed, then it exits. `if_idle`: only where no
    call runs; else nothing happens."""

    reason: str = ""
    if_idle: bool = False


@dataclass(frozen=True, slots=True)
class RestartRequested:
    """A process of the seat asks for the whole seat to end and begin anew, in another version, say. To the launcher,
    which asks the phone: while a call runs, nothing happens."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The launcher tells the ui that a process died and was started again; or, with the code 0 and a crash file, that
    one of an earlier run left this. `at`: when it died, None where an older launcher did not say."""

    role: str
    exit_code: int
    crash_file: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StrangerRefused:
    """A server of the link to those attached: somebody who does not belong to this seat spoke to it and was dropped.
    Once a minute at most."""

    role: str


@dataclass(frozen=True, slots=True)
class ShowWindow:
    """Somebody started `desk` a second time: the running seat's window comes to the front. tool to launcher to ui."""


@dataclass(frozen=True, slots=True)
class DialRequested:
    """A program or a web page asks, by `desk dial`, for this to be called: the running seat's window comes to the front
    with it in the dial box, and nothing more. Untrusted text. tool to launcher to ui."""

    target: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """ui to sync: changes were appended to the store, send them; from a command beside the window (a "tool") sync tells
    the window, too. sync to ui: rows of these entities changed."""

    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CentralState:
    """sync to ui: `configured` False = standing alone. `unsent` changes wait; `lag_ms` of the last exchange;
    `refused` changes were not taken by the centre and stay at this seat. `trouble` may stand beside `connected`: then
    the exchange goes on. `filled_permille`: how much of a first fill is there, 1000 = this seat has everything."""

    configured: bool
    connected: bool = False
    unsent: int = 0
    lag_ms: float = 0.0
    trouble: str = ""
    detail: str = ""
    refused: int = 0
    filled_permille: int = 1000


@dataclass(frozen=True, slots=True)
class FetchCaller:
    """ui to sync while the seat is being filled: whoever these lookup keys mean comes first. `Pushed` tells of the
    rows, and `CallerFetched` is the answer."""

    request: int
    lookup_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallerFetched:
    """sync to the ui that asked. `found` False: the centre knows nobody by it, or could not be asked."""

    request: int
    found: bool


@dataclass(frozen=True, slots=True)
class SpoolClosed:
    """phone to sync: a call's manifest is complete and can be put into the call log."""

    call_id: str


@dataclass(frozen=True, slots=True)
class RecordingsState:
    """sync to ui: recordings not yet sealed, and not yet confirmed by the vault; calls of the last days whose recording
    is faulty; `trouble` the value of a `Trouble`, "" = none; `retention` why it stands still, "" = it does not;
    `withheld` those not sealed that wait for a folder of the spool which is away."""

    unsealed: int = 0
    unvaulted: int = 0
    faulty: int = 0
    trouble: str = ""
    detail: str = ""
    retention: str = ""
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class FindCalls:
    """ui to sync: look for these calls in the central database. `request` tells the answers apart."""

    request: int
    query: CallQuery
    after: CallPlace | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CallsFound:
    """sync to ui. `trouble` not "": the centre could not be asked, and `hits` is empty."""

    request: int
    hits: tuple[CallHit, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """ui to sync: somebody wants to sign in; `unlocks`: whoever sits here is back. `SignInJudged` is the answer."""

    request: int
    number: str
    password: str = field(default="", repr=False)
    unlocks: bool = False


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """ui to sync: a new password for a role, with the present one. The answer is `SignInJudged`."""

    request: int
    number: str
    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignInJudged:
    """sync to the ui that asked."""

    request: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SitsHere:
    """ui to sync: who sits at the seat now, "" nobody."""

    number: str
    name: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Seated:
    """sync to a ui that has just attached: who sat here when the last window was lost ("" nobody), and whether it was
    locked. `last`: who signed in here last."""

    number: str = ""
    name: str = ""
    locked: bool = False
    last: str = ""


@dataclass(frozen=True, slots=True)
class SeatUse:
    """ui to sync: whether somebody works here. `away`: nobody sits here, the window is locked, or whoever sits here is
    on a break, and all that was typed is on disk. `agent`: whose work number, "" nobody's; as long as nobody has signed
    in after a new start, whose it was before. `state`: of `PAUSED` the one that they are in, a value of `AgentState`,
    "" none."""

    away: bool
    state: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class CheckSeat:
    """tool to sync: let the seat call itself, as soon as no call runs. `SeatChecked` is the answer."""


@dataclass(frozen=True, slots=True)
class SeatLooked:
    """ui to sync: the agent has looked the seat over; what was found, as `seat_register.to_text` writes it."""

    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeatChecked:
    """sync to ui and tools, at attach too: the last time that the seat called itself (`at` None: it never did), by the
    name of `health.Level`, and what was found, as `seat_register.to_text` writes it."""

    at: datetime | None = None
    level: str = ""
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Updates:
    """sync to ui, which answers by `SeatUse`. `told`: a sentence for the agent, once, "" none; `asks`: it asks
    them to do something, and stays until it is put away."""

    told: str = ""
    asks: bool = False


@dataclass(frozen=True, slots=True)
class PutOut:
    """sync to ui: this person may not be here any longer, or has to give their password again; why."""

    number: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class StoreCare:
    """sync to ui: how the seat store is looked after. `doing`: "" or "refilling" after a repair. `damaged`: it is to be
    repaired as soon as no call runs; then `restart`: the window ends now, and the next one repairs it before it opens.
    `copy_away`: unsent work waits and its second copy cannot be written."""

    doing: str = ""
    damaged: bool = False
    restart: bool = False
    copy_away: bool = False
    detail: str = ""


TYPES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        Hello,
        Ready,
        Heartbeat,
        StopRequested,
        RestartRequested,
        Restarted,
        StrangerRefused,
        ShowWindow,
        DialRequested,
        Pushed,
        CentralState,
        FetchCaller,
        CallerFetched,
        SpoolClosed,
        RecordingsState,
        FindCalls,
        CallsFound,
        SignIn,
        ChangePassword,
        SignInJudged,
        SitsHere,
        Seated,
        SeatUse,
        CheckSeat,
        SeatLooked,
        SeatChecked,
        ListsStand,
        Updates,
        PutOut,
        StoreCare,
        commands.Answer,
        commands.Reject,
        commands.HangUp,
        commands.Mute,
        commands.PauseRecording,
        commands.Hold,
        commands.Dial,
        commands.SendDigits,
        commands.ChooseHeadset,
        commands.WatchLevels,
        commands.TakeSeat,
        commands.Transfer,
        commands.CompleteTransfer,
        commands.CancelConsultation,
        commands.Confer,
        commands.DialCode,
        commands.PauseQueue,
        commands.SetAvailability,
        commands.PlayPrompt,
        commands.StopPrompt,
        commands.HearPrompt,
        commands.DropPrompt,
        commands.RecordPrompt,
        commands.SetComfort,
        commands.CheckHeadset,
        commands.CheckSelf,
        events.CallOffered,
        events.CallDialled,
        events.CallProgressed,
        events.CallAnswered,
        events.CallHeld,
        events.FarHeld,
        events.TransferStarted,
        events.TransferProgressed,
        events.TransferFailed,
        events.CallTransferred,
        events.ConferenceJoined,
        events.ConferenceLeft,
        events.PromptPlayed,
        events.PromptEnded,
        events.PromptsChanged,
        events.QualityMeasured,
        events.AvailabilityChanged,
        events.CodeDialled,
        events.HeadsetChecked,
        events.SelfChecked,
        events.PromptRecorded,
        events.CallResumed,
        events.CallMuted,
        events.RecordingPaused,
        events.CallUnmuted,
        events.DigitsSent,
        events.DigitsReceived,
        events.CallEnded,
        events.RecordingStarted,
        events.RecordingFailed,
        events.LineChanged,
        events.HeadsetChanged,
        events.LevelsMeasured,
        events.TroubleRaised,
        events.TroubleCleared,
        events.CommandRefused,
        snapshots.PhoneSnapshot,
    )
}
_NAMES = {cls: name for name, cls in TYPES.items()}
_encoder = msgspec.msgpack.Encoder()
_envelope = msgspec.msgpack.Decoder(tuple[int, str, msgspec.Raw])
_bodies: dict[str, msgspec.msgpack.Decoder[Any]] = {name: msgspec.msgpack.Decoder(cls) for name, cls in TYPES.items()}


def encode(message: Any) -> bytes:
    """One message as bytes. Raises `KeyError` for a type that is not in `TYPES` (a bug of ours)."""
    return _encoder.encode((PROTOCOL, _NAMES[type(message)], message))


def decode(untrusted_bytes: bytes) -> Any:
    """The message in these bytes. Raises `WireError` for anything else."""
    try:
        protocol, name, untrusted_body = _envelope.decode(untrusted_bytes)
        if protocol != PROTOCOL:
            raise WireError(f"protocol {protocol}, this process speaks {PROTOCOL}")
        body = _bodies.get(name)
        if body is None:
            raise WireError(f"no message is called {name[:40]!r}")
        return body.decode(untrusted_body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WireError(str(error)) from error
