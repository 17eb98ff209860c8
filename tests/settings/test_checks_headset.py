"""[headset]: names that no device can have."""

from pathlib import Path

import pytest

from desk.settings import SettingsError, load


@pytest.mark.parametrize("key", ["microphone", "earpiece", "ring_device"])
@pytest.mark.parametrize(
    ("name", "reason"),
    [("a\\u0007b", "not a device's name"), ("x" * 256, "not a device's name"), (" USB", "begin or end with a space")],
)
def test_a_name_that_no_device_can_have_is_told_with_its_line(tmp_path: Path, key: str, name: str, reason: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'[headset]\n{key} = "{name}"\n')
    with pytest.raises(SettingsError, match=reason) as raised:
        load(file)
    assert (raised.value.line, f"headset.{key}" in str(raised.value)) == (2, True)


def test_any_name_that_a_device_may_have_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[headset]\nearpiece = "耳麦 (Jabra® Evolve 20) #2"\nring_on_speakers = false\nkeys = false\n')
    headset = load(file).headset
    assert (headset.earpiece, headset.ring_on_speakers, headset.keys) == ("耳麦 (Jabra® Evolve 20) #2", False, False)
