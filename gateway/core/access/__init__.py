"""What a client may do, and how it holds what says so."""
