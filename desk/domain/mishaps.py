"""What went wrong at a seat, in one name: a table over what was seen in the last minutes, read from the top. What
spoilt the call itself stands first, then what stopped the telephone, then what stopped the window and the rest, so that
the name is the one that an agent who presses the key after a bad call means.

The words for the names, and what is to be done, are `desk.support.words`'. Pure, any thread."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from desk.domain.diagnosis import Diagnosis
from desk.domain.troubles import Trouble

STUCK_MS = 1_000.0  # of the window: shorter ones nobody remembers afterwards
MUTED_SHARE = 0.5
MUTED_S = 10.0
SHORT_S = 3.0  # a call that was answered and was over at once


class Mishap(Enum):
    PHONE_RESTARTED = "phone_restarted"
    COMPUTER_SLEPT = "computer_slept"
    HEADSET_GONE = "headset_gone"
    NO_MICROPHONE = "no_microphone"
    NO_EARPIECE = "no_earpiece"
    NO_AUDIO_AGREED = "no_audio_agreed"
    MICROPHONE_DEAD = "microphone_dead"
    MUTED = "muted"
    FAR_SIDE_SILENT = "far_side_silent"
    COMPUTER_LATE = "computer_late"
    NETWORK_LOSS = "network_loss"
    NETWORK_JITTER = "network_jitter"
    NETWORK_DELAY = "network_delay"
    EXCHANGE_CODEC = "exchange_codec"
    MICROPHONE_QUIET = "microphone_quiet"
    PASSWORD_WRONG = "password_wrong"  # noqa: S105 - a name
    PASSWORD_MISSING = "password_missing"  # noqa: S105 - a name
    SERVER_UNVERIFIED = "server_unverified"
    PORT_BUSY = "port_busy"
    SEAT_TWICE = "seat_twice"
    LINE_GONE = "line_gone"
    NO_SUCH_NUMBER = "no_such_number"
    FAR_BUSY = "far_busy"
    NOT_ANSWERED = "not_answered"
    NOT_ALLOWED = "not_allowed"
    EXCHANGE_FAILED = "exchange_failed"
    FORMAT_REFUSED = "format_refused"
    RANG_OUT = "rang_out"
    ENDED_AT_ONCE = "ended_at_once"
    DISK_FULL = "disk_full"
    STORE_BROKEN = "store_broken"
    RECORDING_FAILED = "recording_failed"
    WINDOW_RESTARTED = "window_restarted"
    WINDOW_STUCK = "window_stuck"
    BACKGROUND_RESTARTED = "background_restarted"
    CENTRE_AWAY = "centre_away"
    CENTRE_REFUSED = "centre_refused"
    VAULT_AWAY = "vault_away"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class CallSeen:
    """The call that is meant: the last one that ended or runs. `cause`: the SIP code of its end, 0 while it runs.
    `talked_s`: from the answer on. `heard`: what spoilt it most, by what was measured; `no_codec`: no audio was agreed
    upon in part of it. `mos`: the mean, `worst_loss`: in per cent, of its worst span; None: nothing was measured.
    `began_at`: when it rang or was dialled."""

    call_id: str = ""
    incoming: bool = True
    answered: bool = False
    running: bool = False
    cause: int = 0
    by_us: bool = False
    interrupted: bool = False
    talked_s: float = 0.0
    muted_s: float = 0.0
    heard: Diagnosis = Diagnosis.NONE
    no_codec: bool = False
    mos: float | None = None
    worst_loss: float | None = None
    began_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The last minutes. `call` None: there was none. `during`: troubles that stood at any time while the call did;
    `troubles`: at any time at all. `restarted`: processes that died and came back. `stall_ms`: the window's longest.
    `slept_s`: the longest time that the computer itself stood still. `phone_died`: while the call ran."""

    call: CallSeen | None = None
    during: frozenset[Trouble] = frozenset()
    troubles: frozenset[Trouble] = frozenset()
    restarted: frozenset[str] = frozenset()
    phone_died: bool = False
    headset_away: bool = False
    line_deaf: bool = False
    stall_ms: float = 0.0
    slept_s: float = 0.0
    recording_failed: bool = False
    ids: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Row:
    mishap: Mishap
    fits: Callable[[Seen], bool]


def _in_call(*troubles: Trouble) -> Callable[[Seen], bool]:
    """It stood while the call did; where there was no call, at any time."""
    return lambda seen: bool((seen.during if seen.call is not None else seen.troubles).intersection(troubles))


def _at_all(*troubles: Trouble) -> Callable[[Seen], bool]:
    return lambda seen: bool(seen.troubles.intersection(troubles))


def _heard(diagnosis: Diagnosis) -> Callable[[Seen], bool]:
    return lambda seen: seen.call is not None and seen.call.heard is diagnosis


def _outgoing(*codes: int) -> Callable[[Seen], bool]:
    return lambda seen: seen.call is not None and not seen.call.incoming and _unanswered(seen.call, *codes)


def _unanswered(call: CallSeen, *codes: int) -> bool:
    return not call.answered and not call.by_us and call.cause in codes


def _rang_out(seen: Seen) -> bool:
    return seen.call is not None and seen.call.incoming and _unanswered(seen.call, 487, 408, 480)


def _muted(seen: Seen) -> bool:
    call = seen.call
    return call is not None and call.muted_s >= max(MUTED_S, MUTED_SHARE * call.talked_s)


def _server_failed(seen: Seen) -> bool:
    call = seen.call
    return call is not None and not call.by_us and 500 <= call.cause < 600


def _over_at_once(seen: Seen) -> bool:
    call = seen.call
    return call is not None and call.answered and not call.running and not call.by_us and call.talked_s < SHORT_S


