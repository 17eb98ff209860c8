"""The keyboard: keys typed through the X server into a seat's real window; what they call up, and the tickets they
file."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.bench.figures import Figure, percentile
from tests.bench.spine_caller import Caller
from tests.bench.spine_marks import Marks, answers_ms
from tests.bench.spine_seat import STEP_S, BenchSeat, Say

KEYS = 200  # of each box
KEY_EVERY_MS = 70  # more than 14 keys a second: faster than anybody types
TICKETS = 50
LETTERS, DESCRIPTION = "cfslt", "drips"
WORDS = {
    "category": ("cfslt", "shuilongtou", "dianti", "loushui", "dt", "menjin", "tingche", "zs", "kongtiao", "wyf"),
    "place": ("5-2-203", "wd5d", "12-1-1502", "3d2dy", "dianti", "8-1-10", "wdhy", "21-3-", "5d", "lobby"),
    "caller_search": ("wangjg", "lixl", "wxm", "zhangwei", "chen", "liuyang", "13800138", "5-2-203", "zhw", "xm"),
}


@contextmanager
def in_call(bench: BenchSeat, number: str) -> Iterator[str]:
    """A call is up and its form is open; its id. The agent answers by key."""
    with Caller(bench.port) as caller:
        sent_ns = caller.ring(number)
        call_id = str(bench.marks.wait("call_received", sent_ns).fields["call_id"])
        bench.marks.wait("profile_painted", sent_ns, call_id=call_id)
        bench.display.press("F2")
        caller.wait_answered()
        bench.marks.wait("form_opened", sent_ns, STEP_S, call_id=call_id)
        try:
            yield call_id
        finally:
            caller.hang_up()
            bench.marks.wait("call_ended", sent_ns, call_id=call_id)


def file_tickets(bench: BenchSeat, tickets: int) -> list[tuple[str, int, int]]:
    """One after the other, in the form of the call that is up: id, when Ctrl+Enter asked for it, when it was durable
    (nanoseconds)."""
    filed = []
    for _ticket in range(tickets):
        began_ns = time.monotonic_ns()
        bench.display.type(LETTERS, KEY_EVERY_MS)
        bench.display.press("Return")
        bench.display.type(DESCRIPTION, KEY_EVERY_MS)
        time.sleep(KEY_EVERY_MS / 1000)
        bench.display.press("ctrl+Return")
        durable = bench.marks.wait("filing_durable", began_ns)
        draft = durable.fields["draft_id"]
        asked = bench.marks.wait("filing_asked", began_ns, draft_id=draft)
        bench.marks.wait("ticket_filed", began_ns, ticket_id=draft)
        filed.append((str(draft), asked.at_ns, durable.at_ns))
    return filed


def measure_saves(bench: BenchSeat, say: Say, tickets: int = TICKETS) -> list[Figure]:
    """From Ctrl+Enter to the commit that a power cut leaves standing."""
    took = [(durable - asked) / 1e6 for _id, asked, durable in file_tickets(bench, tickets)]
    say(f"{tickets} tickets filed")
    return [
        Figure("save.durable_p50", percentile(took, 0.5), "ms"),
        Figure("save.durable_p95", percentile(took, 0.95), "ms", "<= 20"),
    ]


def measure_visible(bench: BenchSeat, other: Marks, say: Say, tickets: int = TICKETS) -> list[Figure]:
    """From durable here to standing in the other seat's list, through PostgreSQL."""
    took = []
    for _ticket in range(tickets):
        for ticket_id, _asked, durable_ns in file_tickets(bench, 1):
            listed = other.wait("tickets_listed", durable_ns - 10**9, newest=ticket_id)
            took.append((listed.at_ns - durable_ns) / 1e6)
    say(f"{tickets} tickets seen at the second seat")
    return [
        Figure("save.visible_elsewhere_p50", percentile(took, 0.5), "ms"),
        Figure("save.visible_elsewhere_p95", percentile(took, 0.95), "ms", "<= 250"),
    ]


def measure_keys(bench: BenchSeat, say: Say, keys: int = KEYS) -> list[Figure]:
    """From a key that reached its field to the suggestions of the new text on the screen. The form is in front."""
    into: dict[str, tuple[str, Callable[[], None]]] = {
        "category": ("keys.category", lambda: bench.display.press("F11")),
        "place": ("keys.place", lambda: bench.display.press("Escape", "Tab")),
        "caller_search": ("keys.person", lambda: bench.display.press("Escape", "F9")),
    }
    figures = []
    for box, (name, go) in into.items():
        go()
        begin_ns = time.monotonic_ns()
        typed = 0
        for word in itertools.cycle(WORDS[box]):
            bench.display.press("ctrl+a")
            bench.display.type(word, KEY_EVERY_MS)
            time.sleep(KEY_EVERY_MS / 1000)
            typed += len(word)
            if typed >= keys:
                break
        took = answers_ms([mark for mark in bench.marks.read() if mark.at_ns > begin_ns], box)
        say(f"{len(took)} keys typed for {name}")
        figures += [
            Figure(f"{name}_p50", percentile(took, 0.5), "ms"),
            Figure(f"{name}_p95", percentile(took, 0.95), "ms", "<= 16"),
        ]
    return figures
