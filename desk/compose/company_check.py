"""What a company's file brings along (policies, categories and phrases, scoring sheets), read as a seat would read it,
before it is signed: a seat would leave out what it cannot use, and nobody in the hotline could mend it."""

from pathlib import Path

from desk import exit_codes
from desk.compose import policy_check, score
from desk.settings import Settings
from desk.texts import ShippedTexts


class BroughtFiles:
    """`look` is what `making.checked` calls. Each folder is read once, however many seats have it."""

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self._seen: set[tuple[str, ...]] = set()

    def look(self, settings: Settings, files: Path) -> None:
        policies, texts, sheets = settings.policies, settings.texts.folder, settings.score.sheets
        if self._is_new("policies", policies.folder, policies.estate, files):
            said: list[str] = []
            if policy_check.run(settings, None, "", said.append) != exit_codes.OK:
                self._tell(said[:-1], files)  # the last is how many were read
        if self._is_new("texts", texts, "", files):
            self._tell(ShippedTexts(own=texts).troubles(), files)
        if self._is_new("sheets", sheets, "", files):
            said = []
            if score.check(Path(sheets), said.append) != exit_codes.OK:
                self._tell(said[-1:], files)

    def _is_new(self, kind: str, folder: str, more: str, files: Path) -> bool:
        """Only what it brings: a folder of a share is another's matter."""
        key = (kind, folder, more)
        if not folder.startswith(str(files)) or key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _tell(self, said: "list[str] | tuple[str, ...]", files: Path) -> None:
        self.troubles += [one.replace(f"{files}/", "files/").replace(f"{files}\\", "files\\") for one in said]
