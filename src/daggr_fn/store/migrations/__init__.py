"""How a database of an older daggr_fn becomes like `tables`: one file in `versions/` for each change, by alembic."""
