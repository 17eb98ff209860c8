"""Satisfaction surveys (满意度调查): so many households drawn at random from those that the rule fits, each a
follow-up, due one after the other over the survey's days, so that each day has its share. Made by hand, or coming round
by the policy (`make_due`); the seed stands in the survey, so that the draw can be done again (`redraw`). A worker's
thread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from desk.domain.changes import Change
from desk.domain.follow_up_rules import FollowUpPolicy, GivenUp
from desk.domain.follow_ups import FollowUp, FollowUpKind, FollowUpState, Survey
from desk.domain.identity import HouseholdId
from desk.domain.patches import field_value, patch_of
from desk.domain.questionnaires import Questionnaire, read_answers
from desk.domain.sampling import SEED_BITS, draw, seed_of
from desk.domain.survey_rules import read_rule, turn_of
from desk.domain.ticket_figures import Rate
from desk.usecases.due_follow_ups import follow_up_id_of, making_patch
from desk.usecases.follow_up_ports import FollowUps, Surveys
from desk.usecases.ports import ChangeAuthor, ChangeLog, Clock

MOST_HOUSEHOLDS = 5_000


class SurveyRefused(Exception):
    """Nothing was written: nobody fits the rule, no such questionnaire, its time is over before it begins."""


@dataclass(frozen=True, slots=True)
class SurveyPlan:
    """What a person says of a survey; `rule` as in `desk.domain.survey_rules`."""

    title: str
    questionnaire: str
    start: datetime
    until: datetime
    size: int
    rule: str = "all"


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """How a survey stands. `reached`: answered of those who were tried to the end; `satisfied`: of those who said;
    `score`: the mean, None while nobody has answered; `counts`: question -> answer -> how many."""

    survey: Survey
    asked: int
    answered: int
    given_up: int
    satisfied: Rate
    score: float | None
    counts: Mapping[str, Mapping[str, int]]

    @property
    def waiting(self) -> int:
        return self.asked - self.answered - self.given_up


class SurveyWork:
    """`seed`: a random number of `SEED_BITS` bits. `questionnaires`, `policy`: as they are now."""

    def __init__(
        self,
        log: ChangeLog,
        author: ChangeAuthor,
        surveys: Surveys,
        follow_ups: FollowUps,
        clock: Clock,
        seed: Callable[[], int],
        zone: tzinfo,
        policy: Callable[[], FollowUpPolicy],
        questionnaires: Callable[[], Sequence[Questionnaire]],
    ) -> None:
        self._log, self._author, self._surveys, self._follow_ups = log, author, surveys, follow_ups
        self._clock, self._seed, self._zone = clock, seed, zone
        self._policy, self._questionnaires = policy, questionnaires

    def make(self, survey_id: str, plan: SurveyPlan, made_by: str) -> Survey:
        """The survey with its follow-ups, in one transaction. Raises `SurveyRefused`, `BadRule`."""
        return self._make(survey_id, plan, made_by, self._seed() % (1 << SEED_BITS))

    def make_due(self, made_by: str) -> list[Survey]:
        """Those of the policy whose turn has come and that are not there yet. Two seats that do it unseen by each other
        make the same one: its id and seed follow from rule and turn. A rule that fits nobody makes none."""
        made: list[Survey] = []
        now = self._clock()
        for rule in self._policy().survey:
            turn, start, until = turn_of(rule, now, self._zone)
            survey_id = follow_up_id_of(f"survey {rule.name}", FollowUpKind.SURVEY, int(turn.replace("-", "")))
            if now >= until or self._surveys.get(survey_id) is not None:
                continue
            title = f"{rule.title or rule.name} {turn}"
            plan = SurveyPlan(title, rule.questionnaire, start, until, rule.size, rule.rule)
            try:
                made.append(self._make(survey_id, plan, made_by, seed_of(f"{rule.name} {turn}", ())))
            except SurveyRefused:
                continue
        return made

    def end(self, survey_id: str) -> int:
        """It is over: whoever was not asked is asked no more. Returns how many that were."""
        waiting = [one for one in self._follow_ups.of_survey(survey_id) if one.state is FollowUpState.DUE]
        changes = [self._author.change("survey", survey_id, {"ended": True})]
        changes += [self._over(one) for one in waiting]
        self._log.append(changes)
        return len(waiting)

    def end_overdue(self) -> int:
        """The surveys whose time is over are ended. Returns how many."""
        now = self._clock()
        over = [one for one in self._surveys.recent(100) if not one.ended and one.until <= now]
        for one in over:
            self.end(one.survey_id)
        return len(over)

    def redraw(self, survey: Survey) -> list[HouseholdId]:
        """Whom its seed draws from the households as they are now: the same as then, where none has come or gone."""
        return [HouseholdId(name) for name in draw(self._fitting(survey.rule), survey.size, survey.seed)]

    def result(self, survey_id: str) -> SurveyResult | None:
        survey = self._surveys.get(survey_id)
        if survey is None:
            return None
        there = self._follow_ups.of_survey(survey_id)
        done = [one for one in there if one.state is FollowUpState.DONE]
        scores = [one.score for one in done if one.score is not None]
        told = [one.satisfied for one in done if one.satisfied is not None]
        counts: dict[str, dict[str, int]] = {}
        for one in done:
            for ask_id, answer in read_answers(one.answers).items():
                of_ask = counts.setdefault(ask_id, {})
                of_ask[answer] = of_ask.get(answer, 0) + 1
        return SurveyResult(
            survey,
            len(there),
            len(done),
            sum(one.state is FollowUpState.GIVEN_UP for one in there),
            Rate(sum(told), len(told)),
            sum(scores) / len(scores) if scores else None,
            counts,
        )

    def recent(self, limit: int = 20) -> list[SurveyResult]:
        """Newest first."""
        results = (self.result(one.survey_id) for one in self._surveys.recent(limit))
        return [one for one in results if one is not None]

    # Inside

    def _make(self, survey_id: str, plan: SurveyPlan, made_by: str, seed: int) -> Survey:
        now = self._clock()
        if not any(one.questionnaire_id == plan.questionnaire for one in self._questionnaires()):
            raise SurveyRefused("questionnaire")
        if plan.until <= plan.start or plan.until <= now:
            raise SurveyRefused("time")
        if not 1 <= plan.size <= MOST_HOUSEHOLDS:
            raise SurveyRefused("size")
        survey = Survey(
            survey_id,
            plan.title.strip(),
            plan.questionnaire,
            now,
            made_by,
            plan.start,
            plan.until,
            plan.size,
            seed,
            plan.rule,
        )
        drawn = self.redraw(survey)
        if not drawn:
            raise SurveyRefused("nobody")
        numbers = self._surveys.numbers(drawn)
        changes = [self._author.change("survey", survey_id, patch_of(survey, "survey_id"))]
        step = (survey.until - max(survey.start, now)) / len(drawn)
        due = [max(survey.start, now) + place * step for place in range(len(drawn))]
        changes += [self._asked(survey, home, numbers.get(home, ""), at) for home, at in zip(drawn, due, strict=True)]
        self._log.append(changes)
        return survey

    def _fitting(self, rule: str) -> list[str]:
        whom = read_rule(rule)
        since = self._clock() - timedelta(days=whom.ticket_days) if whom.ticket_days else None
        return [str(name) for name in self._surveys.households(whom.estate_id, whom.building_id, since)]

    def _asked(self, survey: Survey, home: HouseholdId, number: str, due_at: datetime) -> Change:
        follow_up = FollowUp(
            follow_up_id=follow_up_id_of(f"{survey.survey_id}/{home}", FollowUpKind.SURVEY, 1),
            kind=FollowUpKind.SURVEY,
            state=FollowUpState.DUE,
            made_at=survey.made_at,
            made_by=survey.made_by,
            due_at=due_at,
            household_id=home,
            number=number,
            survey_id=survey.survey_id,
            questionnaire=survey.questionnaire,
        )
        return self._author.change("follow_up", follow_up.follow_up_id, making_patch(follow_up))

    def _over(self, one: FollowUp) -> Change:
        patch = {
            "state": FollowUpState.GIVEN_UP.value,
            "reason": GivenUp.SURVEY_OVER.value,
            "done_at": field_value(self._clock()),
        }
        return self._author.change("follow_up", one.follow_up_id, patch)
