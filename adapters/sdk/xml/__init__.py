"""XML in and out for adapters, with every guard in one place; importing it needs lxml, which the SDK alone does not."""
