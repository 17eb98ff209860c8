"""The central database: how it is reached, set up, looked after and asked. Owns Alembic."""
