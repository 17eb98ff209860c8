"""Scoring sheets read from files: what is wrong is told with its line, and nothing of a bad file is used."""

from pathlib import Path

import pytest

from desk.domain.tickets import Kind
from desk.resources import resources_dir
from desk.sheets import SheetError, read_former, read_sample_rules, read_sheet, read_sheets

SHIPPED = resources_dir() / "sheets"
GOOD = """id = "a"
version = "1"
title = "A"

[[section]]
id = "opening"
title = "Opening"
weight = 2

[[section.question]]
id = "in_time"
text = "in time"
fact = "greeting_s"
bands = [[3, 5], [5, 3]]

[[section.question]]
id = "tone"
text = "tone"

[[section]]
id = "closing"
title = "Closing"

[[section.question]]
id = "form"
text = "form"
fact = "form_complete"

[[fatal]]
id = "rude"
text = "rude"
"""


def test_the_shipped_sheets_and_rules_can_be_used() -> None:
    sheets = read_sheets(SHIPPED)
    assert [sheet.sheet_id for sheet in sheets] == ["complaint", "general"]
    assert all(sheet.questions for sheet in sheets)
    assert any(question.fact for sheet in sheets for question in sheet.questions)
    rules = read_sample_rules(SHIPPED)
    assert rules[0].kinds == (Kind.COMPLAINT,)


@pytest.mark.parametrize(
    ("right", "wrong", "line", "reason"),
    [
        ("weight = 2", "weigth = 2", 8, "there is nothing called 'weigth' here"),
        ("weight = 2", 'weight = "x"', 8, "weight has the wrong kind of value (Expected `int`, got `str`)"),
        ("weight = 2", "weight = 0", 8, "a weight is 1 to 1000"),
        ('version = "1"', 'version = " "', 2, "it is empty"),
        ('id = "a"', 'id = "A!"', 1, "an id is 1 to 32 small letters a-z, digits and _"),
        ('id = "tone"', 'id = "in_time"', 17, "this id stands twice"),
        ('id = "closing"', 'id = "opening"', 21, "this id stands twice"),
        ("[5, 3]]", "[5, 9]]", 14, "points are 0 to the end of the scale"),
        ("[[3, 5], [5, 3]]", "[[5, 5], [3, 3]]", 14, "each band reaches higher than the one before it"),
        ("bands = [[3, 5], [5, 3]]", "", 13, "a figure needs bands: [[most, points], ...]"),
        ('fact = "form_complete"', "bands = [[1, 1]]", 27, "bands need a fact"),
        (
            'fact = "form_complete"',
            'fact = "magic"',
            27,
            "fact has the wrong kind of value (Invalid enum value 'magic')",
        ),
        ('text = "tone"', "", 16, "text has the wrong kind of value (Object missing required field `text`)"),
        ('title = "A"', 'title = "A" "B"', 3, "not TOML (Expected newline or end of document after a statement)"),
        ('title = "A"', 'title = "A"\npassed = 101', 4, "points are 0 to 100"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, right: str, wrong: str, line: int, reason: str) -> None:
    file = tmp_path / "a.toml"
    file.write_text(GOOD.replace(right, wrong, 1))
    with pytest.raises(SheetError) as refused:
        read_sheet(file)
    assert (refused.value.line, refused.value.reason) == (line, reason)
    assert str(refused.value) == f"{file}:{line}: {reason}"


def test_the_good_one_is_good(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text(GOOD)
    sheet = read_sheet(file)
    assert [sheet.name_of(question) for question in sheet.questions] == [
        "opening.in_time",
        "opening.tone",
        "closing.form",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe\x00", "the file is not text in UTF-8"),
        (b"", "id has the wrong kind of value (Object missing required field `id`)"),
        (b'id = "a"\nversion = "1"\ntitle = "A"\n', "a sheet has at least one [[section]]"),
        (b"x = " + b"[" * 5000, "not TOML (RecursionError)"),
        (b"#" * (1 << 20) + b"#", "the file is too big for a sheet"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_in_words(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(content)
    with pytest.raises(SheetError) as refused:
        read_sheet(file)
    assert refused.value.reason == reason


def test_one_bad_sheet_spoils_the_folder_and_so_do_two_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD)
    assert len(read_sheets(tmp_path)) == 1
    (tmp_path / "b.toml").write_text(GOOD)
    with pytest.raises(SheetError, match="another sheet has the same id"):
        read_sheets(tmp_path)
    (tmp_path / "b.toml").write_text("nonsense")
    with pytest.raises(SheetError, match="not TOML"):
        read_sheets(tmp_path)


def test_earlier_versions_lie_in_a_folder_of_their_own_and_none_stands_twice(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD.replace('version = "1"', 'version = "2"'))
    assert read_former(tmp_path) == []
    former = tmp_path / "former"
    former.mkdir()
    (former / "a-1.toml").write_text(GOOD)
    assert [sheet.version for sheet in read_sheets(tmp_path)] == ["2"]
    assert [(sheet.sheet_id, sheet.version) for sheet in read_former(tmp_path)] == [("a", "1")]
    (former / "a-2.toml").write_text(GOOD.replace('version = "1"', 'version = "2"'))
    with pytest.raises(SheetError, match=r"a-2\.toml:2: another sheet has the same id and version"):
        read_former(tmp_path)


def test_a_folder_without_sheets_or_no_folder_at_all_says_so(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="holds no scoring sheet"):
        read_sheets(tmp_path)
    with pytest.raises(SheetError, match="cannot be read"):
        read_sheets(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("rules", "line", "reason"),
    [
        ('[[rule]]\nname = "a"\nshare = 0\n', 3, "a rule draws at least one call"),
        (
            '[[rule]]\nname = "a"\n[[rule]]\nname = "a"\n',
            4,
            "a name of its own is needed: small letters a-z, digits and _",
        ),
        ('[[rule]]\nname = "a"\nleast_hold = 3\n', 3, "there is nothing called 'least_hold' here"),
    ],
)
def test_sample_rules_with_a_mistake_are_told_with_their_line(
    tmp_path: Path, rules: str, line: int, reason: str
) -> None:
    (tmp_path / "samples.toml").write_text(rules)
    with pytest.raises(SheetError) as refused:
        read_sample_rules(tmp_path)
    assert (refused.value.line, refused.value.reason) == (line, reason)


def test_no_file_of_rules_is_no_rules(tmp_path: Path) -> None:
    assert read_sample_rules(tmp_path) == ()
