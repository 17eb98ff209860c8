"""The moves of a ticket in words: what each is called, what it asks for, and why one is refused. Every table is closed:
a new move or reason without words fails `tests/ui/ticket/test_move_words.py`. No Qt; the tables are built when asked
for, because the language is chosen at run time."""

from desk.domain.moves import LONGEST_SUSPENSION, MoveKind, Need, Refusal
from desk.i18n import _


def move(kind: MoveKind) -> str:
    """What the agent does."""
    return {
        MoveKind.DISPATCH: _("Dispatch"),
        MoveKind.ACCEPT: _("The handler accepts"),
        MoveKind.RETURN: _("Returned as misdispatched"),
        MoveKind.START: _("The work begins"),
        MoveKind.REPORT: _("Progress report"),
        MoveKind.FINISH: _("The work is done"),
        MoveKind.ADD_TASK: _("Add a task"),
        MoveKind.DROP_TASK: _("Drop a task"),
        MoveKind.TELL_PLAN: _("The resident was told the plan"),
        MoveKind.PROMISE: _("Promise another date"),
        MoveKind.FOLLOW_UP: _("Followed up"),
        MoveKind.CLOSE: _("Close"),
        MoveKind.SUSPEND: _("Suspend"),
        MoveKind.RESUME: _("Take up again"),
        MoveKind.CANCEL: _("Cancelled by the resident"),
        MoveKind.REOPEN: _("Reopen"),
        MoveKind.JOIN: _("Join to another ticket"),
        MoveKind.SPLIT: _("Split off a ticket"),
        MoveKind.HAND_OVER: _("Hand over to a colleague"),
        MoveKind.GRADE: _("Change the priority"),
        MoveKind.CORRECT: _("Correct"),
        MoveKind.NOTE: _("Note"),
        MoveKind.REPEAT: _("Asked again, without a call"),
    }[kind]


def icon(kind: MoveKind) -> str:
    return {
        MoveKind.DISPATCH: "paper-plane-tilt",
        MoveKind.ACCEPT: "handshake",
        MoveKind.RETURN: "arrow-u-down-left",
        MoveKind.START: "wrench",
        MoveKind.REPORT: "clipboard-text",
        MoveKind.FINISH: "check-circle",
        MoveKind.ADD_TASK: "plus-circle",
        MoveKind.DROP_TASK: "minus-circle",
        MoveKind.TELL_PLAN: "megaphone",
        MoveKind.PROMISE: "calendar-check",
        MoveKind.FOLLOW_UP: "chat-circle-text",
        MoveKind.CLOSE: "check-square",
        MoveKind.SUSPEND: "pause-circle",
        MoveKind.RESUME: "play-circle",
        MoveKind.CANCEL: "x-circle",
        MoveKind.REOPEN: "arrow-counter-clockwise",
        MoveKind.JOIN: "git-merge",
        MoveKind.SPLIT: "git-branch",
        MoveKind.HAND_OVER: "users",
        MoveKind.GRADE: "flag",
        MoveKind.CORRECT: "pencil-simple",
        MoveKind.NOTE: "note-pencil",
        MoveKind.REPEAT: "arrow-clockwise",
    }[kind]


def asks(kind: MoveKind, need: Need) -> str:
    """What is to be typed, as the field's label."""
    special = {
        (MoveKind.FINISH, Need.TEXT): _("What was done"),
        (MoveKind.REPORT, Need.TEXT): _("What the handler reports"),
        (MoveKind.SPLIT, Need.TEXT): _("What the new ticket is about"),
        (MoveKind.CLOSE, Need.TEXT): _("What the resident was told"),
        (MoveKind.REPEAT, Need.TEXT): _("Who asks again, and what they say"),
        (MoveKind.TELL_PLAN, Need.DATE): _("Promised for"),
        (MoveKind.PROMISE, Need.DATE): _("Promised for"),
        (MoveKind.SUSPEND, Need.DATE): _("Take up again on"),
        (MoveKind.HAND_OVER, Need.PERSON): _("To whom"),
        (MoveKind.JOIN, Need.TICKET): _("Which ticket"),
        (MoveKind.ADD_TASK, Need.TITLE): _("What is to be done"),
        (MoveKind.FOLLOW_UP, Need.ANSWER): _("Is it solved"),
    }
    general = {
        Need.REASON: _("Reason"),
        Need.TEXT: _("What is to be kept"),
        Need.DATE: _("Until when"),
        Need.PERSON: _("Who"),
        Need.HANDLER: _("Handler"),
        Need.TICKET: _("Ticket"),
        Need.TITLE: _("Title"),
        Need.ANSWER: _("Answer"),
        Need.PRIORITY: _("Priority"),
        Need.CORRECTION: _("What is so"),
    }
    return special.get((kind, need), general[need])


