"""Adapters: built-in ones in this process, those of other distributions in worker processes that hold nothing."""
