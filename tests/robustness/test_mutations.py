"""Ten thousand spoilt messages (a seed, so always the same) against the running phone: it neither dies nor hangs, does
not grow, and tells the window nothing that could harm it. `DESK_SOAK=1` sends a hundred thousand."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desk import wire
from desk.demo.processes import wait_until
from desk.domain.party import Party
from desk.telephony.lines.party_headers import LENGTH_LIMIT
from tests.robustness.ground import FREED_S, Ground, ground
from tests.robustness.steadiness import grown
from tests.robustness.tormentor import ROUND, Tormentor

SEED = 4475
SOAK = bool(os.environ.get("DESK_SOAK"))
MESSAGES = 100_000 if SOAK else 10_000
MOST_KB = 200_000  # PJSIP keeps a transaction for 32 s (RFC 3261 17.2): so fast, that is 65 MB, and then no more
MOST_GROWN_KB = 10_000  # over the second half of the long run: a tenth of a kilobyte a message, and measured half of it
UNSHOWN = {"Cc", "Cs", "Co", "Cn"}
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # the direction of what follows


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path) as found:
        yield found


@pytest.mark.timeout(60 + MESSAGES // 50)
def test_ten_thousand_spoilt_messages(stand: Ground) -> None:
    tormentor = Tormentor(stand, SEED)
    sizes_kb, descriptors = [], []
    while tormentor.sent < MESSAGES:
        tormentor.round()
        sizes_kb.append(float(stand.rss_kb))
        descriptors.append(stand.descriptors)
    stand.usable()
    print(
        f"{tormentor.sent} messages: {sizes_kb[0]:.0f} KB, then {sizes_kb[len(sizes_kb) // 2]:.0f}, {sizes_kb[-1]:.0f}"
    )
    assert max(sizes_kb) < MOST_KB
    assert not SOAK or grown(sizes_kb) < MOST_GROWN_KB
    # A call that is just up has its files open: what it took must be given back.
    wait_until("no more descriptors than at first", lambda: stand.descriptors <= max(descriptors[:5]), FREED_S)
    assert tormentor.sent == MESSAGES // ROUND * ROUND
    for message in stand.driver.messages:
        assert wire.decode(wire.encode(message)) == message
        for party in parties_in(message):
            for text in (party.number, party.display_name, party.diversion):
                assert is_safe(text), ascii(text)


def parties_in(message: Any) -> list[Party]:
    found = [message.party] if hasattr(message, "party") else []
    return found + [call.party for call in getattr(message, "calls", ())]


def is_safe(text: str) -> bool:
    """One line that can be shown: nothing that controls a terminal, turns what stands beside it, or is no character."""
    shown = all(unicodedata.category(char) not in UNSHOWN and char not in TURNING for char in text)
    return shown and len(text) <= LENGTH_LIMIT
