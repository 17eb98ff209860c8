"""One run over a vault of the tests, and what it found."""

from desk.domain.call_log import RecordingEntry
from desk.recording.proof.checked import How
from desk.recording.proof.findings import Finding, Summary, What
from desk.recording.proof.verify import Days, VaultCheck
from desk.recording.vault.folder_vault import FolderVault
from tests.recording.proof.sealed import SealedVault


def verified(
    vault: SealedVault,
    *,
    key: bool = True,
    decode: bool = False,
    days: Days | None = None,
    logged: list[RecordingEntry] | None = None,
) -> tuple[Summary, list[Finding]]:
    found: list[Finding] = []
    how = How((vault.supervisor,) if key else (), decode=decode)
    run = VaultCheck(FolderVault(vault.root), how, 2, days or Days(), logged)
    return run.run(found.append), found


def whats(findings: list[Finding]) -> set[What]:
    return {finding.what for finding in findings}
