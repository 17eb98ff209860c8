"""The dial plan that `[dial]` makes."""

from desk.domain.dial_plan import PlanRule
from desk.settings import DialRule, DialSettings
from desk.settings.plan import plan_of


def test_the_plan_is_that_of_the_settings() -> None:
    dial = DialSettings(
        outside_prefix="0",
        extension_digits=(5,),
        trunk_zero="always",
        keep_area_code=True,
        emergency=("999",),
        rules=(DialRule(pattern="1", send="2", line="trunk"),),
    )
    plan = plan_of(dial, "0755")
    assert plan.area_code == "0755"
    assert plan_of(DialSettings(area_code="010"), "0755").area_code == "010"
    assert plan.rules == (PlanRule("1", "2", "trunk"),)
    assert [plan.map(typed).send for typed in ("80301", "13800138000", "87654321", "999", "1")] == [
        *("80301", "0013800138000", "0075587654321", "0999", "2"),
    ]
