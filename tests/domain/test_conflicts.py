"""What two people wrote without seeing each other's."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.changes import Change, FieldValue, Patch, fold
from desk.domain.conflicts import ASPECTS, Conflict, Findings, find, has_seen, standing_stage
from desk.domain.identity import ChangeId

AT = datetime(2026, 11, 22, 2, 42, tzinfo=UTC)


def made(number: int, patch: Patch, author: str = "1001", seat: str = "", base: int = 0, seq: int = 0) -> Change:
    """`seq` 0: not ordered yet. The seat is the author's own unless it is said."""
    name = ChangeId(f"01900000-0000-7000-8000-{number:012x}")
    return Change(name, "ticket", "t1", AT, author, seat or f"S{author}", patch, "", base, seq or None)


FILED = made(1, {"stage": "registered", "place_text": "301", "household_id": "h301", "description": ""}, seq=1)


def look(*changes: Change) -> Findings:
    return find("ticket", "t1", (FILED, *changes))


def only(*changes: Change) -> Conflict:
    (conflict,) = look(*changes).conflicts
    return conflict


def test_the_second_of_two_who_did_not_see_each_other_stands_and_the_first_is_kept() -> None:
    mine = made(2, {"description": "漏水"}, base=1, seq=2)
    theirs = made(3, {"description": "停水"}, "1002", base=1, seq=3)
    conflict = only(theirs, mine)
    assert conflict.aspect == "description"
    assert conflict.stands.values == {"description": "停水"}
    assert [(v.author, dict(v.values)) for v in conflict.others] == [("1001", {"description": "漏水"})]
    assert conflict.is_final


def test_who_has_seen_the_other_overwrites_it_knowingly() -> None:
    mine = made(2, {"description": "漏水"}, base=1, seq=2)
    theirs = made(3, {"description": "停水"}, "1002", base=2, seq=3)
    assert look(mine, theirs) == Findings((), ())


def test_two_who_write_the_same_agree() -> None:
    mine = made(2, {"description": "漏水"}, base=1, seq=2)
    theirs = made(3, {"description": "漏水"}, "1002", base=1, seq=3)
    assert not look(mine, theirs).conflicts


def test_two_who_write_different_things_do_not_meet() -> None:
    mine = made(2, {"description": "漏水"}, base=1, seq=2)
    theirs = made(3, {"contact_number": "13800138000"}, "1002", base=1, seq=3)
    assert not look(mine, theirs).conflicts


def test_half_a_place_is_never_mixed_with_half_of_another() -> None:
    mine = made(2, {"place_text": "大堂"}, base=1, seq=2)
    theirs = made(3, {"household_id": "h302"}, "1002", base=1, seq=3)
    conflict = only(mine, theirs)
    assert conflict.aspect == "place"
    (lost,) = conflict.others
    assert (lost.values["place_text"], lost.values["household_id"]) == ("大堂", "h301")
    assert (conflict.stands.values["place_text"], conflict.stands.values["household_id"]) == ("301", "h302")


def test_who_agreed_to_a_place_unseen_by_whoever_corrected_it_has_not_agreed_to_the_other() -> None:
    agreed = made(2, {"read_back_at": "2026-11-22T02:42:00.000000Z"}, base=1, seq=3)
    corrected = made(3, {"place_text": "302", "household_id": "h302"}, "1002", base=1, seq=2)
    conflict = only(agreed, corrected)
    assert conflict.aspect == "place"
    assert {version.values["place_text"] for version in conflict.versions} == {"301", "302"}


def test_what_was_made_at_one_seat_was_seen_there_before_the_centre_ordered_it() -> None:
    mine = made(2, {"description": "漏水"}, "1001", "S01", base=1)
    next_shift = made(3, {"description": "停水"}, "1002", "S01", base=1)
    assert not look(mine, next_shift).conflicts


def test_the_same_person_at_another_seat_loses_nothing_either() -> None:
    here = made(2, {"description": "漏水"}, "1001", "S01", base=1, seq=3)
    there = made(3, {"description": "停水"}, "1001", "S02", base=1, seq=2)
    assert only(here, there).others[0].seat == "S02"


def test_a_conflict_shows_before_the_centre_has_ordered_the_last_word() -> None:
    theirs = made(2, {"description": "停水"}, "1002", base=1, seq=2)
    mine = made(3, {"description": "漏水"}, base=1)
    conflict = only(theirs, mine)
    assert conflict.stands.author == "1001"
    assert not conflict.is_final


def test_it_is_settled_by_whoever_has_seen_both() -> None:
    mine = made(2, {"description": "漏水"}, base=1, seq=2)
    theirs = made(3, {"description": "停水"}, "1002", base=1, seq=3)
    keeps = made(4, {"description": "漏水"}, base=3, seq=4)
    found = look(mine, theirs, keeps)
    assert not found.conflicts
    (settled,) = found.settlements
    assert (settled.by.author, [v.author for v in settled.versions]) == ("1001", ["1001", "1002"])


