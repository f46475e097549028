"""The operator of these tests, and the gateway they share."""

from operators import either, newcomer, operator, running, served, template

__all__ = ["either", "newcomer", "operator", "running", "served", "template"]