# The headset stands before what is heard: without it the microphone is silent, too. A deaf line stands before the
# codes of a call that could not be made by it, and after what was heard on one that could.
TABLE: tuple[_Row, ...] = (
    _Row(Mishap.PHONE_RESTARTED, lambda seen: seen.phone_died or bool(seen.call and seen.call.interrupted)),
    _Row(Mishap.COMPUTER_SLEPT, lambda seen: seen.slept_s > 0),
    _Row(Mishap.HEADSET_GONE, lambda seen: seen.headset_away or _in_call(Trouble.HEADSET_VANISHED)(seen)),
    _Row(Mishap.NO_MICROPHONE, _in_call(Trouble.NO_MICROPHONE)),
    _Row(Mishap.NO_EARPIECE, _in_call(Trouble.NO_EARPIECE)),
    _Row(Mishap.NO_AUDIO_AGREED, lambda seen: bool(seen.call and seen.call.no_codec)),
    _Row(Mishap.MICROPHONE_DEAD, _heard(Diagnosis.MICROPHONE_DEAD)),
    _Row(Mishap.MUTED, _muted),
    _Row(Mishap.FAR_SIDE_SILENT, _heard(Diagnosis.FAR_SIDE_SILENT)),
    _Row(Mishap.COMPUTER_LATE, _heard(Diagnosis.HEADSET_UNDERRUNS)),
    _Row(Mishap.NETWORK_LOSS, _heard(Diagnosis.NETWORK_LOSS)),
    _Row(Mishap.NETWORK_JITTER, _heard(Diagnosis.NETWORK_JITTER)),
    _Row(Mishap.NETWORK_DELAY, _heard(Diagnosis.NETWORK_DELAY)),
    _Row(Mishap.EXCHANGE_CODEC, _heard(Diagnosis.EXCHANGE_CODEC)),
    _Row(Mishap.MICROPHONE_QUIET, _heard(Diagnosis.MICROPHONE_QUIET)),
    _Row(Mishap.MICROPHONE_DEAD, _in_call(Trouble.DEAD_MICROPHONE)),
    _Row(Mishap.FAR_SIDE_SILENT, _in_call(Trouble.NO_AUDIO)),
    _Row(Mishap.PASSWORD_WRONG, _at_all(Trouble.WRONG_PASSWORD)),
    _Row(Mishap.PASSWORD_MISSING, _at_all(Trouble.PASSWORD_MISSING)),
    _Row(Mishap.SERVER_UNVERIFIED, _at_all(Trouble.LINE_UNVERIFIED)),
    _Row(Mishap.PORT_BUSY, _at_all(Trouble.PORT_BUSY)),
    _Row(Mishap.LINE_GONE, lambda seen: seen.line_deaf or _at_all(Trouble.NO_REGISTRAR)(seen)),
    _Row(Mishap.SEAT_TWICE, _at_all(Trouble.SEAT_TWICE)),
    _Row(Mishap.NO_SUCH_NUMBER, _outgoing(404, 410, 484, 485, 604)),
    _Row(Mishap.FAR_BUSY, _outgoing(486, 600)),
    _Row(Mishap.NOT_ANSWERED, _outgoing(408, 480)),
    _Row(Mishap.NOT_ALLOWED, _outgoing(401, 402, 403, 407, 603)),
    _Row(Mishap.FORMAT_REFUSED, lambda seen: bool(seen.call and _unanswered(seen.call, 415, 488, 606))),
    _Row(Mishap.EXCHANGE_FAILED, _server_failed),
    _Row(Mishap.ENDED_AT_ONCE, _over_at_once),
    _Row(Mishap.DISK_FULL, _at_all(Trouble.SPOOL_FULL, Trouble.STORE_FULL)),
    _Row(Mishap.STORE_BROKEN, _at_all(Trouble.STORE_BROKEN, Trouble.STORE_KEY_MISSING, Trouble.KEYRING_WEAK)),
    _Row(
        Mishap.RECORDING_FAILED,
        lambda seen: seen.recording_failed or _at_all(Trouble.SPOOL_UNWRITABLE, Trouble.SEAL_KEY_MISSING)(seen),
    ),
    _Row(Mishap.PHONE_RESTARTED, lambda seen: "phone" in seen.restarted),
    _Row(Mishap.WINDOW_RESTARTED, lambda seen: "ui" in seen.restarted),
    _Row(Mishap.WINDOW_STUCK, lambda seen: seen.stall_ms >= STUCK_MS),
    _Row(Mishap.BACKGROUND_RESTARTED, lambda seen: "sync" in seen.restarted),
    _Row(
        Mishap.CENTRE_REFUSED,
        _at_all(Trouble.CENTRAL_REFUSED, Trouble.CENTRAL_UNVERIFIED, Trouble.PROGRAM_TOO_OLD, Trouble.CENTRE_TOO_OLD),
    ),
    _Row(Mishap.CENTRE_AWAY, _at_all(Trouble.CENTRAL_UNREACHABLE)),
    _Row(Mishap.VAULT_AWAY, _at_all(Trouble.VAULT_AWAY, Trouble.VAULT_REFUSED)),
    _Row(
        Mishap.RANG_OUT, lambda seen: bool(seen.call and seen.call.incoming and _unanswered(seen.call, 487, 408, 480))
    ),
)


def mishaps(seen: Seen) -> tuple[Mishap, ...]:
    """All that fit, the likeliest first; `NOTHING` alone where none does."""
    found = tuple(dict.fromkeys(row.mishap for row in TABLE if row.fits(seen)))
    return found or (Mishap.NOTHING,)
