"""Figures as they are read."""

from datetime import UTC, datetime, timedelta

from desk.domain.ticket_figures import OpenTickets, Rows, figures
from desk.ui.after.follow_up.figure_words import figure_lines

SINCE = datetime(2026, 3, 1, tzinfo=UTC)


def test_what_is_overdue_is_told_by_its_cause_and_where_none_was_given() -> None:
    rows = Rows((), (), (), OpenTickets(5, {"1001": 3}, {"缺材料": 2, "": 1}))
    lines = figure_lines(figures(rows, SINCE, SINCE + timedelta(days=7)))
    assert ("  because: 缺材料", "2") in lines
    assert ("  because: no cause given", "1") in lines
