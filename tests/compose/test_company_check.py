"""What a company's file brings along is read before it is signed, as a seat would read it."""

from pathlib import Path

import pytest

from desk.compose import provisioning_it
from desk.faults import Fault
from desk.resources import resources_dir
from tests.provisioning.company import new_keys, text

NAMES = """
[settings.policies]
folder = "company:policies"
[settings.texts]
folder = "company:texts"
[settings.score]
sheets = "company:sheets"
"""


@pytest.fixture
def it(tmp_path: Path) -> Path:
    """IT's folder, with one good file of each kind."""
    (tmp_path / "company.toml").write_text(text(1) + NAMES, "utf-8")
    for kind, name in (("policies", "shift.toml"), ("texts", "phrases.toml"), ("sheets", "general.toml")):
        folder = tmp_path / "files" / kind
        folder.mkdir(parents=True)
        source = resources_dir() / ("" if kind == "texts" else kind) / name
        (folder / name).write_text(source.read_text("utf-8"), "utf-8")
    return tmp_path


def test_good_files_are_signed(it: Path) -> None:
    said: list[str] = []
    assert provisioning_it.check(it / "company.toml", None, said.append) == 0
    assert "2 seats can start" in said[0]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("policies/shift.toml", "nothing = 1", "files/policies/shift.toml"),
        ("policies/shfit.toml", "", "no policy of this name"),
        ("texts/phrases.toml", "[[phrase]]", "phrases.toml"),
        (
            "texts/phrases.toml",
            '[[phrase]]\ncode = "a"\nmoment = "greeting"\nzh = "{您}"\nen = ""',
            "a: a name in braces",
        ),
        ("texts/categories.toml", "broken", "categories.toml"),
        ("sheets/general.toml", "broken", "general.toml"),
    ],
)
def test_a_file_that_no_seat_could_use_is_told_and_nothing_is_signed(
    it: Path, name: str, content: str, told: str
) -> None:
    (it / "files" / name).write_text(content, "utf-8")
    (it / "key").write_text(new_keys().secret)
    with pytest.raises(Fault) as raised:
        provisioning_it.sign(it / "company.toml", it / "key", it / "share")
    assert told in str(raised.value)
    assert not (it / "share").exists()
