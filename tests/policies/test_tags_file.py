"""tags.toml: which tags of residents not everybody may read."""

from pathlib import Path

import pytest

from desk.policies.files import PolicyFolders
from desk.policies.tags import read_tags
from desk.resources import resources_dir

SHIPPED = resources_dir() / "policies"


def test_litigation_and_health_are_not_for_everybody_as_shipped() -> None:
    listed = read_tags(PolicyFolders(SHIPPED)).value
    assert [
        tag for tag in ("litigation", "诉讼", " 诉讼 ", "Litigation", "重病", "未成年人") if not listed.covers(tag)
    ] == []
    assert not any(map(listed.covers, ("vip", "独居老人", "elderly_alone", "敏感", "")))


def test_a_company_adds_its_own_and_takes_out_what_it_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "tags.toml").write_text('[sensitive]\n"低保" = ["低保户"]\nminor = []\n', encoding="utf-8")
    found = read_tags(PolicyFolders(SHIPPED, tmp_path))
    assert found.troubles == ()
    assert found.value.names == ("litigation", "illness", "disability", "低保")
    assert (found.value.name_of("低保户"), found.value.name_of("未成年人")) == ("低保", None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[sensitive]\nlitigation = " x"\n', 1),
        ('[sensitive]\n\nlitigation = [" x"]\n', 3),
        ('[sensitive]\nlow = ["诉讼"]\n', 2),
        ('[sensitive]\nlow = ["' + "x" * 65 + '"]\n', 2),
        ("sensitive = 3\n", 1),
        ("[tags]\n", 1),
    ],
)
def test_a_wrong_file_is_told_with_its_line_and_changes_nothing(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "tags.toml").write_text(text, encoding="utf-8")
    found = read_tags(PolicyFolders(SHIPPED, tmp_path))
    assert found.value == read_tags(PolicyFolders(SHIPPED)).value
    assert [error.line for error in found.troubles] == [line]
