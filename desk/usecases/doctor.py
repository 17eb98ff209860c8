"""Looking a seat over: a table of checks, each with its name, done side by side where they have nothing to do with each
other, told as they come.

Checks of one group follow each other; groups run at once, because a server that does not answer costs seconds and a
disk that hangs costs all of them. A check that needs another one's health is not looked at where that one is wrong, so
that one fault is one finding. Nothing a check does can keep the others from being told: what raises, and what is not
done in time, is unchecked, with the reason.

Any thread but the ui's; `tell` is called on several, one at a time."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from desk.domain.health import Finding, Level, worst

LIMIT_S = 45.0  # of the whole: longer than every time limit that the checks have of their own
_log = logging.getLogger(__name__)

Tell = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class Check:
    """`look`: what was found; none where there is nothing to look at at this seat (it needs no centre, say), several
    where there are several things of this kind. `needs`: names of checks that stand before it in the table."""

    name: str
    group: str
    look: Callable[[], Sequence[Finding]]
    needs: tuple[str, ...] = ()


class Unchecked(Protocol):
    """Why something was not looked at, in the person's language."""

    def because_of(self, check: str) -> str:
        """The one that it needs is wrong."""
        ...

    def too_long(self, seconds: float) -> str: ...

    def failed(self, error: Exception) -> str:
        """The check itself could not be done."""
        ...


@dataclass(slots=True)
class _Run:
    """What has been found by now, by check; a check that is in `done` has no more to say."""

    table: Sequence[Check]
    words: Unchecked
    news: "queue.SimpleQueue[tuple[Check, Sequence[Finding]]]" = field(default_factory=queue.SimpleQueue)
    found: dict[str, Sequence[Finding]] = field(default_factory=dict)
    done: dict[str, threading.Event] = field(default_factory=dict)

    def work(self, checks: Sequence[Check]) -> None:
        for check in checks:
            findings = self._look(check)
            self.found[check.name] = findings
            self.news.put((check, findings))
            self.done[check.name].set()

    def _look(self, check: Check) -> Sequence[Finding]:
        for need in check.needs:
            if need not in self.done:  # not among those that were asked for
                continue
            self.done[need].wait()
            if worst(self.found[need]) in (Level.WRONG, Level.UNCHECKED):
                return (Finding(check.name, Level.UNCHECKED, self.words.because_of(need)),)
        try:
            return tuple(check.look())
        except Exception as error:  # noqa: BLE001 - one check that fails keeps no other from being told
            _log.exception("the check %s failed", check.name)
            return (Finding(check.name, Level.UNCHECKED, self.words.failed(error)),)


def examine(
    table: Sequence[Check],
    words: Unchecked,
    tell: Tell = lambda _finding: None,
    only: Collection[str] = (),
    limit_s: float = LIMIT_S,
) -> tuple[Finding, ...]:
    """All findings in the order of the table. `only`: names of the checks that are wanted, none = all. What hangs
    beyond `limit_s` is left to itself, on a thread that does not keep the process alive."""
    wanted = [check for check in table if not only or check.name in only]
    run = _Run(wanted, words)
    run.done = {check.name: threading.Event() for check in wanted}
    for group in dict.fromkeys(check.group for check in wanted):
        of_group = [check for check in wanted if check.group == group]
        threading.Thread(target=run.work, args=(of_group,), name=f"doctor-{group}", daemon=True).start()
    by_check: dict[str, Sequence[Finding]] = {}
    until_s = time.monotonic() + limit_s
    while len(by_check) < len(wanted):
        try:
            check, findings = run.news.get(timeout=max(0.0, until_s - time.monotonic()))
        except queue.Empty:
            break
        by_check[check.name] = findings
        for finding in findings:
            tell(finding)
    for check in wanted:
        if check.name not in by_check:
            late = Finding(check.name, Level.UNCHECKED, words.too_long(limit_s))
            by_check[check.name] = (late,)
            tell(late)
    return tuple(finding for check in wanted for finding in by_check[check.name])
