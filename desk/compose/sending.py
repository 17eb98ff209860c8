"""Builds the worker that sends the messages that wait. Sync process."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from desk import exit_codes
from desk.compose.clock import new_id, now
from desk.compose.notify import quiet_hours
from desk.domain.messages import Delivery, Message, message_id_of
from desk.i18n import _
from desk.secrets import Secrets
from desk.settings import Settings
from desk.settings.values import ChannelSettings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.messages import SqlMessages
from desk.store.store import Store
from desk.sync.central.access import CentralAccess
from desk.sync.outside.apprise_channel import AppriseChannel
from desk.sync.outside.channels import Channel, Secret, SecretMissing, secret_entry
from desk.sync.outside.claims import AloneClaims, CentralClaims
from desk.sync.outside.sender import Sender, SenderParts
from desk.sync.outside.webhook import Webhook


def sender_of(
    settings: Settings,
    secrets: Secrets,
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


def try_channel(settings: Settings, secrets: Secrets, name: str, recipient: str, say: Callable[[str], None]) -> int:
    """Send one message by this seat's channel, past store, claim and quiet hours, and say what became of it."""
    channel = next((each for each in settings.channels if each.name == name), None)
    if channel is None or not channel.sends:
        known = ", ".join(each.name for each in settings.channels if each.sends) or "-"
        say(_("This seat sends nothing by {name}. It sends by: {known}.").format(name=name, known=known))
        return exit_codes.FAULT
    key = f"test/{new_id()}"
    text = _("A test of the hotline's messages.")
    message = Message(message_id_of(key), name, recipient, "test", text, key, now())
    try:
        outcome = _channel(channel, secrets).send(message)
    except SecretMissing as missing:
        say(_("The keyring holds no secret for it. Keep it with: desk secret set {entry}").format(entry=missing))
        return exit_codes.FAULT
    match outcome.delivery:
        case Delivery.SENT | Delivery.DELIVERED:
            say(_("The channel has taken the message."))
            return exit_codes.OK
        case _:
            say(_("The channel did not take the message: {why}").format(why=outcome.why or "-"))
            return exit_codes.FAULT


def _channel(channel: ChannelSettings, secrets: Secrets) -> Channel:
    secret: Secret = partial(secrets.get, secret_entry(channel.name))
    match channel.kind:
        case "webhook":
            return Webhook(channel.name, channel.url, secret, now, channel.receipts, channel.ca_file)
        case "apprise":
            return AppriseChannel(channel.name, channel.url, secret)
