"""IT's side: a bundle comes into the channel, signed, and what no seat would take is refused at once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.faults import Fault
from desk.signed import KeyPair, new_keys
from desk.updating import archive, channel
from desk.updating.channel import Seen
from desk.updating.publish import Key, Publisher, Wish, identify
from tests.updating.bundles import a_bundle, open_keys

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def keys() -> KeyPair:
    return open_keys()


@pytest.fixture
def publisher(tmp_path: Path, keys: KeyPair) -> Publisher:
    return Publisher(tmp_path / "channel", lambda: Key(keys.secret, ""), lambda: AT)


def read(folder: Path, keys: KeyPair, seen: Seen = Seen()) -> channel.Channel:  # noqa: B008 - frozen
    data = (folder / channel.FILE).read_bytes()
    return channel.believed(data, (folder / channel.SIGNATURE_FILE).read_bytes(), [keys.public], seen)[0]


def test_a_published_bundle_is_offered_signed_and_comes_out_again(
    tmp_path: Path, publisher: Publisher, keys: KeyPair
) -> None:
    a_bundle(tmp_path / "bundle", "0.2.0")
    publisher.publish(tmp_path / "bundle", Wish(percent=10, note_zh='修了 "排班" 的毛病\n'))
    found = read(tmp_path / "channel", keys)
    assert found.serial == 1
    (offer,) = found.offers
    assert (offer.version, offer.platform, offer.percent) == ("0.2.0", "linux-x86_64", 10)
    assert offer.note("zh_CN") == offer.note("en") == '修了 "排班" 的毛病\n'
    file = tmp_path / "channel" / offer.file
    archive.check(file, offer.size, offer.sha256)
    archive.unpack(file, tmp_path / "out", "desk")
    assert (tmp_path / "out" / "behaviour.json").exists()


def test_every_change_is_a_newer_list(tmp_path: Path, publisher: Publisher, keys: KeyPair) -> None:
    a_bundle(tmp_path / "bundle", "0.2.0")
    publisher.publish(tmp_path / "bundle", Wish(percent=10))
    publisher.change("0.2.0", percent=100)
    publisher.change("0.2", withdrawn=True)
    found = read(tmp_path / "channel", keys, Seen(2, "x"))
    assert found.serial == 3
    assert (found.offers[0].percent, found.offers[0].withdrawn) == (100, True)


def test_a_version_is_never_replaced(tmp_path: Path, publisher: Publisher) -> None:
    a_bundle(tmp_path / "bundle", "0.2.0")
    publisher.publish(tmp_path / "bundle", Wish())
    with pytest.raises(Fault, match="in the channel already"):
        publisher.publish(tmp_path / "bundle", Wish())
    with pytest.raises(Fault, match=r"no version 0\.3"):
        publisher.change("0.3", percent=1)


def test_what_is_no_bundle_is_not_published(tmp_path: Path, publisher: Publisher) -> None:
    with pytest.raises(Fault, match="no bundle"):
        publisher.publish(tmp_path, Wish())
    a_bundle(tmp_path / "odd", "0.2.0-rc1")
    with pytest.raises(Fault, match="no bundle"):
        publisher.publish(tmp_path / "odd", Wish())


def test_a_wrong_password_changes_nothing(tmp_path: Path) -> None:
    a_bundle(tmp_path / "bundle", "0.2.0")
    locked = new_keys("correct horse").secret
    publisher = Publisher(tmp_path / "channel", lambda: Key(locked, "wrong"), lambda: AT)
    with pytest.raises(Fault, match="does not open"):
        publisher.publish(tmp_path / "bundle", Wish())
    assert not (tmp_path / "channel" / channel.FILE).exists()


def test_a_windows_bundle_is_known_by_its_program(tmp_path: Path) -> None:
    program = a_bundle(tmp_path / "bundle", "0.2.0")
    program.rename(program.with_name("desk.exe"))
    assert identify(tmp_path / "bundle") == ("0.2.0", "windows-x86_64")
