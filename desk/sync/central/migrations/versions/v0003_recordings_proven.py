"""Recordings are sealed and kept in a vault; who listened, remarked and scored is on record.

New columns for recordings and tickets, and four new entities. As in step 0002, what was refused before is in no log
yet, so that no row has to be made anew."""

from alembic import op

from desk.sync.central.migrations.entities import FLAG, LIST, NUMBER, TEXT, TIME, add_entity, add_fields

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW_FIELDS: dict[str, dict[str, str]] = {
    "ticket": {"typed": LIST},
    "recording": {
        "codec": TEXT,
        "size_bytes": NUMBER,
        "spans": LIST,
        "chain": TEXT,
        "chain_place": NUMBER,
        "seal_hash": TEXT,
        "vaulted_at": TIME,
        "caller_first_ms": NUMBER,
        "agent_first_ms": NUMBER,
        "caller_talk_ms": NUMBER,
        "agent_talk_ms": NUMBER,
        "both_talk_ms": NUMBER,
        "longest_silence_ms": NUMBER,
        "long_silences": LIST,
        "hold_count": NUMBER,
        "hold_ms": NUMBER,
        "paused_ms": NUMBER,
        "caller_silent": FLAG,
        "agent_silent": FLAG,
        "legal_hold": FLAG,
        "legal_hold_by": TEXT,
        "legal_hold_why": TEXT,
        "deleted_at": TIME,
        "deleted_by": TEXT,
        "deleted_why": TEXT,
    },
}

_NEW_ENTITIES: dict[str, tuple[str, dict[str, str]]] = {
    "listening": (
        "listening_id",
        {
            "access": TEXT,
            "who": TEXT,
            "seat": TEXT,
            "at": TIME,
            "call_id": TEXT,
            "detail": TEXT,
            "from_ms": NUMBER,
            "until_ms": NUMBER,
        },
    ),
    "comment": (
        "comment_id",
        {
            "call_id": TEXT,
            "at_ms": NUMBER,
            "text": TEXT,
            "author": TEXT,
            "written_at": TIME,
            "removed": FLAG,
        },
    ),
    "score": (
        "score_id",
        {
            "call_id": TEXT,
            "agent": TEXT,
            "sheet": TEXT,
            "sheet_version": TEXT,
            "scored_by": TEXT,
            "scored_at": TIME,
            "state": TEXT,
            "points_x10": NUMBER,
            "answers": LIST,
            "fatal": LIST,
            "remarks": TEXT,
            "second_of": TEXT,
            "sample_id": TEXT,
            "seen_at": TIME,
            "reply": TEXT,
            "replied_at": TIME,
        },
    ),
    "sample": (
        "sample_id",
        {
            "call_id": TEXT,
            "agent": TEXT,
            "rule": TEXT,
            "period": TEXT,
            "drawn_at": TIME,
            "drawn_by": TEXT,
            "dropped": FLAG,
        },
    ),
}

_INDEXES = """
CREATE INDEX ON desk.listening (call_id);
CREATE INDEX ON desk.listening (at);
CREATE INDEX ON desk.comment (call_id);
CREATE INDEX ON desk.score (call_id);
CREATE INDEX ON desk.score (agent, scored_at);
CREATE INDEX ON desk.sample (period, agent);
"""


def upgrade() -> None:
    for name, fields in _NEW_FIELDS.items():
        add_fields(name, fields)
    for name, (id_field, fields) in _NEW_ENTITIES.items():
        add_entity(name, id_field, fields)
    op.execute(_INDEXES)


def downgrade() -> None:
    raise NotImplementedError("the change log is never taken back; restore a backup")
