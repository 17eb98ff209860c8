"""Every diagnosis has words, in both languages, and an estimate has one."""

import pytest

from desk.domain.diagnosis import Diagnosis
from desk.ui.beside import quality_words


def test_every_diagnosis_has_a_sentence_and_a_short_form() -> None:
    for table in (quality_words.diagnosis, quality_words.short_diagnosis):
        words = [table(value) for value in Diagnosis if value is not Diagnosis.NONE]
        assert table(Diagnosis.NONE) == ""
        assert all(words)
        assert len(set(words)) == len(words)


@pytest.mark.parametrize(("mos", "word"), [(4.4, "Good"), (4.03, "Good"), (3.9, "Fair"), (3.0, "Poor"), (None, "")])
def test_an_estimate_has_a_word(mos: float | None, word: str) -> None:
    assert quality_words.mos_word(mos) == word
