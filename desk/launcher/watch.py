"""When a process is started, judged and started again: values and the rules, with the time given (monotonic seconds).

A dead process comes back at once the first time, then after ever longer pauses, until it has been well for a minute.
One that attached and then fell silent is stuck; one that never attached within `START_S` is stuck, too."""

from dataclasses import dataclass, replace

RESTART_PAUSES_S = (0.0, 0.2, 1.0, 3.0, 10.0)
HEALTHY_S = 60.0
START_S = 60.0  # a cold start on a busy old PC; a process that is killed for being slow starts no sooner
SILENCE_S = {"phone": 5.0, "ui": 5.0, "sync": 15.0}  # by role


@dataclass(frozen=True, slots=True)
class Watch:
    """One process as the launcher sees it. `started_s` None: not running; then `due_s` is when to start it. `beat_s`:
    its last sign of life. `deaths` since it was last well."""

    role: str
    started_s: float | None = None
    beat_s: float | None = None
    due_s: float | None = 0.0
    deaths: int = 0


def started(watch: Watch, now_s: float) -> Watch:
    return replace(watch, started_s=now_s, beat_s=None, due_s=None)


def beaten(watch: Watch, now_s: float) -> Watch:
    """A heartbeat. What has lived for `HEALTHY_S` is forgiven its earlier deaths."""
    well = watch.started_s is not None and now_s - watch.started_s >= HEALTHY_S
    return replace(watch, beat_s=now_s, deaths=0 if well else watch.deaths)


def died(watch: Watch, now_s: float) -> Watch:
    pause_s = RESTART_PAUSES_S[min(watch.deaths, len(RESTART_PAUSES_S) - 1)]
    return replace(watch, started_s=None, beat_s=None, due_s=now_s + pause_s, deaths=watch.deaths + 1)


def never_ran(watch: Watch) -> bool:
    """It waits for its first start."""
    return watch.started_s is None and watch.due_s is not None and not watch.deaths


def due(watch: Watch, at_s: float) -> Watch:
    """What it waited for is over: start it then, if not before."""
    return replace(watch, due_s=at_s if watch.due_s is None else min(watch.due_s, at_s))


def gone(watch: Watch) -> Watch:
    """Ended for good."""
    return replace(watch, started_s=None, beat_s=None, due_s=None)


def stuck_at_s(watch: Watch) -> float | None:
    """When, without a further sign of life, it counts as stuck; None while it does not run."""
    if watch.started_s is None:
        return None
    if watch.beat_s is None:
        return watch.started_s + START_S
    return watch.beat_s + SILENCE_S[watch.role]


def excused(watch: Watch, gap_s: float) -> Watch:
    """The launcher itself slept for `gap_s` (suspended, starved): nobody is judged for that time."""
    return replace(
        watch,
        started_s=None if watch.started_s is None else watch.started_s + gap_s,
        beat_s=None if watch.beat_s is None else watch.beat_s + gap_s,
    )
