"""Policies in the registry. Against the fake: no Python for Windows runs here. That the templates write what this
reads is tried under wine (tests/installer)."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.settings.policy_registry import ROOT, FakeRegistry, PolicyUnfit, read_policies
from desk.settings.shapes import Shape, tables


def _tree(values: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return dict(read_policies(FakeRegistry({rf"{ROOT}{path}": inner for path, inner in values.items()})).tree)


def test_a_computer_without_policies_has_none() -> None:
    assert read_policies(FakeRegistry({})).tree == {}
    assert read_policies().tree == {}


def test_values_become_what_a_settings_file_says() -> None:
    read = _tree(
        {
            "": {"data_dir": r"D:\Desk"},
            r"\seat": {"language": "zh_CN", "lock_minutes": 15, "": "left by an editor"},
            r"\line": {"kind": "registered", "auto_answer": 1},
            r"\line\codecs": {"1": "G722", "10": "GSM", "2": "PCMA"},
            r"\dial": {"extension_digits": ("3", "4")},
        }
    )
    assert read == tomllib.loads("""
        data_dir = 'D:\\Desk'
        [seat]
        language = "zh_CN"
        lock_minutes = 15
        [line]
        kind = "registered"
        auto_answer = true
        codecs = ["G722", "PCMA", "GSM"]
        [dial]
        extension_digits = [3, 4]
    """)


def test_several_tables_are_numbered_keys() -> None:
    read = _tree(
        {
            r"\line\2": {"label": "中继", "port": 5070},
            r"\line\2\peers": {"1": "10.0.0.5"},
            r"\line\1": {"label": "热线"},
            r"\dial\rules\1": {"pattern": r"8(\d{3})", "send": r"sip:\1@intercom.example.com"},
        }
    )
    assert read["line"] == [{"label": "热线"}, {"label": "中继", "port": 5070, "peers": ["10.0.0.5"]}]
    assert read["dial"]["rules"] == [{"pattern": r"8(\d{3})", "send": r"sip:\1@intercom.example.com"}]


def test_names_are_found_in_any_case() -> None:
    assert _tree({r"\Seat": {"Name": "S07"}}) == {"seat": {"name": "S07"}}


def test_where_each_was_read_is_told() -> None:
    read = read_policies(
        FakeRegistry({rf"{ROOT}\line\1": {"user": "1001"}, rf"{ROOT}\recording\recipients": {"1": "age1x"}})
    )
    assert read.where == {
        "line[0].user": r"HKLM\Software\Policies\Desk\line\1\user",
        "recording.recipients": r"HKLM\Software\Policies\Desk\recording\recipients",
    }


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({r"\seta": {"name": "S01"}}, r"\seta"),
        ({r"\seat": {"nmae": "S01"}}, r"\seat\nmae"),
        ({r"\seat\language": {"1": "en"}}, r"\seat\language"),
        ({r"\line": {"auto_answer": 2}}, r"\line\auto_answer"),
        ({r"\line": {"auto_answer": "yes"}}, r"\line\auto_answer"),
        ({r"\seat": {"lock_minutes": "ten"}}, r"\seat\lock_minutes"),
        ({r"\seat": {"name": 1}}, r"\seat\name"),
        ({r"\seat": {"name": b"S01"}}, r"\seat\name"),
        ({r"\line": {"user": "1"}, r"\line\1": {"user": "2"}}, r"\line"),
        ({"": {"seat": "S01"}}, r"\seat"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(values: dict[str, dict[str, Any]], where: str) -> None:
    with pytest.raises(PolicyUnfit) as refused:
        _tree(values)
    assert refused.value.where == rf"HKLM\{ROOT}{where}"
    assert refused.value.reason


_ONE = [shape for table in tables().values() for shape in table.shapes.values() if shape.kind != "table"]


@given(st.data())
def test_every_setting_comes_out_as_it_was_put_in(data: st.DataObject) -> None:
    shape: Shape = data.draw(st.sampled_from(_ONE))
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "text": st.sampled_from(shape.words) if shape.words else st.text(max_size=20),
        "number": st.integers(0, 2**32 - 1),
        "switch": st.booleans(),
    }
    path = rf"{ROOT}\{shape.table}" if shape.table else ROOT
    of_kind = kinds[shape.kind]
    wanted: Any = data.draw(st.lists(of_kind, min_size=1, max_size=12) if shape.several else of_kind)
    if shape.several:
        values = {rf"{path}\{shape.key}": {str(n): one for n, one in enumerate(wanted, 1)}}
    else:
        values = {path: {shape.key: int(wanted) if shape.kind == "switch" else wanted}}
    tree = read_policies(FakeRegistry(values)).tree
    assert (tree[shape.table] if shape.table else tree)[shape.key] == wanted
