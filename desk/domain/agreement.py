"""How far two people who scored the same calls agree: by question and as a whole. Pure functions.

Cohen's kappa with linear weights (J. Cohen, Psychological Bulletin 70, 1968): 1 = always the same answer, 0 = no more
than chance would bring; two answers next to each other count less than two at the ends of the scale."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desk.domain.scores import Score, ScoreState
from desk.domain.sheets import read_answers

Answers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Over `calls` scored twice. `same`: share of questions answered alike, `kappa` None where chance alone would make
    all answers alike; `points_apart`: mean distance of the points (0-100)."""

    calls: int
    same: float
    kappa: float | None
    points_apart: float


def second_opinions(scores: Sequence[Score]) -> list[tuple[Score, Score]]:
    """(first, second) of the same call by the same version of a sheet, both final."""
    final = {score.score_id: score for score in scores if score.state is ScoreState.FINAL}
    return [
        (final[score.second_of], score)
        for score in final.values()
        if score.second_of in final and _sheet(final[score.second_of]) == _sheet(score)
    ]


def _sheet(score: Score) -> tuple[str, str]:
    return score.sheet, score.sheet_version


def answers_of(pairs: Sequence[tuple[Score, Score]]) -> list[tuple[Answers, Answers]]:
    return [(read_answers(first.answers), read_answers(second.answers)) for first, second in pairs]


def agreement_of(scores: Sequence[Score]) -> Agreement | None:
    """How far first and second opinions among these go together; None where there is no second one."""
    pairs = second_opinions(scores)
    return agreement(answers_of(pairs), [(first.points_x10 or 0, second.points_x10 or 0) for first, second in pairs])


def agreement(pairs: Sequence[tuple[Answers, Answers]], points_x10: Sequence[tuple[int, int]]) -> Agreement | None:
    """Of first and second opinions on the same calls: the answers that both gave, and their points. None without
    any."""
    answered = [
        (name, first[name], second[name]) for first, second in pairs for name in sorted(first.keys() & second.keys())
    ]
    if not answered:
        return None
    same = sum(one == other for _name, one, other in answered) / len(answered)
    apart = sum(abs(one - other) for one, other in points_x10) / len(points_x10) / 10 if points_x10 else 0.0
    return Agreement(len(pairs), same, _kappa([(one, other) for _name, one, other in answered]), apart)


def by_question(pairs: Sequence[tuple[Answers, Answers]]) -> dict[str, float]:
    """Question -> share of calls in which both gave the same answer, the worst first: where the sheet, or a person,
    needs a word."""
    same: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for first, second in pairs:
        for name in first.keys() & second.keys():
            asked[name] += 1
            same[name] += first[name] == second[name]
    return dict(sorted(((name, same[name] / asked[name]) for name in asked), key=lambda item: (item[1], item[0])))


def _kappa(answered: Sequence[tuple[int, int]]) -> float | None:
    highest = max(max(one, other) for one, other in answered)
    if not highest:
        return None
    count = len(answered)
    firsts = Counter(one for one, _other in answered)
    seconds = Counter(other for _one, other in answered)
    seen = sum(abs(one - other) for one, other in answered) / count
    by_chance = sum(abs(one - other) * firsts[one] * seconds[other] for one in firsts for other in seconds) / (
        count * count
    )
    return 1 - seen / by_chance if by_chance else None
