"""What a ticket's page says of messages to people outside."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from desk.domain.messages import Delivery, Message
from desk.ui.message_lines import line
from desk.ui.ticket.presenter import Fact, present
from tests.ui.intake.scene import NOW, ZONE
from tests.ui.media import category_name
from tests.ui.ticket.test_ticket_presenter import PAGE

MESSAGE = Message("m", "短信", "+8613800138000", "registered", "您好", "k", NOW - timedelta(minutes=5))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "短信 138 0013 8000: waiting to be sent"),
        ({"not_before": NOW + timedelta(minutes=30)}, "短信 138 0013 8000: goes out 11:00, after the quiet hours"),
        (
            {"tries": 2, "why": "HTTP 503"},
            "短信 138 0013 8000: not sent yet after 2 tries (HTTP 503); tried again by itself",
        ),
        ({"delivery": Delivery.SENT, "sent_at": NOW}, "短信 138 0013 8000: sent 10:30"),
        ({"delivery": Delivery.DELIVERED, "sent_at": NOW}, "短信 138 0013 8000: arrived, sent 10:30"),
        ({"delivery": Delivery.FAILED, "why": "HTTP 400"}, "短信 138 0013 8000: NOT sent: HTTP 400. Please call"),
        (
            {"delivery": Delivery.DROPPED, "recipient": ""},
            "短信: not sent: it could not go out in time. Please call",
        ),
        (
            {"delivery": Delivery.DROPPED, "why": "corrected"},
            "短信 138 0013 8000: not sent: no longer needed",
        ),
    ],
)
def test_each_state_says_what_became_of_it_and_what_to_do(fields: dict[str, Any], said: str) -> None:
    assert line(replace(MESSAGE, **fields), NOW, ZONE) == said


def test_the_tickets_page_lists_its_messages() -> None:
    page = replace(PAGE, messages=(MESSAGE, replace(MESSAGE, channel="维修群", recipient="")))
    facts = [fact for fact in present(page, category_name, NOW, ZONE).facts if fact.label == "Message"]
    assert facts == [
        Fact("Message", "短信 138 0013 8000: waiting to be sent"),
        Fact("Message", "维修群: waiting to be sent"),
    ]
