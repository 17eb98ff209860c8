"""Names of the hotline's values in the agent's language, and for every trouble one sentence that says what is wrong and
one that says what to do. Every table is closed: a new value without words fails `tests/ui/test_words.py`.

No Qt. The tables are built when asked for, because the language is chosen at run time."""

from dataclasses import dataclass

from desk.domain.call_log import Outcome
from desk.domain.calls import Phase
from desk.domain.estate import Duty, Role
from desk.domain.events import HeadsetState
from desk.domain.tickets import Kind, Priority, Stage
from desk.domain.troubles import Trouble
from desk.i18n import _


def kind(value: Kind) -> str:
    return {
        Kind.REPAIR: _("Repair"),
        Kind.COMPLAINT: _("Complaint"),
        Kind.INQUIRY: _("Inquiry"),
        Kind.SUGGESTION: _("Suggestion"),
        Kind.PRAISE: _("Praise"),
        Kind.BUSINESS: _("Business"),
    }[value]


def priority(value: Priority) -> str:
    return {
        Priority.URGENT: _("Urgent"),
        Priority.HIGH: _("High"),
        Priority.NORMAL: _("Normal"),
        Priority.LOW: _("Low"),
    }[value]


def stage(value: Stage) -> str:
    return {
        Stage.REGISTERED: _("Registered"),
        Stage.DISPATCHED: _("Dispatched"),
        Stage.ACCEPTED: _("Accepted"),
        Stage.IN_PROGRESS: _("In progress"),
        Stage.DONE: _("Done"),
        Stage.FOLLOWED_UP: _("Followed up"),
        Stage.CLOSED: _("Closed"),
        Stage.RETURNED: _("Returned"),
        Stage.SUSPENDED: _("Suspended"),
        Stage.CANCELLED: _("Cancelled"),
        Stage.JOINED: _("Joined"),
    }[value]


def role(value: Role) -> str:
    return {
        Role.OWNER: _("Owner"),
        Role.FAMILY: _("Family"),
        Role.TENANT: _("Tenant"),
        Role.SHOP: _("Shop"),
    }[value]


def duty(value: Duty) -> str:
    return {
        Duty.AGENT: _("Agent"),
        Duty.SUPERVISOR: _("Supervisor"),
        Duty.AREA_ASSISTANT: _("Area assistant"),
        Duty.HANDLER: _("Handler"),
    }[value]


def outcome(value: Outcome | None) -> str:
    """Of a past call; "" while it is not known."""
    if value is None:
        return ""
    return {
        Outcome.ANSWERED: _("Picked up"),
        Outcome.ABANDONED: _("Missed"),
        Outcome.MISSED: _("Not taken"),
        Outcome.REJECTED: _("Rejected"),
        Outcome.UNANSWERED: _("Not answered"),
        Outcome.FAILED: _("Failed"),
        Outcome.INTERRUPTED: _("Interrupted"),
        Outcome.TRANSFERRED: _("Transferred"),
        Outcome.FORWARDED: _("Forwarded"),
    }[value]


def phase(value: Phase, *, incoming: bool) -> str:
    return {
        Phase.RINGING: _("Incoming call"),
        Phase.DIALLING: _("Dialling"),
        Phase.UP: _("On the call"),
        Phase.HELD: _("On hold"),
        Phase.ENDED: _("Call ended") if incoming else _("Outgoing call ended"),
    }[value]


def tag(value: str) -> str:
    """A resident's tag. Tags are free text; those that Desk knows by name are put in the agent's language."""
    known = {
        "vip": _("VIP"),
        "elderly_alone": _("Elderly, lives alone"),
        "elderly living alone": _("Elderly, lives alone"),
        "sensitive": _("Sensitive"),
        "litigation": _("Litigation"),
        "illness": _("Illness"),
        "disability": _("Disability"),
        "minor": _("Minor"),
    }
    return known.get(value.lower(), value)


# Tags that ask for care before the first word is said.
CAREFUL_TAGS = frozenset(
    {"sensitive", "litigation", "敏感", "诉讼", "elderly_alone", "elderly living alone", "独居老人"}
)


@dataclass(frozen=True, slots=True)
class TroubleWords:
    """`what` is wrong, in half a line; `to_do` is what the agent can do about it. `grave`: calls or words can be lost
    while it lasts."""

    what: str
    to_do: str
    grave: bool = False


_OF_THE_HEADSET = frozenset({Trouble.HEADSET_VANISHED, Trouble.NO_MICROPHONE, Trouble.NO_EARPIECE})


def trouble_at_seat(value: Trouble, headset: HeadsetState) -> TroubleWords:
    """As `trouble`; where another device stands in for a headset that is away, the call does go on with sound."""
    if value in _OF_THE_HEADSET and headset.microphone_in_use and headset.earpiece_in_use:
        return TroubleWords(
            _("The chosen headset is unplugged"),
            _("Sound goes over {device} meanwhile, and back to the headset once it is plugged in.").format(
                device=headset.earpiece_in_use
            ),
        )
    return trouble(value)


