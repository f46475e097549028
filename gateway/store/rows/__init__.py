"""Between the core's values and the tables' columns, both ways."""
