"""Who takes part: agencies, their agreements, clients and keys."""
