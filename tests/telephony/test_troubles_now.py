"""Troubles that stand: raised once, with details that are those of now."""

from datetime import UTC, datetime, timedelta

from desk.domain.events import TroubleCleared, TroubleRaised
from desk.domain.troubles import Trouble, Wrong
from desk.telephony.troubles_now import TroublesNow

T0 = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
LATER = T0 + timedelta(minutes=5)
FAMILY = frozenset({Trouble.SPOOL_LOW, Trouble.SPOOL_SECOND})


def test_a_trouble_is_raised_once_again_for_other_details_and_cleared_once() -> None:
    told: list[TroubleRaised | TroubleCleared] = []
    troubles = TroublesNow(told.append)
    for detail in ("3.0 h", "3.0 h", "2.9 h"):
        troubles.settle(FAMILY, {Trouble.SPOOL_LOW: detail}, T0 if detail == "3.0 h" else LATER)
    now = Wrong(Trouble.SPOOL_LOW, T0, "2.9 h")
    assert troubles.standing == (now,)
    for _ in range(2):
        troubles.settle(FAMILY, {}, LATER)
    assert told == [TroubleRaised(Wrong(Trouble.SPOOL_LOW, T0, "3.0 h")), TroubleRaised(now), TroubleCleared(now)]
