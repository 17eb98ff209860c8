"""The shipped category tree and phrases, and what is said of a broken file."""

from pathlib import Path

import pytest

from desk.domain.tickets import Kind, Priority
from desk.texts import ShippedTexts, TextsError

TREE = ShippedTexts().categories()


def test_the_tree_has_some_two_hundred_leaves_under_all_six_kinds() -> None:
    assert 190 <= len(TREE.categories) <= 260
    assert {c.kind for c in TREE.categories} == set(Kind)


def test_every_leaf_is_named_in_both_languages_and_unique_within_its_kind() -> None:
    for kind in Kind:
        names = [c.zh for c in TREE.of_kind(kind)]
        assert len(set(names)) == len(names)
    assert all(c.zh.strip() and c.en.strip() and c.en.isascii() and c.keywords for c in TREE.categories)
    assert all(bool(c.raised_when_zh) == bool(c.raised_when_en) for c in TREE.categories)


def test_people_in_danger_are_urgent() -> None:
    for code in (
        "repair.lift.trapped",
        "repair.hvac.gas_smell",
        "repair.power.electric_shock",
        "repair.fire.alarm_sounding",
    ):
        category = TREE.get(code)
        assert category
        assert category.priority is Priority.URGENT


def test_a_code_that_is_gone_is_shown_as_itself() -> None:
    assert TREE.name("repair.gone", "zh_CN") == "repair.gone"
    assert TREE.name("repair.lift.trapped", "en") == "People trapped in the lift"


def test_every_moment_of_a_call_has_its_phrase() -> None:
    phrases = ShippedTexts().all_phrases()
    assert len({p.code for p in phrases}) == len(phrases)
    moments = {
        "greeting",
        "silence",
        "hold",
        "waiting",
        "back",
        "listening",
        "unanswered",
        "closing",
        "same_fault",
        "notice",
    }
    assert moments <= {p.moment for p in phrases}


def test_a_phrase_is_filled_in_with_what_is_known() -> None:
    greeting = next(p for p in ShippedTexts().all_phrases() if p.code == "greeting")
    assert "1001号" in greeting.text("zh_CN", work_number="1001")
    assert "number 1001" in greeting.text("en", work_number="1001", company="Acme")
    for phrase in ShippedTexts().all_phrases():
        assert "{" not in phrase.text("zh_CN") + phrase.text("en")


def test_phrases_speak_the_chosen_language() -> None:
    assert ShippedTexts(language="en").phrases()["closing"].startswith("Thank you")
    assert ShippedTexts().phrases()["closing"].startswith("感谢")


GROUP = '[[group]]\nkind = "repair"\ncode = "x"\nzh = "x"\nen = "x"\n'
LEAF = '{ code = "a", zh = "a", en = "a" }'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[group", "categories.toml"),
        ('[[group]]\nkind = "joke"', "joke"),
        (GROUP, "leaves"),
        (f"{GROUP}leaves = [{LEAF}, {LEAF}]", "one code"),
        (f"{GROUP}leaves = [{{ code = 1 }}]", "leaves[0]"),
    ],
)
def test_a_broken_tree_is_named_by_file_and_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "categories.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TextsError, match=r"categories\.toml") as error:
        ShippedTexts(tmp_path).categories()
    assert said in str(error.value)


def test_a_missing_or_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextsError, match=r"phrases\.toml"):
        ShippedTexts(tmp_path).all_phrases()
    (tmp_path / "phrases.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TextsError, match=r"phrases\.toml"):
        ShippedTexts(tmp_path).all_phrases()
