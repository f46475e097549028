"""What the database is made of: every table, and in each column what kind of data it holds."""
