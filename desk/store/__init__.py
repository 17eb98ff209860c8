"""The seat store: one encrypted SQLite file in WAL mode. Owns SQLAlchemy and SQLCipher."""
