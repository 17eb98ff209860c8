"""The rules of follow-ups, spot checks and surveys, read from follow_up.toml. The file's keys are the fields of
`desk.domain.follow_up_rules.FollowUpPolicy`."""

from desk.domain.follow_up_rules import FollowUpPolicy
from desk.domain.survey_rules import EVERY_MONTHS, BadRule, read_rule
from desk.i18n import _
from desk.policies.files import Policy, PolicyFolders, Wrong, read_policy

_NAME = "follow_up"
_MOST_HOURS = 24 * 60

# key -> the least and the most that it may be
_LIMITS: dict[str, tuple[float, float]] = {
    "in_process_after_h": (0, _MOST_HOURS),
    "closing_within_h": (0.25, _MOST_HOURS),
    "tries": (1, 20),
    "apart_h": (0, 24 * 14),
    "again_after_h": (0.25, _MOST_HOURS),
    "low_score": (0, 100),
    "spot_check_percent": (0, 100),
    "spot_check_least": (0, 1000),
    "spot_check_days": (1, 60),
}
# The most days that a survey may take before its next turn begins.
_MOST_DAYS = {"month": 28, "quarter": 90, "year": 365}


def read_follow_up(folders: PolicyFolders) -> Policy[FollowUpPolicy]:
    """Raises `PolicyError` where the shipped one is broken."""
    return read_policy(folders, _NAME, FollowUpPolicy, _build)


def _build(raw: FollowUpPolicy, wrong: Wrong) -> FollowUpPolicy:
    for key, (least, most) in _LIMITS.items():
        if not least <= getattr(raw, key) <= most:
            raise wrong((key,), _("it is {least} to {most}").format(least=f"{least:g}", most=f"{most:g}"))
    for number, survey in enumerate(raw.survey):
        if not survey.name.strip() or survey.name in {other.name for other in raw.survey[:number]}:
            raise wrong(("survey", number, "name"), _("each survey has a name of its own"))
        if survey.every not in EVERY_MONTHS:
            raise wrong(("survey", number, "every"), _("it is one of {words}").format(words=", ".join(EVERY_MONTHS)))
        if not 1 <= survey.days <= _MOST_DAYS[survey.every]:
            most = _MOST_DAYS[survey.every]
            raise wrong(("survey", number, "days"), _("it is {least} to {most}").format(least=1, most=most))
        if not 1 <= survey.size <= 5_000:
            raise wrong(("survey", number, "size"), _("it is {least} to {most}").format(least=1, most=5_000))
        try:
            read_rule(survey.rule)
        except BadRule as error:
            raise wrong(
                ("survey", number, "rule"), _("{word} says nothing about whom to ask").format(word=error)
            ) from None
    return raw
