"""The uploader: from this seat to the vault, whatever stands in between; nothing lost, nothing overwritten, nothing
half-shown."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.domain.identity import CallId
from desk.domain.troubles import Trouble
from desk.recording.vault.fake import FakeVault
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Kept, Pace, Vault, unhurried
from desk.recording.vault.uploader import RETRY_MOST_S, Bringing, Uploader
from desk.usecases.ports import StoreFull
from desk.usecases.recording_ports import VaultAway, VaultRefused
from tests.recording.vault.pairs import NOW, Seat, call, names_of


class Seconds:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Killed(BaseException):
    """The process ends here, as kill -9 would have it."""


class Ground:
    """A seat, a vault in memory, and an uploader on a clock that is set by hand."""

    def __init__(self, folder: Path) -> None:
        self.seat, self.vault, self.seconds = Seat(folder / "sealed"), FakeVault(), Seconds()
        self.told: list[Bringing] = []
        self.uploader = self.started()

    def started(
        self, vault: Vault | None = None, vaulted: Callable[[CallId, datetime], None] | None = None
    ) -> Uploader:
        return Uploader(
            self.seat.sealed_dir,
            vault or self.vault,
            self.seat.entries.get,
            vaulted or self.seat.vaulted,
            lambda: NOW,
            tell=self.told.append,
            monotonic=self.seconds,
            jitter=lambda: 0.5,
        )

    def work(self, uploader: Uploader | None = None, hours: float = 1) -> None:
        """Until nothing is left, or for so long on the seat's clock."""
        until = self.seconds.now + hours * 3600
        while self.seconds.now < until and self.seat.left():
            if not (uploader or self.uploader).work_once():
                self.seconds.now += 2


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def test_audio_then_seal_oldest_first_and_only_then_confirmed(ground: Ground) -> None:
    second, first = ground.seat.seal(2), ground.seat.seal(1, day="2026/11/21")
    ground.work()
    assert ground.vault.puts == [*names_of(first), *names_of(second)]
    assert ground.seat.confirmed == [call(1), call(2)]
    assert ground.seat.left() == []
    assert ground.uploader.state == Bringing()


def test_nothing_to_do_is_no_work(ground: Ground) -> None:
    assert not ground.uploader.work_once()
    assert ground.told == []


def test_what_is_still_being_sealed_is_left_alone(ground: Ground) -> None:
    entry = ground.seat.seal(1, logged=False)
    assert not ground.uploader.work_once()
    assert ground.vault.puts == []
    ground.seat.entries[call(1)] = entry
    ground.work()
    assert ground.seat.confirmed == [call(1)]


def test_what_the_log_knows_as_vaulted_is_only_cleared(ground: Ground) -> None:
    entry = ground.seat.seal(1)
    ground.seat.entries[call(1)] = replace(entry, vaulted_at=NOW)
    ground.seat.audio(entry).unlink()
    ground.work()
    assert ground.vault.puts == []
    assert ground.seat.left() == []


@pytest.mark.parametrize(
    ("error", "trouble"),
    [(VaultAway("no answer"), Trouble.VAULT_AWAY), (VaultRefused("read-only"), Trouble.VAULT_REFUSED)],
)
def test_while_the_vault_is_away_all_wait_and_it_is_told(ground: Ground, error: Exception, trouble: Trouble) -> None:
    for number in range(1, 6):
        ground.seat.seal(number)
    ground.vault.trouble = error
    ground.work(hours=3)
    assert ground.uploader.state == Bringing(5, trouble, str(error))
    # Some fifty tries in three hours, not some five thousand.
    assert len(ground.vault.puts) < 3 * 3600 / (RETRY_MOST_S * 0.75) + 20
    ground.vault.trouble = None
    ground.work(hours=0.2)
    assert ground.seat.left() == []
    assert ground.told[-1] == Bringing()


class Choosy(FakeVault):
    """Does not take one object."""

    def put_new(self, name: str, file: Path, pace: Pace = unhurried) -> None:
        if str(call(1)) in name:
            raise VaultAway("500")
        super().put_new(name, file, pace)


def test_one_that_always_fails_never_blocks_the_rest(ground: Ground) -> None:
    entries = [ground.seat.seal(number) for number in range(1, 21)]
    ground.vault = Choosy()
    uploader = ground.started()
    ground.work(uploader, hours=0.05)
    assert sorted(ground.vault.objects) == sorted(name for entry in entries[1:] for name in names_of(entry))
    ground.work(uploader, hours=1)
    assert uploader.state == Bringing(1, Trouble.VAULT_AWAY, "500")


def test_other_content_of_that_name_is_kept_aside_and_told(ground: Ground) -> None:
    entry = ground.seat.seal(1)
    content = ground.seat.audio(entry).read_bytes()
    ground.vault.objects[entry.file] = b"other"
    other = ground.seat.seal(2)
    ground.work(hours=0.1)
    assert ground.vault.objects[entry.file] == b"other"
    assert ground.vault.objects.keys() == {entry.file, *names_of(other)}
    aside = ground.seat.sealed_dir / "aside"
    assert (aside / f"{call(1)}.age").read_bytes() == content
    assert (aside / f"{call(1)}.seal").exists()
    assert "something else" in (aside / f"{call(1)}.txt").read_text()
    assert ground.uploader.state.trouble is Trouble.VAULT_REFUSED
    assert ground.seat.confirmed == [call(2)]


