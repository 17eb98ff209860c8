"""Builds the worker that sends the messages that wait. Sync process."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from desk.compose.clock import new_id, now
from desk.compose.notify import quiet_hours
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.settings.values import ChannelSettings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.messages import SqlMessages
from desk.store.store import Store
from desk.sync.central.access import CentralAccess
from desk.sync.outside.apprise_channel import AppriseChannel
from desk.sync.outside.channels import Channel, Secret, secret_entry
from desk.sync.outside.claims import AloneClaims, CentralClaims
from desk.sync.outside.sender import Sender, SenderParts
from desk.sync.outside.webhook import Webhook


def sender_of(
    settings: Settings,
    secrets: KeyringSecrets,
    store: Store,
    access: CentralAccess | None,
    connected: Callable[[], bool],
    on_changed: Callable[[], None],
) -> Sender | None:
    """The worker's; None where this seat sends nothing."""
    sending = [channel for channel in settings.channels if channel.sends]
    if not sending:
        return None
    log, seat = SqlChangeLog(store), settings.seat.name
    return Sender(
        SenderParts(
            messages=SqlMessages(store),
            log=log,
            author=SeatAuthor(seat, lambda: seat, now, new_id, log.base_seq, log.newest_unsent),
            channels={channel.name: _channel(channel, secrets) for channel in sending},
            quiet=quiet_hours(settings),
            claims=CentralClaims(access, seat) if access else AloneClaims(),
            seat=seat,
            clock=now,
            connected=connected,
            on_changed=on_changed,
            expires=timedelta(hours=settings.notify.expire_h),
        )
    )


def _channel(channel: ChannelSettings, secrets: KeyringSecrets) -> Channel:
    secret: Secret = partial(secrets.get, secret_entry(channel.name))
    match channel.kind:
        case "webhook":
            return Webhook(channel.name, channel.url, secret, now, channel.receipts, channel.ca_file)
        case "apprise":
            return AppriseChannel(channel.name, channel.url, secret)
