"""People who sign in: links, passkeys, sessions, roles."""
