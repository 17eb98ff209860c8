"""A seat's settings: what the layers (`desk.settings.layers`) come to, checked whole before anything starts. Secrets
are never in them: passwords and keys live in the keyring under service "desk" (see `docs/settings.md`).

`load` reports a bad file as `SettingsError` with line and reason, and changes nothing. Unknown tables and keys are
refused, too: a setting that is misspelt must not be silently without effect. Read once, at start, by every process; no
thread of its own."""

import logging
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import platformdirs

from desk.i18n import _
from desk.settings.checks import first_problem
from desk.settings.company import company_layers, company_texts
from desk.settings.layers import SEVERAL, Layer, Merged, Places, Rank, Said, default_places
from desk.settings.phone_values import DialRule, DialSettings, HeadsetSettings, LineSettings, PhoneSettings
from desk.settings.recording_values import (
    RecordingSettings,
    ReplaySettings,
    RetentionRule,
    RetentionSettings,
    ScoreSettings,
    VaultSettings,
)
from desk.settings.source import SettingsError, parse, text_of
from desk.settings.values import (
    CentralSettings,
    ChannelSettings,
    CompanySettings,
    DoctorSettings,
    NotifyRuleSettings,
    NotifySettings,
    PoliciesSettings,
    ResidentsSettings,
    SeatSettings,
    SelfCheckSettings,
    Settings,
    StoreSettings,
    SupportSettings,
    TextsSettings,
    TicketHookSettings,
    UpdateSettings,
)

if TYPE_CHECKING:
    from desk.settings.policy_registry import Registry

_log = logging.getLogger(__name__)


def default_file() -> Path:
    """`DESK_SETTINGS` where set, else settings.toml in the user's configuration folder."""
    named = os.environ.get("DESK_SETTINGS")
    return Path(named) if named else Path(platformdirs.user_config_dir("desk", appauthor=False)) / "settings.toml"


def language_hint(file: Path, places: Places | None = None) -> str:
    """The language that the settings ask for, however broken the rest of them is; Chinese where they do not say."""
    machine = (places or default_places()).machine
    for said in (machine / "policy.toml", machine / "seat.toml", *company_texts(file), file):
        try:
            found = re.search(rb"""^\s*language\s*=\s*["'](en|zh_CN)["']""", said.read_bytes(), re.MULTILINE)
        except OSError:
            continue
        if found:
            return found[1].decode()
    return "zh_CN"


def load(file: Path, places: Places | None = None, *, prove: bool = True) -> Settings:
    """What all layers come to, the user's being this file; the defaults where there is none. `prove` False: the
    company's file is known by its hash, and its signature is left to whoever comes after. Raises `SettingsError`."""
    return layered(file, places, prove=prove).settings


@dataclass(frozen=True)
class Layered:
    """The settings, and who says what."""

    settings: Settings
    merged: Merged

    def log_overruled(self) -> None:
        """What somebody has set and is not heard: no error, but somebody may wonder."""
        for told in self.merged.overruled:
            _log.info("setting %s of %s is not heard: %s is stronger", told.key, told.weaker.place, told.stronger.place)


def layered(file: Path, places: Places | None = None, *, prove: bool = True) -> Layered:
    """Raises `SettingsError`."""
    layers = read_layers(file, places or default_places(), prove=prove)
    return Layered(*settle(layers, file))


def read_layers(file: Path, places: Places, *, prove: bool = True, company: bool = True) -> list[Layer]:
    """Every voice that there is, the strongest first, each fit by itself. `company` False: all but the company's.
    Raises `SettingsError`."""
    locked = _registry_layer(places.registry)
    machine: tuple[Rank, ...] = ("policy", "seat")
    files = [found for rank in machine if (found := _file_layer(rank, places.machine / f"{rank}.toml")) is not None]
    of_company = company_layers(file, prove=prove) if company else []
    own = _file_layer("user", file)
    layers = [*locked, *files, *of_company, *((own,) if own else ())]
    for layer in layers:
        check_layer(layer)
    return layers


def settle(layers: Sequence[Layer], file: Path) -> tuple[Settings, Merged]:
    """All of them together. `file`: who is to blame for what nobody has said. Raises `SettingsError`."""
    merged = Merged(layers)
    settings: Settings = msgspec.convert(_with_lines(merged.tree()), Settings, dec_hook=_folder)
    settings = replace(settings, data_dir=_whole(settings.data_dir), runtime_dir=_whole(settings.runtime_dir))
    problem = first_problem(settings)
    if problem is not None:
        key, reason = problem
        said = merged.said(key.split("."))
        blamed, line = (said.layer.source, _line_in(said.layer, said, key)) if said else (file, 0)
        raise SettingsError(blamed, line, f"{_shown(key)}: {reason}")
    return settings, merged


def _line_in(layer: Layer, said: Said, key: str) -> int:
    """Where the key stands, or the table in which it should."""
    path = key.split(".")
    return layer.line_of([said.path[0], *path[1:]])


