"""Findings of a seat's health: the worst of several is what counts."""

from desk.domain.health import Finding, Level, worst


def test_the_worst_of_several_counts() -> None:
    found = [Finding("disk.free", Level.OK, "x"), Finding("sip.registration", Level.WRONG, "y")]
    assert worst([*found, Finding("headset.level", Level.WARNING, "z")]) is Level.WRONG


def test_nothing_found_is_well() -> None:
    assert worst([]) is Level.OK


def test_what_could_not_be_looked_at_is_no_fault_yet_not_well() -> None:
    assert Level.OK < worst([Finding("mos", Level.UNCHECKED, "x")]) < Level.WARNING
