"""Random samples that anybody can draw again."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.sampling import SEED_BITS, draw, rank, seed_of, share_of

NAMES = [f"n{number:03}" for number in range(200)]


def test_the_rank_is_the_hash_that_anybody_can_work_out() -> None:
    assert rank(7, "n001") == hashlib.sha256(b"7:n001").hexdigest()


def test_the_same_seed_draws_the_same_in_whatever_order_the_names_come() -> None:
    assert draw(NAMES, 10, 42) == draw(reversed(NAMES + NAMES[:20]), 10, 42)


def test_another_seed_draws_others() -> None:
    assert draw(NAMES, 10, 42) != draw(NAMES, 10, 43)


def test_a_sample_is_never_more_than_there_are_nor_less_than_nothing() -> None:
    assert sorted(draw(NAMES[:3], 10, 1)) == NAMES[:3]
    assert draw(NAMES, 0, 1) == []
    assert draw([], 5, 1) == []


@given(st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=30), st.integers(1, 30), st.integers(0, 2**40))
def test_one_more_name_moves_out_one_at_most(names: set[str], size: int, seed: int) -> None:
    before = set(draw(names, size, seed))
    after = set(draw([*names, "one more"], size, seed))
    assert len(before - after) <= 1
    assert after <= before | {"one more"}


def test_everybody_is_drawn_about_equally_often() -> None:
    times = dict.fromkeys(NAMES[:20], 0)
    for seed in range(2_000):
        for name in draw(times, 5, seed):
            times[name] += 1
    assert min(times.values()) > 400  # 500 expected; 400 is five deviations away
    assert max(times.values()) < 600


def test_the_seed_follows_from_what_is_drawn_from_and_fits_a_change() -> None:
    assert seed_of("2026-W47 1001", NAMES) == seed_of("2026-W47 1001", reversed(NAMES))
    assert seed_of("2026-W47 1001", NAMES) != seed_of("2026-W47 1001", NAMES[1:])
    assert seed_of("2026-W47 1001", NAMES) != seed_of("2026-W47 1002", NAMES)
    assert 0 <= seed_of("x", NAMES) < 1 << SEED_BITS


def test_a_share_is_rounded_up_and_has_a_least_and_a_most() -> None:
    assert share_of(100, 5, 1) == 5
    assert share_of(101, 5, 1) == 6
    assert share_of(3, 5, 1) == 1
    assert share_of(3, 5, 10) == 3
    assert share_of(0, 5, 1) == 0
    assert share_of(200, 0.5, 0) == 1