def reasons(kind: MoveKind) -> tuple[str, ...]:
    """What is often the reason; picked by a key instead of being typed."""
    return {
        MoveKind.RETURN: (_("Not our trade"), _("Not our area"), _("Nobody was at home"), _("Not a fault")),
        MoveKind.SUSPEND: (_("Waiting for parts"), _("The resident is away"), _("Waiting for the maker or supplier")),
        MoveKind.CANCEL: (_("It works again"), _("The resident did it themselves"), _("Entered by mistake")),
        MoveKind.REOPEN: (_("The fault is back"), _("Not solved"), _("The resident is not satisfied")),
        MoveKind.PROMISE: (_("Parts are late"), _("The resident asked for a later day")),
        MoveKind.GRADE: (_("It has become worse"), _("Called again"), _("Less urgent than it seemed")),
        MoveKind.DROP_TASK: (_("No longer needed"), _("Entered by mistake")),
        MoveKind.CORRECT: (_("The read-back says otherwise"), _("The resident wants it so"), _("Entered by mistake")),
    }.get(kind, ())


def refusal(reason: Refusal) -> str:
    """Why a move cannot be made, and what to do instead where that is not plain."""
    return {
        Refusal.NOT_FOUND: _("This ticket is not here yet."),
        Refusal.NOT_SENT: _("Nobody has been sent yet: dispatch it first."),
        Refusal.NOT_DONE: _("Not done yet."),
        Refusal.NOT_ASKED: _("Follow up with the resident first."),
        Refusal.AT_WORK: _("A handler has taken it: finish or cancel it instead."),
        Refusal.ENDED: _("It is closed: reopen it first."),
        Refusal.JOINED: _("It was joined: work on the other ticket."),
        Refusal.IS_SUSPENDED: _("It is suspended: take it up again first."),
        Refusal.DONE_ALREADY: _("This is done already."),
        Refusal.NOT_SUSPENDED: _("It is not suspended."),
        Refusal.STILL_OPEN: _("It is still open."),
        Refusal.WRONG_DUTY: _("Only a supervisor may."),
        Refusal.NO_TASK: _("No task now."),
        Refusal.WHICH_TASK: _("There are several tasks: choose one."),
        Refusal.NEEDS_REASON: _("Say why."),
        Refusal.NEEDS_TEXT: _("Write it in a few words."),
        Refusal.NEEDS_DATE: _("Say when: “tomorrow”, “Friday”, “1125”."),
        Refusal.NEEDS_PERSON: _("Say who: a work number or a name."),
        Refusal.NEEDS_HANDLER: _("Choose a handler (Alt+D)."),
        Refusal.NEEDS_TICKET: _("Type the number of the ticket."),
        Refusal.NEEDS_TITLE: _("Say what is to be done."),
        Refusal.NEEDS_ANSWER: _("Say whether it is solved."),
        Refusal.NEEDS_PRIORITY: _("Choose a priority."),
        Refusal.NEEDS_CORRECTION: _("Nothing was changed yet."),
        Refusal.DATE_PAST: _("This time is over: choose a later one."),
        Refusal.TOO_FAR: _("At most {days} days ahead; it can be suspended again then.").format(
            days=LONGEST_SUSPENSION.days
        ),
        Refusal.AFTER_PROMISE: _("Later than what was promised: a supervisor may promise another date."),
        Refusal.UNKNOWN_PERSON: _("Nobody here has this work number or name."),
        Refusal.PERSON_LEFT: _("They no longer work here: choose somebody else."),
        Refusal.UNKNOWN_HANDLER: _("This handler is not in the register."),
        Refusal.HANDLER_LEFT: _("This handler no longer works here: choose another one."),
        Refusal.TICKET_NOT_OPEN: _("That ticket is not open."),
        Refusal.SAME_TICKET: _("That is this ticket itself."),
        Refusal.NOT_READ_BACK: _("Read the address back to the caller first."),
        Refusal.UNSOLVED: _("The resident says it is not solved: reopen it."),
        Refusal.NOTHING_TO_UNDO: _("There is no step to undo."),
        Refusal.NOT_YOUR_STEP: _("Somebody else made the last step."),
        Refusal.WRITTEN_SINCE: _("Somebody has gone on from there."),
    }[reason]
