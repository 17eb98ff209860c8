"""What the spine benchmark reckons from a window's marks."""

import json
from pathlib import Path

import pytest

from desk.demo.processes import NotReady
from tests.bench.figures import Figure
from tests.bench.spine_marks import Mark, Marks, answers_ms, longest_stall_ms

MS = 1_000_000


def line(name: str, at_ms: float, **fields: object) -> str:
    return json.dumps({"mark": name, "monotonic_ns": int(at_ms * MS), "process": 7, **fields}) + "\n"


def marks(*told: tuple[str, float]) -> list[Mark]:
    return [Mark(name, int(at_ms * MS), 7, {"box": "place"}) for name, at_ms in told]


def test_half_written_line_is_read_when_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "marks.jsonl"
    following = Marks(file)
    assert following.read() == []
    whole, half = line("usable", 1.0), line("call_received", 2.0, call_id="c1")
    file.write_text(whole + half[:20])
    assert [mark.name for mark in following.read()] == ["usable"]
    file.write_text(whole + half)
    assert [mark.fields for mark in following.named("call_received", call_id="c1")] == [{"call_id": "c1"}]


def test_marks_of_two_processes_stand_in_the_order_of_time(tmp_path: Path) -> None:
    file = tmp_path / "marks.jsonl"
    file.write_text(line("later", 5.0) + line("earlier", 4.0))
    assert [mark.name for mark in Marks(file).read()] == ["earlier", "later"]


def test_mark_that_came_before_is_not_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "marks.jsonl"
    file.write_text(line("usable", 5.0))
    assert Marks(file).wait("usable", 4 * MS, timeout_s=0).at_ns == 5 * MS
    with pytest.raises(NotReady):
        Marks(file).wait("usable", 5 * MS, timeout_s=0)


def test_key_is_answered_by_the_paint_that_follows_it() -> None:
    told = marks(("key_typed", 10), ("suggestions_painted", 14), ("key_typed", 20), ("suggestions_none", 23))
    assert answers_ms(told, "place") == [4.0, 3.0]
    assert answers_ms(told, "category") == []


def test_key_that_was_overtaken_counts_until_the_next_answer() -> None:
    told = marks(("key_typed", 10), ("key_typed", 20), ("suggestions_painted", 26), ("key_typed", 30))
    assert answers_ms(told, "place") == [16.0, 6.0]


def test_longest_stall_is_the_longest_of_all_processes() -> None:
    stalls = [Mark("stall", at, at, {"longest_ms": longest}) for at, longest in ((1, 12.5), (2, 40.1), (3, 8.0))]
    assert longest_stall_ms(stalls) == 40.1


def test_a_window_that_nobody_watched_meets_no_goal() -> None:
    assert Figure("stall", longest_stall_ms([]), "ms", "<= 50").met() is False
