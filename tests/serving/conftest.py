"""The operator of these tests, and the gateway they share."""

from operators import either, operator, running, served, template

__all__ = ["either", "operator", "running", "served", "template"]
