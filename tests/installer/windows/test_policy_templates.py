"""Group Policy's templates: whole, in both languages, and what its editor writes by them is what Desk reads."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from desk.settings.policy_registry import ROOT, FakeRegistry, read_policies
from desk.settings.shapes import tables
from tools import policy_templates

N = f"{{{policy_templates.NAMESPACE}}}"
LANGUAGES = ("zh-CN", "en-US")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("policies")
    policy_templates.write(made)
    return made


def _read(file: Path) -> Element:
    return ElementTree.fromstring(file.read_bytes())  # noqa: S314 - our own


def test_there_is_a_policy_for_every_key_but_arrays_of_tables(folder: Path) -> None:
    names = {policy.get("name") for policy in _read(folder / "Desk.admx").iter(f"{N}policy")}
    wanted = {
        shape.name.replace(".", "_")
        for table in tables().values()
        for shape in table.shapes.values()
        if shape.kind != "table" and (table.name == "line" or not table.several)
    }
    assert names == wanted


def test_every_key_has_its_words_in_both_languages() -> None:
    """The English is its row in docs/settings.md, the Chinese stands in installer/windows/policies.zh_CN.toml."""
    known = policy_templates.policies()
    assert not [policy.shape.name for policy in known if not policy.english], "no row in docs/settings.md"
    assert not [policy.shape.name for policy in known if not policy.chinese], "no text in policies.zh_CN.toml"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_and_field_that_is_asked_for_is_there(folder: Path, language: str) -> None:
    template = (folder / "Desk.admx").read_text("utf-8")
    words = _read(folder / language / "Desk.adml")
    assert set(re.findall(r"\$\(string\.(\w+)\)", template)) <= {one.get("id") for one in words.iter(f"{N}string")}
    fields = {one.get("id"): [field.get("refId") for field in one] for one in words.iter(f"{N}presentation")}
    for policy in _read(folder / "Desk.admx").iter(f"{N}policy"):
        asked = [element.get("id") for elements in policy.iter(f"{N}elements") for element in elements]
        shown = re.fullmatch(r"\$\(presentation\.(\w+)\)", policy.get("presentation") or "")
        assert fields[shown[1]] == asked if shown else not asked
    assert all((one.text or "").strip() for one in words.iter(f"{N}string"))


def _written(policy: Element) -> tuple[str, dict[str, Any], Any]:
    """What the editor writes where a policy is enabled: the key, its values, and what Desk is to make of them."""
    key = str(policy.get("key"))
    if name := policy.get("valueName"):
        return key, {name: 1}, True
    element = next(iter(next(policy.iter(f"{N}elements"))))
    match element.tag.removeprefix(N):
        case "list":
            return str(element.get("key")), {"1": "7", "2": "8"}, ["7", "8"]
        case "enum":
            word = element.findtext(f"{N}item/{N}value/{N}string")
            return key, {str(element.get("valueName")): word}, word
        case "decimal":
            return key, {str(element.get("valueName")): 2**31 - 1}, 2**31 - 1
        case _:
            return key, {str(element.get("valueName")): "热线"}, "热线"


def test_what_the_editor_writes_is_what_is_read(folder: Path) -> None:
    written: dict[str, dict[str, Any]] = {}
    wanted: dict[str, Any] = {}
    for policy in _read(folder / "Desk.admx").iter(f"{N}policy"):
        key, values, value = _written(policy)
        written.setdefault(key, {}).update(values)
        wanted[str(policy.get("name"))] = value
    tree = read_policies(FakeRegistry(written)).tree
    read = {
        f"{table}_{key}": value
        for table, inner in tree.items()
        if isinstance(inner, dict)
        for key, value in inner.items()
    } | {key: value for key, value in tree.items() if not isinstance(value, dict)}
    read["dial_extension_digits"] = [str(number) for number in read["dial_extension_digits"]]
    assert read == wanted
    assert all(key.startswith(ROOT) for key in written)
