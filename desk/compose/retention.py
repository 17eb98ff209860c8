"""Builds retention: for the sync process, and for `desk retention`, which tells what is due and deletes it when told
to. Without `--apply` nothing is changed."""

import json
import sys

from desk import exit_codes
from desk.compose.clock import new_id, now
from desk.compose.policies import policy_folders
from desk.compose.supervisors import supervisors_log
from desk.compose.vault import vault_of_seat
from desk.domain.retention import Rule
from desk.domain.working_time import CHINA
from desk.faults import Fault
from desk.i18n import _
from desk.policies.tags import read_tags
from desk.recording.vault.erase import ErasureFolder, VaultEraser
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.outbox import SqlOutbox
from desk.store.recording_changes import SqlRecordingChanges
from desk.store.retention import SqlAgingRecordings
from desk.store.store import Store
from desk.sync.process import SyncProcess
from desk.sync.retaining import Retaining
from desk.usecases.recording_ports import VaultAway, VaultRefused
from desk.usecases.retention import Report, Retention

AUTOMATIC = "automatic"
DELETED = ("recording", "listening")  # of what the log has something new


def rules_of(settings: Settings) -> tuple[Rule, ...]:
    return tuple(Rule(rule.days, frozenset(rule.kinds), frozenset(rule.tags)) for rule in settings.retention.rules)


def retention_of(settings: Settings, secrets: Secrets, store: Store, who: str) -> Retention:
    changes = SqlChangeLog(store)
    return Retention(
        SqlAgingRecordings(store),
        SqlCallLog(store),
        VaultEraser(vault_of_seat(settings, secrets), SqlOutbox(store).is_an_agent_s),
        ErasureFolder(settings.data_dir / "deleting"),
        SqlRecordingChanges(store),
        SeatAuthor(
            settings.seat.name, lambda: settings.seat.machine, now, new_id, changes.base_seq, changes.newest_unsent
        ),
        now,
        new_id,
        rules_of(settings),
        who,
        settings.seat.name,
        read_tags(policy_folders(settings)).value,
    )


def forbidden(settings: Settings, store: Store) -> str:
    """Why nothing may be deleted just now: rules ask for tags that this seat has not, or not all, and by them it would
    delete too early. "": it may."""
    listed = read_tags(policy_folders(settings)).value
    tags = sorted({tag for rule in settings.retention.rules for tag in listed.of(rule.tags)})
    if not tags or SqlOutbox(store).has_tags(centre=bool(settings.central.url)):
        return ""
    return _(
        "The rules of retention ask for tags that not everybody may read ({tags}), and this seat does not have all "
        "that the centre holds: too much would be deleted. Let this seat's account read them: "
        "desk central user change {seat} --sensitive. Where it may already, wait until it has fetched them."
    ).format(tags=_(", ").join(tags), seat=settings.seat.name)


def worker_of(settings: Settings, secrets: Secrets, store: Store, process: SyncProcess) -> Retaining | None:
    """None where nothing is deleted by itself."""
    if not settings.retention.automatic or not settings.retention.rules:
        return None
    return Retaining(
        retention_of(settings, secrets, store, AUTOMATIC),
        SqlAgingRecordings(store),
        lambda: process.appended(DELETED),
        lambda: bool(settings.central.url) and (process.catching_up or not process.state.connected),
        lambda: forbidden(settings, store),
        process.recordings.retention,
    )


def run(settings: Settings, *, apply: bool, as_json: bool, as_list: bool) -> int:
    """Raises `Fault` for whoever may not, or a vault that does not answer; what the store raises."""
    secrets = KeyringSecrets()
    store = Store.open(settings.store_file, secrets)
    try:
        if why := forbidden(settings, store):
            raise Fault(why)
        retention = retention_of(settings, secrets, store, settings.seat.agent)
        if as_list:
            _list(retention)
        if apply:
            supervisors_log(settings, store, "retention")
        report = _applied(retention) if apply else retention.preview()
    finally:
        store.close()
    told = json.dumps(_plain(report, done=apply), ensure_ascii=False) if as_json else as_text(report, settings, apply)
    sys.stdout.write(f"{told}\n")
    return exit_codes.OK


def as_text(report: Report, settings: Settings, done: bool) -> str:
    """A line per rule, and what stays though its time is over."""
    if not settings.retention.rules:
        return _("There are no rules of retention in the settings: every recording stays.")
    head = _("Deleted:") if done else _("Due now; nothing was deleted (that needs --apply):")
    lines = [head]
    for rule, tally in sorted(report.by_rule.items()):
        amount = _("{n} recordings, {megabytes} MB, {hours} h").format(
            n=tally.count, megabytes=round(tally.size_bytes / 1e6), hours=round(tally.length_ms / 3_600_000, 1)
        )
        lines.append(f"  {rule}: {amount}")
    if not report.by_rule:
        lines.append("  " + _("none"))
    for count, words in (
        (report.held, _("{n} stay: a legal hold keeps them")),
        (report.waits, _("{n} stay: they are not in the vault yet")),
        (report.elsewhere, _("{n} stay: this vault does not hold them")),
    ):
        if count:
            lines.append(words.format(n=count))
    return "\n".join(lines)


def _applied(retention: Retention) -> Report:
    try:
        return retention.apply()
    except (VaultAway, VaultRefused) as error:
        raise Fault(
            _(
                "The recordings store does not let recordings be deleted now. What was deleted until now is on record; "
                "run the command again later. ({detail})"
            ).format(detail=error)
        ) from error


def _list(retention: Retention) -> None:
    """One line per recording, on stderr: the report goes to stdout."""
    for one, fate, rule in retention.due():
        text = rule.text if rule else ""
        sys.stderr.write(f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M}  {one.entry.call_id}  {fate.value}  {text}\n")


def _plain(report: Report, *, done: bool) -> dict[str, object]:
    return {
        "deleted": done,
        "rules": {
            rule: {"count": tally.count, "bytes": tally.size_bytes, "hours": round(tally.length_ms / 3_600_000, 2)}
            for rule, tally in sorted(report.by_rule.items())
        },
        "held": report.held,
        "waits": report.waits,
        "elsewhere": report.elsewhere,
    }
