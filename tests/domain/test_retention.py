"""How long recordings are kept: the rules as a person would read them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.identity import CallId
from desk.domain.retention import Aging, Fate, Rule, fate_of, rule_of, youngest

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ENTRY = RecordingEntry(
    CallId("1"), RecordingKept.KEPT, file="2026/11/22/1.age", seal_hash="aa", vaulted_at=NOW - timedelta(days=1)
)
EVERY = Rule(90)
REPAIRS = Rule(365, kinds=frozenset({"repair"}))
DISPUTES = Rule(3650, tags=frozenset({"litigation", "VIP"}))
BOTH = Rule(30, kinds=frozenset({"inquiry"}), tags=frozenset({"VIP"}))


def aging(days: float, kinds: tuple[str, ...] = (), tags: tuple[str, ...] = (), **entry: object) -> Aging:
    return Aging(
        replace(ENTRY, **entry),  # type: ignore[arg-type] # any of its fields
        NOW - timedelta(days=days),
        frozenset(kinds),
        frozenset(tags),
    )


@pytest.mark.parametrize(
    ("one", "rules", "fate"),
    [
        (aging(1000), (), Fate.STAYS),
        (aging(91), (EVERY,), Fate.GOES),
        (aging(90), (EVERY,), Fate.STAYS),
        (aging(91, kinds=("repair",)), (EVERY, REPAIRS), Fate.STAYS),
        (aging(366, kinds=("repair",)), (EVERY, REPAIRS), Fate.GOES),
        (aging(366, kinds=("repair",), tags=("VIP",)), (EVERY, REPAIRS, DISPUTES), Fate.STAYS),
        (aging(1000, kinds=("complaint",)), (REPAIRS,), Fate.STAYS),
        (aging(31, kinds=("inquiry",)), (BOTH,), Fate.STAYS),
        (aging(31, kinds=("inquiry", "repair"), tags=("VIP", "x")), (BOTH,), Fate.GOES),
        (aging(91, legal_hold=True), (EVERY,), Fate.HELD),
        (aging(91, vaulted_at=None), (EVERY,), Fate.WAITS),
        (aging(91, vaulted_at=None, seal_hash=""), (EVERY,), Fate.GOES),  # older than seals are
        (aging(91, deleted_at=NOW), (EVERY,), Fate.STAYS),
        (aging(91, kept=RecordingKept.MISSING), (EVERY,), Fate.STAYS),
        (aging(91, file=""), (EVERY,), Fate.STAYS),
        (aging(0.9), (Rule(0),), Fate.STAYS),
        (aging(0.9), (Rule(-5),), Fate.STAYS),
        (aging(1.1), (Rule(0),), Fate.GOES),
        (aging(-400), (EVERY,), Fate.STAYS),  # the clock was set back since
    ],
)
def test_what_becomes_of_a_recording(one: Aging, rules: tuple[Rule, ...], fate: Fate) -> None:
    assert fate_of(one, rules, NOW)[0] is fate


def test_the_rules_text_says_what_it_is_for() -> None:
    assert EVERY.text == "retention 90 days: every call"
    assert Rule(30, frozenset({"repair", "inquiry"}), frozenset({"VIP"})).text == (
        "retention 30 days: inquiry, repair; tagged VIP"
    )


words = st.frozensets(st.sampled_from(["a", "b", "c"]), max_size=2)
some_rules = st.lists(st.builds(Rule, st.integers(-5, 2000), words, words), max_size=5).map(tuple)


@given(rules=some_rules, days=st.floats(-10, 3000), kinds=words, tags=words, held=st.booleans())
def test_whatever_the_rules_nothing_goes_too_early(
    rules: tuple[Rule, ...], days: float, kinds: frozenset[str], tags: frozenset[str], held: bool
) -> None:
    one = aging(days, tuple(kinds), tuple(tags), legal_hold=held)
    fate, rule = fate_of(one, rules, NOW)
    if fate is Fate.GOES:
        assert rule is not None
        assert not held
        assert days > max(rule.days, 1)
        assert all(rule.days >= other.days for other in rules if rule_of(one, (other,)))
    # What a query leaves out by its age could not have gone.
    before = youngest(rules, NOW)
    if fate is not Fate.STAYS:
        assert before is not None
        assert one.at < before
