"""Names of what stands on the work lists, in the agent's language. As in `desk.ui.words`, every table is closed. No
Qt."""

from desk.domain.attempts import Outcome
from desk.domain.moves import MoveKind
from desk.domain.what_next import Errand, When
from desk.domain.work_lists import Column, GroupBy, WorkList
from desk.i18n import _
from desk.usecases.promise import WhyNot
from desk.usecases.work_through import Post


def work_list(value: WorkList) -> str:
    return {
        WorkList.NEXT: _("What is next"),
        WorkList.MINE: _("Mine"),
        WorkList.TEAM: _("Everybody's"),
        WorkList.DUE_SOON: _("Due soon"),
        WorkList.OVERDUE: _("Overdue"),
        WorkList.UNACCEPTED: _("Not accepted"),
        WorkList.PROGRESS: _("Report missing"),
        WorkList.FOLLOW_UPS: _("To follow up"),
        WorkList.PROMISED: _("Promised by me"),
        WorkList.OWNERLESS: _("Nobody's"),
    }[value]


def nothing(value: WorkList) -> str:
    """What an empty list says."""
    return {
        WorkList.NEXT: _("Nothing waits for you. New work comes up here by itself."),
        WorkList.MINE: _("Nothing open belongs to you."),
        WorkList.TEAM: _("Nothing is open."),
        WorkList.DUE_SOON: _("Nothing runs out by tomorrow."),
        WorkList.OVERDUE: _("Nothing is overdue."),
        WorkList.UNACCEPTED: _("Everything that was dispatched has been accepted."),
        WorkList.PROGRESS: _("No report is missing."),
        WorkList.FOLLOW_UPS: _("Nothing has to be followed up."),
        WorkList.PROMISED: _("You have promised no calls. Ctrl+M promises one."),
        WorkList.OWNERLESS: _("Everything has an owner."),
    }[value]


def errand(value: Errand) -> str:
    """What is to be done."""
    return {
        Errand.CALL_BACK: _("Call as promised"),
        Errand.STEP_WARNING: _("Early warning"),
        Errand.DISPATCH: _("Dispatch it"),
        Errand.DISPATCH_AGAIN: _("Dispatch it again"),
        Errand.GET_ACCEPTED: _("Get it accepted"),
        Errand.TELL_PLAN: _("Tell the plan"),
        Errand.GET_FINISHED: _("Get it finished"),
        Errand.GET_REPORT: _("Ask for a report"),
        Errand.FOLLOW_UP: _("Follow up"),
        Errand.CLOSE: _("Close it"),
        Errand.TAKE_UP: _("Take it up again"),
        Errand.ANSWER: _("Get the answer"),
        Errand.TELL_ANSWER: _("Tell the answer"),
    }[value]


def why(value: Errand, at: When) -> str:
    """Why it stands where it stands in the queue: what it costs to miss it."""
    if value is Errand.GET_FINISHED and at is not When.LATE:
        return _("Its limit is near: remind them.")
    return {
        Errand.CALL_BACK: _("The resident waits for the call we promised."),
        Errand.STEP_WARNING: _("A complaint is coming up, and whoever's turn it is has to move."),
        Errand.DISPATCH: _("Nobody is on the way yet."),
        Errand.DISPATCH_AGAIN: _("It came back and has lost time already: somebody else has to go."),
        Errand.GET_ACCEPTED: _("The handler has not said that they take it."),
        Errand.TELL_PLAN: _("The resident does not know yet what will happen, and when."),
        Errand.GET_FINISHED: _("What was promised to the resident has not come."),
        Errand.GET_REPORT: _("Nobody knows how far it is."),
        Errand.FOLLOW_UP: _("It is done; the resident has not been asked."),
        Errand.CLOSE: _("All is done and said."),
        Errand.TAKE_UP: _("It was suspended until now."),
        Errand.ANSWER: _("A resident waits for an answer that nobody had."),
        Errand.TELL_ANSWER: _("The answer is there; the resident does not have it."),
    }[value]


def column(value: Column) -> str:
    return {
        Column.COST: _("Importance"),
        Column.DUE: _("Limit"),
        Column.NUMBER: _("Ticket no."),
        Column.PRIORITY: _("Priority"),
        Column.ERRAND: _("To do"),
        Column.PLACE: _("Place"),
        Column.CATEGORY: _("Matter"),
        Column.STAGE: _("Stage"),
        Column.OWNER: _("In charge"),
        Column.HANDLER: _("Handler"),
        Column.REGISTERED: _("Registered on"),
    }[value]


def group_by(value: GroupBy) -> str:
    return {
        GroupBy.NONE: _("No groups"),
        GroupBy.ERRAND: _("by what is to be done"),
        GroupBy.DAY: _("by day"),
        GroupBy.BUILDING: _("by building"),
        GroupBy.CATEGORY: _("by matter"),
        GroupBy.OWNER: _("by owner"),
        GroupBy.HANDLER: _("by handler"),
    }[value]


def post(value: Post) -> str:
    return {
        Post.RESIDENT: _("resident"),
        Post.HOUSEHOLD: _("their household"),
        Post.HANDLER: _("handler"),
        Post.BACKUP: _("backup"),
        Post.LEAD: _("business lead"),
        Post.COLLEAGUE: _("colleague"),
    }[value]


def outcome(value: Outcome) -> str:
    """On its key: shorter than in a sentence."""
    return {
        Outcome.REACHED: _("Reached"),
        Outcome.NO_ANSWER: _("No answer"),
        Outcome.BUSY: _("Engaged"),
        Outcome.OFF: _("Switched off"),
        Outcome.WRONG_NUMBER: _("Wrong number"),
        Outcome.LATER: _("Call later"),
        Outcome.REFUSED: _("Won't talk"),
        Outcome.SENT: _("Message sent"),
    }[value]


def answer(value: MoveKind) -> str:
    """What somebody says who was reached, on its key; "" for what nobody is asked."""
    return {
        MoveKind.ACCEPT: _("Takes it"),
        MoveKind.RETURN: _("Gives it back"),
        MoveKind.REPORT: _("Reports progress"),
        MoveKind.FINISH: _("Says it is done"),
        MoveKind.TELL_PLAN: _("Was told the plan"),
        MoveKind.RESUME: _("Goes on with it"),
    }.get(value, "")


def answer_needs(value: MoveKind) -> str:
    """What is asked for with it."""
    return {
        MoveKind.RETURN: _("Why? Then Enter"),
        MoveKind.REPORT: _("How far is it? Then Enter"),
        MoveKind.FINISH: _("What was done? Then Enter"),
        MoveKind.TELL_PLAN: _("By when will it be done? Then Enter"),
    }.get(value, "")


def refused_promise(value: WhyNot) -> str:
    return {
        WhyNot.NOBODY_TO_CALL: _("There is no number to call: start from a call, a caller's card or a ticket."),
        WhyNot.NO_OWNER: _("Nobody is signed in: sign in first, then promise."),
        WhyNot.IN_THE_PAST: _("That time has passed: name a later one."),
        WhyNot.TOO_FAR: _("That is more than two months away: name an earlier time."),
        WhyNot.TOO_LONG: _("That is too long: a line is enough."),
        WhyNot.UNKNOWN: _("This promise is not here (yet)."),
        WhyNot.OVER: _("Somebody has kept it meanwhile."),
        WhyNot.NEEDS_REASON: _("Say why: it stands beside the promise."),
        WhyNot.NO_SUCH_PERSON: _("Nobody at the hotline has this work number."),
    }[value]
