"""An adapter as data: a reviewed mapping file (`mapping.toml`) and the small engine that makes an adapter of it.

`model` says what a mapping is, `reading` reads one and refuses what is wrong with its file, line and rule, `adapter`
is the adapter. A mapping translates; it never decides what may be sent, and what it does not name stays with the
sender.
"""
