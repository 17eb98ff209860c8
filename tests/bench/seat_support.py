"""What "what just happened" costs and finds: a note, a SIP message masked, a bundle of ten busy minutes; and how many
of the mishaps that the tests plant are found by name, with none found in a good call."""

import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desk.compose.support import what_happened_of
from desk.domain.mishaps import mishaps
from desk.secrets import FakeSecrets
from desk.settings import Settings
from desk.support.notes import ROOM, Notes
from desk.support.seen import seen_of
from desk.support.sip_text import SipText
from tests.bench.figures import Figure, percentile
from tests.support.test_masking import INVITE
from tests.support.test_seen import MISHAPS, by_time

Say = Callable[[str], None]
SECONDS = 600


def measure(say: Say, *, quick: bool = False) -> list[Figure]:
    say("what just happened")
    with tempfile.TemporaryDirectory(prefix="desk-support-") as name:
        return [*_costs(Path(name), 2 if quick else 5), _found()]


def _costs(folder: Path, runs: int) -> list[Figure]:
    settings = Settings(data_dir=folder / "data", runtime_dir=folder / "run")
    chance, begin = random.Random(1), datetime.now(UTC) - timedelta(seconds=SECONDS)
    at = [begin]
    notes, text = Notes(settings.runtime_dir / "notes", "phone", lambda: at[0]), SipText()
    noted, masked = list[float](), list[float]()
    for second in range(SECONDS):
        at[0] = begin + timedelta(seconds=second)
        for out in (True, False):
            message = INVITE.format(number=str(chance.randrange(10**11)), name="王", home="x", user="1001", secret="s")
            began_s = time.perf_counter()
            told = text.text(message.encode())
            masked.append(time.perf_counter() - began_s)
            if second % 4 == 0:
                notes.note("sip", {"out": out, "text": told})
        began_s = time.perf_counter()
        notes.note("media", {"call_id": "c" * 36, "codec": "PCMA", "received": chance.randrange(60), "jitter_ms": 1.25})
        noted.append(time.perf_counter() - began_s)
    what = what_happened_of(settings, FakeSecrets())
    looked, kept = list[float](), list[float]()
    size = 0
    for _run in range(runs):
        began_s = time.perf_counter()
        look = what.look()
        looked.append(time.perf_counter() - began_s)
        began_s = time.perf_counter()
        size = what.keep(look).size
        kept.append(time.perf_counter() - began_s)
    return [
        Figure("support: a note, p50", 1e6 * percentile(noted, 0.5), "us", "<= 100"),
        Figure("support: a SIP message masked, p50", 1e6 * percentile(masked, 0.5), "us", "<= 1000"),
        Figure("support: sentence after the key, p50", 1e3 * percentile(looked, 0.5), "ms", "<= 500"),
        Figure("support: bundle sealed, p50", 1e3 * percentile(kept, 0.5), "ms", "<= 3000"),
        Figure("support: bundle of ten busy minutes", size / 1000, "kB", "<= 2000"),
        Figure("support: memory of all rings", sum(ROOM.values()) / 1000, "kB"),
    ]


def _found() -> Figure:
    """Per cent of the planted mishaps that are the first name told."""
    right = sum(mishaps(seen_of(by_time(notes)))[0] is mishap for mishap, notes in MISHAPS)
    return Figure("support: mishaps found by name", 100 * right / len(MISHAPS), "%", ">= 100")
