"""What `[support]` may say."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk.settings import SettingsError, load
from desk.settings.checks import first_problem
from desk.settings.values import Settings, SupportSettings

HERE = Settings(data_dir=Path("/home/desk/data"), runtime_dir=Path("/run/desk"))
RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


@pytest.mark.parametrize(
    "support",
    [
        SupportSettings(),
        SupportSettings(recipients=(RECIPIENT,), upload="/mnt/it/desk", keep=1),
        SupportSettings(upload="https://it.example.com/desk/"),
        SupportSettings(upload="https://it.example.com:8443/desk", keep=500),
    ],
)
def test_what_can_be_is_taken(support: SupportSettings) -> None:
    assert first_problem(replace(HERE, support=support)) is None


@pytest.mark.parametrize(
    ("support", "key"),
    [
        (SupportSettings(recipients=("age1short",)), "support.recipients"),
        (SupportSettings(recipients=("AGE-SECRET-KEY-1QQQ",)), "support.recipients"),
        (SupportSettings(recipients=(RECIPIENT,) * 21), "support.recipients"),
        (SupportSettings(keep=0), "support.keep"),
        (SupportSettings(keep=501), "support.keep"),
        (SupportSettings(upload="bundles"), "support.upload"),
        (SupportSettings(upload="http://it.example.com/desk"), "support.upload"),
        (SupportSettings(upload="https:///desk"), "support.upload"),
        (SupportSettings(upload="https://me:secret@it.example.com/desk"), "support.upload"),
        (SupportSettings(upload="https://it.example.com:99999/desk"), "support.upload"),
        (SupportSettings(upload="ftp://it.example.com/desk"), "support.upload"),
    ],
)
def test_what_cannot_be_is_named(support: SupportSettings, key: str) -> None:
    problem = first_problem(replace(HERE, support=support))
    assert problem is not None
    assert problem[0] == key


def test_it_is_read_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'[support]\nrecipients = ["{RECIPIENT}"]\nkeep = 5\n', encoding="utf-8")
    assert load(file).support == SupportSettings(recipients=(RECIPIENT,), keep=5)
    file.write_text('[support]\nrecipient = "age1"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="recipient"):
        load(file)
