"""What the replay window shows, without Qt."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.call_log import RecordingEntry, RecordingKept
from desk.domain.call_search import CallHit, CallQuery, Recorded
from desk.domain.evidence import SoundForm
from desk.domain.identity import CallId
from desk.domain.listening import Access, Comment, Listening
from desk.ui.replay import action_words, chip_words, filters_presenter, pages_presenter, rows_presenter
from desk.ui.replay.filters_presenter import CHOICES, Filters, What
from desk.ui.search_trail import SearchTrail
from desk.usecases.call_phrases import Sought
from desk.usecases.comment_call import WhyNot
from desk.usecases.evidence import EvidenceRefused
from desk.usecases.legal_hold import HoldRefused, NoHold
from desk.usecases.ports import StoreFull
from desk.usecases.recording_ports import Cancelled, LoadBrokeOff, RecordingAway, StreamBroken, VaultAway
from desk.usecases.search_calls import FoundCall
from tests.ui import seat
from tests.ui.harness import ZONE
from tests.ui.seat import NOW

KEPT = RecordingEntry(CallId("c-old"), RecordingKept.KEPT, length_ms=60_000)


def found(recording: RecordingEntry | None = KEPT) -> FoundCall:
    return FoundCall(CallHit(seat.past_call(), recording, None, 550), "138 0013 8000", "王建国", "5栋2单元203")


def test_a_line_names_the_place_the_person_and_the_number() -> None:
    line = rows_presenter.line(found(), lambda _code: "", NOW, ZONE)
    assert line.who == "5栋2单元203 · 王建国 · 138 0013 8000"
    assert (line.score, line.score_tone) == ("55", "danger")
    assert line.text == "1001 · 3:00"


@pytest.mark.parametrize(
    ("changed", "icon"),
    [
        ({"hold_ms": 45_000}, "pause-circle"),
        ({"longest_silence_ms": 14_000}, "speaker-simple-none"),
        ({"legal_hold": True}, "lock-simple-fill"),
        ({"interrupted": True}, "warning"),
        ({"deleted_at": NOW}, "trash"),
        ({"kept": RecordingKept.MISSING, "why": "disk full"}, "warning-circle"),
    ],
)
def test_what_is_worth_a_look_has_a_sign_with_words(changed: dict[str, object], icon: str) -> None:
    signs = rows_presenter.signs(seat.past_call(), replace(KEPT, **changed))  # type: ignore[arg-type]
    assert [sign.icon for sign in signs] == [icon]
    assert signs[0].words


def test_a_recording_without_a_key_here_has_a_sign_and_says_where_it_can_be_heard() -> None:
    shown = replace(found(KEPT), opens_here=False)
    sign = rows_presenter.line(shown, lambda _code: "", NOW, ZONE).signs[-1]
    assert "no key at this seat" in sign.words
    assert sign.words in [fact.text for fact in rows_presenter.facts(shown, ZONE)]
    assert "key" not in [one.icon for one in rows_presenter.line(found(KEPT), lambda _code: "", NOW, ZONE).signs]


def test_points_are_told_to_nobody_who_may_still_judge_unswayed() -> None:
    scored = found(KEPT)
    scored = replace(scored, hit=replace(scored.hit, points_x10=865))
    assert rows_presenter.line(scored, lambda _code: "", NOW, ZONE).score == "86.5"
    unswayed = replace(scored, unswayed=True)
    line = rows_presenter.line(unswayed, lambda _code: "", NOW, ZONE)
    assert (line.score, line.score_tone) == ("scored", "")
    assert "86.5" not in [fact.text for fact in rows_presenter.facts(unswayed, ZONE)]


def test_a_call_that_nobody_answered_misses_no_recording() -> None:
    entry = RecordingEntry(CallId("c"), RecordingKept.MISSING, "not answered")
    assert rows_presenter.missing_sign(entry, answered=False) is None


def test_the_facts_tell_what_was_heard_and_who_deleted_it() -> None:
    heard = replace(KEPT, caller_talk_ms=9_000, agent_talk_ms=8_000, hold_count=2, hold_ms=30_000, chain_place=7)
    gone = replace(heard, deleted_at=NOW, deleted_by="9001", deleted_why="90 days")
    told = {fact.name: fact.text for fact in rows_presenter.facts(found(gone), ZONE)}
    assert told["Spoke"] == "caller 0:09, agent 0:08, both at once 0:00"
    assert told["On hold"] == "2 times, 0:30 in all"
    assert told["Deleted"].endswith("by 9001: 90 days")


def test_a_search_for_a_number_is_told_once_until_another_is_searched_for() -> None:
    told: list[str] = []
    trail = SearchTrail(told.append)
    for numbers in (("138",), ("138",), ("138", "139"), (), ("138",)):
        trail.found(numbers)
    assert told == ["138", "139", "138"]


def test_what_could_not_be_put_on_record_is_tried_again() -> None:
    told: list[str] = []

    def note(number: str) -> None:
        told.append(number)
        if len(told) == 1:
            raise StoreFull

    trail = SearchTrail(note)
    with pytest.raises(StoreFull):
        trail.found(("138",))
    trail.found(("138",))
    assert told == ["138", "138"]


def test_filters_become_a_query() -> None:
    texts = {
        What.SINCE: "11-20", What.AGENTS: "1001, 1002", What.CATEGORY: "repair.x", What.KIND: "repair",
        What.LEAST_LENGTH: "60", What.MOS: "3.1", What.RECORDED: "missing", What.LEGAL_HOLD: "yes", What.SCORED: "no",
    }  # fmt: skip
    read = filters_presenter.read(Filters(texts), NOW, ZONE, lambda code: code == "repair.x")
    assert read.wrong == {}
    query = read.query
    assert query.since == datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert (query.agents, query.categories, query.least_length_s) == (("1001", "1002"), ("repair.x",), 60)
    assert (query.most_mos_x100, query.recorded, query.legal_hold, query.scored) == (310, Recorded.MISSING, True, False)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (What.SINCE, "11-31"),
        (What.HOLD, "4x"),
        (What.MOST_SCORE, "101"),
        (What.MOS, "9"),
        (What.CATEGORY, "nothing of ours"),
    ],
)
def test_a_filter_that_cannot_be_read_is_told_and_narrows_nothing_down(what: What, text: str) -> None:
    read = filters_presenter.read(Filters({what: text}), NOW, ZONE, lambda _code: False)
    assert read.query == CallQuery()
    assert set(read.wrong) == {what}


@given(st.dictionaries(st.sampled_from([what for what in What if what not in CHOICES]), st.text(max_size=12)))
def test_no_text_breaks_the_filters(texts: dict[What, str]) -> None:
    read = filters_presenter.read(Filters(texts), NOW, ZONE, lambda _code: False)
    assert set(read.wrong) <= set(texts)


def test_every_filter_choice_and_reading_has_words() -> None:
    assert all(filters_presenter.label(what) for what in What)
    assert all(words for what in CHOICES for _value, words in filters_presenter.choices(what))
    assert all(chip_words.sought(sought) for sought in Sought)
    assert all(pages_presenter.access(access) for access in Access)
    assert all(pages_presenter.comment_refused(why).endswith(".") for why in WhyNot)
    assert all(action_words.form(form) for form in SoundForm)


@pytest.mark.parametrize(
    "error",
    [
        Cancelled(), StoreFull(), RecordingAway("x"), VaultAway("x"), StreamBroken("x"), LoadBrokeOff("x"),
        OSError(28, "no space"), EvidenceRefused(None), EvidenceRefused(None, replace(KEPT, deleted_at=NOW)),
        *(HoldRefused(why) for why in NoHold),
    ],
)  # fmt: skip
def test_every_failure_of_an_action_has_words(error: Exception) -> None:
    assert len(action_words.failed(error)) > 10


def test_a_vault_that_stopped_answering_is_not_told_as_a_change() -> None:
    assert "was changed after" in action_words.failed(StreamBroken("x"))
    told = action_words.failed(LoadBrokeOff("x"))
    assert "was changed after" not in told
    assert "again" in told


def test_a_bug_has_no_words_and_stays_loud() -> None:
    assert action_words.failed(ZeroDivisionError()) == ""


def test_remarks_and_listenings_are_rows() -> None:
    remark = Comment("r1", CallId("c"), 65_000, "语气生硬", "9001", NOW)
    (row,) = pages_presenter.comment_rows([remark], NOW, ZONE)
    assert (row.lead, row.text, row.target) == ("1:05", "语气生硬", "r1")
    entry = Listening("l1", Access.PLAYED, "9001", "S01", NOW, CallId("c"), "", 0, 61_000)
    refused = replace(entry, access=Access.REFUSED, detail="play: not_yours")
    newest, oldest = pages_presenter.listening_rows([entry, refused], NOW, ZONE)
    assert (oldest.lead, oldest.text) == ("Heard", "from 0:00 to 1:01")
    assert (newest.lead, newest.text) == ("Refused", "hear, refused: not their own call")
