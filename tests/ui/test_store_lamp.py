"""The lamp of the data on this PC says the worst first, and in what order things are worse."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from desk import wire
from desk.domain.troubles import Trouble, Wrong
from desk.ui.lamps.store import view
from desk.ui.seat_state import Part, SeatState

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BROKEN = {Trouble.STORE_BROKEN: Wrong(Trouble.STORE_BROKEN, NOW, "malformed")}
EVERYTHING = wire.StoreCare(doing="refilling", damaged=True, restart=True, copy_away=True)


@pytest.mark.parametrize(
    ("wrongs", "care", "tone", "words"),
    [
        ({}, wire.StoreCare(), "ok", "Saving"),
        ({}, wire.StoreCare(doing="refilling"), "busy", "Restoring data"),
        ({}, wire.StoreCare(doing="refilling", copy_away=True), "warn", "No second copy"),
        (BROKEN, wire.StoreCare(copy_away=True), "bad", "Not saving"),
        (BROKEN, EVERYTHING, "bad", "Data damaged"),
    ],
)
def test_the_worst_is_said(wrongs: dict[Trouble, Wrong], care: wire.StoreCare, tone: str, words: str) -> None:
    told = view(wrongs, care)
    assert (told.tone, told.words) == (tone, words)


def test_what_sync_tells_of_the_store_redraws_the_lamps() -> None:
    state = SeatState(lambda: NOW)
    taken = state.take(replace(EVERYTHING, restart=False))
    assert taken.parts == {Part.TROUBLES}
    assert state.store_care.copy_away
