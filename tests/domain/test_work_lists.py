"""Work lists: their contents and their keys."""

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.what_next import What
from desk.domain.work_lists import CONTENTS, Check, WorkList, key_of, read_key, runs


@given(st.lists(st.sampled_from(("", "b1", "b2")), max_size=20))
def test_runs_lead_back_to_each_rows_group(groups: list[str]) -> None:
    spread, start = list[str](), 0
    for group, end in runs(groups):
        assert end > start
        spread += [group] * (end - start)
        start = end
    assert spread == groups


def test_every_list_has_contents_and_every_check_is_asked() -> None:
    assert set(CONTENTS) == set(WorkList)
    asked = {check for lines in CONTENTS.values() for line in lines for check in line.checks}
    assert asked == set(Check)


@given(st.sampled_from(What), st.text(max_size=40))
def test_a_key_leads_back_to_its_thing(what: What, about_id: str) -> None:
    assert read_key(key_of(what, about_id)) == (what, about_id)
