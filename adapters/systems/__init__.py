"""Built-in adapters, one folder a system; found by entry point and never imported by name."""
