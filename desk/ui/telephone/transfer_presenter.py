"""A transfer as one flow: whom to, asking first, handing over or taking back, and what came of it. Values in, view
values out. No Qt; pure functions."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from desk.domain.calls import Call, Phase
from desk.domain.events import CallTransferred, TransferFailed, TransferProgressed, TransferStarted
from desk.i18n import _
from desk.ui.seat_state import Consultation
from desk.ui.telephone import phone_words

NameOf = Callable[[Call], str]
TransferEvent = TransferStarted | TransferProgressed | TransferFailed | CallTransferred
RINGS = 180


class Step(Enum):
    """What the panel shows."""

    NONE = "none"
    CHOOSING = "choosing"  # whom to
    CALLING = "calling"  # the colleague is being called
    ASKING = "asking"  # the colleague is talked to
    CONFERENCE = "conference"
    UNDER_WAY = "under_way"  # the exchange has been asked, nobody has answered yet


@dataclass(frozen=True, slots=True)
class TransferView:
    """`words` stand on the left. `take_back_words`: what the hang-up key does meanwhile."""

    step: Step
    words: str = ""
    complete: bool = False
    confer: bool = False
    take_back_words: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a transfer. `good`: it went through."""

    words: str
    good: bool


def present(
    front: Call | None, consultation: Consultation | None, *, choosing: bool, progress: str, name_of: NameOf
) -> TransferView:
    """`progress`: the latest word on a transfer that is under way."""
    moving = next((c for c in _those(front, consultation) if c.transferring and c.phase is not Phase.ENDED), None)
    if moving is not None:
        words = _("Transferring {who} to {target} ...").format(who=name_of(moving), target=moving.transferring)
        return TransferView(Step.UNDER_WAY, f"{words} {progress}".strip())
    if consultation is not None:
        return _consulting(consultation, name_of)
    if choosing and front is not None:
        return TransferView(Step.CHOOSING, _("Transfer {who} to").format(who=name_of(front)))
    return TransferView(Step.NONE)


def _those(front: Call | None, consultation: Consultation | None) -> tuple[Call, ...]:
    return (consultation.about, consultation.consulting) if consultation else (front,) if front else ()


def _consulting(consultation: Consultation, name_of: NameOf) -> TransferView:
    about, asked = consultation.about, consultation.consulting
    who, whom = name_of(about), name_of(asked)
    if about.in_conference and asked.in_conference:
        words = _("Three-way call: {who} and {whom}").format(who=who, whom=whom)
        return TransferView(Step.CONFERENCE, words, True, True, _("Drop {whom}").format(whom=_short(whom)))
    back = _("Back to {who}").format(who=_short(who))
    if asked.phase is Phase.DIALLING:
        words = _("Calling {whom}; {who} is on hold").format(who=who, whom=whom)
        return TransferView(Step.CALLING, words, True, False, back)
    if asked.phase is Phase.HELD:
        words = _("{whom} waits; you are talking with {who}") if about.phase is Phase.UP else _("{whom} and {who} wait")
        return TransferView(Step.ASKING, words.format(who=who, whom=whom), True, True, back)
    words = _("Asking {whom}; {who} is on hold").format(who=who, whom=whom)
    return TransferView(Step.ASKING, words, True, True, back)


def _short(name: str) -> str:
    return name if len(name) <= 12 else name[:11] + "…"


def progressed(event: TransferProgressed) -> str:
    """A provisional answer that the far side passes on."""
    return _("It rings there.") if event.code >= RINGS else ""


def told(event: TransferFailed | CallTransferred, call: Call | None, name_of: NameOf) -> Told:
    """The end of a transfer, in plain words; after a failure the resident is back."""
    who = name_of(call) if call else _("The caller")
    if isinstance(event, CallTransferred):
        return Told(_("{who} now speaks with {target}.").format(who=who, target=event.target), good=True)
    why = phone_words.outcome(event.code)
    if call is not None and call.phase is Phase.HELD:
        said = _("Not transferred: {why}. {who} is on hold; take the call back.")
    else:
        said = _("Not transferred: {why}. {who} is back with you.")
    return Told(said.format(why=why, who=who), good=False)
