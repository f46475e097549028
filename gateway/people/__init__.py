"""The door for people: pages on which somebody signs in with a passkey and does what a rule asks of a person."""
