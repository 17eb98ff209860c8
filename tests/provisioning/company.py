"""A company for the tests: its keys (without a password, whose stretching takes a second), its file, its codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import minisign

from desk import signed
from desk.provisioning import making
from desk.provisioning.accept import Accepting
from desk.provisioning.enrol import Enrolled, Enrolling
from desk.provisioning.source import Source, source_of
from desk.secrets import FakeSecrets, Secrets
from desk.settings.company_file import company_file
from desk.settings.layers import Places

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)

TEXT = """
[company]
name = "阳光物业"
version = {version}

[settings.seat]
theme = "dark"

[settings.line]
kind = "registered"
registrar = "pbx.example.com"
{more}
[seats.S01.line]
user = "8001"
[seats.S02.line]
user = "8002"
"""


def text(version: int = 1, more: str = "") -> str:
    return TEXT.format(version=version, more=more)


@dataclass(frozen=True)
class Keys:
    secret: str
    public: str


def new_keys() -> Keys:
    pair = minisign.KeyPair.generate()
    return Keys(bytes(pair.secret_key).decode(), pair.public_key.to_base64().decode())


@dataclass
class Company:
    """A share with a signed file and codes."""

    folder: Path
    keys: Keys

    @property
    def source(self) -> Source:
        return source_of(str(self.folder))

    def publish(self, content: str) -> None:
        data = content.encode()
        making.sign_into(self.folder, data, company_file(Path("company.toml"), data), self.keys.secret, "")

    def publish_unchecked(self, content: str, keys: Keys | None = None) -> None:
        """As somebody could who has a key and no sense."""
        data, by = content.encode(), keys or self.keys
        (self.folder / "company.toml").write_bytes(data)
        (self.folder / "company.toml.minisig").write_bytes(signed.sign(data, by.secret, "", "company", "x"))

    def code(
        self, seat: str = "S01", secrets: Mapping[str, str] | None = None, until: datetime = NOON + timedelta(days=14)
    ) -> str:
        found = company_file(Path("c"), (self.folder / "company.toml").read_bytes())
        given = {"sip:8001@pbx.example.com": "hunter2"} if secrets is None else secrets
        return making.make_codes(self.folder, found, [(seat, given)], [self.keys.public], until)[0].code


class Pc:
    """A computer that is to become a seat, or is one. `now` may be moved."""

    def __init__(self, folder: Path, name: str = "pc-1", pinned: tuple[str, ...] = ()) -> None:
        (folder / "etc").mkdir(parents=True)
        self.file, self.places = folder / "user" / "settings.toml", Places(folder / "etc")
        self.file.parent.mkdir()
        self.keyring = FakeSecrets()
        self.now, self.name, self.pinned = NOON, name, pinned

    @property
    def accepting(self) -> Accepting:
        return Accepting(self.file, self.places, lambda: self.now)

    def enrol(self, code: str, source: Source, secrets: Secrets | None = None) -> Enrolled:
        keyring = secrets or self.keyring
        enrolling = Enrolling(self.accepting, lambda: keyring, lambda: self.now, self.name, self.pinned)
        return enrolling.enrol(code, source)

    def everything(self) -> dict[str, bytes]:
        """All that lies in the user's folder, to see that nothing was changed."""
        folder = self.file.parent
        return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