def test_who_has_seen_one_of_them_settles_nothing() -> None:
    mine = made(2, {"description": "漏水"}, base=1, seq=2)
    theirs = made(3, {"description": "停水"}, "1002", base=1, seq=3)
    third = made(4, {"description": "漏气"}, "1003", base=2, seq=4)
    conflict = only(mine, theirs, third)
    assert [v.author for v in conflict.versions] == ["1002", "1003"]


def test_only_the_last_word_of_a_seat_is_its_version() -> None:
    first = made(2, {"description": "漏"}, base=1, seq=2)
    second = made(3, {"description": "漏水"}, base=1, seq=3)
    theirs = made(4, {"description": "停水"}, "1002", base=1, seq=4)
    assert [v.values["description"] for v in only(first, second, theirs).versions] == ["漏水", "停水"]


def test_a_row_that_a_store_was_filled_with_is_nobodys_version() -> None:
    row = replace(
        made(0, {"description": "早先", "stage": "registered", "place_text": "301"}, "", "", seq=90),
        change_id=ChangeId("01900000-0000-8000-8000-000000000000"),
    )
    late = made(5, {"description": "漏水"}, "1002", base=4, seq=91)
    assert not find("ticket", "t1", (row, late)).conflicts
    both = (row, late, made(6, {"description": "停水"}, "1003", base=90, seq=92))
    (conflict,) = find("ticket", "t1", both).conflicts
    assert [v.author for v in conflict.versions] == ["1002", "1003"]


def test_the_table_says_which_stage_stands_whoever_came_last() -> None:
    done = made(2, {"stage": "done"}, base=1, seq=2)
    late = made(3, {"stage": "suspended"}, "1002", base=1, seq=3)
    conflict = only(done, late)
    standing = standing_stage(conflict)
    assert conflict.stands.values["stage"] == "suspended"
    assert standing is not None
    assert standing.change_id == done.change_id


def test_a_ticket_that_was_closed_brings_its_end_along_when_its_stage_stands() -> None:
    up = made(2, {"stage": "followed_up"}, base=1, seq=2)
    closed = made(3, {"stage": "closed", "closed_at": "2026-11-22T02:00:00.000000Z"}, base=1, seq=3)
    late = made(4, {"stage": "suspended"}, "1002", base=1, seq=4)
    standing = standing_stage(only(up, closed, late))
    assert standing is not None
    said = {field: value for field, value in standing.values.items() if value is not None}
    assert said == {"stage": "closed", "closed_at": "2026-11-22T02:00:00.000000Z"}


def test_a_settled_stage_keeps_the_strength_of_the_move_that_it_continues() -> None:
    up = made(2, {"stage": "followed_up"}, base=1, seq=2)
    closed = made(3, {"stage": "closed"}, base=1, seq=3)
    late = made(4, {"stage": "suspended"}, "1002", base=1, seq=4)
    settled = made(5, {"stage": "closed"}, "S1002", "S1002", base=3, seq=5)  # by the rules, at the later one's seat
    later_still = made(6, {"stage": "accepted"}, "1003", base=1, seq=6)
    conflict = only(up, closed, late, settled, later_still)
    standing = standing_stage(conflict)
    assert standing is not None
    assert standing.change_id == settled.change_id


def test_a_stage_of_a_newer_version_is_left_to_people() -> None:
    mine = made(2, {"stage": "handed_to_court"}, base=1, seq=2)
    theirs = made(3, {"stage": "done"}, "1002", base=1, seq=3)
    assert standing_stage(only(mine, theirs)) is None


def test_every_aspect_names_fields_that_its_entity_has() -> None:
    from desk.store.entities import ENTITIES

    for entity, aspects in ASPECTS.items():
        for fields in aspects.values():
            assert set(fields) <= set(ENTITIES[entity].kinds)
        written = [field for fields in aspects.values() for field in fields]
        assert len(written) == len(set(written))


# Of what has aspects: what machines write, and what is written once, with the thing itself. Of all else in the log
# nothing is ever written a second time by somebody else.
NOBODY_TYPES_AGAIN = {
    "notice": "written_by written_at incident_id",
    "ticket": "number registered_at registered_by seat call_id typed next_clock next_due_at accept_due_at plan_due_at"
    " progress_due_at follow_up_due_at dispatched_at accepted_at plan_told_at progress_at parent_id incident_id"
    " reopened warning_id notice_id task_due_at close_due_at step late",
    "call": "line direction number lookup_key display_name diversion offered_at seat agent outcome answered_at ended_at"
    " cause reason transferred_to codec mos_mean_x100 mos_worst_x100 mos_worst_at loss_permille jitter_ms round_trip_ms"
    " diagnosis",
    "recording": "kept why file sha256 length_ms interrupted marks codec size_bytes spans chain chain_place seal_hash"
    " vaulted_at caller_first_ms agent_first_ms caller_talk_ms agent_talk_ms both_talk_ms longest_silence_ms"
    " long_silences hold_count hold_ms paused_ms caller_silent agent_silent deleted_at deleted_by deleted_why",
    "task": "ticket_id made_at made_by place dispatched_at accept_due_at accepted_at started_at progress_due_at said"
    " said_at via step round",
    "promise": "made_by made_at number caller_name call_id ticket_id person_id household_id kept_call_id",
    "follow_up": "kind made_at made_by due_at ticket_id person_id household_id number survey_id checks_id questionnaire"
    " version call_id done_by",
    "warning": "ticket_id raised_at raised_by recognised_at estate_id",
    "incident": "building_id category first_at estate_id confirmed_at confirmed_by over_at",
    "article": "updated_at updated_by",
    "question": "text asked_at asked_by due_at category number caller_name call_id ticket_id answered_at answered_by"
    " told_at article_id",
    "duty_turn": "post trade area estate_id",
    "hand_over": "who seat made_at accepted_at",
    "seat_record": "seat pc pc_model pc_serial system processor memory_mb disk_mb desk_version headset headset_serial"
    " lines seen_at checked_at level faults lost_s lost_from lost_at self_checked_at self_check_level",
}
# Each of these is one person's own, or a machine's.
WITHOUT_ASPECTS = frozenset(
    {"listening", "comment", "score", "sample", "message", "attempt", "survey", "stay", "state_span", "seat_check"}
)


