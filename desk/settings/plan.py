"""The dial plan that `[dial]` describes. Pure, any thread. Not imported with the settings: what reads numbers takes its
time to load."""

from collections.abc import Callable

from desk.domain.dial_plan import DialPlan, PlanRule
from desk.domain.dial_text import Unmappable
from desk.settings.phone_values import DialSettings


def plan_of(dial: DialSettings, area_code: str, home_area: Callable[[str], str] = lambda _mobile: "") -> DialPlan:
    """The plan that `[dial]` describes. `area_code`: the first line's, taken where `[dial]` names none."""
    return DialPlan(
        outside_prefix=dial.outside_prefix,
        area_code=dial.area_code or area_code,
        extension_digits=dial.extension_digits,
        trunk_zero=dial.trunk_zero,
        keep_area_code=dial.keep_area_code,
        emergency=dial.emergency,
        rules=tuple(PlanRule(rule.pattern, rule.send, rule.line) for rule in dial.rules),
        home_area=home_area,
    )


def is_emergency(dial: DialSettings, area_code: str, typed: str) -> bool:
    """Whether that plan makes an emergency call of this."""
    try:
        return plan_of(dial, area_code).map(typed).emergency
    except Unmappable:
        return False


def maps(dial: DialSettings, area_code: str, typed: str) -> bool:
    """Whether that plan makes a number of this. `dial` has passed its checks."""
    try:
        plan_of(dial, area_code).map(typed)
    except Unmappable:
        return False
    return True
