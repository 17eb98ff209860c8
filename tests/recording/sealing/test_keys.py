"""Who may open: the recipients in the settings, the seat's own key where there are none, agents for so many days."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.domain.call_log import RecordingEntry
from desk.domain.identity import CallId
from desk.recording.sealing import age
from desk.recording.sealing.keys import (
    HOTLINE_ENTRY,
    OWN_FILE,
    OWN_LIST_ENTRY,
    PUBLIC_FILE,
    HotlineKeys,
    OwnKeys,
    SealKeys,
)
from desk.recording.sealing.rotate import Rotated, Rotation, WrappedKey, key_bytes, read_key
from desk.recording.sealing.seal_file import SealDamaged
from desk.recording.vault.erase import VaultEraser
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Pace, unhurried
from desk.secrets import FakeSecrets
from desk.usecases.ports import KeyMissing, KeyringWeak
from desk.usecases.recording_ports import NotForYou
from tests.recording.scene import CALL, T0, Sound, closed_spool
from tests.recording.sealed import NOW, SealingSeat, supervisor

OTHER = CallId("01957000-0000-7000-8000-000000000002")
SECOND = Sound.steps([(9000, 0)])


class WeakSecrets(FakeSecrets):
    """A keyring that is locked."""

    def get(self, entry: str) -> str | None:
        raise KeyringWeak("locked")

    def set(self, entry: str, value: str) -> None:
        raise KeyringWeak("locked")


def opens(seat: SealingSeat, entry: RecordingEntry, *identities: age.Identity) -> bool:
    try:
        seat.opener(lambda: identities).open(entry).close()
    except NotForYou:
        return False
    return True


def test_a_seat_alone_makes_its_key_at_the_first_seal_and_keeps_it(tmp_path: Path) -> None:
    seat = SealingSeat(tmp_path)
    assert seat.hotline.identities() == []
    closed_spool(seat.spool_dir, SECOND)
    entry = seat.seal(CALL)
    (identity,) = seat.hotline.identities()
    assert opens(seat, entry, identity)
    assert (seat.sealed_dir / PUBLIC_FILE).read_text().strip() == str(identity.to_public())
    closed_spool(seat.spool_dir, SECOND, OTHER)
    assert opens(seat, seat.new_sealer().seal(OTHER), identity)
    assert list(map(str, seat.hotline.identities())) == [str(identity)]


def test_a_key_that_vanished_from_the_keyring_is_not_replaced_in_silence(tmp_path: Path) -> None:
    seat = SealingSeat(tmp_path)
    closed_spool(seat.spool_dir, SECOND)
    entry = seat.seal(CALL)
    (identity,) = seat.hotline.identities()
    seat.secrets.delete(HOTLINE_ENTRY)
    closed_spool(seat.spool_dir, SECOND, OTHER)
    with pytest.raises(KeyMissing, match=str(identity.to_public())):
        seat.new_sealer().seal(OTHER)
    assert not [name for name in seat.files() if OTHER in name]
    seat.hotline.add(identity)
    assert opens(seat, seat.new_sealer().seal(OTHER), identity)
    assert opens(seat, entry, identity)


def test_with_recipients_the_seat_holds_no_key_and_cannot_open_what_it_sealed(tmp_path: Path) -> None:
    first, one = supervisor()
    second, two = supervisor()
    seat = SealingSeat(tmp_path, recipients=(one, two))
    closed_spool(seat.spool_dir, SECOND)
    entry = seat.seal(CALL)
    assert seat.hotline.identities() == []
    with pytest.raises(NotForYou):
        seat.opener().open(entry)
    assert opens(seat, entry, first)
    assert opens(seat, entry, second)
    assert not opens(seat, entry, age.new_identity())


@pytest.mark.parametrize("recipient", ["", "age1", "age1qqqq", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1", "王"])
def test_a_recipient_that_is_no_key_is_a_clear_error_and_nothing_is_sealed(tmp_path: Path, recipient: str) -> None:
    seat = SealingSeat(tmp_path, recipients=(recipient,))
    closed_spool(seat.spool_dir, SECOND)
    with pytest.raises(KeyMissing, match="no age recipient"):
        seat.seal(CALL)
    assert seat.files() == []


def test_an_error_never_quotes_a_private_key() -> None:
    text = str(age.new_identity())
    for make in (age.recipient_of, lambda one: age.identity_of(one[:-3])):
        with pytest.raises(age.KeyNotUsable) as caught:
            make(text)
        assert text[:30] not in str(caught.value)


def test_a_keyring_that_is_locked_holds_up_a_seat_alone(tmp_path: Path) -> None:
    keys = SealKeys(WeakSecrets(), tmp_path, ())
    with pytest.raises(KeyringWeak):
        keys.recipients_for("1001", NOW)


def test_a_keyring_that_is_locked_does_not_hold_up_a_seat_with_recipients(tmp_path: Path) -> None:
    _identity, recipient = supervisor()
    secrets = WeakSecrets()
    keys = SealKeys(secrets, tmp_path, (recipient,), OwnKeys(secrets, tmp_path, 7, lambda: NOW))
    assert [str(one) for one in keys.recipients_for("1001", NOW)] == [recipient]


def test_agents_open_their_own_for_so_many_days_and_then_never_again(tmp_path: Path) -> None:
    _identity, recipient = supervisor()
    seat = SealingSeat(tmp_path, recipients=(recipient,), own_days=2)
    closed_spool(seat.spool_dir, SECOND)
    entry = seat.seal(CALL)
    (own,) = seat.own.identities("1001")
    assert opens(seat, entry, own)
    assert list(seat.own.identities("1002")) == []
    seat.later(days=2)
    assert seat.own.destroy_old() == 0
    assert [str(one) for one in seat.own.identities("1001")] == [str(own)]
    seat.later(days=1)
    assert list(seat.own.identities("1001")) == []  # even before it is destroyed
    assert seat.own.destroy_old() == 1
    assert seat.secrets.get(f"own-key:1001:{T0.date()}") is None
    seat.now = NOW  # a clock set back brings no key back
    assert list(seat.own.identities("1001")) == []
    assert seat.own.destroy_old() == 0


def test_no_days_no_own_keys(tmp_path: Path) -> None:
    seat = SealingSeat(tmp_path, own_days=0)
    closed_spool(seat.spool_dir, SECOND)
    seat.seal(CALL)
    assert seat.own.listed() == []
    assert not (seat.sealed_dir / OWN_FILE).exists()


def test_a_day_of_an_agent_has_one_key_and_each_day_its_own(tmp_path: Path) -> None:
    own = OwnKeys(FakeSecrets(), tmp_path, 7, lambda: NOW)
    day = datetime(2026, 3, 5, 23, 59, tzinfo=UTC)
    first = [str(own.recipient("1001", at)) for at in (NOW, day)]
    others = [str(own.recipient("1002", NOW)), str(own.recipient("1001", NOW - timedelta(days=1)))]
    assert first[0] == first[1]
    assert len({*first, *others}) == 3
    assert own.recipient("1001", NOW - timedelta(days=30)) is None
    again = OwnKeys(FakeSecrets(), tmp_path, 7, lambda: NOW)
    assert len(again.listed()) == 3


def test_a_damaged_list_of_day_keys_is_told_and_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / OWN_FILE).write_text("{")
    own = OwnKeys(FakeSecrets(), tmp_path, 7, lambda: NOW)
    assert own.listed() == []
    assert "damaged" in caplog.text
    assert own.recipient("1001", NOW) is not None
    assert len(own.listed()) == 1


@pytest.mark.parametrize("lost", ["file", "damaged file", "entry", "damaged entry"])
def test_whichever_list_of_day_keys_is_lost_all_are_destroyed_in_their_time(tmp_path: Path, lost: str) -> None:
    secrets, now = FakeSecrets(), [NOW]
    own = OwnKeys(secrets, tmp_path, 7, lambda: now[0])
    own.recipient("1001", now[0])
    match lost:
        case "file":
            (tmp_path / OWN_FILE).unlink()
        case "damaged file":
            (tmp_path / OWN_FILE).write_text("[")
        case "entry":
            secrets.delete(OWN_LIST_ENTRY)
        case _:
            secrets.set(OWN_LIST_ENTRY, '[["1001"')
    now[0] += timedelta(days=1)
    own.recipient("1001", now[0])
    now[0] += timedelta(days=400)
    assert own.destroy_old() == 2
    for day in (NOW, NOW + timedelta(days=1)):
        assert secrets.get(f"own-key:1001:{day.date()}") is None
    assert own.listed() == []


def test_a_day_key_from_a_clock_that_was_ahead_opens_nothing_and_goes_with_the_next_one(
    tmp_path: Path,
) -> None:
    secrets, now = FakeSecrets(), [datetime(2030, 3, 1, 9, tzinfo=UTC)]
    own = OwnKeys(secrets, tmp_path, 7, lambda: now[0])
    assert own.recipient("1001", now[0]) is not None
    now[0] = NOW
    assert list(own.identities("1001")) == []
    assert own.recipient("1001", datetime(2030, 3, 1, 9, tzinfo=UTC)) is None  # sealed only now
    assert own.recipient("1001", NOW) is not None
    assert own.destroy_old() == 0  # it may be today's clock that is wrong
    now[0] += timedelta(days=9)
    assert own.recipient("1001", now[0]) is not None
    assert own.destroy_old() == 2
    assert secrets.get("own-key:1001:2030-03-01") is None
    assert own.listed() == [("1001", now[0].date())]


def test_a_clock_that_was_behind_for_a_while_costs_no_day_key(tmp_path: Path) -> None:
    now = [NOW]
    own = OwnKeys(FakeSecrets(), tmp_path, 7, lambda: now[0])
    own.recipient("1001", NOW)
    now[0] = datetime(1970, 1, 1, tzinfo=UTC)
    own.recipient("1001", now[0])
    assert own.destroy_old() == 0
    now[0] = NOW + timedelta(hours=1)
    assert own.destroy_old() == 1
    assert own.listed() == [("1001", NOW.date())]
    assert len(list(own.identities("1001"))) == 1


def test_a_keyring_that_takes_no_long_list_leaves_the_file(tmp_path: Path) -> None:
    class ShortSecrets(FakeSecrets):
        def set(self, entry: str, value: str) -> None:
            if entry == OWN_LIST_ENTRY:
                raise KeyringWeak("too long")
            super().set(entry, value)

    own = OwnKeys(ShortSecrets(), tmp_path, 7, lambda: NOW)
    assert own.recipient("1001", NOW) is not None
    assert own.listed() == [("1001", NOW.date())]


def test_keys_are_added_once_and_forgotten_by_recipient() -> None:
    keys = HotlineKeys(FakeSecrets())
    (one, name), (two, _) = supervisor(), supervisor()
    assert keys.add(one)
    assert not keys.add(one)
    assert keys.add(two, first=True)
    assert list(map(str, keys.identities())) == [str(two), str(one)]
    assert keys.forget(name)
    assert not keys.forget(name)
    assert list(map(str, keys.identities())) == [str(two)]
    assert keys.forget(str(two.to_public()))
    assert keys.identities() == []


class Rotating:
    """Two recordings, sealed for one supervisor."""

    def __init__(self, folder: Path) -> None:
        self.first, self.first_name = supervisor()
        self.second, self.second_name = supervisor()
        self.seat = SealingSeat(folder, recipients=(self.first_name,))
        self.entries = []
        for call_id in (CALL, OTHER):
            closed_spool(self.seat.spool_dir, SECOND, call_id)
            self.entries.append(self.seat.seal(call_id))
        self.vault = FolderVault(self.seat.sealed_dir)

    def rotate(self, identities: list[age.Identity], *to: str) -> list[Rotated]:
        done: list[Rotated] = []
        Rotation(self.vault, identities, to).run(on_each=lambda _name, one: done.append(one))
        return done


@pytest.fixture
def rotating(tmp_path: Path) -> Rotating:
    return Rotating(tmp_path)


def test_rotated_others_open_it_and_audio_and_seal_are_untouched(rotating: Rotating) -> None:
    before = {name: (rotating.seat.sealed_dir / name).read_bytes() for name in rotating.seat.files()}
    assert not opens(rotating.seat, rotating.entries[0], rotating.second)
    assert rotating.rotate([rotating.first], rotating.second_name) == [Rotated.WRAPPED] * 2
    for entry in rotating.entries:
        assert opens(rotating.seat, entry, rotating.second)
        assert opens(rotating.seat, entry, rotating.first)  # nothing in a vault is overwritten
    for name, content in before.items():
        assert (rotating.seat.sealed_dir / name).read_bytes() == content
    assert len(rotating.seat.files()) == 6


def test_a_rotation_done_again_does_nothing_and_one_broken_off_goes_on(rotating: Rotating) -> None:
    rotating.rotate([rotating.first], rotating.second_name)
    (rotating.seat.sealed_dir / rotating.entries[1].file).with_suffix(".key2").unlink()
    assert rotating.rotate([rotating.first], rotating.second_name) == [Rotated.DONE_BEFORE, Rotated.WRAPPED]
    assert rotating.rotate([rotating.first], rotating.second_name) == [Rotated.DONE_BEFORE] * 2


def test_rotations_follow_each_other_by_whoever_can_open_now(rotating: Rotating) -> None:
    third, third_name = supervisor()
    rotating.rotate([rotating.first], rotating.second_name)
    assert rotating.rotate([rotating.second], third_name, rotating.second_name) == [Rotated.WRAPPED] * 2
    assert opens(rotating.seat, rotating.entries[0], third)
    names = [name for name in rotating.seat.files() if ".key" in name]
    assert [name.rpartition(".")[2] for name in names] == ["key2", "key3"] * 2


def test_what_no_key_here_opens_is_told_and_left(rotating: Rotating) -> None:
    assert rotating.rotate([age.new_identity()], rotating.second_name) == [Rotated.NOT_FOR_US] * 2
    assert len(rotating.seat.files()) == 4


def test_a_damaged_seal_is_told_and_the_rest_goes_on(rotating: Rotating) -> None:
    (rotating.seat.sealed_dir / rotating.entries[0].file).with_suffix(".seal").write_bytes(b"{}")
    assert rotating.rotate([rotating.first], rotating.second_name) == [Rotated.DAMAGED, Rotated.WRAPPED]


def test_a_rotation_to_nobody_or_to_no_key_is_refused(rotating: Rotating) -> None:
    with pytest.raises(ValueError, match="nobody"):
        rotating.rotate([rotating.first])
    with pytest.raises(age.KeyNotUsable):
        rotating.rotate([rotating.first], "age1nobody")


def test_a_key_that_is_damaged_in_the_vault_leaves_the_others(rotating: Rotating) -> None:
    rotating.rotate([rotating.first], rotating.second_name)
    file = (rotating.seat.sealed_dir / rotating.entries[0].file).with_suffix(".key3")
    file.write_bytes(b"\xff nonsense")
    assert opens(rotating.seat, rotating.entries[0], rotating.second)


class MeanwhileVault(FolderVault):
    """Before the first object is put, somebody else does something."""

    def __init__(self, root: Path, meanwhile: Callable[[], object]) -> None:
        super().__init__(root)
        self._meanwhile: Callable[[], object] | None = meanwhile

    def put_new(self, name: str, file: Path, pace: Pace = unhurried) -> None:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()
        super().put_new(name, file, pace)


@pytest.mark.parametrize("same", [False, True])
def test_two_rotations_at_once_take_numbers_of_their_own(rotating: Rotating, same: bool) -> None:
    third, third_name = supervisor()
    other_name = rotating.second_name if same else third_name
    rotating.vault = MeanwhileVault(
        rotating.seat.sealed_dir,
        Rotation(FolderVault(rotating.seat.sealed_dir), [rotating.first], [other_name]).run,
    )
    done = rotating.rotate([rotating.first], rotating.second_name)
    assert done == ([Rotated.DONE_BEFORE] * 2 if same else [Rotated.WRAPPED] * 2)
    for entry in rotating.entries:
        assert opens(rotating.seat, entry, rotating.second)
        assert opens(rotating.seat, entry, third) is not same


def test_of_what_was_deleted_by_rule_no_key_is_made(rotating: Rotating) -> None:
    audio = rotating.entries[0].file
    VaultEraser(rotating.vault).erase(audio, {"call_id": CALL})
    assert rotating.rotate([rotating.first], rotating.second_name) == [Rotated.DELETED, Rotated.WRAPPED]
    assert not (rotating.seat.sealed_dir / audio).with_suffix(".key2").exists()


@pytest.mark.parametrize("torn", [b"torn", b"", None])
def test_a_torn_or_missing_key_hinders_no_rotation(rotating: Rotating, torn: bytes | None) -> None:
    third, third_name = supervisor()
    rotating.rotate([rotating.first], rotating.second_name)
    rotating.rotate([rotating.first], rotating.second_name, rotating.first_name)
    for entry in rotating.entries:
        key2 = (rotating.seat.sealed_dir / entry.file).with_suffix(".key2")
        key2.unlink() if torn is None else key2.write_bytes(torn)
    assert rotating.rotate([rotating.second], third_name) == [Rotated.WRAPPED] * 2
    for entry in rotating.entries:
        assert (rotating.seat.sealed_dir / entry.file).with_suffix(".key4").exists()
        assert opens(rotating.seat, entry, third)
    assert rotating.rotate([rotating.second], third_name) == [Rotated.DONE_BEFORE] * 2


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"call_id": "x", "key": "?", "to": []}', b"\xff"])
def test_what_is_no_wrapped_key_is_refused(damage: bytes) -> None:
    with pytest.raises(SealDamaged):
        read_key(damage, "5ea1")


def test_a_wrapped_key_reads_back() -> None:
    wrapped = WrappedKey("c", "5ea1", b"age...", ("age1x", "age1y"))
    assert read_key(key_bytes(wrapped), "5ea1") == wrapped
    with pytest.raises(SealDamaged, match="another recording"):
        read_key(key_bytes(wrapped), "5ea2")


def test_any_flipped_bit_of_a_wrapped_key_is_noticed_without_a_key() -> None:
    content = key_bytes(WrappedKey("c", "5ea1", b"age, of any length", ("age1x",)))
    for bit in range(len(content) * 8):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(SealDamaged):
            read_key(bytes(changed), "5ea1")
    for same in (content + b" ", content.replace(b":", b": ", 1), content.rstrip()):
        with pytest.raises(SealDamaged, match="written"):
            read_key(same, "5ea1")
