"""What systemd does when the seat's service ends, as systemd.service(5) has it: for tests where no systemd runs."""

import configparser

from tests.installer.stub import INSTALLER

UNIT = INSTALLER / "debian" / "desk.service"


def starts_again(code: int) -> bool:
    """After this exit code (a signal as minus its number), unless systemd itself ended it."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(UNIT.read_text("utf-8"))
    service = unit["Service"]

    def codes(key: str) -> set[int]:
        return {int(word) for word in service.get(key, "").split()}

    assert service["Restart"] == "on-failure", "another rule than this one"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0", "it would give up"
    if code in codes("RestartPreventExitStatus"):
        return False
    return code in codes("RestartForceExitStatus") or code not in {0, *codes("SuccessExitStatus")}
