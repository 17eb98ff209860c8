"""Sealed recordings that are lost before the vault has them: the spool has every sample, and they are sealed again."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk.domain.call_log import RecordingEntry
from desk.domain.identity import CallId
from desk.recording.playing.stream import SealedOpener
from desk.recording.proof.checked import How
from desk.recording.proof.verify import VaultCheck
from desk.recording.sealing.keeper import CallKeeper, Keeping
from desk.recording.sealing.lost import LOOK_S, LostOnTheWay
from desk.recording.sealing.sealer import SealError
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.uploader import Bringing, Uploader
from desk.store.history import SqlHistories
from desk.usecases.recording_ports import VaultAway
from tests.recording.scene import CALL, Sound, at, closed_spool
from tests.recording.sealing.test_keeper import OTHER, THIRD, Seat, work_until_idle

SOUND = Sound.steps([(9000, 0)])


class AwayVault(FolderVault):
    def stat(self, name: str) -> None:
        raise VaultAway("the share is not there")


class Way:
    """A seat with all that lies between the spool and the vault; after a start nothing is remembered."""

    def __init__(self, folder: Path) -> None:
        self.seat = Seat(folder)
        self.vault = FolderVault(self.seat.vault_dir, make=True)
        self.read_back: list[int] = []
        self.start()

    def start(self, keeper: CallKeeper | None = None) -> None:
        seat = self.seat
        self.keeper = keeper or seat.keeper()
        self.lost = self.looking(self.vault)
        self.uploader = Uploader(
            seat.sealed_dir,
            self.vault,
            self.keeper.entry_of,
            self.keeper.vaulted,
            lambda: at(90),
            monotonic=seat.seconds,
        )

    def looking(self, vault: FolderVault) -> LostOnTheWay:
        return LostOnTheWay(
            self.seat.sealed_dir, vault, self.keeper, lambda: at(90), self.seat.seconds, self.read_back.append
        )

    def sealed(self, *call_ids: CallId) -> list[RecordingEntry]:
        for call_id in call_ids:
            closed_spool(self.seat.spool_dir, SOUND, call_id)
            work_until_idle(self.keeper)
        return [self.entry(call_id) for call_id in call_ids]

    def entry(self, call_id: CallId = CALL) -> RecordingEntry:
        entry = self.seat.calls.recording(call_id)
        assert entry is not None
        return entry

    def go_on(self) -> None:
        """Some minutes of all three workers, in any order."""
        for _ in range(6):
            self.uploader.work_once()
            self.lost.work_once()
            work_until_idle(self.keeper)
            self.seat.seconds.now_s += LOOK_S + 301

    def is_safe(self, call_id: CallId = CALL) -> bool:
        """It is in the vault as the log says, and nothing of it is here any more."""
        entry = self.entry(call_id)
        opener = SealedOpener(self.vault, self.seat.sealing.hotline.identities)
        with opener.open_sealed(entry) as stream:
            stream.wait_loaded(20)
        return entry.vaulted_at == at(90) and not list(self.seat.spool_dir.glob(f"{call_id}*"))


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    way = Way(tmp_path)
    yield way
    way.seat.store.close()


def gone(way: Way) -> None:
    shutil.rmtree(way.seat.sealed_dir / "2026")


def audio_gone(way: Way) -> None:
    next(way.seat.sealed_dir.rglob("*.age")).unlink()


def seal_gone(way: Way) -> None:
    next(way.seat.sealed_dir.rglob("*.seal")).unlink()


def audio_flipped(way: Way) -> None:
    flip(next(way.seat.sealed_dir.rglob("*.age")))


def seal_flipped(way: Way) -> None:
    flip(next(way.seat.sealed_dir.rglob("*.seal")))


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("loss", [gone, audio_gone, seal_gone, audio_flipped, seal_flipped])
def test_lost_or_damaged_before_the_vault_had_it_it_is_sealed_again(
    way: Way, loss: Callable[[Way], None], restarted: bool
) -> None:
    (before,) = way.sealed(CALL)
    loss(way)
    if restarted:
        way.start()
        work_until_idle(way.keeper)
    way.go_on()
    assert way.is_safe()
    after = way.entry()
    assert after.sha256 != before.sha256
    assert (after.chain, after.chain_place, after.length_ms) == (before.chain, 1, before.length_ms)
    assert way.keeper.keeping == Keeping()
    assert way.uploader.state == Bringing()  # nothing lies aside any more, and the lamp is out
    assert way.seat.sealing.files() == []


def test_the_log_keeps_both_and_says_why(way: Way) -> None:
    (before,) = way.sealed(CALL)
    gone(way)
    way.go_on()
    said = [change for change in SqlHistories(way.seat.store).of("recording", CALL) if "seal_hash" in change.patch]
    assert [change.patch["seal_hash"] for change in said] == [before.seal_hash, way.entry().seal_hash]
    assert "lost before the vault had it" in said[1].reason
    assert "marks" not in said[1].patch  # only what is another now


def test_the_chain_stays_whole_where_it_was_the_last(way: Way) -> None:
    way.sealed(CALL, OTHER)
    name = way.entry(OTHER).file
    (way.seat.sealed_dir / name).unlink()
    way.lost.work_once()
    work_until_idle(way.keeper)
    way.sealed(THIRD)
    way.go_on()
    assert [way.entry(one).chain_place for one in (CALL, OTHER, THIRD)] == [1, 2, 3]
    assert all(map(way.is_safe, (CALL, OTHER, THIRD)))
    found: list[object] = []
    check = VaultCheck(way.vault, How(way.seat.sealing.hotline.identities()), 1)
    assert check.run(found.append).exit_code == 0, found


def test_the_place_before_comes_from_the_log_where_the_seal_is_gone_as_well(way: Way) -> None:
    _first, second = way.sealed(CALL, OTHER)
    way.uploader.work_once()
    closed_spool(way.seat.spool_dir, SOUND, THIRD)
    work_until_idle(way.keeper)
    gone(way)
    way.go_on()
    third = way.entry(THIRD)
    assert third.chain_place == 3
    opener = SealedOpener(way.vault, way.seat.sealing.hotline.identities)
    assert opener.seal_of(third).seal.previous == second.seal_hash


def test_while_it_is_sealed_again_the_uploader_leaves_it_alone(way: Way) -> None:
    (before,) = way.sealed(CALL)
    way.keeper.seal_again(CALL)
    gone(way)
    way.seat.sealing.new_sealer().seal(CALL, before)  # sealed, and not logged yet
    assert not way.uploader.work_once()
    assert len(way.seat.sealing.files()) == 2
    way.go_on()
    assert way.is_safe()


def test_killed_before_the_second_seal_was_logged_it_counts_nevertheless(way: Way) -> None:
    (before,) = way.sealed(CALL)
    way.keeper.seal_again(CALL)
    gone(way)
    again = way.seat.sealing.new_sealer().seal(CALL, before)
    way.start()
    assert not way.uploader.work_once()  # it must not take it for a damaged one
    assert len(way.seat.sealing.files()) == 2
    way.go_on()
    assert way.is_safe()
    assert (way.entry().seal_hash, way.entry().chain_place) == (again.seal_hash, 1)


def test_what_the_vault_has_already_is_confirmed_and_not_sealed_again(way: Way) -> None:
    (before,) = way.sealed(CALL)
    for name in way.seat.sealing.files():
        way.vault.put_new(name, way.seat.sealed_dir / name)
    gone(way)
    way.go_on()
    assert way.is_safe()
    assert way.entry().seal_hash == before.seal_hash
    assert sum(way.read_back) == before.size_bytes  # at the pace of all that goes to the vault and comes back


def test_where_the_vault_holds_something_else_nothing_is_done_but_telling(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    (before,) = way.sealed(CALL)
    foreign = way.seat.vault_dir / before.file
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"something else")
    gone(way)
    way.go_on()
    assert way.entry() == before
    assert way.seat.spool_files() == [f"{CALL}.jsonl", f"{CALL}.pcm"]
    assert way.keeper.keeping == Keeping(unvaulted=1)
    assert caplog.text.count("the vault holds something else") == 1


def test_a_vault_that_is_away_is_asked_again(way: Way) -> None:
    (before,) = way.sealed(CALL)
    gone(way)
    away = way.looking(AwayVault(way.seat.vault_dir, make=True))
    assert not away.work_once()
    work_until_idle(way.keeper)
    assert way.entry() == before
    way.go_on()
    assert way.is_safe()


def test_a_spool_without_audio_never_makes_a_missing_recording_of_a_logged_one(way: Way) -> None:
    (before,) = way.sealed(CALL)
    gone(way)
    (way.seat.spool_dir / f"{CALL}.pcm").unlink()
    way.go_on()
    assert way.entry() == before


def test_an_encoder_that_refuses_never_makes_a_missing_recording_of_a_logged_one(way: Way) -> None:
    (before,) = way.sealed(CALL)
    gone(way)

    def seal(_call_id: CallId, _lost: RecordingEntry | None) -> RecordingEntry:
        raise SealError("the encoder says no")

    way.start(way.seat.keeper(seal))
    work_until_idle(way.keeper)
    for _ in range(4):
        way.go_on()
    assert way.entry() == before
    assert way.seat.spool_files() == [f"{CALL}.jsonl", f"{CALL}.pcm"]


def test_what_is_on_its_way_as_it_should_be_is_left_alone(way: Way) -> None:
    (before,) = way.sealed(CALL)
    assert not way.lost.work_once()
    work_until_idle(way.keeper)
    assert way.entry() == before
