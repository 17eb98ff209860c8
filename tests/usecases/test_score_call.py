"""Scoring a call: the machine proposes, a supervisor decides, a second one gives an opinion, the agent may answer."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from desk.domain.agreement import agreement_of
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.identity import CallId, TicketId
from desk.domain.listening import Access, Listener, Role
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.domain.scores import Score, ScoreState
from desk.domain.sheets import Band, Fact, Fatal, Question, Section, Sheet
from desk.domain.spans import span_text
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.fakes_ticket_page import FakeTrails
from desk.usecases.fakes_work import FakePromises
from desk.usecases.score_call import REMARKS_MAX, ScoreCall, ScoreRefused, Subject, WhyNot

BEGAN = datetime(2026, 11, 20, 8, tzinfo=UTC)
SHEET = Sheet(
    "general",
    "1",
    "通用",
    (
        Section(
            "opening",
            "开头",
            (Question("in_time", "及时", 1, 5, Fact.GREETING_S, (Band(3, 5),)), Question("tone", "语气", 1, 5)),
        ),
    ),
    (Fatal("rude", "辱骂"), Fatal("dead_air", "冷场", Fact.LONGEST_SILENCE_S, 60)),
)
CALL = CallEntry(
    CallId("c1"), "热线", Direction.INCOMING, "138", "138", "", "", BEGAN, "S01", "1001", Outcome.ANSWERED,
    BEGAN, BEGAN + timedelta(seconds=60),
)  # fmt: skip
RECORDING = RecordingEntry(
    CallId("c1"),
    RecordingKept.KEPT,
    length_ms=60_000,
    spans=(span_text(0, BEGAN),),
    agent_first_ms=1_500,
    longest_silence_ms=61_000,
    long_silences=("1.0 61.0",),
)
SUBJECT = Subject(CALL, RECORDING, ())
TICKET = Ticket(
    TicketId("t1"), "20261120-S01-1", Kind.REPAIR, "repair.water", Priority.NORMAL, Stage.REGISTERED, "漏水",
    BEGAN + timedelta(seconds=50), "1001", "S01", call_id=CALL.call_id,
)  # fmt: skip
BOSS, OTHER_BOSS = Listener("9001", Role.SUPERVISOR), Listener("9002", Role.SUPERVISOR)
AGENT = Listener("1001", Role.AGENT)


@dataclass
class Scene:
    store: FakeStore = field(default_factory=FakeStore)
    accesses: list[tuple[Access, str, str]] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=lambda: [SHEET])
    former: list[Sheet] = field(default_factory=list)

    def __post_init__(self) -> None:
        numbers, minutes = count(1), count(1)
        self.clock = lambda: BEGAN + timedelta(days=1, minutes=next(minutes))
        author = FakeAuthor("9001", "S01", self.clock, lambda: f"change{next(numbers):03}")
        self.score = ScoreCall(
            self.store.scores,
            self.store,
            author,
            self.clock,
            lambda: f"score{next(numbers):03}",
            lambda: self.sheets,
            lambda: self.former,
            FakeTrails(self.store),
            FakePromises(self.store).given_in,
            lambda *access: self.accesses.append(access),
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_fresh_paper_holds_what_the_machine_knows_and_writes_nothing(scene: Scene) -> None:
    paper = scene.score.begin(SUBJECT, BOSS)
    assert paper.answers == paper.proposed == {"opening.in_time": 5}
    assert paper.proposed_fatal == ("dead_air",)
    assert paper.points_x10 is None
    assert paper.facts[Fact.GREETING_S] == 1.5
    assert not scene.store.changes


def test_what_the_machine_knows_of_the_ticket_is_what_stood_when_the_call_ended(scene: Scene) -> None:
    """Scored a day later, when it is closed; and of a ticket of another call, nothing."""
    then, later = (
        FakeAuthor("1001", "S01", lambda: BEGAN + timedelta(seconds=50), lambda: "a"),
        FakeAuthor("1001", "S01", lambda: BEGAN + timedelta(hours=4), lambda: "b"),
    )
    appointed = replace(TICKET, appointment_start=BEGAN + timedelta(hours=2))
    scene.store.append([then.change("ticket", TICKET.ticket_id, patch_of(appointed, "ticket_id"))])
    scene.store.append([later.change("ticket", TICKET.ticket_id, {"stage": "closed", "appointment_start": None})])
    facts = scene.score.begin(replace(SUBJECT, tickets=(replace(TICKET, stage=Stage.CLOSED),)), BOSS).facts
    assert (facts[Fact.FORM_COMPLETE], facts[Fact.FOLLOW_UP_PROMISED]) == (1.0, 1.0)
    chased = replace(CALL, ticket_id=TICKET.ticket_id)
    other = replace(SUBJECT, call=chased, tickets=(replace(TICKET, call_id=CallId("another")),))
    assert not {Fact.FORM_COMPLETE, Fact.FOLLOW_UP_PROMISED} & set(scene.score.begin(other, BOSS).facts)


def test_a_draft_is_found_again_by_whoever_left_it_and_by_nobody_else(scene: Scene) -> None:
    paper = scene.score.begin(SUBJECT, BOSS)
    saved = scene.score.save(paper.score, {"opening.in_time": 4}, (), " 再听一遍 ")
    again = scene.score.begin(SUBJECT, BOSS)
    assert (again.score, again.answers, again.score.remarks) == (saved, {"opening.in_time": 4}, "再听一遍")
    assert scene.score.begin(SUBJECT, OTHER_BOSS).score.score_id != saved.score_id


def test_a_final_score_has_its_points_is_on_record_and_stays(scene: Scene) -> None:
    paper = scene.score.begin(SUBJECT, BOSS)
    final = scene.score.finish(paper.score, SUBJECT, {"opening.in_time": 5, "opening.tone": 3}, (), "")
    assert (final.state, final.points_x10) == (ScoreState.FINAL, 800)
    assert scene.store.scores.of_call(CALL.call_id) == [final]
    assert scene.accesses == [(Access.SCORED, "c1", "80.0")]
    for score in (paper.score, final):
        with pytest.raises(ScoreRefused) as refused:
            scene.score.save(score, {}, (), "")
        assert refused.value.why is WhyNot.FINAL
    assert scene.store.scores.of_call(CALL.call_id) == [final]


def test_a_fatal_error_needs_no_other_answer_and_leaves_no_points(scene: Scene) -> None:
    paper = scene.score.begin(SUBJECT, BOSS)
    assert scene.score.finish(paper.score, SUBJECT, {}, ("rude",), "").points_x10 == 0


def test_an_unanswered_question_keeps_it_a_draft(scene: Scene) -> None:
    paper = scene.score.begin(SUBJECT, BOSS)
    with pytest.raises(ScoreRefused) as refused:
        scene.score.finish(paper.score, SUBJECT, {"opening.tone": 3}, (), "")
    assert refused.value.why is WhyNot.NOT_COMPLETE
    assert not scene.store.changes


def test_a_second_opinion_is_somebody_elses_and_shows_how_far_both_agree(scene: Scene) -> None:
    first = scene.score.finish(
        scene.score.begin(SUBJECT, BOSS).score, SUBJECT, {"opening.in_time": 5, "opening.tone": 3}, (), ""
    )
    with pytest.raises(ScoreRefused) as refused:
        scene.score.begin(SUBJECT, BOSS, second_of=first.score_id)
    assert refused.value.why is WhyNot.OWN_SCORE
    paper = scene.score.begin(SUBJECT, OTHER_BOSS, second_of=first.score_id)
    assert paper.answers == {"opening.in_time": 5}  # the machine's, not the first person's
    scene.score.finish(paper.score, SUBJECT, {"opening.in_time": 5, "opening.tone": 5}, (), "")
    agreed = agreement_of(scene.store.scores.of_call(CALL.call_id))
    assert agreed is not None
    assert (agreed.calls, agreed.same, agreed.points_apart) == (1, 0.5, 20.0)
    assert agreement_of([first]) is None


@pytest.mark.parametrize(
    ("listener", "why"),
    [(AGENT, WhyNot.SUPERVISORS_ONLY), (Listener("1001", Role.SUPERVISOR), WhyNot.OWN_CALL)],
)
def test_agents_do_not_score_and_nobody_their_own_call(scene: Scene, listener: Listener, why: WhyNot) -> None:
    with pytest.raises(ScoreRefused) as refused:
        scene.score.begin(SUBJECT, listener)
    assert refused.value.why is why


def test_the_agent_sees_it_and_answers(scene: Scene) -> None:
    final = scene.score.finish(
        scene.score.begin(SUBJECT, BOSS).score, SUBJECT, {"opening.in_time": 5, "opening.tone": 1}, (), ""
    )
    scene.score.seen(final, BOSS)
    assert scene.store.scores.of_call(CALL.call_id)[0].seen_at is None
    scene.score.seen(final, AGENT)
    scene.score.reply(final, AGENT, " 当时线路有杂音 ")
    (kept,) = scene.store.scores.of_call(CALL.call_id)
    assert kept.seen_at is not None
    assert kept.reply == "当时线路有杂音"
    assert kept.points_x10 == final.points_x10


def test_nobody_else_answers_for_the_agent_and_a_draft_has_nothing_to_answer(scene: Scene) -> None:
    draft = scene.score.save(scene.score.begin(SUBJECT, BOSS).score, {}, (), "")
    for score, listener in ((draft, AGENT), (replace(draft, state=ScoreState.FINAL), BOSS)):
        with pytest.raises(ScoreRefused) as refused:
            scene.score.reply(score, listener, "x")
        assert refused.value.why is WhyNot.NOT_YOURS


def test_remarks_beyond_reason_are_refused(scene: Scene) -> None:
    with pytest.raises(ScoreRefused) as refused:
        scene.score.save(scene.score.begin(SUBJECT, BOSS).score, {}, (), "长" * (REMARKS_MAX + 1))
    assert refused.value.why is WhyNot.TOO_LONG
    assert not scene.store.changes


def test_without_a_sheet_there_is_no_score(scene: Scene) -> None:
    scene.sheets = []
    with pytest.raises(ScoreRefused) as refused:
        scene.score.begin(SUBJECT, BOSS)
    assert refused.value.why is WhyNot.NO_SHEET


# The sheet of a year later: another weight for the tone, another question beside it, and a scale that ends elsewhere.
NEWER = replace(
    SHEET,
    version="2",
    sections=(
        replace(
            SHEET.sections[0],
            questions=(Question("in_time", "及时", 1, 10), Question("tone", "语气", 9), Question("name", "报工号")),
        ),
    ),
)


def scored(scene: Scene) -> Score:
    draft = scene.score.begin(SUBJECT, BOSS).score
    return scene.score.finish(draft, SUBJECT, {"opening.in_time": 5, "opening.tone": 3}, (), "")


def test_an_old_score_is_read_with_the_sheet_it_was_made_by(scene: Scene) -> None:
    final = scored(scene)
    scene.sheets, scene.former = [NEWER], [SHEET]
    paper = scene.score.paper(final, SUBJECT)
    assert (paper.sheet, paper.sheet_then) == (SHEET, "")
    assert paper.proposed == {"opening.in_time": 5}
    assert paper.points_x10 == final.points_x10


def test_where_its_version_is_away_an_old_score_says_so_and_proposes_nothing(scene: Scene) -> None:
    final = scored(scene)
    scene.sheets = [NEWER]
    paper = scene.score.paper(final, SUBJECT)
    assert (paper.sheet, paper.sheet_then) == (NEWER, "1")
    assert not paper.proposed
    assert not paper.proposed_fatal
    assert (paper.answers, paper.points_x10) == ({"opening.in_time": 5, "opening.tone": 3}, final.points_x10)


@pytest.mark.parametrize(("former", "tone"), [([SHEET], {"opening.tone": 3}), ([], {})])
def test_a_draft_comes_to_todays_sheet_with_the_answers_whose_questions_stayed(
    scene: Scene, former: list[Sheet], tone: dict[str, int]
) -> None:
    begun = scene.score.begin(SUBJECT, BOSS).score
    draft = scene.score.save(begun, {"opening.in_time": 5, "opening.tone": 3}, ("rude",), "语速快")
    scene.sheets, scene.former = [NEWER], former
    paper = scene.score.begin(SUBJECT, BOSS)
    assert (paper.score.score_id, paper.score.sheet_version, paper.sheet_then) == (draft.score_id, "2", "1")
    assert paper.answers == tone
    assert paper.score.fatal == (("rude",) if former else ())
    assert paper.score.remarks == "语速快"
    whole = {"opening.in_time": 10, "opening.tone": 5, "opening.name": 5}
    assert scene.score.finish(paper.score, SUBJECT, whole, (), "").sheet_version == "2"


def test_a_draft_of_another_version_does_not_become_final_under_its_name(scene: Scene) -> None:
    draft = scene.score.begin(SUBJECT, BOSS).score
    scene.sheets = [NEWER]
    whole = {"opening.in_time": 10, "opening.tone": 5, "opening.name": 5}
    with pytest.raises(ScoreRefused) as refused:
        scene.score.finish(draft, SUBJECT, whole, (), "")
    assert refused.value.why is WhyNot.SHEET_CHANGED


def test_opinions_by_two_versions_of_a_sheet_are_not_compared(scene: Scene) -> None:
    first = scored(scene)
    second = replace(first, score_id="s2", scored_by="9002", second_of=first.score_id)
    assert agreement_of([first, second]) is not None
    assert agreement_of([first, replace(second, sheet_version="2")]) is None
