"""Running one gateway: its lock, its two sockets, its task, and its orderly end."""
