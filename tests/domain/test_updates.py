"""Which version a seat takes: the rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.updates import (
    PLACES,
    Offer,
    chosen,
    for_everybody,
    is_newer,
    is_version,
    is_withdrawn,
    order,
    place_of,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LINUX = "linux-x86_64"


def offer(version: str, **other: object) -> Offer:
    return replace(Offer(version, LINUX, f"{version}.tar.xz", 1, "0" * 64, 1), **other)  # type: ignore[arg-type]


def test_versions_are_compared_by_their_numbers() -> None:
    names = ["0.10.0", "0.9", "1.0", "0.9.1", "0.10.0.1"]
    assert sorted(names, key=order) == ["0.9", "0.9.1", "0.10.0", "0.10.0.1", "1.0"]
    assert order("0.10") == order("0.10.0.0")
    assert not is_newer("0.2.0", "0.2")


@given(st.text(max_size=12))
def test_what_is_no_version_is_older_than_every_one(text: str) -> None:
    assert is_version(text) or not is_newer(text, "0.0")


def test_the_newest_that_is_meant_for_a_seat_is_taken() -> None:
    offers = [offer("0.2.0"), offer("0.4.0", percent=10), offer("0.3.0"), offer("0.5.0", platform="windows-x86_64")]

    def taken(place: int, running: str = "0.1.0", failed: tuple[str, ...] = ()) -> str:
        found = chosen(offers, LINUX, running, failed, place, AT)
        return found.version if found else ""

    assert taken(9) == "0.4.0"
    assert taken(10) == "0.3.0"
    assert taken(9, failed=("0.4.0", "0.3.0")) == "0.2.0"
    assert taken(50, running="0.3.0") == ""


@given(st.lists(st.uuids().map(str), min_size=1), st.integers(0, 100), st.integers(0, 100))
def test_whoever_is_offered_a_version_keeps_being_offered_it_as_the_part_grows(
    stores: list[str], first: int, more: int
) -> None:
    wider = min(100, first + more)
    for store in stores:
        place = place_of(store)
        assert 0 <= place < PLACES
        if chosen([offer("0.2.0", percent=first)], LINUX, "0.1.0", (), place, AT):
            assert chosen([offer("0.2.0", percent=wider)], LINUX, "0.1.0", (), place, AT)


def ready(offers: list[Offer], installed: str = "0.1.0", asked: tuple[str, ...] = ()) -> list[str]:
    return [one.version for one in for_everybody(offers, LINUX, installed, AT, asked)]


def test_a_computer_gets_ready_what_is_needed_on_the_way() -> None:
    offers = [offer("0.2.0"), offer("0.3.0", least_from="0.2.0"), offer("0.4.0", least_from="0.3.0"), offer("0.2.5")]
    assert ready(offers) == ["0.2.5", "0.3.0", "0.4.0"]
    assert ready(offers, "0.3.0") == ["0.4.0"]
    assert ready([offer("0.2.0", percent=0)]) == []
    assert ready([offer("0.2.0", withdrawn=True)]) == []


def test_a_computer_gets_ready_what_each_part_of_the_seats_is_offered() -> None:
    stages = [offer("0.1.5"), offer("0.2.0"), offer("0.2.5", percent=50), offer("0.3.0", percent=10)]
    assert ready(stages) == ["0.2.0", "0.2.5", "0.3.0"]
    behind = [offer("0.2.0"), offer("0.3.0", percent=10, least_from="0.2.0"), offer("0.4.0", percent=5)]
    assert ready(behind) == ["0.2.0", "0.3.0", "0.4.0"]
    tomorrow = [offer("0.2.0"), offer("0.3.0", earliest=AT + timedelta(days=1))]
    assert ready(tomorrow) == ["0.2.0", "0.3.0"]


def test_a_computer_gets_ready_what_a_seat_asks_for_where_it_is_offered() -> None:
    offers = [offer("0.2.0"), offer("0.3.0"), offer("0.4.0"), offer("0.2.5", withdrawn=True)]
    assert ready(offers, asked=("0.3.0", "0.2.5", "9.9")) == ["0.3.0", "0.4.0"]  # where 0.4.0 failed


@given(
    st.lists(st.builds(offer, st.sampled_from(["0.2.0", "0.3.0", "0.4.0", "0.5.0"]), percent=st.integers(0, 100))),
    st.integers(0, PLACES - 1),
)
def test_what_a_seat_of_the_installed_version_is_offered_is_got_ready(offers: list[Offer], place: int) -> None:
    taken = chosen(offers, LINUX, "0.1.0", (), place, AT)
    assert taken is None or taken.version in ready(offers)


def test_what_was_taken_back_is_known_for_its_platform() -> None:
    offers = [offer("0.2.0", withdrawn=True)]
    assert is_withdrawn(offers, LINUX, "0.2")
    assert not is_withdrawn(offers, "windows-x86_64", "0.2.0")
