"""Where the icons' font is found: in the package that ships it, and in a bundle that has of it the fonts alone."""

from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from desk.ui import icons


@pytest.fixture
def anew() -> Iterator[None]:
    icons._font_folder.cache_clear()
    yield
    icons._font_folder.cache_clear()


def test_in_a_bundle_the_package_is_a_folder_of_fonts(
    anew: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / icons._FONT).write_bytes(b"")
    spec = ModuleSpec("qtawesome", None, is_package=True)
    assert spec.submodule_search_locations is not None
    spec.submodule_search_locations.append(str(tmp_path))
    monkeypatch.setattr(icons, "find_spec", lambda _name: spec)
    assert icons._font_folder() == tmp_path / "fonts"


def test_a_package_that_is_not_there_is_told_by_its_name(anew: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icons, "find_spec", lambda _name: None)
    with pytest.raises(FileNotFoundError, match="qtawesome"):
        icons._font_folder()
