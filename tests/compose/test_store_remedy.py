"""A store that a newer Desk has written: made anew by itself after going back, else only when somebody says so."""

from pathlib import Path

import pytest

from desk.compose.store_remedy import remedy_for
from desk.settings import Settings
from desk.updating import choice as choices
from desk.updating.choice import Choice
from desk.updating.where import FOLDER
from desk.usecases.ports import StoreNewer


@pytest.mark.parametrize(("went_back", "asks"), [("0.2.0", False), ("", True)])
def test_a_store_of_a_newer_desk_is_made_anew_without_asking_only_after_going_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, went_back: str, asks: bool
) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    choices.write(choices.folder_of(tmp_path), Choice(went_back=went_back))
    remedy = remedy_for(Settings(data_dir=tmp_path))(StoreNewer("seat.db: made by a newer Desk (schema 9)"))
    assert remedy is not None
    assert bool(remedy.question) is asks
