"""Who may do and see what: people, estates, tags that not everybody may read."""

from desk.sync.central.migrations.entities import FLAG, NUMBER, TEXT, TIME, add_entity, add_fields

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


_SENSITIVE_TAG = {"subject": TEXT, "subject_id": TEXT, "tag": TEXT, "ended": FLAG}
_MESSAGE = {
    "channel": TEXT,
    "recipient": TEXT,
    "template": TEXT,
    "text": TEXT,
    "dedupe_key": TEXT,
    "made_at": TIME,
    "delivery": TEXT,
    "ticket_id": TEXT,
    "not_before": TIME,
    "tries": NUMBER,
    "tried_at": TIME,
    "sent_at": TIME,
    "why": TEXT,
    "channel_id": TEXT,
}


def upgrade() -> None:
    add_fields("person", {"estate_id": TEXT})
    add_entity("sensitive_tag", "sensitive_tag_id", _SENSITIVE_TAG)
    add_entity("message", "message_id", _MESSAGE)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
