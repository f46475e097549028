"""The database door: SQLModel tables, one writer thread, reads. Rows never leave this folder."""
