"""When a process is started, judged and started again."""

from hypothesis import given
from hypothesis import strategies as st

from desk.launcher import watch
from desk.launcher.watch import Watch

moments = st.floats(0, 1e6, allow_nan=False)


def test_first_death_is_mended_at_once_the_next_ones_ever_later() -> None:
    one, pauses_s = Watch("sync"), []
    for _ in range(7):
        one = watch.died(watch.started(one, 100.0), 100.0)
        assert one.due_s is not None
        pauses_s.append(round(one.due_s - 100.0, 3))
    assert pauses_s == [0.0, 0.2, 1.0, 3.0, 10.0, 10.0, 10.0]


def test_minute_of_health_is_forgiveness() -> None:
    one = Watch("ui", deaths=4)
    one = watch.beaten(watch.started(one, 0.0), 59.0)
    assert one.deaths == 4
    one = watch.beaten(one, 60.0)
    assert watch.died(one, 61.0).due_s == 61.0


def test_silence_is_judged_by_role() -> None:
    for role, silence_s in (("phone", 5.0), ("ui", 5.0), ("sync", 15.0)):
        one = watch.beaten(watch.started(Watch(role), 0.0), 10.0)
        assert watch.stuck_at_s(one) == 10.0 + silence_s


def test_slow_start_has_more_time_than_silence() -> None:
    assert watch.stuck_at_s(watch.started(Watch("ui"), 10.0)) == 10.0 + watch.START_S


def test_what_waits_starts_at_the_first_of_its_reasons() -> None:
    one = Watch("sync", due_s=3.0)
    assert watch.never_ran(one)
    assert watch.due(one, 2.0).due_s == 2.0
    assert watch.due(watch.due(one, 2.0), 2.5).due_s == 2.0
    assert watch.due(Watch("ui", due_s=None), 2.0).due_s == 2.0


def test_what_does_not_run_is_not_stuck() -> None:
    assert watch.stuck_at_s(Watch("ui")) is None
    assert watch.stuck_at_s(watch.gone(watch.started(Watch("ui"), 1.0))) is None


@given(started_s=moments, beat_s=moments, gap_s=moments)
def test_nobody_is_judged_for_the_time_the_launcher_slept(started_s: float, beat_s: float, gap_s: float) -> None:
    one = watch.beaten(watch.started(Watch("ui"), started_s), beat_s)
    before_s, after_s = watch.stuck_at_s(one), watch.stuck_at_s(watch.excused(one, gap_s))
    assert before_s is not None
    assert after_s is not None
    assert abs(after_s - before_s - gap_s) < 1e-6


@given(steps=st.lists(st.sampled_from(["start", "beat", "die"]), max_size=40), step_s=st.integers(0, 100))
def test_running_and_due_exclude_each_other(steps: list[str], step_s: int) -> None:
    one, now_s = Watch("phone"), 0.0
    for step in steps:
        now_s += step_s
        if step == "start":
            one = watch.started(one, now_s)
        elif step == "beat" and one.started_s is not None:
            one = watch.beaten(one, now_s)
        elif step == "die" and one.started_s is not None:
            one = watch.died(one, now_s)
            assert one.due_s is not None
            assert 0 <= one.due_s - now_s <= max(watch.RESTART_PAUSES_S)
        assert (one.started_s is None) != (one.due_s is None)


def test_only_a_process_that_waits_for_its_first_start_never_ran() -> None:
    waiting = Watch("sync", due_s=3.0)
    assert watch.never_ran(waiting)
    running = watch.started(waiting, 1.0)
    assert not watch.never_ran(running)
    assert not watch.never_ran(watch.died(running, 2.0))
    assert not watch.never_ran(watch.gone(waiting))
