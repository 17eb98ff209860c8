"""What `[recording]` may say, and what is answered to the rest."""

from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.settings.checks_recording import is_recipient, problem
from desk.settings.recording_values import RecordingSettings
from desk.settings.values import Settings

GOOD = str(pyrage.x25519.Identity.generate().to_public())


def settings(**recording: object) -> Settings:
    return Settings(data_dir=Path("/data"), recording=replace(RecordingSettings(), **recording))  # type: ignore[arg-type]


def test_what_is_shipped_and_what_a_hotline_would_set_is_well() -> None:
    assert problem(settings()) is None
    assert problem(settings(recipients=(GOOD,), overflow_folder="/other/spool", mirror=True, own_days=0)) is None


@pytest.mark.parametrize(
    ("key", "recording"),
    [
        ("bitrate", {"bitrate": 7_999}),
        ("own_days", {"own_days": -1}),
        ("own_days", {"own_days": 4000}),
        ("warn_free_mb", {"warn_free_mb": -5}),
        ("recipients", {"recipients": ("ssh-ed25519 AAAA",)}),
        ("recipients", {"recipients": (GOOD, GOOD)}),
        ("recipients", {"recipients": ("AGE-SECRET-KEY-1QQQ",)}),
        ("recipients", {"recipients": tuple(GOOD for _ in range(21))}),
        ("mirror", {"mirror": True}),
        ("folder", {"folder": "a\0b"}),
        ("overflow_folder", {"overflow_folder": "spool"}),
        ("overflow_folder", {"overflow_folder": "/data"}),
        ("overflow_folder", {"overflow_folder": "/data/spool"}),
        ("overflow_folder", {"overflow_folder": "/data/recordings"}),
    ],
)
def test_what_cannot_be_is_told_at_its_key(key: str, recording: dict[str, object]) -> None:
    found = problem(settings(**recording))
    assert found is not None
    assert found[0] == f"recording.{key}"


def test_every_recipient_that_age_makes_is_one() -> None:
    for _ in range(50):
        assert is_recipient(str(pyrage.x25519.Identity.generate().to_public()))


@given(st.integers(4, 61), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l1bioAQ "))
def test_one_wrong_letter_is_found(place: int, letter: str) -> None:
    changed = GOOD[:place] + letter + GOOD[place + 1 :]
    assert is_recipient(changed) == (changed == GOOD)


@given(st.text(max_size=80))
def test_no_text_breaks_the_check(text: str) -> None:
    assert is_recipient(text) in (True, False)