def test_what_people_type_into_a_thing_has_an_aspect_so_that_no_typing_is_dropped_unseen() -> None:
    from desk.store.entities import ENTITIES

    assert set(ENTITIES) - set(ASPECTS) == WITHOUT_ASPECTS
    for entity, aspects in ASPECTS.items():
        written = {field for fields in aspects.values() for field in fields}
        left = set(NOBODY_TYPES_AGAIN.get(entity, "").split())
        assert set(ENTITIES[entity].kinds) - written == left, entity


def test_two_supervisors_who_typed_into_the_seat_register_are_both_shown() -> None:
    def typed(number: int, patch: Patch, author: str, seq: int) -> Change:
        return replace(made(number, patch, author, base=1, seq=seq), entity="seat_record", entity_id="s1")

    found = find(
        "seat_record",
        "s1",
        (
            typed(1, {"seat": "S01", "supplier": "甲", "notes": ""}, "S01", 1),
            typed(2, {"supplier": "乙", "notes": "换过电源"}, "2001", 2),
            typed(3, {"supplier": "丙", "price": "4599.00"}, "2002", 3),
        ),
    )
    assert [(one.aspect, [dict(version.values) for version in one.versions]) for one in found.conflicts] == [
        ("supplier", [{"supplier": "乙"}, {"supplier": "丙"}])
    ]


values: st.SearchStrategy[FieldValue] = st.sampled_from(["a", "b", "c"])


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """Three seats that write, and pull now and then; the centre takes everything in the end."""
    changes: list[Change] = []
    cursors = {"1001": 1, "1002": 1, "1003": 1}
    waiting: list[Change] = []
    seq = 1
    for number in range(2, draw(st.integers(3, 12))):
        author = draw(st.sampled_from(sorted(cursors)))
        step = draw(st.sampled_from(["write", "write", "send", "pull"]))
        if step == "write":
            waiting.append(made(number, {"description": draw(values)}, author, base=cursors[author]))
        if step == "send":
            for change in [c for c in waiting if c.author == author]:
                seq += 1
                changes.append(replace(change, central_seq=seq))
                waiting.remove(change)
        if step == "pull":
            cursors[author] = seq
    for change in waiting:
        seq += 1
        changes.append(replace(change, central_seq=seq))
    return changes


@given(histories())
def test_the_same_changes_have_the_same_conflicts_in_whatever_order_they_came(changes: list[Change]) -> None:
    assert look(*changes) == look(*reversed(changes))


@given(histories())
def test_what_stands_is_what_the_row_says(changes: list[Change]) -> None:
    for conflict in look(*changes).conflicts:
        assert conflict.stands.values["description"] == fold((FILED, *changes))["description"]


@given(histories())
def test_no_text_vanishes_that_nobody_has_seen(changes: list[Change]) -> None:
    """Every write that the row does not say was seen by the author of a later one, or says what a later one says, or
    is shown."""
    row = fold((FILED, *changes))["description"]
    shown = {version.change_id for conflict in look(*changes).conflicts for version in conflict.versions}
    for change in changes:
        later = [c for c in changes if (c.central_seq or 0) > (change.central_seq or 0)]
        seen = any(has_seen(c, change) for c in later)
        same = any(c.patch == change.patch for c in later)
        assert seen or same or change.patch["description"] == row or change.change_id in shown


@given(histories(), st.integers(0, 5))
def test_whoever_has_seen_everything_settles_it_by_writing_once(changes: list[Change], which: int) -> None:
    head = max((c.central_seq or 0 for c in changes), default=1)
    for conflict in look(*changes).conflicts:
        version = conflict.versions[which % len(conflict.versions)]
        settles = made(99, version.values, "1009", base=head, seq=head + 1)
        assert not look(*changes, settles).conflicts


def test_three_versions_are_three_whatever_way_they_came() -> None:
    three = [
        made(n, {"priority": p}, a, base=1, seq=n) for n, p, a in ((2, "low", "1"), (3, "high", "2"), (4, "x", "3"))
    ]
    for order in permutations(three):
        assert [v.values["priority"] for v in only(*order).versions] == ["low", "high", "x"]
