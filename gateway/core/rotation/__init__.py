"""How the gateway's own keys follow one another."""
