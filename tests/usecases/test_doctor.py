"""The doctor's table: what is looked at, in which order, and what keeps nothing from being told."""

import threading
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.health import Finding, Level
from desk.usecases.doctor import Check, examine


class Words:
    def because_of(self, check: str) -> str:
        return f"because of {check}"

    def too_long(self, seconds: float) -> str:
        return "too long"

    def failed(self, error: Exception) -> str:
        return f"failed: {error}"


def finds(name: str, level: Level = Level.OK) -> Sequence[Finding]:
    return (Finding(name, level, "seen"),)


def check(name: str, level: Level = Level.OK, needs: tuple[str, ...] = (), group: str = "") -> Check:
    return Check(name, group or name, lambda: finds(name, level), needs)


def test_findings_come_in_the_order_of_the_table_and_are_told_as_they_come() -> None:
    slow, told = threading.Event(), []

    def wait() -> Sequence[Finding]:
        assert slow.wait(30)
        return finds("first")

    def tell(finding: Finding) -> None:
        told.append(finding.check)
        slow.set()

    found = examine([Check("first", "a", wait), check("second")], Words(), tell)
    assert [finding.check for finding in found] == ["first", "second"]
    assert told == ["second", "first"]


def test_what_needs_something_wrong_is_not_looked_at() -> None:
    table = [
        check("keyring", Level.WRONG),
        check("store", needs=("keyring",)),
        check("changes", needs=("store",)),
        check("disk"),
    ]
    found = {finding.check: finding for finding in examine(table, Words())}
    assert found["store"] == Finding("store", Level.UNCHECKED, "because of keyring")
    assert found["changes"] == Finding("changes", Level.UNCHECKED, "because of store")
    assert found["disk"].level is Level.OK


def test_a_warning_keeps_nothing_from_being_looked_at() -> None:
    found = examine([check("a", Level.WARNING), check("b", needs=("a",))], Words())
    assert [finding.level for finding in found] == [Level.WARNING, Level.OK]


def test_what_is_not_asked_for_is_not_waited_for() -> None:
    table = [check("keyring", Level.WRONG), check("store", needs=("keyring",))]
    assert examine(table, Words(), only=("store",)) == tuple(finds("store"))


def test_a_check_that_fails_is_unchecked_and_says_why() -> None:
    def fail() -> Sequence[Finding]:
        raise RuntimeError("bad luck")

    found = examine([Check("a", "a", fail), check("b", group="a")], Words())
    assert found == (Finding("a", Level.UNCHECKED, "failed: bad luck"), *finds("b"))


def test_what_hangs_is_left_and_all_else_is_told() -> None:
    never = threading.Event()
    told: list[str] = []
    hangs = Check("share", "share", lambda: finds("share") if never.wait(60) else ())
    found = examine([hangs, check("disk")], Words(), lambda finding: told.append(finding.check), limit_s=0.5)
    assert found == (Finding("share", Level.UNCHECKED, "too long"), *finds("disk"))
    assert sorted(told) == ["disk", "share"]
    never.set()


def test_a_check_that_concerns_nothing_here_says_nothing() -> None:
    assert examine([Check("a", "a", tuple), check("b", needs=("a",))], Words()) == tuple(finds("b"))


@given(st.lists(st.tuples(st.sampled_from(Level), st.integers(0, 3), st.sets(st.integers(0, 7))), max_size=8))
def test_every_check_has_its_say_whatever_needs_what(rows: list[tuple[Level, int, set[int]]]) -> None:
    table = [
        check(str(at), level, tuple(str(need) for need in sorted(needs) if need < at), str(group))
        for at, (level, group, needs) in enumerate(rows)
    ]
    found = examine(table, Words())
    assert [finding.check for finding in found] == [one.name for one in table]
    by_name = {finding.check: finding.level for finding in found}
    bad = (Level.WRONG, Level.UNCHECKED)
    for one in table:
        if any(by_name[need] in bad for need in one.needs):
            assert by_name[one.name] is Level.UNCHECKED
