"""What was heard: intervals of whole milliseconds, and the figures made of them."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.heard import Stretch, between, common, heard, merged, said_by_machine, total, without
from desk.domain.journal import Mark

LENGTH_MS = 200

stretches = st.lists(
    st.tuples(st.integers(0, LENGTH_MS), st.integers(0, LENGTH_MS)).map(lambda pair: (min(pair), max(pair))), max_size=8
)


def as_set(found: list[Stretch]) -> set[int]:
    """Every millisecond of them."""
    return {ms for start, end in found for ms in range(start, end)}


def is_tidy(found: list[Stretch]) -> bool:
    return all(start < end for start, end in found) and all(
        before[1] < after[0] for before, after in itertools.pairwise(found)
    )


@given(stretches)
def test_merged_is_the_same_milliseconds_in_order_without_overlaps(some: list[Stretch]) -> None:
    assert as_set(merged(some)) == as_set(some)
    assert is_tidy(merged(some))
    assert total(merged(some)) == len(as_set(some))


@given(stretches, stretches)
def test_common_is_where_both_are(some: list[Stretch], others: list[Stretch]) -> None:
    found = common(merged(some), merged(others))
    assert as_set(found) == as_set(some) & as_set(others)
    assert total(found) == len(as_set(found))


@given(stretches, stretches)
def test_without_is_where_the_other_is_not(some: list[Stretch], others: list[Stretch]) -> None:
    found = without(merged(some), merged(others))
    assert as_set(found) == as_set(some) - as_set(others)
    assert is_tidy(found)


@given(stretches, stretches, st.lists(st.integers(0, LENGTH_MS), max_size=6))
def test_talk_both_and_silence_go_together(caller: list[Stretch], agent: list[Stretch], holds: list[int]) -> None:
    names = ("held", "resumed")
    marks = [Mark(at, names[number % 2]) for number, at in enumerate(sorted(holds))]
    found = heard(caller, agent, marks, LENGTH_MS)
    left, right = as_set(caller), as_set(agent)
    held = as_set(between(marks, "held", "resumed", LENGTH_MS))
    silent = set(range(LENGTH_MS)) - left - right - held
    assert (found.caller_talk_ms, found.agent_talk_ms) == (len(left), len(right))
    assert found.both_talk_ms == len(left & right)
    assert found.caller_first_ms == min(left, default=None)
    assert found.agent_first_ms == min(right, default=None)
    assert (found.caller_silent, found.agent_silent) == (not left, not right)
    assert found.longest_silence_ms <= len(silent)
    assert (found.longest_silence_ms == 0) == (not silent)
    assert found.hold_ms == len(held)


def test_silences_over_ten_seconds_are_listed_with_place_and_length() -> None:
    found = heard([(0, 1_000)], [(12_340, 13_000), (23_001, 24_000)], [], 40_500)
    assert found.longest_silence_ms == 16_500
    assert found.long_silences == ("1.000 11.3", "13.000 10.0", "24.000 16.5")


def test_exactly_ten_seconds_are_not_over_ten_seconds() -> None:
    assert heard([(0, 1_000)], [(11_000, 12_000)], [], 12_000).long_silences == ()


def test_hold_and_pause_are_no_silence() -> None:
    marks = [
        Mark(5_000, "held"),
        Mark(30_000, "resumed"),
        Mark(31_000, "recording_paused"),
        Mark(60_000, "recording_resumed"),
    ]
    found = heard([(0, 5_000)], [(60_000, 61_000)], marks, 61_000)
    assert (found.longest_silence_ms, found.long_silences) == (1_000, ())
    assert (found.hold_count, found.hold_ms, found.paused_ms) == (1, 25_000, 29_000)


def test_a_hold_that_nobody_ended_lasts_to_the_end() -> None:
    found = heard([], [], [Mark(4_000, "held"), Mark(5_000, "held")], 10_000)
    assert (found.hold_count, found.hold_ms, found.longest_silence_ms) == (1, 6_000, 4_000)


def test_an_end_without_a_beginning_is_nothing() -> None:
    assert between([Mark(4_000, "resumed")], "held", "resumed", 10_000) == []


def test_marks_behind_the_end_do_not_count() -> None:
    assert between([Mark(9_000, "held"), Mark(90_000, "resumed")], "held", "resumed", 10_000) == [(9_000, 10_000)]


def test_nothing_was_recorded() -> None:
    found = heard([], [], [], 0)
    assert (found.caller_first_ms, found.longest_silence_ms, found.caller_silent) == (None, 0, True)


GREETED = [Mark(0, "prompt_played", "greeting"), Mark(4_000, "prompt_ended", "greeting")]


def test_what_the_machine_says_is_neither_the_agents_word_nor_talk_over_nor_silence() -> None:
    agent = [(400, 4_020), (6_000, 8_000)]  # the last frame behind the mark: it is set beside the audio thread
    found = heard([(2_000, 3_000), (7_500, 8_500)], agent, GREETED, 20_000)
    assert (found.agent_first_ms, found.agent_talk_ms, found.both_talk_ms) == (6_000, 2_000, 500)
    assert (found.longest_silence_ms, found.long_silences) == (11_500, ("8.500 11.5",))


def test_an_agent_of_whom_only_prompts_are_heard_is_silent() -> None:
    assert heard([(5_000, 9_000)], [(400, 3_990)], GREETED, 20_000).agent_silent
    assert not heard([(5_000, 9_000)], [(400, 3_990), (12_000, 12_400)], GREETED, 20_000).agent_silent


def test_a_greeting_is_no_long_silence_however_quiet_it_is() -> None:
    marks = [Mark(1_000, "prompt_played", "waiting"), Mark(15_000, "prompt_ended", "waiting")]
    assert heard([(0, 1_000)], [(15_000, 16_000)], marks, 16_000).long_silences == ()


def test_a_prompt_that_the_end_of_the_call_cut_off_lasts_until_there() -> None:
    cut_off = [*GREETED, Mark(18_000, "prompt_played", "waiting")]
    assert said_by_machine(cut_off, 20_000) == [(0, 4_200), (17_800, 20_000)]


def test_where_nobody_wrote_a_prompts_end_nothing_is_taken_from_the_agent() -> None:
    assert said_by_machine([Mark(0, "prompt_played", "greeting")], 120_000) == []
    assert said_by_machine([Mark(4_000, "prompt_ended", "greeting")], 120_000) == []


def test_a_prompt_cut_off_by_the_next_one_and_that_one() -> None:
    marks = [*GREETED, Mark(4_000, "prompt_played", "recording_notice"), Mark(9_000, "prompt_ended")]
    assert said_by_machine(marks, 60_000) == [(0, 9_200)]
