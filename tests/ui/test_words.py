from enum import Enum

import pytest

from desk.domain.agent_state import AgentState
from desk.domain.availability import Forward
from desk.domain.call_log import Outcome
from desk.domain.calls import Phase
from desk.domain.certificates import CertificateFault
from desk.domain.estate import Duty, Role
from desk.domain.tickets import Kind, Priority, Stage
from desk.domain.troubles import Trouble
from desk.ui import words
from desk.ui.telephone import phone_words

TABLES = [
    (Kind, words.kind),
    (Priority, words.priority),
    (Stage, words.stage),
    (Role, words.role),
    (Duty, words.duty),
    (AgentState, phone_words.agent_state),
    (Forward, phone_words.forward),
    (Outcome, words.outcome),
]


@pytest.mark.parametrize(("values", "say"), TABLES, ids=lambda x: getattr(x, "__name__", ""))
def test_every_value_has_a_name_of_its_own(values: type[Enum], say) -> None:  # type: ignore[no-untyped-def]
    said = [say(value) for value in values]
    assert all(said)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_of_a_call_has_a_name(phase: Phase) -> None:
    assert words.phase(phase, incoming=True)
    assert words.phase(phase, incoming=False)


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_says_what_is_wrong_and_what_to_do(trouble: Trouble) -> None:
    said = words.trouble(trouble)
    assert said.what
    assert not said.what.endswith(".")
    assert said.to_do.endswith(".")


@pytest.mark.parametrize("reason", ["no_such_call", "not_now", "bad_number", "line_deaf", "no_device", "failed", "?"])
def test_every_refusal_is_a_sentence(reason: str) -> None:
    assert phone_words.refusal("Dial", reason).endswith((".", "…"))


@pytest.mark.parametrize("fault", CertificateFault)
def test_every_fault_of_a_certificate_has_words(fault: CertificateFault) -> None:
    assert phone_words.line_reason(0, fault.value) not in ("", fault.value)


def test_a_tag_nobody_knows_is_shown_as_it_is() -> None:
    assert words.tag("养狗") == "养狗"
