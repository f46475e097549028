"""The kit for those who write adapters: numbered rules that judge one, a scaffold that makes one, a page about one.

It reads files and runs adapters; it is never part of a running gateway, and no adapter imports it.
"""
