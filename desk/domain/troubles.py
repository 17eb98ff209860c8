"""What can be wrong with a seat, by name. A trouble is a fault of the surroundings (a server, a device, a file), never
a bug. It is raised once, shown as a lamp with a sentence that says what to do, and cleared when it is over.
The sentences belong to the ui and the command line; here are only the names."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Trouble(Enum):
    WRONG_PASSWORD = "wrong_password"  # user or password refused (401/403 after digest)  # noqa: S105
    PASSWORD_MISSING = "password_missing"  # the keyring holds no password for the line  # noqa: S105
    NO_REGISTRAR = "no_registrar"  # no answer from the registrar (timeout, refused, unreachable)
    LINE_UNVERIFIED = "line_unverified"  # the registrar's certificate or name did not verify
    SEAT_TWICE = "seat_twice"  # another telephone is registered with the same account
    FORWARD_UNMAPPED = "forward_unmapped"  # the dial plan makes nothing of where calls are to be sent
    FORWARD_NO_WAY = "forward_no_way"  # a line names no exchange that could send its calls on to a number
    FORWARD_REFUSED = "forward_refused"  # the exchange did not take the code of a forwarding
    SIGN_IN_REFUSED = "sign_in_refused"  # the exchange's queue has not signed in who sits here
    DEAD_MICROPHONE = "dead_microphone"  # during a call: not a sound from it
    NO_AUDIO = "no_audio"  # during a call: no packet from the far side, or none that ever held a sound
    PORT_BUSY = "port_busy"  # another program holds the SIP port
    NO_MICROPHONE = "no_microphone"
    NO_EARPIECE = "no_earpiece"
    HEADSET_VANISHED = "headset_vanished"  # was there, is gone; the call goes on without it
    SPOOL_FULL = "spool_full"  # no space for the recording of the running call
    SPOOL_UNWRITABLE = "spool_unwritable"
    SPOOL_LOW = "spool_low"  # space for recordings runs out soon; nothing is lost yet
    SPOOL_SECOND = "spool_second"  # one of the spool's two folders fails, the other one has everything
    SPOOL_AWAY = "spool_away"  # calls went on in the second folder, which is not there: their recordings wait for it
    VAULT_AWAY = "vault_away"  # finished recordings wait at this seat
    VAULT_REFUSED = "vault_refused"  # wrong key, read-only, no such bucket
    SEAL_KEY_MISSING = "seal_key_missing"  # nobody is named who may open the recordings
    RECORDINGS_FAULTY = "recordings_faulty"  # calls whose recording is missing, short or silent
    RETENTION_STANDS = "retention_stands"  # what is due by the rules is not deleted by itself
    LIST_REFUSED = "list_refused"  # the register is not brought up to date: the last list of the folder was not taken
    STORE_KEY_MISSING = "store_key_missing"  # the keyring has no key for an existing store
    STORE_FULL = "store_full"
    STORE_BROKEN = "store_broken"  # the seat store cannot be read or written
    KEYRING_WEAK = "keyring_weak"  # the OS offers only a keyring that keeps plain text, or none
    CENTRAL_UNREACHABLE = "central_unreachable"
    CENTRAL_REFUSED = "central_refused"  # wrong role, password or right
    CENTRAL_UNVERIFIED = "central_unverified"  # certificate or host name did not verify
    SEAT_NAME_TAKEN = "seat_name_taken"  # another PC exchanges under this seat's name
    CODE_USED_TWICE = "code_used_twice"  # another PC was enrolled with the same code before
    STORE_COPIED = "store_copied"  # this seat's data was a copy or an old backup; it goes on as a seat of its own
    CENTRE_RESTORED = "centre_restored"  # it had lost changes that this seat still held; they were offered again
    PROGRAM_TOO_OLD = "program_too_old"  # the centre takes nothing from this version of Desk any more
    CENTRE_TOO_OLD = "centre_too_old"  # its schema was made by an older Desk than this seat needs
    PERSON_DISABLED = "person_disabled"  # who is signed in may not work any more
    AUTHOR_AWAITED = "author_awaited"  # what somebody wrote here is taken from nobody but themselves
    CENTRE_LIMIT = "centre_limit"  # this role has read or written as much as it may in an hour
    PHONE_AWAY = "phone_away"  # the phone process is not there (restarting)
    SYNC_AWAY = "sync_away"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One trouble as it stands. `detail` is for the log and the tooltip, never the whole message."""

    trouble: Trouble
    since: datetime
    detail: str = ""
