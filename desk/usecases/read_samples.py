"""The samples of a week as they stand: what was drawn, what is scored, how the people agree. A worker's thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from desk.domain.agreement import Agreement, agreement_of, answers_of, by_question, second_opinions
from desk.domain.call_log import CallEntry
from desk.domain.estate import Duty
from desk.domain.listening import Listener, Role
from desk.domain.scores import Sample, Score, ScoreState, is_unswayed
from desk.usecases.draw_samples import RANDOM
from desk.usecases.ports import CallLog, Residents
from desk.usecases.recording_ports import Scores


@dataclass(frozen=True, slots=True)
class SampleRow:
    """`call` None: its changes have not come yet. `score`: the newest final one, else a draft. `unswayed`: whoever asks
    may still give a second opinion, and is not told the points."""

    sample: Sample
    call: CallEntry | None
    score: Score | None
    unswayed: bool = False

    @property
    def done(self) -> bool:
        return self.score is not None and self.score.state is ScoreState.FINAL


@dataclass(frozen=True, slots=True)
class Agreed:
    """How far first and second opinions go together, and by question, those first on which people agree least."""

    whole: Agreement
    questions: Mapping[str, float]


class ReadSamples:
    def __init__(self, scores: Scores, calls: CallLog, residents: Residents, zone: tzinfo) -> None:
        self._scores, self._calls, self._residents, self.zone = scores, calls, residents, zone

    def of_week(self, period: str, listener: Listener) -> list[SampleRow]:
        """By agent, the random ones first, oldest call first. Dropped ones are left out. None for agents: which calls
        are still to be heard is not for them to know, and what is scored is told by `ReadScores`."""
        if listener.role is not Role.SUPERVISOR:
            return []
        samples = [sample for sample in self._scores.samples(period) if not sample.dropped]
        return sorted((self._row(sample, listener) for sample in samples), key=_order)

    def agreement(self, since: datetime, until: datetime) -> Agreed | None:
        """Of the second opinions in this time; None where there is none."""
        scores = self._scores.between(since, until)
        told = agreement_of(scores)
        return Agreed(told, by_question(answers_of(second_opinions(scores)))) if told is not None else None

    def agents(self) -> Sequence[str]:
        """Work numbers of those whose calls are scored: the agents on the list of staff."""
        return sorted(
            person.number for person in self._residents.staff() if person.duty is Duty.AGENT and person.active
        )

    def _row(self, sample: Sample, listener: Listener) -> SampleRow:
        scores = self._scores.of_call(sample.call_id)
        final = next((score for score in scores if score.state is ScoreState.FINAL), None)
        score = final or next(iter(scores), None)
        return SampleRow(sample, self._calls.get(sample.call_id), score, is_unswayed(scores, listener.agent))


def _order(row: SampleRow) -> tuple[str, bool, str, str]:
    return row.sample.agent, row.sample.rule != RANDOM, row.sample.rule, row.sample.call_id
