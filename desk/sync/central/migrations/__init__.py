"""The central schema, step by step (Alembic). Never edit a step that has been released: add one."""
