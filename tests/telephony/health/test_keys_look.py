"""Whether a headset's keys can be had is seen from what the kernel lists."""

import os
from pathlib import Path

import pytest

from desk.domain.health import Level
from desk.telephony.health.keys_look import keys
from tests.telephony.keys.test_hid_descriptor import KEYBOARD, SHAPE

HEADSET = SHAPE["one report"]


class Kernel:
    def __init__(self, folder: Path) -> None:
        self.system, self.devices = folder / "sys", folder / "dev"
        self.system.mkdir()
        self.devices.mkdir()

    def plug_in(self, node: str, descriptor: bytes, name: str = "Jabra Evolve2 40") -> Path:
        device = self.system / node / "device"
        device.mkdir(parents=True)
        (device / "report_descriptor").write_bytes(descriptor)
        (device / "uevent").write_text(f"DRIVER=jabra\nHID_NAME={name}\n")
        (self.devices / node).touch(mode=0o600)
        return self.devices / node

    def levels(self) -> list[Level]:
        return [found.level for found in keys(self.system, self.devices)]


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(tmp_path)


def test_without_telephone_keys_there_is_nothing_to_say(kernel: Kernel, tmp_path: Path) -> None:
    assert kernel.levels() == []
    kernel.plug_in("hidraw0", KEYBOARD)
    kernel.plug_in("hidraw1", b"\xff\x00\xfe nonsense")
    assert kernel.levels() == []
    assert keys(tmp_path / "none", tmp_path) == ()


def test_keys_that_can_be_had_are_named(kernel: Kernel) -> None:
    kernel.plug_in("hidraw0", KEYBOARD)
    kernel.plug_in("hidraw3", HEADSET)
    (found,) = keys(kernel.system, kernel.devices)
    assert (found.level, found.why) == (Level.OK, "Jabra Evolve2 40")


def test_keys_that_this_user_may_not_read_are_a_warning(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    node = kernel.plug_in("hidraw3", HEADSET, "Evil\x07Name")
    if os.geteuid() == 0:  # who may everything
        monkeypatch.setattr("desk.telephony.health.keys_look.os.access", lambda path, _mode: path != node)
    else:
        node.chmod(0)
    (found,) = keys(kernel.system, kernel.devices)
    assert found.level is Level.WARNING
    assert "EvilName" in found.why
    assert "60-desk-headset.rules" in found.remedy
