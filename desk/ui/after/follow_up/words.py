"""What follow-ups say, in the agent's language: why one is refused, why one was given up, what will follow. Every table
is closed: a new value without words fails a test. No Qt; built when asked for, because the language is chosen at run
time."""

from typing import assert_never

from desk.domain.attempts import Outcome
from desk.domain.follow_up_rules import Consequence, Follows, GivenUp
from desk.domain.follow_ups import FollowUpKind
from desk.domain.questionnaires import NO, SKIPPED, YES, Answer, Ask
from desk.i18n import _
from desk.ui.after import words
from desk.usecases.follow_up_paper import WhyNot

# What a try may come to, in the order of its digits.
OUTCOMES = (
    Outcome.NO_ANSWER,
    Outcome.BUSY,
    Outcome.OFF,
    Outcome.WRONG_NUMBER,
    Outcome.LATER,
    Outcome.REFUSED,
)
GIVE_UP = "give_up"  # beside the outcomes: somebody says that it cannot be made


def why(value: WhyNot) -> str:
    return {
        WhyNot.GONE: _("This follow-up is not there any more."),
        WhyNot.OVER: _("This follow-up is over: somebody has made it meanwhile."),
        WhyNot.NOT_NOW: _("Nothing is to be followed up: the ticket has not been dispatched, or it is closed."),
        WhyNot.NO_QUESTIONNAIRE: _("There is no questionnaire for this. Ask IT to add one."),
        WhyNot.NOT_COMPLETE: _("A question is still open."),
        WhyNot.OWN_FOLLOW_UP: _("You made this follow-up yourself: somebody else checks it."),
        WhyNot.IN_THE_PAST: _("That time has passed. Give a later one."),
        WhyNot.REASON_MISSING: _("Say why it cannot be made."),
        WhyNot.TOO_LONG: _("The text is too long: 2000 characters at most."),
    }[value]


def given_up(reason: str) -> str:
    """`FollowUp.reason` in words; what a person has written stays as it is."""
    known = {
        GivenUp.NOT_REACHED: _("not reached in all tries"),
        GivenUp.REFUSED: _("the resident would not answer"),
        GivenUp.NO_NUMBER: _("there is no number to call"),
        GivenUp.OVERTAKEN: _("the ticket has gone on"),
        GivenUp.SURVEY_OVER: _("the survey is over"),
    }
    return next((text for value, text in known.items() if value.value == reason), reason)


def outcome(value: Outcome) -> str:
    """As a key's words: what the try came to."""
    text = words.outcome(value)
    return text[:1].upper() + text[1:]


def follows(value: Consequence, kind: FollowUpKind) -> str:
    """What Ctrl+Enter will do."""
    ticket = {
        Follows.CLOSES: _("The ticket will be closed."),
        Follows.STAYS: _("The ticket is followed up; somebody closes it."),
        Follows.REOPENS: _("The ticket is opened again."),
        Follows.NOTHING: "",
    }[value.follows]
    again = _("They are asked once more, a day later.") if value.again else ""
    warn = _("An early warning can be raised.") if value.warn and kind is not FollowUpKind.SURVEY else ""
    return " ".join(part for part in (ticket, again, warn) if part) or _("The answers are kept.")


def told(value: Follows) -> str:
    """After it was done."""
    return {
        Follows.CLOSES: _("Followed up; the ticket is closed."),
        Follows.STAYS: _("Followed up."),
        Follows.REOPENS: _("Followed up; the ticket is opened again."),
        Follows.NOTHING: _("The answers are kept."),
    }[value]


def answer(ask: Ask, given: str) -> str:
    """An answer as it is read."""
    if given == SKIPPED:
        return _("not said")
    match ask.answer:
        case Answer.YES_NO:
            return {YES: _("yes"), NO: _("no")}.get(given, given)
        case Answer.CHOICE:
            return next((choice.text for choice in ask.choices if choice.choice_id == given), given)
        case Answer.SCALE:
            return _("{n} of {most}").format(n=given, most=ask.scale)
        case Answer.TEXT:
            return given
        case _:
            assert_never(ask.answer)