@pytest.mark.parametrize("which", ["age", "seal", "cut", "no audio", "no seal json", "another file"])
def test_what_is_not_what_was_sealed_never_becomes_the_recording(ground: Ground, which: str) -> None:
    entry = ground.seat.seal(1)
    audio, seal = ground.seat.audio(entry), ground.seat.seal_file(entry)
    match which:
        case "age":
            audio.write_bytes(b"x" + audio.read_bytes()[1:])
        case "cut":
            audio.write_bytes(audio.read_bytes()[:-1])
        case "seal":
            ground.seat.entries[call(1)] = replace(entry, seal_hash="0" * 64)
        case "no seal json":
            seal.write_bytes(b"{}")
        case "another file":
            ground.seat.entries[call(1)] = replace(entry, file="2026/11/21/other.age")
        case _:
            audio.unlink()
    ground.work(hours=0.2)
    assert ground.vault.objects == {}
    assert ground.seat.confirmed == []
    assert ground.uploader.state.trouble is Trouble.VAULT_REFUSED
    assert seal.exists() or (ground.seat.sealed_dir / "aside" / seal.name).exists()


def test_a_log_that_cannot_be_written_is_tried_again_and_nothing_is_sent_twice(ground: Ground) -> None:
    entry = ground.seat.seal(1)
    tries = iter([StoreFull("full"), StoreFull("full"), None])

    def vaulted(call_id: CallId, at: datetime) -> None:
        error = next(tries)
        if error:
            raise error
        ground.seat.vaulted(call_id, at)

    ground.work(ground.started(vaulted=vaulted), hours=0.1)
    assert ground.seat.confirmed == [call(1)]
    assert sorted(ground.vault.objects) == sorted(names_of(entry))


class Mortal:
    """A vault in front of which the process is killed at the n-th step, before it or after it."""

    def __init__(self, vault: Vault, step: int, *, after: bool) -> None:
        self._vault, self._left, self._after = vault, step, after

    def _step(self) -> Iterator[None]:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Killed
        yield
        if self._left == 0:
            raise Killed

    def put_new(self, name: str, file: Path, pace: Pace = unhurried) -> None:
        for _ in self._step():
            self._vault.put_new(name, file, pace)

    def stat(self, name: str) -> Kept | None:
        found = None
        for _ in self._step():
            found = self._vault.stat(name)
        return found

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        return self._vault.read(name, start, length)

    def names(self, prefix: str = "") -> Iterator[Kept]:
        return self._vault.names(prefix)

    def delete(self, name: str) -> None:
        self._vault.delete(name)

    def try_writing(self) -> None:
        self._vault.try_writing()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(1, 9))
def test_killed_at_any_step_everything_arrives_once(tmp_path: Path, step: int, after: bool) -> None:
    ground = Ground(tmp_path)
    (tmp_path / "vault").mkdir()
    vault = FolderVault(tmp_path / "vault")
    entries = [ground.seat.seal(number) for number in (1, 2)]
    contents = {entry.file: ground.seat.audio(entry).read_bytes() for entry in entries}
    with pytest.raises(Killed):
        ground.work(ground.started(Mortal(vault, step, after=after)))
    ground.work(ground.started(vault))
    assert ground.seat.left() == []
    assert sorted(kept.name for kept in vault.names()) == sorted(n for entry in entries for n in names_of(entry))
    assert {name: b"".join(vault.read(name)) for name in contents} == contents


class Moody(FakeVault):
    """Fails as it is told to, call by call, before the work or after it."""

    def __init__(self, moods: list[int]) -> None:
        super().__init__()
        self._moods = iter(moods)

    def put_new(self, name: str, file: Path, pace: Pace = unhurried) -> None:
        mood = next(self._moods, 0)
        if mood == 1:
            raise VaultAway("before")
        super().put_new(name, file, pace)
        if mood == 2:
            raise VaultAway("after")
        if mood == 3:
            self.delete(name)  # says that it has it, and loses it

    def stat(self, name: str) -> Kept | None:
        if next(self._moods, 0) == 1:
            raise VaultRefused("stat")
        return super().stat(name)


@settings(max_examples=60, deadline=None)
@given(moods=st.lists(st.integers(0, 3), max_size=40), count=st.integers(1, 6))
def test_whatever_the_vault_does_everything_is_there_in_the_end(
    tmp_path_factory: pytest.TempPathFactory, moods: list[int], count: int
) -> None:
    ground = Ground(tmp_path_factory.mktemp("moody"))
    vault = Moody(moods)
    entries = [ground.seat.seal(number, size=100) for number in range(1, count + 1)]
    ground.work(ground.started(vault), hours=48)
    assert sorted(vault.objects) == sorted(name for entry in entries for name in names_of(entry))
    assert sorted(ground.seat.confirmed) == [entry.call_id for entry in entries]
    assert ground.told == [] or ground.told[-1] == Bringing()
