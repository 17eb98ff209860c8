"""What is typed while the store cannot be written is there when it can be again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest

from desk.compose.kept_drafts import KeptDrafts, recover
from desk.compose.store_care import Sealing
from desk.domain.drafts import Draft, Intake
from desk.secrets import FakeSecrets
from desk.settings import Settings
from desk.store.drafts import SqlDrafts
from desk.store.store import Store
from desk.usecases.ports import StoreBroken
from tests.making import START, at


class BrokenFor(SqlDrafts):
    """A store that fails for as long as it is told to."""

    broken = False

    def save(self, draft: Draft) -> None:
        if self.broken:
            raise StoreBroken("malformed")
        super().save(draft)


class Scene:
    def __init__(self, folder: Path) -> None:
        self.secrets = FakeSecrets()
        self.folder = folder / "unsent"
        self.sealing = Sealing(Settings(data_dir=folder), self.secrets)
        self.store = Store.open(folder / "seat.db", self.secrets)
        self.inner = BrokenFor(self.store)
        self.drafts = KeptDrafts(self.inner, self.folder, "S01", self.sealing.seal)

    def opened(self, file: Path) -> IO[bytes]:
        return self.sealing.opened(file, self.sealing.identities())

    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir()) if self.folder.exists() else []


DRAFT = Draft("d1", "1001", START, at(1), Intake(description="漏水"))
LATER = replace(DRAFT, saved_at=at(2), intake=Intake(description="漏水，三楼"))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def texts(scene: Scene) -> list[str]:
    return [one.intake.description for one in scene.inner.of_author("1001")]


def test_good_store_is_all_there_is(scene: Scene) -> None:
    scene.drafts.save(DRAFT)
    assert (texts(scene), scene.files()) == (["漏水"], [])


def test_what_is_typed_while_the_store_fails_comes_back(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.drafts.save(DRAFT)
    scene.inner.broken = True
    with pytest.raises(StoreBroken):
        scene.drafts.save(LATER)
    (file,) = scene.files()
    assert "三楼".encode() not in file.read_bytes()
    scene.inner.broken = False
    assert recover(scene.inner, scene.folder, scene.opened) == 1
    assert (texts(scene), scene.files(), caplog.text) == (["漏水，三楼"], [], "")


def test_older_one_beside_the_store_does_not_replace_a_newer_one_in_it(scene: Scene) -> None:
    scene.inner.broken = True
    with pytest.raises(StoreBroken):
        scene.drafts.save(DRAFT)
    scene.inner.broken = False
    scene.inner.save(LATER)
    assert recover(scene.inner, scene.folder, scene.opened) == 0
    assert texts(scene) == ["漏水，三楼"]


@pytest.mark.parametrize(
    "end", [lambda s: s.drafts.save(LATER), lambda s: s.drafts.drop("d1")], ids=["saved", "dropped"]
)
def test_nothing_is_left_beside_a_store_that_works_again(scene: Scene, end: Callable[[Scene], None]) -> None:
    scene.inner.broken = True
    with pytest.raises(StoreBroken):
        scene.drafts.save(DRAFT)
    scene.inner.broken = False
    end(scene)
    assert scene.files() == []


def test_file_that_cannot_be_opened_is_left_and_stops_nothing(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.folder.mkdir()
    strange = scene.folder / "S01-d7.draft.unsent.age"
    strange.write_bytes(b"of another time")

    def opened(_file: Path) -> IO[bytes]:
        raise OSError("no key here opens it")

    assert recover(scene.inner, scene.folder, opened) == 0
    assert scene.files() == [strange]
    assert "S01-d7" in caplog.text
