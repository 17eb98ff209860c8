"""What the room "seat" does not measure it names, with what it wants; nothing is left out in silence."""

from pathlib import Path

from tests.bench import seat
from tests.bench.seat import BARE, SIZES, STARTS, Anchor, Bare, left_out
from tests.installer import roots


def test_where_all_is_there_nothing_is_left_out() -> None:
    assert left_out(root=True, bundle=True, package=True) == []


def test_each_figure_that_is_left_out_is_named_with_its_want() -> None:
    told = left_out(root=False, bundle=False, package=False)
    for name in (*SIZES, *STARTS, *BARE):
        assert sum(name in line for line in told) == 1, name
    without_package = left_out(root=True, bundle=True, package=False)
    assert all("make deb" in line for line in without_package)
    assert {name for line in without_package for name in line.partition(": ")[2].split(", ")} == {SIZES[0], *BARE}
    assert left_out(root=False, bundle=True, package=True)[0].startswith("not measured, for want of root: seat.start")


def test_the_names_are_those_of_the_figures() -> None:
    source = Path(str(seat.__file__)).read_text("utf-8").partition("def measure")[2]
    for name in (*SIZES, *STARTS):
        assert f'"{name}"' in source, name
    took, anchor = Bare(1, 2, 3, 4, 5, 4), Anchor(6, 7, None)
    figures = [one for suite in roots.SUITES for one in seat._figures(took, suite, anchor)]
    assert tuple(one.name for one in figures) == BARE
    assert figures[4].value == 3 + 4 + 5
    assert (figures[0].anchor, figures[3].anchor) == (6, None)
