from dataclasses import replace
from datetime import timedelta

from desk.domain.duty_roster import on_duty
from desk.domain.shifts import DutyTurn, Post
from tests.making import START

NOW = START + timedelta(hours=1)
PLUMBER = DutyTurn("d1", "H1", Post.HANDLER, START, START + timedelta(hours=12), trade="water", area="一区")
ANY_AREA = replace(PLUMBER, duty_turn_id="d2", who="H2", area="")
ANY_TRADE = replace(PLUMBER, duty_turn_id="d3", who="H3", trade="")
ALL = replace(PLUMBER, duty_turn_id="d4", who="H4", trade="", area="")


def test_the_most_exact_turn_comes_first() -> None:
    turns = [ALL, ANY_TRADE, ANY_AREA, PLUMBER]
    assert on_duty(turns, NOW, Post.HANDLER, "water", "一区") == ("H1", "H2", "H3", "H4")
    assert on_duty(turns, NOW, Post.HANDLER, "power", "一区") == ("H3", "H4")
    assert on_duty(turns, NOW, Post.HANDLER, "water", "二区") == ("H2", "H4")


def test_without_a_trade_everybody_on_duty_for_the_area_is_found() -> None:
    assert on_duty([ALL, PLUMBER], NOW, Post.HANDLER, "", "一区") == ("H1", "H4")


def test_whoever_is_not_on_duty_now_or_for_something_else_is_not_found() -> None:
    over = replace(ALL, until=NOW)
    later = replace(ALL, start=NOW + timedelta(seconds=1))
    taken_back = replace(ALL, ended=True)
    lead = replace(ALL, post=Post.LEAD)
    assert on_duty([over, later, taken_back, lead], NOW, Post.HANDLER) == ()
    assert on_duty([lead], NOW, Post.LEAD) == ("H4",)


def test_somebody_with_two_turns_is_found_once() -> None:
    assert on_duty([ALL, replace(PLUMBER, who="H4")], NOW, Post.HANDLER, "water", "一区") == ("H4",)
