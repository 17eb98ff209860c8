"""A channel that is a signed webhook: an SMS gateway's, or a small adapter in front of Aliyun's or Tencent's. How it is
signed stands in `signed_post`; what it gets and may answer, in docs/notifying.md. A worker's thread."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from desk.domain.messages import Delivery, Message
from desk.domain.times import to_text
from desk.sync.outside.channels import Outcome, Secret, asked
from desk.sync.outside.signed_post import Answer, ReceiverAway, signed_post
from desk.usecases.ports import Clock

_WHY = 200  # characters of what a gateway says


class _Said(msgspec.Struct):
    """What a receiver may answer; all of it may be missing."""

    id: str = ""
    state: Literal["", "sent", "delivered", "failed"] = ""
    why: str = ""


@dataclass(frozen=True)
class Webhook:
    """`url` takes messages; `receipts`, where given, is asked with {"id"} what became of them."""

    name: str
    url: str
    secret: Secret
    clock: Clock
    receipts: str = ""
    ca_file: str = ""

    @property
    def has_receipts(self) -> bool:
        return bool(self.receipts)

    def send(self, message: Message) -> Outcome:
        fields = dict(field.split("=", 1) for field in message.fields if "=" in field)
        body = {
            "id": message.message_id,
            "channel": message.channel,
            "recipient": message.recipient,
            "template": message.template,
            "text": message.text,
            "fields": fields,
            "ticket_id": message.ticket_id or "",
            "made_at": to_text(message.made_at),
            "try": message.tries + 1,
        }
        try:
            answer = self._post(self.url, message.message_id, body)
        except ReceiverAway as error:
            return Outcome(Delivery.WAITING, str(error)[:_WHY])
        if answer.taken:
            said = _read(answer.body)
            if said.state == "failed":
                return Outcome(Delivery.FAILED, _why(said.why, answer), said.id)
            return Outcome(Delivery.DELIVERED if said.state == "delivered" else Delivery.SENT, "", said.id)
        why = _why(_read(answer.body).why, answer)
        return Outcome(Delivery.WAITING if answer.again else Delivery.FAILED, why, after_s=answer.retry_after_s or 0.0)

    def ask(self, message: Message) -> Outcome | None:
        if not self.receipts or not message.channel_id:
            return None
        try:
            answer = self._post(self.receipts, message.message_id, {"id": message.channel_id})
        except ReceiverAway:
            return None
        said = _read(answer.body) if answer.taken else _Said()
        match said.state:
            case "delivered":
                return Outcome(Delivery.DELIVERED, "", message.channel_id)
            case "failed":
                return Outcome(Delivery.FAILED, _why(said.why, answer), message.channel_id)
            case _:
                return None

    def _post(self, url: str, key: str, body: object) -> Answer:
        at_s = int(self.clock().timestamp())
        secret = asked(self.secret, self.name)
        return signed_post(url, secret, key, msgspec.json.encode(body), at_s, ca_file=self.ca_file)


def _read(untrusted_body: bytes) -> _Said:
    """What the receiver said; nothing where it is not our JSON."""
    try:
        return msgspec.json.decode(untrusted_body, type=_Said)
    except msgspec.DecodeError:
        return _Said()


def _why(untrusted_why: str, answer: Answer) -> str:
    said = " ".join(untrusted_why.split())[:_WHY]
    return f"HTTP {answer.status}: {said}" if said else f"HTTP {answer.status}"
