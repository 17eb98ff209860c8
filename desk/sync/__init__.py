"""The seat store's exchange with the central PostgreSQL, and the slow work. Owns psycopg and Alembic."""
