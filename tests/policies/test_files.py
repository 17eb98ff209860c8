"""The frame of policy files: layers, lines, and what happens to a file that cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.policies.files import Policy, PolicyError, PolicyFolders, Wrong, line_of, merge, policy_file, read_policy


@dataclass(frozen=True, kw_only=True)
class RawRow:
    name: str
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class RawShop:
    title: str
    row: tuple[RawRow, ...] = ()
    year: Mapping[str, RawRow] = field(default_factory=dict)


SHIPPED = """\
title = "shop"

[[row]]
name = "one"

[[row]]
name = "two"
count = 2

[year.2026]
name = "tiger"
"""


def build(raw: RawShop, wrong: Wrong) -> RawShop:
    for number, row in enumerate(raw.row):
        if row.count < 1:
            raise wrong(("row", number, "count"), "too few")
    for name, one in raw.year.items():
        if one.count > 9:
            raise wrong(("year", name, "count"), "too many")
    return raw


@pytest.fixture
def folders(tmp_path: Path) -> PolicyFolders:
    for name in ("shipped", "company", "company/lake"):
        (tmp_path / name).mkdir()
    (tmp_path / "shipped/shop.toml").write_text(SHIPPED)
    return PolicyFolders(tmp_path / "shipped", tmp_path / "company", "lake")


def read(folders: PolicyFolders) -> Policy[RawShop]:
    return read_policy(folders, "shop", RawShop, build)


def company(folders: PolicyFolders, text: str, where: str = "shop.toml") -> Path:
    assert folders.company
    file = folders.company / where
    file.write_text(text)
    return file


def test_what_is_shipped_holds_where_a_company_says_nothing(folders: PolicyFolders) -> None:
    policy = read(folders)
    assert [row.name for row in policy.value.row] == ["one", "two"]
    assert policy.troubles == ()


def test_the_estate_s_file_comes_over_the_company_s_and_that_over_the_shipped_one(folders: PolicyFolders) -> None:
    company(folders, 'title = "ours"\n[year.2027]\nname = "goat"\n')
    company(folders, '[year.2027]\nname = "sheep"\n', "lake/shop.toml")
    policy = read(folders)
    assert policy.value.title == "ours"
    assert {year: row.name for year, row in policy.value.year.items()} == {"2026": "tiger", "2027": "sheep"}


def test_an_array_of_tables_is_replaced_whole(folders: PolicyFolders) -> None:
    company(folders, '[[row]]\nname = "three"\n')
    assert [row.name for row in read(folders).value.row] == ["three"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("title = \n", 1, "not TOML"),
        ('titel = "ours"\n', 1, "there is nothing called 'titel' here"),
        ('title = "ours"\n\n[[row]]\nname = "x"\nprice = 3\n', 5, "there is nothing called 'price' here"),
        ('[[row]]\nname = "x"\n[[row]]\nname = "y"\ncount = 0\n', 5, "too few"),
        ('[[row]]\nname = "x"\n[[row]]\ncount = 3\n', 3, "missing required field `name`"),
        ('[[row]]\nname = "x"\n[[row]]\nname = 3\n', 4, "name has the wrong kind of value"),
        ("[year.2026]\ncount = 12\n", 2, "too many"),
        ("title = 3\n", 1, "title has the wrong kind of value"),
    ],
)
def test_a_file_that_cannot_be_used_changes_nothing_and_is_told_with_its_line(
    folders: PolicyFolders, text: str, line: int, said: str
) -> None:
    file = company(folders, text)
    policy = read(folders)
    assert policy.value == read(PolicyFolders(folders.shipped)).value
    (trouble,) = policy.troubles
    assert (trouble.file, trouble.line) == (file, line)
    assert said in trouble.reason
    assert str(trouble).startswith(f"{file}:{line}: ")


def test_a_bad_company_file_does_not_take_the_estate_s_with_it(folders: PolicyFolders) -> None:
    company(folders, "title = \n")
    company(folders, 'title = "lake"\n', "lake/shop.toml")
    policy = read(folders)
    assert policy.value.title == "lake"
    assert len(policy.troubles) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe", b"title = '" + b"x" * (1 << 20) + b"'"])
def test_what_is_no_text_or_far_too_large_is_told(folders: PolicyFolders, content: bytes) -> None:
    company(folders, "").write_bytes(content)
    assert [trouble.line for trouble in read(folders).troubles] == [0]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, folders: PolicyFolders) -> None:
    assert folders.troubles() == ()
    (trouble,) = PolicyFolders(folders.shipped, tmp_path / "gone").troubles()
    assert "there is no such folder" in str(trouble)


def test_a_file_that_no_policy_has_the_name_of_is_told(folders: PolicyFolders) -> None:
    company(folders, "")
    stray = company(folders, "", "lake/shops.toml")
    (trouble,) = folders.troubles()
    assert (trouble.file, trouble.line) == (stray, 0)
    assert "there is no policy of this name" in trouble.reason


def test_a_file_about_seats_in_another_estates_folder_is_told(folders: PolicyFolders) -> None:
    (folders.shipped / "work.toml").write_text("")
    company(folders, "")
    other = company(folders, "", "lake/work.toml")
    (trouble,) = PolicyFolders(folders.shipped, folders.company).troubles()
    assert trouble.file == other
    assert "for whole seats" in trouble.reason
    assert PolicyFolders(folders.shipped, folders.company, "lake").troubles() == ()


def test_a_broken_shipped_file_is_a_fault_of_the_program(folders: PolicyFolders) -> None:
    (folders.shipped / "shop.toml").write_text("title = 3")
    with pytest.raises(PolicyError):
        read(folders)
    (folders.shipped / "shop.toml").unlink()
    with pytest.raises(PolicyError, match="the file is missing"):
        read(folders)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 1),
        (("row", 0, "name"), 4),
        (("row", 1, "count"), 8),
        (("row", 0, "count"), 3),  # not there: the header of its table
        (("year", "2026", "name"), 11),
        (("nothing",), 0),
    ],
)
def test_a_key_is_found_in_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(SHIPPED, path) == line


def test_keys_with_dots_quotes_and_comments_are_found() -> None:
    text = '[a."b.c"] # here\n"d e" = 1\nf.g = 2\n[[a.list]]\nx = 1\n[[a.list]]\ny = [\n  1,\n]\n'
    assert line_of(text, ("a", "b.c", "d e")) == 2
    assert line_of(text, ("a", "b.c", "f", "g")) == 3
    assert line_of(text, ("a", "list", 1, "y", 0)) == 7


@given(st.text(max_size=200))
def test_whatever_stands_in_a_file_a_line_is_told(text: str) -> None:
    assert 0 <= line_of(text, ("a", 0, "b")) <= len(text.splitlines())


def test_merging_goes_down_into_tables_and_no_further() -> None:
    assert merge({"a": {"b": 1, "c": [1]}}, {"a": {"c": [2], "d": 3}}) == {"a": {"b": 1, "c": [2], "d": 3}}


def test_a_file_by_itself_is_read_as_its_shape(folders: PolicyFolders) -> None:
    file = policy_file(folders.shipped / "shop.toml")
    assert file.as_(RawShop).title == "shop"
    assert file.wrong(("row", 1), "no").line == 6
