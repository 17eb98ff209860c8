"""Whatever a message between Desk's processes holds, its note holds nobody: every field of every message that is noted
is filled with somebody's name, number or home, and none of them comes out."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk import wire
from desk.domain import commands
from desk.support.from_messages import _TABLE, note_of
from tests.support.making import HOMES, NAMES, NUMBERS, TYPED

# Fields that are words of Desk's own or of its settings: codes, states, the line's label, its server.
OURS = frozenset({"call_id", "line", "registrar", "codec", "command", "reason", "trouble", "doing", "process"})
CHINESE_AND_NUMBERS = (*NAMES[:2], *HOMES[:2], *TYPED, *NUMBERS)
QUOTED = tuple(f"'{name}'" for name in (*NAMES[2:4], HOMES[2]))


@pytest.fixture(scope="module", autouse=True)
def every_text_is_somebody() -> Iterator[None]:
    st.register_type_strategy(str, st.sampled_from((*CHINESE_AND_NUMBERS, *QUOTED)))
    yield
    st.register_type_strategy(str, st.text())


def texts(name: str, value: Any) -> Iterator[str]:
    """All texts in a note's field but those of our own."""
    if name in OURS:
        return
    if isinstance(value, dict):
        for key, one in value.items():
            yield from texts(str(key), one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(name, one)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("kind", sorted(_TABLE, key=str))
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_nobody_comes_out_of_a_message(kind: type, data: st.DataObject) -> None:
    noted = note_of(data.draw(st.from_type(kind)))
    assert noted is not None
    said = " ".join(texts("", noted[1]))
    assert not [one for one in (*CHINESE_AND_NUMBERS, *NAMES[2:4], HOMES[2]) if one in said]


def test_what_travels_to_be_done_or_to_prove_somebody_is_not_noted() -> None:
    asked = {kind for kind in wire.TYPES.values() if issubclass(kind, commands.Command)}
    of_people = {wire.SignIn, wire.ChangePassword, wire.SitsHere, wire.Seated, wire.DialRequested, wire.FindCalls}
    assert not (asked | of_people) & set(_TABLE)
