"""The gateway: composes schemas, consent and adapters into one line, and opens the doors around it."""

__version__ = "0.1.0"
