"""Fetching: gone on with where it broke off, gently, and only what was signed stays."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.updates import Offer
from desk.updating.archive import BadArchive
from desk.updating.download import Pace, Stopped, fetch, fetched_bytes
from desk.updating.source import FakeSource, SourceAway

DATA = bytes(range(251)) * 2000
OFFER = Offer("0.2.0", "linux-x86_64", "d.tar.xz", len(DATA), hashlib.sha256(DATA).hexdigest(), 1)


class Gate:
    def __init__(self, calls: int = 0) -> None:
        self.calls, self.stops = calls, False

    def in_call(self) -> bool:
        self.calls -= self.calls > 0
        return self.calls > 0

    def stopping(self) -> bool:
        return self.stops


class Time:
    def __init__(self) -> None:
        self.now_s, self.slept_s = 0.0, 0.0

    def sleep(self, pause_s: float) -> None:
        self.now_s += pause_s
        self.slept_s += pause_s

    def pace(self, bytes_s: int = 0) -> Pace:
        return Pace(bytes_s, lambda: self.now_s, self.sleep)


@given(cuts=st.lists(st.integers(0, 200_000), max_size=6))
def test_however_often_it_breaks_off_the_file_comes_whole(
    cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, source = tmp_path_factory.mktemp("fetch"), FakeSource({OFFER.file: DATA})
    there = 0
    for cut in cuts:
        source.cut_after = cut
        try:
            fetch(source, OFFER, folder, Gate(), Time().pace())
        except SourceAway:
            assert fetched_bytes(folder, OFFER) >= there
            there = fetched_bytes(folder, OFFER)
    source.cut_after = None
    assert fetch(source, OFFER, folder, Gate(), Time().pace()).read_bytes() == DATA
    assert [file.name for file in folder.iterdir()] == [OFFER.file]


def test_what_was_fetched_is_not_fetched_again(tmp_path: Path) -> None:
    source = FakeSource({OFFER.file: DATA})
    source.cut_after = 300_000
    with pytest.raises(SourceAway):
        fetch(source, OFFER, tmp_path, Gate(), Time().pace())
    source.cut_after = None
    fetch(source, OFFER, tmp_path, Gate(), Time().pace())
    fetch(source, OFFER, tmp_path, Gate(), Time().pace())
    assert source.asked == [(OFFER.file, 0), (OFFER.file, 300_000)]


@pytest.mark.parametrize("served", [DATA[:-1] + b"x", DATA + b"more", b"\0" * len(DATA)])
def test_what_is_not_what_was_signed_does_not_stay(tmp_path: Path, served: bytes) -> None:
    with pytest.raises(BadArchive):
        fetch(FakeSource({OFFER.file: served}), OFFER, tmp_path, Gate(), Time().pace())
    assert not list(tmp_path.iterdir())


def test_a_file_that_ends_too_soon_is_gone_on_with_later(tmp_path: Path) -> None:
    with pytest.raises(SourceAway, match="only in part"):
        fetch(FakeSource({OFFER.file: DATA[:1000]}), OFFER, tmp_path, Gate(), Time().pace())
    assert fetched_bytes(tmp_path, OFFER) == 1000


def test_the_rest_of_another_file_is_never_put_behind_it(tmp_path: Path) -> None:
    source = FakeSource({OFFER.file: DATA})
    source.cut_after = 100_000
    with pytest.raises(SourceAway):
        fetch(source, OFFER, tmp_path, Gate(), Time().pace())
    newer = DATA[::-1]
    source = FakeSource({OFFER.file: newer})
    offer = replace(OFFER, sha256=hashlib.sha256(newer).hexdigest())
    assert fetch(source, offer, tmp_path, Gate(), Time().pace()).read_bytes() == newer
    assert source.asked == [(OFFER.file, 0)]


def test_it_is_fetched_no_faster_than_told(tmp_path: Path) -> None:
    time = Time()
    fetch(FakeSource({OFFER.file: DATA}), OFFER, tmp_path, Gate(), time.pace(500_000))
    assert time.slept_s == pytest.approx(len(DATA) / 500_000, rel=0.3)


def test_nothing_is_fetched_while_a_call_runs(tmp_path: Path) -> None:
    time = Time()
    fetch(FakeSource({OFFER.file: DATA}), OFFER, tmp_path, Gate(calls=9), time.pace())
    assert time.slept_s == pytest.approx(8 * 0.5)


def test_the_end_of_the_process_ends_it_and_what_came_stays(tmp_path: Path) -> None:
    gate = Gate()
    gate.stops = True
    with pytest.raises(Stopped):
        fetch(FakeSource({OFFER.file: DATA}), OFFER, tmp_path, gate, Time().pace())
    assert 0 < fetched_bytes(tmp_path, OFFER) < len(DATA)
