"""A channel through apprise: DingTalk, WeCom, Feishu, mail, Twilio and a hundred others, each by its URL
(https://github.com/caronc/apprise/wiki). The one place that knows apprise.

In the URL `{secret}` is replaced by what the keyring holds and `{to}` by the recipient; a URL that is nothing but
`{secret}` stands in the keyring as a whole. apprise says only yes or no; the reason is taken from what it logs
meanwhile, and kept out of our own log, since it may name numbers and tokens. Loading its hundred services takes some
tenths of a second: at the first message, on the worker's thread."""

import io
import logging
import warnings
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from desk.domain.messages import Delivery, Message
from desk.sync.outside.channels import Outcome, Secret, asked

TIMEOUT_S = 15.0
_WHY = 200
_TALKERS = ("apprise", "urllib3")  # they log addresses with the tokens in them; nothing else here uses urllib3


class BadAddress(ValueError):
    """apprise knows no service by this URL. The text holds no secret."""


@dataclass(frozen=True)
class AppriseChannel:
    """`url` as in the settings."""

    name: str
    url: str
    secret: Secret

    @property
    def has_receipts(self) -> bool:
        return False

    def send(self, message: Message) -> Outcome:
        secret = asked(self.secret, self.name) if "{secret}" in self.url else ""
        try:
            service = _service(self.url, secret, message.recipient)
        except BadAddress as error:
            return Outcome(Delivery.FAILED, str(error))
        title = next((field[6:] for field in message.fields if field.startswith("title=")), "")
        heard = io.StringIO()
        listener = logging.StreamHandler(heard)
        listener.setLevel(logging.WARNING)
        logger = logging.getLogger("apprise")
        logger.addHandler(listener)
        try:
            taken = bool(service.notify(body=message.text, title=title))
        except Exception as error:  # noqa: BLE001 - a hundred services of others: whatever they raise is a failed try
            return Outcome(Delivery.WAITING, f"{type(error).__name__}")
        finally:
            logger.removeHandler(listener)
        if taken:
            return Outcome(Delivery.SENT)
        return Outcome(Delivery.WAITING, _without(heard.getvalue(), secret, message.recipient))

    def ask(self, message: Message) -> Outcome | None:  # noqa: ARG002 - the port's
        """apprise hears of no receipts."""
        return None


def check(url: str) -> None:
    """Raises `BadAddress` where no message could be sent by this URL."""
    _service(url, "secret0secret0secret0secret0secret0", "13800138000")


def _service(url: str, secret: str, recipient: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # apprise imports imghdr, gone in Python 3.13
        import apprise

        asset = apprise.AppriseAsset(
            app_id="Desk",
            app_desc="",
            app_url="",
            storage_mode=apprise.PersistentStoreMode.MEMORY,
            http_redirects=False,
            service_timeout=TIMEOUT_S,
        )
        whole = secret if url == "{secret}" else url.replace("{secret}", quote(secret, safe=""))
        filled = whole.replace("{to}", quote(recipient, safe="+@"))
        for talker in _TALKERS:
            logging.getLogger(talker).propagate = False
        service = apprise.Apprise.instantiate(filled, asset=asset, suppress_exceptions=True)
    if service is None:
        raise BadAddress(f"apprise knows no service {url.partition(':')[0][:20]!r}, or its address is incomplete")
    return service


def _without(said: str, *hidden: str) -> str:
    """What apprise said last, without what nobody needs to read."""
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "")
    for secret in hidden:
        last = last.replace(secret, "…") if secret else last
    return last[:_WHY]
