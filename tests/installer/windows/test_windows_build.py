"""The build script for Windows, which nothing here can run: held against the files and words that it names."""

import re
from pathlib import Path

from desk.telephony.lines.marks import AUDIO_PORT, AUDIO_PORTS, SIGNALLING_DSCP, VOICE_DSCP
from tests.installer.windows.wine import SCRIPT, compiled

ROOT = SCRIPT.parents[2]
BUILD = (SCRIPT.parent / "build.ps1").read_text("ascii")


def test_every_file_that_the_build_runs_is_there() -> None:
    run = re.findall(r'"((?:tools|installer)\\[\w\\]+\.(?:py|nsi))"', BUILD)
    modules = re.findall(r'"-m", "(tools[\w.]+)"', BUILD)
    assert {"tools\\icons.py", "tools\\translations.py", "installer\\windows\\desk.nsi"} <= set(run)
    assert set(modules) == {"tools.bundle", "tools.policy_templates"}
    for name in run:
        assert (ROOT / name.replace("\\", "/")).is_file(), name
    for module in modules:
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_the_installer_is_given_all_that_it_asks_for_and_nothing_else() -> None:
    script = SCRIPT.read_text("utf-8")
    used = set(re.findall(r"\$\{([A-Z]+)\}", script)) - set(re.findall(r"!define (?:/\w+ )?([A-Z]+) ", script))
    asked = {name for name in used if name not in ("AUTOSTART", "LINKS", "FIREWALL", "UPDATES", "TESTED")}
    asked -= set(re.findall(r'^Section ".*" ([A-Z]+)$', script, re.MULTILINE))
    asked -= {"SILENT"}
    given = set(re.findall(r"-D([A-Z]+)=", BUILD))
    assert given == asked | {"TARGET", "SIGN"}


def test_braces_and_quotes_of_the_script_are_in_pairs() -> None:
    code = re.sub(r"<#.*?#>", "", BUILD, flags=re.DOTALL)
    for opening, closing in ("()", "{}", "[]"):
        assert code.count(opening) == code.count(closing)
    for line in code.splitlines():
        assert re.sub(r"`.", "", line).count('"') % 2 == 0, line


def test_nsis_as_it_is_given_out_for_windows_compiles_the_installer_too(tmp_path: Path) -> None:
    """Its stubs are of 32 bits, which no wine here runs; what they do is the same script."""
    payload = tmp_path / "desk"
    payload.mkdir()
    (payload / "desk.exe").write_bytes(b"MZ")
    icon = "/usr/share/nsis/Contrib/Graphics/Icons/modern-install.ico"
    defines = {"TARGET": "x86-unicode", "PAYLOAD": payload, "VERSION": "0.1.0", "COMMIT": "0", "ICON": icon}
    made = compiled(SCRIPT, tmp_path / "out.exe", defines)
    assert made.stat().st_size > 50_000


def test_the_marks_that_it_is_told_to_set_are_set_on_the_program_that_is_the_seat() -> None:
    """Windows looks at the program's name: a policy for another one marks nothing, and nobody is told."""
    (seat,) = re.findall(r'^!define PROGRAM "([\w.]+)"', SCRIPT.read_text("utf-8"), re.MULTILINE)
    spec = (ROOT / "installer" / "desk.spec").read_text("utf-8")
    assert f'"{seat.removesuffix(".exe")}"' in spec
    page = (ROOT / "docs" / "network.md").read_text("utf-8")
    policy = page.partition("Policy-based QoS:")[2].partition("\n\n")[0]
    assert re.findall(r"application `([\w.]+)`", policy) == [seat]
    assert set(re.findall(r"`(\w+\.exe)`", policy)) == {seat, "desk.exe"}
    assert f"`{AUDIO_PORT}:{AUDIO_PORT + AUDIO_PORTS + 1}`, DSCP {VOICE_DSCP}" in policy
    assert f"`5060:5061`, DSCP {SIGNALLING_DSCP}" in policy
