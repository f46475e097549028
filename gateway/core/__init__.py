"""The pure line: no clock, no chance, no network, no storage, no framework."""
