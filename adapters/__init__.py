"""How each agency's system speaks: pure translation, no network, no storage, no clock."""
