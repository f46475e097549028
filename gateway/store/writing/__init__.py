"""The one writer, its transaction, and each thing that is written in it."""
