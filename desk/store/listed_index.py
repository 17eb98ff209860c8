"""The index that work lists are read from: open tickets, with all that a list shows first, sorts and filters by, so
that a list of a hundred thousand reads one narrow tree and opens no row. Closed tickets are not in it: it stays as
small as what is open, and a save pays for it in microseconds.

Surprising choice: next_due_at leads and not the stage, for the queue and most lists are ranges of it."""

from sqlalchemy import Index, Table, text

from desk.domain.tickets import OPEN_STAGES, Stage

_ENDED = ", ".join(f"'{stage.value}'" for stage in sorted(set(Stage) - OPEN_STAGES, key=lambda stage: stage.value))
IS_OPEN = f"stage NOT IN ({_ENDED})"  # a query that is to use the index says it in these very words
NAME = "ticket_listed"
COLUMNS = (
    "next_due_at",
    "next_clock",
    "stage",
    "priority",
    "owner",
    "category",
    "handler_id",
    "building_id",
    "progress_due_at",
    "registered_at",
    "number",
    "place_text",
    "caller_name",
    "contact_number",
    "ticket_id",
)


def define(ticket: Table) -> Index:
    return Index(NAME, *(ticket.c[column] for column in COLUMNS), sqlite_where=text(IS_OPEN))
