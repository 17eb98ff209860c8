"""The local tables of the second copy (see `desk.store.second_place`): which unsent changes are not in it yet, and
which file of it holds which.

Triggers keep the list, so that nothing that writes changes has to know of it: a change that the centre has not taken
is due, one that it takes is not, and one that is unsent again is due again. At a seat in step the list is empty."""

from sqlalchemy import Connection

_STATEMENTS = (
    "CREATE TABLE IF NOT EXISTS copy_due (change_id TEXT PRIMARY KEY) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS copy_file (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL, changes INTEGER NOT NULL, ids TEXT NOT NULL)""",
    """CREATE TRIGGER IF NOT EXISTS copy_due_made AFTER INSERT ON change WHEN NEW.central_seq IS NULL
    BEGIN INSERT OR IGNORE INTO copy_due (change_id) VALUES (NEW.change_id); END""",
    """CREATE TRIGGER IF NOT EXISTS copy_due_sent AFTER UPDATE OF central_seq ON change
    WHEN NEW.central_seq IS NOT NULL AND OLD.central_seq IS NULL
    BEGIN DELETE FROM copy_due WHERE change_id = NEW.change_id; END""",
    """CREATE TRIGGER IF NOT EXISTS copy_due_again AFTER UPDATE OF central_seq ON change
    WHEN NEW.central_seq IS NULL AND OLD.central_seq IS NOT NULL
    BEGIN INSERT OR IGNORE INTO copy_due (change_id) VALUES (NEW.change_id); END""",
    """CREATE TRIGGER IF NOT EXISTS copy_due_dropped AFTER DELETE ON change WHEN OLD.central_seq IS NULL
    BEGIN DELETE FROM copy_due WHERE change_id = OLD.change_id; END""",
    "INSERT OR IGNORE INTO copy_due (change_id) SELECT change_id FROM change WHERE central_seq IS NULL",
)


def create(connection: Connection) -> None:
    """A step of the schema; makes what is not there yet."""
    for statement in _STATEMENTS:
        connection.exec_driver_sql(statement)
