"""What recording knows of a seat's health: whether the vault can be written, and what still waits at this seat. Any
thread but the ui's: a share or a storage that hangs holds it up.

What waits is seen from the files alone, so that it is known without a running seat: a sealed file at this seat waits
for the vault, a spool without one waits to be sealed."""

import time
from collections.abc import Sequence
from pathlib import Path

from desk.domain.health import Finding, Level
from desk.i18n import _
from desk.recording.vault.port import Vault
from desk.settings import Settings
from desk.usecases.recording_ports import VaultAway, VaultRefused

WAITS_LONG_H = 24.0
_SPOOL, _SEALED = "*.jsonl", "*.age"  # a spool in several pieces has several manifests, of one call


def vault(store: Vault) -> Sequence[Finding]:
    check, begun_s = "vault", time.monotonic()
    try:
        store.try_writing()
    except VaultAway as error:
        return (
            Finding(
                check,
                Level.WRONG,
                _("The recordings store does not answer ({detail}).").format(detail=error),
                _("Connect the share, or look at the network. Recordings wait here meanwhile, none is lost."),
            ),
        )
    except VaultRefused as error:
        return (
            Finding(
                check,
                Level.WRONG,
                _("The recordings store takes nothing ({detail}).").format(detail=error),
                _("Check its rights and its space, and the access key. Recordings wait here meanwhile."),
            ),
        )
    passed_ms = round((time.monotonic() - begun_s) * 1000)
    return (
        Finding(
            check, Level.OK, _("It can be written ({ms} ms).").format(ms=passed_ms), figures={"write_ms": passed_ms}
        ),
    )


def waiting(settings: Settings, now_s: float | None = None) -> Sequence[Finding]:
    """`now_s`: seconds since the epoch."""
    now_s = time.time() if now_s is None else now_s
    unvaulted = _ages_h((settings.sealed_dir,), _SEALED, now_s)
    spools = _ages_h(settings.spool_dirs, _SPOOL, now_s)
    unsealed = {call: age_h for call, age_h in spools.items() if call not in unvaulted}
    oldest_h = max((*unsealed.values(), *unvaulted.values()), default=0.0)
    figures: dict[str, float | int | str] = {
        "unsealed": len(unsealed),
        "unvaulted": len(unvaulted),
        "oldest_hours": round(oldest_h, 1),
    }
    if oldest_h < WAITS_LONG_H:
        said = _("{unsealed} recordings are not sealed yet, {unvaulted} wait for the recordings store.")
        return (Finding("recordings", Level.OK, said.format(**figures), figures=figures),)
    return (
        Finding(
            "recordings",
            Level.WARNING,
            _("Recordings wait at this seat, the oldest for {hours:.0f} hours ({unsealed} not sealed).").format(
                hours=oldest_h, unsealed=len(unsealed)
            ),
            _("Start the seat and leave it on; if they stay, look at the recordings store and at `desk reconcile`."),
            figures,
        ),
    )


def _ages_h(folders: Sequence[Path], pattern: str, now_s: float) -> dict[str, float]:
    """By call: how old its youngest file is."""
    found: dict[str, float] = {}
    for folder in folders:
        for file in folder.rglob(pattern):
            try:
                age_h = max(0.0, (now_s - file.stat().st_mtime) / 3600)
            except OSError:
                continue  # sealed since
            call = file.name.partition(".")[0]
            found[call] = min(age_h, found.get(call, age_h))
    return found
