"""What a PC says of itself: Linux's own files, odd firmware, a headset's serial number."""

from pathlib import Path

import pytest

from desk.domain.events import AudioDevice, HeadsetState
from desk.settings import LineSettings, Settings
from desk.sync import machine


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for file, text in {
        "sys/class/dmi/id/sys_vendor": "LENOVO\n",
        "sys/class/dmi/id/product_name": "ThinkCentre M70q\n",
        "sys/class/dmi/id/product_serial": "PF3ABC12\n",
        "etc/os-release": 'NAME="UnionTech"\nPRETTY_NAME="统信桌面操作系统 V20"\n',
        "proc/cpuinfo": "processor\t: 0\nmodel name\t: Intel(R) Core(TM) i5-12400T\n",
        "sys/class/hidraw/hidraw0/device/uevent": "HID_NAME=Logitech USB Receiver\nHID_UNIQ=\n",
        "sys/class/hidraw/hidraw3/device/uevent": "HID_NAME=GN Audio A/S Jabra Evolve2 40\nHID_UNIQ=745C4B5E\n",
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, "utf-8")
    return tmp_path


def settings(tmp_path: Path) -> Settings:
    lines = (LineSettings(user="8001", registrar="pbx.example"), LineSettings(label="中继", user="desk"))
    return Settings(lines=lines, data_dir=tmp_path)


def headset(name: str, keys: str = "") -> HeadsetState:
    return HeadsetState((AudioDevice("built-in", True), AudioDevice(name)), microphone=name, keys=keys)


def test_a_linux_pc_with_its_headset(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    found = machine.look(settings(tmp_path), headset("Jabra Evolve2 40 SE Mono"), root)
    assert (found.pc_model, found.pc_serial) == ("LENOVO ThinkCentre M70q", "PF3ABC12")
    assert found.system.startswith("统信桌面操作系统 V20 (")
    assert found.processor.startswith("Intel(R) Core(TM) i5-12400T × ")
    assert found.memory_mb > 0
    assert found.disk_mb > 0
    assert (found.headset, found.headset_serial) == ("Jabra Evolve2 40 SE Mono", "745C4B5E")
    assert found.lines == ("热线 8001@pbx.example", "中继 desk")


def test_a_headset_that_says_its_serial_number_itself_is_believed_on_every_system(tmp_path: Path) -> None:
    told = HeadsetState(microphone="Jabra Evolve2 40 SE Mono", keys="GN Audio A/S Jabra Evolve2 40", serial="0A1B2C")
    assert machine.look(settings(tmp_path), told, tmp_path / "windows").headset_serial == "0A1B2C"
    gone = HeadsetState(microphone="Poly Blackwire 3220", serial="0A1B2C")
    assert machine.look(settings(tmp_path), gone, tmp_path / "windows").headset_serial == ""


def test_another_headset_has_not_this_one_s_serial(root: Path, tmp_path: Path) -> None:
    assert machine.look(settings(tmp_path), headset("Poly Blackwire 3220"), root).headset_serial == ""


def test_firmware_that_says_nothing_is_not_believed(root: Path, tmp_path: Path) -> None:
    for name, text in (("sys_vendor", "To Be Filled By O.E.M."), ("product_name", "\0\x07 Default string \n")):
        (root / "sys/class/dmi/id" / name).write_text(text)
    (root / "sys/class/dmi/id/product_serial").unlink()
    found = machine.look(settings(tmp_path), None, root)
    assert (found.pc_model, found.pc_serial, found.headset) == ("", "", "")


def test_a_system_without_any_of_these_files_is_still_a_machine(tmp_path: Path) -> None:
    found = machine.look(settings(tmp_path), None, tmp_path / "nowhere")
    assert (found.seat, found.pc_model) == ("S01", "")
    assert found.desk_version


def test_this_very_pc() -> None:
    found = machine.look(Settings(), HeadsetState())
    assert found.system
    assert found.processor
