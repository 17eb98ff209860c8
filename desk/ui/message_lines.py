"""What became of a message to somebody outside, as text for the ticket's page. No Qt; pure functions."""

from datetime import datetime, tzinfo
from typing import assert_never

from desk.domain.messages import Delivery, Message
from desk.domain.moves import UNDO
from desk.domain.numbers import read_number
from desk.i18n import _
from desk.ui.rows_presenter import short_time
from desk.usecases.notify import CORRECTED
from desk.usecases.notify_tasks import CALLED_OFF, GOES_ON, ON_HOLD, TAKEN_OFF

_SHOWN_WHY = 80
# Why a message was unsaid before anybody had it.
NOT_NEEDED = frozenset({UNDO, TAKEN_OFF, CALLED_OFF, ON_HOLD, GOES_ON, CORRECTED})


def line(message: Message, now: datetime, zone: tzinfo) -> str:
    """ "sms 138 0013 8000: sent 10:42"."""
    recipient = read_number(message.recipient).shown or message.recipient
    whom = " ".join(part for part in (message.channel, recipient) if part)
    return _("{whom}: {state}").format(whom=whom, state=state(message, now, zone))


def state(message: Message, now: datetime, zone: tzinfo) -> str:
    at = short_time(message.sent_at, now, zone) if message.sent_at else ""
    match message.delivery:
        case Delivery.WAITING if message.tries:
            return _("not sent yet after {count} tries ({why}); tried again by itself").format(
                count=message.tries, why=_why(message)
            )
        case Delivery.WAITING if message.not_before and message.not_before > now:
            return _("goes out {time}, after the quiet hours").format(time=short_time(message.not_before, now, zone))
        case Delivery.WAITING:
            return _("waiting to be sent")
        case Delivery.SENT:
            return _("sent {time}").format(time=at)
        case Delivery.DELIVERED:
            return _("arrived, sent {time}").format(time=at)
        case Delivery.FAILED:
            return _("NOT sent: {why}. Please call").format(why=_why(message))
        case Delivery.DROPPED if message.why in NOT_NEEDED:
            return _("not sent: no longer needed")
        case Delivery.DROPPED:
            return _("not sent: it could not go out in time. Please call")
        case _:
            assert_never(message.delivery)


def _why(message: Message) -> str:
    return message.why[:_SHOWN_WHY] or _("reason unknown")
