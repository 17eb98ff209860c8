"""Names of the ladder's posts, clocks and moves, what each move asks for, and why one cannot be made. Every table is
closed: a new value without words fails `tests/ui/after/warnings/test_warning_words.py`. No Qt; built when asked for,
because the language is chosen at run time."""

from dataclasses import dataclass
from datetime import timedelta

from desk.domain.early_warnings import WarningStep
from desk.domain.ladder import LadderMove, LadderPost, LadderRefusal, Limit
from desk.i18n import _

# The keys' places: what brings it on, the other way out of a step, and what every step has.
FORWARD, OTHER, ESCALATE, TAKE, WITHDRAW = "forward", "other", "escalate", "take", "withdraw"


def place(name: str) -> str:
    """What the key of this place is for, whatever step there is."""
    return {
        FORWARD: _("On with the warning"),
        OTHER: _("The warning's other way: return, not satisfied"),
        TAKE: _("I take it"),
        ESCALATE: _("Site cannot: pass up"),
        WITHDRAW: _("Withdraw"),
    }[name]


def post(value: LadderPost) -> str:
    return {
        LadderPost.RAISER: _("whoever raised it"),
        LadderPost.SUPERVISOR: _("the supervisor"),
        LadderPost.SITE_OFFICE: _("the site office"),
        LadderPost.SITE_HEAD: _("the site head"),
        LadderPost.LEADERS: _("the vice president and the general manager"),
    }[value]


def turn(value: str) -> str:
    """What `EarlyWarning.turn` is called where nobody is named: a post's name; any other text as it stands."""
    known = {one.value: one for one in LadderPost}
    return post(known[value]) if value in known else value


def to_do(value: WarningStep) -> str:
    """What has to happen next; "" where it is over."""
    return {
        WarningStep.RAISED: _("Review it"),
        WarningStep.RETURNED: _("Write it better"),
        WarningStep.REVIEWED: _("Act on site"),
        WarningStep.ACTED: _("Give guidance"),
        WarningStep.GUIDED: _("Feed the guidance back"),
        WarningStep.FED_BACK: _("Talk to the resident again"),
        WarningStep.ESCALATED: _("Decide what is done"),
        WarningStep.UNSATISFIED: _("Today's action"),
        WarningStep.CLOSED: "",
        WarningStep.WITHDRAWN: "",
    }[value]


def limit(value: Limit) -> str:
    """What was late."""
    return {
        Limit.RAISE: _("raised late"),
        Limit.REVIEW: _("reviewed late"),
        Limit.RETURN: _("returned late"),
        Limit.WRITE_AGAIN: _("rewritten late"),
        Limit.ACT: _("site acted late"),
        Limit.GUIDE: _("guidance late"),
        Limit.FEED_BACK: _("fed back late"),
        Limit.LEAD: _("decided late"),
        Limit.TALK: _("talk late"),
        Limit.DAY: _("day's action late"),
        Limit.CLOSE: _("closed late"),
    }[value]


@dataclass(frozen=True, slots=True)
class MoveWords:
    """`button`; `text` asks for words ("" none is wanted), `heard_from` for whose they are; `done` is told after it."""

    button: str
    icon: str
    text: str = ""
    heard_from: str = ""
    done: str = ""


def move(value: LadderMove) -> MoveWords:
    return {
        LadderMove.REVIEW: MoveWords(
            _("Approve"), "check", _("A word for the site office (may stay empty)"), "", _("Approved: the site acts.")
        ),
        LadderMove.RETURN: MoveWords(
            _("Return"), "arrow-u-up-left", _("What is missing? Whoever raised it reads this"), "", _("Returned.")
        ),
        LadderMove.RAISE_AGAIN: MoveWords(_("Write it better"), "pencil-simple", "", "", _("Raised again.")),
        LadderMove.ACT: MoveWords(
            _("Site has acted"), "check", _("What the site office did"), _("Who said so"), _("Noted: guidance is next.")
        ),
        LadderMove.GUIDE: MoveWords(
            _("Guidance given"), "check", _("The guidance"), _("Whose guidance"), _("Noted: it is fed back next.")
        ),
        LadderMove.FEED_BACK: MoveWords(
            _("Fed back"), "check", _("What came of it (may stay empty)"), "", _("Noted: talk to the resident.")
        ),
        LadderMove.SATISFIED: MoveWords(
            _("Resident satisfied"), "check", _("What the resident said"), "", _("The warning is closed.")
        ),
        LadderMove.STILL_UNSATISFIED: MoveWords(
            _("Not satisfied"),
            "smiley-sad",
            _("What they are still not satisfied with"),
            "",
            _("Noted: one warning and one action a day from now on."),
        ),
        LadderMove.ACT_TODAY: MoveWords(
            _("Today's action"), "check", _("What was done today"), _("Who did it"), _("Noted: talk to the resident.")
        ),
        LadderMove.WARN_AGAIN: MoveWords(_("Warn again today"), "warning", "", "", _("Today's warning is out.")),
        LadderMove.ESCALATE: MoveWords(
            _("Site cannot: pass up"),
            "arrow-fat-lines-up",
            _("Why the site cannot"),
            "",
            _("Passed up to the vice president and the general manager."),
        ),
        LadderMove.WITHDRAW: MoveWords(_("Withdraw"), "trash", _("Why it is no warning"), "", _("Withdrawn.")),
        LadderMove.TAKE: MoveWords(_("I take it"), "hand-pointing", "", "", _("It is your turn now, by name.")),
    }[value]


def refusal(value: LadderRefusal) -> str:
    return {
        LadderRefusal.NOT_SIGNED_IN: _("Sign in first."),
        LadderRefusal.WRONG_STEP: _("The warning stands elsewhere by now."),
        LadderRefusal.SUPERVISORS_ONLY: _("Only a supervisor can do this."),
        LadderRefusal.ONE_A_DAY: _("Today's warning is out already. The next one goes tomorrow."),
        LadderRefusal.YOURS_ALREADY: _("It is your turn already."),
        LadderRefusal.TEXT_MISSING: _("A few words are needed here."),
        LadderRefusal.HEARD_FROM_MISSING: _("Write down who said so."),
        LadderRefusal.FACTS_MISSING: _("Something is still missing: it is marked."),
        LadderRefusal.PERSON_UNKNOWN: _("Nobody with this work number works here."),
        LadderRefusal.CHANGED: _("Somebody else has just gone on with it: look at it once more."),
        LadderRefusal.ALREADY_OPEN: _("This ticket has a warning already."),
        LadderRefusal.NOTHING_TO_UNDO: _("There is no step to take back."),
        LadderRefusal.NOT_YOURS: _("The last step is somebody else's."),
        LadderRefusal.UNKNOWN: _("It has not arrived at this seat yet. Try again in a moment."),
    }[value]


def fact(name: str) -> str:
    """Of `ladder.FACTS`."""
    return {
        "caller_number": _("Caller's number"),
        "area": _("Where"),
        "issue": _("What it is about"),
        "verified": _("What was verified"),
        "unhappy_with": _("Not satisfied with"),
        "difficulty": _("What is difficult"),
    }[name]


def span(length: timedelta) -> str:
    """ "25 min", "3 h 10 min", "2 d 4 h"; never below zero."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return _("{m} min").format(m=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return _("{h} h {m} min").format(h=hours, m=minutes) if minutes else _("{h} h").format(h=hours)
    days, hours = divmod(hours, 24)
    return _("{d} d {h} h").format(d=days, h=hours) if hours else _("{d} d").format(d=days)
