"""The operator who follows a page."""

from operators import operator, template

__all__ = ["operator", "template"]