def _file_layer(rank: Rank, file: Path) -> Layer | None:
    text = text_of(file)
    return None if text is None else Layer(rank, file, parse(file, text), text)


def _registry_layer(registry: "Registry | None") -> list[Layer]:
    if registry is None:
        return []
    from desk.settings.policy_registry import ROOT, PolicyUnfit, read_policies

    try:
        found = read_policies(registry)
    except PolicyUnfit as error:
        raise SettingsError(Path(error.where), 0, error.reason) from error
    except OSError as error:
        raise SettingsError(
            Path(f"HKLM\\{ROOT}"), 0, _("the file cannot be read ({detail})").format(detail=error.strerror or error)
        ) from error
    return [Layer("policy", Path(f"HKLM\\{ROOT}"), found.tree, where=found.where)] if found.tree else []


def check_layer(layer: Layer) -> None:
    """Whether each value is known and of its kind; not yet whether they go together. Raises `SettingsError`."""
    _refuse_unknown(layer)
    try:
        msgspec.convert(_with_lines(layer.tree), Settings, dec_hook=_folder)
    except (msgspec.ValidationError, UnicodeEncodeError, RecursionError) as error:
        at = re.search(r"`\$\.?([\w.\[\]]*)", str(error).replace("[...]", ""))
        path = re.sub(r"^(line|channel)s\b", r"\1", at[1]).split(".") if at else []
        reason = _("{key} has the wrong kind of value ({detail})").format(
            key=_shown(".".join(path)), detail=str(error).partition(" - at ")[0]
        )
        raise SettingsError(layer.source, layer.line_of(path), reason) from error


def _with_lines(tree: Mapping[str, Any]) -> dict[str, Any]:
    """`[line]` and `[[line]]` as the tuple that they mean; `[[channel]]`, too."""
    rest = {key: value for key, value in tree.items() if key not in SEVERAL}
    for key in SEVERAL:
        found = tree.get(key, [])
        if several := found if isinstance(found, list) else [found]:
            rest[f"{key}s"] = several
    return rest


def _folder(_kind: type, value: Any) -> Path:
    """msgspec's hook for what it does not know: folders, checked to be texts."""
    return Path(value)


def _whole(folder: Path) -> Path:
    """~ stands for the home folder."""
    try:
        return folder.expanduser()
    except RuntimeError:  # there is no such user
        return folder


def _refuse_unknown(layer: Layer) -> None:
    file, tree = layer.source, layer.tree
    tables = {
        "seat": SeatSettings,
        "line": LineSettings,
        "phone": PhoneSettings,
        "dial": DialSettings,
        "headset": HeadsetSettings,
        "central": CentralSettings,
        "recording": RecordingSettings,
        "vault": VaultSettings,
        "retention": RetentionSettings,
        "replay": ReplaySettings,
        "score": ScoreSettings,
        "policies": PoliciesSettings,
        "texts": TextsSettings,
        "company": CompanySettings,
        "store": StoreSettings,
        "doctor": DoctorSettings,
        "self_check": SelfCheckSettings,
        "support": SupportSettings,
        "residents": ResidentsSettings,
        "ticket_hook": TicketHookSettings,
        "update": UpdateSettings,
        "notify": NotifySettings,
        "channel": ChannelSettings,
    }
    for name, value in tree.items():
        if name in ("data_dir", "runtime_dir"):
            if not isinstance(value, str):
                raise SettingsError(file, layer.line_of([name]), _("{key} is a text in quotes").format(key=name))
            continue
        if name not in tables:
            raise SettingsError(file, layer.line_of([name]), _("there is no setting {key}").format(key=repr(name[:40])))
        for number, key in _keys(value):
            if key not in tables[name].__annotations__:
                raise SettingsError(
                    file,
                    layer.line_of([f"{name}[{number}]", key]),
                    _("there is no setting {key} in [{table}]").format(key=repr(key[:40]), table=name),
                )
    _refuse_unknown_of_rules(layer, "dial", DialRule)
    _refuse_unknown_of_rules(layer, "retention", RetentionRule)
    _refuse_unknown_of_rules(layer, "notify", NotifyRuleSettings)


def _refuse_unknown_of_rules(layer: Layer, table: str, rule: type) -> None:
    found = layer.tree.get(table)
    for _number, key in _keys(found.get("rules") if isinstance(found, dict) else None):
        if key not in rule.__annotations__:
            raise SettingsError(
                layer.source,
                layer.line_of([table, "rules", key]) or layer.line_of([table, "rules"]),
                _("there is no setting {key} in [{table}]").format(key=repr(key[:40]), table=f"{table}.rules"),
            )


def _keys(value: object) -> list[tuple[int, str]]:
    """Of a table, or of all tables of an array: which of them, and the key."""
    tables = value if isinstance(value, list) else [value]
    return [(number, key) for number, table in enumerate(tables) if isinstance(table, dict) for key in table]


def _shown(key: str) -> str:
    return re.sub(r"\[\d+\]", "", key)
