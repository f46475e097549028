"""Sealing, names nobody can compare, indexes nobody can try out, and the port to the keys behind them."""
