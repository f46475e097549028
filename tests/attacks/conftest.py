"""The installation that a real server of these tests begins with."""

from operators import template

__all__ = ["template"]