def trouble(value: Trouble) -> TroubleWords:
    table = {
        Trouble.WRONG_PASSWORD: TroubleWords(
            _("The telephone exchange refuses this seat's password"),
            _("No calls arrive. Ask IT to set it again: desk secret set. Desk keeps trying."),
            True,
        ),
        Trouble.PASSWORD_MISSING: TroubleWords(
            _("The keyring gives this seat no password for the telephone exchange"),
            _("No calls arrive. Unlock the keyring where it asks; else ask IT to enter it once: desk secret set."),
            True,
        ),
        Trouble.NO_REGISTRAR: TroubleWords(
            _("The telephone exchange does not answer"),
            _("No calls arrive. Check the network cable; Desk registers again by itself."),
            True,
        ),
        Trouble.LINE_UNVERIFIED: TroubleWords(
            _("The telephone exchange could not prove that it is the right one"),
            _("No calls arrive. Ask IT to check the exchange's certificate."),
            True,
        ),
        Trouble.SEAT_TWICE: TroubleWords(
            _("Another telephone is using this seat's number"),
            _("Calls may ring there instead. Close the other telephone, or ask IT for a number of this seat's own."),
        ),
        Trouble.FORWARD_UNMAPPED: TroubleWords(
            _("Calls are not forwarded: the number they are to go to cannot be dialled"),
            _("They ring here. Set another number (Shift+F9), or ask IT to check the dial plan."),
            True,
        ),
        Trouble.FORWARD_NO_WAY: TroubleWords(
            _("Calls of one line are not forwarded: no exchange is named there that could send them on"),
            _("They ring here. Ask IT to enter the line's exchange (registrar) in the settings."),
            True,
        ),
        Trouble.FORWARD_REFUSED: TroubleWords(
            _("The exchange has not taken the change of call forwarding"),
            _("Calls may go where they went before. Desk tries again by itself; Shift+F9 and Enter does so at once."),
            True,
        ),
        Trouble.SIGN_IN_REFUSED: TroubleWords(
            _("The exchange has not signed you in: no call of its queue comes here"),
            _("Desk tries again by itself. If it stays, tell IT which work number you signed in with."),
            True,
        ),
        Trouble.DEAD_MICROPHONE: TroubleWords(
            _("Not a sound comes from the microphone: the caller cannot hear you"),
            _("Check the mute switch and the plug of the headset, or choose another microphone (F10)."),
            True,
        ),
        Trouble.NO_AUDIO: TroubleWords(
            _("No sound arrives from the other side"),
            _("Say that you will call back, hang up and dial again; if it stays, tell IT."),
            True,
        ),
        Trouble.PORT_BUSY: TroubleWords(
            _("Another program is using this seat's telephone port"),
            _("Close other softphones on this PC; Desk tries again every few seconds."),
            True,
        ),
        Trouble.NO_MICROPHONE: TroubleWords(
            _("No microphone was found"),
            _("Plug in the headset, or choose another microphone (F10)."),
            True,
        ),
        Trouble.NO_EARPIECE: TroubleWords(
            _("No earpiece was found"),
            _("Plug in the headset, or choose another earpiece (F10)."),
            True,
        ),
        Trouble.HEADSET_VANISHED: TroubleWords(
            _("The headset is unplugged; the call goes on without sound"),
            _("Plug it in again, or choose another one (F10). Do not hang up."),
            True,
        ),
        Trouble.SPOOL_FULL: TroubleWords(
            _("The disk is full: this call is not being recorded"),
            _("Take notes, and ask IT to free disk space now."),
            True,
        ),
        Trouble.SPOOL_UNWRITABLE: TroubleWords(
            _("The recording cannot be written"),
            _("Take notes, and tell IT: the recordings folder is not writable."),
            True,
        ),
        Trouble.SPOOL_LOW: TroubleWords(
            _("The disk is nearly full: recordings will stop soon"),
            _("Nothing is lost yet. Ask IT to free disk space today."),
        ),
        Trouble.SPOOL_SECOND: TroubleWords(
            _("One of the two folders for recordings fails"),
            _("Nothing is lost: the other one records everything. Tell IT today."),
        ),
        Trouble.SPOOL_AWAY: TroubleWords(
            _("Recordings wait for the second folder, which is not there"),
            _("Calls went on there. Ask IT to connect it again; the calls are in the call log meanwhile."),
        ),
        Trouble.VAULT_AWAY: TroubleWords(
            _("The recordings store does not answer"),
            _("Go on working: finished recordings wait on this PC and are delivered as soon as it is back."),
        ),
        Trouble.VAULT_REFUSED: TroubleWords(
            _("The recordings store refuses this seat's recordings"),
            _("Go on working: recordings wait on this PC. Ask IT to check its access key, rights and space."),
        ),
        Trouble.SEAL_KEY_MISSING: TroubleWords(
            _("Recordings cannot be sealed: there is no usable key"),
            _("Recordings stay on this PC until then. Ask IT to check the keyring and the recipients in the settings."),
        ),
        Trouble.RECORDINGS_FAULTY: TroubleWords(
            _("Some calls have no whole recording"),
            _("Call log (Ctrl+H), then Alt+9: read the reasons there and tell the supervisor."),
        ),
        Trouble.RETENTION_STANDS: TroubleWords(
            _("Old recordings are not deleted by themselves"),
            _("Nothing is lost. Tell the supervisor and IT: desk doctor says why, desk retention shows what is due."),
        ),
        Trouble.LIST_REFUSED: TroubleWords(
            _("The list of residents was not taken"),
            _("Go on working with what is here. Tell IT: the report beside the list, and desk doctor, say why."),
        ),
        Trouble.STORE_KEY_MISSING: TroubleWords(
            _("The key of this seat's data is missing from the system keyring"),
            _("Sign in to Windows or Linux as the usual user; else call IT. Nothing has been deleted."),
            True,
        ),
        Trouble.STORE_FULL: TroubleWords(
            _("The disk is full: what you type is not being saved"),
            _("Leave the window open and ask IT to free disk space; Desk saves again by itself."),
            True,
        ),
        Trouble.STORE_BROKEN: TroubleWords(
            _("This seat's data cannot be read or written"),
            _("Leave the window open, write down what is new, and call IT."),
            True,
        ),
        Trouble.KEYRING_WEAK: TroubleWords(
            _("This PC has no safe keyring for passwords"),
            _("Ask IT to unlock or install the system keyring."),
        ),
        Trouble.CENTRAL_UNREACHABLE: TroubleWords(
            _("The central database cannot be reached"),
            _("Go on working: everything is kept here and sent as soon as it is back."),
        ),
        Trouble.CENTRAL_REFUSED: TroubleWords(
            _("The central database refuses this seat's user or password"),
            _("Go on working: everything is kept here. Ask IT to check the password and rights."),
        ),
        Trouble.CENTRAL_UNVERIFIED: TroubleWords(
            _("The central database could not prove that it is the right one"),
            _("Nothing is sent, everything is kept here. Ask IT to check the certificate."),
        ),
        Trouble.SEAT_NAME_TAKEN: TroubleWords(
            _("Another PC works under this seat's name"),
            _("Their ticket numbers can be the same. Ask IT to give one of the two another seat name in the settings."),
        ),
        Trouble.CODE_USED_TWICE: TroubleWords(
            _("Another PC has used the same enrolment code"),
            _("Go on working. Tell IT at once: both need a new code, and this seat's passwords should be changed."),
        ),
        Trouble.AUTHOR_AWAITED: TroubleWords(
            _("What somebody wrote here waits for them, other seats do not have it"),
            _("Go on working: it is kept. Let them sign in here with their password, or ask IT (desk doctor)."),
        ),
        Trouble.STORE_COPIED: TroubleWords(
            _("This seat's data was a copy or an old backup"),
            _("It goes on as a seat of its own and fetches what it lacks. Tell IT if nobody meant to copy this PC."),
        ),
        Trouble.CENTRE_RESTORED: TroubleWords(
            _("The central database was restored from a backup"),
            _("Go on working: this seat has sent again what the backup did not know."),
        ),
        Trouble.PROGRAM_TOO_OLD: TroubleWords(
            _("This version of Desk is too old for the central database"),
            _("Go on working: everything is kept here. Ask IT to update Desk on this PC."),
        ),
        Trouble.CENTRE_TOO_OLD: TroubleWords(
            _("The central database is older than this version of Desk"),
            _("Go on working: everything is kept here. Ask IT to run: desk central upgrade."),
        ),
        Trouble.PERSON_DISABLED: TroubleWords(
            _("The central database has closed this account"),
            _("Nothing is sent any more, what is here is kept. Ask the supervisor or IT."),
        ),
        Trouble.CENTRE_LIMIT: TroubleWords(
            _("This account has reached its hourly limit at the central database"),
            _("Go on working: the rest follows hour by hour. IT lifts it with a role of the seat's own."),
        ),
        Trouble.PHONE_AWAY: TroubleWords(
            _("The telephone part is restarting"),
            _("Wait some seconds. If it does not come back, restart Desk."),
            True,
        ),
        Trouble.SYNC_AWAY: TroubleWords(
            _("The background service is restarting"),
            _("Go on working: tickets are saved; recordings and sending follow."),
        ),
    }
    return table[value]
