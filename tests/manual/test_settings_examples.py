"""Every example of a settings file in the manual is one that a seat starts with."""

import dataclasses
import tomllib
from pathlib import Path

from desk.settings import Settings, SettingsError, load
from tools.manual.blocks import examples, pages

_ARRAYS = {"lines": "line", "channels": "channel"}
TABLES = {_ARRAYS.get(field.name, field.name) for field in dataclasses.fields(Settings)}
# What the examples name and a computer that tries them has not got.
_FILES = {"/etc/desk/ca.pem": "ca.pem", "C:/ProgramData/Desk/ca.crt": "ca.crt"}
# What an example leans on and its page has elsewhere.
_ELSEWHERE = {
    "line": '\n[[line]]\nlabel = "GSM"\n',
    "channel": '\n[[channel]]\nname = "短信"\nsends = false\n[[channel]]\nname = "投诉群"\nsends = false\n',
}


def test_a_seat_takes_every_example_of_settings(tmp_path: Path) -> None:
    for name in _FILES.values():
        (tmp_path / name).write_text("-----BEGIN CERTIFICATE-----\n")
    wrong, tried = {}, 0
    for page in pages():
        for text in examples(page):
            if not tomllib.loads(text).keys() <= TABLES:
                continue  # of another file
            if "…" in text or "..." in text:
                continue  # cut short, for the eye
            text += "".join(more for name, more in _ELSEWHERE.items() if name not in tomllib.loads(text))
            for shown, name in _FILES.items():
                text = text.replace(shown, (tmp_path / name).as_posix())
            file = tmp_path / "settings.toml"
            file.write_text(text, encoding="utf-8")
            tried += 1
            try:
                load(file)
            except SettingsError as error:
                wrong[page.name, error.line] = error.reason
    assert not wrong
    assert tried >= 10
